"""Sites that are told of decisions, and what makes decisions. No test lives here."""

from collections.abc import Callable

from sqlalchemy import text

from classifiers.scorer import Scorer
from moderation.clients.site import SiteClient
from moderation.database import Database
from moderation.domain.submission import SubmittedComment
from moderation.domain.words import CredentialKind, Role, Verdict
from moderation.services import credentials, decisions, intake, moderators, sites
from moderation.services.callbacks import deliver_due
from moderation.services.credentials import Vault
from moderation.services.scoring import ScoringLimits, drain
from moderation.storage.comments import CommentRecord
from moderation.storage.sites import SiteRecord

MARK = "hydrogéologie"  # a word of every comment, which nothing that leaves may hold


class Desk:
    """Sites that are told of decisions, and what makes decisions."""

    def __init__(self, database: Database, vault: Vault, scorer: Scorer) -> None:
        self.database, self.vault, self.scorer, self.client = database, vault, scorer, SiteClient()

    def open_site(self, slug: str, url: str, vault: Vault | None = None, *, private_allowed: bool = True) -> SiteRecord:
        """Create a site that is told at an address, with one callback secret."""
        with self.database.session() as session:
            site = sites.create(session, slug, slug)
            sites.set_callback(site, url, private_allowed=private_allowed)
            credentials.issue(session, vault or self.vault, site, CredentialKind.CALLBACK_SECRET)
        return site

    def rotate(self, site: SiteRecord) -> str:
        """Make one more callback secret."""
        with self.database.session() as session:
            return credentials.rotate(session, self.vault, site, CredentialKind.CALLBACK_SECRET)

    def decide(self, site: SiteRecord, *keys: str, body: str = f"La {MARK} du plateau mérite un débat calme.") -> None:
        """Have comments decided by the policy."""
        with self.database.session() as session:
            intake.accept(session, site.id, [SubmittedComment(key, body) for key in keys])
        drain(self.database, self.scorer, ScoringLimits(), lambda: 0.99)

    def overrule(self, key: str, verdict: Verdict) -> None:
        """Have a moderator decide a comment."""
        with self.database.session() as session:
            comment_id = session.scalar(text("SELECT id FROM comment WHERE external_id = :key"), {"key": key})
            person = moderators.create(session, f"{key}@vigie.example", "Nadia", "a long password", Role.MODERATOR)
            comment = session.get_one(CommentRecord, comment_id)
            decisions.by_moderator(session, person, comment.id, comment.current_revision, verdict)

    def deliver(self, chance: Callable[[], float] = lambda: 0.5) -> int:
        """Send what is due."""
        return deliver_due(self.database, self.client, self.vault, chance)

    def fast_forward(self) -> None:
        """Let the time pass until the next attempts."""
        self.run("UPDATE callback SET next_attempt_at = now() WHERE state = 'pending'")

    def run(self, statement: str) -> None:
        """Change rows behind the services' back."""
        with self.database.session() as session:
            session.execute(text(statement))

    def rows(self, columns: str) -> list[tuple[object, ...]]:
        """Read all messages, oldest first."""
        with self.database.session() as session:
            return [tuple(row) for row in session.execute(text(f"SELECT {columns} FROM callback ORDER BY id"))]

    def seconds_ahead(self) -> float:
        """Return the seconds until the only pending message is due."""
        query = "SELECT extract(epoch FROM next_attempt_at - now()) FROM callback WHERE state = 'pending'"
        with self.database.session() as session:
            return float(session.scalars(text(query)).one())
