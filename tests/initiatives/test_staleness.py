"""Initiatives nobody cares for: marked, then parked by Waymark, and woken with everything they had."""

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest
import time_machine
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, settings
from backlog.database import Database
from backlog.history import WAYMARK
from backlog.initiatives import comments, evidence, initiatives, moves, ratings, staleness, suggestions
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage, Verb
from backlog.urgency import urgency_profiles
from tests.initiatives.field import Airport, airport, bags

SPRING = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def weeks(number: float) -> dt.datetime:
    return SPRING + dt.timedelta(weeks=number)


async def proposed(database: Database) -> tuple[Airport, str]:
    with time_machine.travel(SPRING, tick=False):
        async with database.writing() as session:
            field = await airport(session)
            initiative = await bags(session, field)
            await ratings.rate(session, initiative, {"urgency": (7, 8, 9)}, by=field.katharina)
            return field, initiative.key


async def at(database: Database, number: float, key: str) -> tuple[bool, Initiative]:
    """Whether it is stale so many weeks later, and how it is after the work of that morning."""
    with time_machine.travel(weeks(number), tick=False):
        async with database.writing() as session:
            found = await initiatives.by_key(session, key)
            before = staleness.since(await settings.load(session))
            is_stale = staleness.is_stale(found.stage, found.touched_at, before)
            await staleness.park(session)
            return is_stale, found


async def test_after_twelve_weeks_it_is_stale_and_two_weeks_later_parked(database: Database) -> None:
    _, key = await proposed(database)

    seen = [(each, *await at(database, each, key)) for each in (11.9, 12.1, 13.9, 14.1)]

    assert [(number, is_stale, found.stage) for number, is_stale, found in seen] == [
        (11.9, False, Stage.PROPOSED),
        (12.1, True, Stage.PROPOSED),
        (13.9, True, Stage.PROPOSED),
        (14.1, True, Stage.PARKED),
    ]
    parked = seen[-1][2]
    assert (parked.stage_reason, parked.is_ranked) == (staleness.REASON, False)
    async with database.reading() as session:
        last = (await session.scalars(history.of("initiative", parked.id, limit=1))).one()
    assert (last.actor, last.changes["verb"], last.changes["reason"]) == (WAYMARK.name, Verb.PARK, staleness.REASON)


async def test_waking_keeps_everything_and_starts_the_clock_anew(database: Database) -> None:
    field, key = await proposed(database)
    _, parked = await at(database, 15, key)
    assert parked.stage is Stage.PARKED

    with time_machine.travel(weeks(30), tick=False):
        async with database.writing() as session:
            found = await initiatives.by_key(session, key)
            await moves.move(session, found, Verb.WAKE, by=field.jan)
    _, fresh = await at(database, 30.1, key)

    assert (fresh.stage, fresh.rated_urgency, fresh.touched_at) == (Stage.PROPOSED, 8, weeks(30))
    async with database.reading() as session:
        assert len(list(await session.scalars(ratings.of(fresh.id)))) == 1
        assert list(await session.scalars(evidence.touchpoint_ids(fresh.id))) == [field.reclaim]
    assert (await at(database, 44.1, key))[1].stage is Stage.PARKED


Deed = Callable[[AsyncSession, Initiative, Airport], Awaitable[object]]


async def comment(session: AsyncSession, initiative: Initiative, field: Airport) -> None:
    await comments.write(session, initiative, "Still worth it.", by=field.jan)


async def rate(session: AsyncSession, initiative: Initiative, field: Airport) -> None:
    await ratings.rate(session, initiative, {"effort": (2, 3, 4)}, by=field.jan)


async def link(session: AsyncSession, initiative: Initiative, field: Airport) -> None:
    await evidence.link_insights(session, initiative, [field.story], by=field.jan)


async def edit(session: AsyncSession, initiative: Initiative, field: Airport) -> None:
    values = {"problem": "Nobody knows."}
    await initiatives.change(session, initiative, values, version=initiative.version, by=field.jan)


async def involve(session: AsyncSession, initiative: Initiative, field: Airport) -> None:
    values: dict[str, object] = {"contributing_ids": []}
    await initiatives.change(session, initiative, values, version=initiative.version, by=field.jan)


async def move(session: AsyncSession, initiative: Initiative, field: Airport) -> None:
    await moves.move(session, initiative, Verb.START_SCORING, by=field.jan)


async def give_it_a_season(session: AsyncSession, initiative: Initiative, field: Airport) -> None:
    record = {"kind": "seasonal", "start": "12-01", "end": "03-15", "inside": 10}
    urgency_profiles.put(session, initiative, record, by=field.jan)


@pytest.mark.parametrize("deed", [comment, rate, link, edit, involve, move, give_it_a_season])
async def test_whatever_people_do_keeps_it_open(sqlite_database: Database, deed: Deed) -> None:
    field, key = await proposed(sqlite_database)
    with time_machine.travel(weeks(10), tick=False):
        async with sqlite_database.writing() as session:
            await deed(session, await initiatives.by_key(session, key), field)

    is_stale, found = await at(sqlite_database, 15, key)

    assert (is_stale, found.touched_at) == (False, weeks(10))
    assert found.stage is not Stage.PARKED


async def test_what_waymark_computes_itself_keeps_nothing_open(sqlite_database: Database) -> None:
    _, key = await proposed(sqlite_database)
    with time_machine.travel(weeks(10), tick=False):
        async with sqlite_database.writing() as session:
            found = await initiatives.by_key(session, key)
            found.suggested_importance = 1.0
            await session.flush()
            await suggestions.refresh(session)

    assert (await at(sqlite_database, 12.1, key))[0]


async def test_what_is_delivered_measured_or_over_is_never_stale(sqlite_database: Database) -> None:
    _, key = await proposed(sqlite_database)
    for stage in (Stage.IN_DELIVERY, Stage.MEASURING, Stage.DONE, Stage.DROPPED):
        with time_machine.travel(SPRING, tick=False):
            async with sqlite_database.writing() as session:
                (await initiatives.by_key(session, key)).stage = stage

        is_stale, found = await at(sqlite_database, 200, key)

        assert (is_stale, found.stage) == (False, stage)


async def test_0_weeks_mean_never(sqlite_database: Database) -> None:
    field, key = await proposed(sqlite_database)
    async with sqlite_database.writing() as session:
        await settings.save(session, {"stale_weeks": 0}, by=field.jan)

    is_stale, found = await at(sqlite_database, 200, key)

    assert (is_stale, found.stage) == (False, Stage.PROPOSED)


async def test_a_comment_makes_nobody_s_form_stale(database: Database) -> None:
    field, key = await proposed(database)
    async with database.writing() as session:
        found = await initiatives.by_key(session, key)
        version = found.version
        await comments.write(session, found, "Still worth it.", by=field.jan)

    async with database.reading() as session:
        assert (await initiatives.by_key(session, key)).version == version


async def test_who_edits_and_who_comments_at_once_are_not_in_each_other_s_way(postgresql_database: Database) -> None:
    """The comment is written between the reading and the writing of the edit."""
    field, key = await proposed(postgresql_database)
    async with postgresql_database.writing() as editing:
        found = await initiatives.by_key(editing, key)
        async with postgresql_database.writing() as commenting:
            await comments.write(commenting, await initiatives.by_key(commenting, key), "Now.", by=field.katharina)
        await initiatives.change(editing, found, {"title": "Bags"}, version=found.version, by=field.jan)

    async with postgresql_database.reading() as session:
        assert (await initiatives.by_key(session, key)).title == "Bags"
