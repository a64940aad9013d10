"""A repository that is not shown for a while, though its issues are: they have not moved."""

import pytest

from backlog.database import Database
from backlog.trackers.link import LinkState
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import fail, linked, state_of


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
