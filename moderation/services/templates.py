"""Messages to writers that a site keeps ready: made, changed, deleted."""

from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInput, NotFound
from moderation.storage import templates
from moderation.storage.sites import SiteRecord
from moderation.storage.templates import MessageTemplateRecord

LONGEST_NAME, LONGEST_TEXT, MOST_TEMPLATES = 80, 2_000, 100


def get(session: Session, site: SiteRecord, template_id: int) -> MessageTemplateRecord:
    """Return one message of a site. Raises NotFound."""
    found = templates.one(session, site.id, template_id)
    if found is None:
        raise NotFound("template", str(template_id))
    return found


def save(session: Session, site: SiteRecord, template_id: int | None, name: str, french: str, english: str) -> None:
    """Make a message, or change one. Raises NotFound, or InvalidInput for a field that is empty, long or taken."""
    values = {"name": name.strip(), "text_fr": french.strip(), "text_en": english.strip()}
    for field, value in values.items():
        longest = LONGEST_NAME if field == "name" else LONGEST_TEXT
        if not 1 <= len(value) <= longest:
            raise InvalidInput(field, "is empty or too long.", f"Write 1 to {longest} characters.")
    others = [other for other in templates.of_site(session, site.id) if other.id != template_id]
    if any(other.name == values["name"] for other in others):
        raise InvalidInput("taken", "is the name of another message.", "Choose another one.")
    if template_id is None and len(others) >= MOST_TEMPLATES:
        raise InvalidInput("count", f"is {MOST_TEMPLATES} already.", "Delete one first.")
    if template_id is None:
        session.add(MessageTemplateRecord(site_id=site.id, **values))
        return
    template = get(session, site, template_id)
    template.name, template.text_fr, template.text_en = values["name"], values["text_fr"], values["text_en"]


def delete(session: Session, site: SiteRecord, template_id: int) -> str:
    """Delete a message and return its name. Raises NotFound. What was sent stays as it was sent."""
    template = get(session, site, template_id)
    session.delete(template)
    return template.name
