"""A scorer for tests of what teaches: a text says its own score of incivility. No test lives here."""

from collections.abc import Sequence

from classifiers.scorer import Scores, Submission


class Near:
    """Gives the number that a text begins with as its incivility, in thousandths."""

    def score(self, batch: Sequence[Submission]) -> list[Scores]:
        """Score in order."""
        versions = dict.fromkeys(("shouting", "off_topic", "incivility"), "1.0")
        return [
            Scores(
                "fr",
                {"shouting": 0.1, "off_topic": None, "incivility": int(one.text.split()[0]) / 1000},
                (),
                {},
                versions,
            )
            for one in batch
        ]
