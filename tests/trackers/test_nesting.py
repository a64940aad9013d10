"""Further issues as sub-issues of the first: once, and what the tracker refuses of it disturbs nothing else."""

import pytest

from backlog.database import Database
from backlog.trackers.answering import Answer
from backlog.trackers.connections import ConnectionState
from backlog.trackers.link import LinkState
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import answer, fail, github_of, linked, map_anew, writes
from tests.trackers.fake_github import MARA

SUB_ISSUES = r"/sub_issues$"


@pytest.fixture
def place(sqlite_database: Database) -> tuple[str, Database]:
    """Only GitHub nests issues."""
    return "github", sqlite_database


@pytest.mark.parametrize("status", [404, 422])
async def test_a_tracker_that_will_not_nest_stops_nothing(both: Both, status: int) -> None:
    tied = await linked(both)
    await map_anew(both, nests=True)
    fail(both, "status", method="POST", path=SUB_ISSUES, status=status)

    part = await both.office.push(tied.number, both.connection_id, title="Signs to lane 4")
    await both.office.work(600, step=30)
    await both.office.change(tied.number, problem="Passengers wait 50 minutes.")
    await both.office.work(60, step=20)

    assert (await both.office.connection(both.connection_id)).state is ConnectionState.ACTIVE
    assert (await both.office.link(part)).state is LinkState.IN_STEP
    assert (await both.office.link(part)).facts["nesting"]
    assert len([each for each in writes(both) if each.path.endswith("/sub_issues")]) == 1
    assert "50 minutes" in both.ground.text(tied.key)


async def test_a_part_is_nested_when_somebody_tries_again(both: Both) -> None:
    tied = await linked(both)
    await map_anew(both, nests=True)
    fail(both, "status", method="POST", path=SUB_ISSUES, status=422, times=1)
    part = await both.office.push(tied.number, both.connection_id, title="Signs to lane 4")
    await both.office.work(30)

    await answer(both, part, Answer.RETRY)
    await both.office.work(30)

    assert (await both.office.link(part)).facts["nesting"] == ""


async def test_a_part_that_people_took_out_stays_out(both: Both) -> None:
    tied = await linked(both)
    await map_anew(both, nests=True)
    part = await both.office.push(tied.number, both.connection_id, title="Signs to lane 4")
    await both.office.work(30)
    repository = github_of(both).repository
    main, child = repository.issues.every()
    assert child.parent == main.id

    repository.family.remove(main.number, child.id, by=MARA)
    await both.office.change(tied.number, problem="Passengers wait 50 minutes.")
    await both.office.work(600, step=60)

    assert repository.issues.get(child.number).parent is None
    assert (await both.office.link(part)).state is LinkState.IN_STEP
