"""The airport for every test that asks for it."""

from collections.abc import AsyncIterator

import pytest

from tests.trackers.gitlab.airport import Airport, airport


@pytest.fixture
async def at() -> AsyncIterator[Airport]:
    async with airport() as place:
        yield place
