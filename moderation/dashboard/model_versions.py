"""One version of a model: its card as a page and as a file, and the page before it is promoted."""

import json
from typing import Any

from flask import Blueprint, render_template
from sqlalchemy.orm import Session
from werkzeug import Response

from moderation.dashboard import model_cards, model_findings, model_overview, model_places, model_words
from moderation.dashboard.model_acts import VERSION
from moderation.domain.model_states import moves
from moderation.domain.words import ModelState
from moderation.services import models
from moderation.web import context

blueprint = Blueprint("versions", __name__)


@blueprint.get(f"/models/versions/{VERSION}")
def show(version_id: int) -> str:
    """Show what a version is, what it was proven on, and whose examples weigh what."""
    with context().database.session() as database:
        return render_template("dashboard/models/version.html", **_shown(database, version_id))


@blueprint.get(f"/models/versions/{VERSION}/promotion")
def promotion(version_id: int) -> str:
    """Show what speaks for and against a version, before the button that lets it judge."""
    with context().database.session() as database:
        values = _shown(database, version_id)
        model_places.to_act(values["place"])
        version = values["version"]
        now = models.champion(database, version.site_id, version.label)
        return render_template("dashboard/models/promotion.html", now=now, **values)


@blueprint.get(f"/models/versions/{VERSION}/card.json")
def card(version_id: int) -> Response:
    """Send the card as a file; it names moderators by number, so it is for those who may act."""
    with context().database.session() as database:
        version = models.one(database, version_id)
        model_places.to_act(model_places.of_site_id(database, version.site_id))
        body = json.dumps(version.card, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    response = Response(body, mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"{version.name}.card.json")
    return response


def _shown(database: Session, version_id: int) -> dict[str, Any]:
    """Return what the pages of a version show to the account that asks."""
    version = models.one(database, version_id)
    place = model_places.of_site_id(database, version.site_id)
    names = model_overview.names(database)
    known = names if place.leads else {}  # whose examples weigh what is for those who lead
    return {
        "version": version,
        "place": place,
        "names": names,
        "verdict": model_findings.told(version.findings, known),
        "card": model_cards.of_json(version.card, version.findings, known),
        "moves": moves(ModelState(version.state)),
        **model_words.ALL,
    }
