"""Texts that are alike are known again, others are not taken for them."""

import pytest

from moderation.domain.alike import BANDS, NEAR_ENOUGH, fingerprint, fold, shared

TEXT = "Encore un article écrit par des gens qui n’ont jamais mis les pieds dans une usine, et cela se voit."


def bands(text: str) -> tuple[int, ...]:
    """Return the bands of a text that has some."""
    found = fingerprint(text)
    assert found
    return found.bands


@pytest.mark.parametrize(
    "same",
    [TEXT.upper(), f"  {TEXT}!!! ", TEXT.replace("é", "e\u0301"), TEXT.replace(" ", "\n"), TEXT.replace("é", "e")],
)
def test_case_accents_signs_and_spaces_make_no_other_text(same: str) -> None:
    """A text in capitals, without accents or with other signs and spaces is the same text."""
    assert fingerprint(same) == fingerprint(TEXT)


@pytest.mark.parametrize(
    "near", [TEXT.replace("usine", "ferme"), TEXT.replace("Encore un", "Un"), TEXT + " Bravo.", "Ah ! " + TEXT]
)
def test_a_changed_word_leaves_a_text_near(near: str) -> None:
    """A text in which a word was changed, added or left out is another one, and near."""
    one, other = fingerprint(TEXT), fingerprint(near)
    assert one
    assert other
    assert one.whole != other.whole
    assert shared(one.bands, other.bands) >= NEAR_ENOUGH


@pytest.mark.parametrize(
    "other",
    [
        "Les gens de l’usine n’ont jamais lu un article pareil, on le voit bien dans ce qui est écrit ici.",
        "Merci pour cet article, il est clair et bien documenté.",
        "x",
    ],
)
def test_another_text_is_not_near(other: str) -> None:
    """A text with other words, or the same few words in another order, is not near."""
    assert shared(bands(TEXT), bands(other)) < NEAR_ENOUGH


def test_signs_alone_are_known_by_the_signs() -> None:
    """A text of signs alone is the same as itself only; an empty one has no fingerprint."""
    assert fingerprint("👏👏") == fingerprint(" 👏👏 ")
    assert fingerprint("👏👏") != fingerprint("🙄")
    assert [fingerprint(nothing) for nothing in ("", " \n")] == [None, None]


def test_every_text_has_numbers_that_the_database_can_keep() -> None:
    """Fingerprints are signed 64-bit numbers, twelve bands of them, the same in every process."""
    found = fingerprint("Bonjour à tous")
    assert found
    assert len(found.bands) == BANDS
    assert all(-(2**63) <= number < 2**63 for number in (found.whole, *found.bands))
    assert found.whole == -3076725189293428119


def test_a_very_long_text_is_known_by_its_beginning() -> None:
    """Fifty thousand accents on one letter are folded away; a long text and its beginning share every band."""
    assert fold("e" + "\u0301" * 50_000) == "e"
    long = "".join(f"mot{number} " for number in range(10_000))
    assert bands(long) == bands(long + "fin")
