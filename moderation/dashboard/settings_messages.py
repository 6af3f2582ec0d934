"""Messages to writers that a site keeps ready: made, changed, deleted."""

from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext, lazy_gettext
from werkzeug import Response

from moderation.dashboard.settings_frame import Frame, settings_of
from moderation.domain.acts import Act
from moderation.domain.errors import InvalidInput
from moderation.domain.permissions import Permission
from moderation.services import templates
from moderation.services.templates import LONGEST_NAME, LONGEST_TEXT
from moderation.storage.templates import of_site

PLACE = "/messages"
FIELDS = ("name", "text_fr", "text_en")
PROBLEM_WORDS: dict[str, Any] = {
    "name": lazy_gettext("Give the message a name of 1 to %(count)d characters.", count=LONGEST_NAME),
    "text_fr": lazy_gettext("Write the French text, in 1 to %(count)d characters.", count=LONGEST_TEXT),
    "text_en": lazy_gettext("Write the English text, in 1 to %(count)d characters.", count=LONGEST_TEXT),
    "taken": lazy_gettext("Another message has this name."),
    "count": lazy_gettext("That is enough messages to choose from: delete one first."),
}
blueprint = Blueprint("messages", __name__)
_ID = "/<int(max=9223372036854775807):template_id>"


@blueprint.get("")
def show(slug: str) -> str:
    """List the messages; one of them may be open for a change."""
    with settings_of(slug, Permission.SET_POLICY) as frame:
        return _page(frame, {})


@blueprint.get(_ID)
def edit(slug: str, template_id: int) -> str:
    """Show one message in the form."""
    with settings_of(slug, Permission.SET_POLICY) as frame:
        template = templates.get(frame.session, frame.site, template_id)
        return _page(frame, {name: getattr(template, name) for name in FIELDS}, template_id)


@blueprint.post("")
def make(slug: str) -> str | Response:
    """Make a message."""
    return _save(slug, None)


@blueprint.post(_ID)
def change(slug: str, template_id: int) -> str | Response:
    """Change a message."""
    return _save(slug, template_id)


@blueprint.post(f"{_ID}/deletion")
def delete(slug: str, template_id: int) -> Response:
    """Delete a message."""
    with settings_of(slug, Permission.SET_POLICY) as frame:
        name = templates.delete(frame.session, frame.site, template_id)
        frame.record(Act.TEMPLATES_CHANGED, deleted=name)
    flash(gettext("Deleted."))
    return redirect(url_for(".show", slug=slug), 303)


def _save(slug: str, template_id: int | None) -> str | Response:
    values = {name: request.form.get(name, "").replace("\0", "") for name in FIELDS}
    with settings_of(slug, Permission.SET_POLICY) as frame:
        try:
            templates.save(frame.session, frame.site, template_id, *values.values())
        except InvalidInput as problem:
            return _page(frame, values, template_id, PROBLEM_WORDS[problem.field])
        frame.record(Act.TEMPLATES_CHANGED, **{"changed" if template_id else "made": values["name"].strip()})
    flash(gettext("Saved."))
    return redirect(url_for(".show", slug=slug), 303)


def _page(frame: Frame, values: dict[str, str], template_id: int | None = None, problem: Any = None) -> str:
    return frame.show(
        "messages.html",
        templates=of_site(frame.session, frame.site.id),
        values=values,
        template_id=template_id,
        problem=problem,
        longest_name=LONGEST_NAME,
        longest_text=LONGEST_TEXT,
    )
