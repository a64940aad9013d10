"""/api/v1/responses: all rows or none, in JSON and CSV, and errors that name the row."""

import asyncio
import datetime as dt

import pytest
from sqlalchemy import func, select

from backlog import history
from backlog.evidence.responses import Response, Tally
from backlog.evidence.touchpoints import Touchpoint
from backlog.people.roles import Role
from tests.web.clients import Served

ADDRESS = "/api/v1/responses"


async def stored(served: Served) -> int:
    async with served.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(Response)) or 0


def answer(value: object, **more: object) -> dict[str, object]:
    return {"touchpoint": "Security screening", "value": value, "scale": "1-5", "answered_on": "2018-05-21", **more}


async def test_responses_are_stored_scored_and_counted(served: Served) -> None:
    api = await served.api(Role.CONTRIBUTOR)

    told = await api.post(ADDRESS, params={"create": "touchpoints"}, json=[answer(2), answer(4), answer(5)])

    assert told.status_code == 201
    assert told.json() == {
        "responses": 3,
        "touchpoints_created": 1,
        "notes": [],
        "import": told.json()["import"],
    }
    (touchpoint,) = (await api.get("/api/v1/touchpoints")).json()["items"]
    assert touchpoint["name"] == "Security screening"
    assert touchpoint["score"]["n"] == 3
    assert round(touchpoint["score"]["value"], 3) == round((2.5 + 7.5 + 10) / 3, 3)


async def test_answers_without_a_day_count_as_of_today_and_the_answer_says_so(served: Served) -> None:
    api = await served.api(Role.CONTRIBUTOR)
    today = history.now().date()
    table = "touchpoint,value\nLounge,4\nLounge,5\n"
    german = {"accept-language": "de", "content-type": "text/csv"}

    some = await api.post(ADDRESS, params={"create": "touchpoints"}, json=[answer(2), answer(4, answered_on="")])
    none = await api.post(ADDRESS, params={"create": "touchpoints"}, content=table, headers=german)

    day = f"{today.day} {today:%b %Y}"
    assert some.json()["notes"] == [f"Without a day: 1 of 2 answers. They count as given on {day}."]
    assert str(today.year) in none.json()["notes"][0]
    assert none.json()["notes"][0].startswith("Kein Datum in der Datei")
    async with served.database.reading() as session:
        days = await session.scalars(select(Response.answered_on).order_by(Response.id))
        assert days.all() == [dt.date(2018, 5, 21), today, today, today]


async def test_an_unknown_touchpoint_is_an_error_unless_it_may_be_created(served: Served) -> None:
    api = await served.api(Role.CONTRIBUTOR)

    told = await api.post(ADDRESS, json=[answer(2)])

    assert told.status_code == 422
    assert told.json()["errors"][0]["row"] == 1
    assert told.json()["errors"][0]["column"] == "touchpoint"
    async with served.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Touchpoint)) == 0


async def test_one_wrong_row_refuses_all_and_is_named(served: Served) -> None:
    api = await served.api(Role.CONTRIBUTOR)

    rows = [answer(2), answer(9), answer("9e99"), answer(3, weight=-1), answer(3, answered_on="2018-02-31")]
    told = await api.post(ADDRESS, params={"create": "touchpoints"}, json=rows)

    assert told.status_code == 422
    assert told.headers["content-type"].startswith("application/problem+json")
    assert [(error["row"], error["column"]) for error in told.json()["errors"]] == [
        (2, "value"),
        (3, "value"),
        (4, "weight"),
        (5, "answered_on"),
    ]
    assert told.json()["count"] == 4
    assert await stored(served) == 0


async def test_csv_says_the_same_as_json(served: Served) -> None:
    api = await served.api(Role.CONTRIBUTOR)
    csv = "touchpoint,value,scale,answered_on,persona\nAirTrain,1,1-5,2018-05-02,Domestic traveller\nAirTrain,5,1-5,2018-05-02,\n"

    told = await api.post(
        ADDRESS, params={"create": "touchpoints"}, content=csv, headers={"content-type": "text/csv; charset=utf-8"}
    )

    assert told.status_code == 201, told.text
    listed = (await api.get(ADDRESS)).json()
    assert listed["total"] == 2
    assert sorted(item["value"] for item in listed["items"]) == [0, 10]


async def test_what_is_not_a_list_of_responses_is_refused_with_its_place(served: Served) -> None:
    api = await served.api(Role.CONTRIBUTOR)

    cut = await api.post(ADDRESS, content=b'[{"touchpoint": "AirTrain"', headers={"content-type": "application/json"})
    other = await api.post(ADDRESS, json=[answer(2), {"touchpoint": "AirTrain", "value": 3, "colour": "red"}])
    empty = await api.post(ADDRESS, json=[])

    assert [told.status_code for told in (cut, other)] == [422, 422]
    assert "$[1]" in other.json()["errors"]
    assert empty.status_code in (409, 422)
    assert await stored(served) == 0


async def test_a_touchpoint_may_be_named_by_its_id(served: Served) -> None:
    api = await served.api(Role.CONTRIBUTOR)
    await api.post(ADDRESS, params={"create": "touchpoints"}, json=[answer(2)])
    (touchpoint,) = (await api.get("/api/v1/touchpoints")).json()["items"]

    told = await api.post(ADDRESS, json=[answer(4, touchpoint=touchpoint["id"])])

    assert told.status_code == 201
    async with served.database.reading() as session:
        assert await session.scalar(select(func.sum(Tally.n))) == 2


async def test_the_same_call_again_is_told_of_the_import_that_holds_it(served: Served) -> None:
    api = await served.api(Role.CONTRIBUTOR)
    rows = [answer(2, respondent="a"), answer(4, respondent="b")]
    first = await api.post(ADDRESS, params={"create": "touchpoints"}, json=rows)

    retried = await api.post(ADDRESS, json=rows)
    meant = await api.post(ADDRESS, params={"again": "true"}, json=rows)

    assert retried.status_code == 409
    assert retried.headers["content-type"].startswith("application/problem+json")
    assert retried.json()["import"] == first.json()["import"]
    assert "in already" in retried.json()["detail"]
    assert "?again=true" in retried.json()["detail"]
    assert meant.status_code == 201
    assert await stored(served) == 4


async def test_calls_sent_twice_at_once_are_stored_once(served: Served) -> None:
    api = await served.api(Role.CONTRIBUTOR)
    rows = [answer(2, respondent="a"), answer(4, respondent="b")]

    told = await asyncio.gather(*(api.post(ADDRESS, params={"create": "touchpoints"}, json=rows) for _ in range(4)))

    assert sorted(each.status_code for each in told) == [201, 409, 409, 409]
    assert await stored(served) == 2


async def test_a_call_whose_import_was_undone_is_taken_in_again(served_sqlite: Served) -> None:
    api = await served_sqlite.api(Role.CONTRIBUTOR)
    params, rows = {"create": "touchpoints"}, [answer(2, respondent="a")]
    first = await api.post(ADDRESS, params=params, json=rows)
    await (await served_sqlite.api(Role.PRODUCT_OWNER)).post(f"/api/v1/imports/{first.json()['import']}/undo")

    assert (await api.post(ADDRESS, params=params, json=rows)).status_code == 201


async def test_two_people_may_say_the_same(served_sqlite: Served) -> None:
    api = await served_sqlite.api(Role.CONTRIBUTOR)

    told = [await api.post(ADDRESS, params={"create": "touchpoints"}, json=[answer(2)]) for _ in range(2)]

    assert [each.status_code for each in told] == [201, 201]


async def test_a_persona_nobody_knows_is_an_error_unless_it_may_be_created(served_sqlite: Served) -> None:
    api = await served_sqlite.api(Role.CONTRIBUTOR)
    await api.post(ADDRESS, params={"create": "touchpoints"}, json=[answer(2)])
    rows = [answer(4), answer(3, persona="Busines")]

    refused = await api.post(ADDRESS, json=rows)
    made = await api.post(ADDRESS, params={"create": "personas"}, json=rows)

    assert refused.status_code == 422
    assert [(each["row"], each["column"]) for each in refused.json()["errors"]] == [(2, "persona")]
    assert refused.json()["errors"][0]["message"] == "There is no persona called “Busines”."
    assert made.status_code == 201
    assert [each["name"] for each in (await api.get("/api/v1/personas")).json()["items"]] == ["Busines"]


async def test_personas_may_be_made_while_touchpoints_may_not(served_sqlite: Served) -> None:
    api = await served_sqlite.api(Role.CONTRIBUTOR)

    told = await api.post(ADDRESS, params={"create": "personas"}, json=[answer(2, persona="Business")])

    assert [each["column"] for each in told.json()["errors"]] == ["touchpoint"]
    assert (await api.get("/api/v1/personas")).json()["total"] == 0


@pytest.mark.parametrize(
    ("name", "what"),
    [("Gate " * 41, "Use at most 200 characters"), ("ß" * 150, "Use at most 200"), ("Ga\0te", "cannot be kept")],
    ids=["long", "long when compared", "nul"],
)
@pytest.mark.parametrize("field", ["touchpoint", "persona"])
async def test_a_new_name_that_cannot_be_kept_is_an_error_of_its_row(
    served: Served, field: str, name: str, what: str
) -> None:
    api = await served.api(Role.CONTRIBUTOR)

    told = await api.post(ADDRESS, params={"create": "touchpoints"}, json=[answer(2), answer(2, **{field: name})])

    assert told.status_code == 422
    assert [(each["row"], each["column"]) for each in told.json()["errors"]] == [(2, field)]
    assert what in told.json()["errors"][0]["message"]
    assert (await api.get("/api/v1/imports")).json()["total"] == 0


async def test_a_nul_in_a_respondent_is_an_error_of_its_row(served: Served) -> None:
    api = await served.api(Role.CONTRIBUTOR)

    told = await api.post(ADDRESS, params={"create": "touchpoints"}, json=[answer(2, respondent="7\0")])

    assert told.status_code == 422
    assert [(each["row"], each["column"]) for each in told.json()["errors"]] == [(1, "respondent")]
    assert (await api.get("/api/v1/imports")).json()["total"] == 0


async def test_a_viewer_may_not_send_responses(served: Served) -> None:
    api = await served.api(Role.VIEWER)

    assert (await api.post(ADDRESS, json=[answer(2)])).status_code == 403
