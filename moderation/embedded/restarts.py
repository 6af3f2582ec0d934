"""When to start a program again, as pure arithmetic: no clock, no process."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RestartPolicy:
    """Times in seconds. A program that lived for `settled` works; one that never did has `tries` starts."""

    first_delay: float = 0.2
    longest_delay: float = 15.0
    settled: float = 10.0
    tries: int = 5


@dataclass(frozen=True)
class History:
    """What the deaths of one program say: how many in a row came early, and whether it ever settled."""

    early_deaths: int = 0
    ever_settled: bool = False

    def after_death(self, lived: float, policy: RestartPolicy) -> History:
        """The history with one more death, `lived` seconds after its start."""
        if lived >= policy.settled:
            return History(early_deaths=0, ever_settled=True)
        return History(self.early_deaths + 1, self.ever_settled)

    def is_hopeless(self, policy: RestartPolicy) -> bool:
        """Whether to give up. Not for a program that once worked: what it needs may come back."""
        return not self.ever_settled and self.early_deaths >= policy.tries

    def delay(self, policy: RestartPolicy) -> float:
        """Seconds to wait before the next start: doubled with each early death, bounded."""
        return min(policy.longest_delay, policy.first_delay * 2.0 ** min(30, max(0, self.early_deaths - 1)))
