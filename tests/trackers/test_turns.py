"""Whose turn it is: what people change comes first, writes wait for the limits, and nobody is asked in vain."""

import asyncio
import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import func, select

from backlog import history
from backlog.database import Database
from backlog.errors import Text
from backlog.history import Event
from backlog.trackers import connections, turns
from backlog.trackers.budgets import Limit
from backlog.trackers.connections import ConnectionState
from backlog.trackers.link import LinkState, Question
from integrations import pushing
from integrations.engine import desk as desks
from integrations.engine.desk import Desk, Left, NotYet, claim, release
from integrations.engine.trying import due, failed
from integrations.errors import Ambiguous
from integrations.kinds import KINDS
from integrations.tracker import Tracker
from integrations.writes import Edit, Sent, Write
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import Tied, fail_change, fail_creation, linked, seen, set_connection, told, writes
from tests.trackers.faults import Fault
from tests.trackers.office import KIM


@pytest.fixture
def place(database: Database) -> tuple[str, Database]:
    """Turns are taken alike at every tracker."""
    return "github", database


async def many(both: Both, count: int) -> list[int]:
    """So many initiatives in step."""
    numbers = [await both.office.propose(f"Shorter queues at gate {gate}") for gate in range(count)]
    for number in numbers:
        await both.office.push(number, both.connection_id)
    await both.office.work(60, step=20)
    return numbers


async def ask_all(both: Both) -> None:
    async with both.office.database.writing() as session:
        await turns.ask_all(session, both.connection_id)


async def desk_of(both: Both, holder: str = "a desk") -> Desk:
    connection = await claim(both.office.database, holder, ())
    assert connection is not None
    worker = both.office.worker
    return worker._desk(connection, await worker._tracker(connection), holder)


def limited(both: Both, *limits: Limit) -> None:
    kinds = {name: replace(kind, limits=limits) for name, kind in KINDS.items()}
    both.office.outside = both.office.worker.outside = replace(both.office.outside, kinds=kinds)


async def test_what_a_person_changes_comes_before_all_that_a_new_mapping_asks_for(both: Both) -> None:
    numbers = await many(both, 25)
    await ask_all(both)
    both.ground.faults.add(Fault("latency", method="GET", seconds=0.03))
    before = seen(both)

    working = asyncio.create_task(both.office.worker.finish())
    while seen(both) < before + 4:  # noqa: ASYNC110 - the tracker is another thread
        await asyncio.sleep(0.01)
    await both.office.change(numbers[-1], title="Queues under ten minutes")
    then = seen(both)
    await working

    asked = [each.method for each in both.ground.server.exchanges[then:]]
    assert asked.index("PATCH") <= 6
    assert len(asked) > 30


async def test_many_that_are_pushed_at_once_let_others_pass(both: Both) -> None:
    numbers = [await both.office.propose(f"Shorter queues at gate {gate}") for gate in range(4)]
    async with both.office.database.writing() as session:
        connection = await connections.by_id(session, both.connection_id)
        await pushing.push(session, connection, numbers[:3], by=KIM)
    single = await both.office.push(numbers[3], both.connection_id)

    turns = await due(await desk_of(both))

    assert [each.at_leisure for each in turns] == [False, True, True, True]
    assert turns[0].id == single


async def test_edits_that_wait_for_the_limit_are_not_read_again_and_again(both: Both) -> None:
    numbers = await many(both, 30)
    limited(both, Limit(5, 60))
    await both.office.work(400, step=100)
    for number in numbers:
        await both.office.change(number, title=f"Queues under {number} minutes")
    before = seen(both)

    await both.office.work(8 * 60, step=20)

    asked = both.ground.server.exchanges[before:]
    reads = [each for each in asked if each.method == "GET" and each.path.rpartition("/")[2].isdigit()]
    assert len([each for each in writes(both, before) if each.method == "PATCH"]) == 30
    assert len(reads) <= 30 * 4 + 20  # before, in its turn, after the write, and when the sweep comes across it
    titles = {both.ground.title(key) for key in both.ground.keys()}  # noqa: SIM118 - a method of the ground
    assert titles == {f"Queues under {number} minutes" for number in numbers}


async def test_what_comes_in_is_taken_while_nothing_can_be_written(both: Both) -> None:
    first, second = await linked(both), await linked(both, "Signs that people read")
    limited(both, Limit(1, 3000))
    both.office.now += dt.timedelta(seconds=3100)
    await both.office.change(first.number, title="Queues under ten minutes")
    await both.office.work()
    await both.office.change(first.number, title="Queues under five minutes")
    await both.office.change(second.number, next_step="Print them in four languages.")
    await both.office.work(10)

    both.ground.retitle(second.key, "Signs in four languages")
    await told(both, second)
    await both.office.work()

    assert (await both.office.initiative(second.number)).title == "Signs in four languages"
    assert both.ground.title(first.key) == "Queues under ten minutes"


async def sending(both: Both) -> tuple[Desk, Write, Tied]:
    """A desk at a tracker that takes a write a minute, and what it has to send."""
    tied = await linked(both)
    await ask_all(both)
    limited(both, Limit(1, 60))
    both.office.now += dt.timedelta(seconds=60)
    desk = await desk_of(both)
    issue = await desk.read(await both.office.link(tied.link_id))
    (write,) = await desk.tracker.writes(issue, Edit(title="Queues under ten minutes"))
    return desk, write, tied


async def passing(both: Both, desk: Desk, seconds: float) -> None:
    """Time, in which the desk keeps its lease."""
    both.office.now += dt.timedelta(seconds=seconds)
    assert await desk._renew()


async def test_a_slow_look_before_a_write_leaves_the_next_one_its_distance(both: Both) -> None:
    desk, write, _ = await sending(both)

    async def look() -> None:
        await passing(both, desk, 20)

    await desk.send(write, look=look)
    await passing(both, desk, 45)

    with pytest.raises(NotYet) as later:
        await desk.send(write)
    assert later.value.seconds == 15


async def test_the_distance_is_kept_from_when_the_tracker_has_surely_taken_the_write(both: Both) -> None:
    desk, write, _ = await sending(both)
    real = desk.tracker

    class Slow:
        async def send(self, write: Write) -> Sent:
            await passing(both, desk, 20)
            return await real.send(write)

    desk.tracker = cast(Tracker, Slow())
    await desk.send(write)
    await passing(both, desk, 45)

    with pytest.raises(NotYet) as later:
        await desk.send(write)
    assert later.value.seconds == 15


async def test_an_answer_that_is_lost_counts_as_a_write_too(both: Both) -> None:
    desk, write, _ = await sending(both)
    fail_change(both, "drop", "after")

    with pytest.raises(Ambiguous):
        await desk.send(write)
    with pytest.raises(NotYet) as later:
        await desk.send(write)

    assert later.value.seconds == 60


async def test_a_write_that_a_look_speaks_against_uses_nothing_of_the_limits(both: Both) -> None:
    desk, write, tied = await sending(both)
    before = seen(both)

    async def look() -> None:
        raise Left

    with pytest.raises(Left):
        await desk.send(write, look=look)
    await desk.send(write)

    assert len(writes(both, before)) == 1
    assert both.ground.title(tied.key) == "Queues under ten minutes"


async def test_a_token_that_may_read_but_not_make_issues_is_tried_less_and_less(both: Both) -> None:
    await linked(both)
    fail_creation(both, "status", status=403, body=b'{"message": "Resource not accessible by personal access token"}')
    await both.office.push(await both.office.propose("Signs that people read"), both.connection_id)

    await both.office.work(20 * 60, step=15)

    assert (await both.office.connection(both.connection_id)).stops >= 4
    async with both.office.database.reading() as session:
        verbs: Sequence[str] = list(await session.scalars(select(Event.verb).where(Event.subject == "connection")))
    assert verbs.count("stopped") <= 5

    both.ground.faults.clear()
    await both.office.work(3700, step=300)

    connection = await both.office.connection(both.connection_id)
    assert (connection.state, connection.stops) == (ConnectionState.ACTIVE, 0)
    assert len(both.ground.keys()) == 2


async def test_a_connection_that_is_worked_at_for_long_stays_in_one_hand(both: Both) -> None:
    desk = await desk_of(both)
    both.office.now += dt.timedelta(seconds=40)

    keeping = asyncio.create_task(desk.keep(every=0.01))
    await asyncio.sleep(0.2)
    held = (await both.office.connection(both.connection_id)).worked_until
    await set_connection(both, worked_by="another")
    await asyncio.wait_for(keeping, 5)

    assert held == both.office.now + desks.LEASE
    assert desk.is_lost


async def test_the_connection_that_was_left_alone_for_the_longest_time_comes_first(both: Both) -> None:
    office, ground = both.office, both.ground
    other = await office.connect(ground.kind, ground.base_url, "aurora-airport/elsewhere", ground.credentials)
    order = []
    for turn in range(4):
        with history.at(office.now + dt.timedelta(seconds=turn)):
            found = await claim(office.database, "a desk", ())
            assert found is not None
            order.append(found.id)
            await release(office.database, found.id, "a desk")

    assert order == [both.connection_id, other, both.connection_id, other]


async def test_what_nobody_expected_is_told_by_its_kind_alone(both: Both) -> None:
    tied = await linked(both)
    await both.office.change(tied.number, title="Queues under ten minutes")
    both.office.worker.voice = broken

    await both.office.work()

    link = await both.office.link(tied.link_id)
    assert (link.state, link.detail) == (LinkState.FAILED, "LookupError")


class Broken:
    """Says nothing but what nobody should read."""

    def say(self, text: Text) -> str:
        raise LookupError("SELECT token FROM connection")

    def __getattr__(self, name: str) -> Any:
        raise LookupError("SELECT token FROM connection")


def broken(locale: str) -> Any:
    return Broken()


async def test_a_link_that_failed_too_often_says_so_in_the_history(both: Both) -> None:
    tied = await linked(both)
    await ask_all(both)
    desk = await desk_of(both)
    for _ in range(20):
        await failed(desk, tied.link_id, Text("It failed."), "502", alone=True)

    assert (await both.office.link(tied.link_id)).question is Question.TRIES
    async with both.office.database.reading() as session:
        parked = select(func.count()).select_from(Event).where(Event.verb == "parked a link")
        assert await session.scalar(parked) == 1
