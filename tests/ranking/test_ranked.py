"""The ranked list: order, ranks, filters, movement, and what a row tells."""

import datetime as dt

import pytest
import time_machine
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.evidence.insights import Insight
from backlog.evidence.journeys import Journey, Phase, Stop
from backlog.evidence.personas import Persona
from backlog.evidence.signatures import Signature
from backlog.evidence.touchpoints import Touchpoint
from backlog.initiatives.initiative import Contribution, Initiative, InitiativeInsight, InitiativeTouchpoint
from backlog.initiatives.stages import Stage
from backlog.people.departments import Department
from backlog.ranking import movement, ranked, surroundings
from backlog.ranking.filters import UNFILTERED, Filters, Order
from backlog.scoring import Weights
from tests.ranking import backlogs
from tests.ranking.backlogs import initiative

MONDAY = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)


async def listed(database: Database, filters: Filters = UNFILTERED, order: Order = Order.RANK) -> list[str]:
    async with database.reading() as session:
        page = await backlogs.page(session, filters, order)
    assert page.total == len(page.rows)
    return [row.title for row in page.rows]


async def airport(session: AsyncSession) -> None:
    """Two touchpoints on two journeys, three departments, four initiatives."""
    session.add_all(Department(id=n, code=c, name=c) for n, c in enumerate(("SEC", "DIG", "BVD"), 1))
    session.add_all([Persona(id=1, name="Family"), Persona(id=2, name="Commuter")])
    await session.flush()
    session.add_all([Journey(id=1, name="Departing", persona_id=1), Journey(id=2, name="Arriving")])
    await session.flush()
    session.add_all(Phase(id=n, journey_id=n, name=name, position=1) for n, name in ((1, "Security"), (2, "Arriving")))
    await session.flush()
    for number, name in ((1, "Queue at security"), (2, "Baggage reclaim")):
        session.add(Touchpoint(id=number, name=name, name_key=name.casefold(), phase_id=number))
    await session.flush()
    session.add_all(Stop(phase_id=n, touchpoint_id=n, position=1) for n in (1, 2))
    kept = Signature(touchpoint_id=1, slot=1, reason="trust", review_on=MONDAY.date(), nominated_by="Kim")
    kept.nominated_at = MONDAY
    session.add(kept)
    await session.flush()
    session.add_all(
        [
            initiative("Honest waiting times", rated_importance=9.0, suggested_urgency=8.0, lead_id=2),
            initiative("Tell where the bag is", Stage.READY, rated_importance=7.0, problem="Die Übergabe stockt"),
            initiative("A wider family lane", rated_effort_benefit=7.0, lead_id=1),
            initiative("Close the old desk", Stage.DONE, rated_importance=10.0),
        ]
    )
    await session.flush()
    session.add_all([Contribution(initiative_id=1, department_id=3), Contribution(initiative_id=1, department_id=1)])
    session.add_all(
        InitiativeTouchpoint(initiative_id=i, touchpoint_id=t, position=p)
        for i, t, p in ((1, 2, 1), (1, 1, 0), (2, 2, 0), (4, 1, 0))
    )
    session.add(Insight(id=1, touchpoint_id=2, persona_id=2, said_on=MONDAY.date(), text="Where is my bag?"))
    await session.flush()
    session.add(InitiativeInsight(initiative_id=2, insight_id=1))


@pytest.fixture
async def backlog(database: Database) -> Database:
    async with database.writing() as session:
        await airport(session)
    return database


async def test_a_row_tells_score_rank_place_and_departments(backlog: Database) -> None:
    async with backlog.reading() as session:
        page = await backlogs.page(session)

    first = page.rows[0]
    assert (first.key, first.title, first.rank, first.points) == ("CX-1", "Honest waiting times", 1, 715)
    assert (first.touchpoint, first.phase, first.is_signature) == ("Queue at security", "Security", True)
    assert first.touchpoints == [1, 2]
    assert [(unit.code, unit.lead) for unit in first.departments] == [("DIG", True), ("BVD", False), ("SEC", False)]
    assert [(each.value, each.origin) for each in first.criteria.values()] == [
        (9.0, "rated"),
        (8.0, "suggested"),
        (None, "missing"),
        (None, "missing"),
    ]
    assert first.missing == ["maturity", "effort_benefit"]
    assert sum(first.contributions(Weights()).values()) == 715
    assert page.total == 3


async def test_equal_points_share_a_rank_and_the_next_one_is_skipped(backlog: Database) -> None:
    async with backlog.writing() as session:
        session.add_all([initiative("Same as the lane", rated_effort_benefit=7.0), initiative("Nothing known yet")])

    async with backlog.reading() as session:
        rows = (await backlogs.page(session)).rows

    assert [(row.rank, row.points) for row in rows] == [(1, 715), (2, 570), (3, 550), (3, 550), (5, 500)]


async def test_ranks_stay_those_of_the_whole_backlog_on_any_page_and_under_any_filter(backlog: Database) -> None:
    async with backlog.reading() as session:
        second = await backlogs.page(session, limit=1, offset=1)
        ready = await backlogs.page(session, Filters(stages=(Stage.READY,)))
        done = await backlogs.page(session, Filters(stages=(Stage.DONE, Stage.PROPOSED)))

        assert [(row.key, row.rank) for row in second.rows] == [("CX-2", 2)]
        assert second.total == 3
        assert [(row.key, row.rank) for row in ready.rows] == [("CX-2", 2)]
        assert [(row.key, row.rank) for row in done.rows] == [("CX-1", 1), ("CX-3", 3), ("CX-4", None)]
        assert await ranked.ranks(session, [1000, 715, 600, 0]) == [1, 1, 2, 4]


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        (Filters(phase=1), ["Honest waiting times"]),
        (Filters(phase=2), ["Honest waiting times", "Tell where the bag is"]),
        (Filters(department=1), ["Honest waiting times", "A wider family lane"]),
        (Filters(department=2), ["Honest waiting times"]),
        (Filters(persona=1), ["Honest waiting times"]),
        (Filters(persona=2), ["Tell where the bag is"]),
        (Filters(signature=True), ["Honest waiting times"]),
        (Filters(signature=True, stages=(Stage.DONE,)), ["Close the old desk"]),
        (Filters(text="FAMILY"), ["A wider family lane"]),
        (Filters(text="übergabe"), ["Tell where the bag is"]),
        (Filters(text="cx-3"), ["A wider family lane"]),
        (Filters(text="2"), ["Tell where the bag is"]),
        (Filters(text="100%"), []),
        (Filters(text="a_ider"), []),
        (Filters(text="queue at SECURITY"), ["Honest waiting times"]),
        (Filters(text="arriving"), ["Honest waiting times", "Tell where the bag is"]),
        (Filters(text="sec"), ["Honest waiting times", "A wider family lane"]),
        (Filters(text="bvd"), ["Honest waiting times"]),
        (Filters(text="reclaim", stages=(Stage.READY,)), ["Tell where the bag is"]),
        (Filters(text="9" * 40), []),
        (Filters(department=1, text="lane"), ["A wider family lane"]),
    ],
)
async def test_a_filter_shows_what_it_names(backlog: Database, filters: Filters, titles: list[str]) -> None:
    assert await listed(backlog, filters) == titles


@pytest.mark.parametrize(
    ("order", "first"),
    [
        (Order.TITLE, "A wider family lane"),
        (Order.STAGE_AGE, "Honest waiting times"),
        (Order.IMPORTANCE, "Honest waiting times"),
        (Order.URGENCY, "Honest waiting times"),
        (Order.EFFORT_BENEFIT, "A wider family lane"),
    ],
)
async def test_the_list_can_be_sorted(backlog: Database, order: Order, first: str) -> None:
    async with backlog.writing() as session:
        (await session.get_one(Initiative, 1)).stage_since = MONDAY - dt.timedelta(days=90)

    assert (await listed(backlog, order=order))[0] == first


async def test_movement_compares_with_the_ranks_of_a_week_ago(database: Database) -> None:
    with time_machine.travel(MONDAY, tick=False):
        async with database.writing() as session:
            session.add_all([initiative("First", rated_urgency=9.0), initiative("Second", rated_urgency=8.0)])
    with time_machine.travel(MONDAY + dt.timedelta(days=5), tick=False):
        async with database.writing() as session:
            session.add(initiative("Third", rated_urgency=10.0))
    with time_machine.travel(MONDAY + dt.timedelta(days=8), tick=False):
        async with database.writing() as session:
            (await session.get_one(Initiative, 2)).rated_urgency = 9.5
        assert await moved(database) == {"Third": None, "Second": 0, "First": -2}
    with time_machine.travel(MONDAY + dt.timedelta(days=30), tick=False):
        assert await moved(database) == {"Third": 0, "Second": 0, "First": 0}


async def moved(database: Database) -> dict[str, int | None]:
    """By title, the same by each way to read the list: with the standings asked for, as the backlog page does, and
    as the API does."""
    async with database.reading() as session:
        before = await backlogs.counts_on(session, movement.week_ago())
        around = await surroundings.load(session, None)
        ways = [
            await backlogs.rows(session, {}, counts_before=before),
            await backlogs.rows(session, around.departments, counts_before=around.counts_before),
            (await backlogs.page(session)).rows,
        ]
    first, *others = [{row.title: row.move for row in rows} for rows in ways]
    assert others == [first, first]
    return first
