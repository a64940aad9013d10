"""Urgency over time in the database: the peak is what people and data say, the day's share of it counts."""

import asyncio
import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from backlog import history, scoring
from backlog.database import Database
from backlog.errors import Invalid
from backlog.initiatives import initiatives, ratings
from backlog.initiatives.criteria import Criterion, criteria_of
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage
from backlog.ranking.counts import PastPoints
from backlog.ranking.expressions import known
from backlog.ranking.expressions import points as sql_points
from backlog.scoring import Weights
from backlog.simulation import estimates
from backlog.simulation.questions import likely
from backlog.urgency import urgency_profiles
from backlog.urgency.urgency import Profile, Seasonal
from backlog.urgency.urgency_records import to_builtins
from backlog.urgency.urgency_words import described, heading
from tests.databases import SQLiteFiles, opened
from tests.initiatives.field import airport, bags
from tests.urgency.test_urgency import DAYS, PROFILES

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
OPENING = {"kind": "deadline", "day": "2027-03-02", "rises": 100, "before": 2}
"""Rises from today, 22 November, on: a hundred days before the second of March."""


def later(days: int) -> dt.datetime:
    return NOON + dt.timedelta(days=days)


async def test_of_the_peak_the_day_s_share_counts(database: Database) -> None:
    with time_machine.travel(NOON, tick=False):
        async with database.writing() as session:
            field = await airport(session)
            initiative = await bags(session, field)
            await ratings.rate(session, initiative, {"urgency": (8, 8, 8)}, by=field.katharina)
            before = initiative.points

            urgency_profiles.put(session, initiative, OPENING, by=field.jan)
            await session.flush()

            assert initiative.urgency_share == 0.2
            assert initiative.rated_urgency == 8
            assert criteria_of(initiative)["urgency"] == Criterion(1.6, "rated")
            assert initiative.points == before - 25 * 8 + 25 * 1.6
            assert initiative.version == 3


async def test_each_morning_urgency_points_and_past_points_follow(database: Database) -> None:
    with time_machine.travel(NOON, tick=False):
        async with database.writing() as session:
            field = await airport(session)
            initiative = await bags(session, field)
            other = await initiatives.propose(session, title="Quieter gates", by=field.jan)
            urgency_profiles.put(session, initiative, OPENING, by=field.jan)
        version, touched, at_first = initiative.version, initiative.touched_at, other.points
    shown = []
    for day in (0, 1, 50, 100, 200):
        with time_machine.travel(later(day), tick=False):
            async with database.writing() as session:
                differing = await urgency_profiles.refresh(session)
                found = await initiatives.by_key(session, initiative.key)
                shown.append((differing, found.urgency_share, found.points))
    async with database.reading() as session:
        kept = select(PastPoints.day, PastPoints.points).where(PastPoints.initiative_id == initiative.id)
        past = (await session.execute(kept.order_by(PastPoints.day))).all()
        found = await initiatives.by_key(session, initiative.key)
        quiet = await initiatives.by_key(session, other.key)

    assert [each[:2] for each in shown] == [(0, 0.2), (1, 0.208), (1, 0.6), (1, 1.0), (0, 1.0)]
    assert [points for _, points in past] == sorted({points for *_, points in shown})
    assert (found.version, found.touched_at) == (version, touched)
    assert quiet.points == at_first


async def test_constant_is_the_same_as_no_profile(database: Database) -> None:
    with time_machine.travel(NOON, tick=False):
        async with database.writing() as session:
            field = await airport(session)
            initiative = await bags(session, field)
            before = initiative.points

            assert not urgency_profiles.put(session, initiative, {"kind": "constant"}, by=field.jan)
            assert urgency_profiles.put(session, initiative, OPENING, by=field.jan)
            assert not urgency_profiles.put(session, initiative, OPENING, by=field.jan)
            await session.flush()
            assert initiative.points < before
            assert urgency_profiles.put(session, initiative, {"kind": "constant"}, by=field.jan)
            assert not urgency_profiles.clear(session, initiative, by=field.jan)
            await session.flush()

            assert (initiative.urgency_profile, initiative.urgency_share) == (None, None)
            assert initiative.points == before
            events = list(await session.scalars(history.of("initiative", initiative.id)))
        full = {**OPENING, "before": 2.0, "at": 10.0, "afterwards": "stays"}
        changes = [each.changes["urgency_profile"] for each in events if each.verb == urgency_profiles.CHANGED]
        assert changes == [[full, None], [None, full]]


async def test_a_peak_that_nobody_knows_counts_as_five(database: Database) -> None:
    with time_machine.travel(NOON, tick=False):
        async with database.writing() as session:
            field = await airport(session)
            wish = await initiatives.propose(session, title="Quieter gates", by=field.jan)
            urgency_profiles.put(session, wish, OPENING, by=field.jan)
            await session.flush()

            assert criteria_of(wish)["urgency"] == Criterion(1.0, "profile")
            known_now = (await estimates.of_ranked(session))[wish.id]
            assert known_now["urgency"] == [(0.0, 1.0, 2.0)]
            assert wish.points == scoring.points(likely(known_now), Weights())


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"kind": "soon"}, "kind"),
        ({**OPENING, "day": "1 March"}, "day"),
        ({**OPENING, "rises": -1}, "rises"),
        ({**OPENING, "before": 11}, "before"),
        ({"kind": "decaying", "day": "2027-03-01"}, "half_life"),
        ({"kind": "seasonal", "start": "02-30", "end": "03-01", "inside": 10}, "start"),
        ({"kind": "seasonal", "start": "02-01", "end": "03-01", "inside": 0}, "inside"),
        ({"kind": "seasonal", "start": "02-01", "end": "03-01", "inside": 3, "outside": 10}, "inside"),
    ],
)
def test_what_no_urgency_can_be_is_refused_by_field(record: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        urgency_profiles.read(record)

    assert field in refused.value.fields


RATED = st.none() | st.integers(0, 1000).map(lambda hundredths: hundredths / 100)
CASES = st.lists(st.tuples(RATED, RATED, st.none() | PROFILES), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cases=CASES, day=DAYS)
def test_the_database_knows_the_same_urgency_and_points_on_every_day(
    sqlite_files: SQLiteFiles, cases: list[tuple[float | None, float | None, Profile | None]], day: dt.date
) -> None:
    async def compare() -> None:
        with sqlite_files.new() as url:
            async with opened(url) as database, database.writing() as session:
                session.add_all(initiative(*case) for case in cases)
                await session.flush()
                await urgency_profiles.refresh(session)
                rows = select(Initiative, known(Initiative)["urgency"], sql_points(Weights()))
                for found, urgency, points in (await session.execute(rows)).all():
                    values = {name: each.value for name, each in criteria_of(found).items()}
                    assert urgency == values["urgency"]
                    assert points == found.points == scoring.points(values, Weights())
                    if found.urgency_profile is None:
                        peak = found.suggested_urgency if found.rated_urgency is None else found.rated_urgency
                        assert values["urgency"] == peak

    with time_machine.travel(dt.datetime.combine(day, dt.time(12), dt.UTC), tick=False):
        asyncio.run(compare())


def initiative(rated: float | None, suggested: float | None, profile: Profile | None) -> Initiative:
    return Initiative(
        title="Shuttle",
        stage=Stage.SCORING,
        stage_since=history.now(),
        created_at=history.now(),
        created_by="Kim",
        rated_urgency=rated,
        suggested_urgency=suggested,
        urgency_profile=None if profile is None else to_builtins(profile),
    )


async def test_the_simulation_asks_raters_about_the_peak_too(database: Database) -> None:
    with time_machine.travel(NOON, tick=False):
        async with database.writing() as session:
            field = await airport(session)
            initiative = await bags(session, field)
            untouched = (await estimates.of_ranked(session))[initiative.id]
            await ratings.rate(session, initiative, {"urgency": (5, 8, 10)}, by=field.katharina)
            await ratings.rate(session, initiative, {"urgency": (1, 2, 3)}, by=field.jan)
            urgency_profiles.put(session, initiative, {**OPENING, "before": 5}, by=field.jan)
            await session.flush()

            found = (await estimates.of_ranked(session))[initiative.id]

            assert found["urgency"] == [(2.5, 4.0, 5.0), (0.5, 1.0, 1.5)]
            assert {name: each for name, each in found.items() if name != "urgency"} == {
                name: each for name, each in untouched.items() if name != "urgency"
            }
            assert initiative.points == scoring.points(likely(found), Weights())


@given(PROFILES, DAYS)
def test_a_curve_drawn_from_its_corners_is_the_whole_curve(profile: Profile, day: dt.date) -> None:
    last = day + dt.timedelta(days=120)
    drawn = urgency_profiles.curve(profile, day, last)

    assert (drawn[0][0], drawn[-1][0]) == (day, last)
    for (start, share), (end, following) in pairwise(drawn):
        for each in range((end - start).days):
            assert urgency_profiles.share_on(profile, start + dt.timedelta(days=each)) == share
        if (end - start).days > 1:
            assert following == share


@given(PROFILES, DAYS)
def test_every_profile_can_be_told(profile: Profile, day: dt.date) -> None:
    assert str(described(profile))
    words = heading(profile, day)
    assert words is None or str(words)


def test_a_season_over_new_year_is_told_with_its_end() -> None:
    ski = urgency_profiles.read({"kind": "seasonal", "start": "12-01", "end": "03-15", "inside": 10, "lead_in": 30})
    assert isinstance(ski, Seasonal)

    days = (dt.date(2027, 1, 10), dt.date(2027, 7, 1), dt.date(2027, 11, 10))
    winter, summer, autumn = (heading(ski, day) for day in days)

    assert winter
    assert winter.message == "in season until %(day)s"
    assert winter.params["day"].day == dt.date(2000, 3, 15)
    assert summer
    assert summer.message == "out of season until %(day)s"
    assert autumn
    assert autumn.message == "rises until %(day)s"
