"""What a rule says for itself, in French and in English: one sentence for those who read a comment's reasons."""

from collections.abc import Sequence

from moderation.domain.lessons import Lesson
from moderation.domain.rules import Rule
from moderation.domain.words import Label, WordKind

MOST_QUOTED = 4
_SAID = {
    Rule.CLOSED_ARTICLE: (
        "Les commentaires de cet article sont fermés.",
        "The comments under this article are closed.",
    ),
    Rule.WATCHED_COMMENTER: (
        "Ce commentateur est suivi : une personne lit chacun de ses commentaires.",
        "This commenter is watched: a person reads each of their comments.",
    ),
    Rule.PRE_MODERATED_ARTICLE: (
        "Cet article est modéré avant publication : une personne lit chaque commentaire.",
        "This article is moderated before publication: a person reads each comment.",
    ),
    Rule.TRUSTED_COMMENTER: (
        "À peine signalé, et publié parce que ce commentateur a la confiance du site.",
        "Only slightly flagged, and published because the site trusts this commenter.",
    ),
}
_NAMED = {
    Label.SHOUTING: ("majuscules", "shouting"),
    Label.OFF_TOPIC: ("hors sujet", "off topic"),
    Label.INCIVILITY: ("incivilité", "incivility"),
}
_LISTED = {
    WordKind.BANNED: (Rule.BANNED_WORD, "Contient un terme interdit", "Holds a banned word"),
    WordKind.WATCHED: (Rule.WATCHED_WORD, "Contient un terme surveillé", "Holds a watched word"),
}


def about(rule: Rule) -> list[dict[str, str | None]]:
    """Return the reason of a rule that settled a comment; none for those that scores speak for."""
    return [_reason(rule, *_SAID[rule])] if rule in _SAID else []


def about_words(kind: WordKind, words: Sequence[str]) -> list[dict[str, str | None]]:
    """Return the reason of the words of one kind that a comment holds; none when it holds none."""
    named = list(dict.fromkeys(words))[:MOST_QUOTED]
    if not named:
        return []
    rule, french, english = _LISTED[kind]
    return [
        _reason(
            rule,
            f"{french} : {', '.join(f'« {word} »' for word in named)}.",
            f"{english}: {', '.join(f'“{word}”' for word in named)}.",
        )
    ]


def about_lesson(lesson: Lesson) -> dict[str, str | None]:
    """Return why a comment was chosen for learning: which score is near which threshold, and how typical it is."""
    french, english = _NAMED[lesson.label]
    score, threshold, alike, among = _percent(lesson.score), _percent(lesson.threshold), lesson.alike, lesson.among
    return _reason(
        Rule.LEARNING,
        f"Choisi parce que votre réponse apprend au modèle : {french} {_comma(score)}\u00a0%, près du seuil de"
        f" {_comma(threshold)}\u00a0%, et noté comme {alike} des {among} derniers commentaires sans signalement.",
        f"Chosen because your answer teaches the model: {english} {score}\u00a0%, near the threshold of"
        f" {threshold}\u00a0%, and scored like {alike} of the last {among} clear comments.",
    )


def _percent(share: float) -> str:
    """Write a share in percent with one decimal, rounded down: a score below its threshold never looks equal to it."""
    return f"{int(share * 1000 + 1e-9) / 10:g}"


def _comma(number: str) -> str:
    return number.replace(".", ",")


def _reason(rule: Rule, french: str, english: str) -> dict[str, str | None]:
    return {"label": None, "rule": rule.value, "fr": french, "en": english}
