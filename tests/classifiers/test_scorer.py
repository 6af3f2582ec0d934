"""The scorer: the first acceptance, bad input, and what must not change a score."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from classifiers.scorer import Article, Scorer, Scores, Submission

SYRIA = Article(
    "Washington refuse de coordonner ses frappes avec la Russie en Syrie",
    "Les États-Unis ont rejeté vendredi une proposition russe de frappes communes contre les jihadistes en Syrie. "
    "Moscou proposait de viser ensemble, dès mercredi, les combattants qui ne respectent pas la trêve. "
    "Le Pentagone répond que les opérations russes soutiennent le régime et que rien n'est commun.",
)
FIRST = (
    "LA POMME DE LA DISCORDE QUI MET TOUT HORS SUJET ET DISCUSSION ACTUELLEMENT POUR LA SYRIE ET RISQUE DE CHAMBARDER "
    "TOUS LES ENTENDEMENTS C,EST : L,UKRAINE ! PAUVRE PEUPLE SYRIEN... TU EN PAIES CHEREMENT LE PRIX !!!"
)
SECOND = (
    "Washington ne veut pas coordonner parce que Washington sait qui frapper en ce sens que Washington connaît ses "
    '"bactéries " et les autres . Ils sont pris à leur propre piège.'
)
ANY = st.text(st.characters(exclude_categories=()), max_size=60)


def one(
    scorer: Scorer, text: str, article: Article | None = None, language: str | None = None, parent: str | None = None
) -> Scores:
    """Score one text."""
    return scorer.score([Submission(text, language, article, parent)])[0]


def value(scores: Scores, label: str) -> float:
    """One score, which must be a number."""
    number = scores.scores[label]
    assert number is not None
    return number


def test_the_first_comment_of_the_project_is_shouted_and_civil(scorer: Scorer) -> None:
    """All in capitals, sorrow without a target: shouting yes, incivility no."""
    found = one(scorer, FIRST, SYRIA)
    assert value(found, "shouting") > 0.5
    assert value(found, "incivility") < 0.5
    assert found.scores["off_topic"] is not None


def test_the_second_comment_of_the_project_shows_the_word_that_troubles(scorer: Scorer) -> None:
    """People called bacteria: calm, on topic, near the line for incivility, with the word marked."""
    found = one(scorer, SECOND, SYRIA)
    assert value(found, "shouting") < 0.5
    assert value(found, "off_topic") < 0.5
    assert value(found, "incivility") > 0.4
    assert "bactéries" in {SECOND[a:b] for a, b, _ in found.spans["incivility"]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\ud800",
        "\x00",
        "\u202e" * 500,
        "\u200b" * 100_000,
        "e" + "\u0301" * 100_000,
        "a" * 100_000,
        "@" * 100_000,
        "«" * 50_000,
        '"' * 50_001,
        "a@" * 50_000,
        "a" * 60_000 + "@",
        "\n" * 100_000,
        "p " * 50_000,
        "A1" * 50_000,
        "😀" * 50_000,
        "\U000e0041" * 1000,
        "()" * 50_000,
        "<script>alert(1)</script>" * 1000,
    ],
    ids=repr,
)
def test_any_text_is_scored_in_bounded_time(scorer: Scorer, text: str) -> None:
    """Floods, controls, surrogates and markup get a score, as comment, article and parent, within seconds."""
    started = time.monotonic()
    found = scorer.score(
        [
            Submission(text, None, SYRIA),
            Submission("Bien dit, monsieur, merci beaucoup.", "fr", Article(text, text), text),
        ]
    )
    assert all(0 <= s <= 1 for one in found for s in one.scores.values() if s is not None)
    assert time.monotonic() - started < 10


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ANY, min_size=1, max_size=4), ANY)
@example(["A", "_×"], "")  # signs only, beside a text with letters
def test_alone_and_in_a_batch_a_comment_gets_the_same_number(scorer: Scorer, texts: list[str], other: str) -> None:
    """Whatever stands beside it, a comment's scores do not move."""
    batch = [Submission(text, None, Article("Le budget", other), None) for text in texts]
    for submission, together in zip(batch, scorer.score(batch), strict=True):
        alone = scorer.score([submission])[0]
        assert alone.language == together.language
        for label, score in alone.scores.items():
            assert score == pytest.approx(together.scores[label], abs=5e-6)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANY)
def test_spans_lie_inside_the_text(scorer: Scorer, text: str) -> None:
    """Every span is a non-empty range of the original text."""
    for spans in one(scorer, "sale con " + text).spans.values():
        for begin, end, _ in spans:
            assert 0 <= begin < end <= len(text) + 9


@pytest.mark.parametrize("acronym", ["ONU", "OTAN", "FINUL", "USA", "COVID-19", "HTTP"])
def test_an_acronym_never_shouts_more(scorer: Scorer, acronym: str) -> None:
    """Putting an acronym into a sentence, calm or shouted, does not raise its shouting."""
    for text in (
        "La résolution a été votée hier par les membres",
        "VOUS NE COMPRENEZ RIEN À CETTE AFFAIRE",
        "Assez. ON NE VOUS CROIT PLUS DU TOUT. Voilà.",
    ):
        words = text.split()
        longer = " ".join([*words[:3], acronym, *words[3:]])
        assert value(one(scorer, longer), "shouting") <= value(one(scorer, text), "shouting") + 0.02


@pytest.mark.parametrize(
    "text",
    ["Vous êtes un connard et un menteur.", "Ferme ta gueule espèce de salope", "You are a stupid idiot, shut up"],
)
def test_case_does_not_move_incivility(scorer: Scorer, text: str) -> None:
    """An insult is one in small letters and in capitals alike."""
    assert value(one(scorer, text, language="fr"), "incivility") == pytest.approx(
        value(one(scorer, text.upper(), language="fr"), "incivility"), abs=0.02
    )


@pytest.mark.parametrize(
    ("plain", "disguised"),
    [
        ("Vous êtes un connard", "Vous êtes un c0nnard"),
        ("Vous êtes un connard", "Vous êtes un c o n n a r d"),
        ("Quelle salope celle-là", "Quelle s@lope celle-là"),
        ("Ferme ta gueule sale pute", "Ferme ta gueule sale p.u.t.e"),
        ("Espèce d'enculé", "Espèce d'еnсulé"),
        ("Va te faire foutre connard", "Va te faire fouuuutre connaaaaard"),
    ],
)
def test_a_disguise_does_not_save_an_insult(scorer: Scorer, plain: str, disguised: str) -> None:
    """Leet, spacing, look-alikes and stretching cost an insult next to nothing of its score."""
    assert (
        value(one(scorer, disguised, language="fr"), "incivility")
        > value(one(scorer, plain, language="fr"), "incivility") - 0.1
    )


@pytest.mark.parametrize(
    "frame",
    [
        "Les {} sont nombreux dans mon quartier et tout se passe bien.",
        "Le ministre a reçu hier une délégation de {}.",
        "Mon voisin fait partie des {} du village.",
    ],
)
def test_an_identity_alone_does_not_make_a_comment_uncivil(scorer: Scorer, frame: str) -> None:
    """The same calm sentence about any group stays below the threshold, and groups lie near each other."""
    groups = (
        "musulmans",
        "juifs",
        "chrétiens",
        "druzes",
        "homosexuels",
        "syriens",
        "palestiniens",
        "réfugiés",
        "noirs",
        "maronites",
        "chiites",
        "retraités",
    )
    scores = [value(s, "incivility") for s in scorer.score([Submission(frame.format(g), "fr") for g in groups])]
    assert max(scores) < 0.5
    assert max(scores) - min(scores) < 0.45


def test_a_civil_page_does_not_hide_one_slur(scorer: Scorer) -> None:
    """An insult at the end of twelve calm sentences brings the comment over the threshold."""
    calm = (
        "Le projet de loi prévoit une hausse progressive des tarifs. La commission se réunit jeudi. "
        "Le ministre a promis un calendrier. Les hôpitaux attendent leur part du budget. La banque n'a pas répondu. "
        "On attend encore les chiffres du premier trimestre. Les écoles rouvrent lundi. Le port revit. "
        "La saison touristique s'annonce meilleure. Les agriculteurs réclament de l'eau. Il faudra du temps. "
    )
    assert value(one(scorer, calm, language="fr"), "incivility") < 0.5
    assert (
        value(one(scorer, calm + "Vous êtes une bande de sales connards, crevez tous.", language="fr"), "incivility")
        > 0.5
    )


def test_too_little_to_judge_is_said(scorer: Scorer) -> None:
    """A few words, or no article, give no off-topic score and say why."""
    assert one(scorer, "Bravo !", SYRIA).scores["off_topic"] is None
    found = one(scorer, "La Syrie mérite mieux que ces frappes décidées ailleurs.")
    assert found.scores["off_topic"] is None
    assert any(r.label == "off_topic" and "Article" in r.fr for r in found.reasons)


def test_the_same_comment_is_on_topic_here_and_off_topic_there(scorer: Scorer) -> None:
    """Off topic is relative to the article."""
    text = (
        "Les frappes russes en Syrie visent surtout les rebelles, pas les jihadistes, et Washington le sait très bien."
    )
    bread = Article(
        "Le prix du pain augmente encore",
        "Les boulangers annoncent une hausse de 8 %. Le syndicat invoque le prix de la farine et du mazout.",
    )
    assert value(one(scorer, text, SYRIA), "off_topic") < 0.5 < value(one(scorer, text, bread), "off_topic")


def test_an_untrained_language_is_said(scorer: Scorer) -> None:
    """A comment in a language that was not trained for carries a reason that says so."""
    found = one(scorer, "Ich glaube nicht, dass diese Regierung irgendetwas verstanden hat.")
    assert found.language == "de"
    assert any("allemand" in r.fr and "German" in r.en for r in found.reasons)


def test_the_reason_for_shouting_counts_words_and_names_acronyms(scorer: Scorer) -> None:
    """The sentence is one that a moderator can check by hand."""
    found = one(scorer, "L'ONU NE FAIT RIEN POUR LE PEUPLE SYRIEN", language="fr")
    reason = next(r for r in found.reasons if r.label == "shouting")
    assert "ONU" in reason.fr
    assert "100 %" in reason.fr
    assert "ONU set aside" in reason.en
