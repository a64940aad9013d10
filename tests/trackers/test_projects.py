"""Which repository it is: known by its id, by its name where no id is told, and never by a name that another one got."""

import pytest

from backlog.database import Database
from backlog.trackers import connections
from backlog.trackers.connections import ConnectionState
from backlog.trackers.link import LinkState
from integrations.checking import check
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import fail, github_of, linked, state_of
from tests.trackers.fake_github import MARA
from tests.trackers.office import KIM


@pytest.fixture
def place(database: Database) -> tuple[str, Database]:
    return "github", database


@pytest.mark.parametrize("status", [403, 404])
async def test_an_issue_of_ours_is_known_by_the_name_of_its_repository_too(both: Both, status: int) -> None:
    tied = await linked(both)
    await both.office.worker.close()
    fail(both, "status", method="GET", path=r"/passenger-services$", status=status, body=b'{"message": "No"}')
    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(300, step=20)
    title = both.ground.title(tied.key)
    both.ground.faults.clear()
    await both.office.change(tied.number, title="Queues under five minutes")
    await both.office.work(60, step=20)

    assert title == "Queues under ten minutes"
    assert both.ground.title(tied.key) == "Queues under five minutes"
    assert await state_of(both, tied) == (LinkState.IN_STEP, None)


async def test_a_stranger_who_took_the_name_of_our_repository_is_left_alone_and_ours_is_found(both: Both) -> None:
    tied, ours = await linked(both), github_of(both).repository
    ours.rename("passenger-care")
    stranger = ours.beside("aurora-airport/passenger-services").open_issue("Shops for what people forgot", by=MARA)
    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(60, step=20)
    stopped = await both.office.connection(both.connection_id)
    async with both.office.database.writing() as session:
        row = await connections.by_id(session, both.connection_id, for_change=True)
        values, seal = {"project": "aurora-airport/passenger-care"}, both.office.outside.seal
        await connections.change(session, seal, row, values, by=KIM)
    await both.office.work(60, step=20)

    link = await both.office.link(tied.link_id)
    assert (stopped.state, str(stopped.problem)[:15]) == (ConnectionState.STOPPED, "Another project")
    assert (link.state, link.external_key) == (LinkState.IN_STEP, "aurora-airport/passenger-care#1")
    assert both.ground.title("aurora-airport/passenger-care#1") == "Queues under ten minutes"
    assert (stranger.title, stranger.labels) == ("Shops for what people forgot", [])


async def test_the_test_of_a_connection_names_another_project_under_its_name(both: Both) -> None:
    await linked(both)
    outside, connection = both.office.outside, await both.office.connection(both.connection_id)
    before = await check(outside, connection)
    connection.project_id = "90001"

    after = await check(outside, connection)

    assert (before.ok, after.ok) == (True, False)
    assert str(after.checks[-1].problem).startswith("Another project stands under the name")


async def test_a_list_that_is_refused_keeps_no_issue_from_being_made(both: Both) -> None:
    fail(both, "status", method="GET", path=r"/issues$", status=400, body=b'{"message": "no"}')

    link_id = await both.office.push(await both.office.propose(), both.connection_id)
    await both.office.work(60, step=20)

    assert len(both.ground.keys()) == 1
    assert (await both.office.link(link_id)).state is LinkState.IN_STEP
