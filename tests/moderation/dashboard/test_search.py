"""The screen that searches."""

import re

from moderation.domain.submission import SubmittedArticle
from tests.moderation.dashboard.conftest import Visitor
from tests.moderation.dashboard.desk import Desk

ARTICLE = SubmittedArticle("a-1", "<i>Élysée</i>")


def shown(page: str) -> list[int]:
    """Return the ids of the comments on a page, in order."""
    return [int(key) for key in re.findall(r'<article class="card found" id="c(\d+)"', page)]


def test_every_screen_has_the_search_box(desk: Desk, visitor: Visitor, stranger: Visitor) -> None:
    """The box stands once in the header of each screen, and as the form itself on the screen that searches."""
    for path in ("/", "/search", "/history", "/keys"):
        page = visitor.read(path)
        assert page.count('id="search"') == 1
        assert page.count('name="q"') == 1
    assert 'id="search"' not in stranger.read("/sign-in")


def test_what_is_found_is_shown_harmless(desk: Desk, visitor: Visitor) -> None:
    """Found comments are cards with escaped texts and names, that lead to the comment, its writer and its article."""
    desk.receive("<b>Élan</b>\u202e", "c-1", article=ARTICLE, author_id="w", author_name="<u>Lina</u>")
    page = visitor.read("/search?q=elan")
    assert "1 comment, newest first" in page
    for words in ("&lt;b&gt;Élan&lt;/b&gt;", "&lt;u&gt;Lina&lt;/u&gt;", "&lt;i&gt;Élysée&lt;/i&gt;", ">RLO<"):
        assert words in page
    for address in ("/comments/1", "/commenters/1", "/articles/1"):
        assert f'href="{address}"' in page
    assert "Nothing found" in visitor.read("/search?q=absent")
    asked = visitor.read('/search?q="><script>&author="x')
    assert 'value="&#34;&gt;&lt;script&gt;"' in asked


def test_a_score_range_is_asked_in_percent(desk: Desk, visitor: Visitor) -> None:
    """Scores are asked from and to a percentage, of one label or of any."""
    desk.receive("Un", "c-1", (0.2, 0.1, 0.9))
    desk.receive("Deux", "c-2", (0.9, 0.1, 0.2))
    assert shown(visitor.read("/search?least=90")) == [2, 1]
    assert shown(visitor.read("/search?label=incivility&least=85&most=95")) == [1]
    assert shown(visitor.read("/search?label=off_topic&least=11")) == []


def test_pages_keep_what_was_asked(desk: Desk, visitor: Visitor) -> None:
    """Following "Older comments" meets every comment once, with the same filters."""
    for number in range(1, 26):
        desk.receive(f"Texte {number}", f"c-{number}", author_id="w", author_name="Lina & Cie")
    first = visitor.read("/search?q=texte&author=lina+%26+cie&status=in_review")
    older = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert shown(first) + shown(visitor.read(older)) == list(range(25, 0, -1))


def test_a_filter_that_no_form_offers_is_refused(desk: Desk, visitor: Visitor) -> None:
    """A wrong filter is refused and not left out; without any filter nothing is searched."""
    desk.receive("Un", "c-1")
    for odd in ("label=rude", "least=x", "most=101", "least=-1", "status=x", "moderator=x", "since=x", "until=²"):
        visitor.read(f"/search?q=un&{odd}", status=400)
    visitor.read("/search?q=un&site=none", status=404)
    assert shown(visitor.read("/search")) == []
    assert shown(visitor.read("/search?q=%00")) == []
    assert shown(visitor.read("/search?q=un%00")) == [1]
