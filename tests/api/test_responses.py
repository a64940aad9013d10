"""/api/v1/responses: all rows or none, in JSON and CSV, and errors that name the row."""

from sqlalchemy import func, select

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
    assert told.json() == {"responses": 3, "touchpoints_created": 1, "import": told.json()["import"]}
    (touchpoint,) = (await api.get("/api/v1/touchpoints")).json()["items"]
    assert touchpoint["name"] == "Security screening"
    assert touchpoint["score"]["n"] == 3
    assert round(touchpoint["score"]["value"], 3) == round((2.5 + 7.5 + 10) / 3, 3)


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


async def test_a_viewer_may_not_send_responses(served: Served) -> None:
    api = await served.api(Role.VIEWER)

    assert (await api.post(ADDRESS, json=[answer(2)])).status_code == 403
