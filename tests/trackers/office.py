"""Our side of the tracker tests: a database with an airport's initiatives, a worker, and a clock that is turned."""

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from backlog import tables
from backlog.database import Database
from backlog.history import Actor
from backlog.initiatives import comments, initiatives
from backlog.initiatives.initiative import Initiative
from backlog.trackers import connections, links, undelivered
from backlog.trackers.conflicts import Disagreement
from backlog.trackers.connections import Connection
from backlog.trackers.fields import FieldMapping
from backlog.trackers.link import Link
from backlog.trackers.sealing import Seal
from backlog.trackers.undelivered import Undelivered
from integrations.addresses import Allowed
from integrations.engine.working import Worker
from integrations.kinds import KINDS
from integrations.opening import Outside
from tests.trackers.server import Server
from web.speech import voice

assert tables.__all__
KIM = Actor("Kim Weber")
PATIENCE = 60.0
"""Seconds of real time: on a clock that stands still, what is due again and again is never done."""
NOON = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)


@dataclass
class Office:
    """``now`` is the time of everything done in tests that are given one. The limits of trackers on writes are left
    out unless a test is about them: a clock that stands still waits for ever."""

    database: Database
    server: Server
    limited: bool = False
    now: dt.datetime = NOON
    outside: Outside = field(init=False)
    worker: Worker = field(init=False)

    def __post_init__(self) -> None:
        kinds = {name: kind if self.limited else replace(kind, limits=()) for name, kind in KINDS.items()}
        allowed = Allowed.of(f"127.0.0.1:{self.server.port}")
        self.outside = Outside(self.database, Seal("a secret of the airport"), allowed, kinds)
        self.worker = Worker(self.outside, voice, "https://waymark.example/initiatives/{}".format)

    async def connect(
        self,
        kind: str,
        base_url: str,
        project: str,
        credentials: Mapping[str, str],
        mapping: FieldMapping | None = None,
    ) -> int:
        async with self.database.writing() as session:
            made = await connections.add(
                session, self.outside.seal, kind=kind, name=f"{kind} {project}", base_url=base_url, project=project,
                credentials=credentials, by=KIM,
            )  # fmt: skip
            if mapping is not None:
                await connections.map_fields(session, made, mapping, by=KIM)
            return made.id

    async def propose(self, title: str = "Shorter queues at security", **words: Any) -> int:
        async with self.database.writing() as session:
            words = {"problem": "Passengers wait 40 minutes.", **words}
            return (await initiatives.propose(session, title=title, by=KIM, **words)).id

    async def change(self, initiative_id: int, **values: Any) -> None:
        async with self.database.writing() as session:
            row = await initiatives.by_key(session, initiative_id, for_change=True)
            await initiatives.change(session, row, values, version=row.version, by=KIM)

    async def push(self, initiative_id: int, connection_id: int, title: str = "") -> int:
        async with self.database.writing() as session:
            connection = await connections.by_id(session, connection_id)
            return (await links.push(session, initiative_id, connection, title=title, by=KIM)).id

    async def comment(self, initiative_id: int, text: str) -> None:
        async with self.database.writing() as session:
            await comments.write(session, await initiatives.by_key(session, initiative_id), text, by=KIM)

    async def comments(self, initiative_id: int) -> Sequence[comments.Comment]:
        async with self.database.reading() as session:
            return list(await session.scalars(comments.of(initiative_id)))

    async def work(self, seconds: float = 0.0, *, step: float = 5.0) -> None:
        """Do what is due, and go on doing it while so much time passes."""
        until = self.now + dt.timedelta(seconds=seconds)
        while True:
            async with asyncio.timeout(PATIENCE):
                await self.worker.finish()
            if self.now >= until:
                return
            self.now = min(until, self.now + dt.timedelta(seconds=step))

    async def link(self, number: int) -> Link:
        async with self.database.reading() as session:
            return await session.get_one(Link, number)

    async def connection(self, number: int) -> Connection:
        async with self.database.reading() as session:
            return await session.get_one(Connection, number)

    async def initiative(self, number: int) -> Initiative:
        async with self.database.reading() as session:
            return await session.get_one(Initiative, number)

    async def conflicts(self) -> Sequence[Disagreement]:
        async with self.database.reading() as session:
            return list(await session.scalars(select(Disagreement).order_by(Disagreement.id)))

    async def undelivered(self, link_id: int) -> Sequence[Undelivered]:
        async with self.database.reading() as session:
            return list(await session.scalars(undelivered.waiting(link_id)))
