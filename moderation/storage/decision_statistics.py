"""Counting decisions: how soon they were taken, what the audit sample says, who judged the same text, how many.

A person's word about a text is a decision that is no undoing. Each query is an aggregate over one window of time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Index, text
from sqlalchemy.orm import Session

from moderation.storage.decisions import DecisionRecord
from moderation.storage.statistics import Window

Index(
    "ix_decision_held",
    DecisionRecord.site_id,
    DecisionRecord.decided_at,
    postgresql_where=text("origin = 'policy' AND verdict = 'review'"),
)
Index(
    "ix_decision_person",
    DecisionRecord.site_id,
    DecisionRecord.decided_at,
    postgresql_where=text("moderator_id IS NOT NULL"),
)
Index(
    "ix_decision_labelled",
    DecisionRecord.site_id,
    DecisionRecord.decided_at,
    postgresql_where=text("labels <> '{}'"),
)


@dataclass(frozen=True)
class Told:
    """Comments that came on one day and about which this holds now: a label, or a status by a person's decision."""

    day: date
    what: str
    count: int


@dataclass(frozen=True)
class Lasted:
    """How long comments had waited that a person decided on one day (None: in the whole window), in seconds."""

    day: date | None
    count: int
    median: float
    p90: float


@dataclass(frozen=True)
class Audited:
    """Texts of the audit sample with the same answer of a person; without a verdict nobody judged them yet."""

    verdict: str | None
    labels: Sequence[str]
    count: int


@dataclass(frozen=True)
class Pair:
    """Texts that two people answered in the same two ways, the first one before the second."""

    first: str
    first_labels: Sequence[str]
    second: str
    second_labels: Sequence[str]
    count: int


@dataclass(frozen=True)
class Worked:
    """What one moderator decided; `undone` of it was taken back later, by whomever."""

    moderator_id: int
    name: str
    published: int
    rejected: int
    undone: int


def by_label(session: Session, window: Window) -> list[Told]:
    """Count comments, deleted ones left out, by the day on which they came and each label that holds."""
    return [Told(*row) for row in session.execute(text(_BY_LABEL), window.values)]


def by_people(session: Session, window: Window) -> list[Told]:
    """Count comments by the day on which they came and the status that a person's decision gave them."""
    return [Told(*row) for row in session.execute(text(_BY_PEOPLE), window.values)]


def lasting(session: Session, window: Window) -> list[Lasted]:
    """Measure from the moment a comment came before the moderators to a person's decision, each time it waited."""
    return [Lasted(*row) for row in session.execute(text(_LASTING), window.values)]


def audit_sample(session: Session, window: Window) -> list[Audited]:
    """Count the texts that were drawn for the audit sample by the answer of a person that holds about them."""
    return [Audited(*row) for row in session.execute(text(_AUDIT_SAMPLE), window.values)]


def double_judged(session: Session, window: Window) -> list[Pair]:
    """Count the texts about which a second moderator decided in the window, by both answers.

    What somebody took back themselves was no answer; what somebody else undid was one. Of each text the first
    pair of answers counts that two different people gave one after the other.
    """
    return [Pair(*row) for row in session.execute(text(_DOUBLE_JUDGED), window.values)]


def people(session: Session, window: Window) -> list[Worked]:
    """Count the decisions of each moderator, by name."""
    return [Worked(*row) for row in session.execute(text(_PEOPLE), window.values)]


_IN_WINDOW = "{0}.site_id = ANY(:sites) AND {0}.decided_at >= :since AND {0}.decided_at < :until"
_BY_PERSON = "{0}.moderator_id IS NOT NULL AND {0}.undoes_id IS NULL"
_HOLDING = """
    FROM decision JOIN comment ON comment.id = decision.comment_id AND comment.decision_id = decision.id
    WHERE decision.site_id = ANY(:sites) AND decision.decided_at >= :since
      AND comment.received_at >= :since AND comment.received_at < :until
"""  # a decision is never older than its comment: the first line narrows what the second one looks at
_DAY = "(comment.received_at AT TIME ZONE :zone)::date"
_BY_LABEL = f"""
    SELECT day, label, count(*)
    FROM (SELECT {_DAY} AS day, unnest(decision.labels) AS label {_HOLDING}
          AND decision.labels <> '{{}}' AND comment.status <> 'deleted') AS labelled
    GROUP BY 1, 2
"""  # noqa: S608 - fixed words only
_BY_PEOPLE = f"""
    SELECT {_DAY}, comment.status, count(*) {_HOLDING} AND decision.moderator_id IS NOT NULL GROUP BY 1, 2
"""
_LASTING = f"""
    SELECT day, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY waited),
           percentile_cont(0.9) WITHIN GROUP (ORDER BY waited)
    FROM (
        SELECT (decision.decided_at AT TIME ZONE :zone)::date AS day,
               extract(epoch FROM decision.decided_at - before.decided_at)::double precision AS waited
        FROM decision CROSS JOIN LATERAL (
            SELECT earlier.verdict, earlier.decided_at FROM decision AS earlier
            WHERE earlier.comment_id = decision.comment_id AND earlier.id < decision.id
            ORDER BY earlier.id DESC LIMIT 1
        ) AS before
        WHERE {_BY_PERSON.format("decision")} AND before.verdict = 'review' AND {_IN_WINDOW.format("decision")}
    ) AS waits
    GROUP BY GROUPING SETS ((day), ()) HAVING count(*) > 0 ORDER BY day
"""  # noqa: S608 - fixed words only
_AUDIT_SAMPLE = f"""
    SELECT answer.verdict, coalesce(answer.labels, '{{}}'), count(DISTINCT drawn.revision_id)
    FROM decision AS drawn LEFT JOIN LATERAL (
        SELECT said.verdict, said.labels FROM decision AS said
        WHERE said.comment_id = drawn.comment_id AND said.revision_id = drawn.revision_id
          AND {_BY_PERSON.format("said")}
          AND NOT EXISTS (SELECT FROM decision AS undoing WHERE undoing.undoes_id = said.id)
        ORDER BY said.id DESC LIMIT 1
    ) AS answer ON true
    WHERE drawn.audit AND drawn.origin = 'policy' AND drawn.verdict = 'review' AND {_IN_WINDOW.format("drawn")}
    GROUP BY 1, 2
"""  # noqa: S608 - fixed words only
_DOUBLE_JUDGED = f"""
    WITH seen AS (
        SELECT DISTINCT later.revision_id, later.comment_id FROM decision AS later
        WHERE {_BY_PERSON.format("later")} AND {_IN_WINDOW.format("later")} AND EXISTS (
            SELECT FROM decision AS earlier
            WHERE earlier.comment_id = later.comment_id AND earlier.id < later.id
              AND earlier.moderator_id <> later.moderator_id)
    ), answers AS (
        SELECT said.revision_id, said.moderator_id, said.verdict, said.labels, said.decided_at, said.id,
            lag(said.moderator_id) OVER by_text AS moderator_before,
            lag(said.verdict) OVER by_text AS verdict_before, lag(said.labels) OVER by_text AS labels_before
        FROM seen JOIN decision AS said ON said.comment_id = seen.comment_id AND said.revision_id = seen.revision_id
        LEFT JOIN decision AS undoing ON undoing.undoes_id = said.id
        WHERE {_BY_PERSON.format("said")} AND undoing.moderator_id IS DISTINCT FROM said.moderator_id
        WINDOW by_text AS (PARTITION BY said.revision_id ORDER BY said.id)
    ), pairs AS (
        SELECT DISTINCT ON (revision_id) * FROM answers WHERE moderator_before <> moderator_id ORDER BY revision_id, id
    )
    SELECT verdict_before, labels_before, verdict, labels, count(*) FROM pairs
    WHERE decided_at >= :since AND decided_at < :until GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - fixed words only
_PEOPLE = f"""
    SELECT moderator.id, moderator.name, count(*) FILTER (WHERE decision.verdict = 'publish'),
           count(*) FILTER (WHERE decision.verdict = 'reject'), count(undoing.id)
    FROM decision JOIN moderator ON moderator.id = decision.moderator_id
    LEFT JOIN decision AS undoing ON undoing.undoes_id = decision.id
    WHERE {_BY_PERSON.format("decision")} AND {_IN_WINDOW.format("decision")}
    GROUP BY moderator.id, moderator.name ORDER BY moderator.name, moderator.id
"""  # noqa: S608 - fixed words only
