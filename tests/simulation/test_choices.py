"""Which of the kept runs are offered where two are compared."""

import datetime as dt

from backlog.database import Database
from backlog.simulation.choices import a_week_before, choices
from backlog.simulation.runs import Run, RunState

SUNDAY = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)


async def done(database: Database, *finished: dt.datetime) -> None:
    async with database.writing() as session:
        session.add_all([Run(state=RunState.DONE, asked_at=at, finished_at=at) for at in finished])
        session.add(Run(state=RunState.QUEUED, asked_at=SUNDAY))


async def test_of_an_earlier_day_its_last_run_is_offered_however_many_came_after_it(database: Database) -> None:
    monday = SUNDAY - 6 * DAY
    await done(database, monday, monday + MINUTE, *(SUNDAY + each * MINUTE for each in range(61)))

    async with database.reading() as session:
        offered = await choices(session)
        with_first = await choices(session, 1, 999)

    assert [each.id for each in offered] == [*range(63, 33, -1), 2]
    assert [each.id for each in with_first] == [*range(63, 33, -1), 2, 1]
    assert offered[-1].finished_at == monday + MINUTE


async def test_the_choice_made_already_is_that_of_a_week_ago_else_the_oldest(database: Database) -> None:
    await done(database, *(SUNDAY - days * DAY for days in (9, 8, 6, 0)))

    async with database.reading() as session:
        offered = await choices(session)

    assert a_week_before(offered).id == 2
    assert a_week_before(offered[:2]).id == 3


async def test_runs_of_one_minute_are_told_apart(database: Database) -> None:
    await done(database, SUNDAY, SUNDAY + MINUTE, SUNDAY + MINUTE + dt.timedelta(seconds=30))

    async with database.reading() as session:
        assert [each.is_twin for each in await choices(session)] == [True, True, False]


async def test_before_the_first_run_there_is_no_choice(database: Database) -> None:
    async with database.reading() as session:
        assert await choices(session) == []
