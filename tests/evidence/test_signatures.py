"""Signature touchpoints: few, each with a reason, and never more than the cap."""

import asyncio
import datetime as dt

import pytest
from sqlalchemy import func, select

from backlog import history, settings
from backlog.database import Database
from backlog.errors import Conflict, Invalid
from backlog.evidence import signatures
from backlog.evidence.signatures import AllTaken, Signature
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import WAYMARK, Actor, Event
from tests.evidence.tallies import a_touchpoint

OWNER = Actor("Product owner")
NEXT_YEAR = history.now().date() + dt.timedelta(days=365)


async def nominated(database: Database, touchpoint: Touchpoint, giving_up: int | None = None) -> None:
    async with database.writing() as session:
        await signatures.nominate(
            session, touchpoint, reason="Only here", review_on=NEXT_YEAR, by=OWNER, giving_up=giving_up
        )


async def touchpoints(database: Database, number: int) -> list[Touchpoint]:
    async with database.writing() as session:
        return [await a_touchpoint(session, f"Gate {place}") for place in range(number)]


async def test_a_nomination_says_why_and_when_to_look_again(database: Database) -> None:
    gate = (await touchpoints(database, 1))[0]

    await nominated(database, gate)

    async with database.reading() as session:
        (signature,) = await signatures.taken(session)
        event = await session.scalar(history.of("touchpoint", gate.id))
    assert (signature.touchpoint_id, signature.reason, signature.review_on) == (gate.id, "Only here", NEXT_YEAR)
    assert signature.nominated_by == "Product owner"
    assert event is not None
    assert event.verb == "nominated as signature"


@pytest.mark.parametrize(
    ("reason", "review_on", "field"),
    [
        ("  ", NEXT_YEAR, "reason"),
        ("x" * 2001, NEXT_YEAR, "reason"),
        ("Only here", history.now().date(), "review_on"),
        ("Only here", None, "review_on"),
    ],
)
async def test_a_nomination_needs_a_reason_and_a_day_to_come(
    database: Database, reason: str, review_on: dt.date | None, field: str
) -> None:
    gate = (await touchpoints(database, 1))[0]

    with pytest.raises(Invalid) as refused:
        async with database.writing() as session:
            await signatures.nominate(session, gate, reason=reason, review_on=review_on, by=OWNER)

    assert refused.value.fields.keys() == {field}


async def test_when_all_places_are_taken_they_are_named(database: Database) -> None:
    gates = await touchpoints(database, 6)
    for gate in gates[:5]:
        await nominated(database, gate)

    with pytest.raises(AllTaken) as refused:
        await nominated(database, gates[5])

    assert [each.name for each in refused.value.taken] == [gate.name for gate in gates[:5]]


async def test_giving_one_up_makes_room_in_the_same_step(database: Database) -> None:
    gates = await touchpoints(database, 6)
    for gate in gates[:5]:
        await nominated(database, gate)

    await nominated(database, gates[5], giving_up=gates[2].id)

    async with database.reading() as session:
        held = {each.touchpoint_id for each in await signatures.taken(session)}
        verbs = [event.verb for event in await session.scalars(select(Event).where(Event.subject_id == gates[2].id))]
    assert held == {gate.id for gate in gates} - {gates[2].id}
    assert "gave up as signature" in verbs


async def test_a_refused_nomination_gives_nothing_up(database: Database) -> None:
    gates = await touchpoints(database, 2)
    await nominated(database, gates[0])

    with pytest.raises(Conflict):
        await nominated(database, gates[0], giving_up=None)
    with pytest.raises(Invalid):
        async with database.writing() as session:
            await signatures.nominate(
                session, gates[1], reason="", review_on=NEXT_YEAR, by=OWNER, giving_up=gates[0].id
            )

    async with database.reading() as session:
        assert [each.touchpoint_id for each in await signatures.taken(session)] == [gates[0].id]


async def test_what_is_not_signature_cannot_be_given_up(database: Database) -> None:
    gate = (await touchpoints(database, 1))[0]

    with pytest.raises(Conflict):
        async with database.writing() as session:
            await signatures.give_up(session, gate, by=OWNER)


async def test_never_more_than_the_cap_when_many_nominate_at_once(database: Database) -> None:
    gates = await touchpoints(database, 8)
    async with database.writing() as session:
        await settings.save(session, {"signature_cap": 3}, by=WAYMARK)

    answers = await asyncio.gather(*(nominated(database, gate) for gate in gates), return_exceptions=True)

    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Signature)) == 3
    assert sum(isinstance(answer, AllTaken) for answer in answers) == 5
    assert sum(answer is None for answer in answers) == 3


async def test_never_more_than_the_cap_when_many_give_the_same_one_up(database: Database) -> None:
    gates = await touchpoints(database, 6)
    async with database.writing() as session:
        await settings.save(session, {"signature_cap": 2}, by=WAYMARK)
    for gate in gates[:2]:
        await nominated(database, gate)

    await asyncio.gather(*(nominated(database, gate, gates[0].id) for gate in gates[2:]), return_exceptions=True)

    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Signature)) == 2


async def given_up_for(database: Database, other: Touchpoint, nominated_at: dt.datetime) -> list[Touchpoint]:
    """Five with a place, of which the first, nominated long ago, is given up for ``other``."""
    held = await touchpoints(database, 5)
    for gate in held:
        with history.at(nominated_at):
            await nominated(database, gate)
    await nominated(database, other, giving_up=held[0].id)
    return held


async def test_a_touchpoint_given_up_for_another_comes_back_exactly_as_it_was(database: Database) -> None:
    long_ago = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)
    async with database.writing() as session:
        areas = await a_touchpoint(session, "Boarding areas")
    train = (await given_up_for(database, areas, long_ago))[0]
    later = Actor("Somebody else")

    async with database.writing() as session:
        await signatures.restore(session, train, instead_of=areas.id, by=later)

    async with database.reading() as session:
        back = await session.get_one(Signature, train.id)
        assert await session.get(Signature, areas.id) is None
        verbs = [event.verb for event in await session.scalars(history.of("touchpoint", train.id))]
    assert (back.slot, back.reason, back.review_on, back.nominated_by) == (1, "Only here", NEXT_YEAR, OWNER.name)
    assert back.nominated_at == long_ago
    assert verbs[0] == "restored as signature"


async def test_a_touchpoint_does_not_come_back_to_a_place_that_somebody_took_meanwhile(database: Database) -> None:
    async with database.writing() as session:
        areas, kerb = [await a_touchpoint(session, name) for name in ("Boarding areas", "Kerb")]
    train = (await given_up_for(database, areas, history.now()))[0]
    await nominated(database, kerb, giving_up=areas.id)

    with pytest.raises(Conflict, match="cannot come back"):
        async with database.writing() as session:
            await signatures.restore(session, train, instead_of=areas.id, by=OWNER)

    async with database.reading() as session:
        assert kerb.id in {known.touchpoint_id for known in await signatures.taken(session)}


async def test_what_never_was_a_signature_touchpoint_does_not_come_back(database: Database) -> None:
    (gate,) = await touchpoints(database, 1)

    with pytest.raises(Conflict, match="Nothing is known"):
        async with database.writing() as session:
            await signatures.restore(session, gate, by=OWNER)
