"""The second look: judging blind what a colleague decided. It shows the text and what it answers, and nothing else.

No verdict, score, mark, reason or name of the first person is read for the page; see `services.second_judgements`.
"""

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug import Response

from moderation.dashboard import tastes
from moderation.dashboard.access import moderator, need
from moderation.dashboard.cards import LONG, quotation, web_link
from moderation.dashboard.passages import fold, visible
from moderation.domain.permissions import Permission
from moderation.domain.words import Label, Verdict
from moderation.services import second_judgements
from moderation.services.attention import Claim
from moderation.web import context

blueprint = Blueprint("second", __name__)

_ID = "<int(max=9223372036854775807):judgement_id>"


@blueprint.get("/second")
def show() -> str:
    """Show the next text that this person may judge, claimed for them; or that there is none."""
    need(Permission.DECIDE)
    sites = g.access.sites(Permission.DECIDE)
    with context().database.session() as database:
        found = second_judgements.next_for(database, sites, moderator())
        left = second_judgements.waiting(database, sites, moderator().id)
    text = found.row.revision.text if found else ""
    cut = fold(text, LONG)
    return render_template(
        "dashboard/second.html",
        found=found,
        left=left,
        text=visible(text[:cut]),
        rest=visible(text[cut:]) if cut is not None else "",
        # a blur by the score would tell the score: who wants harsh texts blurred has every text blurred here
        blurred=tastes.of(moderator()).veil_from is not None,
        claim=Claim(mine=True),
        quotation=quotation,
        web_link=web_link,
    )


@blueprint.post(f"/second/{_ID}/answer")
def answer(judgement_id: int) -> Response:
    """Keep the answer and go on to the next text."""
    form = request.form
    with context().database.session() as database:
        need(Permission.DECIDE, second_judgements.site_of(database, judgement_id))
        if form.get("verdict") not in (Verdict.PUBLISH, Verdict.REJECT) or not set(form.getlist("label")) <= set(Label):
            abort(400)
        verdict = Verdict(form["verdict"])
        labels = [label for label in Label if label in form.getlist("label")] if verdict is Verdict.REJECT else []
        kept = second_judgements.answer(database, judgement_id, moderator(), verdict, labels)
    if kept:
        flash(gettext("Your answer is kept; the comment stays as it is."))
    else:
        flash(gettext("Nobody asks about this comment any more; your answer was not kept."))
    return redirect(url_for(".show"), 303)


@blueprint.post(f"/second/{_ID}/skip")
def skip(judgement_id: int) -> Response:
    """Leave the text to others for an hour and go on."""
    with context().database.session() as database:
        need(Permission.DECIDE, second_judgements.site_of(database, judgement_id))
        second_judgements.put_off(database, judgement_id, moderator())
    flash(gettext("Skipped for an hour; your colleagues still see it."))
    return redirect(url_for(".show"), 303)
