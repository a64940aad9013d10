"""Human positions as pages and the API take and show them."""

import asyncio
import datetime as dt
import re

import httpx
import pytest
import time_machine

from backlog.database import Database
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import Stage
from backlog.people.roles import Role
from backlog.ranking import overrides
from tests.ranking.backlogs import initiative
from tests.web.clients import Served
from tests.web.test_initiatives import hidden, text

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
FORM = {"position": "1", "reason": "The board has promised it.", "until": "2027-03-01"}
GIVEN = {"position": 1, "reason": "The board has promised it.", "until": "2027-03-01"}
API = "/api/v1/initiatives"


@pytest.fixture(autouse=True)
def _on_a_sunday_in_november() -> object:
    with time_machine.travel(NOON, tick=False):
        yield


async def backlog(database: Database, number: int = 4) -> None:
    """CX-1 to CX-4 in rank order."""
    async with database.writing() as session:
        session.add_all(initiative(f"Step {each + 1}", rated_importance=9.0 - each / 20) for each in range(number))


async def send(browser: httpx.AsyncClient, key: str, where: str = "", **changes: str) -> httpx.Response:
    page = await browser.get(f"/initiatives/{key}")
    return await browser.post(
        f"/initiatives/{key}/override{where}", data={"held": hidden(page, "held"), **FORM, **changes}
    )


async def positions(database: Database) -> dict[str, int]:
    async with database.reading() as session:
        return {each.key: each.position for each in await overrides.in_force(session)}


async def test_a_product_owner_puts_it_somewhere_moves_it_and_lets_go(served: Served) -> None:
    await backlog(served.database)
    browser = await served.client(Role.PRODUCT_OWNER, name="Ana")
    page = "/initiatives/CX-3"
    assert "Nobody has moved it" in text(await browser.get(page))
    assert 'name="until" type="date" value="2027-02-20"' in (await browser.get(page)).text

    answer = await send(browser, "CX-3")
    shown = await browser.get(page)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}#override")
    assert "by hand at position 1" in text(shown)
    assert "Position 1 , rank 3 by its score “The board has promised it.” Ana, until 1 Mar 2027" in text(shown)
    assert "Rank 3 of 4" in text(shown)
    assert "Ana put it at position 1 until 1 Mar 2027" in text(shown)

    assert (await send(browser, "CX-3", position="2", reason="Not yet.")).status_code == 303
    assert await positions(served.database) == {"CX-3": 2}
    assert (await send(browser, "CX-3", "/removal")).status_code == 303
    assert await positions(served.database) == {}
    assert "let go of position 2" in text(await browser.get(page))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"position": "0"}, "Enter a whole number from 1 to 4"),
        ({"position": "1,5"}, "Enter a whole number from 1 to 4"),
        ({"position": "5"}, "Enter a whole number from 1 to 4"),
        ({"position": "1000000000"}, "Enter a whole number from 1 to 4"),
        ({"position": "1e99"}, "Enter a whole number from 1 to 4"),
        ({"position": "first"}, "Enter a whole number from 1 to 4"),
        ({"reason": "  "}, "Say why, so that others can follow."),
        ({"reason": "b" * 10_000}, "Use at most 2000 characters; this has 10000."),
        ({"until": "2026-11-22"}, "Choose a day to come, at most a year ahead."),
        ({"until": "2036-11-22"}, "Choose a day to come, at most a year ahead."),
        ({"until": "soon"}, "Choose a day to come, at most a year ahead."),
    ],
)
async def test_what_cannot_be_stands_beside_its_field_and_what_was_typed_stays(
    served_sqlite: Served, changes: dict[str, str], said: str
) -> None:
    await backlog(served_sqlite.database)
    browser = await served_sqlite.client(Role.PRODUCT_OWNER)

    answer = await send(browser, "CX-3", **changes)

    assert answer.status_code == 422
    assert said in text(answer)
    assert "1 entry needs a look" in text(answer)
    for value in (FORM | changes).values():
        assert value in answer.text
    assert await positions(served_sqlite.database) == {}


async def test_a_taken_position_names_who_holds_it_and_leads_there(served_sqlite: Served) -> None:
    await backlog(served_sqlite.database)
    browser = await served_sqlite.client(Role.PRODUCT_OWNER, name="Ana")
    await send(browser, "CX-3")

    answer = await send(browser, "CX-4", reason="Mine is better.")

    assert answer.status_code == 409
    assert "Position 1 is taken: Ana put CX-3 “Step 3” there." in text(answer)
    assert 'href="/initiatives/CX-3#override"' in answer.text
    assert "Mine is better." in answer.text


async def test_who_comes_after_somebody_else_overwrites_nothing_unseen(served_sqlite: Served) -> None:
    await backlog(served_sqlite.database)
    browser = await served_sqlite.client(Role.PRODUCT_OWNER)
    await send(browser, "CX-3")

    late = await send(browser, "CX-3", held="", position="2", reason="I did not know.")
    gone = await send(browser, "CX-3", "/removal", held="")

    assert (late.status_code, gone.status_code) == (409, 409)
    assert "Nothing was overwritten" in text(late)
    assert "I did not know." in late.text
    assert (await send(browser, "CX-3", position="2", held=hidden(late, "held"))).status_code == 303


@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.DEPARTMENT_LEAD])
async def test_others_see_it_and_cannot_change_it(served_sqlite: Served, role: Role) -> None:
    await backlog(served_sqlite.database)
    await send(await served_sqlite.client(Role.PRODUCT_OWNER), "CX-3")
    browser = await served_sqlite.client(role)

    shown = await browser.get("/initiatives/CX-3")

    assert "The board has promised it." in text(shown)
    assert "Put it there" not in text(shown)
    for where in ("", "/removal"):
        assert (await browser.post(f"/initiatives/CX-3/override{where}", data=FORM)).status_code == 403


async def test_a_week_before_its_end_the_page_warns(served_sqlite: Served) -> None:
    await backlog(served_sqlite.database)
    await send(await served_sqlite.client(Role.PRODUCT_OWNER), "CX-3", until="2026-12-01")

    async def warned(day: int) -> str:
        with time_machine.travel(dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC) - dt.timedelta(days=day), tick=False):
            shown = text(await (await served_sqlite.client(Role.VIEWER)).get("/initiatives/CX-3"))
        return shown[shown.index("Problem") - 90 : shown.index("Problem")]

    assert "by hand ends" not in await warned(8)
    assert "Its position by hand ends in 7 days." in await warned(7)
    assert "Its position by hand ends in 1 day." in await warned(1)
    assert "Its position by hand ends today." in await warned(0)


async def test_what_is_parked_cannot_be_put_anywhere(served_sqlite: Served) -> None:
    await backlog(served_sqlite.database)
    browser = await served_sqlite.client(Role.PRODUCT_OWNER)
    page = await browser.get("/initiatives/CX-3")
    await browser.post("/initiatives/CX-3/parking", data={"version": hidden(page, "version"), "reason": "Later."})

    parked = await browser.get("/initiatives/CX-3")
    answer = await browser.post("/initiatives/CX-3/override", data=FORM | {"held": ""})

    assert "Put it there" not in text(parked)
    assert answer.status_code == 409
    assert "Only what is ranked can be put at a position" in text(answer)


async def test_by_the_api_it_is_put_and_deleted(served: Served) -> None:
    await backlog(served.database)
    api = await served.api(Role.PRODUCT_OWNER)
    at = f"{API}/CX-3/override"

    assert (await api.post(at, json=GIVEN)).status_code == 428
    put = await api.post(at, json={**GIVEN, "version": 1})
    late = await api.post(at, json={**GIVEN, "version": 1})
    wrong = await api.post(at, json={"position": 10**9, "reason": "", "until": "2036-01-01", "version": 2})
    half = await api.post(at, json={**GIVEN, "position": 1.5, "version": 2})
    gone = await api.delete(at, headers={"If-Match": put.headers["etag"]})
    again = await api.delete(at, headers={"If-Match": gone.headers["etag"]})

    assert put.status_code == 200, put.text
    override = put.json()["override"]
    assert override == {**GIVEN, "by": "product_owner 0"}
    assert (put.json()["rank"], put.json()["version"]) == (3, 2)
    assert (late.status_code, wrong.status_code, half.status_code) == (409, 422, 400)
    assert set(wrong.json()["errors"]) == {"position", "reason", "until"}
    assert (gone.status_code, gone.json()["override"], again.status_code) == (200, None, 409)


async def test_of_two_who_want_the_same_position_one_is_told_who_holds_it(served: Served) -> None:
    await backlog(served.database)
    api = await served.api(Role.PRODUCT_OWNER)

    answers = await asyncio.gather(
        *[api.post(f"{API}/CX-{key}/override", json={**GIVEN, "version": 1}) for key in (2, 3, 4)]
    )

    winner = next(answer.json()["key"] for answer in answers if answer.status_code == 200)
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert [problem["holder"] for problem in refused] == [winner] * 2
    assert {problem["current"]["override"] for problem in refused} == {None}


async def test_department_leads_may_not_by_the_api_either(served_sqlite: Served) -> None:
    await backlog(served_sqlite.database)
    api = await served_sqlite.api(Role.DEPARTMENT_LEAD)

    assert (await api.post(f"{API}/CX-3/override", json={**GIVEN, "version": 1})).status_code == 403


async def test_ranks_of_the_api_know_nothing_of_positions(served_sqlite: Served) -> None:
    await backlog(served_sqlite.database)
    api = await served_sqlite.api(Role.PRODUCT_OWNER)
    before = [(each["key"], each["rank"], each["score"]) for each in (await api.get(API)).json()["items"]]

    await api.post(f"{API}/CX-3/override", json={**GIVEN, "version": 1})

    assert [(each["key"], each["rank"], each["score"]) for each in (await api.get(API)).json()["items"]] == before


def keys(answer: httpx.Response) -> list[str]:
    """The rows of a list in order."""
    return re.findall(r'data-row="(CX-\d+)"', answer.text)


async def test_the_list_shows_it_at_its_position_and_says_so(served: Served) -> None:
    await backlog(served.database)
    browser = await served.client(Role.PRODUCT_OWNER, name="Ana")
    assert "people put" not in text(await browser.get("/backlog"))
    await send(browser, "CX-4", position="2")

    listed = await browser.get("/backlog")
    by_score = await browser.get("/backlog?order=rank")
    panel = await browser.get("/backlog?whatif=1")
    tried = await browser.get("/backlog?importance=1&urgency=0&maturity=0&effort_benefit=0")

    assert keys(listed) == ["CX-1", "CX-4", "CX-2", "CX-3"]
    assert re.findall(r'class="rank">(\d)', listed.text) == ["1", "4", "2", "3"]
    assert "1 initiative stands where people put it, the others by score." in text(listed)
    assert "Position 2 by hand Ana, until 1 Mar 2027" in text(listed)
    assert 'title="The board has promised it."' in listed.text
    for pure in (by_score, panel, tried):
        assert keys(pure) == ["CX-1", "CX-2", "CX-3", "CX-4"]
        assert "By score alone: the 1 position by hand is not followed here." in text(pure)


async def test_in_a_list_that_became_shorter_it_says_where_it_stands_now(served: Served) -> None:
    await backlog(served.database)
    browser = await served.client(Role.PRODUCT_OWNER, name="Ana")
    await send(browser, "CX-1", position="4")
    async with served.database.writing() as session:
        (await session.get_one(Initiative, 2)).stage = Stage.PARKED

    listed, shown = await browser.get("/backlog"), await browser.get("/initiatives/CX-1")

    assert keys(listed) == ["CX-3", "CX-4", "CX-1"]
    assert "Position 3 by hand" in text(listed)
    assert "by hand at position 3" in text(shown)
    assert "put at 4; the list has become shorter" in text(shown)


async def test_the_weights_page_lists_all_that_is_by_hand(served_sqlite: Served) -> None:
    await backlog(served_sqlite.database)
    browser = await served_sqlite.client(Role.PRODUCT_OWNER, name="Ana")
    assert "No initiative stands where people put it" in text(await browser.get("/settings/weights"))
    await send(browser, "CX-4", position="2")
    await send(browser, "CX-3", position="1", reason="<b>Now</b>.")

    shown = await (await served_sqlite.client(Role.VIEWER)).get("/settings/weights")

    assert "2 initiatives stand where people put them, 2 by score" in text(shown)
    said = text(shown).partition("Position Rank by score Initiative Why By whom Last day")[2]
    assert said.startswith(
        " 1 3 Step 3 CX-3 <b>Now</b>. Ana 1 Mar 2027 2 4 Step 4 CX-4 The board has promised it. Ana 1 Mar 2027"
    )


async def test_pages_of_the_list_carry_on_where_the_one_before_ended(served_sqlite: Served) -> None:
    await backlog(served_sqlite.database, 120)
    browser = await served_sqlite.client(Role.PRODUCT_OWNER)
    await send(browser, "CX-120", position="1")
    await send(browser, "CX-2", position="51")

    pages = [keys(await browser.get(f"/backlog?page={number}")) for number in (1, 2, 3)]

    assert list(map(len, pages)) == [50, 50, 20]
    assert sorted([*pages[0], *pages[1], *pages[2]]) == sorted(f"CX-{number + 1}" for number in range(120))
    assert (pages[0][0], pages[1][0]) == ("CX-120", "CX-2")


async def test_a_filtered_list_keeps_the_order_of_the_whole_one(served_sqlite: Served) -> None:
    await backlog(served_sqlite.database)
    browser = await served_sqlite.client(Role.PRODUCT_OWNER)
    await send(browser, "CX-4", position="1")

    assert keys(await browser.get("/backlog?stage=proposed&stage=parked")) == ["CX-4", "CX-1", "CX-2", "CX-3"]
    assert keys(await browser.get("/backlog?q=Step+4")) == ["CX-4"]


async def test_the_api_orders_by_position_when_asked(served_sqlite: Served) -> None:
    await backlog(served_sqlite.database)
    api = await served_sqlite.api(Role.PRODUCT_OWNER)
    await api.post(f"{API}/CX-3/override", json={**GIVEN, "version": 1})

    listed = (await api.get(API, params={"order": "position", "limit": 2})).json()

    assert ([each["key"] for each in listed["items"]], listed["total"]) == (["CX-3", "CX-1"], 4)


async def test_what_ends_leaves_the_list_as_its_score_has_it(served_sqlite: Served) -> None:
    await backlog(served_sqlite.database)
    browser = await served_sqlite.client(Role.PRODUCT_OWNER)
    await send(browser, "CX-3", until="2026-11-23")
    assert keys(await browser.get("/backlog"))[0] == "CX-3"

    with time_machine.travel(NOON + dt.timedelta(days=2), tick=False):
        assert keys(await (await served_sqlite.client(Role.VIEWER)).get("/backlog"))[0] == "CX-1"
