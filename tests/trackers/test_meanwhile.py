"""What people do while a link is looked at is neither overlooked nor overwritten."""

import contextlib
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

import httpx
import pytest

from backlog.database import Database
from backlog.errors import Text
from backlog.trackers import conflicts, links
from backlog.trackers.answering import Answer, answer
from backlog.trackers.conflicts import Side
from backlog.trackers.fields import Direction, Field, Rule
from backlog.trackers.link import LinkState, Question
from integrations.engine import known as knowledge
from integrations.engine import syncing
from integrations.engine.desk import Left
from integrations.issue import Issue
from integrations.tracker import Access, Tracker
from integrations.writes import Sent, Write
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import answer as answered
from tests.trackers.failures.steps import github_of, linked, map_anew, set_connection, told
from tests.trackers.office import KIM


@pytest.fixture
def place(database: Database) -> tuple[str, Database]:
    return "github", database


@dataclass
class Interrupted:
    """A tracker beside which something happens just after an issue was read or something was written, once."""

    trackers: list[Tracker] = field(default_factory=list)
    then: Callable[[], Awaitable[None]] | None = None
    written: Callable[[], None] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.trackers[-1], name)

    async def read(self, key: str) -> Issue:
        found = await self.trackers[-1].read(key)
        then, self.then = self.then, None
        if then is not None:
            await then()
        return found

    async def send(self, write: Write) -> Sent:
        sent = await self.trackers[-1].send(write)
        written, self.written = self.written, None
        if written is not None:
            written()
        return sent


def interrupted(both: Both) -> Interrupted:
    """To be had before the connection is worked at."""
    found, kinds = Interrupted(), both.office.outside.kinds
    kind = kinds["github"]

    def opened(client: httpx.AsyncClient, access: Access) -> Tracker:
        found.trackers.append(kind.open(client, access))
        return cast(Tracker, found)

    both.office.worker.outside = replace(both.office.outside, kinds={**kinds, "github": replace(kind, open=opened)})
    return found


async def decide(both: Both, conflict_id: int, side: Side) -> None:
    async with both.office.database.writing() as session:
        await conflicts.decide(session, await conflicts.by_id(session, conflict_id, for_change=True), side, by=KIM)


async def test_a_decision_given_while_the_issue_is_read_is_kept_with_what_was_seen(both: Both) -> None:
    tracker = interrupted(both)
    number = await both.office.propose()
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work(10)
    key = (await both.office.link(link_id)).external_key or ""
    await both.office.work(60)
    both.ground.retitle(key, "Theirs")
    await both.office.change(number, title="Ours")
    await both.office.work(5)
    (conflict,) = await both.office.conflicts()
    both.ground.retitle(key, "Theirs, rewritten")

    async def decided() -> None:
        await decide(both, conflict.id, Side.OURS)

    tracker.then = decided
    await both.office.change(number, problem="Passengers wait 50 minutes.")
    await both.office.work(10)

    first, second = await both.office.conflicts()
    assert (first.theirs, first.decision) == ("Theirs", Side.OURS)
    assert (second.ours, second.theirs, second.decision) == ("Ours", "Theirs, rewritten", None)
    assert both.ground.title(key) == "Theirs, rewritten"

    await decide(both, second.id, Side.THEIRS)
    await both.office.work(10)

    assert (await both.office.initiative(number)).title == "Theirs, rewritten"


async def test_an_answer_given_while_a_parked_link_is_looked_at_is_heard(both: Both) -> None:
    number = await both.office.propose()
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work(10)
    office = both.office
    connection = await office.connection(both.connection_id)
    desk = office.worker._desk(connection, office.outside.tracker(connection), "a desk")
    async with office.database.writing() as session:
        row = await links.by_id(session, link_id, for_change=True)
        row.park(Question.TRIES, Text("It failed."))
        row.ask()
    known = await knowledge.load(desk, link_id)
    assert known is not None
    async with office.database.writing() as session:
        await answer(session, await links.by_id(session, link_id, for_change=True), Answer.RETRY, by=KIM)

    await syncing.rest(desk, known)

    assert (await office.link(link_id)).due_at is not None
    await desk.tracker.close()


async def test_a_webhook_that_comes_in_while_the_issue_is_read_keeps_its_turn(both: Both) -> None:
    tied, tracker, office = await linked(both), interrupted(both), both.office
    connection = await office.connection(both.connection_id)
    desk = office.worker._desk(connection, office.worker.outside.tracker(connection), "a desk")

    async def hinted() -> None:
        await told(both, tied)

    tracker.then = hinted
    await syncing.sync(desk, tied.link_id)
    await desk.tracker.close()

    link = await office.link(tied.link_id)
    assert (link.hinted_key, link.due_at) == (tied.key, office.now)


async def test_our_block_that_is_deleted_just_after_it_was_written_is_put_back(both: Both) -> None:
    tracker, repository = interrupted(both), github_of(both).repository
    tied = await linked(both)
    await map_anew(both, fields={Field.TITLE: Rule(Direction.BOTH), Field.PROBLEM: Rule(Direction.OUT)})
    await both.office.work(10)

    def deleted() -> None:
        repository.edit(1, by=repository.person("mara-delivery"), body="Our block is gone.")

    tracker.written = deleted
    await both.office.change(tied.number, problem="Passengers wait 50 minutes.")
    await both.office.work(10)

    assert "Our block is gone." in both.ground.text(tied.key)
    assert "Passengers wait 50 minutes." in both.ground.text(tied.key)


async def test_what_people_write_while_ours_waits_for_its_turn_is_kept(both: Both) -> None:
    tracker, tied, office = interrupted(both), await linked(both), both.office
    await office.work(10)

    async def written() -> None:
        both.ground.add_text(tied.key, "Ask the airline first.")

    tracker.then = written
    await office.change(tied.number, problem="Passengers wait 50 minutes.")
    await office.work(10)

    assert "Ask the airline first." in both.ground.text(tied.key)
    assert "Passengers wait 50 minutes." in both.ground.text(tied.key)


async def test_an_issue_that_people_change_again_and_again_is_left_to_them_for_a_while(both: Both) -> None:
    tracker, tied, office = interrupted(both), await linked(both), both.office
    await office.work(10)

    async def busy() -> None:
        tracker.then = busy
        both.ground.add_text(tied.key, "And one more thing.")

    tracker.then = busy
    await office.change(tied.number, problem="Passengers wait 50 minutes.")
    await office.work()
    link = await office.link(tied.link_id)
    assert "Passengers wait 50 minutes." not in both.ground.text(tied.key)
    assert link.due_at is not None

    tracker.then = None
    await office.work(20)

    assert "Passengers wait 50 minutes." in both.ground.text(tied.key)
    assert both.ground.text(tied.key).count("And one more thing.") >= 3


@pytest.mark.parametrize("reads", [1, 2, 3])
async def test_an_issue_that_is_given_up_while_it_is_in_hand_leaves_nothing_at_the_link(both: Both, reads: int) -> None:
    tied, tracker, office = await linked(both), interrupted(both), both.office
    await office.change(tied.number, problem="Passengers wait 50 minutes.")
    await set_connection(both, worked_by="a desk", worked_until=office.now + dt.timedelta(minutes=1))
    connection = await office.connection(both.connection_id)
    desk = office.worker._desk(connection, office.worker.outside.tracker(connection), "a desk")
    async with office.database.writing() as session:
        row = await links.by_id(session, tied.link_id, for_change=True)
        row.park(Question.DELETED, Text("It is gone."))
    left = reads

    async def read() -> None:
        nonlocal left
        left -= 1
        tracker.then = read
        if not left:
            await answered(both, tied.link_id, Answer.ANEW)

    tracker.then = read
    with contextlib.suppress(Left):
        await syncing.sync(desk, tied.link_id)
    await desk.tracker.close()

    link = await office.link(tied.link_id)
    assert left <= 0
    assert (link.external_id, link.url, link.base, link.facts, link.state) == (None, "", {}, {}, LinkState.PENDING)
