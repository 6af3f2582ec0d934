"""A site that learns, step by step, with the real classifiers. No test lives here."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from classifiers.scorer import Scorer, Submission
from classifiers.seeing import Seen
from moderation.database import Database
from moderation.messages import TaskName
from moderation.services import retraining, retraining_work
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.retrainings import RetrainingRecord
from tests.moderation.conftest import Newsroom


class Interrupted(Exception):
    """Stands for a time limit."""


class Watched(Scorer):
    """The real scorer, with something that happens while it looks at texts."""

    meanwhile: Callable[[], None] = staticmethod(lambda: None)

    def see(self, batch: Sequence[Submission]) -> Iterator[Seen]:
        """Look at texts."""
        self.meanwhile()
        return iter(super().see(batch))


@dataclass
class Learning:
    """A site with six decided comments, a moderator, and a place for files."""

    newsroom: Newsroom
    database: Database
    nadia: ModeratorRecord
    place: Path
    scorer: Watched
    rung: list[TaskName]
    decided: list[int]

    def ask(self, site_id: int | None = None) -> RetrainingRecord:
        """Ask for a retraining of the site, or of another one."""
        with self.database.session() as session:
            return retraining.ask(session, site_id or self.newsroom.site.id, self.nadia)

    def step(self) -> bool:
        """Do one step."""
        return retraining_work.step(self.database, self.scorer, self.place, (Interrupted,))

    def row(self, number: int = 1) -> RetrainingRecord:
        """Read a retraining."""
        with self.database.session() as session:
            return retraining.one(session, number)

    def until(self, stage: str) -> None:
        """Do steps until a stage has begun."""
        while self.row().stage != stage:
            assert self.step()

    def files(self) -> list[str]:
        """Name the files of what was gathered."""
        return sorted(path.name for path in (self.place / "1").glob("*.npz"))
