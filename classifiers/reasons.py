"""The sentences that a moderator reads, in French and in English.

Here live words only; the numbers come from the rooms.
"""

from __future__ import annotations

from collections.abc import Sequence

Pair = tuple[str, str]
_NAMES = {
    "es": ("espagnol", "Spanish"),
    "de": ("allemand", "German"),
    "it": ("italien", "Italian"),
    "pt": ("portugais", "Portuguese"),
    "ar": ("arabe", "Arabic"),
    "tr": ("turc", "Turkish"),
    "nl": ("néerlandais", "Dutch"),
    "hy": ("arménien", "Armenian"),
    "ru": ("russe", "Russian"),
}
# Words that carry grammar only: they may weigh, as the spans show, but a sentence that names them says nothing.
_GRAMMAR = frozenset(
    """
    à alors au aucun aussi autre aux avec avoir c ce ceci cela celle celui ces cet cette ceux chez comme d dans de des
    donc dont du elle elles en encore est et été être eux faire fait il ils j je jamais l la le les leur leurs lui là m
    ma mais me mes moi mon même n ne ni nos notre nous on ont ou où par parce pas peu plus pour qu quand que quel quelle
    qui s sa sans se sera ses si son sont sous sur t ta te tes ton tous tout toute toutes très tu un une vers y
    a about all am an and any are as at be been being but by can did do does for from get had has have he her him his
    how i if in is it its just me more most my no not of on one or our out so some such than that the their them then
    there these they this those to too up was we were what when where which who why will with would you
    """.split()  # noqa: SIM905 - a list of ninety strings reads worse
)


def incivility(
    text: str,
    spans: Sequence[tuple[int, int, float]],
    score: float,
    dehumanising: Sequence[tuple[int, int, float]] = (),
) -> Pair:
    """Why a text is thought uncivil: the words that weighed most, and those that would dehumanise people."""
    french, english = _weighed(text, spans, score)
    if not dehumanising:
        return french, english
    words = list(dict.fromkeys(text[a:b] for a, b, _ in dehumanising))[:3]
    return (
        f"{french} À relire : {', '.join(f'« {w} »' for w in words)} déshumanise si cela désigne des personnes.",
        f"{english} Read again: {', '.join(f'“{w}”' for w in words)} dehumanises if people are meant.",
    )


def _weighed(text: str, spans: Sequence[tuple[int, int, float]], score: float) -> Pair:
    ranked = dict.fromkeys(text[a:b] for a, b, _ in sorted(spans, key=lambda s: -s[2]))
    words = ([word for word in ranked if word.casefold() not in _GRAMMAR] or list(ranked))[:4]
    if not words:
        return (
            f"Le sens de la phrase évoque une attaque ({100 * score:.0f} %).",
            f"The meaning of the sentence suggests an attack ({100 * score:.0f} %).",
        )
    return (
        f"Ont pesé le plus : {', '.join(f'« {w} »' for w in words)}.",
        f"What weighed most: {', '.join(f'“{w}”' for w in words)}.",
    )


def untrained(language: str) -> Pair:
    """The language is not one that the classifiers learned."""
    if language == "und":
        return "Langue inconnue : ce score est une supposition.", "Unknown language: this score is a guess."
    french, english = _NAMES.get(language, (language, language))
    return (
        f"Langue peu apprise ({french}) : ce score est une supposition.",
        f"Little trained for this language ({english}): this score is a guess.",
    )


def nearest(sentence: str, cosine: float, off_topic: bool, better: str | None = None) -> Pair:
    """How the comment stands to the article, the sentence of it that is nearest, and an article that it fits better."""
    french = "Semble éloigné de l'article" if off_topic else "Proche de l'article"
    english = "Seems far from the article" if off_topic else "Near the article"
    french = f"{french} ; passage le plus proche ({cosine:.2f}) : « {_cut(sentence)} »"
    english = f"{english}; nearest passage ({cosine:.2f}): “{_cut(sentence)}”"
    if better is None:
        return french, english
    return (
        f"{french}. Irait mieux sous « {_cut(better.strip())} »",
        f"{english}. Would fit better under “{_cut(better.strip())}”",
    )


def _cut(words: str) -> str:
    return words if len(words) <= 140 else words[:139].rstrip() + "…"


def too_short() -> Pair:
    """Not enough to judge."""
    return "Trop court pour juger du sujet.", "Too short to judge the subject."


def no_article() -> Pair:
    """No article to compare with."""
    return "Article inconnu : le sujet n'est pas jugé.", "Article unknown: the subject is not judged."
