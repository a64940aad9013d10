"""Further issues of an initiative: parts under their own titles."""

import pytest

from backlog.database import Database
from backlog.errors import Conflict
from backlog.trackers import connections, links
from backlog.trackers.link import LinkState, Question
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import fail_creation, linked
from tests.trackers.office import KIM


@pytest.fixture
def place(sqlite_database: Database) -> tuple[str, Database]:
    return "github", sqlite_database


async def lost(both: Both, number: int, *titles: str) -> list[int]:
    """Parts of which nobody knows whether they were made: a person is asked."""
    both.ground.lag(100_000)
    fail_creation(both, "drop")
    parts = [await both.office.push(number, both.connection_id, title=title) for title in titles]
    await both.office.work(300, step=20)
    assert [(await both.office.link(each)).question for each in parts] == [Question.STILL_UNKNOWN] * len(parts)
    both.ground.faults.clear()
    return parts


async def tie(both: Both, number: int, key: str, marker: str | None = None, settles: int | None = None) -> int:
    async with both.office.database.writing() as session:
        connection = await connections.by_id(session, both.connection_id)
        found = links.Found(both.ground.issue_id(key), key, "", both.ground.title(key), marker)
        return (await links.tie(session, number, connection, found, settles=settles, by=KIM)).id


async def test_the_issue_a_person_names_settles_the_part_with_its_title(both: Both) -> None:
    tied = await linked(both)
    lanes, signs = await lost(both, tied.number, "Open lane 4", "Signs to lane 4")
    key = both.ground.open("Signs to lane 4")

    named = await tie(both, tied.number, key)
    await both.office.work(60)

    link = await both.office.link(signs)
    assert named == signs
    assert (link.state, link.is_main, link.external_key) == (LinkState.IN_STEP, False, key)
    assert (await both.office.link(lanes)).question is Question.STILL_UNKNOWN


async def test_an_issue_with_the_mark_of_a_part_settles_it_and_one_with_another_mark_does_not(both: Both) -> None:
    tied = await linked(both)
    lanes, signs = await lost(both, tied.number, "Open lane 4", "Signs to lane 4")
    key = both.ground.open("Signs to lane 4")

    marked = await tie(both, tied.number, both.ground.open("One more lane"), (await both.office.link(lanes)).marker)
    copied = await tie(both, tied.number, key, "0123456789abcdef")

    assert marked == lanes
    assert copied not in (tied.link_id, lanes, signs)


async def test_another_issue_is_a_further_part_and_settles_nothing_unless_a_person_says_so(both: Both) -> None:
    tied = await linked(both)
    (signs,) = await lost(both, tied.number, "Signs to lane 4")
    key = both.ground.open("Signs in four languages")

    further = await tie(both, tied.number, both.ground.open("Tell the airlines"))
    asked = (await both.office.link(signs)).question
    said = await tie(both, tied.number, key, settles=signs)

    assert further not in (tied.link_id, signs)
    assert (asked, said) == (Question.STILL_UNKNOWN, signs)
    assert (await both.office.link(signs)).external_key == key


async def test_what_a_person_says_is_refused_where_it_cannot_be(both: Both) -> None:
    tied = await linked(both)
    (signs,) = await lost(both, tied.number, "Signs to lane 4")
    key = both.ground.open("Signs to lane 4")

    with pytest.raises(Conflict):
        await tie(both, tied.number, key, "0123456789abcdef", settles=signs)
    with pytest.raises(Conflict):
        await tie(both, tied.number, key, settles=tied.link_id)

    assert (await both.office.link(signs)).question is Question.STILL_UNKNOWN


async def test_a_main_issue_that_may_have_been_made_is_known_by_its_title(both: Both) -> None:
    number = await both.office.propose()
    both.ground.lag(100_000)
    fail_creation(both, "drop")
    main = await both.office.push(number, both.connection_id)
    await both.office.work(300, step=20)
    both.ground.faults.clear()

    other = await tie(both, number, both.ground.open("Tell the airlines"))
    await both.office.change(number, title="Queues of ten minutes at security")
    named = await tie(both, number, both.ground.open("Shorter queues at security"))

    assert other != main
    assert named == main
