"""Pages of the list with human positions in it, whole and filtered."""

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from backlog import history
from backlog.database import Database
from backlog.initiatives.stages import Stage
from backlog.ranking import positions, surroundings
from backlog.ranking.filters import UNFILTERED, Filters, Order
from backlog.ranking.overrides import Override
from tests.databases import SQLiteFiles, opened
from tests.ranking import backlogs
from tests.ranking.backlogs import initiative

READY = Filters(stages=(Stage.READY,))
EVERY = Filters(stages=tuple(Stage))


async def backlog(database: Database, points: list[float], stages: list[Stage], held: dict[int, int]) -> None:
    """CX-1 and so on with these importances, in these stages over and over."""
    async with database.writing() as session:
        for number, importance in enumerate(points):
            session.add(initiative(f"Step {number + 1}", stages[number % len(stages)], rated_importance=importance))
        await session.flush()
        until = history.now().date() + dt.timedelta(days=9)
        for number, position in held.items():
            row = {"reason": "Promised.", "until": until, "put_by": "Ana", "put_at": history.now()}
            session.add(Override(initiative_id=number, position=position, **row))


async def shown(database: Database, filters: Filters = UNFILTERED, limit: int = 50, offset: int = 0) -> list[int]:
    async with database.reading() as session:
        return [row.id for row in await positions.rows(session, filters, Order.POSITION, limit, offset)]


async def test_who_was_put_somewhere_stands_there_and_ranks_stay(database: Database) -> None:
    await backlog(database, [9, 8, 7, 6, 5], [Stage.READY], {4: 2})

    assert await shown(database) == [1, 4, 2, 3, 5]
    async with database.reading() as session:
        found = await positions.rows(session, UNFILTERED, Order.POSITION, 50, 0)
        assert [row.rank for row in found] == [1, 4, 2, 3, 5]
        assert [row.id for row in await positions.rows(session, UNFILTERED, Order.RANK, 50, 0)] == [1, 2, 3, 4, 5]


async def test_a_filtered_list_is_a_part_of_the_whole_one_in_the_same_order(database: Database) -> None:
    stages = [Stage.READY, Stage.PROPOSED]
    await backlog(database, [9, 8, 7, 6, 5, 4], stages, {1: 5, 5: 1, 6: 2})

    assert await shown(database) == [5, 6, 2, 3, 1, 4]
    assert await shown(database, READY) == [5, 3, 1]
    assert await shown(database, Filters(text="Step 6")) == [6]
    assert await shown(database, Filters(text="nothing like that")) == []


async def test_among_those_of_every_stage_it_stands_where_it_stands_among_the_ranked(database: Database) -> None:
    await backlog(database, [9, 8, 7, 6], [Stage.READY, Stage.DONE], {3: 1, 1: 9})

    assert await shown(database) == [3, 1]
    assert await shown(database, EVERY) == [3, 1, 2, 4]


async def test_without_any_nothing_more_is_asked(sqlite_database: Database) -> None:
    await backlog(sqlite_database, [9, 8, 7], [Stage.READY], {})
    asked: list[str] = []
    event.listen(sqlite_database.engine.sync_engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    async with sqlite_database.reading() as session:
        await positions.told(session, {}, 3, READY, 50, 0)

    assert len(asked) == 1


async def test_many_in_a_filtered_list_are_asked_for_with_no_more_statements_than_one(
    sqlite_database: Database,
) -> None:
    await backlog(sqlite_database, [9, 8, 7, 6, 5, 4, 3], [Stage.READY], {})
    asked: list[str] = []
    event.listen(sqlite_database.engine.sync_engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    async with sqlite_database.reading() as session:
        await positions.told(session, {7: 1}, 7, READY, 50, 0)
        of_one = len(asked)
        found = await positions.told(session, {7: 1, 6: 3, 5: 5, 1: 7}, 7, READY, 50, 0)

    assert [row.id for row in found] == [7, 2, 6, 3, 5, 4, 1]
    assert len(asked) - of_one == of_one


@pytest.mark.parametrize("filters", [UNFILTERED, READY, EVERY, Filters(text="1")])
@given(
    points=st.lists(st.integers(0, 3).map(float), min_size=1, max_size=14),
    places=st.permutations(range(1, 20)),
    data=st.data(),
    limit=st.integers(1, 6),
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_pages_follow_one_another_without_a_row_twice_or_lost(
    sqlite_files: SQLiteFiles,
    filters: Filters,
    points: list[float],
    places: list[int],
    data: st.DataObject,
    limit: int,
) -> None:
    stages = [Stage.READY, Stage.SCORING, Stage.PARKED]
    ranked_ones = [number + 1 for number in range(len(points)) if number % 3 < 2]
    chosen = data.draw(st.lists(st.sampled_from(ranked_ones), unique=True, max_size=4))
    held = dict(zip(chosen, places, strict=False))
    with sqlite_files.new() as url:
        async with opened(url) as database:
            await backlog(database, points, stages, held)
            whole = await shown(database)
            part = await shown(database, filters)
            pages = [await shown(database, filters, limit, offset) for offset in range(0, len(points), limit)]
            async with database.reading() as session:
                pure = [row.id for row in (await backlogs.page(session, filters)).rows]

    assert [number for page in pages for number in page] == part
    assert sorted(part) == sorted(pure)
    assert [number for number in part if number in whole] == [number for number in whole if number in part]
    assert [number for number in part if number not in held] == [number for number in pure if number not in held]


async def test_lists_carry_the_beginning_of_a_long_reason(database: Database) -> None:
    await backlog(database, [9, 8], [Stage.READY], {1: 2, 2: 1})
    async with database.writing() as session:
        (await session.get_one(Override, 2)).reason = "The board has promised it. " * 60

    async with database.reading() as session:
        placed = (await surroundings.load(session, None)).placed

    assert placed[1].reason == "Promised."
    assert placed[2].reason.startswith("The board has promised it. The board")
    assert len(placed[2].reason) <= surroundings.REASON_SHOWN + 2
    assert placed[2].reason.endswith(" …")
