"""Thresholds that follow the model: an editor's goals are solved again for the new champion. Skeleton."""

from sqlalchemy.orm import Session

from moderation.domain.words import Label


def after_promotion(session: Session, site_id: int | None, label: Label, version_id: int | None) -> None:
    """Solve the goals of a label again, on one site or (None) on every site without a champion of its own.

    `version_id` is the champion that took its place; None: the shipped model judges again.
    """
