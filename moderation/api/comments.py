"""Comments over the wire: post one or many, read one back, list, delete."""

from flask import Response, jsonify, request

from moderation.api import bodies, pages, problems
from moderation.api.description import describes
from moderation.api.gate import guarded, in_transaction
from moderation.api.incoming import CommentBody
from moderation.api.outgoing import CommentOut, CommentsPage, ReceiptOut, ReceiptsOut
from moderation.api.problems import Problem
from moderation.domain.errors import Gone, NotFound
from moderation.domain.submission import Receipt
from moderation.domain.words import CommentStatus, Label
from moderation.services import intake
from moderation.storage import review
from moderation.storage.review import CommentRow
from moderation.storage.sites import SiteRecord
from moderation.web import context

blueprint = problems.room("api_comments", "/api/v1/comments")


@blueprint.post("")
@describes(
    "Post one comment or many",
    body=CommentBody,
    batch=True,
    answers={202: ReceiptOut | ReceiptsOut},
    errors=(400, 409, 410, 413, 415, 422),
)
@guarded
def post(site: SiteRecord) -> Response:
    """Take a comment, an edit, or a batch of up to 1,000 (a JSON array, or NDJSON).

    It is stored when you get the 202, and scored a moment later. The same id and revision again gives the
    same answer. In a batch, either everything is stored or, with an error, nothing.
    """
    submitted, is_batch = bodies.one_or_many(CommentBody, context().settings)
    values = [comment.submitted() for comment in submitted]
    receipts = in_transaction(lambda session: intake.accept(session, site.id, values))
    if is_batch:
        answer = jsonify(results=[_receipt(receipt) for receipt in receipts])
    elif receipts[0].deleted:
        raise Gone(receipts[0].external_id)
    else:
        answer = jsonify(_receipt(receipts[0]))
    answer.status_code = 202
    return answer


@blueprint.get("")
@describes(
    "List comments",
    query={"status": "Only comments with this status.", "article_id": "Only comments under this article."},
    cursor="c",
    answers={200: CommentsPage},
    errors=(422,),
)
@guarded
def listing(site: SiteRecord) -> Response:
    """List comments, oldest first; `next` leads to the following page."""
    pages.only("status", "article_id", "cursor", "limit")
    after, limit = pages.cursor("c"), pages.limit()
    status = pages.choice("status", [s for s in CommentStatus if s != CommentStatus.DELETED])
    with context().database.session() as session:
        rows = review.page_of_site(session, site.id, after, limit + 1, status, pages.external_id("article_id"))
    following = pages.write_cursor("c", rows[limit - 1].comment.id) if len(rows) > limit else None
    return jsonify(items=[as_json(row) for row in rows[:limit]], next=following)


@blueprint.get("/<path:external_id>")
@describes("Read a comment back", answers={200: CommentOut}, errors=(404, 410))
@guarded
def read(site: SiteRecord, external_id: str) -> Response:
    """Return a comment as it stands: status, verdict, scores, reasons, spans and model versions."""
    pages.require_id("comment", external_id)
    with context().database.session() as session:
        row = review.one_of_site(session, site.id, external_id)
    if row is None:
        raise NotFound("comment", external_id)
    if row.comment.status == CommentStatus.DELETED:
        raise Gone(external_id)
    return jsonify(as_json(row))


@blueprint.delete("/<path:external_id>")
@describes("Delete a comment", answers={204: None}, errors=(404,))
@guarded
def delete(site: SiteRecord, external_id: str) -> Response:
    """Forget the text, the writer and the evidence of a comment; its id cannot be used again."""
    if request.get_data():
        raise Problem(400, "A deletion has no body; send none.")
    pages.require_id("comment", external_id)
    in_transaction(lambda session: intake.delete(session, site.id, external_id))
    return Response(status=204)


def as_json(row: CommentRow) -> dict[str, object]:
    """Return a comment as CommentOut describes it."""
    comment, revision, scoring, decision = row.comment, row.revision, row.scoring, row.decision
    current = decision if decision and decision.revision_id == revision.id else None
    return {
        "id": comment.external_id,
        "revision": revision.number,
        "status": comment.status,
        "verdict": current.verdict if current else None,
        "decided_by": current.origin if current else None,
        "labels": current.labels if current else [],
        "text": revision.text,
        "language": (scoring.language if scoring else None) or revision.language,
        "article_id": comment.article_external_id,
        "parent_id": comment.parent_external_id,
        "scores": {label.value: getattr(scoring, label, None) for label in Label},
        "reasons": scoring.reasons if scoring else [],
        "spans": scoring.spans if scoring else {},
        "model_versions": scoring.model_versions if scoring else {},
        "received_at": revision.received_at.isoformat(),
        "scored_at": scoring.scored_at.isoformat() if scoring else None,
        "decided_at": current.decided_at.isoformat() if current else None,
    }


def _receipt(receipt: Receipt) -> dict[str, object]:
    return {
        "id": receipt.external_id,
        "revision": receipt.revision,
        "status": "deleted" if receipt.deleted else "accepted",
    }
