"""How connections are, for as many as there are: each its own, in as many queries as for one."""

import datetime as dt
from typing import Any

from sqlalchemy import event

from backlog import history
from backlog.errors import Text
from backlog.trackers.budgets import TrackerWrite
from backlog.trackers.connections import ConnectionState
from backlog.trackers.fields import Field
from backlog.trackers.link import LinkState
from backlog.trackers.undelivered import End, Undelivered
from integrations.kinds import KINDS
from tests.web.clients import Served
from tests.web.tracker_stand_in import connect, link, propose
from web.pages.connections_health import Health, healths
from web.pages.connections_shown import all_of

STEP = dt.timedelta(minutes=1)


async def of_all(served: Served, asked: list[str] | None = None) -> dict[int, Health]:
    """``asked``: where to note each query."""
    async with served.database.reading() as session:
        every = await all_of(session)
        note: Any = lambda *given: asked.append(given[2]) if asked is not None else None  # noqa: E731
        event.listen(served.database.engine.sync_engine, "before_cursor_execute", note)
        try:
            return await healths(session, every, KINDS)
        finally:
            event.remove(served.database.engine.sync_engine, "before_cursor_execute", note)


async def lived_in(served: Served, name: str, number: int) -> int:
    """A connection with a failure older than another one, a refusal, and a value that was let go of twice."""
    connection = await connect(served, name, project=name)
    initiative, now = await propose(served), history.now()
    for each in range(2):
        await link(served, initiative, connection, number + each, state=LinkState.FAILED, detail=f"{name} {each}",
                   last_error=Text("It answered with a page."), attempted_at=now + each * STEP)  # fmt: skip
    tied = await link(served, initiative, connection, number + 5, base={Field.DUE: ["2026-12-12", "2026-12-24"]})
    async with served.database.writing() as session:
        session.add(TrackerWrite(connection_id=connection, issue="", at=now - STEP))
        for _ in range(2):
            session.add(
                Undelivered(link_id=tied, field=Field.DUE, value="2026-12-12", reason=Text("No."), end=End.DISCARDED)
            )
        session.add(
            Undelivered(link_id=tied, field=Field.DUE, value="2027-01-15", reason=Text("No."), end=End.DISCARDED)
        )
    return connection


async def refused_twice(served: Served, name: str, number: int) -> int:
    """A connection with two values that were refused, and nothing else that went wrong."""
    connection = await connect(served, name, project=name)
    tied, now = await link(served, await propose(served), connection, number), history.now()
    async with served.database.writing() as session:
        for each in range(2):
            session.add(Undelivered(
                link_id=tied, field=Field.DUE, value="x", reason=Text("It is on no screen."), detail=f"{name} {each}",
                last_at=now + each * STEP,
            ))  # fmt: skip
    return connection


async def test_each_connection_has_its_own_health(served: Served) -> None:
    air, park = await lived_in(served, "AIR", 2200), await lived_in(served, "PARK", 2300)
    signs, idle = await refused_twice(served, "SIGNS", 2400), await connect(served, "IDLE", project="IDLE")
    stopped = await connect(
        served, "OFF", project="OFF", state=ConnectionState.STOPPED, problem=Text("The token ended."), detail="401"
    )

    found = await of_all(served)

    failures = {
        number: (health.failure.detail, health.failure.key) for number, health in found.items() if health.failure
    }
    assert failures == {
        air: ("AIR 1", "AIR-2201"), park: ("PARK 1", "AIR-2301"), signs: ("SIGNS 1", "AIR-2400"), stopped: ("401", ""),
    }  # fmt: skip
    assert {number: health.writes for number, health in found.items()} == {
        air: 1,
        park: 1,
        signs: 0,
        idle: 0,
        stopped: 0,
    }
    assert [len(found[each].differing) for each in (air, park, signs, idle, stopped)] == [1, 1, 0, 0, 0]
    assert found[air].differing != found[park].differing


async def test_it_takes_as_many_queries_for_three_as_for_one(served: Served) -> None:
    one: list[str] = []
    three: list[str] = []

    await lived_in(served, "AIR", 2200)
    await of_all(served, one)
    await lived_in(served, "PARK", 2300)
    await refused_twice(served, "SIGNS", 2400)
    await of_all(served, three)

    assert len(three) == len(one)


async def test_of_a_link_only_what_is_compared_is_loaded(served_sqlite: Served) -> None:
    asked: list[str] = []
    await lived_in(served_sqlite, "AIR", 2200)

    await of_all(served_sqlite, asked)

    (discarded,) = [each for each in asked if "link.base" in each]
    assert "link.facts" not in discarded
