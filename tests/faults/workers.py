"""Workers as processes of their own that share a database, trackers that fail, and the count of what came of it."""

import asyncio
import datetime as dt
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from backlog import history
from backlog.database import Database
from backlog.initiatives import initiatives
from backlog.trackers import connections, links
from backlog.trackers.connections import Connection
from backlog.trackers.link import Link, LinkState
from backlog.trackers.sealing import Seal
from integrations.github import texts
from integrations.jira.issues import PROPERTY
from tests.faults.hurried import Hurry
from tests.serving import NotServing
from tests.trackers.faults import Fault
from tests.trackers.grounds import GROUNDS, GitHubGround, Ground, JiraGround
from tests.trackers.office import KIM

SECRET = "a secret of the airport"
FULL = os.environ.get("FAULTS") == "all"
"""Every fault and every kill, as `make faults` asks; else what fits between other tests."""
TIRED: Sequence[Fault] = tuple(
    fault
    for method in ("POST", "PUT", "PATCH")
    for fault in (
        Fault("status", "after", method=method, share=0.05, status=500),
        Fault("drop", "after", method=method, share=0.05),
        Fault("rate_limited", method=method, share=0.03, headers={"Retry-After": "2"}),
    )
)
"""What a tracker does that is not well: 5 % of writes are carried out and answered with an error, 5 % are not answered
at all, 3 % are refused for a while."""


@dataclass
class Crew:
    """Workers of one clock; what they write goes to a file each in ``home``."""

    home: Path
    database_url: str
    clock: Hurry
    hosts: str
    workers: list[int] = field(default_factory=list)
    begun: int = 0
    parent: subprocess.Popen[str] = field(init=False)

    def __post_init__(self) -> None:
        begetting = (sys.executable, "-m", "tests.faults.hurried", str(self.clock.start), str(self.clock.speed))
        pipe, wrong = subprocess.PIPE, (self.home / "parent.txt").open("w")
        environment = environment_of(self.home, self.database_url, self.hosts)
        with wrong:
            self.parent = subprocess.Popen(begetting, env=environment, stdin=pipe, stdout=pipe, stderr=wrong, text=True)

    def begin(self, count: int = 1) -> None:
        assert self.parent.stdin is not None
        assert self.parent.stdout is not None
        for _ in range(count):
            self.begun += 1
            self.parent.stdin.write(f"{self.home / f'worker-{self.begun}.txt'}\n")
            self.parent.stdin.flush()
            born = self.parent.stdout.readline()
            if not born:
                raise NotServing(self.said())
            self.workers.append(int(born))

    def kill(self, chosen: int) -> None:
        """Without a word of warning, and another one in its place."""
        os.kill(chosen, signal.SIGKILL)
        self.workers.remove(chosen)
        self.begin()

    def end(self) -> None:
        for worker in self.workers:
            os.kill(worker, signal.SIGKILL)
        self.parent.communicate()

    def said(self) -> str:
        """What they have written, all together."""
        return "\n".join(file.read_text(errors="replace") for file in sorted(self.home.glob("*.txt")))


def environment_of(home: Path, database_url: str, hosts: str) -> Mapping[str, str]:
    own = {"HOME": home, "DATABASE_URL": database_url, "SECRET": SECRET, "TRACKER_HOSTS": hosts}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WAYMARK_")}
    return kept | {f"WAYMARK_{name}": str(value) for name, value in own.items()}


@dataclass
class Airport:
    """Its database, its trackers and the workers in between; ``clock`` is that of all of them."""

    database: Database
    home: Path
    clock: Callable[[], dt.datetime]
    grounds: dict[int, Ground] = field(default_factory=dict)
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def connect(self, kind: str, *, lag: float = 0.0) -> int:
        """A tracker of its own, connected; the id of the connection."""
        ground = await self.stack.enter_async_context(GROUNDS[kind](self.clock))
        ground.server.contract = None  # held to it in other tests: that takes most of the time of an answer
        ground.lag(lag)
        ground.faults.random.seed(len(self.grounds))  # else all of them fail at the same turns
        if isinstance(ground, JiraGround):
            ground.site.host = ground.server.url
        with history.at(self.clock()):
            async with self.database.writing() as session:
                made = await connections.add(
                    session, Seal(SECRET), kind=kind, name=f"{kind} {len(self.grounds)}", base_url=ground.base_url,
                    project=ground.project, credentials=dict(ground.credentials), by=KIM,
                )  # fmt: skip
                await session.flush()
                number = made.id
        self.grounds[number] = ground
        return number

    @property
    def hosts(self) -> str:
        return ",".join(f"127.0.0.1:{ground.server.port}" for ground in self.grounds.values())

    async def propose(self, title: str) -> int:
        with history.at(self.clock()):
            async with self.database.writing() as session:
                return (
                    await initiatives.propose(session, title=title, problem="Passengers wait 40 minutes.", by=KIM)
                ).id

    async def link(self, initiative_id: int, connection_id: int) -> int:
        with history.at(self.clock()):
            async with self.database.writing() as session:
                connection = await connections.by_id(session, connection_id)
                return (await links.push(session, initiative_id, connection, by=KIM)).id

    async def push(self, title: str, *to: int) -> None:
        """One initiative, pushed to these connections."""
        number = await self.propose(title)
        for connection_id in to:
            await self.link(number, connection_id)

    async def links(self) -> Sequence[Link]:
        async with self.database.reading() as session:
            return list(await session.scalars(select(Link).order_by(Link.id)))

    async def connections(self) -> Sequence[Connection]:
        async with self.database.reading() as session:
            return list(await session.scalars(select(Connection).order_by(Connection.id)))

    async def swept(self) -> None:
        """Until every connection was swept once, and no worker is at any of them."""
        async with asyncio.timeout(60):
            while any(each.swept_to is None or each.worked_by for each in await self.connections()):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    def exchanges(self) -> int:
        return sum(len(ground.server.exchanges) for ground in self.grounds.values())

    def tire(self, *faults: Fault) -> None:
        for ground in self.grounds.values():
            for fault in faults:
                ground.faults.add(fault)

    def rest(self) -> None:
        """Every tracker is well again."""
        for ground in self.grounds.values():
            ground.faults.clear()

    async def struck(self) -> None:
        """Until a fault that stands has met a request."""
        async with asyncio.timeout(30):
            while not any(met[0] for ground in self.grounds.values() for _, met in ground.faults.standing):  # noqa: ASYNC110
                await asyncio.sleep(0.02)

    def suffered(self) -> Mapping[str, int]:
        """How many requests there were, and how many of them went wrong in which way."""
        every = [exchange for ground in self.grounds.values() for exchange in ground.server.exchanges]
        return {"requests": len(every)} | Counter(each.fault for each in every if each.fault)

    async def settled(self, seconds: float) -> float | None:
        """Seconds by the clock until every link was in step or parked; None when that took longer."""
        began = self.clock()
        while (passed := (self.clock() - began).total_seconds()) < seconds:
            if all(link.state in (LinkState.IN_STEP, LinkState.PARKED) for link in await self.links()):
                return passed
            await asyncio.sleep(0.1)
        return None


@asynccontextmanager
async def airport(database: Database, home: Path, clock: Callable[[], dt.datetime]) -> AsyncIterator[Airport]:
    made = Airport(database, home, clock)
    async with made.stack:
        yield made


@asynccontextmanager
async def working(crew: Crew, count: int) -> AsyncIterator[Crew]:
    try:
        crew.begin(count)
        yield crew
    finally:
        crew.end()


def markers(ground: Ground) -> Counter[str]:
    """How many issues there are with each marker."""
    if isinstance(ground, GitHubGround):
        found = (texts.marker_of(each.body or "") for each in ground.repository.issues.every())
        return Counter(each for each in found if each)
    assert isinstance(ground, JiraGround)
    kept = (each.properties.get(PROPERTY) for each in ground.site.issues.values())
    return Counter(each["marker"] for each in kept if each)


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of all links: ``lost`` say they have an issue that is not there, or there is one they do not know of
    though they wait for nobody; ``doubled`` have two; ``parked`` wait for a person; ``open`` are on their way."""

    links: int
    in_step: int
    parked: int
    open: int
    lost: int
    doubled: int


async def tally(airport: Airport) -> Tally:
    rows = await airport.links()
    there = {number: markers(ground) for number, ground in airport.grounds.items()}
    keys = {number: set(ground.keys()) for number, ground in airport.grounds.items()}
    states = Counter(row.state for row in rows)
    lost = [
        row for row in rows
        if row.state is LinkState.IN_STEP
        and (not there[row.connection_id][row.marker] or row.external_key not in keys[row.connection_id])
    ]  # fmt: skip
    doubled = sum(count - 1 for each in there.values() for count in each.values())
    waiting = states[LinkState.PARKED]
    done = states[LinkState.IN_STEP]
    return Tally(len(rows), done, waiting, len(rows) - done - waiting, len(lost), doubled)


async def pause(airport: Airport, chance: random.Random, requests: int, seconds: float) -> None:
    """Until up to so many requests were made from here on, and a moment more; at most so many real seconds."""
    wanted = airport.exchanges() + chance.randint(1, requests)
    end = time.monotonic() + seconds
    while airport.exchanges() < wanted and time.monotonic() < end:  # noqa: ASYNC110 - made by other processes
        await asyncio.sleep(0.002)
    await asyncio.sleep(chance.random() * 0.03)
