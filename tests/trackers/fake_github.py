"""The fake GitHub of the tests: an airport's repository, its people, a clock to turn."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from integrations.demo_tracker.accounts import ADMIN, PUSH, READ, TRIAGE, Account
from integrations.demo_tracker.app import create_app
from integrations.demo_tracker.repository import Repository
from tests.trackers.contracts import Contract
from tests.trackers.faults import Faults
from tests.trackers.server import Server, served, served_apart

WAYMARK = Account("waymark[bot]", 9001, "Bot", PUSH)
MARA = Account("mara-delivery", 101, permissions=ADMIN)
JONAS = Account("jonas-ramp", 102, permissions=PUSH)
TRIAGER = Account("tilda-triage", 103, permissions=TRIAGE)
READER = Account("rita-reader", 104, permissions=READ)
STRANGER = Account("sam-stranger", 105, permissions=frozenset())
NARROW = Account("mara-delivery", 101, permissions=PUSH, issues_write=False)
TOKENS = {
    "ghs_9001_app": WAYMARK, "mara": MARA, "jonas": JONAS, "triage": TRIAGER, "reader": READER, "stranger": STRANGER,
    "narrow": NARROW,
}  # fmt: skip
"""Who has which token."""
NAME = "aurora-airport/passenger-services"
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until it is turned."""

    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now

    def turn(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def repository(clock: Clock | None = None, name: str = NAME) -> Repository:
    return Repository(name, clock=clock or Clock(), accounts=dict(TOKENS))


def contract() -> Contract:
    """GitHub's documents; the pages for people are beside them."""
    return Contract.read(
        "github-issues",
        "github-extra",
        prefix="/api/v3|/api(?=/graphql)",
        alias=(r"/repositories/\d+/", f"/repos/{NAME}/"),
        beside=r"/(aurora-airport/|demo-tracker|$)",
    )


@asynccontextmanager
async def github(tracked: Repository, faults: Faults | None = None) -> AsyncIterator[Server]:
    """Serve the repository in this loop, every request and answer held to GitHub's documents."""
    async with served(create_app(tracked), faults, contract()) as server:
        tracked.host.address = server.url
        yield server


@contextmanager
def github_apart(tracked: Repository, faults: Faults | None = None) -> Iterator[Server]:
    """The same from a thread of its own."""
    with served_apart(create_app(tracked), faults, contract()) as server:
        tracked.host.address = server.url
        yield server


def calling(server: Server, whose: str = "mara", **headers: str) -> httpx.AsyncClient:
    """As whoever owns the token; relative addresses are below the repository."""
    every = {"Authorization": f"Bearer {whose}", "X-GitHub-Api-Version": "2022-11-28", **headers}
    return httpx.AsyncClient(base_url=f"{server.url}/repos/{NAME}", headers=every, timeout=10)


async def created(http: httpx.AsyncClient, title: str, **fields: Any) -> dict[str, Any]:
    """A new issue."""
    answer = await http.post("/issues", json={"title": title, **fields})
    answer.raise_for_status()
    said: dict[str, Any] = answer.json()
    return said
