"""What one side refused: all that is missing is told at once, every try is counted, and what was let go of can be asked
for again. On one tracker: what it says matters, not which it is."""

import pytest

from backlog import history
from backlog.database import Database
from backlog.errors import Conflict, Text
from backlog.history import Event
from backlog.initiatives.stages import NEEDS, Stage
from backlog.trackers import undelivered
from backlog.trackers.fields import Direction, Field, Rule
from backlog.trackers.link import Link, LinkState
from backlog.trackers.undelivered import End, Undelivered
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import fail_change, linked, map_anew
from tests.trackers.office import KIM


@pytest.fixture
def place(sqlite_database: Database) -> tuple[str, Database]:
    return "github", sqlite_database


async def closed_there(both: Both) -> tuple[int, Undelivered]:
    """An initiative that nobody has scored yet, and its issue, which the team calls done; with what our side refused."""
    number = await both.office.propose()
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work(60)
    both.ground.close(str((await both.office.link(link_id)).external_key))
    await both.office.work(300)
    (item,) = await both.office.undelivered(link_id)
    return number, item


async def answered(both: Both, item: Undelivered, answer: str) -> None:
    act = {"retry": undelivered.retry, "discard": undelivered.discard}[answer]
    async with both.office.database.writing() as session:
        await act(session, await undelivered.by_id(session, item.id, for_change=True), by=KIM)


async def left(both: Both, item: Undelivered) -> tuple[Undelivered, bool]:
    async with both.office.database.reading() as session:
        now = await session.get_one(Undelivered, item.id)
        return now, undelivered.is_left(now, await session.get_one(Link, item.link_id))


def needs(text: Text) -> set[str]:
    """All that is enumerated."""
    inner = {each for part in text.params.values() if isinstance(part, Text) for each in needs(part)}
    return inner | ({text.message} & set(NEEDS.values()))


async def test_all_that_is_missing_up_to_the_stage_of_the_issue_is_told_at_once(both: Both) -> None:
    number, item = await closed_there(both)

    said = needs(item.reason)

    assert (await both.office.initiative(number)).stage is Stage.PROPOSED
    assert {NEEDS[each] for each in ("evidence", "lead", "next_step", "effort", "effect")} <= said


async def test_a_refusal_after_a_retry_is_another_try_of_the_same(both: Both) -> None:
    number, item = await closed_there(both)

    await answered(both, item, "retry")
    before, _ = await left(both, item)
    await both.office.work(60)

    (again,) = await both.office.undelivered(item.link_id)
    assert before.end is End.RETRIED
    assert (again.id, again.tries, again.first_at, again.end) == (item.id, 2, item.first_at, None)
    assert again.last_at > item.last_at
    assert await told(both, number) == ["could not deliver", "tried again", "could not deliver"]


async def told(both: Both, number: int) -> list[str]:
    async with both.office.database.reading() as session:
        events = await session.scalars(history.of("initiative", number, limit=50).order_by(None).order_by(Event.id))
        return [each.verb for each in events if each.verb in ("could not deliver", "tried again")]


async def test_what_was_let_go_of_differs_until_it_is_asked_for_again(both: Both) -> None:
    _, item = await closed_there(both)

    await answered(both, item, "discard")
    await both.office.work(60)
    quiet = (await both.office.link(item.link_id)).state, (await left(both, item))[1]
    await answered(both, item, "retry")
    await both.office.work(60)

    (again,) = await both.office.undelivered(item.link_id)
    assert quiet == (LinkState.IN_STEP, True)
    assert (again.id, again.tries, again.inward) == (item.id, 2, True)
    assert (await both.office.link(item.link_id)).state is LinkState.FAILED


@pytest.mark.parametrize("direction", [Direction.OUT, Direction.ONCE])
async def test_what_was_let_go_of_is_not_tried_in_a_direction_that_does_not_carry_it(
    both: Both, direction: Direction
) -> None:
    _, item = await closed_there(both)
    await answered(both, item, "discard")
    fields = (await both.office.connection(both.connection_id)).maps.fields
    await map_anew(both, fields={**fields, Field.STAGE: Rule(direction)})

    with pytest.raises(Conflict):
        await answered(both, item, "retry")
    await both.office.work(60)

    assert both.ground.is_closed(str((await both.office.link(item.link_id)).external_key))
    assert (await left(both, item))[0].end is End.DISCARDED


async def test_a_retry_that_went_through_has_ended(both: Both) -> None:
    tied = await linked(both)
    fail_change(both, "status", status=422, body=b'{"message": "Validation Failed"}')
    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(30)
    (item,) = await both.office.undelivered(tied.link_id)
    both.ground.faults.clear()

    await answered(both, item, "retry")
    await both.office.work(30)

    assert both.ground.title(tied.key) == "Queues under ten minutes"
    now, _ = await left(both, item)
    assert (now.end, now.ended_by) == (End.DELIVERED, "Waymark")


@pytest.mark.parametrize("both", [["completed", "completed"], ["open", "open"]], ids=["ours came", "theirs went back"])
def test_what_was_let_go_of_and_agrees_by_now_differs_no_more(both: list[str]) -> None:
    tied = Link(id=1, initiative_id=1, base={Field.STAGE: both})
    item = Undelivered(link_id=1, field=Field.STAGE, inward=True, value="completed", end=End.DISCARDED)

    assert not undelivered.is_left(item, tied)
