"""How a site learns, as its editors set it: read, validated, changed with a trace. What it does is in other services."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from moderation.domain.acts import Act
from moderation.domain.learning_settings import LearningSettings
from moderation.services import audit
from moderation.storage.moderators import ModeratorRecord
from moderation.storage.sites import SiteRecord


def of_site(site: SiteRecord) -> LearningSettings:
    """Return how a site learns; what was never set has its default."""
    return LearningSettings.from_json(site.learning)


def change(
    session: Session, moderator: ModeratorRecord | None, site: SiteRecord, values: Mapping[str, Any]
) -> LearningSettings:
    """Change the settings that are named, and write it into the audit trail when something is different now.

    Raises InvalidInput naming the field (`learning.cron`, …) that is wrong; nothing is changed then.
    """
    before = of_site(site)
    after = LearningSettings.from_json(before.to_json() | dict(values))
    if after != before:
        site.learning = after.to_json()
        audit.record(
            session,
            moderator,
            Act.LEARNING_CHANGED,
            site_id=site.id,
            before=before.to_json(),
            after=after.to_json(),
        )
    return after
