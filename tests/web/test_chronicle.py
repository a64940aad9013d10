"""The history in words: every event as a sentence of the reader's language."""

import re
from typing import Any

import pytest

from backlog import history, settings
from backlog.database import Database
from backlog.evidence import journeys, touchpoints
from backlog.evidence.personas import Persona
from backlog.history import Actor
from backlog.people.departments import Department
from backlog.register import entries
from web import chronicle, chronicle_fields, locales
from web.chronicle_names import names_in

ADA = Actor("Ada")


def told(language: str, verb: str, subject: str, changes: dict[str, Any], **names: str) -> tuple[str, str]:
    """What a reader of this language sees of an event: what was done, and what it says beside."""
    event = history.event(ADA, verb, subject, 1, changes)
    with locales.speaking(language):
        [entry] = chronicle.entries([event], names={1: names["name"]} if names else None)
        return entry.what, " ".join(re.sub(r"<[^>]+>", " ", entry.said or "").split())


@pytest.mark.parametrize(
    ("language", "what", "said"),
    [
        ("en", "changed name, role: Ines", "name: Inés → Ines role: Viewer → Department lead"),
        ("de", "hat Name, Rolle geändert: Ines", "Name: Inés → Ines Rolle: Betrachter → Abteilungsleitung"),
    ],
)
def test_a_change_says_the_fields_and_their_values_in_the_language_of_the_reader(
    language: str, what: str, said: str
) -> None:
    changes = {"name": ["Inés", "Ines"], "role": ["viewer", "department_lead"], "department_id": [4, None]}

    shown = told(language, "changed", "person", changes | {"department_id": [4, 4]}, name="Ines")
    del changes["department_id"]

    assert told(language, "changed", "person", changes, name="Ines") == (what, said)
    assert "4" not in shown[1]


async def told_of(database: Database, changes: dict[str, Any], *removed: str) -> tuple[str, str]:
    """A change as told where departments and a persona are in the register; of some only the removal is known."""
    async with database.writing() as session:
        for number, kind, name in ((4, Department, "Gates"), (7, Department, "Lounges"), (2, Persona, "Commuter")):
            if name in removed:
                history.record(session, ADA, "removed", kind.__tablename__, number, {"name": name})
            else:
                more = {"code": name[:3]} if kind is Department else {}
                session.add(kind(id=number, name=name, **more))
    event = history.event(ADA, "changed", "journey", 1, changes)
    async with database.reading() as session:
        mentioned = await names_in(session, [event])
    with locales.speaking("en"):
        [entry] = chronicle.entries([event], mentioned=mentioned)
        return entry.what, " ".join(re.sub(r"<[^>]+>", " ", entry.said or "").split())


@pytest.mark.parametrize(
    ("changes", "removed", "said"),
    [
        ({"department_id": [4, 7]}, (), "department: Gates → Lounges"),
        ({"department_id": [4, 7]}, ("Gates",), "department: Gates → Lounges"),
        ({"department_id": [None, 4], "persona_id": [2, None]}, (), "department: Gates persona: Commuter → –"),
        ({"name": ["Trip", "Way"], "persona_id": [None, 2]}, (), "name: Trip → Way persona: Commuter"),
    ],
)
async def test_a_change_of_department_or_persona_says_from_which_to_which(
    sqlite_database: Database, changes: dict[str, Any], removed: tuple[str, ...], said: str
) -> None:
    assert (await told_of(sqlite_database, changes, *removed))[1] == said


def test_every_field_that_can_be_changed_has_a_name() -> None:
    person = {"name", "role", "department_id", "locale", "theme"}
    changed = settings.NAMES | touchpoints.PLAIN.keys() | journeys.PLAIN.keys() | person

    assert changed | set(entries.fields(Department)) <= chronicle_fields.FIELDS.keys()


def test_numbers_are_written_as_readers_write_them_and_nothing_is_a_dash() -> None:
    changes = {"threshold": [0, 7.25], "signature_cap": [5, 1200], "organisation": ["", "SFO"], "target": [6.5, None]}

    _, said = told("de", "changed settings", "settings", changes)

    assert "Schwelle: 0 → 7,25" in said
    assert "5 → 1.200" in said
    assert "Organisation: SFO" in said
    assert said.endswith("6,50 → –")


def test_phases_are_told_by_name_and_size() -> None:
    changes = {"phases": [[["Airside", [1, 2]]], [["Airside", [1]], ["Landside", [2]]]]}

    _, said = told("en", "arranged", "journey", changes)

    assert said == "phases: Airside (2) → Airside (1), Landside (1)"


def test_a_nomination_says_why_and_until_when() -> None:
    changes = {"reason": [None, "Nobody else has it."], "review_on": [None, "2027-01-31"]}

    _, said = told("de", "nominated as signature", "touchpoint", changes)

    assert said.endswith("Nobody else has it. wieder ansehen am: 31. Jan. 2027")


def test_only_among_several_the_thing_is_named() -> None:
    assert told("en", "added", "touchpoint", {"name": "Gates"})[0] == "added"
    assert told("en", "added", "touchpoint", {"name": "Gates"}, name="Gates A")[0] == "added: Gates A"


def test_what_people_wrote_is_not_translated() -> None:
    assert told("de", "changed", "initiative", {"title": ["Problem", "Open"]})[1].endswith("Problem → Open")


def test_a_merge_taken_back_says_so() -> None:
    assert told("en", "took back a merge", "initiative", {"touchpoints": 1, "insights": 3})[1] == ""


@pytest.mark.parametrize(
    ("inward", "what"),
    [
        (True, "could not take over “Stage” (#12): completed"),
        (False, "could not deliver “Stage” (#12): completed"),
    ],
)
def test_a_refused_change_is_told_by_the_way_it_went(inward: bool, what: str) -> None:
    changes = {"field": "stage", "value": "completed", "key": "#12", "inward": inward}

    assert told("en", "could not deliver", "initiative", changes)[0] == what
