"""Messages to the writers of comments: which one goes out, in which language."""

from sqlalchemy.orm import Session

from moderation.domain.errors import InvalidInput
from moderation.storage import review, templates
from moderation.storage.review import CommentRow
from moderation.storage.templates import MessageTemplateRecord


def chosen(session: Session, comment_id: int, template_id: int) -> str | None:
    """Return the text of a site's message in the language of the comment.

    Raises InvalidInput when the comment's site has no such message.
    """
    row = review.one(session, comment_id)
    template = templates.one(session, row.site.id, template_id) if row else None
    if row is None or template is None:
        raise InvalidInput("template", "is no message of this site.", "Choose another one.")
    return in_language_of(row, template)


def in_language_of(row: CommentRow, template: MessageTemplateRecord) -> str:
    """Return the French text for French comments, the English one for all others; the other where one is empty."""
    spoken = (row.scoring.language if row.scoring else None) or row.revision.language or row.site.language
    texts = (template.text_fr, template.text_en) if spoken == "fr" else (template.text_en, template.text_fr)
    return texts[0] or texts[1]
