"""``waymark worker`` told to stop: it ends what is on its way, gives its work back and leaves nothing in doubt."""

import asyncio
import datetime as dt
import signal
import subprocess
import time
from pathlib import Path

import pytest

from backlog.database import Database
from backlog.trackers.link import LinkState
from tests.faults import workers
from tests.faults.workers import Airport, airport, tally
from tests.serving import WAYMARK
from tests.trackers.faults import Fault

pytestmark = pytest.mark.slow
AT_MOST = 10.0
"""Seconds until it has ended."""


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def begun(aurora: Airport, database: Database) -> "subprocess.Popen[bytes]":
    environment = workers.environment_of(aurora.home, database.url, aurora.hosts)
    with (aurora.home / f"worker-{time.time()}.txt").open("wb") as output:
        return subprocess.Popen([*WAYMARK, "worker"], env=environment, stdout=output, stderr=output)


async def stopped(worker: "subprocess.Popen[bytes]") -> tuple[int, float]:
    """How it ended, and after how many seconds."""
    told = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    try:
        code = await asyncio.to_thread(worker.wait, AT_MOST * 2)
    finally:
        worker.kill()
        worker.wait()
    return code, time.monotonic() - told


async def test_what_is_on_its_way_is_ended_and_leases_are_given_back(database: Database, tmp_path: Path) -> None:
    async with airport(database, tmp_path, now) as aurora:
        to = [await aurora.connect(kind) for kind in ("jira-cloud", "github")]
        for number in range(4):
            await aurora.push(f"Shorter queues at gate {number}", *to)
        aurora.tire(Fault("latency", method="POST", path=r"/issues?$", seconds=1.5))
        worker = begun(aurora, database)
        await aurora.struck()

        code, seconds = await stopped(worker)

        links, leases = await aurora.links(), [each.worked_until for each in await aurora.connections()]
        made = sum(sum(workers.markers(ground).values()) for ground in aurora.grounds.values())
        assert (code, leases) == (0, [None, None])
        assert seconds < AT_MOST
        assert LinkState.UNKNOWN not in {link.state for link in links}
        assert made == sum(link.external_id is not None for link in links) > 0

        aurora.rest()
        worker = begun(aurora, database)
        await aurora.settled(60)
        await stopped(worker)
        found = await tally(aurora)

    assert (found.in_step, found.lost, found.doubled) == (8, 0, 0)


async def test_a_tracker_that_never_answers_does_not_hold_it_up(database: Database, tmp_path: Path) -> None:
    async with airport(database, tmp_path, now) as aurora:
        await aurora.push("Shorter queues at security", await aurora.connect("jira-cloud"))
        aurora.tire(Fault("black_hole"))
        worker = begun(aurora, database)
        await aurora.struck()

        code, seconds = await stopped(worker)

        (connection,) = await aurora.connections()
    assert (code, connection.worked_until) == (0, None)
    assert seconds < AT_MOST
