"""The pages of touchpoints: found, read, changed, and nothing lost when something is refused."""

import datetime as dt
import re

import pytest

from backlog.evidence import journeys, scores, touchpoints
from backlog.evidence.arrangement import Arrangement, Part
from backlog.evidence.measures import Kind
from backlog.evidence.personas import Persona
from backlog.evidence.statistics import Scale
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import WAYMARK
from backlog.people.roles import Role
from tests.evidence.tallies import MAY_2017, a_measure, a_touchpoint, answered
from tests.web.clients import Served


async def an_airport(served: Served) -> dict[str, int]:
    """Restaurants with answers of two surveys and two personas, and signs nobody was asked about."""
    async with served.database.writing() as session:
        experience = await a_measure(session)
        recommend = await a_measure(session, "recommend", kind=Kind.LOYALTY, scale=Scale(0, 10))
        restaurants, signs = await a_touchpoint(session, "Restaurants"), await a_touchpoint(session, "Signs")
        domestic = Persona(name="Domestic traveller")
        session.add(domestic)
        await session.flush()
        answered(session, restaurants, experience, {3: 40, 4: 60}, month=MAY_2017)
        answered(session, restaurants, experience, {2: 10, 3: 40, 4: 60})
        answered(session, restaurants, experience, {5: 12}, persona_id=domestic.id)
        answered(session, None, recommend, {10: 10, 9: 5, 8: 10, 6: 5})
        await scores.recompute(session)
    return {"restaurants": restaurants.id, "signs": signs.id, "domestic": domestic.id}


async def test_the_list_shows_scores_with_n_and_finds_by_words(served: Served) -> None:
    await an_airport(served)
    browser = await served.client(Role.VIEWER)

    everything = (await browser.get("/touchpoints")).text
    found = (await browser.get("/touchpoints?q=SIGN&order=p_below")).text
    nothing = (await browser.get("/touchpoints?q=parking")).text

    assert "Restaurants" in everything
    assert "no answers" in everything
    assert ">122<" in everything
    assert "Signs" in found
    assert "Restaurants" not in found
    assert "2 touchpoints are hidden by these filters" in nothing


async def test_a_personas_list_carries_its_own_scores(served: Served) -> None:
    known = await an_airport(served)
    browser = await served.client(Role.VIEWER)

    found = (await browser.get(f"/touchpoints?persona={known['domestic']}")).text

    assert "10.0" in found
    assert "few answers" in found
    assert "Signs" not in found


def lines_of(page: str) -> list[str]:
    """The text of each row of the register."""
    rows = re.findall(r'<tr class="row".*?</tr>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]


async def test_the_list_of_a_period_carries_the_scores_of_its_answers(served: Served) -> None:
    known = await an_airport(served)
    browser = await served.client(Role.VIEWER)

    page = (await browser.get("/touchpoints?since=2017-01-01&until=2017-12-31")).text
    [row] = lines_of(page)
    own = (await browser.get(f"/touchpoints/{known['restaurants']}?since=2017-01-01&until=2017-12-31")).text

    assert row.startswith("6.5 Restaurants")
    assert " 100 " in row
    assert '<div class="rank">6.5<small>' in own
    assert "Jan 2017 to Dec 2017" in page
    assert f"/touchpoints/{known['restaurants']}?since=2017-01-01&amp;until=2017-12-31" in page
    assert 'name="since" type="date" value="2017-01-01"' in page


async def test_a_period_goes_with_a_persona_and_all_other_filters(served: Served) -> None:
    known = await an_airport(served)
    browser = await served.client(Role.VIEWER)
    persona = known["domestic"]

    then = (await browser.get(f"/touchpoints?persona={persona}&since=2017-01&until=2017-12")).text
    [since] = lines_of((await browser.get(f"/touchpoints?persona={persona}&since=2018-01&q=rest")).text)

    assert lines_of(then) == []
    assert "2 touchpoints are hidden by these filters" in then
    assert since.startswith("10.0 Restaurants")


async def test_a_period_without_a_beginning_begins_with_the_first_answers(served_sqlite: Served) -> None:
    known = await an_airport(served_sqlite)
    browser = await served_sqlite.client(Role.VIEWER)

    page = (await browser.get(f"/touchpoints/{known['restaurants']}?until=2018-05-31")).text

    assert "Experience, May 2017 to May 2018" in page


@pytest.mark.parametrize(("query", "found"), [("", 0), ("&until=2017-12", 1), ("&until=2018-12", 0)])
async def test_what_is_below_is_said_of_the_answers_that_are_shown(served: Served, query: str, found: int) -> None:
    async with served.database.writing() as session:
        experience, gates = await a_measure(session), await a_touchpoint(session, "Gates")
        answered(session, gates, experience, {1: 90, 2: 10}, month=MAY_2017)
        answered(session, gates, experience, {5: 100})
        await scores.recompute(session)
    browser = await served.client(Role.VIEWER)

    assert len(lines_of((await browser.get(f"/touchpoints?below=1{query}")).text)) == found


async def test_a_touchpoint_says_its_score_in_words(served: Served) -> None:
    known = await an_airport(served)
    browser = await served.client(Role.VIEWER)

    page = (await browser.get(f"/touchpoints/{known['restaurants']}")).text

    assert "Top two answers" in page
    assert "how sure we are that the true score is below it" in page
    assert "against the period before" in page
    assert "May 2017" in page
    assert "Nominate it" not in page


async def test_what_else_was_asked_stands_for_the_period_it_was_asked_in(served: Served) -> None:
    async with served.database.writing() as session:
        experience = await a_measure(session)
        recommend = await a_measure(session, "recommend", kind=Kind.LOYALTY, scale=Scale(0, 10))
        gates = await a_touchpoint(session, "Gates")
        answered(session, gates, experience, {3: 40, 4: 60})
        answered(session, gates, recommend, {10: 30, 6: 10}, month=dt.date(2015, 3, 1))
        await scores.recompute(session)
    browser = await served.client(Role.VIEWER)

    def also_asked(page: str) -> str:
        table = page.partition("Also asked here")[2].partition("</table>")[0]
        return " ".join(re.sub(r"<[^>]+>", " ", table).split())

    now = also_asked((await browser.get(f"/touchpoints/{gates.id}")).text)
    then = also_asked((await browser.get(f"/touchpoints/{gates.id}?since=2018-01-01")).text)

    assert "Recommend Apr 2014 to Mar 2015 9.0 8.4–9.6 40 9.0 +" in now
    assert then == ""


async def test_the_trail_to_a_touchpoint_names_the_phase_it_is_listed_under(served_sqlite: Served) -> None:
    known = await an_airport(served_sqlite)
    async with served_sqlite.database.writing() as session:
        for journey, phase in (("Departing", "Airside"), ("Arriving", "Landside")):
            arrangement = Arrangement((Part(phase, (known["signs"],)),))
            await journeys.add(session, {"name": journey}, arrangement=arrangement, by=WAYMARK)
    browser = await served_sqlite.client(Role.VIEWER)

    page = (await browser.get(f"/touchpoints/{known['signs']}")).text

    trail = page.partition('<nav class="crumb"')[2].partition("</nav>")[0]
    assert "Airside" in trail
    assert "Landside" not in trail


@pytest.mark.parametrize(
    "query",
    [
        "persona=domestic&since=soon",
        "measure=999",
        "since=0001-01-01&until=9999-12-31",
        "since=2019-01-01&until=2011-01-01",
    ],
)
async def test_an_odd_address_still_gets_the_page(served_sqlite: Served, query: str) -> None:
    known = await an_airport(served_sqlite)
    browser = await served_sqlite.client(Role.VIEWER)

    assert (await browser.get(f"/touchpoints/{known['restaurants']}?{query}")).status_code == 200
    assert (await browser.get(f"/touchpoints?{query}&order=beauty&phase=x")).status_code == 200


async def test_the_whole_has_its_promoter_score(served: Served) -> None:
    await an_airport(served)
    browser = await served.client(Role.VIEWER)

    page = (await browser.get("/touchpoints/overall")).text

    assert "Net promoter score" in page
    assert "+30" in page
    assert "+33.3" in page


async def test_a_touchpoint_is_entered_and_changed(served: Served) -> None:
    browser = await served.client(Role.PRODUCT_OWNER)

    new = await browser.post("/touchpoints", data={"name": "Check-in", "ownership": "partner", "target": "7,5"})
    place = new.headers["location"]
    changed = await browser.post(place, data={"name": "Check-in desk", "version": "1"})
    page = (await browser.get(place)).text

    assert (new.status_code, changed.status_code) == (303, 303)
    assert "Check-in desk" in page
    assert "<del>Check-in</del>" in page


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "restaurants"}, "There is a touchpoint called"),
        ({"name": "y" * 10_000}, "Use at most 200 characters"),
        ({"name": "Gate", "target": "much"}, "Enter a number from 0 to 10"),
        ({"name": "Gate", "department_id": "77"}, "There is no such department"),
        ({"name": "Gate", "ownership": "ours"}, "Choose one of these"),
    ],
)
async def test_what_cannot_be_kept_is_said_beside_the_field_and_stays_typed(
    served_sqlite: Served, values: dict[str, str], words: str
) -> None:
    await an_airport(served_sqlite)
    browser = await served_sqlite.client(Role.PRODUCT_OWNER)

    answer = await browser.post("/touchpoints", data=values | {"expectation": "<script>alert(1)</script>"})

    assert answer.status_code == 422
    assert words in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text
    assert "<script>alert" not in answer.text


async def test_a_website_is_asked_about_before_it_becomes_a_touchpoint(served: Served) -> None:
    browser = await served.client(Role.PRODUCT_OWNER)

    asked = await browser.post("/touchpoints", data={"name": "Website"})
    kept = await browser.post("/touchpoints", data={"name": "Website", "as_touchpoint": "1"})

    assert asked.status_code == 422
    assert "interaction layer" in asked.text
    assert kept.status_code == 303


async def test_of_two_who_change_at_once_the_second_sees_both(served: Served) -> None:
    known = await an_airport(served)
    ines = await served.client(Role.PRODUCT_OWNER, name="Ines")
    jon = await served.client(Role.PRODUCT_OWNER, name="Jon")
    path = f"/touchpoints/{known['signs']}"

    await ines.post(path, data={"name": "Signs", "channel": "Terminal", "version": "1"})
    late = await jon.post(path, data={"name": "Signs", "channel": "Roads", "version": "1"})

    assert late.status_code == 409
    assert "Channel is now: Terminal" in late.text
    assert 'value="Roads"' in late.text


async def test_a_touchpoint_with_answers_cannot_be_removed_but_an_empty_one_can(served: Served) -> None:
    known = await an_airport(served)
    browser = await served.client(Role.PRODUCT_OWNER)

    refused = await browser.post(f"/touchpoints/{known['restaurants']}/removal", data={"version": "1"})
    removed = await browser.post(f"/touchpoints/{known['signs']}/removal", data={"version": "1"})

    assert refused.status_code == 409
    assert "Customers have answered about it" in refused.text
    assert removed.status_code == 303
    assert (await browser.get(f"/touchpoints/{known['signs']}")).status_code == 404


async def test_the_register_goes_out_and_comes_in_as_csv(served: Served) -> None:
    await an_airport(served)
    async with served.database.writing() as session:
        formula = await session.get_one(Touchpoint, 1)
        await touchpoints.change(session, formula, {"expectation": "=HYPERLINK(1)"}, version=1, by=WAYMARK)
    browser = await served.client(Role.PRODUCT_OWNER)

    out = await browser.get("/touchpoints/export.csv")
    back = await browser.post("/touchpoints/import", files={"file": ("touchpoints.csv", out.content)})
    again = await browser.get("/touchpoints/export.csv")

    assert "'=HYPERLINK(1)" in out.text
    assert back.status_code == 303
    assert again.content == out.content


async def test_a_list_with_wrong_cells_is_refused_by_row_and_column(served_sqlite: Served) -> None:
    browser = await served_sqlite.client(Role.PRODUCT_OWNER)

    answer = await browser.post(
        "/touchpoints/import", files={"file": ("list.csv", b"name,target\nGate,eleven\nShops,3\n")}
    )
    empty = await browser.post("/touchpoints/import", data={"nothing": "at all"})

    assert answer.status_code == 422
    assert "Row 2, column “target”: This is not a number." in answer.text
    assert empty.status_code == 422
    assert "Shops" not in (await browser.get("/touchpoints")).text


async def test_a_viewer_changes_nothing(served_sqlite: Served) -> None:
    known = await an_airport(served_sqlite)
    browser = await served_sqlite.client(Role.VIEWER)

    for path in ("/touchpoints", f"/touchpoints/{known['signs']}", f"/touchpoints/{known['signs']}/signature"):
        assert (await browser.post(path, data={"name": "Mine"})).status_code == 403
