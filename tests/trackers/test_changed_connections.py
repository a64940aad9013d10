"""A connection that people change while it is worked at: from then on it goes by what they said."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import httpx
import pytest

from backlog import history
from backlog.database import Database
from backlog.trackers import connections, removing, turns
from backlog.trackers.connections import Connection, ConnectionState
from backlog.trackers.fields import Direction, Field, FieldMapping, Rule
from backlog.trackers.link import LinkState
from integrations.tracker import Access, Tracker
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import fail, github_of, linked, map_anew, seen, set_connection, writes
from tests.trackers.office import KIM

ELSEWHERE = "aurora-airport/elsewhere"
ONLY_TITLE = FieldMapping(fields={Field.TITLE: Rule(Direction.OUT)})
Act = Callable[[], Awaitable[None]]


@pytest.fixture
def place(database: Database) -> tuple[str, Database]:
    """Connections are worked at alike, whatever their tracker."""
    return "github", database


@dataclass
class Meanwhile:
    """Trackers beside which something happens once, just before the answer to a call of that name is there."""

    acts: dict[str, Act] = field(default_factory=dict)
    opened: int = 0

    async def act(self, name: str) -> None:
        if name in self.acts:
            await self.acts.pop(name)()


@dataclass
class Watched:
    tracker: Tracker
    meanwhile: Meanwhile

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self.tracker, name)
        if name not in self.meanwhile.acts:
            return asked

        async def answered(*values: Any) -> Any:
            try:
                return await asked(*values)
            finally:
                await self.meanwhile.act(name)

        return answered

    async def changed(self, since: Any) -> AsyncIterator[Any]:
        async for page in self.tracker.changed(since):
            await self.meanwhile.act("changed")
            yield page


def watched(both: Both) -> Meanwhile:
    """To be had before the connection is worked at."""
    found, kinds = Meanwhile(), both.office.outside.kinds
    kind = kinds["github"]

    def opened(client: httpx.AsyncClient, access: Access) -> Tracker:
        found.opened += 1
        return cast(Tracker, Watched(kind.open(client, access), found))

    both.office.worker.outside = replace(both.office.outside, kinds={**kinds, "github": replace(kind, open=opened)})
    return found


async def with_connection(both: Both, act: Callable[[Any, Connection], Awaitable[Any]]) -> None:
    async with both.office.database.writing() as session:
        await act(session, await connections.by_id(session, both.connection_id, for_change=True))


async def pause(both: Both) -> None:
    async def paused(session: Any, row: Connection) -> None:
        row.pause()

    await with_connection(both, paused)


async def change(both: Both, **values: Any) -> None:
    async def changed(session: Any, row: Connection) -> None:
        await connections.change(session, both.office.outside.seal, row, values, by=KIM)

    await with_connection(both, changed)


async def ask_all(both: Both) -> None:
    async with both.office.database.writing() as session:
        await turns.ask_all(session, both.connection_id)


def issues_read(both: Both, since: int) -> int:
    asked = both.ground.server.exchanges[since:]
    return len([each for each in asked if each.method == "GET" and each.path.rpartition("/")[2].isdigit()])


async def test_a_mapping_given_while_waymark_introduces_itself_is_kept(both: Both) -> None:
    meanwhile = watched(both)

    async def mapped() -> None:
        await with_connection(both, lambda session, row: connections.map_fields(session, row, ONLY_TITLE, by=KIM))

    meanwhile.acts["catalogue"] = mapped
    await both.office.push(await both.office.propose(), both.connection_id)
    await both.office.work()

    connection = await both.office.connection(both.connection_id)
    assert connection.maps.fields == ONLY_TITLE.fields
    assert connection.account_id
    assert len(both.ground.keys()) == 1


async def test_another_project_given_while_waymark_introduces_itself_is_the_one_that_counts(both: Both) -> None:
    github_of(both).repository.beside(ELSEWHERE)
    meanwhile = watched(both)

    async def moved() -> None:
        await change(both, project=ELSEWHERE)

    meanwhile.acts["catalogue"] = moved
    link_id = await both.office.push(await both.office.propose(), both.connection_id)
    await both.office.work()

    link, connection = await both.office.link(link_id), await both.office.connection(both.connection_id)
    async with both.office.outside.opened(connection) as tracker:
        assert connection.project_id == (await tracker.catalogue()).project.id
    assert (link.state, link.external_key) == (LinkState.IN_STEP, f"{ELSEWHERE}#1")


async def test_a_connection_removed_while_waymark_introduces_itself_is_let_go(both: Both) -> None:
    meanwhile = watched(both)

    async def removed() -> None:
        await with_connection(both, lambda session, row: removing.remove(session, row, by=KIM))

    meanwhile.acts["catalogue"] = removed
    await both.office.work()

    async with both.office.database.reading() as session:
        assert await session.get(Connection, both.connection_id) is None


async def test_a_connection_paused_in_a_batch_is_not_read_any_further(both: Both) -> None:
    meanwhile = watched(both)
    for gate in range(3):
        await linked(both, f"Shorter queues at gate {gate}")
    await ask_all(both)
    before = seen(both)

    async def paused() -> None:
        await pause(both)

    meanwhile.acts["read"] = paused
    await both.office.work()

    assert issues_read(both, before) == 1


async def test_a_sweep_ends_when_its_connection_is_paused(both: Both) -> None:
    meanwhile, tied = watched(both), await linked(both)
    both.ground.retitle(tied.key, "Queues under ten minutes")

    async def paused() -> None:
        await pause(both)

    meanwhile.acts["changed"] = paused
    await both.office.work(300, step=60)

    assert not meanwhile.acts
    assert (await both.office.link(tied.link_id)).due_at is None


async def test_nothing_more_is_written_by_a_mapping_that_was_replaced(both: Both) -> None:
    meanwhile = watched(both)
    tied = [await linked(both, f"Shorter queues at gate {gate}") for gate in range(3)]
    for each in tied:
        await both.office.change(each.number, title=f"Queues under {each.number} minutes")
    before = seen(both)

    async def mapped() -> None:
        await map_anew(both, fields={Field.TITLE: Rule(Direction.IN)})

    meanwhile.acts["read"] = mapped
    await both.office.work()

    assert writes(both, before) == []
    for each in tied:
        link = await both.office.link(each.link_id)
        assert (link.state, link.due_at) == (LinkState.IN_STEP, None)


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 401, "body": b'{"message": "Bad credentials"}'},
        {"status": 403, "body": b'{"message": "Resource not accessible by personal access token"}'},
        {"status": 502},
        {"status": 429, "headers": {"Retry-After": "600"}},
    ],
    ids=["revoked", "no access", "trouble", "limited"],
)
async def test_what_was_answered_to_the_former_token_does_not_hold_up_the_new_one(
    both: Both, answer: Mapping[str, Any]
) -> None:
    meanwhile, tied = watched(both), await linked(both)
    await both.office.change(tied.number, title="Queues under ten minutes")

    async def renewed() -> None:
        both.ground.faults.clear()
        await change(both, credentials=dict(both.ground.credentials))

    meanwhile.acts["read"] = renewed
    fail(both, "status", **answer)
    await both.office.work()

    connection = await both.office.connection(both.connection_id)
    assert (connection.state, connection.waits_until, connection.problem) == (ConnectionState.ACTIVE, None, None)
    assert both.ground.title(tied.key) == "Queues under ten minutes"


async def test_a_token_that_waymark_renews_itself_interrupts_nothing(both: Both) -> None:
    meanwhile = watched(both)
    for gate in range(3):
        await linked(both, f"Shorter queues at gate {gate}")
    await ask_all(both)
    was, opened = await both.office.connection(both.connection_id), meanwhile.opened

    async def changed(kept: Mapping[str, str]) -> Mapping[str, str]:
        return {**kept, "refresh_token": "second"}

    async def renewed() -> None:
        await both.office.outside._save(both.connection_id, was.base_url, changed)

    meanwhile.acts["read"] = renewed
    await both.office.work()

    connection = await both.office.connection(both.connection_id)
    assert both.office.outside.seal.open(connection.credentials)["refresh_token"] == "second"
    assert (connection.version, meanwhile.opened) == (was.version, opened)


async def test_a_lease_is_not_renewed_for_what_was_changed(both: Both) -> None:
    meanwhile, tied = watched(both), await linked(both)
    await both.office.change(tied.number, title="Queues under ten minutes")
    held: list[bool] = []

    async def renamed() -> None:
        connection = await both.office.connection(both.connection_id)
        desk = both.office.worker._desk(connection, cast(Tracker, None), connection.worked_by)
        await change(both, name="Delivery")
        held.append(await desk._renew())

    meanwhile.acts["read"] = renamed
    await both.office.work()

    assert held == [False]
    assert both.ground.title(tied.key) == "Queues under ten minutes"


async def test_a_mapping_nobody_can_read_is_told_and_given_back(both: Both) -> None:
    tied = await linked(both)
    good = (await both.office.connection(both.connection_id)).mapping
    await set_connection(both, mapping={"fields": {"title": {"direction": "sideways"}}}, version=Connection.version + 1)
    await both.office.change(tied.number, title="Queues under ten minutes")

    await both.office.work()

    connection = await both.office.connection(both.connection_id)
    assert connection.problem is not None
    assert (connection.detail, connection.worked_by, connection.worked_until) == ("ValidationError", "", None)
    assert connection.waits_until is not None
    assert connection.waits_until > history.now()

    await set_connection(both, mapping=good, version=Connection.version + 1)
    await both.office.work(60)

    assert both.ground.title(tied.key) == "Queues under ten minutes"


async def test_a_new_token_is_tried_at_once_by_a_connection_that_stopped(both: Both) -> None:
    tied = await linked(both)
    fail(both, "status", status=401, body=b'{"message": "Bad credentials"}')
    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(900, step=60)
    stopped = await both.office.connection(both.connection_id)
    both.ground.faults.clear()
    async with both.office.database.writing() as session:
        row = await connections.by_id(session, both.connection_id, for_change=True)
        seal, values = both.office.outside.seal, {"credentials": both.ground.credentials}
        await connections.change(session, seal, row, values, by=KIM)
    await both.office.work(2, step=1)

    assert stopped.state is ConnectionState.STOPPED
    assert (await both.office.connection(both.connection_id)).state is ConnectionState.ACTIVE
    assert both.ground.title(tied.key) == "Queues under ten minutes"
