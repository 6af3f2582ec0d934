"""Small adaptations made by hand, and what a training would have said of them. No test lives here."""

from dataclasses import replace

from classifiers.adaptation import Adaptation
from classifiers.learning.finding import Finding
from classifiers.learning.newsroom import Learned
from classifiers.scorer import Scorer
from moderation.database import Database
from moderation.domain.words import Label
from moderation.services import models

NOTHING, ALL = -30.0, 30.0
"""A bias by which no comment, and by which every comment that is judged, is flagged."""


def taught(scorer: Scorer, bias: float, label: Label = Label.INCIVILITY) -> Adaptation:
    """Return an adaptation that adds a bias to the shipped judgement."""
    return replace(Adaptation.nothing(label, scorer.versions[label]), bias=bias)


def learned(adaptation: Adaptation | None, *, better: bool = False) -> Learned:
    """Return what a training says that made this adaptation."""
    findings = (Finding("gain", better, {"champion": 0.71, "challenger": 0.83}),)
    return Learned(adaptation, findings, better, {"label": "incivility", "examples": {"usable": 240}})


def kept(database: Database, site_id: int | None, adaptation: Adaptation, *, better: bool = False) -> int:
    """Keep an adaptation as a training does; return the id of the version."""
    with database.session() as session:
        version = models.keep(session, site_id, learned(adaptation, better=better), None)
        assert version is not None
        return version.id


def champion(database: Database, site_id: int | None, adaptation: Adaptation) -> str:
    """Keep an adaptation and promote it; return its name."""
    version_id = kept(database, site_id, adaptation)
    with database.session() as session:
        models.promote(session, version_id, None)
        return models.one(session, version_id).name
