"""Whether a challenger that ran in the shadow may count: would it flag wildly more than what counts now? Pure."""

from dataclasses import dataclass

FLOODS, UNJUDGED, CHANGED = "shadow_floods", "shadow_unjudged", "champion_changed"
"""The findings of the shadow: it would flag far more, it gives no score, or it was proven against another champion."""
REFUSED = "artefact_refused"
"""The finding of a worker that cannot use a version."""
ANOTHER = "another_in_shadow"
"""The finding of a better version that waits because the one before it is being looked at."""
MOST_MORE = 0.10
"""How many more comments, as a share of all, it may flag than what counts now."""
MOST_TIMES = 2.0
TINY = 0.05
"""Below this share flagged, "twice as many" is chance and no flood."""
MOST_UNJUDGED = 0.05
"""Share of comments that it may leave unjudged although what counts now judges them."""


@dataclass(frozen=True)
class ShadowTally:
    """What a challenger said about live comments beside what counted.

    `scored`: comments that it was asked about; `unjudged` of them it gave no score; `counted` of them were flagged by
    what counts, `flagged` would be by the challenger, both by the thresholds of their sites.
    """

    scored: int
    unjudged: int
    counted: int
    flagged: int

    @property
    def limit(self) -> float:
        """The largest share flagged (0-1) that is no flood."""
        before = self._share(self.counted)
        return min(before + MOST_MORE, max(MOST_TIMES * before, TINY))

    @property
    def floods(self) -> bool:
        """Whether the challenger would flag far more than what counts now."""
        return self._share(self.flagged) > self.limit

    @property
    def falls_silent(self) -> bool:
        """Whether the challenger leaves many comments unjudged."""
        return self._share(self.unjudged) > MOST_UNJUDGED

    def figures(self) -> dict[str, float]:
        """Return the figures of a finding: shares of 0-1, and how many comments they are taken from."""
        return {
            "comments": self.scored,
            "counted_share": round(self._share(self.counted), 4),
            "shadow_share": round(self._share(self.flagged), 4),
            "limit": round(self.limit, 4),
            "unjudged_share": round(self._share(self.unjudged), 4),
        }

    def _share(self, count: int) -> float:
        return count / self.scored if self.scored else 0.0
