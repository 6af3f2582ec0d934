"""A scorer for tests that are not about scores: what is written in capitals shouts, everything else is clear."""

from collections.abc import Sequence

from classifiers.scorer import Scores, Submission


class EvenScorer:
    """Gives 0.9 for shouting to what has no small letter, and 0.1 for everything else."""

    def score(self, batch: Sequence[Submission]) -> list[Scores]:
        """Score in order."""
        return [
            Scores(
                "fr",
                {"shouting": 0.9 if s.text.isupper() else 0.1, "off_topic": None, "incivility": 0.1},
                (),
                {},
                dict.fromkeys(("shouting", "off_topic", "incivility"), "1.0"),
            )
            for s in batch
        ]
