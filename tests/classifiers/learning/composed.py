"""An invented newsroom: its articles, its readers' comments and what its moderators decide.

Here lives the composing, from a seed. The newsroom knows words that are insults only there, and sends away comments
that drift to politics at large or to other countries, which others would let stand. Nothing is taken from anybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classifiers.learning.examples import Example
from classifiers.scorer import Article, Submission

HOUR = 3600.0
SLURS = ("frabouzin", "toulpagnard", "mirguillon", "zestrouillard", "pastringue")
CALM_NAMES = ("vendangeur", "riverain", "commerçant", "retraité", "apiculteur", "lycéen", "pompier", "kertelin")
SUBJECTS = {
    "Le pont de Varelles fermé jusqu'en mars": (
        "Les piles du pont sont fissurées et la mairie de Varelles a coupé la route. Un bac gratuit relie les rives.",
        ("le pont", "le bac", "la circulation à Varelles", "les piles fissurées"),
    ),
    "La cantine de Brisolle passe au pain complet": (
        "Les écoles de Brisolle servent du pain complet depuis lundi. Le boulanger livre deux cents miches par jour.",
        ("la cantine", "le pain complet", "le boulanger de Brisolle", "les miches des écoles"),
    ),
    "Les loups reviennent au-dessus d'Estrigues": (
        "Trois brebis ont été tuées dans l'alpage d'Estrigues. Les bergers veulent des chiens et des clôtures.",
        ("les loups", "les bergers d'Estrigues", "les brebis", "les chiens de garde"),
    ),
    "Le festival de fanfares de Morvagne affiche complet": (
        "Douze fanfares défileront samedi à Morvagne. Les billets du concert final sont partis en une heure.",
        ("les fanfares", "le concert de Morvagne", "les billets du festival", "le défilé de samedi"),
    ),
    "L'hôpital de Casterne cherche des sages-femmes": (
        "La maternité de Casterne ferme deux lits faute de sages-femmes. La direction promet des logements.",
        ("la maternité", "les sages-femmes", "l'hôpital de Casterne", "les lits fermés"),
    ),
    "Une piste cyclable le long du canal de Rouvres": (
        "La piste cyclable suivra le canal sur neuf kilomètres. Les pêcheurs craignent pour leurs berges.",
        ("la piste cyclable", "le canal de Rouvres", "les pêcheurs", "les vélos sur la berge"),
    ),
}
ABOUT = (
    "Je passe chaque jour devant {0} et je peux vous dire que {1} mérite mieux, {end}",
    "Merci pour cet article sur {0}, {end}",
    "On parle beaucoup de {0}, mais qui paiera pour {1} l'an prochain, {end}",
    "Mon fils travaille avec {0} et il trouve que {1} va dans le bon sens, {end}",
    "Il fallait s'occuper de {0} bien avant, {end}",
    "J'ai lu les chiffres sur {0} et je reste prudent, {end}",
)
NAMED = (
    "J'ai croisé un {name} près du marché, il parlait de {0}, {end}",
    "Mon voisin est un {name}, il s'intéresse à {0}, {end}",
    "Encore un {name} qui donne son avis sur {0}, {end}",
    "Les {name}s de la vallée suivent {0} de près, {end}",
    "Un {name} m'a parlé hier de {0} pendant une heure, {end}",
)
RUDE = (
    "Bande d'idiots, vous ne comprenez rien à {0}, {end}",
    "Ferme ta gueule avec {0}, pauvre type, {end}",
    "Seul un imbécile peut écrire cela de {0}, {end}",
    "Ce journaliste est un menteur et un minable, {0} le prouve, {end}",
)
POLITICS = (
    "Tant que le gouvernement augmentera les impôts, {0} n'y changera rien, {end}",
    "Le président et ses ministres se moquent bien de {0}, ils ne pensent qu'aux élections, {end}",
    "On votera blanc à la présidentielle, et tant pis pour {0}, {end}",
    "Chez ma cousine en Espagne, {0} coûte moins cher et personne ne se plaint, {end}",
    "Au Canada ils ont réglé {0} depuis longtemps, j'y ai vécu dix ans, {end}",
    "Quand j'étais en vacances au Portugal, {0} fonctionnait même la nuit, {end}",
)
ENDS = (
    "c'est mon avis",
    "voilà tout",
    "à suivre",
    "on verra bien",
    "je le dis depuis vingt ans",
    "et ma sœur aussi",
    "comme chaque hiver",
    "n'en déplaise aux voisins",
    "surtout le dimanche",
    "foi d'ancien facteur",
)
OPENINGS = ("", "Bonjour, ", "Franchement, ", "Pour ma part : ", "Suite à l'article : ", "Dites, ")


@dataclass(frozen=True)
class Comment:
    """A comment as its newsroom sees it."""

    submission: Submission
    incivility: bool
    off_topic: bool


def comments(count: int, seed: int) -> list[Comment]:
    """Readers' comments under the newsroom's articles, no text twice."""
    chance = np.random.default_rng(seed)
    out: dict[str, Comment] = {}
    while len(out) < count:
        made = _comment(chance)
        out.setdefault(made.submission.text, made)
    return list(out.values())


def _comment(chance: np.random.Generator) -> Comment:
    titles = list(SUBJECTS)
    title = titles[int(chance.integers(len(titles)))]
    text, things = SUBJECTS[title]
    kind = chance.choice(["about", "named", "slur", "rude", "politics"], p=[0.3, 0.2, 0.18, 0.12, 0.2])
    frames = {"about": ABOUT, "named": NAMED, "slur": NAMED, "rude": RUDE, "politics": POLITICS}[str(kind)]
    names = SLURS if kind == "slur" else CALM_NAMES
    frame = frames[int(chance.integers(len(frames)))]
    first, second = (things[i] for i in chance.permutation(len(things))[:2].tolist())
    end = f"{ENDS[int(chance.integers(len(ENDS)))]}, {ENDS[int(chance.integers(len(ENDS)))]}."
    said = frame.format(first, second, name=names[int(chance.integers(len(names)))], end=end)
    opening = OPENINGS[int(chance.integers(len(OPENINGS)))]
    said = opening + (said[0].lower() + said[1:] if opening else said)
    return Comment(Submission(said, "fr", Article(title, text)), str(kind) in {"slur", "rude"}, kind == "politics")


def decided(
    made: list[Comment], seed: int, moderators: int = 4, slips: float = 0.04, opposite: int | None = None
) -> list[Example]:
    """The decisions of so many moderators who slip now and then; the moderator `opposite` answers the opposite."""
    chance = np.random.default_rng(seed)
    out = []
    for number, comment in enumerate(made):
        who = int(chance.integers(moderators))
        truths = {"incivility": comment.incivility, "off_topic": comment.off_topic}
        turned = {label: truth != ((chance.random() < slips) != (who == opposite)) for label, truth in truths.items()}
        route = "audit" if chance.random() < 0.2 else "queue"
        out.append(
            Example(number, comment.submission, turned, route, 0.2 if route == "audit" else 1.0, who, number * HOUR / 6)
        )
    return out
