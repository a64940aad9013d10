"""What only Waymark works out is told now and then, and costs nothing in between."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.initiatives import initiatives
from backlog.initiatives.initiative import Initiative
from backlog.simulation.ranges import RankRange
from backlog.simulation.robustness import Tier
from backlog.trackers import connections, links
from backlog.trackers.connections import SWEPT_EVERY, Connection
from backlog.trackers.fields import Direction, Field, Rule
from backlog.trackers.link import Link
from backlog.trackers.sealing import Seal
from integrations.engine.telling import AGAIN, _untold
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import linked, map_anew, seen
from tests.trackers.office import KIM, NOON

DAY = 24 * 3600.0
SECOND = dt.timedelta(seconds=1)


@pytest.fixture(params=["github", "jira-cloud"])
def place(request: pytest.FixtureRequest, sqlite_database: Database) -> tuple[str, Database]:
    return request.param, sqlite_database


def reads_of(both: Both, since: int, number: str) -> list[Any]:
    asked = both.ground.server.exchanges[since:]
    return [each for each in asked if each.method == "GET" and each.path.endswith(f"/issues/{number}")]


async def test_ten_days_of_quiet_cost_one_look_a_day(both: Both) -> None:
    tied = await linked(both)
    number = tied.key.rpartition("#")[2]
    before = seen(both)

    await both.office.work(10 * DAY, step=1800)

    sweeps = 10 * DAY / max(1800, SWEPT_EVERY.total_seconds())
    assert len(reads_of(both, before, number)) <= 11
    assert seen(both) - before <= 2 * sweeps + 40


async def test_where_nothing_worked_out_is_written_nothing_is_looked_at_for_it(both: Both) -> None:
    tied = await linked(both)
    await map_anew(both, fields={Field.TITLE: Rule(Direction.BOTH)})
    await both.office.work(60)
    both.office.now += (await both.office.connection(both.connection_id)).sweep_at - both.office.now
    before = seen(both)

    for _ in range(8):
        await both.office.work(DAY, step=DAY / 2)

    assert len(reads_of(both, before, tied.key.rpartition("#")[2])) <= 9


async def test_only_what_matters_makes_links_due(database: Database) -> None:
    last = {"at": NOON.isoformat(), "tier": "contested", "points": 500}
    week = {
        name: {**last, "at": (NOON - AGAIN + age).isoformat()} for name, age in (("days", SECOND), ("week", -SECOND))
    }
    told: dict[str, Any] = {
        "the same": last,
        "a little": {**last, "points": 451},
        "half a point less": {**last, "points": 550},
        "half a point more": {**last, "points": 450},
        "another tier": {**last, "tier": "clear"},
        "no tier then": {**last, "tier": None},
        "nothing yet": None,
        **week,
    }
    async with database.writing() as session:
        connection = await connections.add(
            session, Seal("a secret of the airport"), kind="github", name="Terminal 2", base_url="https://api.github.com",
            project="aurora-airport/terminal-2", credentials={"token": "t"}, by=KIM,
        )  # fmt: skip
        tied = {name: await at_rest(session, connection, each) for name, each in told.items()}

        await session.execute(update(Initiative).values(points=500))  # whatever an initiative begins with
        due = list(await session.scalars(_untold(connection.id, NOON)))

    assert {name for name, link_id in tied.items() if link_id in due} == {
        "half a point less", "half a point more", "another tier", "no tier then", "week",
    }  # fmt: skip


async def at_rest(session: AsyncSession, connection: Connection, told: dict[str, Any] | None) -> int:
    """The link of a contested initiative that told this."""
    initiative = await initiatives.propose(session, title="Shorter queues", problem="Passengers wait.", by=KIM)
    link = await links.push(session, initiative.id, connection, by=KIM)
    landing = RankRange(initiative_id=initiative.id, low=1, high=2, p_top=0.5, tier=Tier.CONTESTED, draws=1000)
    session.add(landing)
    link.facts = {"told": told}
    await session.flush()
    await session.execute(update(Link).where(Link.id == link.id).values(due_at=None))
    return link.id
