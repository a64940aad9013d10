"""The fake Jira on a port of its own, with faults, and with every answer held to the document."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from tests.trackers.fake_jira.app import create_app
from tests.trackers.fake_jira.contract import jira_contract
from tests.trackers.fake_jira.site import Site
from tests.trackers.faults import Faults
from tests.trackers.server import Server, served, served_apart


@asynccontextmanager
async def served_jira(site: Site, faults: Faults | None = None, *, port: int = 0) -> AsyncIterator[Server]:
    """`site.url` (and `site.gateway`) are the addresses to ask; webhooks go out while it is open."""
    contract = jira_contract(site.context_path) if site.cloud else None
    async with served(create_app(site), faults, contract, port=port) as server:
        site.host = server.url
        yield server


@contextmanager
def served_jira_apart(site: Site, faults: Faults | None = None, *, port: int = 0) -> Iterator[Server]:
    """The same from a thread of its own, for tests that are not async or start processes."""
    contract = jira_contract(site.context_path) if site.cloud else None
    with served_apart(create_app(site), faults, contract, port=port) as server:
        site.host = server.url
        yield server
