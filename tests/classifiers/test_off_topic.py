"""Off topic: what it is judged by, when it is not judged, and what its reason says."""

from __future__ import annotations

import numpy as np
import pytest

from classifiers import artifact, off_topic
from classifiers.embedding.encoder import Encoder
from classifiers.embedding.lexical import WordVectors
from classifiers.off_topic import FEATURES, OffTopic
from classifiers.subjects import Context, Subjects, Topic
from classifiers.text.reading import read
from classifiers.views import content_words, words_of

WATER = (
    "Sécheresse : Beyrouth rationne l'eau un jour sur trois",
    "Les barrages sont au plus bas. L'établissement des eaux coupera le réseau un jour sur trois jusqu'en novembre.",
)
FOOTBALL = (
    "Nejmeh remporte la coupe aux tirs au but",
    "Le gardien de Nejmeh a arrêté deux tirs au but samedi soir devant vingt mille supporters au stade de Saïda.",
)
TRIAL = (
    "Le procès des cimentiers renvoyé au mois de mars",
    "Le tribunal de Tripoli a renvoyé l'audience à la demande de la défense, un expert étant absent.",
)
ABOUT_WATER = "Avec des réservoirs vides et un robinet sec deux jours par semaine, comment laver les enfants ?"
ABOUT_FOOTBALL = "Quel gardien ! Deux penalties arrêtés et le stade debout, notre équipe méritait cette coupe."


@pytest.fixture(scope="module")
def away() -> OffTopic:
    """The shipped judgement."""
    return OffTopic.from_arrays(artifact.load(off_topic.LABEL).arrays)


@pytest.fixture(scope="module")
def subjects(away: OffTopic) -> Subjects:
    """A store of articles with the shipped judgement."""
    return Subjects(Encoder(), away)


def judged(subjects: Subjects, texts: list[str], contexts: list[Context]) -> list[Topic]:
    """The answers for comments with their contexts."""
    reading = read(texts)
    encoded = subjects._encoder.encode_sentences(reading.sentence_strings())
    return subjects.judge(reading, encoded, texts, contexts)


def score(topic: Topic) -> float:
    """The score of a comment that is judged."""
    assert topic.score is not None
    return topic.score


def test_a_comment_is_nearer_to_its_own_article(subjects: Subjects) -> None:
    """The same comment scores lower under the article that it speaks of than under another."""
    texts = [ABOUT_WATER, ABOUT_WATER, ABOUT_FOOTBALL, ABOUT_FOOTBALL]
    about = [Context(*article, None) for article in (WATER, FOOTBALL, FOOTBALL, WATER)]
    own, moved, second, second_moved = (score(topic) for topic in judged(subjects, texts, about))
    assert own < 0.5 < moved
    assert second < 0.5 < second_moved


def test_too_little_to_judge_is_an_answer_of_its_own(subjects: Subjects) -> None:
    """A few words, signs alone, or no article: no score, and the reason says why."""
    texts = ["Bravo !", "👏👏👏", ABOUT_WATER]
    short, signs, alone = judged(
        subjects, texts, [Context(*WATER, None), Context(*WATER, None), Context(None, "", None)]
    )
    assert (short.score, signs.score, alone.score) == (None, None, None)
    assert "court" in short.why[0]
    assert "unknown" in alone.why[1]


def test_the_reason_names_the_article_that_fits_better(subjects: Subjects) -> None:
    """Off topic here, at home under another recent article of the site: the sentence says under which."""
    french, english = judged(subjects, [ABOUT_FOOTBALL], [Context(*WATER, None, (TRIAL, FOOTBALL, WATER))])[0].why
    assert f"Irait mieux sous « {FOOTBALL[0]} »" in french
    assert f"Would fit better under “{FOOTBALL[0]}”" in english


def test_a_comment_at_home_is_sent_nowhere(subjects: Subjects) -> None:
    """On topic, the reason names the nearest passage of the article and no other article."""
    topic = judged(subjects, [ABOUT_WATER], [Context(*WATER, None, (TRIAL, FOOTBALL, WATER))])[0]
    assert score(topic) < 0.5
    assert "mieux" not in topic.why[0]
    assert topic.spans == ()


def test_the_site_s_articles_may_come_in_any_order(subjects: Subjects) -> None:
    """Neither the order of recent articles nor the own article among them moves the score."""
    sites = ((TRIAL, FOOTBALL), (FOOTBALL, TRIAL), (FOOTBALL, WATER, TRIAL))
    found = [score(judged(subjects, [ABOUT_WATER], [Context(*WATER, None, site)])[0]) for site in sites]
    assert found == pytest.approx([found[0]] * 3, abs=5e-6)


def test_a_comment_gets_the_same_number_among_others_with_other_sites(subjects: Subjects) -> None:
    """What stands beside a comment, and on which site, does not move its score."""
    asked = [
        (ABOUT_WATER, Context(*WATER, None, (FOOTBALL,))),
        (ABOUT_FOOTBALL, Context(*WATER, None)),
        (ABOUT_FOOTBALL, Context(*TRIAL, "Le gardien a tout arrêté samedi", (WATER, FOOTBALL))),
    ]
    together = judged(subjects, [t for t, _ in asked], [c for _, c in asked])
    for (text, context), topic in zip(asked, together, strict=True):
        assert score(judged(subjects, [text], [context])[0]) == pytest.approx(score(topic), abs=5e-6)


def test_an_answer_is_judged_with_what_it_answers(subjects: Subjects) -> None:
    """A reply that fits its parent is less off topic than the same words under the article alone."""
    parent = "Et le gardien de Nejmeh, vous avez vu ces deux arrêts dans les tirs au but samedi ?"
    alone, answered = judged(subjects, [ABOUT_FOOTBALL] * 2, [Context(*WATER, None), Context(*WATER, parent)])
    assert score(answered) < score(alone)


def test_the_shipped_judgement_knows_every_feature(away: OffTopic) -> None:
    """The logit has one weight for each piece of evidence, and arrays make the same judgement again."""
    assert away.logit.coef_.shape == (1, len(FEATURES))
    again = OffTopic.from_arrays(away.arrays())
    table = np.random.default_rng(7).random((5, len(FEATURES)))
    assert again.judge(table).tolist() == away.judge(table).tolist()


def test_a_word_has_one_vector_whatever_stands_beside_it(away: OffTopic) -> None:
    """Alone, in company, and after the store was emptied, a word's vector is the same."""
    words = ["électricité", "prix", "انتخابات", "x" * 500, "prix"]
    store = WordVectors(away.lens.word_center, away.lens.word_turn, rows=4)
    together = store.of(words)
    for word, vector in zip(words, together, strict=True):
        assert np.array_equal(WordVectors(away.lens.word_center, away.lens.word_turn).of([word])[0], vector)
        assert np.array_equal(store.of([word])[0], vector)
    assert store.of([]).shape == (0, together.shape[1])


def test_a_word_is_nearer_to_its_translation_than_to_another_word(away: OffTopic) -> None:
    """French and English words for one thing lie together."""
    own, english, other = away.lens.words().of(["école", "school", "fromage"])
    assert float(own @ english) > 0.5 > float(own @ other)


def test_content_words_are_told_apart_by_their_first_letters() -> None:
    """Words of three letters and more count once a stem, and links are seen."""
    texts = ["Les barrages, le barrage : EDL coupe l'eau.", "voir https://example.org/offre vite"]
    first, second = words_of(texts, read(texts))
    assert sorted(first.strings) == ["barrages", "coupe", "eau", "edl", "les"]
    assert (first.long, first.link, second.link) == (2, False, True)
    assert content_words(read([""]))[0].strings == ()
