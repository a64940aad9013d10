"""Rows 1 to 4: an issue is made exactly once, whatever gets lost on the way."""

import asyncio
import datetime as dt

import pytest

from backlog.errors import Conflict
from backlog.trackers.answering import Answer
from backlog.trackers.link import LinkState, Question
from tests.trackers.conftest import Both
from tests.trackers.failures.rows import row
from tests.trackers.failures.steps import (
    answer,
    creations,
    fail_creation,
    fresh,
    seen,
    set_connection,
    writes,
)  # fmt: skip

LOST: tuple[tuple[str, dict[str, int]], ...] = (
    ("drop", {}),
    ("reset", {}),
    ("cut", {}),
    ("html", {}),
    ("bad_json", {}),
    ("status", {"status": 502}),
    ("status", {"status": 504}),
)


@row(1, "answer of a creation lost", "found by its marker; one issue, one request")
async def lost_answer(both: Both) -> None:
    both.ground.lag(20)
    for kind, more in LOST:
        number = await both.office.propose(f"Shorter queues after a {kind}")
        both.ground.faults.clear()
        fail_creation(both, kind, "after", times=1, **more)
        link_id = await both.office.push(number, both.connection_id)

        await both.office.work(120, step=10)

        assert (await both.office.link(link_id)).state is LinkState.IN_STEP, (kind, more)
    assert len(both.ground.keys()) == len(creations(both)) == len(LOST)


@row(1, "creation lost before it arrived", "nothing is sent again before a person says so")
async def never_arrived(both: Both) -> None:
    fail_creation(both, "drop", times=1)
    link_id = await both.office.push(await both.office.propose(), both.connection_id)

    await both.office.work(5)
    unknown = (await both.office.link(link_id)).state
    await both.office.work(7200, step=300)
    link = await both.office.link(link_id)

    assert unknown is LinkState.UNKNOWN
    assert (link.state, link.question) == (LinkState.PARKED, Question.STILL_UNKNOWN)
    assert (both.ground.keys(), len(writes(both))) == ([], 1)

    await answer(both, link_id, Answer.ANEW)
    await both.office.work(10)

    assert (await both.office.link(link_id)).state is LinkState.IN_STEP
    assert len(both.ground.keys()) == 1


@row(1, "creation unknown while both sides are edited", "what either side changed meanwhile is carried over")
async def edited_meanwhile(both: Both) -> None:
    both.ground.lag(20)
    fail_creation(both, "drop", "after", times=1)
    number = await both.office.propose(problem="Passengers wait 40 minutes.")
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work()

    (key,) = both.ground.keys()
    await both.office.change(number, problem="Passengers wait 50 minutes.")
    both.ground.retitle(key, "Queues under ten minutes")
    await both.office.work(120)

    assert (await both.office.link(link_id)).state is LinkState.IN_STEP
    assert "50 minutes" in both.ground.text(key)
    assert both.ground.title(key) == (await both.office.initiative(number)).title == "Queues under ten minutes"


@row(2, "killed between 201 and saving the key", "the next worker looks by the marker; one issue")
async def killed(both: Both) -> None:
    fail_creation(both, "latency", "after", seconds=30, times=1)
    link_id = await both.office.push(await both.office.propose(), both.connection_id)

    work = asyncio.create_task(both.office.worker.finish())
    while not creations(both):  # noqa: ASYNC110 - a server in this loop
        await asyncio.sleep(0.01)
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)
    until = both.office.now + dt.timedelta(seconds=45)
    await set_connection(both, worked_by="killed", worked_until=until)
    await both.office.worker.close()
    await both.office.work(120)

    assert (await both.office.link(link_id)).state is LinkState.IN_STEP
    assert len(both.ground.keys()) == len(creations(both)) == 1


@row(3, "lists are behind", "not found is not absent: no second issue, and no gap when it shows up late")
async def stale(both: Both) -> None:
    both.ground.lag(300)
    fail_creation(both, "drop", "after", times=1)
    link_id = await both.office.push(await both.office.propose(), both.connection_id)

    await both.office.work(600, step=15)

    assert (await both.office.link(link_id)).state is LinkState.IN_STEP
    assert len(both.ground.keys()) == len(creations(both)) == 1


@row(4, "two workers at one initiative", "one of them works at the connection; one issue each")
async def two_workers(both: Both) -> None:
    numbers = [await both.office.propose(f"Shorter queues at gate {gate}") for gate in range(6)]
    for number in numbers:
        await both.office.push(number, both.connection_id)
    with pytest.raises(Conflict):
        await both.office.push(numbers[0], both.connection_id)

    workers = [both.office.worker, fresh(both), fresh(both)]
    for _ in range(3):
        await asyncio.gather(*(each.finish() for each in workers))
    before = seen(both)
    await both.office.work(30)
    for each in workers[1:]:
        await each.close()

    assert len(both.ground.keys()) == len(creations(both)) == len(numbers)
    assert not writes(both, before)
