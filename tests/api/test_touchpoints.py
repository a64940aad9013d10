"""Touchpoints, signature and insights through the REST API."""

import datetime as dt

import pytest

from backlog import history
from backlog.evidence import scores
from backlog.people.departments import Department
from backlog.people.roles import Role
from tests.evidence.tallies import a_measure, a_touchpoint, answered
from tests.web.clients import Served

NEXT_YEAR = (history.now().date() + dt.timedelta(days=365)).isoformat()


async def restaurants(served: Served) -> int:
    async with served.database.writing() as session:
        touchpoint, experience = await a_touchpoint(session, "Restaurants"), await a_measure(session)
        answered(session, touchpoint, experience, {2: 10, 3: 20, 4: 10})
        await scores.recompute(session)
    return touchpoint.id


async def test_a_touchpoint_shows_its_score_with_all_its_doubt(served: Served) -> None:
    number = await restaurants(served)
    api = await served.api(Role.VIEWER)

    found = (await api.get(f"/api/v1/touchpoints/{number}")).json()

    assert {"id", "name", "phase", "channel", "ownership", "access", "department", "is_signature"} <= found.keys()
    assert found["score"].keys() == {"value", "n", "since", "until", "low", "high", "shrunken", "p_below"}
    assert (found["score"]["value"], found["score"]["n"], found["is_signature"]) == (5.0, 40, False)


async def test_the_list_is_cut_by_limit_and_offset_and_says_how_many_there_are(served: Served) -> None:
    async with served.database.writing() as session:
        for name in ("Boarding", "Arrivals", "Check-in"):
            await a_touchpoint(session, name)
    api = await served.api(Role.VIEWER)

    found = (await api.get("/api/v1/touchpoints?limit=2&offset=1")).json()
    ordered = (await api.get("/api/v1/touchpoints?order=score")).json()

    assert [each["name"] for each in found["items"]] == ["Boarding", "Check-in"]
    assert (found["total"], ordered["total"]) == (3, 3)


@pytest.mark.parametrize("query", ["limit=501", "limit=0", "offset=-1", "limit=ten", "ownership=ours", "order=beauty"])
async def test_a_list_refuses_what_it_cannot_answer(served_sqlite: Served, query: str) -> None:
    api = await served_sqlite.api(Role.VIEWER)

    answer = await api.get(f"/api/v1/touchpoints?{query}")

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_a_touchpoint_is_added_and_changed_with_its_version(served: Served) -> None:
    async with served.database.writing() as session:
        session.add(Department(code="TER", name="Terminal operations"))
    api = await served.api(Role.PRODUCT_OWNER)

    new = await api.post("/api/v1/touchpoints", json={"name": "Check-in", "department": "ter", "access": "personal"})
    path = f"/api/v1/touchpoints/{new.json()['id']}"
    changed = await api.patch(path, json={"target": 7.5, "version": 1})
    by_header = await api.patch(path, json={"target": None}, headers={"if-match": '"2"'})

    assert (new.status_code, new.json()["department"]["code"]) == (201, "TER")
    assert (changed.json()["target"], changed.json()["version"]) == (7.5, 2)
    assert (by_header.json()["target"], by_header.json()["department"]["code"]) == (None, "TER")


async def test_a_change_without_its_version_or_with_an_old_one_is_refused(served: Served) -> None:
    number = await restaurants(served)
    api = await served.api(Role.PRODUCT_OWNER)
    path = f"/api/v1/touchpoints/{number}"
    await api.patch(path, json={"channel": "Terminal", "version": 1})

    stale = await api.patch(path, json={"channel": "Web", "version": 1})
    missing = await api.patch(path, json={"channel": "Web"})

    assert (stale.status_code, stale.json()["current"]["channel"]) == (409, "Terminal")
    assert missing.status_code == 428


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "restaurants"}, "name"),
        ({"name": "x" * 10_000}, "name"),
        ({"name": "Gate", "target": 11}, "target"),
        ({"name": "Gate", "department": "XYZ"}, "department"),
    ],
)
async def test_what_cannot_be_kept_is_answered_by_field(
    served_sqlite: Served, body: dict[str, object], field: str
) -> None:
    await restaurants(served_sqlite)
    api = await served_sqlite.api(Role.PRODUCT_OWNER)

    answer = await api.post("/api/v1/touchpoints", json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == {field}


async def test_what_is_not_there_is_not_found(served_sqlite: Served) -> None:
    api = await served_sqlite.api(Role.VIEWER)

    for path in ("touchpoints/7", "touchpoints/99999999999999999999", "insights/7"):
        assert (await api.get(f"/api/v1/{path}")).status_code == 404


async def test_another_target_moves_the_probability(served: Served) -> None:
    number = await restaurants(served)
    api = await served.api(Role.PRODUCT_OWNER)

    before = (await api.get(f"/api/v1/touchpoints/{number}")).json()["score"]["p_below"]
    after = (await api.patch(f"/api/v1/touchpoints/{number}", json={"target": 9, "version": 1})).json()

    assert before < 0.6
    assert after["score"]["p_below"] > 0.99


async def test_signature_places_run_out_and_say_who_holds_them(served: Served) -> None:
    async with served.database.writing() as session:
        numbers = [(await a_touchpoint(session, f"Gate {place}")).id for place in range(6)]
    api = await served.api(Role.PRODUCT_OWNER)
    nomination = {"reason": "Only here", "review_on": NEXT_YEAR}

    answers = [await api.post(f"/api/v1/touchpoints/{each}/signature", json=nomination) for each in numbers]
    given_up = await api.delete(f"/api/v1/touchpoints/{numbers[0]}/signature")
    again = await api.post(f"/api/v1/touchpoints/{numbers[5]}/signature", json=nomination)
    listed = (await api.get("/api/v1/signature")).json()

    assert [answer.status_code for answer in answers] == [201] * 5 + [409]
    assert [each["id"] for each in answers[5].json()["taken"]] == numbers[:5]
    assert (given_up.status_code, again.status_code) == (204, 201)
    assert (listed["total"], listed["cap"]) == (5, 5)


async def test_a_nomination_needs_its_reason_and_day(served_sqlite: Served) -> None:
    number = await restaurants(served_sqlite)
    api = await served_sqlite.api(Role.PRODUCT_OWNER)

    answer = await api.post(f"/api/v1/touchpoints/{number}/signature", json={"reason": " ", "review_on": "2001-01-01"})

    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == {"reason", "review_on"}


async def test_an_insight_is_kept_and_found_again(served: Served) -> None:
    number = await restaurants(served)
    api = await served.api(Role.CONTRIBUTOR)

    new = await api.post(
        "/api/v1/insights",
        json={"touchpoint": number, "text": "Everything closed at nine.", "kind": "pain", "said_on": "2018-05-20"},
    )
    found = (await api.get(f"/api/v1/insights?touchpoint={number}&q=CLOSED")).json()
    nothing = (await api.get("/api/v1/insights?kind=delight")).json()

    assert new.status_code == 201
    assert [each["text"] for each in found["items"]] == ["Everything closed at nine."]
    assert found["items"][0]["touchpoint"] == "Restaurants"
    assert nothing == {"items": [], "total": 0}


async def test_an_insight_that_says_nothing_is_refused(served_sqlite: Served) -> None:
    api = await served_sqlite.api(Role.CONTRIBUTOR)

    answer = await api.post("/api/v1/insights", json={"touchpoint": 99, "said_on": "2099-01-01", "emotion": 7})

    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == {"text", "said_on", "emotion", "touchpoint_id"}
