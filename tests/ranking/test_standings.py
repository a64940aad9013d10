"""Points and counts follow every change of an initiative, one at a time, many at once, and at the same time."""

import asyncio
import datetime as dt
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from backlog import history, scoring
from backlog.database import Database
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import RANKED, Stage
from backlog.ranking import standings
from backlog.ranking.counts import INITIATIVE
from backlog.ranking.expressions import points as sql_points
from backlog.ranking.standings import PastPoints, PastStanding
from backlog.scoring import Weights
from backlog.weights.weights import ProfileState, WeightProfile
from tests.databases import SQLiteFiles, opened
from tests.ranking.backlogs import counted, counts, initiative


def profile(state: ProfileState = ProfileState.AGREED, **weights: float) -> WeightProfile:
    return WeightProfile(state=state, proposed_by="Kim", proposed_at=history.now(), **weights)


async def test_a_new_initiative_has_its_points_and_is_counted(database: Database) -> None:
    async with database.writing() as session:
        queue = initiative(rated_importance=9.0, suggested_importance=2.0, suggested_urgency=8.0)
        session.add(queue)
        await session.flush()
        assert queue.points == 9.0 * 35 + 8.0 * 25 + 5.0 * 15 + 5.0 * 25

    async with database.reading() as session:
        assert await counts(session) == {715: 1}


async def test_a_rating_moves_the_count(database: Database) -> None:
    async with database.writing() as session:
        session.add_all([initiative(), initiative()])
    async with database.writing() as session:
        first = await session.get_one(Initiative, 1)
        first.rated_importance = 10.0

    async with database.reading() as session:
        assert await counts(session) == {500: 1, 675: 1}


@pytest.mark.parametrize("stage", [Stage.DONE, Stage.PARKED, Stage.DROPPED])
async def test_what_leaves_the_backlog_is_not_counted_and_comes_back(database: Database, stage: Stage) -> None:
    async with database.writing() as session:
        session.add(initiative(rated_urgency=9.0))
    async with database.writing() as session:
        (await session.get_one(Initiative, 1)).stage = stage
    async with database.reading() as session:
        assert not (await session.get_one(Initiative, 1)).is_ranked
        assert await counts(session) == {}

    async with database.writing() as session:
        (await session.get_one(Initiative, 1)).stage = Stage.READY

    async with database.reading() as session:
        assert await counts(session) == {600: 1}


async def test_a_deleted_initiative_is_not_counted(database: Database) -> None:
    async with database.writing() as session:
        session.add_all([initiative(), initiative()])
    async with database.writing() as session:
        await session.delete(await session.get_one(Initiative, 2))

    async with database.reading() as session:
        assert await counts(session) == {500: 1}


async def test_what_is_rolled_back_is_not_counted(database: Database) -> None:
    async with database.reading() as session:
        session.add(initiative())
        await session.flush()
        await session.rollback()
        await session.commit()
        assert await counts(session) == {}


async def test_what_a_savepoint_takes_back_is_not_counted(database: Database) -> None:
    async with database.writing() as session:
        session.add(initiative())
        await session.flush()
        savepoint = await session.begin_nested()
        session.add(initiative(rated_importance=10.0))
        await session.flush()
        await savepoint.rollback()

    async with database.reading() as session:
        assert await counts(session) == {500: 1}


async def test_a_statement_over_many_initiatives_is_followed_too(database: Database) -> None:
    async with database.writing() as session:
        session.add_all([initiative(), initiative()])
    async with database.writing() as session:
        await session.execute(update(Initiative).values(suggested_importance=10.0))

    async with database.reading() as session:
        assert await counts(session) == {675: 2}


async def test_the_agreed_weights_count(database: Database) -> None:
    async with database.writing() as session:
        session.add(profile(importance=1.0, urgency=0.0, maturity=0.0, effort_benefit=0.0))
    async with database.writing() as session:
        session.add(initiative(rated_importance=8.0))

    async with database.reading() as session:
        assert await counts(session) == {800: 1}


async def test_a_rebuild_brings_everything_in_line_with_new_weights(database: Database) -> None:
    async with database.writing() as session:
        session.add_all([initiative(rated_importance=8.0), initiative(stage=Stage.DONE, rated_importance=2.0)])
    async with database.writing() as session:
        session.add(profile(importance=1.0, urgency=0.0, maturity=0.0, effort_benefit=0.0))
        late = initiative(rated_importance=3.0)
        session.add(late)
        await standings.rebuild(session)

    async with database.reading() as session:
        assert (await session.scalars(select(Initiative.points).order_by(Initiative.id))).all() == [800, 200, 300]
        assert await counts(session) == {800: 1, 300: 1}


async def test_rows_written_behind_the_session_are_counted_by_a_rebuild(database: Database) -> None:
    row = {"title": "Refill water", "stage": Stage.READY, "stage_since": history.now(), "created_at": history.now()}
    async with database.writing() as session:
        await session.execute(insert(INITIATIVE), [{**row, "created_by": "Kim", "rated_urgency": 10.0}] * 3)
        await standings.rebuild(session)

    async with database.reading() as session:
        assert await counts(session) == {625: 3}
        assert len((await session.scalars(select(PastPoints))).all()) == 3


async def test_the_first_change_of_a_day_keeps_the_day_before(database: Database) -> None:
    monday = dt.datetime(2026, 11, 16, 9, tzinfo=dt.UTC)
    with time_machine.travel(monday, tick=False):
        async with database.writing() as session:
            session.add_all([initiative(), initiative()])
    with time_machine.travel(monday + dt.timedelta(days=3), tick=False):
        for rated in (8.0, 10.0):
            async with database.writing() as session:
                (await session.get_one(Initiative, 2)).rated_importance = rated

    async with database.reading() as session:
        days = (await session.scalars(select(PastStanding).order_by(PastStanding.day))).all()
        assert [(each.day.isoformat(), each.counts) for each in days] == [
            ("2026-11-15", {}),
            ("2026-11-18", {"500": 2}),
        ]
        kept = (await session.scalars(select(PastPoints).order_by(PastPoints.initiative_id, PastPoints.day))).all()
        assert [(each.initiative_id, each.day.isoformat(), each.points) for each in kept] == [
            (1, "2026-11-16", 500),
            (2, "2026-11-16", 500),
            (2, "2026-11-19", 675),
        ]


CRITERION = st.none() | st.floats(0, 10) | st.integers(0, 100).map(lambda tenths: tenths / 10)
COLUMNS = (
    "rated_importance",
    "suggested_importance",
    "rated_urgency",
    "suggested_urgency",
    "rated_maturity",
    "suggested_maturity",
    "rated_effort_benefit",
)
CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["add", "change", "move", "delete", "flush", "commit", "rebuild"]),
        st.integers(0, 9),
        st.sampled_from(COLUMNS),
        CRITERION,
        st.sampled_from(list(Stage)),
    ),
    max_size=25,
)


async def change(session: Any, known: list[Initiative], step: tuple[Any, ...]) -> None:
    kind, which, column, value, stage = step
    if kind == "add":
        known.append(initiative(stage=stage, **{column: value}))
        session.add(known[-1])
    elif kind == "rebuild":
        await standings.rebuild(session)
    elif kind == "flush" or not known:
        await session.flush()
    elif kind == "delete":
        await session.flush()
        await session.delete(known.pop(which % len(known)))
    elif kind == "move":
        known[which % len(known)].stage = stage
    else:
        setattr(known[which % len(known)], column, value)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES)
def test_counts_kept_along_the_way_equal_a_rebuild(sqlite_files: SQLiteFiles, changes: list[tuple[Any, ...]]) -> None:
    async def walk() -> None:
        with sqlite_files.new() as url:
            async with opened(url) as database:
                known: list[Initiative] = []
                pending = list(changes)
                while pending:
                    async with database.writing() as session:
                        known = [await session.merge(each, load=True) for each in known]
                        while pending and (step := pending.pop(0))[0] != "commit":
                            await change(session, known, step)
                async with database.writing() as session:
                    kept, real = await counts(session), await counted(session)
                    await standings.rebuild(session)
                    assert kept == real == await counts(session)
                    rows = (await session.scalars(select(Initiative).execution_options(populate_existing=True))).all()
                    assert [row.points for row in rows] == [scoring.points(effective(row), Weights()) for row in rows]
                    assert [row.is_ranked for row in rows] == [row.stage in RANKED for row in rows]

    asyncio.run(walk())


def effective(row: Initiative) -> dict[str, float | None]:
    def first(*values: float | None) -> float | None:
        return next((value for value in values if value is not None), None)

    return {
        "importance": first(row.rated_importance, row.suggested_importance),
        "urgency": first(row.rated_urgency, row.suggested_urgency),
        "maturity": first(row.rated_maturity, row.suggested_maturity),
        "effort_benefit": row.rated_effort_benefit,
    }


async def test_the_database_computes_the_same_points_to_the_last_hundredth(database: Database) -> None:
    tenths = [number / 10 for number in range(101)]
    rows = [
        {
            "rated_importance": tenths[index * 7 % 101],
            "suggested_urgency": tenths[index * 13 % 101] if index % 5 else None,
            "rated_maturity": index % 997 / 99.7,
            "rated_effort_benefit": (index * 31 % 1001) / 100,
        }
        for index in range(5000)
    ]
    fixed = {"title": "x", "stage": Stage.READY, "stage_since": history.now(), "created_at": history.now()}
    weights = (Weights(), Weights.normalised(1, 1, 1, 0), Weights.normalised(20, 15, 20, 45), Weights(0.5, 0.5, 0, 0))
    async with database.writing() as session:
        await session.execute(insert(INITIATIVE), [{**fixed, "created_by": "Kim", **row} for row in rows])
        for each in weights:
            computed = (await session.scalars(select(sql_points(each)).order_by(Initiative.id))).all()
            expected = [
                scoring.points(
                    {
                        "importance": row["rated_importance"],
                        "urgency": row["suggested_urgency"],
                        "maturity": row["rated_maturity"],
                        "effort_benefit": row["rated_effort_benefit"],
                    },
                    each,
                )
                for row in rows
            ]
            assert computed == expected


async def test_eight_people_at_once_leave_the_counts_right(database: Database) -> None:
    async with database.writing() as session:
        session.add_all([initiative(f"Step {number}") for number in range(40)])

    async def rate(person: int) -> None:
        for turn in range(10):
            async with database.writing() as session:
                ids = sorted({(person * 5 + turn * 3) % 40 + 1, (person + turn * 7) % 40 + 1})
                for number, key in enumerate(ids):
                    found = await session.get_one(Initiative, key, with_for_update=True)
                    found.rated_importance = float((person * 3 + turn * 7 + number) % 11)
                    found.stage = list(Stage)[(person + turn) % len(Stage)]

    await asyncio.gather(*(rate(person) for person in range(8)))

    async with database.reading() as session:
        assert await counts(session) == await counted(session)


async def test_people_who_rate_while_the_weights_change_get_points_by_the_new_ones(
    postgresql_database: Database,
) -> None:
    database = postgresql_database
    async with database.writing() as session:
        session.add_all([initiative(rated_importance=10.0) for _ in range(20)])

    async def rate(person: int) -> None:
        for turn in range(6):
            async with database.writing() as session:
                found = await session.get_one(Initiative, person * 4 + turn % 4 + 1)
                found.rated_urgency = float((person + turn) % 11)

    async def agree() -> None:
        async with database.writing() as session:
            session.add(profile(importance=0.1, urgency=0.9, maturity=0.0, effort_benefit=0.0))
            await standings.rebuild(session)

    await asyncio.gather(*(rate(person) for person in range(5)), agree())

    async with database.writing() as session:
        kept = await counts(session)
        await standings.rebuild(session)
        assert kept == await counts(session)
