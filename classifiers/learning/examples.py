"""Examples: decisions of people about comments, as learning sees them.

Here lives the value only. What is a person's decision and what is not is ruled where decisions are stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from classifiers.scorer import Submission


@dataclass(frozen=True)
class Example:
    """One decision of a moderator about one comment.

    `id`: the decision's, rising with time. `truths`: label to true or false; a label that is missing says nothing.
    `route`: queue, audit, report, appeal, learning, bulk or second. `sampling`: the probability with which such a
    comment is shown to a person (1.0 for flagged ones). `at`: unix seconds. `agreement`: share of the people who
    judged this text that agree with the truths (0..1).
    """

    id: int
    submission: Submission
    truths: Mapping[str, bool]
    route: str
    sampling: float
    moderator: int
    at: float
    agreement: float = 1.0
