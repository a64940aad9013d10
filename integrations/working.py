"""The worker: takes connections with something to do, brings their due links in step, and waits as trackers ask it to.

Any number of workers share the rows; one that is killed leaves nothing behind but a lease that ends.
"""

import asyncio
import datetime as dt
import random
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_, Refused, Text
from backlog.history import WAYMARK
from backlog.trackers import connections, links, turns
from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.link import Link, LinkState, Question
from integrations import pauses, sweeping, syncing
from integrations.content import Voice, Writing
from integrations.desk import Desk, Left, NotYet, claim, release, release_all
from integrations.errors import (
    Ambiguous,
    Limited,
    NoAccess,
    Scope,
    TrackerError,
    Unauthorized,
    Unavailable,
    Unsupported,
)
from integrations.opening import Outside
from integrations.tracker import Tracker

log = structlog.get_logger()
LOOK_EVERY = 0.4  # seconds between looks for something to do
AT_ONCE = 50  # links looked at before the connection is handed on
DESKS = 8  # connections one worker works at
GRACE = 5.0
"""Seconds for what is on its way when it is to stop: a request that makes an issue and is cut off leaves a doubt."""
TRIES, DAYS = 20, dt.timedelta(days=7)
"""After so many tries or so long a link that fails alone waits for a person."""
QUICK = 12
"""So many tries come within half a minute of each other, later ones within half an hour."""
FAILED = N_("It failed %(tries)s times. Nothing is lost: try again when the reason is gone.")
BROKEN = N_("Something unexpected happened here. Waymark tries again by itself.")


@dataclass
class Worker:
    """``voice`` speaks a language by its code; ``address`` is where people find an initiative by its key."""

    outside: Outside
    voice: Callable[[str], Voice]
    address: Callable[[str], str]
    name: str = field(default_factory=lambda: secrets.token_hex(8))
    _desks: dict[int, asyncio.Task[None]] = field(default_factory=dict, init=False)
    _open: dict[int, tuple[int, Tracker]] = field(default_factory=dict, init=False)
    _is_ending: bool = field(default=False, init=False)

    async def run(self) -> None:
        """Until it is cancelled; what it holds is then given back."""
        try:
            while True:
                try:
                    if not await self._begin():
                        await asyncio.sleep(LOOK_EVERY)
                except Exception as error:
                    log.error("work on trackers failed", exc_info=error)
                    await asyncio.sleep(LOOK_EVERY)
        finally:
            await self._end()

    async def _end(self) -> None:
        """What is on its way is still ended, nothing else is begun; who asks twice does not wait."""
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
        except Refused as refusal:
            await pauses.stop(self.outside, connection.id, refusal.text)
            await release(self.outside.database, connection.id, holder)
            return
        desk = self._desk(connection, tracker, holder)
        keeping = asyncio.create_task(desk.keep())
        try:
            await self._work(desk)
        except Left:
            pass
        except Exception as error:
            log.error("work on a tracker failed", connection=connection.name, exc_info=error)
            await pauses.trouble(self.outside, connection.id, Text(BROKEN), type(error).__name__)
        finally:
            keeping.cancel()
            await asyncio.gather(keeping, return_exceptions=True)
            await asyncio.shield(release(self.outside.database, connection.id, holder))

    async def _tracker(self, connection: Connection) -> Tracker:
        """Kept open from one time to the next, as long as nothing of the connection changes."""
        version, kept = self._open.get(connection.id, (0, None))
        if kept is None or version != connection.version:
            if kept is not None:
                await kept.close()
            kept = self.outside.tracker(connection)
            self._open[connection.id] = connection.version, kept
        return kept

    async def close(self) -> None:
        """What is still open to trackers."""
        for _, tracker in self._open.values():
            await tracker.close()
        self._open.clear()

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
            for each in await due(desk):
                await look(desk, each)
                if each.at_leisure and await is_wanted(desk):
                    break
            await sweep(desk)
        except (Unauthorized, Unsupported, NoAccess) as error:
            await pauses.stop(self.outside, desk.connection.id, error.text, error.detail)
        except Limited as error:
            await pauses.wait(self.outside, desk.connection, error)
        except TrackerError as error:
            await pauses.trouble(self.outside, desk.connection.id, error.text, error.detail)
        else:
            await pauses.answered(desk)

    async def _introduce(self, desk: Desk) -> None:
        """Who we are there, and which project it is: neither changes its id."""
        account, catalogue = await desk.tracker.me(), await desk.tracker.catalogue(desk.writing.mapping.issue_type)
        values = {"account_id": account.id, "account_name": account.name, "project_id": catalogue.project.id}
        async with desk.database.writing() as session:
            await session.execute(update(Connection).where(Connection.id == desk.connection.id).values(values))
            if not desk.connection.mapping:
                row = await connections.by_id(session, desk.connection.id, for_change=True)
                await connections.map_fields(session, row, desk.writing.kind.defaults(catalogue), by=WAYMARK)
        desk.connection.account_id, desk.connection.project_id = account.id, catalogue.project.id
        if not desk.connection.mapping:
            raise Left


@dataclass(frozen=True, slots=True)
class Due:
    """A link that is due; ``has_failed`` when it was tried last, ``is_hinted``: something came in from the tracker."""

    id: int
    changes: int
    has_failed: bool
    is_hinted: bool
    at_leisure: bool


async def due(desk: Desk) -> Sequence[Due]:
    """What people changed first."""
    found = turns.due(desk.connection.id, history.now(), AT_ONCE).add_columns(
        Link.changes, Link.failing_since.is_not(None), Link.hinted_key.is_not(None), Link.at_leisure
    )
    async with desk.database.reading() as session:
        return [Due(*row) for row in await session.execute(found)]


async def is_wanted(desk: Desk) -> bool:
    """Whether people changed something meanwhile, which has its turn before what is done at leisure."""
    hurried = select(Link.id).where(Link.connection_id == desk.connection.id, Link.due_at <= history.now())
    async with desk.database.reading() as session:
        return await session.scalar(hurried.where(Link.at_leisure.is_(False)).limit(1)) is not None


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


async def look(desk: Desk, each: Due) -> None:
    """Where nothing can be written now, only at what came in from the tracker."""
    desk.stay()
    if desk.writes_from is not None and not each.is_hinted:
        return
    if each.has_failed and desk.heard_at is None:
        await desk.hear()
    await one(desk, each)


async def one(desk: Desk, each: Due) -> None:
    """Bring one link in step. What concerns it alone is noted at its row; the rest is raised."""
    link_id = each.id
    try:
        await syncing.sync(desk, link_id)
    except NotYet as later:
        await put_back(desk, each, history.now() + dt.timedelta(seconds=later.seconds))
        if desk.writes_from is not None:
            await put_off(desk, desk.writes_from)
    except Limited as error:
        if error.scope is not Scope.ISSUE:
            raise
        await put_back(desk, each, error.until or history.now() + dt.timedelta(seconds=5))
    except (Unauthorized, Unsupported, NoAccess, Left):
        raise
    except TrackerError as error:
        passing = isinstance(error, Unavailable | Ambiguous)
        alone = await failed(desk, link_id, error.text, error.detail or str(error.text), alone=not passing)
        if not alone:
            raise
    except Exception as error:
        log.error("a link failed", link=link_id, exc_info=error)
        await failed(desk, link_id, Text(BROKEN), type(error).__name__, alone=True)


async def put_back(desk: Desk, each: Due, moment: dt.datetime) -> None:
    """Its turn comes later; that is no failure. What came in meanwhile keeps its turn."""
    same = update(Link).where(Link.id == each.id, Link.changes == each.changes)
    hint = case((Link.external_id.is_(None), Link.hinted_key), else_=None)  # what it told of was read
    async with desk.database.writing() as session:
        await session.execute(same.values(due_at=moment, hinted_key=hint))


async def put_off(desk: Desk, moment: dt.datetime) -> None:
    """Nothing can be written before: what is due waits, but for what came in from the tracker or is looked for there."""
    waiting = update(Link).where(Link.connection_id == desk.connection.id, Link.due_at <= history.now())
    only_ours = waiting.where(Link.hinted_key.is_(None), Link.state != LinkState.UNKNOWN)
    async with desk.database.writing() as session:
        await session.execute(only_ours.values(due_at=moment))


async def failed(desk: Desk, link_id: int, why: Text, detail: str, *, alone: bool = False) -> bool:
    """Note it, and when to try again. Whether it is the link's own fault: the tracker has answered somebody since this
    link was tried last, for which one that failed before is never tried without (`Desk.hear`). Only then it counts as a
    try, and the days begin."""
    now = history.now()
    async with desk.database.writing() as session:
        row = await session.get(Link, link_id, with_for_update=True)
        if row is None:
            return True
        own = alone or (row.attempted_at is not None and await has_answered(session, desk, row.attempted_at))
        row.attempts += own
        row.attempted_at, row.failing_since = now, row.failing_since if row.failing_since and row.attempts > 1 else now
        if row.attempts >= TRIES or now - row.failing_since > DAYS:
            why = Text(FAILED, {"tries": max(row.attempts, 1)})
            links.park(session, row, Question.TRIES, why, detail)
            return own
        row.last_error, row.detail = why, detail[:500]
        if row.state is not LinkState.UNKNOWN:
            row.state = LinkState.FAILED if own else row.state
        row.due_at = now + dt.timedelta(seconds=backoff(row.attempts) if own else 0.0)
        return own


async def has_answered(session: AsyncSession, desk: Desk, since: dt.datetime) -> bool:
    """Whether the tracker did what anybody asked since then."""
    if desk.heard_at is not None and desk.heard_at > since:
        return True
    answered_at = await session.scalar(select(Connection.answered_at).where(Connection.id == desk.connection.id))
    return answered_at is not None and answered_at > since


def backoff(tries: int) -> float:
    """Seconds, with jitter: 1, 2, 4 ... 30, after many tries half an hour."""
    longest = 30.0 if tries < QUICK else 1800.0
    return min(2.0 ** min(tries, 12), longest) * random.uniform(0.7, 1.3)  # noqa: S311 - no secret
