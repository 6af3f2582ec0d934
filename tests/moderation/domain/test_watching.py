"""When the watch warns, and when it keeps still."""

from collections.abc import Hashable

from hypothesis import given
from hypothesis import strategies as st

from moderation.domain.agreement import LEAST_PAIRS, kappa, spread
from moderation.domain.calibration import Calibration
from moderation.domain.drift import Drift
from moderation.domain.watching import WarningCode, Week, of_calibration, of_drift, of_people, of_weeks

small = st.integers(0, 14)


def codes(warnings: list[dict[str, object]]) -> list[object]:
    """Return the codes of warnings."""
    return [warning["code"] for warning in warnings]


def test_drift_warns_when_it_is_large_and_no_chance() -> None:
    """A large index warns; one below the bound of chance, or too few comments, does not."""
    assert of_drift(WarningCode.SCORES_DRIFT, Drift(500, 500, 0.31, 0.05), label="incivility") == [
        {"code": "scores_drift", "label": "incivility", "psi": 0.31}
    ]
    for still in (Drift(500, 500, 0.2, 0.05), Drift(100, 100, 0.31, 0.4), Drift(99, 500)):
        assert of_drift(WarningCode.SCORES_DRIFT, still) == []


def test_calibration_warns_when_it_is_large_and_no_chance() -> None:
    """An error of ten points that is above chance warns; too few answers do not."""
    assert of_calibration(Calibration(200, 0.2, 0.1, 0.3, 0.08), "shouting") == [
        {"code": "calibration", "label": "shouting", "ece": 0.2}
    ]
    for still in (Calibration(200, 0.09, 0, 0.2, 0.05), Calibration(100, 0.12, 0, 0.2, 0.15), Calibration(30)):
        assert of_calibration(still, "shouting") == []


@given(
    st.lists(
        st.builds(lambda f, c, a, m: Week("w", f, min(f, c), a, min(a, m)), small, small, small, small),
        min_size=2,
        max_size=2,
    )
)
def test_a_handful_of_answers_never_warns(weeks: list[Week]) -> None:
    """Below the least numbers nothing is said, whatever was answered."""
    assert of_weeks(weeks, "incivility", lately=1) == []


def test_fewer_confirmed_flags_warn() -> None:
    """From 80 % confirmed to 50 % is a warning; a small fall, or a rise, is none."""
    before = [Week(f"b{n}", 50, 40) for n in range(6)]
    assert of_weeks([*before, Week("a", 40, 20), Week("b", 40, 20)], "incivility") == [
        {"code": "confirmed_falls", "label": "incivility", "share": 0.5, "before": 0.8}
    ]
    assert of_weeks([*before, Week("a", 40, 30), Week("b", 40, 30)], "incivility") == []
    assert of_weeks([*before, Week("a", 40, 40), Week("b", 40, 40)], "incivility") == []


def test_what_the_model_misses_warns() -> None:
    """When the audit finds surely more than one in twenty, it warns; a few by chance do not."""
    weeks = [Week(f"w{n}", 0, 0, 25, 4) for n in range(4)]
    assert of_weeks(weeks, "incivility") == [{"code": "missed", "label": "incivility", "share": 0.16, "answers": 100}]
    assert of_weeks([Week(f"w{n}", 0, 0, 25, 1) for n in range(4)], "incivility") == []
    old = [*weeks, *(Week(f"z{n}", 0, 0, 25, 0) for n in range(4))]
    assert of_weeks(old, "incivility") == []


def test_moderators_who_disagree_warn() -> None:
    """Agreement no better than chance on forty texts is a warning; full agreement, or few texts, is none."""
    chance: dict[tuple[Hashable, Hashable], int] = {
        ("publish", "publish"): 10, ("publish", "reject"): 10, ("reject", "publish"): 10, ("reject", "reject"): 10,
    }  # fmt: skip
    assert of_people(chance) == [{"code": "people_disagree", "kappa": 0.0, "pairs": 40}]
    assert of_people({("publish", "publish"): 20, ("reject", "reject"): 20}) == []
    assert of_people({pair: count // 10 for pair, count in chance.items()}) == []
    assert of_people({("publish", "publish"): 40}) == []


@given(st.dictionaries(st.tuples(st.sampled_from("pr"), st.sampled_from("pr")), st.integers(0, 60)))
def test_the_spread_of_kappa_shrinks_with_more_texts(pairs: dict[tuple[Hashable, Hashable], int]) -> None:
    """Four times as many texts of the same kind halve the standard error; where kappa is undefined, so is it."""
    one, four = spread(pairs), spread({pair: 4 * count for pair, count in pairs.items()})
    assert (one is None) == (kappa(pairs) is None)
    if one is not None and four is not None:
        assert abs(four - one / 2) < 1e-9
    assert LEAST_PAIRS <= 40
