"""Journeys: phases in order, touchpoints in order, and where each touchpoint is listed."""

import asyncio

import pytest
from sqlalchemy import select

from backlog.database import Database
from backlog.errors import Invalid, NotFound, Stale
from backlog.evidence import journeys, touchpoints
from backlog.evidence.arrangement import Arrangement, Part
from backlog.evidence.journeys import Journey, Phase
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import Actor
from backlog.initiatives import walks
from backlog.initiatives.walks import Cell, Leg, Walk
from backlog.register import journey_sheets, sheets

ADA = Actor("Ada")
KERB, QUEUE, GATE = 1, 2, 3
FLYING = Arrangement((Part("Getting there", (KERB,)), Part("Security", (QUEUE, GATE)), Part("Boarding")))


def laid_out(arrangement: Arrangement) -> list[tuple[str, list[int]]]:
    return [(part.name, list(part.touchpoints)) for part in arrangement.parts]


def test_phases_move_to_either_end_and_no_further() -> None:
    assert [part.name for part in FLYING.move(2, -1).parts] == ["Getting there", "Boarding", "Security"]
    assert FLYING.move(0, -1) == FLYING == FLYING.move(2, 1)
    assert [part.name for part in FLYING.move(0, 99).parts] == ["Security", "Boarding", "Getting there"]


def test_a_touchpoint_moves_within_its_phase_and_over_its_edge_into_the_next() -> None:
    assert laid_out(FLYING.shift(1, 0, 1))[1] == ("Security", [GATE, QUEUE])
    assert laid_out(FLYING.shift(1, 0, -1))[:2] == [("Getting there", [KERB, QUEUE]), ("Security", [GATE])]
    assert laid_out(FLYING.shift(1, 1, 1))[1:] == [("Security", [QUEUE]), ("Boarding", [GATE])]
    assert FLYING.shift(0, 0, -1) == FLYING


def test_a_touchpoint_stands_in_a_phase_only_once() -> None:
    with pytest.raises(Invalid, match="need a look"):
        FLYING.place(0, KERB)
    assert laid_out(FLYING.place(0, GATE))[0] == ("Getting there", [KERB, GATE])
    both = FLYING.place(0, QUEUE)
    assert both.shift(1, 0, -1) == both


def test_places_that_are_not_there_are_not_found() -> None:
    with pytest.raises(NotFound):
        FLYING.rename(3, "After")
    with pytest.raises(NotFound):
        FLYING.unplace(2, 0)
    with pytest.raises(NotFound):
        FLYING.move(-1, 1)


@pytest.mark.parametrize("name", ["", " ", "security", "x" * 201, "nul\x00"])
def test_names_of_phases_are_there_short_and_distinct(name: str) -> None:
    with pytest.raises(Invalid) as refused:
        FLYING.add(name).checked()

    assert list(refused.value.fields) == ["phase"]


def test_the_weakest_link_is_not_decided_by_a_handful_of_answers() -> None:
    def cell(number: int, value: float, shrunken: float, n: int) -> Cell:
        return Cell(
            number, f"Touchpoint {number}", touchpoints.Ownership.OWN, touchpoints.Access.PERSONAL, value, shrunken, n,
            is_signature=False, open=0,
        )  # fmt: skip

    walk = Walk((Leg(1, "Security", (cell(1, 2.0, 6.1, 4), cell(2, 4.5, 4.6, 900))), Leg(2, "Boarding", ())))

    assert walk.weakest is not None
    assert walk.weakest.id == 2
    assert (walk.legs[0].n, walk.legs[1].value) == (904, None)


async def airport(database: Database) -> Journey:
    """Three touchpoints and a journey over them; ids as in FLYING."""
    async with database.writing() as session:
        for name in ("Kerb", "Security queue", "Gate"):
            await touchpoints.add(session, {"name": name}, by=ADA)
        return await journeys.add(session, {"name": "Flying out"}, arrangement=FLYING, by=ADA)


async def arranged(database: Database, wanted: Arrangement, version: int | None = 1, journey_id: int = 1) -> None:
    async with database.writing() as session:
        journey = await journeys.get(session, journey_id)
        await journeys.arrange(session, journey, wanted, version=version, by=ADA)


async def known(database: Database, journey_id: int = 1) -> Arrangement:
    async with database.reading() as session:
        return await journeys.arrangement_of(session, journey_id)


async def homes(database: Database) -> dict[str, str | None]:
    """The phase each touchpoint is listed under."""
    async with database.reading() as session:
        rows = await session.execute(
            select(Touchpoint.name, Phase.name).outerjoin(Phase, Phase.id == Touchpoint.phase_id)
        )
        return {name: phase for name, phase in rows}  # noqa: C416 - rows are no pairs to dict()


async def test_an_arrangement_comes_back_as_it_was_laid_out(database: Database) -> None:
    await airport(database)
    before = await known(database)

    await arranged(database, before.move(2, -2).rename(0, " At the  gate ").shift(1, 0, 1))

    after = await known(database)
    assert laid_out(before) == laid_out(FLYING)
    assert laid_out(after) == [("At the gate", []), ("Getting there", []), ("Security", [KERB, QUEUE, GATE])]
    assert {part.id for part in after.parts} == {part.id for part in before.parts}


async def test_a_touchpoint_is_listed_where_it_was_first_placed_until_it_leaves(database: Database) -> None:
    await airport(database)
    async with database.writing() as session:
        transit = Arrangement((Part("Changing planes", (GATE,)),))
        await journeys.add(session, {"name": "Transit"}, arrangement=transit, by=ADA)
    first = await homes(database)

    await arranged(database, (await known(database)).remove(1))

    assert first == {"Kerb": "Getting there", "Security queue": "Security", "Gate": "Security"}
    assert await homes(database) == {"Kerb": "Getting there", "Security queue": None, "Gate": "Changing planes"}


async def test_removing_a_journey_leaves_its_touchpoints_in_the_register(database: Database) -> None:
    await airport(database)

    async with database.writing() as session:
        await journeys.remove(session, await journeys.get(session, 1), version=1, by=ADA)

    assert await homes(database) == {"Kerb": None, "Security queue": None, "Gate": None}


async def test_of_many_who_arrange_at_once_one_is_heard(database: Database) -> None:
    await airport(database)
    before = await known(database)

    results = await asyncio.gather(
        *(arranged(database, before.add(f"Phase {n}")) for n in range(6)), return_exceptions=True
    )

    assert results.count(None) == 1
    assert len((await known(database)).parts) == 4


async def test_an_old_version_changes_nothing(database: Database) -> None:
    await airport(database)
    await arranged(database, FLYING.keeping_ids_of(await known(database)).add("After"))

    with pytest.raises(Stale):
        await arranged(database, FLYING, version=1)
    assert len((await known(database)).parts) == 4


async def test_touchpoints_that_do_not_exist_cannot_be_placed(database: Database) -> None:
    await airport(database)

    with pytest.raises(Invalid):
        await arranged(database, FLYING.place(0, 4711))


async def test_a_walk_counts_each_touchpoint_once(database: Database) -> None:
    await airport(database)
    await arranged(database, (await known(database)).place(2, KERB))

    async with database.reading() as session:
        walk = (await walks.walks(session, [1]))[1]

    assert [[cell.name for cell in leg.cells] for leg in walk.legs] == [["Kerb"], ["Security queue", "Gate"], ["Kerb"]]
    assert (walk.length, walk.weakest) == (3, None)


async def test_journeys_go_out_as_a_list_and_come_in_equal(database: Database) -> None:
    await airport(database)
    async with database.writing() as session:
        await journeys.add(session, {"name": "=Empty"}, by=ADA)
    async with database.reading() as session:
        out = await journey_sheets.exported(session)
    async with database.writing() as session:
        for number in (1, 2):
            await journeys.remove(session, await journeys.get(session, number), version=1, by=ADA)

    async with database.writing() as session:
        assert await journey_sheets.take_in(session, out.encode(), by=ADA) == 2

    async with database.reading() as session:
        assert await journey_sheets.exported(session) == out
    assert out.splitlines()[1] == "'=Empty,,,"


async def test_a_list_with_a_wrong_cell_changes_nothing_and_says_where(database: Database) -> None:
    await airport(database)
    rows = [
        "journey,phase,position,touchpoint",
        "Flying out,Security,x,Gate",
        "Flying out,Security,,Sauna",
        ",A,1,Kerb",
    ]

    with pytest.raises(sheets.RowsWrong) as refused:
        await taken_in(database, rows)

    assert [(cell.row, cell.column) for cell in refused.value.cells] == [
        (2, "position"), (3, "touchpoint"), (4, "journey"),
    ]  # fmt: skip
    assert laid_out(await known(database)) == laid_out(FLYING)


async def taken_in(database: Database, rows: list[str]) -> int:
    async with database.writing() as session:
        return await journey_sheets.take_in(session, "\n".join(rows).encode(), by=ADA)


async def test_a_list_replaces_the_phases_of_the_journeys_it_names(database: Database) -> None:
    await airport(database)
    before = await known(database)

    await taken_in(
        database, ["journey,phase,touchpoint,position", "flying OUT,Security,Gate,2", "flying out,security,Kerb,1"]
    )

    after = await known(database)
    assert laid_out(after) == [("Security", [KERB, GATE])]
    assert after.parts[0].id == before.parts[1].id
