"""The models in the memory of one worker: what stands now is asked at each batch, artefacts are read once.

So a promotion or a rollback is noticed at the next batch, without a restart. An artefact that is damaged or stands
on another shipped model is refused, and what judged before it goes on judging: never a crash, never a lost comment.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import structlog
from sqlalchemy.orm import Session

from classifiers.adaptation import Adaptation
from classifiers.artifact import ArtifactError
from classifiers.scorer import Scores
from moderation.domain.shadowing import REFUSED
from moderation.domain.words import ModelState
from moderation.storage import models
from moderation.storage.models import StandingVersion
from moderation.storage.work import ClaimedRevision

log = structlog.get_logger()

Standing = tuple[tuple[Adaptation, ...], tuple[Adaptation, ...]]


class ModelStore:
    """What newsrooms taught, for one process. `bases`: label to version of the shipped artefacts that it has.

    Up to `most` artefacts stay in memory, those used last. Not safe for two threads at once.
    """

    def __init__(self, bases: Mapping[str, str], most: int = 64) -> None:
        self._bases, self._most = dict(bases), most
        self._kept: OrderedDict[int, Adaptation | None] = OrderedDict()  # None: refused, and not asked again

    @property
    def refused(self) -> frozenset[int]:
        """The ids of versions that were met and cannot be used here."""
        return frozenset(key for key, kept in self._kept.items() if kept is None)

    def load(self, session: Session, sites: Collection[int]) -> Mapping[int, Standing]:
        """Return for each site the adaptations that judge, at most one a label, and those that run in the shadow.

        A site's own champion comes before the shared one; a shared challenger runs where it would judge.
        """
        standing = models.standing(session, sites)
        champions = [one for one in standing if one.state == ModelState.CHAMPION]
        challengers = [one for one in standing if one.state == ModelState.CHALLENGER]
        found = {}
        for site in sites:
            own = {one.label: one for one in champions if one.site_id == site}
            shared = {one.label: one for one in champions if one.site_id is None}
            judging = [self._judging(session, own.get(label), shared.get(label)) for label in {**own, **shared}]
            shadows = [
                self._usable(session, one)
                for one in challengers
                if one.site_id == site or (one.site_id is None and one.label not in own)
            ]
            found[site] = (_there(judging), _there(shadows))
        return found

    def _judging(
        self, session: Session, own: StandingVersion | None, shared: StandingVersion | None
    ) -> Adaptation | None:
        """Return the first of a champion, those before it, the shared one and those before that which can be used."""
        for place in (own, shared):
            seen: set[int] = set()
            version = place
            while version and version.id not in seen:
                usable = self._usable(session, version)
                if usable:
                    return usable
                seen.add(version.id)
                version = models.one_standing(session, version.previous_id) if version.previous_id else None
        return None

    def _usable(self, session: Session, version: StandingVersion) -> Adaptation | None:
        if version.id not in self._kept:
            self._kept[version.id] = self._read(session, version)
        self._kept.move_to_end(version.id)
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return self._kept[version.id]

    def _read(self, session: Session, version: StandingVersion) -> Adaptation | None:
        data = models.artifact_of(session, version.id)
        try:
            made = Adaptation.from_bytes(data, version.sha256, version.name, self._bases)
            if made.label != version.label:
                raise ArtifactError(f"{version.name} judges {made.label}: retire it and train again")
        except Exception as error:  # noqa: BLE001 - whatever the bytes are must cost no comment
            log.error("model_refused", version_id=version.id, label=version.label, error=type(error).__name__)
            why = str(error) if isinstance(error, ArtifactError) else type(error).__name__
            models.append_finding(session, version.id, {"code": REFUSED, "passed": False, "figures": {"why": why}})
            return None
        return made


def shadow_rows(
    results: Iterable[tuple[ClaimedRevision, Scores | None]], standing: Mapping[int, Standing]
) -> list[dict[str, Any]]:
    """Return the shadow scores to store: what each challenger said where what counts gave a judgement."""
    return [
        {
            "version": challenger.version,
            "revision_id": revision.id,
            "score": scores.shadow.get(challenger.version),
            "counted": counted,
        }
        for revision, scores in results
        for challenger in standing.get(revision.site_id, ((), ()))[1]
        if scores and (counted := scores.scores.get(challenger.label)) is not None
    ]


def _there(adaptations: Iterable[Adaptation | None]) -> tuple[Adaptation, ...]:
    return tuple(one for one in adaptations if one)
