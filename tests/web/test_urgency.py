"""Urgency over time, the checks of maturity and what is stale, as pages and the API show and take them."""

import datetime as dt
import re

import httpx
import pytest
import time_machine

from backlog.database import Database
from backlog.initiatives import initiatives, ratings, staleness
from backlog.initiatives.stages import Stage
from backlog.people.roles import Role
from tests.web.clients import Served
from tests.web.test_initiatives import hidden, now, prepared, text
from web.work import a_new_day

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
DEADLINE = {
    "kind": "deadline",
    "deadline_day": "2027-03-02",
    "deadline_rises": "100",
    "deadline_before": "20",
    "deadline_at": "100",
    "deadline_afterwards": "stays",
}
SEASON = {
    "kind": "seasonal",
    "seasonal_start_day": "1",
    "seasonal_start_month": "12",
    "seasonal_end_day": "15",
    "seasonal_end_month": "03",
    "seasonal_inside": "100",
    "seasonal_outside": "12,5",
    "seasonal_lead_in": "30",
}


async def send(browser: httpx.AsyncClient, key: str, form: dict[str, str], seen: str | None = None) -> httpx.Response:
    if seen is None:
        page = await browser.get(f"/initiatives/{key}")
        seen = hidden(page, "seen").replace("&#34;", '"')
    return await browser.post(f"/initiatives/{key}/urgency-profile", data={**form, "seen": seen})


async def test_a_contributor_says_how_urgency_goes_changes_it_and_takes_it_back(served: Served) -> None:
    with time_machine.travel(NOON, tick=False):
        field, key = await prepared(served.database)
        async with served.database.writing() as session:
            found = await initiatives.by_key(session, key)
            await ratings.rate(session, found, {"urgency": (8, 8, 8)}, by=field.katharina)
        browser = await served.client(Role.CONTRIBUTOR)
        page = f"/initiatives/{key}"

        answer = await send(browser, key, DEADLINE)
        shown = await browser.get(page)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{page}#urgency")
        assert "20% of its peak until 100 days before 2 Mar 2027, then rising to 100% on that day." in text(shown)
        assert "The peak is 8.0, the median of the ratings." in text(shown)
        assert "Deadline, rises until 2 Mar 2027" in text(shown)
        assert 'aria-label="Urgency from 23 Sept 2026 to 23 Sept 2027, 1.6 today. 20% of its peak' in shown.text
        assert "at its peak; today 1.6" in text(shown)
        assert "changed its urgency over time" in text(shown)

        assert (await send(browser, key, SEASON)).status_code == 303
        again = await browser.get(page)
        assert re.search(r'name="seasonal_outside" type="text" value="12.5"', again.text)
        assert re.search(r'<option value="12" selected>December', again.text)
        assert (await now(served.database, key)).urgency_share == pytest.approx(0.125 + 0.875 * 21 / 30, abs=1e-4)

        assert (await send(browser, key, {"kind": "constant"})).status_code == 303
        assert (await now(served.database, key)).urgency_profile is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"deadline_rises": "soon"}, "Enter a number."),
        ({"deadline_rises": "1,5"}, "Enter a whole number."),
        ({"deadline_before": "120"}, "Enter a number from 0 to 100."),
        ({"deadline_before": "nan"}, "Enter a number"),
        ({"deadline_before": "90", "deadline_at": "50"}, "At the deadline it is at least as urgent as before."),
        ({"deadline_day": ""}, "Enter a day, such as 2027-01-31."),
        ({"deadline_afterwards": "<b>"}, "Choose what happens after the deadline."),
        ({"kind": ""}, "Choose one of the kinds of urgency."),
        (SEASON | {"seasonal_start_day": "31", "seasonal_start_month": "02"}, "Enter a month and a day"),
        (SEASON | {"seasonal_end_day": "<i>"}, "Enter a month and a day"),
        (SEASON | {"seasonal_inside": "0", "seasonal_outside": "0"}, "It must be above 0"),
        (SEASON | {"seasonal_inside": "12"}, "at least as urgent as outside it"),
        (SEASON | {"seasonal_lead_in": "366"}, "Enter a number of days from 0 to 365."),
    ],
)
async def test_what_cannot_be_stands_beside_its_field_and_what_was_typed_stays(
    served_sqlite: Served, changes: dict[str, str], said: str
) -> None:
    _, key = await prepared(served_sqlite.database)
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    answer = await send(browser, key, DEADLINE | {"decaying_half_life": "17"} | changes)

    assert answer.status_code == 422
    assert said in text(answer)
    assert "1 entry needs a look" in text(answer)
    for name, value in changes.items():
        if name not in ("kind", "deadline_afterwards") and not name.endswith("month"):
            escaped = value.replace("<", "&lt;").replace(">", "&gt;")
            assert f'value="{escaped}"' in answer.text
    assert 'value="17"' in answer.text
    assert (await now(served_sqlite.database, key)).urgency_profile is None


async def test_who_saves_after_somebody_else_overwrites_nothing_unseen(served_sqlite: Served) -> None:
    _, key = await prepared(served_sqlite.database)
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    await send(browser, key, DEADLINE)

    answer = await send(browser, key, SEASON, seen="null")
    assert answer.status_code == 409
    assert "Nothing was overwritten" in text(answer)
    assert 'value="12,5"' in answer.text
    again = await send(browser, key, SEASON, seen=hidden(answer, "seen").replace("&#34;", '"'))

    assert again.status_code == 303
    profile = (await now(served_sqlite.database, key)).urgency_profile
    assert profile
    assert profile["kind"] == "seasonal"


async def test_a_viewer_looks_and_changes_nothing(served_sqlite: Served) -> None:
    _, key = await prepared(served_sqlite.database)
    await send(await served_sqlite.client(Role.CONTRIBUTOR), key, DEADLINE)
    viewer = await served_sqlite.client(Role.VIEWER)

    shown = await viewer.get(f"/initiatives/{key}")

    assert "Urgency over time" in text(shown)
    assert "Save urgency over time" not in text(shown)
    assert (await viewer.post(f"/initiatives/{key}/urgency-profile", data=DEADLINE)).status_code == 403


async def test_by_the_api_it_is_put_and_deleted(served: Served) -> None:
    with time_machine.travel(NOON, tick=False):
        field, key = await prepared(served.database)
        async with served.database.writing() as session:
            found = await initiatives.by_key(session, key)
            await ratings.rate(session, found, {"urgency": (8, 8, 8)}, by=field.katharina)
            before = found.points
        api = await served.api(Role.CONTRIBUTOR)
        at = f"/api/v1/initiatives/{key}/urgency-profile"
        given = {"kind": "deadline", "day": "2027-03-02", "rises": 100, "before": 2}

        assert (await api.put(at, json=given)).status_code == 428
        wrong = await api.put(at, json={**given, "day": "soon", "rises": -1, "version": 2})
        put = await api.put(at, json=given, headers={"If-Match": '"2"'})
        late = await api.delete(at, headers={"If-Match": '"2"'})
        gone = await api.delete(at, headers={"If-Match": '"3"'})

    assert wrong.status_code == 422
    assert set(wrong.json()["errors"]) == {"day"}
    assert put.status_code == 200, put.text
    assert put.json()["urgency_profile"] == {
        "profile": {**given, "before": 2.0, "at": 10.0, "afterwards": "stays"},
        "peak": 8.0,
        "share": 0.2,
        "value": 1.6,
    }
    assert put.json()["criteria"]["urgency"] == 1.6
    assert (late.status_code, gone.status_code) == (409, 200)
    assert gone.json()["urgency_profile"] is None
    assert gone.json()["score"] == before / 100


async def test_the_list_says_where_urgency_goes(served: Served) -> None:
    with time_machine.travel(NOON, tick=False):
        _, key = await prepared(served.database)
        browser = await served.client(Role.CONTRIBUTOR)
        await send(browser, key, DEADLINE)

        listed = await browser.get("/backlog")

    assert "of 10, suggested from data, rises until 2 Mar 2027" in listed.text


async def test_the_page_says_what_is_missing_for_maturity_and_leads_there(served_sqlite: Served) -> None:
    field, _ = await prepared(served_sqlite.database)
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    form = {"title": "Quieter gates", "lead": str(field.ground), "dependencies": "The fire officer."}
    page = (await browser.post("/initiatives", data=form)).headers["location"]

    shown = await browser.get(page)

    assert "2 of 6 checks are met." in text(shown)
    assert "A department leads it : met" in text(shown)
    assert "The effort is estimated : missing" in text(shown)
    links = set(re.findall(r'href="([^"]+)">Fill in', shown.text))
    assert links == {f"{page}/evidence", f"{page}/edit#f-problem", f"{page}/edit#f-effect", "#f-effort"}
    assert "The checks suggest 3.3. Nobody has rated it yet, so that is what counts." in text(shown)
    assert "What it waits for The fire officer." in text(shown)
    for link in links:
        target, _, field_id = link.partition("#")
        found = await browser.get(target or page)
        assert f'id="{field_id}"' in found.text if field_id else found.status_code == 200


async def test_either_it_waits_for_something_or_for_nothing(served_sqlite: Served) -> None:
    _, key = await prepared(served_sqlite.database)
    browser = await served_sqlite.client(Role.CONTRIBUTOR)
    api = await served_sqlite.api(Role.CONTRIBUTOR)
    form = {"title": "Bags", "dependencies": "Belt controllers.", "independent": "1", "version": "1"}

    refused = await browser.post(f"/initiatives/{key}", data=form)
    named = await api.patch(f"/api/v1/initiatives/{key}", json={"dependencies": "Belts.", "version": 1})
    checks = (await api.get(f"/api/v1/initiatives/{key}/ratings")).json()["checks"]

    assert refused.status_code == 422
    assert "Either it waits for this or for nothing." in text(refused)
    assert "Belt controllers." in refused.text
    assert (named.json()["dependencies"], named.json()["independent"]) == ("Belts.", False)
    assert checks["dependencies"] is True
    assert checks["effort"] is False


async def morning(database: Database, day: dt.datetime) -> None:
    with time_machine.travel(day, tick=False):
        await a_new_day(database)


async def test_what_nobody_cares_for_is_marked_then_parked_and_says_why(served: Served) -> None:
    with time_machine.travel(NOON, tick=False):
        _, key = await prepared(served.database)
    soon, parked = NOON + dt.timedelta(weeks=13), NOON + dt.timedelta(weeks=15)

    await morning(served.database, soon)
    with time_machine.travel(soon, tick=False):
        browser = await served.client(Role.DEPARTMENT_LEAD)
        api = await served.api(Role.VIEWER)
        warned, listed = await browser.get(f"/initiatives/{key}"), await browser.get("/backlog")
        assert "Nothing has happened here for 13 weeks. On 1 Mar 2027 Waymark parks it." in text(warned)
        assert "stale" in text(listed)
        assert (await api.get(f"/api/v1/initiatives/{key}")).json()["stale"] is True

    await morning(served.database, parked)
    with time_machine.travel(parked, tick=False):
        browser = await served.client(Role.DEPARTMENT_LEAD)
        shown = await browser.get(f"/initiatives/{key}")
        assert (await now(served.database, key)).stage is Stage.PARKED
        assert text(shown).count(staleness.REASON) == 2  # under the title, and in the history
        german = await browser.get(f"/initiatives/{key}", headers={"Accept-Language": "de"})
        assert "deshalb hat Waymark sie geparkt" in text(german)
        woken = await browser.post(f"/initiatives/{key}/waking", data={"version": hidden(shown, "version")})
        assert woken.status_code == 303
        assert "Nothing has happened here" not in text(await browser.get(f"/initiatives/{key}"))


async def test_each_morning_urgency_goes_on(served: Served) -> None:
    with time_machine.travel(NOON, tick=False):
        _, key = await prepared(served.database)
        await send(await served.client(Role.CONTRIBUTOR), key, DEADLINE)

    await morning(served.database, NOON + dt.timedelta(days=50))

    assert (await now(served.database, key)).urgency_share == 0.6
