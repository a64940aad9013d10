"""A title longer than the tracker takes is shortened there, and that is told."""

import pytest

from backlog.database import Database
from backlog.trackers.link import LinkState
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import linked

LONG = ("Passengers wait at security " * 11)[:290]


@pytest.fixture
def place(sqlite_database: Database) -> tuple[str, Database]:
    return "github", sqlite_database


async def test_a_title_that_is_cut_there_says_to_how_many_characters(both: Both) -> None:
    tied = await linked(both, LONG)
    cut, link = both.ground.title(tied.key), await both.office.link(tied.link_id)

    await both.office.change(tied.number, title="Shorter queues at security")
    await both.office.work(20)

    assert (len(cut) <= 256, cut.endswith("…"), link.state) == (True, True, LinkState.IN_STEP)
    assert link.facts["shortened"] == 256
    assert "shortened" not in (await both.office.link(tied.link_id)).facts


async def test_a_title_of_theirs_is_not_taken_for_a_shortened_one(both: Both) -> None:
    tied = await linked(both, LONG)

    both.ground.retitle(tied.key, "Queues under ten minutes…")
    await both.office.work(300, step=20)

    assert "shortened" not in (await both.office.link(tied.link_id)).facts
