"""Limits of trackers on writes, kept by all workers together."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from backlog.database import Database
from backlog.trackers import budgets
from backlog.trackers.budgets import Limit, TrackerWrite
from integrations.jira.kind import CLOUD
from tests.trackers.conftest import Both
from tests.trackers.office import NOON

LIMITS = (Limit(3, 10), Limit(1, 4, per_issue=True))


async def at(database: Database, connection_id: int, seconds: float, issue: str = "AIR-1") -> float:
    async with database.writing() as session:
        moment = NOON + dt.timedelta(seconds=seconds)
        return await budgets.reserve(session, connection_id, issue, LIMITS, moment)


async def test_one_issue_waits_for_its_own_limit_and_all_for_that_of_the_connection(both: Both) -> None:
    database, connection_id = both.office.database, both.connection_id

    pauses = [
        await at(database, connection_id, 0),
        await at(database, connection_id, 1),
        await at(database, connection_id, 1, "AIR-2"),
        await at(database, connection_id, 2, "AIR-3"),
        await at(database, connection_id, 3, "AIR-4"),
        await at(database, connection_id, 10, "AIR-4"),
    ]

    assert pauses == [0, 3, 0, 0, 7, 0]
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(TrackerWrite)) == 4


async def test_the_limits_of_a_connection_can_be_asked_without_an_issue(both: Both) -> None:
    for issue in ("AIR-1", "AIR-2", "AIR-3"):
        await at(both.office.database, both.connection_id, 0, issue)

    async with both.office.database.reading() as session:
        moment = NOON + dt.timedelta(seconds=1)
        pause = await budgets.wait(session, both.connection_id, None, LIMITS, moment)

    assert pause == 9


@pytest.mark.parametrize(("writes", "seconds"), [(0, 0), (1, 0.2), (1000, 200)])
def test_even_without_a_limit_in_the_way_each_write_takes_its_time(writes: int, seconds: float) -> None:
    assert budgets.duration(writes, CLOUD.limits) == pytest.approx(seconds)
