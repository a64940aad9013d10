"""What a tracker refuses of a change, and what it may not be asked any more."""

from dataclasses import replace

import httpx
import msgspec
import pytest

from backlog.database import Database
from backlog.trackers import connections, turns
from backlog.trackers.connections import ConnectionState
from backlog.trackers.fields import Field
from backlog.trackers.link import LinkState
from integrations.demo_tracker.accounts import READ
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import github_of
from tests.trackers.faults import Fault
from tests.trackers.office import KIM

TOKEN = "ghs_9001_app"
NAMED = b'{"message": "Validation Failed", "errors": [{"resource": "Issue", "field": "labels", "code": "invalid"}]}'


@pytest.fixture
def place(sqlite_database: Database) -> tuple[str, Database]:
    return "github", sqlite_database


async def linked(both: Both, title: str = "Shorter queues at security") -> tuple[int, int, str]:
    number = await both.office.propose(title)
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work(70)
    return number, link_id, (await both.office.link(link_id)).external_key or ""


@pytest.mark.parametrize("body", [NAMED, b'{"message": "Validation Failed"}'], ids=["named", "not named"])
async def test_what_was_written_before_a_refusal_is_neither_sent_again_nor_taken_for_refused(
    both: Both, body: bytes
) -> None:
    number, link_id, key = await linked(both)
    before = len(both.ground.server.exchanges)
    both.ground.faults.add(Fault("status", method="POST", path="/labels$", status=422, body=body))

    async with both.office.database.writing() as session:
        row = await connections.by_id(session, both.connection_id, for_change=True)
        await connections.map_fields(session, row, msgspec.structs.replace(row.maps, labels=("care",)), by=KIM)
    await both.office.change(number, title="Queues under ten minutes")
    await both.office.work(30)

    assert both.ground.title(key) == "Queues under ten minutes"
    assert [each.field for each in await both.office.undelivered(link_id)] == [Field.LABELS]
    assert [each.method for each in both.ground.server.exchanges[before:]].count("PATCH") == 1


async def test_a_token_that_may_not_write_any_more_stops_the_connection_and_nothing_is_taken_for_refused(
    both: Both,
) -> None:
    first, second = await linked(both), await linked(both, "Signs that people read")
    accounts = github_of(both).repository.host.accounts
    may = accounts[TOKEN]
    accounts[TOKEN] = replace(may, permissions=READ, issues_write=False)

    await both.office.change(first[0], title="Queues under ten minutes", problem="Passengers wait 50 minutes.")
    await both.office.change(second[0], title="Signs in four languages")
    await both.office.work(10)

    connection = await both.office.connection(both.connection_id)
    assert (connection.state, bool(connection.problem)) == (ConnectionState.STOPPED, True)
    assert [*await both.office.undelivered(first[1]), *await both.office.undelivered(second[1])] == []

    accounts[TOKEN] = may
    await both.office.work(3700, step=300)

    assert both.ground.title(first[2]) == "Queues under ten minutes"
    assert both.ground.title(second[2]) == "Signs in four languages"


async def test_one_issue_that_may_not_be_changed_keeps_its_changes_and_the_others_go_on(both: Both) -> None:
    first, second = await linked(both), await linked(both, "Signs that people read")
    locked = f"/issues/{first[2].rpartition('#')[2]}$"
    both.ground.faults.add(Fault("status", method="PATCH", path=locked, status=403, body=b'{"message": "Forbidden"}'))

    await both.office.change(first[0], title="Queues under ten minutes")
    await both.office.change(second[0], title="Signs in four languages")
    await both.office.work(10)

    assert (await both.office.connection(both.connection_id)).state is ConnectionState.ACTIVE
    assert Field.TITLE in [each.field for each in await both.office.undelivered(first[1])]
    assert both.ground.title(second[2]) == "Signs in four languages"


async def test_a_tracker_that_says_yes_and_does_nothing_is_not_written_to_for_ever(both: Both) -> None:
    number, link_id, key = await linked(both)
    repository = github_of(both).repository
    repository.edit(1, by=repository.person("mara-delivery"), body="Our block is gone.")
    signed = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(base_url=both.ground.base_url, headers=signed) as client:
        said = (await client.get(f"/repos/{repository.full_name}/issues/1")).content
    both.ground.faults.add(Fault("status", method="PATCH", path="/issues/1$", status=200, body=said))

    await both.office.change(number, title="Queues under ten minutes")
    await both.office.work(600, step=20)

    writes = [each for each in both.ground.server.exchanges if each.method == "PATCH"]
    assert len(writes) <= 3
    waiting = {each.field: each.dropped for each in await both.office.undelivered(link_id)}
    assert waiting[Field.TITLE]
    assert waiting[Field.PROBLEM]
    assert both.ground.text(key) == "Our block is gone."


async def test_what_waits_for_a_field_that_is_mapped_no_more_ends(both: Both) -> None:
    number, link_id, _ = await linked(both)
    both.ground.faults.add(Fault("status", method="PATCH", path="/issues/1$", status=403, body=b'{"message": "no"}'))
    await both.office.change(number, title="Queues under ten minutes")
    await both.office.work(10)
    both.ground.faults.clear()

    async with both.office.database.writing() as session:
        connection = await connections.by_id(session, both.connection_id, for_change=True)
        fields = {name: rule for name, rule in connection.maps.fields.items() if name is not Field.TITLE}
        await connections.map_fields(
            session, connection, msgspec.structs.replace(connection.maps, fields=fields), by=KIM
        )
        await turns.ask_all(session, connection.id)
    await both.office.work(4000, step=200)

    assert await both.office.undelivered(link_id) == []
    assert (await both.office.link(link_id)).state is LinkState.IN_STEP
