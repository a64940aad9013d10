"""An airport's repository in the fake GitHub, and our client at its door."""

import datetime as dt
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from integrations.addresses import Allowed
from integrations.demo_tracker.accounts import ADMIN, READ, Account
from integrations.demo_tracker.app import create_app
from integrations.demo_tracker.repository import Repository
from integrations.github import answers
from integrations.github.client import GitHub
from integrations.http import client
from integrations.issue import Issue
from integrations.prose.block import Block, Section
from integrations.tracker import Access
from integrations.writes import Sent, Write
from tests.trackers.contracts import Answered, Asked, Contract
from tests.trackers.faults import Fault, Faults
from tests.trackers.server import Server, served

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
WAYMARK = Account("waymark-airport", 41, permissions=ADMIN)
LENA = Account("lena-terminal", 42, permissions=ADMIN)
GUEST = Account("guest-of-the-airport", 43, permissions=READ)
READER = Account("token-that-only-reads", 44, permissions=ADMIN, issues_write=False)
TOKENS = {"ours": WAYMARK, "lena": LENA, "guest": GUEST, "reader": READER}
NAME = "aurora-airport/passenger-services"


class Numbered(Contract):
    """GitHub's documents name repositories by their names; its redirects and pages name them by their numbers."""

    def check(self, asked: Asked, answered: Answered | None = None) -> list[str]:
        path = re.sub(r"/repositories/[0-9]+/", f"/repos/{NAME}/", asked.path)
        return super().check(replace(asked, path=path), answered)


CONTRACT = Numbered.read("github-issues", "github-extra", prefix="/api/v3", beside="/api/graphql|/api/v3/user/repos")


@dataclass
class Clock:
    """Stands still until it is put forward."""

    now: dt.datetime = NOON

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


@dataclass
class Airport:
    """The fake, the faults on the way to it, and the client of ``waymark-airport``."""

    repository: Repository
    server: Server
    faults: Faults
    clock: Clock
    github: GitHub
    opened: list[GitHub] = field(default_factory=list)

    def signed_in(self, signs_in: str = "ours", **changes: Any) -> GitHub:
        access = Access(
            **{
                "base_url": f"{self.server.url}/api/v3",
                "project": NAME,
                "credentials": {"token": signs_in},
                "now": self.clock,
                **changes,
            }
        )
        http = client(Allowed.of(f"127.0.0.1:{self.server.port}"))
        self.opened.append(GitHub(http, access))
        return self.opened[-1]

    async def issue(self, title: str = "Shorter queues at security", **about: Any) -> Issue:
        number = self.repository.open_issue(title, by=about.pop("by", LENA), **about).number
        return await self.github.read(f"{NAME}#{number}")

    async def done(self, writes: Any) -> list[Sent]:
        return [await self.github.send(each) for each in writes]

    def fault(self, kind: Any, **about: Any) -> None:
        self.faults.add(Fault(kind, **about))

    def asked(self, method: str, ending: str = "") -> int:
        return sum(each.method == method and each.path.endswith(ending) for each in self.server.exchanges)


@asynccontextmanager
async def airport() -> AsyncIterator[Airport]:
    """Every exchange is held against GitHub's documents when the test is over."""
    clock, faults = Clock(), Faults()
    repository = Repository(NAME, clock=clock, accounts=dict(TOKENS))
    async with served(create_app(repository), faults, CONTRACT) as server:
        place = Airport(repository, server, faults, clock, github=None)  # type: ignore[arg-type]
        place.github = place.signed_in()
        try:
            yield place
        finally:
            for each in place.opened:
                await each.close()
    assert not server.violations, server.violations[:3]


def block(marker: str = "m-queues", problem: str = "Passengers wait 40 minutes at security.") -> Block:
    return Block(marker, "Waymark", (Section("problem", "Problem", problem),))


def described(write: Write) -> tuple[str, str, Any]:
    return write.method, write.path, write.body


def raw(**about: Any) -> answers.Issue:
    """An issue as GitHub answers it."""
    place = "https://api.github.com/repos/" + NAME
    said = {"id": 2_700_000_012, "number": 12, "title": "Shorter queues", "state": "open", "repository_url": place}
    return answers.Issue(**{**said, "html_url": place, "created_at": NOON, "updated_at": NOON, **about})
