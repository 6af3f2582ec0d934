"""Choosing what teaches, on the real database: the queue, the chance that is kept, the share over thousands."""

import random
from typing import Any

import pytest

from moderation.domain.submission import SubmittedComment
from moderation.domain.words import Role, Verdict
from moderation.services import decisions, moderators, scoring, sites, undoing
from moderation.storage import lessons
from moderation.storage.sites import SiteRecord
from tests.moderation.conftest import Newsroom
from tests.moderation.services.near import Near


def score(chance: random.Random) -> int:
    """Return a score in thousandths: one comment in eight is flagged, most others are far from the threshold."""
    if chance.random() < 0.12:
        return chance.randint(500, 999)
    return int(500 * chance.random() ** 3)


def receive(newsroom: Newsroom, count: int, **policy: Any) -> None:
    """Have comments arrive and be scored, in batches of 200, under a policy."""
    chance = random.Random(11)
    with newsroom.database.session() as session:
        sites.set_policy(session.get_one(SiteRecord, newsroom.site.id), policy)
    for start in range(0, count, 200):
        newsroom.post(
            *(SubmittedComment(f"c-{n}", f"{score(chance)} texte {n}") for n in range(start, min(count, start + 200)))
        )
        scoring.drain(newsroom.database, Near(), scoring.ScoringLimits(), chance.random)  # type: ignore[arg-type]


CHOSEN = "origin = 'policy' AND route = 'learning'"


def test_over_thousands_the_share_is_what_was_asked(newsroom: Newsroom) -> None:
    """Of 6,000 comments, what was chosen is nearly 5 % of what is held and not more, and its chances add up."""
    receive(newsroom, 6_000, learn_share=0.05, audit_share=0.01)
    held = newsroom.count("decision", "origin = 'policy' AND verdict = 'review'")
    chosen = newsroom.count("decision", CHOSEN)
    assert 0.04 * held <= chosen <= 0.05 * held
    assert newsroom.count("decision", f"{CHOSEN} AND (audit OR verdict <> 'review' OR labels <> '{{}}')") == 0
    near = "scoring_id IN (SELECT id FROM scoring WHERE incivility >= 0.4 AND incivility < 0.5)"
    assert newsroom.count("decision", f"{CHOSEN} AND {near}") == chosen
    assert newsroom.count("decision", f"{CHOSEN} AND sampling > 0.01 AND sampling <= 1") == chosen


def test_every_held_comment_says_its_chance(newsroom: Newsroom) -> None:
    """Flagged comments are certain, the audit sample has its share, what was published has none."""
    receive(newsroom, 600, audit_share=0.05)
    assert newsroom.count("decision", "audit AND route = 'audit' AND sampling = 0.05") == newsroom.count(
        "comment", "reasons @> '{audit}'"
    )
    assert newsroom.count("decision", "labels <> '{}' AND (sampling <> 1 OR route <> 'queue')") == 0
    assert newsroom.count("decision", "verdict = 'publish' AND (sampling IS NOT NULL OR route IS NOT NULL)") == 0
    assert newsroom.count("decision", CHOSEN) == 0


def test_what_was_chosen_is_no_audit_sample_and_no_held_comment(newsroom: Newsroom) -> None:
    """The queue has its own reason, the figures of what was held leave it out, and an undo brings it back."""
    receive(newsroom, 1_200, learn_share=0.2)
    chosen = newsroom.count("decision", CHOSEN)
    assert newsroom.count("comment", "reasons @> '{learning}'") == chosen > 5
    assert newsroom.count("comment", "reasons @> '{learning,audit}'") == 0
    with newsroom.database.session() as session:
        lately = lessons.lately(session, newsroom.site.id)
        assert lately.chosen == chosen
        assert lately.held == newsroom.count("decision", "verdict = 'review'") - chosen
        assert len(lately.clear) == 500 - newsroom.count(
            "decision", "labels <> '{}' AND id > (SELECT max(id) - 500 FROM decision)"
        )
    key = int(newsroom.text("SELECT id FROM comment WHERE reasons @> '{learning}' ORDER BY id LIMIT 1"))
    with newsroom.database.session() as session:
        nadia = moderators.create(session, "nadia@example.org", "Nadia", "a lookout on a mast", Role.EDITOR)
        decided = decisions.by_moderator(session, nadia, key, 1, Verdict.PUBLISH)
        assert decided
        undoing.undo(session, nadia, decided)
    assert newsroom.text(f"SELECT reasons FROM comment WHERE id = {key}") == "['uncertain', 'learning']"


@pytest.mark.parametrize("policy", [{"learn_share": 0.5, "shadow": True}, {"learn_share": 0.0}])
def test_nothing_is_chosen_in_the_shadow_or_unasked(newsroom: Newsroom, policy: dict[str, Any]) -> None:
    """Shadow mode holds nothing, and a site that did not ask is shown nothing more."""
    receive(newsroom, 600, **policy)
    assert newsroom.count("decision", CHOSEN) == 0
    assert newsroom.count("comment", "reasons @> '{learning}'") == 0
