"""The map of importance against performance from what there is, and what customers say beside what shows."""

import pytest

from backlog import deriving
from backlog.database import Database
from backlog.evidence import journeys
from backlog.evidence.arrangement import Arrangement, Part
from backlog.history import WAYMARK
from backlog.importance import importance_map
from backlog.importance.importance_map import Map, Source
from backlog.importance.importance_performance import Quadrant
from backlog.importance.stated_derived import Case, cases
from tests.importance.answers import Answers, Survey, airport, brought

SAID: Answers = {"Security": [9.0] * 200 + [10.0] * 200, "Restaurants": [4.0] * 400, "Art": [8.0] * 400}


async def surveyed(database: Database, *, stated: Answers | None = None) -> Survey:
    places, overall = airport()
    places["Restaurants"] = [None if each is None else max(0.0, each - 4) for each in places["Restaurants"]]
    survey = await brought(database, places, overall=overall, stated=stated)
    await deriving.derive(database)
    return survey


async def loaded(database: Database, **asked: int | Source | None) -> Map:
    async with database.reading() as session:
        return await importance_map.load(session, **asked)  # type: ignore[arg-type] # as the test names them


async def test_without_stated_importance_the_map_is_of_what_goes_with_the_outcome(database: Database) -> None:
    await surveyed(database)

    found = await loaded(database)

    assert (found.source, found.is_asked, found.compared) == (Source.DERIVED, False, [])
    assert [each.name for each in found.places] == ["Security", "Restaurants", "Art"]
    assert [each.quadrant for each in found.places] == [Quadrant.KEEP_UP, Quadrant.LOW_PRIORITY, Quadrant.OVERKILL]
    assert found.cross is not None
    assert found.cross.importance == pytest.approx(sum(each.importance for each in found.places) / 3)
    for each in found.places:
        assert each.importance_ends[0] <= each.importance <= each.importance_ends[1]
        assert each.performance.ends[0] < each.performance.value < each.performance.ends[1]
        assert each.opportunity is None


async def test_what_customers_say_goes_first_where_they_were_asked(database: Database) -> None:
    await surveyed(database, stated=SAID)

    found = await loaded(database)
    derived = await loaded(database, source=Source.DERIVED)

    assert (found.source, found.is_asked, derived.source) == (Source.STATED, True, Source.DERIVED)
    assert {each.name: each.importance for each in found.places} == {"Security": 9.5, "Restaurants": 4.0, "Art": 8.0}
    assert [each.opportunity is not None for each in found.places] == [True, True, True]
    assert found.places[0].gap == pytest.approx(9.5 - found.places[0].performance.value)


async def test_what_customers_say_stands_beside_what_shows(database: Database) -> None:
    await surveyed(database, stated=SAID)

    found = await loaded(database)

    assert {each.name: each.case for each in found.compared} == {
        "Security": Case.BOTH, "Art": Case.SAID, "Restaurants": Case.NEITHER,
    }  # fmt: skip


async def test_touchpoints_without_both_are_absent_and_told(database: Database) -> None:
    survey = await surveyed(database, stated={"Security": SAID["Security"]})

    found = await loaded(database)

    assert [each.name for each in found.places] == ["Security"]
    assert found.places[0].quadrant is None
    assert [(each.name, each.has_importance, each.has_performance) for each in found.absent] == [
        ("Restaurants", False, True), ("Art", False, True),
    ]  # fmt: skip
    assert [each.id for each in found.compared] == [survey.touchpoints["Security"]]


async def test_a_phase_shows_its_touchpoints_with_cross_hairs_of_their_own(database: Database) -> None:
    survey = await surveyed(database)
    async with database.writing() as session:
        journey = await journeys.add(session, {"name": "Departure"}, by=WAYMARK)
        parts = (Part("Before", (survey.touchpoints["Security"], survey.touchpoints["Art"])),)
        await journeys.arrange(session, journey, Arrangement(parts), version=journey.version, by=WAYMARK)
        phase_id = (await journeys.arrangement_of(session, journey.id)).parts[0].id

    found = await loaded(database, phase_id=phase_id)

    assert [each.name for each in found.places] == ["Security", "Art"]
    assert found.cross is not None
    assert found.cross.importance == pytest.approx(sum(each.importance for each in found.places) / 2)


async def test_without_answers_there_is_no_map(sqlite_database: Database) -> None:
    found = await loaded(sqlite_database)

    assert (found.source, found.cross, found.places, found.absent) == (Source.DERIVED, None, [], [])


def test_the_four_cases_are_cut_at_the_means() -> None:
    known = {"security": (9.0, 9.0), "restrooms": (9.0, 2.0), "art": (5.0, 8.0), "parking": (5.0, 1.0)}

    assert cases(known) == {
        "security": Case.BOTH, "restrooms": Case.SAID, "art": Case.SHOWN, "parking": Case.NEITHER,
    }  # fmt: skip
    assert cases({}) == {}
