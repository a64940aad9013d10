"""While nobody knows whether an issue was made it is looked for, and in the end a person can always go on."""

import pytest

from backlog.trackers.answering import Answer, possible
from backlog.trackers.link import LinkState, Question
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import answer, creations, fail, fail_creation
from tests.trackers.test_making_once import set_link


async def unknown(both: Both) -> tuple[int, str]:
    """The link, and the issue that was made though the answer was lost and no list tells."""
    both.ground.lag(100_000)
    fail_creation(both, "drop", "after", times=1)
    link_id = await both.office.push(await both.office.propose(), both.connection_id)
    await both.office.work()
    (key,) = both.ground.keys()
    return link_id, key


@pytest.mark.parametrize("place", [("github", "sqlite")], indirect=True)
@pytest.mark.parametrize("status", [403, 404, 410])
async def test_an_issue_a_webhook_told_of_that_is_gone_by_now_is_looked_for_all_the_same(
    both: Both, status: int
) -> None:
    link_id, key = await unknown(both)
    fail(both, "status", status=status, method="GET", path=r"/issues/1$", body=b'{"message": "This issue is away"}')
    await set_link(both, link_id, hinted_key=key, due_at=both.office.now, changes=7)

    await both.office.work(300, step=20)

    link, connection = await both.office.link(link_id), await both.office.connection(both.connection_id)
    assert (link.state, link.question) == (LinkState.PARKED, Question.STILL_UNKNOWN)
    assert connection.problem is None


@pytest.mark.parametrize("question", [Question.TRIES, Question.NO_ACCESS, Question.MOVED])
async def test_what_nobody_knows_of_can_be_made_anew_whatever_is_asked(both: Both, question: Question) -> None:
    link_id, _ = await unknown(both)
    await set_link(both, link_id, question=question, state=LinkState.PARKED, due_at=None)

    await answer(both, link_id, Answer.ANEW)
    await both.office.work(60)

    link = await both.office.link(link_id)
    assert (link.state, len(creations(both))) == (LinkState.IN_STEP, 2)
    assert link.anew_at is not None


@pytest.mark.parametrize("place", [("github", "sqlite")], indirect=True)
async def test_what_is_still_looked_for_or_was_found_cannot_be_made_anew(both: Both) -> None:
    link_id, _ = await unknown(both)
    looked_for = await both.office.link(link_id)
    both.ground.lag(0)
    await both.office.work(60)
    await set_link(both, link_id, question=Question.TRIES, state=LinkState.PARKED)
    found = await both.office.link(link_id)

    assert possible(looked_for) == possible(found) == (Answer.RETRY,)
