"""The register of touchpoints goes out as CSV and comes in again, all or nothing."""

import pytest
from sqlalchemy import func, select

from backlog import history
from backlog.database import Database
from backlog.errors import Invalid
from backlog.evidence import journeys, touchpoints
from backlog.evidence.journeys import Journey, Phase, Stop
from backlog.evidence.touchpoints import Access, Ownership, Touchpoint
from backlog.history import Actor
from backlog.people.departments import Department
from backlog.register import touchpoint_sheets
from backlog.register.sheets import RowsWrong
from backlog.register.touchpoint_sheets import Imported

OWNER = Actor("Product owner")
LIST = """name,channel,ownership,access,department,expectation,target,journey,phase,position
Security checkpoint,Terminal,third-party,personal,TER,"=Quick, and polite",7.2,Departing,Security,1
Signs,Terminal,own,multi-access,,,,Departing,Getting there,1
Signs,Terminal,own,multi-access,,,,Departing,Security,2
Wifi,,own,digital,,,,,,
"""


async def taken_in(database: Database, text: str) -> Imported:
    async with database.writing() as session:
        return await touchpoint_sheets.take_in(session, text.encode(), by=OWNER)


async def exported(database: Database) -> str:
    async with database.reading() as session:
        return await touchpoint_sheets.exported(session)


@pytest.fixture
async def departments(database: Database) -> None:
    async with database.writing() as session:
        session.add(Department(code="TER", name="Terminal operations"))


@pytest.mark.usefixtures("departments")
async def test_a_list_fills_the_register_with_its_journey(database: Database) -> None:
    found = await taken_in(database, LIST)

    async with database.reading() as session:
        checkpoint = await session.scalar(select(Touchpoint).where(Touchpoint.name_key == "security checkpoint"))
        phases = [each.name for each in await session.scalars(select(Phase).order_by(Phase.position))]
        stops = await session.scalar(select(func.count()).select_from(Stop))
        journeys = [each.name for each in await session.scalars(select(Journey))]
    assert (found.added, found.changed) == (3, 0)
    assert checkpoint is not None
    assert (checkpoint.ownership, checkpoint.access, checkpoint.target) == (
        Ownership.THIRD_PARTY, Access.PERSONAL, 7.2,
    )  # fmt: skip
    assert (journeys, phases, stops) == (["Departing"], ["Security", "Getting there"], 3)


@pytest.mark.usefixtures("departments")
async def test_what_went_out_comes_in_equal(database: Database) -> None:
    await taken_in(database, LIST)
    first = await exported(database)

    found = await taken_in(database, first)

    assert "'=Quick" in first
    assert (found.added, found.changed) == (0, 0)
    assert await exported(database) == first


@pytest.mark.usefixtures("departments")
async def test_columns_left_out_stay_as_they_are(database: Database) -> None:
    await taken_in(database, LIST)

    found = await taken_in(database, "name,target\nwifi,6\nSIGNS,\n")

    async with database.reading() as session:
        wifi = await session.scalar(select(Touchpoint).where(Touchpoint.name_key == "wifi"))
    assert (found.added, found.changed, found.retargeted) == (0, 2, True)
    assert wifi is not None
    assert (wifi.target, wifi.access) == (6, Access.DIGITAL)


async def test_one_wrong_cell_keeps_everything_out_and_all_are_named(database: Database) -> None:
    wrong = (
        "name,ownership,access,department,target,journey,phase,position\n"
        "Gate,ours,personal,XYZ,eleven,,,\n"
        ",own,personal,,11,,,\n"
        "Shops,own,digital,,,,,\n"
        "shops,own,personal,,,,,\n"
    )

    with pytest.raises(RowsWrong) as refused:
        await taken_in(database, wrong)

    assert {(cell.row, cell.column) for cell in refused.value.cells} == {
        (2, "ownership"), (2, "department"), (2, "target"), (3, "name"), (3, "target"), (5, "access"),
    }  # fmt: skip
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Touchpoint)) == 0


async def test_a_place_needs_its_journey_and_a_sensible_number(database: Database) -> None:
    with pytest.raises(RowsWrong) as refused:
        await taken_in(database, "name,journey,phase,position\nGate,,Boarding,\nShops,Departing,Airside,first\n")

    assert {(cell.row, cell.column) for cell in refused.value.cells} == {(2, "journey"), (3, "position")}


@pytest.mark.usefixtures("departments")
async def test_a_list_that_places_touchpoints_changes_the_journey_and_says_so(database: Database) -> None:
    await taken_in(database, LIST)

    await taken_in(database, "name,journey,phase,position\nWifi,departing,security,2\nGate,Departing,Boarding,\n")

    async with database.reading() as session:
        journey = (await session.scalars(select(Journey))).one()
        laid_out = await journeys.arrangement_of(session, journey.id)
        names = dict((await session.execute(select(Touchpoint.id, Touchpoint.name))).all())
        told = await session.scalar(history.of("journey", journey.id, limit=1))
        gate = (await session.scalars(select(Touchpoint).where(Touchpoint.name == "Gate"))).one()
    assert [(part.name, [names[number] for number in part.touchpoints]) for part in laid_out.parts] == [
        ("Security", ["Security checkpoint", "Wifi", "Signs"]), ("Getting there", ["Signs"]), ("Boarding", ["Gate"]),
    ]  # fmt: skip
    assert (journey.version, gate.phase_id) == (2, laid_out.parts[2].id)
    assert told is not None
    assert (told.verb, told.actor) == ("arranged", OWNER.name)


async def test_a_list_cannot_crowd_a_journey(database: Database) -> None:
    rows = "\n".join(f"Touchpoint {n},Departing,Phase {n}" for n in range(31))

    with pytest.raises(RowsWrong) as refused:
        await taken_in(database, f"name,journey,phase\n{rows}\n")

    assert [(cell.row, cell.column) for cell in refused.value.cells] == [(2, "phase")]


async def test_a_file_that_is_no_list_changes_nothing(database: Database) -> None:
    async with database.writing() as session:
        await touchpoints.add(session, {"name": "Gate"}, by=OWNER)

    with pytest.raises(Invalid) as refused:
        await taken_in(database, "touchpoint\nGate\n")

    assert refused.value.fields.keys() == {"file"}


@pytest.mark.usefixtures("departments")
async def test_of_a_touchpoint_whose_rows_say_different_things_one_is_named(database: Database) -> None:
    rows = "\n".join(f"Signs,{channel},Departing,Phase {n}" for n, channel in enumerate(("Roads", "", "", "")))

    with pytest.raises(RowsWrong) as refused:
        await taken_in(database, f"name,channel,journey,phase\n{rows}\n")

    assert [(cell.row, cell.column) for cell in refused.value.cells] == [(3, "channel")]


async def test_a_wrong_position_is_named_together_with_other_wrong_cells(database: Database) -> None:
    rows = "name,target,journey,phase,position\nGate,eleven,Departing,Boarding,\nShops,,Departing,Airside,abc\n"

    with pytest.raises(RowsWrong) as refused:
        await taken_in(database, rows)

    assert {(cell.row, cell.column) for cell in refused.value.cells} == {(2, "target"), (3, "position")}


async def test_a_list_tells_what_stayed_as_it_was(database: Database) -> None:
    await taken_in(database, "name,channel\nGate,Terminal\nShops,Terminal\n")

    found = await taken_in(database, "name,channel\nGate,Terminal\nShops,Airside\nSigns,\n")

    assert (found.added, found.changed, found.unchanged) == (1, 1, 1)
