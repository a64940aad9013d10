"""A type of issue that a new issue did not get is told, and the issue is kept in step all the same."""

import pytest

from backlog.database import Database
from backlog.trackers.link import LinkState
from integrations.demo_tracker.issues import Changes
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import github_of, linked, map_anew
from tests.trackers.fake_github import MARA


@pytest.fixture
def place(sqlite_database: Database) -> tuple[str, Database]:
    """GitHub drops the type of an account that may not push, and refuses one that is not there."""
    return "github", sqlite_database


async def connected(both: Both, issue_type: str) -> None:
    """Mapped as suits most but for the type of new issues."""
    await both.office.work()
    await map_anew(both, issue_type=issue_type)


async def test_a_type_that_did_not_arrive_is_told(both: Both) -> None:
    await connected(both, "Nonexistent")

    tied = await linked(both)
    part = await both.office.push(tied.number, both.connection_id, title="Signs to lane 4")
    await both.office.work(30)

    for number in (tied.link_id, part):
        link = await both.office.link(number)
        assert (link.state, link.facts["untyped"], link.facts["type"]) == (LinkState.IN_STEP, "Nonexistent", "")


async def test_a_type_that_was_dropped_in_silence_is_told(both: Both) -> None:
    repository = github_of(both).repository
    repository.add_type("Feature")
    await connected(both, "Feature")
    number = await both.office.propose()

    repository.push_access = False
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work(30)

    assert (await both.office.link(link_id)).facts["untyped"] == "Feature"


async def test_a_type_that_arrived_is_nothing_to_tell(both: Both) -> None:
    github_of(both).repository.add_type("Feature")
    await connected(both, "feature")

    tied = await linked(both)

    link = await both.office.link(tied.link_id)
    assert (link.facts["type"], "untyped" in link.facts) == ("Feature", False)


@pytest.mark.parametrize("fitting", ["", "Feature"])
async def test_once_new_issues_are_to_have_another_type_nothing_is_told_any_more(both: Both, fitting: str) -> None:
    await connected(both, "Nonexistent")
    tied = await linked(both)
    before = (await both.office.link(tied.link_id)).facts["untyped"]

    await map_anew(both, issue_type=fitting)
    await both.office.work(60)

    assert before == "Nonexistent"
    assert "untyped" not in (await both.office.link(tied.link_id)).facts


async def test_what_was_told_stays_until_people_give_the_issue_its_type(both: Both) -> None:
    await connected(both, "Nonexistent")
    tied = await linked(both)

    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(60)
    after = (await both.office.link(tied.link_id)).facts["untyped"]
    repository = github_of(both).repository
    repository.add_type("Nonexistent")
    (made,) = repository.issues.every()
    repository.change(made.number, Changes(type="Nonexistent"), by=MARA)
    await both.office.change(tied.number, problem="Passengers wait 50 minutes.")
    await both.office.work(60)

    assert after == "Nonexistent"
    assert "untyped" not in (await both.office.link(tied.link_id)).facts
