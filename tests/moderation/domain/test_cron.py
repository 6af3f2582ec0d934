"""Cron texts: which are taken, and when they last came true."""

from datetime import UTC, datetime

import pytest

from moderation.domain import cron
from moderation.domain.errors import InvalidInput, Misconfigured
from moderation.domain.learning_settings import LearningSettings
from moderation.settings import Settings

SATURDAY = datetime(2026, 11, 28, 18, 20, 31, 5, tzinfo=UTC)
BAD = ["", "daily", "@daily", "61 * * * *", "* * * *", "* * * * * *", "0 0 30 2 *", "*/0 * * * *", "9" * 5000]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("30 3 * * *", "2026-11-28 03:30"),
        ("20 18 * * *", "2026-11-28 18:20"),
        ("21 18 * * *", "2026-11-27 18:21"),
        ("* * * * *", "2026-11-28 18:20"),
        ("0 0 * * 1", "2026-11-23 00:00"),
        ("0 0 29 2 *", "2024-02-29 00:00"),
    ],
)
def test_the_last_time_is_the_latest_one_up_to_this_minute(text: str, last: str) -> None:
    """The minute of now counts, later ones do not, and a rare date is found years back."""
    cron.check("cron", text)
    assert f"{cron.last_time(text, SATURDAY):%Y-%m-%d %H:%M}" == last


def test_never_never_comes() -> None:
    """The word "never" is taken and has no time."""
    cron.check("cron", "never")
    assert cron.last_time("never", SATURDAY) is None


@pytest.mark.parametrize("text", BAD)
def test_what_is_no_cron_is_refused_with_an_example(text: str) -> None:
    """A malformed text, and one that never comes true, is refused in a sentence that names field and cure."""
    with pytest.raises(InvalidInput, match=r"^cron: must be five cron fields in UTC\. For example \"30 3 \* \* \*\""):
        cron.check("cron", text)


def test_settings_and_sites_take_the_same_texts() -> None:
    """The settings of the house and of a site refuse what is no cron, each naming its field."""
    with pytest.raises(Misconfigured, match=r"^VIGIE_RETRAIN_CRON is wrong: it must be five cron fields .*\.$"):
        Settings.load(retrain_cron="nightly")
    for wrong in ("nightly", 5):
        with pytest.raises(InvalidInput, match=r"^learning\.cron: "):
            LearningSettings.from_json({"cron": wrong})
    assert LearningSettings.from_json({"cron": "0 4 * * 6"}).cron == "0 4 * * 6"
    assert LearningSettings.from_json({"cron": None}).cron is None
