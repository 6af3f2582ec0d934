"""Judging what was scored: a site's policy, words, articles and commenters brought together, and what is kept of it.

The rules themselves are pure and live in `moderation.domain.rules`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from classifiers.scorer import Scores
from moderation.domain import sentences
from moderation.domain.lessons import Chooser, Lesson
from moderation.domain.policy import Policy
from moderation.domain.rules import Circumstances, Judgement, Rule, judge
from moderation.domain.words import Label, Verdict, WordKind
from moderation.services.matching import Hit, Matcher
from moderation.storage import circumstances, lessons, sites
from moderation.storage.decisions import DecisionRecord
from moderation.storage.sites import SiteRecord
from moderation.storage.work import ClaimedRevision

Result = tuple[ClaimedRevision, Scores | None]

COULD_NOT_BE_SCORED = {
    "label": None,
    "fr": "n’a pas pu être évalué ; une personne doit le lire",
    "en": "could not be scored; a person has to read it",
}


@dataclass(frozen=True)
class Judged:
    """One revision with its site and what the policy of that site says."""

    revision: ClaimedRevision
    scores: Scores | None
    hits: Sequence[Hit]
    site: SiteRecord
    judgement: Judgement
    lesson: Lesson | None = None

    def row(self, number: int) -> dict[str, Any]:
        """Return the scoring to store for round `number`: scores, reasons, spans."""
        row: dict[str, Any] = {"revision_id": self.revision.id, "round": number}
        reasons: list[Any] = [*_reasons(self.scores), *self._reasons_of_rules()]
        spans = _spans(self.hits)
        if self.scores is None:
            left_out = dict.fromkeys(("language", *Label)) | {"model_versions": {}}
            return row | left_out | {"reasons": reasons, "spans": spans, "failure": COULD_NOT_BE_SCORED["en"]}
        of_labels = {label: [list(span) for span in spans] for label, spans in self.scores.spans.items()}
        return row | {
            "language": self.scores.language,
            **{label.value: self.scores.scores.get(label) for label in Label},
            "reasons": reasons,
            "spans": of_labels | spans,
            "model_versions": dict(self.scores.model_versions),
            "failure": None,
        }

    def _reasons_of_rules(self) -> list[dict[str, str | None]]:
        words = {kind: [hit.word.text for hit in self.hits if hit.word.kind is kind] for kind in WordKind}
        listed = [reason for kind in WordKind for reason in sentences.about_words(kind, words[kind])]
        taught = [sentences.about_lesson(self.lesson)] if self.lesson and self.judgement.rule is Rule.LEARNING else []
        return [*listed, *sentences.about(self.judgement.rule), *taught]


def hits_in(results: Sequence[Result], matchers: Mapping[int, Matcher]) -> dict[int, list[Hit]]:
    """Return by revision what it holds of its site's words; what could not be scored is not searched."""
    found: dict[int, list[Hit]] = {}
    for site_id, matcher in matchers.items():
        mine = [(revision, scores) for revision, scores in results if scores and revision.site_id == site_id]
        texts, languages = [revision.text for revision, _ in mine], [scores.language for _, scores in mine]
        found |= zip((revision.id for revision, _ in mine), matcher.find(texts, languages), strict=True)
    return found


def judge_all(
    session: Session, results: Collection[Result], hits: Mapping[int, Sequence[Hit]], chance: Callable[[], float]
) -> list[Judged]:
    """Judge scored revisions, each by the policy of its site and the circumstances of this moment.

    Where a site asks for it, some clear comments are chosen for learning; workers that judge at the same time do not
    see each other's choices, and may together choose a few more.
    """
    policies = {site.id: (site, Policy.from_json(site.policy)) for site in sites.all_sites(session)}
    around = circumstances.of_comments(session, {revision.comment_id for revision, _ in results})
    choosers = {
        site_id: _chooser(session, site_id, policies[site_id][1]) for site_id in {r.site_id for r, _ in results}
    }
    judged = []
    for revision, scores in results:
        site, policy = policies[revision.site_id]
        found = hits.get(revision.id, ())
        known = Circumstances(*around[revision.comment_id], frozenset(hit.word.kind for hit in found))
        by_label = {label: scores.scores.get(label) for label in Label} if scores else None
        chooser = choosers[revision.site_id]
        lesson = chooser.lesson(by_label) if chooser and by_label else None
        judgement = judge(by_label, policy, chance(), known, lesson.probability if lesson else 0.0)
        if chooser:
            chosen = judgement.rule is Rule.LEARNING
            chooser.count(held=judgement.verdict is Verdict.REVIEW and not chosen, chosen=chosen)
        judged.append(Judged(revision, scores, found, site, judgement, lesson))
    return judged


def _chooser(session: Session, site_id: int, policy: Policy) -> Chooser | None:
    """Return who chooses for learning on a site; None where nobody asked for it."""
    if not policy.learn_share or policy.shadow:
        return None
    return Chooser(lessons.lately(session, site_id), policy.thresholds, policy.learn_share)


def says_the_same(last: DecisionRecord, judgement: Judgement) -> bool:
    """Say whether nothing changes for a site or a moderator; what is held for other labels waits in another queue."""
    same = last.verdict == judgement.verdict
    return same and (judgement.verdict is not Verdict.REVIEW or set(last.labels) == set(judgement.flags))


def _reasons(scores: Scores | None) -> list[dict[str, str | None]]:
    if scores is None:
        return [dict(COULD_NOT_BE_SCORED)]
    return [{"label": reason.label, "fr": reason.fr, "en": reason.en} for reason in scores.reasons]


def _spans(hits: Sequence[Hit]) -> dict[str, list[list[float]]]:
    kinds = {hit.word.kind for hit in hits}
    return {
        kind.value: [[hit.begin, hit.end, 1.0] for hit in hits if hit.word.kind is kind]
        for kind in WordKind
        if kind in kinds
    }
