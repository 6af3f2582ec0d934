"""A scorer for tests that are not about scores: every comment shouts, nothing is loaded. No test lives here."""

from collections.abc import Sequence

from classifiers.scorer import Scores, Submission
from moderation.domain.words import Label


class Loud:
    """Finds every text loud, and nothing else."""

    def score(self, batch: Sequence[Submission]) -> list[Scores]:
        """Return the same scores for each."""
        by_label = {Label.SHOUTING: 0.9, Label.OFF_TOPIC: 0.1, Label.INCIVILITY: 0.1}
        versions = {label.value: "1.0" for label in Label}
        return [Scores("fr", by_label, (), {}, versions) for _ in batch]  # type: ignore[arg-type]
