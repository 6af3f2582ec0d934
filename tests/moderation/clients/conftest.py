"""A real receiver for the tests of what goes out."""

from collections.abc import Iterator

import pytest

from tests.moderation.clients.receiver import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return a running receiver that answers 204."""
    with receiving() as receiver:
        yield receiver
