"""Off topic on articles as sites send them: with text, with a lead, with a title alone, or in another language."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifiers import apart, dataset, placing
from classifiers.scorer import Scorer
from classifiers.training import pairing

SEEDS = (7, 8, 9)
"""Each comment meets one other article a seed."""


@pytest.mark.parametrize("shape", sorted(pairing.SHAPES))
def test_no_shape_of_article_is_judged_worse_than_by_three_cosines(scorer: Scorer, data: Path, shape: str) -> None:
    """Comments of the guard split under their own article and under another subject's: ours orders them better."""
    found = [
        {**a, "title": pairing.shown(a)[shape][0], "text": pairing.shown(a)[shape][1]}
        for a in dataset.articles(data)
        if a["split"] == "guard"
    ]
    ours, cosines = 0.0, 0.0
    for seed in SEEDS:
        kinds = placing.report(scorer, found, seed)["slices"]
        ours += kinds[f"kind {apart.OTHER}"]["auc"]
        cosines += kinds[f"kind {apart.OTHER}, three cosines"]["auc"]
    assert ours > cosines


def test_an_article_is_shown_in_every_shape(data: Path) -> None:
    """Its text, its first two sentences, its title alone, and its title in another language."""
    article = next(a for a in dataset.articles(data) if len(pairing.sentences(a["text"])) > pairing.LEAD)
    seen = pairing.shown(article)
    assert list(seen) == list(pairing.SHAPES)
    assert seen["full"] == (article["title"], article["text"])
    assert seen["title"] == (article["title"], "")
    assert seen["other_title"] == (article["other_title"], "")
    assert len(pairing.sentences(seen["lead"][1])) == pairing.LEAD


def test_comments_are_cut_short_and_passages_stand_for_comments(data: Path) -> None:
    """A cut copy keeps label and article; a passage is on topic under its own article alone."""
    articles = [a for a in dataset.articles(data) if a["split"] == "guard"]
    whole = pairing.pairs(articles, 7)
    more = pairing.varied(articles, 7)[len(whole) :]
    known = {(p.article, p.label, " ".join(p.text.split()[: pairing.CUT])) for p in whole}
    cut = [p for p in more if "full" in p.shapes]
    passages = [p for p in more if "full" not in p.shapes]
    assert cut
    assert all((p.article, p.label, p.text) in known for p in cut)
    assert passages
    assert all((p.text in articles[p.article]["text"]) is (p.label == 0) for p in passages)
