"""The pages of journeys: looking, laying out by plain buttons, and what happens when two do it at once."""

import httpx

from backlog.evidence import touchpoints
from backlog.history import WAYMARK
from backlog.people.roles import Role
from tests.web.clients import Browser, Served


async def press(browser: Browser, act: str, version: int, **typed: str) -> httpx.Response:
    return await browser.post("/journeys/1/arrangement", data={"act": act, "version": str(version), **typed})


async def laid_out(served: Served) -> Browser:
    """A product owner with a journey of two phases and one touchpoint in the first, at version 4."""
    browser = await served.client(Role.PRODUCT_OWNER)
    async with served.database.writing() as session:
        await touchpoints.add(session, {"name": "Security <queue>"}, by=WAYMARK)
    await browser.post("/journeys", data={"name": "Flying out", "scenario": "new purchase"})
    await press(browser, "add", 1, phase="Security")
    await press(browser, "add", 2, phase="Boarding")
    await press(browser, "place 0", 3, **{"touchpoint-0": "1"})
    return browser


async def test_a_journey_is_laid_out_by_buttons_alone(served: Served) -> None:
    browser = await laid_out(served)

    moved = await press(browser, "shift 0 0 1", 4, **{"phase-2": "At the gate"})
    page = await browser.get("/journeys/1")
    out = await browser.get("/journeys/list.csv")

    assert (moved.status_code, moved.headers["location"]) == (303, "/journeys/1/edit#p0")
    assert "Security &lt;queue&gt;" in page.text
    assert out.text.splitlines()[1:] == ["Flying out,Security,,", "Flying out,At the gate,1,Security <queue>"]


async def test_an_old_form_gets_409_with_what_was_typed_and_what_it_is_now(served: Served) -> None:
    browser = await laid_out(served)

    answer = await press(browser, "keep", 3, **{"phase-1": "Checkpoint"})

    assert answer.status_code == 409
    assert 'value="Checkpoint"' in answer.text
    assert "Phase 1 is now: Security" in answer.text
    assert 'name="version" value="4"' in answer.text


async def test_what_cannot_be_done_is_said_beside_its_field(served_sqlite: Served) -> None:
    browser = await laid_out(served_sqlite)

    doubled = await press(browser, "add", 4, phase="security")
    twice = await press(browser, "place 0", 4, **{"touchpoint-0": "1"})
    none = await press(browser, "place 1", 4)
    odd = [(await press(browser, act, 4)).status_code for act in ("fly 1", "move", "move x y", "shift 0 0 1 1", " ")]
    gone = await press(browser, "unplace 0 7", 4)

    assert [answer.status_code for answer in (doubled, twice, none, gone)] == [422, 422, 422, 404]
    assert 'id="f-phase-error"' in doubled.text
    assert 'id="f-touchpoint-0-error"' in twice.text
    assert 'id="f-touchpoint-1-error"' in none.text
    assert odd == [422, 422, 422, 422, 303]
