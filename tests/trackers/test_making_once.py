"""Of an initiative one issue is made, whatever people do while nobody knows whether it was."""

import datetime as dt

import pytest
from sqlalchemy import update

from backlog import history
from backlog.errors import Conflict
from backlog.trackers import connections, links
from backlog.trackers.answering import Answer
from backlog.trackers.link import Link, LinkState, Question
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import answer, fail_creation, linked, told
from tests.trackers.office import KIM


async def test_an_issue_that_may_have_been_made_is_not_unlinked(both: Both) -> None:
    both.ground.lag(300)
    fail_creation(both, "drop", "after", times=1)
    link_id = await both.office.push(await both.office.propose(), both.connection_id)
    await both.office.work()

    with pytest.raises(Conflict):
        await unlink(both, link_id)
    await both.office.work(600, step=15)

    assert (await both.office.link(link_id)).state is LinkState.IN_STEP
    assert len(both.ground.keys()) == 1
    await unlink(both, link_id)


async def test_the_issue_a_person_names_settles_the_link_that_looked_for_it(both: Both) -> None:
    both.ground.lag(100_000)
    fail_creation(both, "drop", times=1)
    number = await both.office.propose()
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work(300, step=20)
    assert (await both.office.link(link_id)).question is Question.STILL_UNKNOWN
    key = both.ground.open("Shorter queues at security")

    tied = await tie(both, number, key)
    await both.office.work(60)

    link = await both.office.link(link_id)
    assert tied == link_id
    assert (link.state, link.is_main, link.external_key) == (LinkState.IN_STEP, True, key)
    assert both.ground.keys() == [key]


async def test_an_issue_that_was_made_but_stands_under_another_initiative_is_asked_about(both: Both) -> None:
    both.ground.lag(20)
    fail_creation(both, "drop", "after", times=1)
    link_id = await both.office.push(await both.office.propose(), both.connection_id)
    await both.office.work()
    (key,) = both.ground.keys()
    other = await tie(both, await both.office.propose("Signs to the trains"), key)
    await set_link(both, other, due_at=None)

    await both.office.work(300, step=20)

    link = await both.office.link(link_id)
    assert (link.state, link.question, link.external_key) == (LinkState.PARKED, Question.DOUBLED, None)
    await unlink(both, link_id)


async def test_what_people_copy_stays_open_though_it_was_made_with_our_account(both: Both) -> None:
    tied = await linked(both)
    copy = copied(both, tied.key)

    await both.office.work(600, step=60)

    assert not both.ground.is_closed(copy)
    assert not both.ground.is_closed(tied.key)
    assert (await both.office.link(tied.link_id)).state is LinkState.IN_STEP


async def test_a_second_issue_nobody_can_tell_of_is_asked_about_once(both: Both) -> None:
    both.ground.lag(100)
    fail_creation(both, "drop", "after", times=1)
    link_id = await both.office.push(await both.office.propose(), both.connection_id)
    await both.office.work()
    (first,) = both.ground.keys()
    copy = copied(both, first)

    await both.office.work(300, step=15)

    link = await both.office.link(link_id)
    assert (link.question, link.external_key) == (Question.DOUBLED, first)
    assert not both.ground.is_closed(copy)
    assert "parked a link" in await verbs(both, link.initiative_id)

    await answer(both, link_id, Answer.RETRY)
    await both.office.work(600, step=60)

    assert (await both.office.link(link_id)).state is LinkState.IN_STEP
    assert not both.ground.is_closed(copy)


async def test_what_was_made_anew_though_the_first_was_there_is_closed_where_the_tracker_lets_us(both: Both) -> None:
    both.ground.lag(30)
    fail_creation(both, "drop", "after", times=1)
    link_id = await both.office.push(await both.office.propose(), both.connection_id)
    await both.office.work()
    await set_link(both, link_id, question=Question.STILL_UNKNOWN, state=LinkState.PARKED)

    await answer(both, link_id, Answer.ANEW)
    await both.office.work(600, step=50)

    assert len(both.ground.keys()) == 2
    link = await both.office.link(link_id)
    closed = sum(map(both.ground.is_closed, both.ground.keys()))
    if both.ground.kind.startswith("jira"):  # its workflow lets nothing that was not begun be done
        assert (link.question, closed) == (Question.DOUBLED, 0)
        assert not any(map(both.ground.comments, both.ground.keys()))
    else:
        assert (link.state, closed) == (LinkState.IN_STEP, 1)
    assert link.external_key
    assert not both.ground.is_closed(link.external_key)


async def test_a_link_that_gave_up_while_unknown_is_settled_by_a_webhook(both: Both) -> None:
    both.ground.lag(100_000)
    fail_creation(both, "drop", "after", times=1)
    link_id = await both.office.push(await both.office.propose(), both.connection_id)
    await both.office.work()
    (key,) = both.ground.keys()
    await set_link(both, link_id, question=Question.TRIES, state=LinkState.PARKED, due_at=None)
    await set_link(both, link_id, hinted_key=key, due_at=both.office.now, changes=7)

    await both.office.work(10)

    link = await both.office.link(link_id)
    assert (link.state, link.question, link.external_key) == (LinkState.IN_STEP, None, key)


async def test_one_missed_change_counts_once_while_its_link_waits_for_a_person(both: Both) -> None:
    tied = await linked(both)
    await told(both, tied)
    await both.office.work(400, step=100)
    await set_link(both, tied.link_id, question=Question.TRIES, state=LinkState.PARKED)

    both.ground.retitle(tied.key, "Queues under ten minutes")
    for _ in range(4):
        await both.office.work(100, step=50)
        await sweep_soon(both)

    assert (await both.office.connection(both.connection_id)).missed == 1


def copied(both: Both, key: str) -> str:
    """Somebody clones it, with the account that Waymark uses."""
    if both.ground.kind != "github":
        pytest.skip("only the GitHub of the tests lets anybody write as Waymark")
    repository = both.ground.repository  # type: ignore[attr-defined]
    ours = both.ground._issue(key)  # type: ignore[attr-defined]
    made = repository.open_issue(ours.title, by=ours.author, body=ours.body)
    return f"{repository.full_name}#{made.number}"


async def unlink(both: Both, link_id: int) -> None:
    async with both.office.database.writing() as session:
        connection = await connections.by_id(session, both.connection_id)
        await links.unlink(session, await links.by_id(session, link_id, for_change=True), connection, by=KIM)


async def tie(both: Both, number: int, key: str) -> int:
    async with both.office.database.writing() as session:
        connection = await connections.by_id(session, both.connection_id)
        found = links.Found(both.ground.issue_id(key), key, "", both.ground.title(key))
        return (await links.tie(session, number, connection, found, by=KIM)).id


async def set_link(both: Both, link_id: int, **values: object) -> None:
    async with both.office.database.writing() as session:
        await session.execute(update(Link).where(Link.id == link_id).values(values))


async def sweep_soon(both: Both) -> None:
    async with both.office.database.writing() as session:
        connection = await connections.by_id(session, both.connection_id, for_change=True)
        connection.sweep_at, connection.swept_to = both.office.now, both.office.now - dt.timedelta(minutes=10)


async def verbs(both: Both, number: int) -> set[str]:
    async with both.office.database.reading() as session:
        return {each.verb for each in await session.scalars(history.of("initiative", number))}
