"""Comments arrive once, and what a person let go of stays where it is."""

from backlog.trackers import undelivered
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
