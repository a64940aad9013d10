"""Human positions: who may stand where, until when, and what ends them. Scores and ranks know nothing of it."""

import asyncio
import datetime as dt
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from backlog import history
from backlog.database import Database
from backlog.errors import Conflict, Invalid
from backlog.history import Actor, Event
from backlog.initiatives import initiatives, moves, staleness
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage, Verb
from backlog.ranking import overrides
from backlog.ranking.overrides import Override, PositionTaken
from backlog.simulation import runs
from tests.ranking import backlogs
from tests.ranking.backlogs import initiative
from web.work import a_new_day

ANA = Actor("Ana")
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
MARCH = dt.date(2027, 3, 1)
TITLES = ("Shorter queues", "Clear signs", "Quiet gates", "Warm blankets")


@pytest.fixture(autouse=True)
def _on_a_sunday_in_november() -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


async def backlog(database: Database, *stages: Stage) -> None:
    """CX-1 to CX-4 in rank order."""
    async with database.writing() as session:
        for number, title in enumerate(TITLES):
            stage = stages[number] if number < len(stages) else Stage.READY
            session.add(initiative(title, stage, rated_importance=9.0 - number))


async def put(database: Database, key: int, position: float | None, **values: Any) -> bool:
    given: dict[str, Any] = {"reason": "The board has promised it.", "until": MARCH, "by": ANA} | values
    async with database.writing() as session:
        found = await initiatives.by_key(session, key, for_change=True)
        return await overrides.put(session, found, position=position, **given)


async def positions(database: Database) -> dict[int, int]:
    async with database.reading() as session:
        return {each.initiative_id: each.position for each in await overrides.in_force(session)}


async def told(database: Database, key: int) -> list[tuple[str, str]]:
    """Who did what about positions."""
    verbs = (overrides.PUT, overrides.LET_GO, overrides.ENDED)
    async with database.reading() as session:
        events = await session.scalars(history.of("initiative", key, verbs=verbs))
        return [(each.actor, each.verb) for each in events][::-1]


async def test_a_position_says_who_put_it_there_why_and_until_when(database: Database) -> None:
    await backlog(database)

    assert await put(database, 3, 1)

    async with database.reading() as session:
        [held] = await overrides.in_force(session)
        event = await session.scalar(select(Event).where(Event.verb == overrides.PUT))
    assert (held.key, held.title, held.position, held.rank) == ("CX-3", "Quiet gates", 1, 3)
    assert (held.reason, held.until, held.put_by) == ("The board has promised it.", MARCH, "Ana")
    assert event
    assert event.actor == "Ana"
    expected = {"position": [None, 1], "reason": "The board has promised it.", "until": "2027-03-01"}
    assert event.changes == expected


async def test_points_ranks_and_simulations_know_nothing_of_it(database: Database) -> None:
    await backlog(database)
    async with database.reading() as session:
        before = [(row.id, row.points, row.rank) for row in (await backlogs.page(session)).rows]
        simulated = await runs.simulation_now(session)

    await put(database, 3, 1)

    async with database.reading() as session:
        assert [(row.id, row.points, row.rank) for row in (await backlogs.page(session)).rows] == before
        assert await runs.simulation_now(session) == simulated


@pytest.mark.parametrize("position", [None, 0, -1, 1.5, 5, 10**9, 1e30])
async def test_a_position_is_one_of_the_list(sqlite_database: Database, position: float | None) -> None:
    await backlog(sqlite_database)

    with pytest.raises(Invalid) as refused:
        await put(sqlite_database, 3, position)

    assert str(refused.value.fields["position"]) == ("Enter a whole number from 1 to 4, the last position of the list.")
    assert await positions(sqlite_database) == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason", " \n"),
        ("reason", "b" * 10_000),
        ("reason", "nul \0"),
        ("until", None),
        ("until", NOON.date()),
        ("until", dt.date(2026, 11, 1)),
        ("until", dt.date(2027, 11, 24)),
        ("until", dt.date.max),
    ],
)
async def test_reason_and_day_are_needed_and_have_their_bounds(
    sqlite_database: Database, field: str, value: Any
) -> None:
    await backlog(sqlite_database)

    with pytest.raises(Invalid) as refused:
        await put(sqlite_database, 3, 1, **{field: value})

    assert set(refused.value.fields) == {field}


async def test_everything_wrong_is_named_at_once(sqlite_database: Database) -> None:
    await backlog(sqlite_database)

    with pytest.raises(Invalid) as refused:
        await put(sqlite_database, 3, None, reason="", until=None)

    assert set(refused.value.fields) == {"position", "reason", "until"}


async def test_a_taken_position_is_refused_and_says_who_holds_it(database: Database) -> None:
    await backlog(database)
    await put(database, 3, 1)

    with pytest.raises(PositionTaken) as refused:
        await put(database, 4, 1)

    assert str(refused.value) == (
        "Position 1 is taken: Ana put CX-3 “Quiet gates” there. Choose another position, or let go of that one first."
    )
    assert refused.value.holder == "CX-3"
    assert await positions(database) == {3: 1}


async def test_of_two_who_want_the_same_position_at_once_one_gets_it(database: Database) -> None:
    await backlog(database)

    answers = await asyncio.gather(*[put(database, key, 1) for key in (1, 2, 3, 4)], return_exceptions=True)

    assert sorted(each.__class__.__name__ for each in answers) == ["PositionTaken"] * 3 + ["bool"]
    assert list((await positions(database)).values()) == [1]


async def test_two_who_want_each_others_position_are_both_refused_and_nothing_hangs(database: Database) -> None:
    await backlog(database)
    await put(database, 1, 3)
    await put(database, 2, 4)

    answers = await asyncio.gather(put(database, 1, 4), put(database, 2, 3), return_exceptions=True)

    assert list(map(type, answers)) == [PositionTaken, PositionTaken]
    assert await positions(database) == {1: 3, 2: 4}


async def test_it_is_moved_renewed_and_let_go_and_the_same_again_is_nothing(database: Database) -> None:
    await backlog(database)
    await put(database, 3, 1)
    assert not await put(database, 3, 1)
    assert await put(database, 3, 2)
    assert await put(database, 3, 2, until=dt.date(2027, 4, 1), reason="Not done yet.")

    async with database.writing() as session:
        found = await initiatives.by_key(session, 3)
        assert found.version == 4
        await overrides.let_go(session, found, by=ANA)
        assert found.version == 5

    assert await positions(database) == {}
    assert await told(database, 3) == [("Ana", overrides.PUT)] * 3 + [("Ana", overrides.LET_GO)]
    async with database.writing() as session:
        with pytest.raises(Conflict, match="Nobody has put this"):
            await overrides.let_go(session, await initiatives.by_key(session, 3), by=ANA)


async def test_it_ends_by_itself_after_its_last_day(database: Database) -> None:
    await backlog(database)
    await put(database, 3, 1, until=dt.date(2026, 12, 1))

    with time_machine.travel(dt.datetime(2026, 12, 1, 23, 59, tzinfo=dt.UTC), tick=False):
        await a_new_day(database)
        assert await positions(database) == {3: 1}
    with time_machine.travel(dt.datetime(2026, 12, 2, 0, 1, tzinfo=dt.UTC), tick=False):
        assert await positions(database) == {}
        await a_new_day(database)

    assert await told(database, 3) == [("Ana", overrides.PUT), ("Waymark", overrides.ENDED)]
    async with database.reading() as session:
        assert (await session.get_one(Initiative, 3)).version == 2


async def test_what_is_over_is_in_nobodys_way_though_the_day_has_not_been_worked_on(database: Database) -> None:
    await backlog(database)
    await put(database, 3, 1)

    with time_machine.travel(dt.datetime(2027, 3, 2, 0, 0, tzinfo=dt.UTC), tick=False):
        await put(database, 4, 1, until=dt.date(2027, 4, 1))
        assert await positions(database) == {4: 1}


async def test_where_two_end_it_at_once_the_history_tells_it_once(database: Database) -> None:
    await backlog(database)
    await put(database, 3, 1, until=NOON.date() + dt.timedelta(days=1))

    async def after_another() -> int:
        async with database.writing() as session:
            return await overrides.expire(session)

    with time_machine.travel(NOON + dt.timedelta(days=2), tick=False):
        async with database.writing() as session:
            assert await overrides.expire(session) == 1
            other = asyncio.create_task(after_another())
            await asyncio.sleep(0.3)
        assert await other == 0

    assert await told(database, 3) == [("Ana", overrides.PUT), ("Waymark", overrides.ENDED)]


async def test_a_week_before_its_end_it_warns(sqlite_database: Database) -> None:
    await backlog(sqlite_database)
    await put(sqlite_database, 3, 1)
    async with sqlite_database.reading() as session:
        held = await overrides.of(session, 3)
    assert held

    told = []
    for day in (dt.date(2027, 2, 21), dt.date(2027, 2, 22), dt.date(2027, 3, 1)):
        with time_machine.travel(dt.datetime.combine(day, dt.time(), dt.UTC), tick=False):
            told.append((held.days_left, held.ends_soon))

    assert told == [(8, False), (7, True), (0, True)]


@pytest.mark.parametrize(
    ("stage", "verb"), [(Stage.MEASURING, Verb.FINISH), (Stage.READY, Verb.PARK), (Stage.READY, Verb.DROP)]
)
async def test_who_is_done_parked_or_dropped_leaves_its_position(database: Database, stage: Stage, verb: Verb) -> None:
    await backlog(database, Stage.READY, Stage.READY, stage)
    await put(database, 3, 1)
    await put(database, 4, 2)

    async with database.writing() as session:
        found = await initiatives.by_key(session, 3)
        await moves.move(session, found, verb, reason="Enough.", by=ANA)

    assert await positions(database) == {4: 2}
    assert await told(database, 3) == [("Ana", overrides.PUT), ("Waymark", overrides.ENDED)]
    async with database.reading() as session:
        assert list(await session.scalars(select(Override.initiative_id))) == [4]
    with pytest.raises(Conflict, match="Only what is ranked"):
        await put(database, 3, 1)


async def test_a_step_ahead_keeps_it(sqlite_database: Database) -> None:
    await backlog(sqlite_database)
    await put(sqlite_database, 3, 1)

    async with sqlite_database.writing() as session:
        await moves.move(session, await initiatives.by_key(session, 3), Verb.START_DELIVERY, by=ANA)

    assert await positions(sqlite_database) == {3: 1}


async def test_what_is_parked_for_being_stale_leaves_its_position(sqlite_database: Database) -> None:
    await backlog(sqlite_database)
    await put(sqlite_database, 3, 1, until=dt.date(2027, 11, 1))

    with time_machine.travel(dt.datetime(2027, 10, 1, tzinfo=dt.UTC), tick=False):
        async with sqlite_database.writing() as session:
            assert await staleness.park(session) == 4
        assert await positions(sqlite_database) == {}


async def test_the_only_one_can_stand_first(sqlite_database: Database) -> None:
    async with sqlite_database.writing() as session:
        session.add(initiative())

    assert await put(sqlite_database, 1, 1)
    with pytest.raises(Invalid, match="look"):
        await put(sqlite_database, 1, 2)
