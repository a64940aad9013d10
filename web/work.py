"""Work behind the pages: queued imports run in a process of their own, and once a day what time alone changes.

The rows are the queue, so nothing is lost when the server stops: what was queued or broken off is found again.
"""

import asyncio
import datetime as dt
import multiprocessing
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from litestar import Litestar
from sqlalchemy import select

from backlog import deriving, history, rescoring
from backlog.database import Database
from backlog.errors import N_, Text
from backlog.history import WAYMARK
from backlog.imports import drafts, offspring, removal, uploads
from backlog.imports.surveys import Import, ImportState
from backlog.initiatives import staleness
from backlog.ranking import overrides
from backlog.rounds import ends
from backlog.simulation import runs
from backlog.trackers import hooks
from backlog.urgency import urgency_profiles
from integrations.engine.working import Worker
from integrations.opening import Outside
from web.configuration import Configuration
from web.speech import address, voice

log = structlog.get_logger()
SIMULATED_AGAIN = 600.0  # the longest pause after failures, seconds
SIMULATED_EVERY = 0.5  # seconds between looks for a change of the backlog
ENDED_EVERY = 60.0  # seconds between looks for rating rounds that are over
LOOK_EVERY = 1.0  # seconds between looks at the queue
KILLED = N_(
    "The process that loaded this was ended from outside, perhaps because memory ran out. Nothing was imported. Try again."
)


@asynccontextmanager
async def working(app: Litestar) -> AsyncIterator[None]:
    """While the app lives, the queue is looked at; at the end a running import is stopped and its rows taken back."""
    database: Database = app.state.database
    uploaded: Path = app.state.configuration.uploads
    works: tuple[Coroutine[Any, Any, None], ...] = (
        import_queue(database, uploaded), derivations(database), simulations(database), rating_rounds(database),
        daily(database),
    )  # fmt: skip
    if app.state.configuration.works:
        works = (*works, tracker_worker(app.state.configuration, app.state.outside).run())
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def import_queue(database: Database, uploaded: Path) -> None:
    """Load one import after the other, each in a fresh process that gives its memory back; then its file goes."""
    await removal.recover(database)
    with watched("uploads"):
        await uploads.sweep(database, uploaded)
    while True:
        with watched("imports"):
            waiting = await next_import(database)
            if waiting is not None:
                await run_apart(database, waiting)
                await uploads.sweep(database, uploaded)
                continue
        await asyncio.sleep(LOOK_EVERY)


async def run_apart(database: Database, import_id: int) -> None:
    """In a process of its own: parsing a million rows takes nothing from those who look at pages. One that is killed
    could not clear up behind itself, so that is done here."""
    try:
        await _run_apart(database, import_id)
    except Exception:
        await removal.clear(database, import_id, ImportState.FAILED, Text(KILLED))
        raise


async def _run_apart(database: Database, import_id: int) -> None:
    apart = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=apart, initializer=offspring.begin) as processes:
        running = asyncio.get_running_loop().run_in_executor(processes, offspring.run, database.url, import_id)
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            await stop(database, import_id)
            await asyncio.wait([running])
            raise


async def stop(database: Database, import_id: int) -> None:
    """Ask the loader to stop; it notices at its next chunk and takes back what it wrote."""
    async with database.writing() as session:
        row = await session.get_one(Import, import_id)
        if row.is_under_way:
            drafts.stop(session, row, by=WAYMARK)


async def next_import(database: Database) -> int | None:
    """The file that has waited longest; rows that came in a call are loaded by that call."""
    async with database.reading() as session:
        queued = (
            select(Import.id)
            .where(Import.state == ImportState.QUEUED, Import.path.is_not(None))
            .order_by(Import.id)
            .limit(1)
        )
        return (await session.execute(queued)).scalar_one_or_none()


async def simulations(database: Database) -> None:
    """Carry out what changes of the backlog ask for, in a thread: those who look at pages are answered meanwhile."""
    pause = SIMULATED_EVERY
    while True:
        await asyncio.sleep(pause)
        pause = min(4 * pause, SIMULATED_AGAIN)  # after a failure; it is asked for again
        with watched("simulations"):
            if await runs.is_asked(database):
                await asyncio.to_thread(runs.run_queued, database.url)
            pause = SIMULATED_EVERY


async def derivations(database: Database) -> None:
    """Which touchpoints go with what customers say of the whole, in a thread, after the evidence has changed."""
    pause = LOOK_EVERY
    while True:
        await asyncio.sleep(pause)
        pause = min(4 * pause, SIMULATED_AGAIN)  # after a failure; it stays asked for
        with watched("derivations"):
            if await deriving.is_asked(database):
                await asyncio.to_thread(deriving.derive_asked, database.url)
            pause = LOOK_EVERY


def tracker_worker(configuration: Configuration, outside: Outside) -> Worker:
    """Keeps links in step; any number of them share the work."""
    return Worker(outside, voice, partial(address, configuration))


async def rating_rounds(database: Database) -> None:
    """End those that are over, also when all they still wait for can rate no more."""
    while True:
        with watched("rating rounds"):
            await ends.end_due(database)
        await asyncio.sleep(ENDED_EVERY)


async def daily(database: Database) -> None:
    """Once a day, soon after midnight UTC and at each start: dates come due, though nobody brought evidence."""
    while True:
        with watched("daily"):
            await a_new_day(database)
        await asyncio.sleep(seconds_to_midnight(history.now()))


async def a_new_day(database: Database) -> None:
    """Snoozed candidates wake on their date, urgency goes on, what nobody cares for is parked, human positions end; of
    old runs one a day stays, and old webhooks go."""
    async with database.writing() as session:
        await rescoring.rescore(session)
        await urgency_profiles.refresh(session)
        await staleness.park(session)
        await overrides.expire(session)
        await runs.prune(session)
        await hooks.prune(session)


def seconds_to_midnight(now: dt.datetime) -> float:
    tomorrow = (now + dt.timedelta(days=1)).replace(hour=0, minute=1, second=0, microsecond=0)
    return (tomorrow - now).total_seconds()


class watched:  # noqa: N801 - reads as a word where it is used
    """One failure is logged and does not end the work."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> bool:
        if error is None or not isinstance(error, Exception):
            return False
        log.error("background work failed", work=self.what, exc_info=error)
        return True
