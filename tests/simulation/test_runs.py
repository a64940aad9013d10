"""Runs of the simulation: asked for once, repeated exactly, and what they leave for the pages."""

import asyncio
import datetime as dt
import hashlib
from typing import Any

import msgspec
import pytest
import time_machine
from sqlalchemy import func, select, update
from sqlalchemy.orm import undefer

from backlog import history
from backlog.database import Database
from backlog.history import Actor
from backlog.initiatives import ratings
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage
from backlog.simulation import ranges, runs
from backlog.simulation.ranges import RankRange
from backlog.simulation.robustness import Tier
from backlog.simulation.runs import Run, RunState
from tests.ranking.backlogs import initiative

ADA = Actor("Ada")
SURE = {"importance": (9, 9, 9), "urgency": (8, 8, 8), "maturity": (7, 7, 7), "effort": (2, 2, 2), "benefit": (8, 8, 8)}


async def backlog(database: Database, *values: dict[str, Any]) -> list[int]:
    async with database.writing() as session:
        some = [initiative(**each) for each in values]
        session.add_all(some)
    return [each.id for each in some]


async def rate(database: Database, initiative_id: int, estimates: dict[str, tuple[int, int, int]]) -> None:
    async with database.writing() as session:
        await ratings.rate(session, await session.get_one(Initiative, initiative_id), estimates, by=ADA)


async def points_of(database: Database, initiative_id: int) -> int:
    async with database.reading() as session:
        return (await session.get_one(Initiative, initiative_id)).points


async def run_once(database: Database) -> None:
    assert await asyncio.to_thread(runs.run_queued, database.url)


async def shown(database: Database) -> dict[int, RankRange]:
    async with database.reading() as session:
        return {row.initiative_id: row for row in await session.scalars(select(RankRange))}


async def states(database: Database) -> list[RunState]:
    async with database.reading() as session:
        return list(await session.scalars(select(Run.state).order_by(Run.id)))


async def test_many_changes_ask_for_one_run(database: Database) -> None:
    await backlog(database, {}, {})
    await backlog(database, {})

    assert await states(database) == [RunState.QUEUED]


async def test_a_run_tells_where_each_initiative_lands(database: Database) -> None:
    queue, signs = await backlog(database, {}, {})
    await rate(database, queue, SURE)

    await run_once(database)

    found = await shown(database)
    assert (found[queue].low, found[queue].tier, found[queue].next_id) == (1, Tier.CLEAR, signs)
    assert (found[queue].p_above_next or 0) > 0.9
    assert found[signs].p_above_next is None
    assert await states(database) == [RunState.DONE]
    assert not await asyncio.to_thread(runs.run_queued, database.url)


async def test_a_wider_estimate_widens_the_range_though_the_score_stays(database: Database) -> None:
    queue, *others = await backlog(database, {}, {}, {}, {}, {})
    await rate(database, queue, {**SURE, "benefit": (8, 8, 8)})
    for each, benefit in zip(others, (3, 6, 9, 10), strict=True):
        await rate(database, each, {**SURE, "benefit": (benefit, benefit, benefit)})
    await run_once(database)
    before = (await shown(database))[queue]
    points = await points_of(database, queue)
    await rate(database, queue, {"benefit": (2, 8, 10)})
    await run_once(database)

    after = (await shown(database))[queue]
    assert await points_of(database, queue) == points
    assert (before.low, before.high) == (3, 3)
    assert after.low < 3 < after.high


async def test_a_run_can_be_repeated_to_the_last_digit(database: Database) -> None:
    await backlog(database, *({"rated_importance": each} for each in (9.0, 7.0, 3.0)))
    await run_once(database)

    async with database.reading() as session:
        run = await session.scalar(select(Run).options(undefer(Run.inputs), undefer(Run.results)))

    assert run is not None
    assert run.simulation.ranges() == run.found.ranges
    assert list(run.found.ranges) == [1, 2, 3]
    assert run.found.questions == []
    assert run.count == 3


async def test_a_change_of_no_consequence_leaves_no_run(database: Database) -> None:
    (queue,) = await backlog(database, {})
    await run_once(database)
    async with database.writing() as session:
        (await session.get_one(Initiative, queue)).title = "Shorter queue at security"

    assert await states(database) == [RunState.DONE, RunState.QUEUED]
    await run_once(database)
    assert await states(database) == [RunState.DONE]


async def test_what_leaves_the_backlog_has_no_range_any_more(database: Database) -> None:
    queue, signs = await backlog(database, {}, {})
    await run_once(database)
    async with database.writing() as session:
        (await session.get_one(Initiative, queue)).stage = Stage.DONE
    await run_once(database)

    assert set(await shown(database)) == {signs}


async def test_an_empty_backlog_has_no_ranges(database: Database) -> None:
    async with database.writing() as session:
        await session.run_sync(lambda plain: runs.ask(plain.connection()))

    await run_once(database)

    assert await shown(database) == {}


async def test_a_run_whose_process_died_is_carried_out_by_the_next(database: Database) -> None:
    await backlog(database, {})
    async with database.writing() as session:
        await session.execute(update(Run).values(state=RunState.RUNNING, started_at=history.now()))

    assert not await asyncio.to_thread(runs.run_queued, database.url)
    with time_machine.travel(history.now() + dt.timedelta(minutes=3)):
        assert await runs.is_asked(database)
        await run_once(database)

    assert len(await shown(database)) == 1


async def test_a_run_that_breaks_off_is_asked_for_again_and_the_ranges_stay(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue, _ = await backlog(database, {}, {})
    await run_once(database)
    await rate(database, queue, SURE)

    def broken(_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as breaking:
        breaking.setattr(runs, "questions", broken)
        with pytest.raises(MemoryError):
            await asyncio.to_thread(runs.run_queued, database.url)
    assert await states(database) == [RunState.DONE, RunState.FAILED, RunState.QUEUED]
    assert (await shown(database))[queue].high == 2

    await run_once(database)
    assert (await shown(database))[queue].p_above_next == pytest.approx(1, abs=0.1)


async def test_a_run_cannot_begin_before_a_transaction_that_relies_on_it_ends(database: Database) -> None:
    """Of two that ask at once the second finds the first one's row only when that has committed: it must hold it."""
    if database.is_sqlite:
        return  # it has one writer at a time
    first_asked, first_may_end = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        async with database.writing() as session:
            await session.run_sync(lambda plain: runs.ask(plain.connection()))
            first_asked.set()
            await first_may_end.wait()

    async def second(may_end: asyncio.Event) -> None:
        async with database.writing() as session:
            await session.run_sync(lambda plain: runs.ask(plain.connection()))
            asked.set()
            await may_end.wait()

    asked, second_may_end = asyncio.Event(), asyncio.Event()
    one = asyncio.create_task(first())
    await first_asked.wait()
    two = asyncio.create_task(second(second_may_end))
    await asyncio.sleep(0.2)
    first_may_end.set()
    await one
    await asked.wait()

    assert not await asyncio.to_thread(runs.run_queued, database.url)
    second_may_end.set()
    await two
    assert await asyncio.to_thread(runs.run_queued, database.url)


async def test_the_one_after_is_only_named_while_it_is_there(database: Database) -> None:
    queue, signs = await backlog(database, {}, {})
    await rate(database, queue, SURE)
    async with database.reading() as session:
        simulation = await runs.simulation_now(session)
    async with database.writing() as session:
        (await session.get_one(Initiative, signs)).stage = Stage.DONE
        await session.flush()
        await ranges.show(session, simulation.ranges())

    [left] = (await shown(database)).values()
    assert (left.initiative_id, left.next_id, left.p_above_next) == (queue, None, None)


async def test_changes_while_a_run_begins_are_not_forgotten(database: Database) -> None:
    """Whatever is committed after a run has looked asks for another one."""
    await backlog(database, {}, {}, {})

    async def change(number: int) -> None:
        async with database.writing() as session:
            row = await session.get_one(Initiative, 1 + number % 3, with_for_update=True)
            row.rated_importance = float(number % 10)

    async def carry_out() -> None:
        for _ in range(6):
            await asyncio.to_thread(runs.run_queued, database.url)

    await asyncio.gather(carry_out(), *(change(number) for number in range(24)))
    while await asyncio.to_thread(runs.run_queued, database.url):
        pass

    async with database.reading() as session:
        assert await session.scalar(select(func.count()).where(Run.state == RunState.QUEUED)) == 0
        last = await runs.latest(session)
        assert last is not None
        inputs = msgspec.json.encode(await runs.simulation_now(session))
        assert last.digest == hashlib.sha256(inputs + runs.FORMULAS).hexdigest()


async def test_of_old_runs_the_last_of_each_day_stays(database: Database) -> None:
    days = [dt.datetime(2026, 11, day, hour, tzinfo=dt.UTC) for day in range(1, 22) for hour in (8, 12, 16)]
    async with database.writing() as session:
        session.add_all(Run(state=RunState.DONE, asked_at=days[0], finished_at=moment) for moment in days)
        await session.flush()
        await runs.prune(session)
        kept = (await session.scalars(select(Run.finished_at).order_by(Run.id))).all()

    assert [moment for moment in days[-runs.KEPT :] if moment not in kept] == []
    assert [moment.hour for moment in kept[: -runs.KEPT] if moment] == [16, 16, 16, 16]


async def test_a_run_of_a_past_that_is_brought_along_comes_before_the_one_that_waits(database: Database) -> None:
    await backlog(database, {}, {})
    week_ago = history.now() - dt.timedelta(days=7)
    async with database.writing() as session:
        with history.at(week_ago):
            await runs.carry_out_within(session)

    async with database.reading() as session:
        past, waiting = await session.scalars(select(Run).order_by(Run.id))
        assert (past.state, past.finished_at, past.count) == (RunState.DONE, week_ago, 2)
        assert waiting.state is RunState.QUEUED
