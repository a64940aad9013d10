"""Comments arrive once, and what a person let go of stays where it is."""

import pytest
from msgspec.structs import replace

from backlog.trackers import connections, turns, undelivered
from backlog.trackers.connections import ConnectionState
from backlog.trackers.fields import Field
from backlog.trackers.link import LinkState
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import fail, linked
from tests.trackers.office import KIM

COMMENTS = r"/(comments|comment|notes)$"


async def test_a_comment_that_was_let_go_of_is_not_sent_at_the_next_change(both: Both) -> None:
    tied = await linked(both)
    fail(both, "status", method="POST", path=COMMENTS, status=422, times=1)
    await both.office.comment(tied.number, "The airlines agree.")
    await both.office.work(10)
    (item,) = await both.office.undelivered(tied.link_id)
    base = (await both.office.link(tied.link_id)).base

    async with both.office.database.writing() as session:
        await undelivered.discard(session, await undelivered.by_id(session, item.id, for_change=True), by=KIM)
    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(120, step=20)

    assert both.ground.comments(tied.key) == []
    link = await both.office.link(tied.link_id)
    assert link.state is LinkState.IN_STEP
    assert link.base.keys() == base.keys()


async def test_a_comment_whose_answer_was_lost_is_no_trouble_of_the_connection_and_arrives_once(both: Both) -> None:
    tied = await linked(both)
    fail(both, "drop", "after", method="POST", path=COMMENTS, times=1)

    await both.office.comment(tied.number, "The airlines agree.")
    await both.office.work()
    await both.office.work(300, step=10)

    assert len(both.ground.comments(tied.key)) == 1
    assert (await both.office.link(tied.link_id)).state is LinkState.IN_STEP


async def test_a_comment_that_never_arrived_is_sent_when_the_lists_cannot_be_behind_any_more(both: Both) -> None:
    tied = await linked(both)
    fail(both, "drop", method="POST", path=COMMENTS, times=1)

    await both.office.comment(tied.number, "The airlines agree.")
    await both.office.work(80, step=5)
    early = both.ground.comments(tied.key)
    await both.office.work(60, step=5)

    kind = both.office.outside.kind(both.ground.kind)
    assert early == [] or kind.lag < 50
    assert len(both.ground.comments(tied.key)) == 1
    assert (await both.office.connection(both.connection_id)).troubles == 0


@pytest.mark.parametrize("status", [403, 404])
async def test_comments_that_cannot_be_read_hold_up_nothing_but_themselves(both: Both, status: int) -> None:
    tied = await linked(both)
    fail(both, "status", method="GET", path=COMMENTS, status=status, body=b'{"message": "Not Found"}')

    both.ground.comment(tied.key, "The airlines agree.")
    both.ground.retitle(tied.key, "Queues under ten minutes")
    await both.office.comment(tied.number, "We tell the airlines.")
    await both.office.work(400, step=20)
    link, connection = await both.office.link(tied.link_id), await both.office.connection(both.connection_id)
    title = (await both.office.initiative(tied.number)).title
    both.ground.faults.clear()
    await both.office.change(tied.number, title="Queues under five minutes")
    await both.office.work(60)

    assert (link.state, connection.state, connection.troubles) == (LinkState.IN_STEP, ConnectionState.ACTIVE, 0)
    assert (title, bool(link.facts["comments"])) == ("Queues under ten minutes", True)
    assert "comments" not in (await both.office.link(tied.link_id)).facts
    assert "The airlines agree." in [each.text for each in await both.office.comments(tied.number)]
    assert len(both.ground.comments(tied.key)) == 2


async def test_nothing_is_said_of_comments_that_are_not_to_be_read_any_more(both: Both) -> None:
    tied = await linked(both)
    fail(both, "status", method="GET", path=COMMENTS, status=403, body=b'{"message": "No"}')
    both.ground.comment(tied.key, "The airlines agree.")
    await both.office.work(400, step=20)
    noted = (await both.office.link(tied.link_id)).facts["comments"]

    connection = await both.office.connection(both.connection_id)
    rules = {name: rule for name, rule in connection.maps.fields.items() if name is not Field.COMMENTS}
    async with both.office.database.writing() as session:
        row = await connections.by_id(session, both.connection_id, for_change=True)
        await connections.map_fields(session, row, replace(row.maps, fields=rules), by=KIM)
        await turns.ask_all(session, row.id)
    await both.office.work(60)

    assert noted
    assert "comments" not in (await both.office.link(tied.link_id)).facts
