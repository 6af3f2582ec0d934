"""What the screen of models shows of one place: what judges each label, its shadow, what waits, the work under way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from moderation.dashboard import model_picture
from moderation.dashboard.model_picture import Picture
from moderation.dashboard.model_places import ModelPlace
from moderation.domain.learning_settings import LearningSettings
from moderation.domain.words import Label, ModelState, WorkState
from moderation.services import learning_settings, models, rescoring, retraining, shadowing
from moderation.storage import moderators
from moderation.storage.models import ModelVersionRecord
from moderation.storage.rescorings import RescoringRecord
from moderation.storage.retrainings import RetrainingRecord
from moderation.storage.sites import all_sites
from moderation.web import context

MOST_LISTED = 50
"""Versions in the history; the older ones are found by `vigie models`."""
MOST_WAITING = 3
_UNFINISHED = (WorkState.WAITING, WorkState.RUNNING)


@dataclass(frozen=True)
class Work:
    """The newest training and the newest scoring of what waits, of one place."""

    training: RetrainingRecord | None
    rescoring: RescoringRecord | None

    @property
    def trains(self) -> bool:
        """Whether a training is not finished."""
        return self.training is not None and self.training.state in _UNFINISHED

    @property
    def rescores(self) -> bool:
        """Whether waiting comments are still being sent to the scorers."""
        return self.rescoring is not None and self.rescoring.state in _UNFINISHED

    @property
    def under_way(self) -> bool:
        """Whether anything is not finished."""
        return self.trains or self.rescores


@dataclass(frozen=True)
class LabelModels:
    """One label in one place.

    `judging` None: the shipped model judges. `own`: the champion of this very place; `before`: the one
    whose place it took. `scored`: comments that the
    challenger scored in the shadow, of `wanted`. `waiting`: the newest candidates.
    """

    label: Label
    judging: ModelVersionRecord | None
    own: ModelVersionRecord | None
    before: ModelVersionRecord | None
    challenger: ModelVersionRecord | None
    scored: int
    wanted: int
    waiting: Sequence[ModelVersionRecord]
    picture: Picture | None


@dataclass(frozen=True)
class Overview:
    """Everything on the screen. `schedule`: when training starts by itself (cron, UTC; or "never").

    `known`: the names that findings about moderators may say to the account that asks.
    """

    labels: Sequence[LabelModels]
    versions: Sequence[ModelVersionRecord]
    left_out: int
    work: Work
    names: Mapping[int, str]
    known: Mapping[int, str]
    settings: LearningSettings
    schedule: str


def of_place(session: Session, place: ModelPlace) -> Overview:
    """Read what one place has; nothing is loaded that only workers need."""
    found = list(models.versions(session, place.site_id))
    settings = learning_settings.of_site(place.site) if place.site else _of_every_site(session)
    house = context().settings.retrain_cron if place.site else context().settings.shared_retrain_cron
    return Overview(
        [_label(session, place, label, [one for one in found if one.label == label]) for label in Label],
        found[:MOST_LISTED],
        max(0, len(found) - MOST_LISTED),
        work_of(session, place),
        known := names(session),
        known if place.leads else {},
        settings,
        settings.cron or house,
    )


def work_of(session: Session, place: ModelPlace) -> Work:
    """Read what is under way, or was last."""
    newest = retraining.latest(session, place.site_id, 1)
    return Work(newest[0] if newest else None, rescoring.latest(session, place.site_id))


def names(session: Session) -> dict[int, str]:
    """Return the names of all accounts by id."""
    return {account.id: account.name for account in moderators.all_accounts(session)}


def _of_every_site(session: Session) -> LearningSettings:
    """Return how the shared models learn: by themselves only where every site wants it so."""
    return LearningSettings(automatic=all(learning_settings.of_site(site).automatic for site in all_sites(session)))


def _label(session: Session, place: ModelPlace, label: Label, found: Sequence[ModelVersionRecord]) -> LabelModels:
    by_state = {state: [one for one in found if one.state == state] for state in ModelState}
    own = next(iter(by_state[ModelState.CHAMPION]), None)
    challenger = next(iter(by_state[ModelState.CHALLENGER]), None)
    judging = models.judging(session, place.site_id, label) if place.site_id is not None else own
    return LabelModels(
        label,
        judging,
        own,
        next((one for one in found if own and one.id == own.previous_id), None),
        challenger,
        *(shadowing.progress(session, challenger) if challenger else (0, 0)),
        by_state[ModelState.CANDIDATE][:MOST_WAITING],
        model_picture.of_versions(found),
    )
