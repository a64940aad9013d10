"""A description people have filled leaves no room for our block: nothing is cut, and what could not be said is kept."""

import pytest

from backlog.database import Database
from backlog.trackers.fields import Field
from backlog.trackers.link import LinkState
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import linked
from tests.trackers.grounds import GROUNDS
from tests.trackers.test_parts import tie

MOST = {"github": 65_536, "gitlab": 1_048_576, "jira-cloud": 32_767, "jira-dc": 32_767}


@pytest.fixture(params=list(GROUNDS))
def place(request: pytest.FixtureRequest, sqlite_database: Database) -> tuple[str, Database]:
    return request.param, sqlite_database


async def test_a_full_description_stays_whole_and_what_found_no_room_waits_for_a_person(both: Both) -> None:
    await linked(both)
    number = await both.office.propose("Signs to the trains", problem="Nobody finds the trains.")
    key = both.ground.open("Signs to the trains", "x" * (MOST[both.ground.kind] - 50))

    link_id = await tie(both, number, key)
    await both.office.work(60, step=20)

    waiting = {each.field: each for each in await both.office.undelivered(link_id)}
    assert {Field.PROBLEM, Field.STANDING} <= waiting.keys()
    assert "too long for our part" in str(waiting[Field.PROBLEM].reason)
    assert (await both.office.link(link_id)).state is LinkState.FAILED
    assert both.ground.text(key).count("x" * 1000) == (MOST[both.ground.kind] - 50) // 1000
    assert "waymark" in both.ground.labels(key)
