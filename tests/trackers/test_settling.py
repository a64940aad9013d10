"""Conflicts that settle themselves, and changes that lose because their field goes one way."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from backlog.database import Database
from backlog.history import Event
from backlog.trackers import conflicts, connections
from backlog.trackers.conflicts import Disagreement, Side
from backlog.trackers.fields import Direction, Field, Rule
from integrations.engine import known as knowledge
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import decide
from tests.trackers.faults import Fault
from tests.trackers.office import KIM


@pytest.fixture
def place(sqlite_database: Database) -> tuple[str, Database]:
    return "github", sqlite_database


async def linked(both: Both) -> tuple[int, str]:
    number = await both.office.propose()
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work(70)
    return number, (await both.office.link(link_id)).external_key or ""


async def disagree(both: Both) -> tuple[int, str]:
    number, key = await linked(both)
    both.ground.retitle(key, "Theirs")
    await both.office.change(number, title="Ours")
    await both.office.work(5)
    return number, key


async def direct(both: Both, title: Rule | None) -> None:
    """How the title is kept in step from now on."""
    async with both.office.database.writing() as session:
        row = await connections.by_id(session, both.connection_id, for_change=True)
        fields = dict(row.maps.fields)
        fields.pop(Field.TITLE, None)
        if title is not None:
            fields[Field.TITLE] = title
        await connections.map_fields(session, row, msgspec.structs.replace(row.maps, fields=fields), by=KIM)


async def decided(both: Both, link_id: int, name: Field, ours: Sequence[str]) -> None:
    """So many conflicts of one field, one after the other, as over years."""
    async with both.office.database.writing() as session:
        for each in ours:
            row = Disagreement(link_id=link_id, field=name, base=None, ours=each, theirs="Theirs")
            row.decide(Side.OURS, KIM.name)
            session.add(row)
            await session.flush()


async def told(both: Both, verb: str) -> Sequence[dict[str, Any]]:
    async with both.office.database.reading() as session:
        return [each.changes for each in await session.scalars(select(Event).where(Event.verb == verb))]


async def test_a_conflict_stays_while_its_field_is_not_kept_in_step(both: Both) -> None:
    number, _ = await disagree(both)

    await direct(both, None)
    await both.office.change(number, problem="Passengers wait 50 minutes.")
    await both.office.work(10)

    assert [each.decision for each in await both.office.conflicts()] == [None]

    await direct(both, Rule(Direction.BOTH))
    await both.office.change(number, problem="Passengers wait 60 minutes.")
    await both.office.work(10)

    assert [each.decision for each in await both.office.conflicts()] == [None]


async def test_a_conflict_whose_one_side_went_back_is_withdrawn_and_the_history_says_so(both: Both) -> None:
    number, key = await disagree(both)

    both.ground.retitle(key, "Shorter queues at security")
    await both.office.change(number, problem="Passengers wait 50 minutes.")
    await both.office.work(10)

    assert [each.decision for each in await both.office.conflicts()] == [Side.OURS]
    assert both.ground.title(key) == "Ours"
    (event,) = await told(both, "withdrew a conflict")
    assert (event["field"], event["ours"], event["theirs"]) == ("title", "Ours", "Theirs")


async def test_a_change_that_loses_is_told_once_however_long_its_write_is_held_back(both: Both) -> None:
    number, key = await linked(both)
    await direct(both, Rule(Direction.OUT))
    both.ground.faults.add(Fault("status", method="PATCH", status=422, body=b'{"message": "Validation Failed"}'))

    both.ground.retitle(key, "Theirs")
    for minutes in (50, 60, 70):
        await both.office.change(number, next_step=f"Open one more lane for {minutes} minutes.")
        await both.office.work(10)

    assert [each["theirs"] for each in await told(both, "overruled a value")] == ["Theirs"]

    both.ground.faults.clear()
    await both.office.change(number, title="Queues under ten minutes")
    await both.office.work(10)
    both.ground.retitle(key, "Theirs")
    await both.office.change(number, next_step="Open two more lanes.")
    await both.office.work(10)

    assert both.ground.title(key) == "Queues under ten minutes"
    assert len(await told(both, "overruled a value")) >= 2


@pytest.mark.parametrize("verb", ["decided a conflict", "withdrew a conflict"])
async def test_what_is_noted_of_a_conflict_is_no_reason_to_look_again(both: Both, verb: str) -> None:
    await disagree(both)
    (conflict,) = await both.office.conflicts()

    async with both.office.database.writing() as session:
        link = await conflicts.note(session, conflict, verb, by=KIM)

    assert (await both.office.link(link.id)).due_at is None


async def test_a_decision_is_to_be_carried_out_at_once(both: Both) -> None:
    await disagree(both)
    (conflict,) = await both.office.conflicts()

    await decide(both, Side.THEIRS)

    assert (await both.office.link(conflict.link_id)).due_at == both.office.now


async def test_of_what_was_decided_only_the_last_of_each_field_is_read_again(both: Both) -> None:
    number, _ = await disagree(both)
    (waiting,) = await both.office.conflicts()
    await decided(both, waiting.link_id, Field.TITLE, ["Shorter queues", "Short queues", "No queues"])
    await decided(both, waiting.link_id, Field.PROBLEM, ["They wait 40 minutes.", "They wait 50 minutes."])
    connection = await both.office.connection(both.connection_id)
    desk = both.office.worker._desk(connection, both.office.outside.tracker(connection), "a desk")

    known = await knowledge.load(desk, waiting.link_id)
    await desk.tracker.close()

    assert known is not None
    assert [each.ours for each in known.decided] == ["Ours", "No queues", "They wait 50 minutes."]
    assert known.wanted.id == number
