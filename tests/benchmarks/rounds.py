"""The rounds of the simulation: decide, train, live, measure; one round killed, one poisoned, one site of chance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from classifiers.scorer import Scorer
from moderation.clients.tasks import TaskPublisher
from moderation.database import Database
from moderation.domain.words import Label, ModelState, Role, WorkState
from moderation.messages import QueueName
from moderation.services import models, moderators, undoing
from moderation.settings import Settings
from moderation.storage import decisions as stored
from moderation.storage.moderators import ModeratorRecord
from tests.benchmarks.neighbourhood import Written, comments
from tests.benchmarks.room import MEASURED, Room
from tests.workers.processes import Plant, plant, until

SHADOW, LATER = 60, 400
GAIN, BY = 0.05, 500
"""AUC that has to be gained, and the decisions after which it is asked; what a guard may lose is the gate's affair."""
PASSWORD = "a lookout on a mast"


@dataclass(frozen=True)
class Size:
    """How large a run is: rounds, decisions in each, and which rounds are killed and poisoned."""

    rounds: int = 10
    each: int = 200
    killed: int = 3
    poisoned: int = 7


@dataclass
class Story:
    """What happened: `curve` holds (decisions, AUC by label); `notes` what each round did; `failures` broken musts."""

    curve: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def must(self, holds: bool, sentence: str) -> None:
        """Keep a must that does not hold."""
        if not holds:
            self.failures.append(sentence)


def run(settings: Settings, place: Path, size: Size, say: Any = print) -> Story:
    """Run the whole simulation on these servers."""
    with plant(settings, place) as workers:
        publisher = TaskPublisher(workers.settings.require("broker_url"))
        database = Database(workers.settings.require("database_url"), publisher.publish)
        workers.start_worker("scoring", (QueueName.SCORING,))
        workers.start_worker("learning", (QueueName.LEARNING,))
        workers.start_beat()
        try:
            return _Simulation(workers, database, publisher, size, say).run()
        finally:
            database.dispose()


class _Simulation:
    """The rounds of one run."""

    def __init__(self, workers: Plant, database: Database, publisher: TaskPublisher, size: Size, say: Any) -> None:
        self.workers, self.database, self.size, self.say = workers, database, size, say
        scorer, begun = Scorer.load(), datetime.now(UTC) - timedelta(days=60)
        self.room, self.shuffled = (
            Room.open(database, publisher, scorer, slug, begun) for slug in ("quartier", "hasard")
        )
        stream = comments(1)
        self.later = list(islice(stream, LATER))
        self.stream: Iterator[Written] = stream
        self.people, self.zoe = self._people("nadia", "samir", "rita"), self._people("zoe")[0]
        self.story = Story()

    def run(self) -> Story:
        """Play every round, then roll back."""
        self._measure(0, "shipped")
        decided, dealt = 0, 0
        for number in range(1, self.size.rounds + 1):
            if number == self.size.poisoned:
                self._poison(number)
            keys = self.room.post(list(islice(self.stream, self.size.each)))
            self.room.decide(keys, self.people)
            decided += len(keys)
            report = self._train(number, killed=number == self.size.killed)
            self._live()
            self._measure(decided, "round", number=number, report=report)
            if decided >= BY > decided - self.size.each:
                self._check(decided)
            dealt = self._shuffle(decided, dealt, last=number == self.size.rounds)
        self._roll_back()
        return self.story

    def _train(self, number: int, *, killed: bool) -> dict[str, Any]:
        asked = self.room.ask()
        if killed:
            running = "SELECT count(*) FROM retraining WHERE id = :id AND state = :state AND done > 0"
            until(
                lambda: self.workers.count(running, id=asked, state=WorkState.RUNNING), "the training is under way", 300
            )
            self.workers.kill("learning")
            self.say(
                f"round {number}: the learning worker was killed in the middle of the training; another one goes on"
            )
        return self.room.wait(asked)

    def _live(self) -> None:
        """Let comments come in that nobody decides about: the challengers score them in the shadow."""
        self.room.post(list(islice(self.stream, SHADOW)))
        self.room.promote()

    def _poison(self, number: int) -> None:
        """One account answers the opposite of what the newsroom would; nothing it teaches may judge."""
        keys = self.room.post(list(islice(self.stream, self.size.each)))
        before = self.room.judges()
        opposite = {
            key: frozenset() if self.room.written[key].labels else frozenset({Label.INCIVILITY, Label.OFF_TOPIC})
            for key in keys
        }
        self.room.decide(keys, [self.zoe], opposite)
        report = self._train(number, killed=False)
        self._live()
        refused = {label: _refusals(told) for label, told in report.items() if not told["better"]}
        self.story.must(self.room.judges() == before, "the poisoned round was promoted")
        self._measure(None, "poisoned", number=number, report=report)
        self.say(f"round {number}, poisoned by one account: refused ({refused})")
        self._withdraw(keys)

    def _withdraw(self, keys: Sequence[str]) -> None:
        """Have an editor take back what the account decided: it teaches nothing from then on."""
        with self.database.session() as session:
            pairs = [
                (comment_id, stored.history(session, comment_id)[-1].id) for comment_id in self.room.ids(keys).values()
            ]
            undoing.undo_all(session, self.people[0], pairs)

    def _check(self, decided: int) -> None:
        """Ask the musts after the first 500 decisions."""
        first, now = self.story.curve[0][1], self.story.curve[-1][1]
        for label in MEASURED:
            gained = now[label] - first[label]
            self.story.must(gained >= GAIN, f"{label}: AUC rose by {gained:.3f} after {decided} decisions, not {GAIN}")
        for version in self._champions():
            for finding in version.findings:
                fallen = finding["code"].startswith("guard") and not finding["passed"]
                self.story.must(not fallen, f"{version.name}: {finding['code']} {finding['figures']}")

    def _champions(self) -> list[Any]:
        with self.database.session() as session:
            found = models.versions(session, self.room.site.id)
        return [version for version in found if version.state == ModelState.CHAMPION]

    def _shuffle(self, decided: int, dealt: int, *, last: bool) -> int:
        """Let the second site learn from the same comments with their answers dealt out by chance."""
        if not (last or decided >= BY > dealt):
            return dealt
        fresh = [one for key, one in self.room.written.items() if int(key[1:]) >= dealt][: decided - dealt]
        keys = self.shuffled.post(fresh)
        self.shuffled.decide(keys, self.people, self.shuffled.shuffled(keys, decided))
        report = self.shuffled.wait(self.shuffled.ask())
        states = self.shuffled.states()
        promoted = states[ModelState.CHALLENGER] + states[ModelState.CHAMPION]
        self.story.must(not promoted, f"shuffled answers were taken for better after {decided} decisions")
        self.story.notes.append({"what": "shuffled", "decisions": decided, "report": report, "promoted": promoted})
        self.say(f"shuffled answers, {decided} decisions: {'PROMOTED' if promoted else 'never promoted'}")
        return decided

    def _roll_back(self) -> None:
        """Take the last champion back in one step; the workers notice at their next batch."""
        before = self.room.judges()
        label = next((label for label in MEASURED if before[label] != "shipped"), None)
        if label is None:
            self.story.must(False, "nothing was promoted, so nothing can be rolled back")
            return
        with self.database.session() as session:
            models.roll_back(session, self.room.site.id, label, None)
        after = self.room.judges()[label]
        [key] = self.room.post(list(islice(self.stream, 1)))
        used = self.room.versions_used(key)[label]
        self.story.must(after != before[label], "the rollback changed nothing")
        expected = self.room.scorer.versions[label] if after == "shipped" else after
        self.story.must(used == expected, f"after the rollback the workers used {used}, not {expected}")
        self._measure(None, "rolled back")
        self.say(f"rolled back: {before[label]} -> {after}; the running worker scored the next comment with {used}")

    def _measure(self, decided: int | None, what: str, **more: Any) -> None:
        auc = self.room.auc(self.later)
        if decided is not None:
            self.story.curve.append((decided, {str(k): v for k, v in auc.items()}))
        note = {"what": what, "auc": {str(k): round(v, 4) for k, v in auc.items()}, "judges": self.room.judges()}
        self.story.notes.append(note | {"decisions": decided} | more)
        figures = "  ".join(f"{label} {value:.3f}" for label, value in auc.items())
        self.say(f"{'' if decided is None else decided:>5} decisions  {what:12} AUC on later comments: {figures}")

    def _people(self, *names: str) -> list[ModeratorRecord]:
        with self.database.session() as session:
            return [
                moderators.create(session, f"{n}@example.org", n.capitalize(), PASSWORD, Role.MODERATOR) for n in names
            ]


def _refusals(told: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in told["findings"] if not finding["passed"]]
