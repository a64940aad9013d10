"""Of two who change the same at once, the second sees beside each field what the first has made of it."""

from typing import Any

import pytest

from backlog.people.persons import Person
from backlog.people.roles import Role
from tests.web.clients import Served

NOW = 'class="now" id="'


async def both(served: Served, path: str, first: dict[str, str], second: dict[str, str]) -> str:
    """The page for the second of two who change the same version."""
    one, other = await served.client(Role.ADMINISTRATOR), await served.client(Role.ADMINISTRATOR, name="Ben")
    assert (await one.post(path, data=first)).status_code == 303
    late = await other.post(path, data=second)
    assert late.status_code == 409
    return late.text


JOURNEY = {"name": "Changing planes", "scenario": "new purchase"}


async def test_the_description_of_a_journey(served: Served) -> None:
    owner = await served.client(Role.PRODUCT_OWNER)
    await owner.post("/personas", data={"name": "Families"})
    await owner.post("/journeys", data=JOURNEY)

    page = await both(
        served,
        "/journeys/1",
        JOURNEY | {"description": "With <hand> luggage", "persona": "1", "version": "1"},
        JOURNEY | {"description": "With children", "persona": "", "version": "1"},
    )

    assert "Description is now: With &lt;hand&gt; luggage" in page
    assert "Persona is now: Families" in page
    assert ">\nWith children</textarea>" in page
    assert page.count(NOW) == 2


async def test_the_name_of_a_person(served: Served) -> None:
    ines: Person = await served.person(Role.VIEWER, name="Ines")

    page = await both(
        served,
        f"/settings/people/{ines.id}",
        {"name": "Ines Duarte", "role": "contributor", "version": "1"},
        {"name": "Inés", "role": "viewer", "version": "1"},
    )

    assert "Name is now: Ines Duarte" in page
    assert "Role is now: Contributor" in page
    assert page.count(NOW) == 2


async def test_the_threshold_among_the_settings(served: Served) -> None:
    theirs = {"organisation": "SFO", "threshold": "7.2", "top": "4", "version": "0"}

    page = await both(served, "/settings", theirs, theirs | {"threshold": "6.1"})

    assert "Threshold, 0 to 10 is now: 7.2" in page
    assert page.count(NOW) == 1
    assert 'aria-describedby="f-threshold-now f-threshold-hint"' in page


@pytest.mark.parametrize(("path", "more"), [("departments", {"code": "SEC"}), ("personas", {}), ("layers", {})])
async def test_an_entry_of_the_register(served: Served, path: str, more: dict[str, Any]) -> None:
    owner = await served.client(Role.PRODUCT_OWNER)
    await owner.post(f"/{path}", data=more | {"name": "Front", "description": ""})

    page = await both(
        served,
        f"/{path}/1",
        more | {"name": "Front", "description": "At the kerb", "version": "1"},
        more | {"name": "Front", "description": "At the gate", "version": "1"},
    )

    assert "Description is now: At the kerb" in page
    assert page.count(NOW) == 1


async def test_the_access_of_a_touchpoint(served: Served) -> None:
    owner = await served.client(Role.PRODUCT_OWNER)
    signs = {"name": "Signs", "ownership": "own", "access": "digital", "target": "7"}
    await owner.post("/touchpoints", data=signs)

    page = await both(
        served,
        "/touchpoints/1",
        signs | {"access": "personal", "target": "", "version": "1"},
        signs | {"expectation": "Large letters", "version": "1"},
    )

    assert "Access is now: personal" in page
    assert "Target is now: –" in page
    assert "What customers expect here is now: –" in page
    assert page.count(NOW) == 3


async def test_a_test_of_the_positioning(served: Served) -> None:
    mine = {"name_1": "Calm", "verdict_1_credible": "yes", "version": "0"}

    page = await both(served, "/settings/positioning", mine | {"name_1": "Quick"}, mine | {"name_2": "Near the city"})

    assert "Attribute is now: Quick" in page
    assert "Attribute is now: –" in page
