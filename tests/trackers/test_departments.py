"""The lead department as a label: what is written there is found again here."""

from backlog.database import Database
from backlog.initiatives import initiatives
from backlog.people.departments import Department
from backlog.trackers import inward
from backlog.trackers.fields import Direction, Field, FieldMapping, Rule, labelled
from tests.trackers.office import KIM

TARGET = "label:department"
BY_LABEL = FieldMapping(fields={Field.LEAD: Rule(Direction.BOTH, target=TARGET)})
LONG = "Passenger services, lounges, gate areas and everything between them"


async def test_a_label_is_found_again_as_the_department_it_names(sqlite_database: Database) -> None:
    for name in ("Food, Retail", "Baggage", LONG):
        async with sqlite_database.writing() as session:
            department = Department(code=name[:3].upper(), name=name)
            session.add(department)
            await session.flush()
            initiative = await initiatives.propose(session, title="Seats near the gates", by=KIM)

            await inward.take(session, initiative, Field.LEAD, labelled(name, TARGET), BY_LABEL, by=KIM)

            assert initiative.lead_id == department.id


def test_a_label_has_no_commas_and_is_no_longer_than_trackers_take() -> None:
    assert labelled(" Food,  Retail ", TARGET) == "food-retail"
    assert len(f"department:{labelled(LONG, TARGET)}") == 50
