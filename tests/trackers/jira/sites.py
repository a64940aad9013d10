"""The airport's Jira behind a real server, and Waymark's client signed in to it."""

import datetime as dt
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from integrations.addresses import Allowed
from integrations.http import client as http_client
from integrations.jira.client import Client
from integrations.jira.kind import CLOUD, DATA_CENTER
from integrations.prose.block import Block, Section
from integrations.tracker import Access, TrackerKind
from tests.trackers.contracts import Contract
from tests.trackers.fake_jira import create_app
from tests.trackers.fake_jira.airport import INTEGRATION, PETRA, TOM, opened
from tests.trackers.fake_jira.people import Account as Person
from tests.trackers.fake_jira.site import Site
from tests.trackers.faults import Fault, Faults
from tests.trackers.server import Server, served

NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
BESIDE = r".*/project/search|/oauth/token|/authorize"
"""What Atlassian's document, cut to issues, does not have."""
HARMLESS = re.compile(r"answer 204 MissingData|answer 20\d (\$\S+ '[^']*' is not a 'date-time'(; )?)+$")
"""Where Atlassian's document is at odds with Atlassian: empty answers, and times as 2026-11-22T12:00:00.000+0000."""
MAIL = "waymark@airport.example"


@dataclass
class Clock:
    """Stands still until it is put forward."""

    now: dt.datetime = NOON

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += dt.timedelta(**by)


@dataclass
class Jira:
    """``tracker`` is ours, ``site`` theirs; ``server`` between them saw every request."""

    kind: TrackerKind
    site: Site
    server: Server
    clock: Clock
    tracker: Client
    doors: list[Client] = field(default_factory=list)

    @property
    def faults(self) -> Faults:
        return self.server.faults

    def fault(self, kind: Any, **more: Any) -> None:
        self.server.faults.add(Fault(kind, **more))

    def door(self, credentials: Mapping[str, str], *, project: str = "GATE", base_url: str = "", **more: Any) -> Client:
        """Another client; closed at the end."""
        access = Access(base_url or self.site.url, project, credentials, now=self.clock, **more)
        opened = self.kind.open(http_client(Allowed(frozenset({f"127.0.0.1:{self.server.port}"}))), access)
        self.doors.append(cast(Client, opened))
        return self.doors[-1]

    def person(self, name: str) -> Person:
        return self.site.accounts[{"tom": TOM, "petra": PETRA, "us": INTEGRATION}[name]]

    def asked(self, method: str = "", path: str = "") -> list[str]:
        """What was asked, as ``GET /rest/api/3/myself``."""
        seen = [f"{each.method} {each.path}" for each in self.server.exchanges]
        return [each for each in seen if each.startswith(method) and path in each]

    @property
    def writes(self) -> list[str]:
        questions = ("/search", "/search/jql", "/issue/bulkfetch", "/oauth/token")
        seen = [each for each in self.asked() if not each.startswith("GET ")]
        return [each for each in seen if not each.endswith(questions)]


def credentials_of(kind: TrackerKind) -> dict[str, str]:
    return {"email": MAIL, "token": "classic"} if kind is CLOUD else {"token": "personal"}


@asynccontextmanager
async def jira_of(kind: TrackerKind, *, prefix: str = "") -> AsyncIterator[Jira]:
    """At the end every exchange of Cloud must have kept to Atlassian's document. ``prefix``: of the gateway."""
    clock = Clock()
    is_cloud = kind is CLOUD
    site = opened(clock=clock) if is_cloud else opened(clock=clock, deployment="Data Center", context_path="/jira")
    contract = Contract.read("jira-issues", prefix=prefix or "", beside=BESIDE) if is_cloud else None
    async with served(create_app(site), Faults(), contract) as server:
        site.host = server.url
        jira = Jira(kind, site, server, clock, cast(Client, None))
        jira.tracker = jira.door(credentials_of(kind))
        try:
            yield jira
        finally:
            for each in jira.doors:
                await each.close()
    breaches = [each for each in server.violations if not HARMLESS.search(each)]
    assert not breaches, "\n".join(breaches)


def block(problem: str = "Queues at **security** are long.", marker: str = "m-12", **more: str) -> Block:
    sections = {"problem": ("Problem", problem), **{name: (name.title(), text) for name, text in more.items()}}
    return Block(marker, "Waymark CX-12", tuple(Section(name, title, text) for name, (title, text) in sections.items()))


KINDS = (CLOUD, DATA_CENTER)
