"""Trackers are kept open as long as they are worked at, and what is known of them does not get old."""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from backlog.database import Database
from backlog.trackers import connections, removing
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import linked
from tests.trackers.office import KIM

Off = Callable[[Both], Awaitable[None]]


@pytest.fixture
def place(sqlite_database: Database) -> tuple[str, Database]:
    return "github", sqlite_database


async def paused(both: Both) -> None:
    async with both.office.database.writing() as session:
        (await connections.by_id(session, both.connection_id, for_change=True)).pause()


async def disconnected(both: Both) -> None:
    async with both.office.database.writing() as session:
        (await connections.by_id(session, both.connection_id, for_change=True)).disconnect()


async def removed(both: Both) -> None:
    async with both.office.database.writing() as session:
        row = await connections.by_id(session, both.connection_id, for_change=True)
        await removing.remove(session, row, by=KIM)


async def with_another_token(both: Both) -> None:
    async with both.office.database.writing() as session:
        row = await connections.by_id(session, both.connection_id, for_change=True)
        token = {"credentials": {"token": "another"}}
        await connections.change(session, both.office.outside.seal, row, token, by=KIM)
        row.waits_until = both.office.now + dt.timedelta(minutes=10)


@pytest.mark.parametrize("off", [paused, disconnected, removed, with_another_token])
async def test_a_tracker_nobody_works_at_any_more_is_closed(both: Both, off: Off) -> None:
    worker = both.office.worker
    await both.office.work()
    kept: Any = worker._open[both.connection_id].tracker

    await off(both)
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(10):
        while worker._open:  # noqa: ASYNC110 - nobody is told of it
            await asyncio.sleep(0.02)

    assert kept._http.is_closed
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_tracker_that_is_worked_at_stays_open_for_a_while_and_is_then_opened_anew(both: Both) -> None:
    tied, worker = await linked(both), both.office.worker
    first = worker._open[both.connection_id].tracker
    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work()
    await worker._shut()
    second = worker._open[both.connection_id].tracker
    await both.office.work(20 * 60, step=120)

    assert second is first
    assert worker._open[both.connection_id].tracker is not first
