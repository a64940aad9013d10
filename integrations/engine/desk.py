"""A desk: one worker at one connection. Only who holds the connection writes there, one write at a time, within the
limits of the tracker, whatever other workers do."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.database import Database
from backlog.errors import N_, Text
from backlog.trackers import budgets
from backlog.trackers.budgets import Limit
from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.link import Link, LinkState
from integrations.engine.content import Writing
from integrations.errors import NoAccess
from integrations.issue import Issue, Project
from integrations.tracker import Tracker
from integrations.writes import Sent, Write

log = structlog.get_logger()
LEASE = dt.timedelta(seconds=45)
"""Longer than the longest request: while one is on its way, nobody else takes the connection."""
KEPT_EVERY = 15.0
"""Seconds between two renewals of the lease."""
SHORT = 2.5
"""Seconds a write may wait at the desk for its turn; for longer its link is put back."""

ANOTHER = N_(
    "Another project stands under the name %(project)s now: nothing is read or written there. Enter the name that the "
    "project of this connection has now."
)
WORKED = (ConnectionState.ACTIVE, ConnectionState.STOPPED)
Turn = Callable[[AsyncSession, int, str, Iterable[Limit], dt.datetime], Awaitable[float]]
"""The seconds until a write may be sent: `budgets.wait` only asks, `budgets.reserve` takes the turn when it has come."""


class Left(Exception):
    """The connection was changed, paused, stopped or taken over, or the worker is to stop: nothing more is sent from here.
    Whoever takes it next goes by what it says now."""


class NotYet(Exception):
    """The limits allow the next write only after ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds:.1f} s")
        self.seconds = seconds


@dataclass
class Desk:
    """``holder`` names the worker at this connection, one name for each time it takes it; ``is_ending``: that worker was
    told to stop."""

    database: Database
    connection: Connection
    tracker: Tracker
    writing: Writing
    holder: str
    is_ending: Callable[[], bool] = lambda: False
    newest: tuple[dt.datetime, str] | None = field(default=None, init=False)
    heard_at: dt.datetime | None = field(default=None, init=False)
    """When the tracker last did what it was asked, at this desk."""
    has_written: bool = field(default=False, init=False)
    """An issue or a comment, so that the account may write."""
    is_lost: bool = field(default=False, init=False)
    """The lease could not be renewed: somebody else holds the connection now, or people changed it."""
    writes_from: dt.datetime | None = field(default=None, init=False)
    """The limits of the tracker allow no write of the whole connection before."""

    @property
    def is_over(self) -> bool:
        return self.is_lost or self.is_ending()

    @property
    def is_held(self) -> ColumnElement[bool]:
        """The connection is held here, and as it was when it was taken: what Waymark notes there itself leaves the
        version as it is."""
        one = self.connection
        same = (Connection.id == one.id) & (Connection.version == one.version) & (Connection.state == one.state)
        return same & (Connection.worked_by == self.holder)

    async def stay(self) -> None:
        """Left when nothing more is to be begun here."""
        if self.is_over:
            raise Left
        async with self.database.reading() as session:
            if await session.scalar(select(Connection.id).where(self.is_held)) is None:
                raise Left

    async def keep(self, every: float = KEPT_EVERY) -> None:
        """Hold the connection for as long as it is worked at, however long that takes."""
        while not self.is_lost:
            await asyncio.sleep(every)
            try:
                self.is_lost = not await self._renew()
            except SQLAlchemyError as error:
                log.warning("a lease could not be renewed", connection=self.connection.name, exc_info=error)

    async def _renew(self) -> bool:
        async with self.database.writing() as session:
            renewed = update(Connection).where(self.is_held).values(worked_until=history.now() + LEASE)
            return (await session.execute(renewed.returning(Connection.id))).first() is not None

    async def send(
        self, write: Write, *, link_id: int | None = None, look: Callable[[], Awaitable[None]] | None = None
    ) -> Sent:
        """Carried out in its turn. ``link_id``: its issue is being made; that it may exist is noted before. ``look`` is
        called when the turn has come, and may raise what speaks against it; the turn is taken only afterwards. NotYet
        when its turn is too far away, Left when the connection is no longer ours, and whatever the tracker says."""
        if look is not None:
            await self._turn(write, budgets.wait)
            await look()
        await self._turn(write, budgets.reserve, link_id)
        try:
            sent = await self.tracker.send(write)
        finally:
            async with self.database.writing() as session:
                await budgets.answered(session, self.connection.id, history.now())
        self.heard_at = history.now()
        self.has_written = self.has_written or write.is_creation or write.issue_id is not None
        return sent

    async def read(self, link: Link) -> Issue:
        """The issue of a link as it is now. Left instead of what the tracker says against it when people changed the
        connection meanwhile."""
        key = link.external_id if self.writing.kind.reads_by_id else link.external_key
        try:
            issue = await self.tracker.read(key or "")
        except Exception:  # whatever was said to a former token or place says nothing of the present one
            await self.stay()
            raise
        self.heard_at = history.now()
        return issue

    async def _turn(self, write: Write, ask: Turn, link_id: int | None = None) -> None:
        """Wait as long as the limits ask for."""
        while pause := await self._pause(write, ask, link_id):
            if pause > SHORT:
                raise NotYet(pause)
            await asyncio.sleep(pause)

    async def _pause(self, write: Write, ask: Turn, link_id: int | None) -> float:
        if self.is_over:
            raise Left
        async with self.database.writing() as session:
            now = history.now()  # only here: others may have written for long
            await self._hold(session, now)
            issue, limits = write.issue_id or "", self.writing.kind.limits
            pause = await ask(session, self.connection.id, issue, limits, now)
            if pause > SHORT and (whole := await budgets.wait(session, self.connection.id, None, limits, now)) > SHORT:
                self.writes_from = now + dt.timedelta(seconds=whole)
            if not pause and link_id is not None:
                await self._intend(session, link_id, now)
            return pause

    async def _hold(self, session: AsyncSession, now: dt.datetime) -> None:
        held = (
            update(Connection)
            .where(self.is_held, Connection.worked_until > now, Connection.state == ConnectionState.ACTIVE)
            .values(worked_until=now + LEASE)
        )
        if not (await session.execute(held.returning(Connection.id))).first():
            raise Left

    async def _intend(self, session: AsyncSession, link_id: int, now: dt.datetime) -> None:
        after = self.newest[1] if self.newest else ""
        intended = {"intent_at": now, "after_key": after, "looks": 0, "state": LinkState.UNKNOWN}
        asked = update(Link).where(Link.id == link_id).values(intended)
        if not (await session.execute(asked.returning(Link.id))).first():
            raise Left  # unlinked a moment ago: nothing is to be made

    async def hear(self) -> None:
        """Whether the tracker answers at all: what fails afterwards fails by itself. Raises what is wrong with it."""
        await self.last_known()
        self.heard_at = history.now()

    async def last_known(self) -> str:
        """The key of an issue that is among the newest, to know later where to look for one that may have been made."""
        now = history.now()
        if self.newest is None or now - self.newest[0] > dt.timedelta(seconds=20):
            await self.require_project()
            self.newest = now, await self.tracker.newest()
        return self.newest[1]

    def is_ours(self, project: Project) -> bool:
        return is_project_of(self.connection, project)

    async def require_project(self) -> None:
        """NoAccess when another project stands where ours did: what is ours does not belong there."""
        if not self.is_ours(await self.tracker.project()):
            raise NoAccess(Text(ANOTHER, {"project": self.connection.project}))


def is_project_of(connection: Connection, project: Project) -> bool:
    """Whether the connection is about it: by its id, which never changes, but by its name where no id was told."""
    name, known = project.key.lower(), connection.project_id
    if project.id.lower() == name:
        return name in (connection.project.lower(), known.lower())
    return known in ("", project.id) or known.lower() == name


async def claim(database: Database, holder: str, busy: Sequence[int]) -> Connection | None:
    """A connection with something to do that nobody works on, held from now on: the one left alone for the longest time.
    ``busy`` ones are not looked at."""
    now = history.now()
    async with database.reading() as session:
        longest = waiting(now, busy).order_by(Connection.worked_at.nulls_first(), Connection.id)
        found = (await session.scalars(longest.limit(1))).first()
    if found is None:
        return None
    async with database.writing() as session:
        free = or_(Connection.worked_until.is_(None), Connection.worked_until <= now)
        taken = (
            update(Connection)
            .where(Connection.id == found.id, free, Connection.state.in_(WORKED))
            .values(worked_by=holder, worked_until=now + LEASE)
        )
        if not (await session.execute(taken.returning(Connection.id))).first():
            return None
        return await session.get(Connection, found.id, populate_existing=True)


def waiting(now: dt.datetime, busy: Sequence[int]) -> Select[Connection]:
    """Connections that are free and not waiting, with a link or a sweep that is due; those that stopped by themselves
    when it is time to see whether they work again."""
    due = select(Link.id).where(Link.connection_id == Connection.id, Link.due_at <= now).exists()
    return select(Connection).where(
        Connection.state.in_(WORKED),
        or_(Connection.worked_until.is_(None), Connection.worked_until <= now),
        or_(Connection.waits_until.is_(None), Connection.waits_until <= now),
        or_(Connection.sweep_at <= now, due, Connection.state == ConnectionState.STOPPED),
        Connection.id.not_in(busy),
    )


async def release(database: Database, connection_id: int, holder: str) -> None:
    """Others may take it."""
    held = update(Connection).where(Connection.id == connection_id, Connection.worked_by == holder)
    async with database.writing() as session:
        await session.execute(held.values(worked_by="", worked_until=None, worked_at=history.now()))


async def release_all(database: Database, worker: str) -> None:
    """What this worker still holds, whatever it called itself when it took it."""
    held = update(Connection).where(Connection.worked_by.startswith(f"{worker}-"))
    async with database.writing() as session:
        await session.execute(held.values(worked_by="", worked_until=None))
