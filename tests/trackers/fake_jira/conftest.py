"""An airport's Jira at noon, and clients at its doors."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.trackers.fake_jira import Site
from tests.trackers.fake_jira.airport import opened
from tests.trackers.fake_jira.clock import HandClock
from tests.trackers.fake_jira.visitors import Visitors


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def site(clock: HandClock) -> Site:
    return opened(clock=clock)


@pytest.fixture
def data_center(clock: HandClock) -> Site:
    return opened(clock=clock, deployment="Data Center", context_path="/jira", host="https://jira.airport.example")


@pytest.fixture
async def visitors() -> AsyncIterator[Visitors]:
    """Clients that the test opens itself; closed at its end."""
    async with Visitors() as opened_clients:
        yield opened_clients


@pytest.fixture
async def jira(site: Site, visitors: Visitors) -> httpx.AsyncClient:
    """The integration at the door of the Cloud site, version 3."""
    return visitors.at(site, basic=("waymark@airport.example", "classic"))


@pytest.fixture
async def server(data_center: Site, visitors: Visitors) -> httpx.AsyncClient:
    """The integration at the Data Center, version 2."""
    return visitors.at(data_center, bearer="personal")
