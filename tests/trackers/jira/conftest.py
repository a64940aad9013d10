"""Every behaviour is tried on Cloud and on Data Center, unless only one has it."""

from collections.abc import AsyncIterator

import pytest

from integrations.jira.kind import CLOUD, DATA_CENTER
from tests.trackers.jira.sites import KINDS, Jira, jira_of


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
async def jira(request: pytest.FixtureRequest) -> AsyncIterator[Jira]:
    async with jira_of(request.param) as opened:
        yield opened


@pytest.fixture
async def cloud() -> AsyncIterator[Jira]:
    async with jira_of(CLOUD) as opened:
        yield opened


@pytest.fixture
async def data_center() -> AsyncIterator[Jira]:
    async with jira_of(DATA_CENTER) as opened:
        yield opened
