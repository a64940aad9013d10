"""The worker: takes connections with something to do, brings their due links in step, and waits as trackers ask it to.

Any number of workers share the rows; one that is killed leaves nothing behind but a lease that ends.
"""

import asyncio
import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog
from sqlalchemy import select, update

from backlog import history
from backlog.errors import Refused, Text
from backlog.history import WAYMARK
from backlog.trackers import connections
from backlog.trackers.connections import Connection, ConnectionState
from integrations.engine import pauses, sweeping, trying
from integrations.engine.content import Writing
from integrations.engine.desk import WORKED, Desk, Left, NotYet, claim, release, release_all
from integrations.engine.sections import Voice
from integrations.errors import (
    Limited,
    NoAccess,
    TrackerError,
    Unauthorized,
    Unsupported,
)
from integrations.opening import Outside
from integrations.tracker import Tracker

log = structlog.get_logger()
LOOK_EVERY = 0.4  # seconds between looks for something to do
DESKS = 8  # connections one worker works at
GRACE = 5.0
"""Seconds for what is on its way when it is to stop: a request that makes an issue and is cut off leaves a doubt."""
OPEN_FOR = dt.timedelta(minutes=15)
"""Then a tracker is opened anew: what it keeps in mind, as the columns of a board, gets old."""


@dataclass(frozen=True, slots=True)
class Open:
    """A tracker, opened for a connection of this ``version``."""

    version: int
    since: dt.datetime
    tracker: Tracker


@dataclass
class Worker:
    """``voice`` speaks a language by its code; ``address`` is where people find an initiative by its key."""

    outside: Outside
    voice: Callable[[str], Voice]
    address: Callable[[str], str]
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    _desks: dict[int, asyncio.Task[None]] = field(default_factory=dict, init=False)
    _open: dict[int, Open] = field(default_factory=dict, init=False)
    _is_ending: bool = field(default=False, init=False)

    async def run(self) -> None:
        """Until it is cancelled; what it holds is then given back."""
        try:
            while True:
                try:
                    if not await self._begin():
                        await self._shut()
                        await asyncio.sleep(LOOK_EVERY)
                except Exception as error:  # as when the database is away: the worker outlives it
                    log.error("work on trackers failed", exc_info=error)
                    await asyncio.sleep(LOOK_EVERY)
        finally:
            await self._end()

    async def _end(self) -> None:
        """What is on its way is still ended, nothing else is begun. Being cancelled once more ends the wait for it."""
        self._is_ending = True
        desks = self._desks.values()
        try:
            if desks:
                await asyncio.wait(desks, timeout=GRACE)
        finally:
            for task in desks:
                task.cancel()
            await asyncio.gather(*desks, return_exceptions=True)
            await release_all(self.outside.database, self.name)
            await self.close()

    async def _begin(self) -> bool:
        """Take one connection; whether there was one."""
        self._desks = {number: task for number, task in self._desks.items() if not task.done()}
        if len(self._desks) >= DESKS:
            return False
        holder = f"{self.name}-{secrets.token_hex(4)}"
        connection = await claim(self.outside.database, holder, list(self._desks))
        if connection is None:
            return False
        self._desks[connection.id] = asyncio.create_task(self.work(connection, holder))
        return True

    async def finish(self) -> None:
        """Everything that is due now, one connection after the other."""
        while True:
            holder = f"{self.name}-{secrets.token_hex(4)}"
            connection = await claim(self.outside.database, holder, ())
            if connection is None:
                return
            await self.work(connection, holder)

    async def work(self, connection: Connection, holder: str) -> None:
        """At one connection, until nothing is due or the tracker wants a pause."""
        try:
            tracker = await self._tracker(connection)
            await self._hold(self._desk(connection, tracker, holder))
        except Left:
            pass
        except Exception as error:  # one connection in disorder holds up no other: people see it there
            log.error("work on a tracker failed", connection=connection.name, exc_info=error)
            await pauses.trouble(self.outside, connection, Text(trying.BROKEN), type(error).__name__)
        finally:
            await asyncio.shield(release(self.outside.database, connection.id, holder))

    async def _hold(self, desk: Desk) -> None:
        """Work at it, and keep its lease meanwhile."""
        keeping = asyncio.create_task(desk.keep())
        try:
            await self._work(desk)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)

    async def _tracker(self, connection: Connection) -> Tracker:
        """Kept open from one time to the next, for a while and as long as nothing of the connection changes. Left when it
        cannot be opened: then the connection was stopped."""
        kept, now = self._open.get(connection.id), history.now()
        if kept is not None and kept.version == connection.version and now - kept.since < OPEN_FOR:
            return kept.tracker
        await self._close(connection.id)
        try:
            opened = self.outside.tracker(connection)
        except Refused as refusal:
            await pauses.stop(self.outside, connection, refusal.text)
            raise Left from refusal
        self._open[connection.id] = Open(connection.version, now, opened)
        return opened

    async def _shut(self) -> None:
        """Nothing stays open, and no token in mind, for a connection that was changed, switched off or removed."""
        idle = self._open.keys() - self._desks.keys()
        if not idle:
            return
        worked = select(Connection.id, Connection.version).where(Connection.id.in_(idle), Connection.state.in_(WORKED))
        async with self.outside.database.reading() as session:
            same = {tuple(row) for row in await session.execute(worked)}
        for number in idle:
            if (number, self._open[number].version) not in same:
                await self._close(number)

    async def close(self) -> None:
        """What is still open to trackers."""
        for number in list(self._open):
            await self._close(number)

    async def _close(self, connection_id: int) -> None:
        kept = self._open.pop(connection_id, None)
        if kept is not None:
            await kept.tracker.close()

    def _desk(self, connection: Connection, tracker: Tracker, holder: str) -> Desk:
        kind = self.outside.kind(connection.kind)
        writing = Writing(self.voice(connection.locale), kind, connection.maps, self.address)
        return Desk(self.outside.database, connection, tracker, writing, holder, lambda: self._is_ending)

    async def _work(self, desk: Desk) -> None:
        try:
            if desk.connection.state is ConnectionState.STOPPED:
                await pauses.probe(self.outside, desk)
            if not desk.connection.account_id or not desk.connection.project_id:
                await self._introduce(desk)
            for each in await trying.due(desk):
                await trying.look(desk, each)
                if each.at_leisure and await trying.is_wanted(desk):
                    break
            await sweep(desk)
        except (Unauthorized, Unsupported, NoAccess) as error:
            await pauses.stop(self.outside, desk.connection, error.text, error.detail)
        except Limited as error:
            await pauses.wait(self.outside, desk.connection, error)
        except TrackerError as error:
            await pauses.trouble(self.outside, desk.connection, error.text, error.detail)
        else:
            await pauses.answered(desk)

    async def _introduce(self, desk: Desk) -> None:
        """Who we are there, and which project it is: neither changes its id. Left when people changed the connection
        while the tracker was asked, or when it gets its first mapping, to begin anew with that."""
        account, catalogue = await desk.tracker.me(), await desk.tracker.catalogue(desk.writing.mapping.issue_type)
        values = {"account_id": account.id, "account_name": account.name, "project_id": catalogue.project.id}
        async with desk.database.writing() as session:
            row = await pauses.unchanged(session, desk.connection)
            if row is None:
                raise Left
            await session.execute(pauses.as_it_was(row).values(values))
            if not row.mapping:
                await connections.map_fields(session, row, desk.writing.kind.defaults(catalogue), by=WAYMARK)
        desk.connection.account_id, desk.connection.project_id = account.id, catalogue.project.id
        if not desk.connection.mapping:
            raise Left


async def sweep(desk: Desk) -> None:
    """When it is time; NotYet puts it off."""
    if desk.connection.sweep_at > history.now():
        return
    try:
        await sweeping.sweep(desk)
    except NotYet as later:
        again = history.now() + dt.timedelta(seconds=later.seconds)
        async with desk.database.writing() as session:
            of = update(Connection).where(Connection.id == desk.connection.id)
            await session.execute(of.values(sweep_at=again))
