"""The list of an earlier day: only what was kept, and ranks as they were counted then."""

import datetime as dt

import time_machine

from backlog import history
from backlog.database import Database
from backlog.history import WAYMARK
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage
from backlog.ranking import agreement, past
from backlog.ranking.counts import ranks_among
from backlog.weights import weights
from tests.ranking.backlogs import counts_on, initiative

MONDAY = dt.datetime(2026, 11, 16, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


async def week(database: Database) -> None:
    """Monday: lane before desk. Wednesday: the desk overtakes it, the lane is parked, a sign is new."""
    with time_machine.travel(MONDAY, tick=False):
        async with database.writing() as session:
            session.add_all([initiative("Lane", rated_importance=9.0), initiative("Desk", rated_importance=6.0)])
    with time_machine.travel(MONDAY + 2 * DAY, tick=False):
        async with database.writing() as session:
            lane, desk = await session.get_one(Initiative, 1), await session.get_one(Initiative, 2)
            desk.rated_importance = 10.0
            lane.stage = Stage.PARKED
            session.add(initiative("Sign", rated_importance=7.0))


async def test_the_list_of_a_day_is_told_as_it_ended(database: Database) -> None:
    await week(database)

    async with database.reading() as session:
        days = [await past.on(session, (MONDAY + number * DAY).date()) for number in range(-1, 3)]
        since = await past.since(session)

    told = [[(row.title, row.rank, row.points) for row in day.rows] for day in days]
    monday = [("Lane", 1, 640), ("Desk", 2, 535)]
    assert told == [[], monday, monday, [("Desk", 1, 675), ("Sign", 2, 570)]]
    assert [day.total for day in days] == [0, 2, 2, 2]
    assert since == MONDAY.date()
    lane, desk = days[1].rows
    assert (lane.rank_now, lane.points_now, lane.move, lane.stage_now) == (None, None, None, Stage.PARKED)
    assert (desk.rank_now, desk.points_now, desk.move) == (1, 675, 1)


async def test_ranks_are_those_the_standings_of_that_day_give(database: Database) -> None:
    await week(database)

    async with database.reading() as session:
        for number in range(3):
            day = (MONDAY + number * DAY).date()
            rows = (await past.on(session, day)).rows
            then = {int(points): n for points, n in (await counts_on(session, day)).items()}
            assert [row.rank for row in rows] == ranks_among(then, [row.points for row in rows])


async def test_pages_of_a_day_go_on_where_the_one_before_ended(database: Database) -> None:
    async with database.writing() as session:
        session.add_all([initiative(f"Step {number}") for number in range(5)])

    async with database.reading() as session:
        pages = [await past.on(session, history.now().date(), limit=2, offset=start) for start in (0, 2, 4, 6)]

    assert [[row.id for row in page.rows] for page in pages] == [[1, 2], [3, 4], [5], []]
    assert {row.rank for page in pages for row in page.rows} == {1}
    assert pages[0].total == 5


async def test_the_weights_of_a_day_are_those_agreed_when_it_ended(database: Database) -> None:
    for number in range(2):
        with history.at(MONDAY + 2 * number * DAY):
            async with database.writing() as session:
                profile = await weights.propose(session, {"importance": 1, "urgency": number}, "Fair", by=WAYMARK)
                await agreement.agree(session, profile.id, by=WAYMARK, who="Board, 16 November")

    async with database.reading() as session:
        found = [await past.agreed_on(session, (MONDAY + number * DAY).date()) for number in range(-1, 4)]

    assert [profile and profile.id for profile in found] == [None, 1, 1, 2, 2]
    assert found[1] is not None
    assert (found[1].agreed_by, found[1].agreed_on) == ("Board, 16 November", MONDAY.date())
