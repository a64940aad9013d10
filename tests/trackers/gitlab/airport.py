"""An airport's project in the fake GitLab, and our client at its door."""

import datetime as dt
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from integrations.addresses import Allowed
from integrations.gitlab.client import GitLab
from integrations.http import client
from integrations.issue import Issue
from integrations.prose.block import Block, Section
from integrations.tracker import Access
from integrations.writes import Edit, Sent
from tests.trackers.fake_gitlab.airport import LENA, MARA, NAME, opened
from tests.trackers.fake_gitlab.app import create_app
from tests.trackers.fake_gitlab.host import Host
from tests.trackers.fake_gitlab.records import Project
from tests.trackers.faults import Fault, Faults
from tests.trackers.server import Server, served

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
__all__ = ["LENA", "MARA", "NAME", "NOON", "Airport", "airport", "block"]


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
    """The fake, the faults on the way to it, and the client of the project's token."""

    host: Host
    server: Server
    faults: Faults
    clock: Clock
    clients: list[GitLab] = field(default_factory=list)

    @property
    def project(self) -> Project:
        return self.host.projects[0]

    @property
    def gitlab(self) -> GitLab:
        return self.clients[0]

    def signed_in(self, who: str = "glpat-waymark", project: str = NAME) -> GitLab:
        access = Access(f"{self.server.url}/api/v4", project, {"token": who}, now=self.clock)
        self.clients.append(GitLab(client(Allowed.of(f"127.0.0.1:{self.server.port}")), access))
        return self.clients[-1]

    async def issue(self, title: str = "Shorter queues at security", text: str = "", **about: Any) -> Issue:
        made = self.host.open(self.project, about.pop("by", MARA), title, text, **about)
        return await self.gitlab.read(f"{NAME}#{made.iid}")

    async def changed(self, issue: Issue, edit: Edit, by: GitLab | None = None) -> list[Sent]:
        one = by or self.gitlab
        return [await one.send(each) for each in await one.writes(issue, edit)]

    def fault(self, kind: Any, **about: Any) -> None:
        self.faults.add(Fault(kind, **about))


@asynccontextmanager
async def airport() -> AsyncIterator[Airport]:
    clock, faults = Clock(), Faults()
    host = opened(clock)
    async with served(create_app(host), faults) as server:
        host.url = server.url
        place = Airport(host, server, faults, clock)
        place.signed_in()
        try:
            yield place
        finally:
            for each in place.clients:
                await each.close()
    assert not server.violations, server.violations[:3]


def block(problem: str = "Passengers wait 40 minutes at security.", marker: str = "m-queues") -> Block:
    return Block(marker, "Waymark", (Section("problem", "Problem", problem),))
