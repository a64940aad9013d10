"""Of two who change the same at once, the second sees beside each field what the first has made of it."""

from html.parser import HTMLParser
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


class Fields(HTMLParser):
    """What a browser would send of the form with this address."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.values = action, False, dict[str, str]()
        self.open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        name = known.get("name") or ""
        if tag == "form":
            self.inside = known.get("action") == self.action
        if not self.inside:
            return
        if tag == "input" and name and known.get("type") != "checkbox":
            self.values[name] = known.get("value") or ""
        if tag in ("select", "textarea"):
            self.open = name
            self.values[name] = ""
        if tag == "option" and "selected" in known:
            self.values[self.open] = known.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self.inside and self.lasttag == "textarea":
            self.values[self.open] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        self.lasttag = ""
        self.inside = self.inside and tag != "form"


def sent(page: str, action: str) -> dict[str, str]:
    fields = Fields(action)
    fields.feed(page)
    return fields.values


SIGNS = {"name": "Signs", "ownership": "own", "access": "digital", "target": "7"}
SEC = {"code": "SEC", "name": "Front"}
CALM = {"name_1": "Calm", "verdict_1_credible": "yes"}
POSITIONING = "/settings/positioning"
FORMS: dict[str, tuple[str, str, dict[str, str], dict[str, str], dict[str, str]]] = {
    # where it is made, its form, what it starts as, what one changes, what the other changes
    "journey": ("/journeys", "/journeys/1/edit", JOURNEY, {"description": "Far"}, {"name": "Changing"}),
    "department": ("/departments", "/departments?edit=1", SEC, {"description": "Kerb"}, {"name": "Back"}),
    "touchpoint": ("/touchpoints", "/touchpoints/1/edit", SIGNS, {"target": ""}, {"channel": "terminal"}),
    "settings": ("/settings", "/settings", {}, {"threshold": "7.2", "derived_importance": "no"}, {"top": "4"}),
    "positioning": (POSITIONING, f"{POSITIONING}/edit", {}, CALM, {"name_2": "Near"}),
}


@pytest.mark.parametrize("kind", FORMS)
async def test_what_only_somebody_else_changed_stays_and_one_press_keeps_both(served: Served, kind: str) -> None:
    made, form, start, theirs, mine = FORMS[kind]
    one, other = await served.client(Role.ADMINISTRATOR), await served.client(Role.ADMINISTRATOR, name="Ben")
    if start:
        assert (await one.post(made, data=start)).status_code == 303
    action = made if made == form or kind == "positioning" else f"{made}/1"
    opened = sent((await one.get(form)).text, action)
    assert (await one.post(action, data=opened | theirs)).status_code == 303

    late = await other.post(action, data=opened | mine)
    offered = sent(late.text, action)

    assert late.status_code == 409
    assert offered.items() >= (theirs | mine).items()
    assert "You changed different things" in late.text
    assert (await other.post(action, data=offered)).status_code == 303
    assert sent((await other.get(form)).text, action).items() >= (theirs | mine).items()


async def test_of_what_both_changed_theirs_is_kept_where_that_is_ticked(served: Served) -> None:
    one, other = await served.client(Role.ADMINISTRATOR), await served.client(Role.ADMINISTRATOR, name="Ben")
    await one.post("/departments", data={"code": "SEC", "name": "Front"})
    opened = sent((await one.get("/departments?edit=1")).text, "/departments/1")
    await one.post("/departments/1", data=opened | {"name": "Kerb", "description": "Outside"})
    late = await other.post("/departments/1", data=opened | {"name": "Gate", "description": "Inside"})

    assert 'name="theirs-name"' in late.text
    again = sent(late.text, "/departments/1") | {"theirs-description": "1"}
    assert (await other.post("/departments/1", data=again)).status_code == 303

    kept = sent((await one.get("/departments?edit=1")).text, "/departments/1")
    assert (kept["name"], kept["description"]) == ("Gate", "Outside")


async def test_an_entry_that_needs_a_look_does_not_hide_what_somebody_else_changed(served: Served) -> None:
    one, other = await served.client(Role.ADMINISTRATOR), await served.client(Role.ADMINISTRATOR, name="Ben")
    await one.post("/departments", data={"code": "SEC", "name": "Front"})
    opened = sent((await one.get("/departments?edit=1")).text, "/departments/1")
    wrong = await other.post("/departments/1", data=opened | {"name": ""})
    await one.post("/departments/1", data=opened | {"description": "Outside"})

    late = await other.post("/departments/1", data=sent(wrong.text, "/departments/1") | {"name": "Gate"})

    assert (wrong.status_code, late.status_code) == (422, 409)
    assert sent(late.text, "/departments/1")["description"] == "Outside"


@pytest.mark.parametrize("began", ["", "{", "[1]", '{"name": {"a": 1}, "code": [1]}', "[" * 5000, '{"name": 7}'])
async def test_a_form_whose_beginning_cannot_be_read_counts_all_that_differs_as_changed_by_both(
    served_sqlite: Served, began: str
) -> None:
    page = await both(
        served_sqlite,
        "/settings",
        {"organisation": "SFO", "version": "0"},
        {"organisation": "Oslo", "version": "0", "began": began},
    )

    assert "Organisation is now: SFO" in page
