"""What lost a conflict comes back as it was, not as the tracker would have written it."""

import pytest

from backlog.database import Database
from backlog.history import Actor
from backlog.initiatives.stages import Stage
from backlog.trackers import conflicts, restoring
from backlog.trackers.conflicts import Disagreement, Side
from backlog.trackers.fields import Field
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import decide, stage
from tests.trackers.office import KIM

LONG = (
    "Shorter queues at security for families, crews and everybody with a connecting flight: " + "one more lane, " * 13
)


@pytest.fixture
def place(sqlite_database: Database) -> tuple[str, Database]:
    return "github", sqlite_database


async def linked(both: Both) -> tuple[int, int, str]:
    number = await both.office.propose()
    link_id = await both.office.push(number, both.connection_id)
    await both.office.work(70)
    return number, link_id, (await both.office.link(link_id)).external_key or ""


async def restore(both: Both, conflict_id: int) -> None:
    async with both.office.database.writing() as session:
        await restoring.restore(session, await conflicts.by_id(session, conflict_id, for_change=True), by=KIM)


async def test_a_title_longer_than_the_tracker_takes_comes_back_whole(both: Both) -> None:
    number, _, key = await linked(both)
    both.ground.retitle(key, "Theirs")
    await both.office.change(number, title=LONG.strip())
    await both.office.work(5)
    (conflict,) = await both.office.conflicts()
    await decide(both, Side.THEIRS)
    await both.office.work(5)
    assert (await both.office.initiative(number)).title == "Theirs"

    await restore(both, conflict.id)
    await both.office.work(5)

    assert (await both.office.initiative(number)).title == LONG.strip()
    assert both.ground.title(key) == conflict.ours != LONG.strip()


async def test_a_stage_that_shares_its_status_with_others_comes_back_itself(both: Both) -> None:
    number, link_id, _ = await linked(both)
    await stage(both, number, Stage.DROPPED)
    async with both.office.database.writing() as session:
        row = Disagreement(
            link_id=link_id, field=Field.STAGE, base=["completed", "completed"],
            ours="open", ours_here="proposed", theirs="not_planned",
        )  # fmt: skip
        row.decide(Side.THEIRS, KIM.name)
        session.add(row)

    await restore(both, row.id)

    assert (await both.office.initiative(number)).stage is Stage.PROPOSED


@pytest.mark.parametrize("side", Side)
async def test_what_a_person_called_waymark_decides_and_brings_back_is_carried_out_too(both: Both, side: Side) -> None:
    number, _, key = await linked(both)
    both.ground.retitle(key, "Theirs")
    await both.office.change(number, title="Ours")
    await both.office.work(5)
    (conflict,) = await both.office.conflicts()
    namesake = Actor("Waymark")

    said = []
    for settle in ("decide", "restore"):
        async with both.office.database.writing() as session:
            row = await conflicts.by_id(session, conflict.id, for_change=True)
            if settle == "decide":
                await conflicts.decide(session, row, side, by=namesake)
            else:
                await restoring.restore(session, row, by=namesake)
        await both.office.work(5)
        said.append({both.ground.title(key), (await both.office.initiative(number)).title})

    kept, lost = ("Ours", "Theirs") if side is Side.OURS else ("Theirs", "Ours")
    assert said == [{kept}, {lost}]


@pytest.mark.parametrize("news", ["", "Theirs again"])
async def test_a_value_brought_back_before_it_was_lost_stays(both: Both, news: str) -> None:
    """What nobody has seen of theirs is asked about."""
    number, _, key = await linked(both)
    both.ground.retitle(key, "Theirs")
    await both.office.change(number, title="Ours")
    await both.office.work(5)
    (conflict,) = await both.office.conflicts()
    await decide(both, Side.THEIRS)

    await restore(both, conflict.id)
    if news:
        both.ground.retitle(key, news)
    await both.office.work(5)

    assert (await both.office.initiative(number)).title == "Ours"
    assert both.ground.title(key) == (news or "Ours")
    asked = [each for each in await both.office.conflicts() if each.decision is None]
    assert [(each.ours, each.theirs) for each in asked] == ([("Ours", news)] if news else [])
