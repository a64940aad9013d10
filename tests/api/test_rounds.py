"""Rating rounds by the API: blind while open, links told once, results afterwards."""

from typing import Any

import httpx
import pytest

from backlog.people.roles import Role
from tests.initiatives.field import airport, bags
from tests.web.clients import Served

ROUNDS = "/api/v1/rating-rounds"


def asking(**more: Any) -> dict[str, Any]:
    return {
        "title": "Bags in autumn",
        "inputs": ["importance"],
        "initiatives": ["CX-1"],
        "people": [{"email": "katharina@airport.example", "for_customers": True}],
        "tokens": ["contributor 1"],
        "guests": [{"name": "Maria Keller", "organisation": "Star Cargo", "kind": "partner"}],
    } | more


@pytest.fixture
async def clients(served: Served) -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
    """A lead, and a contributor who is invited."""
    async with served.database.writing() as session:
        await bags(session, await airport(session))
    return await served.api(Role.DEPARTMENT_LEAD), await served.api(Role.CONTRIBUTOR)


def said(value: float | None, version: int | None = 1, key: str = "CX-1") -> dict[str, Any]:
    estimate = None if value is None else {"low": value, "likely": value, "high": value}
    return {"items": [{"key": key, "input": "importance", "estimate": estimate}], "version": version}


async def test_a_round_is_opened_rated_blind_and_closed(
    served: Served, clients: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    lead, rater = clients
    opened = (await lead.post(ROUNDS, json=asking())).json()
    link = opened["links"][0]
    assert (link["guest"], link["link"][:25]) == ("Maria Keller (Star Cargo)", "http://waymark.test/rate/")
    assert link["link"] not in (await lead.get(f"{ROUNDS}/1")).text

    answer = await rater.put(f"{ROUNDS}/1/ratings/own", json=said(7.25))
    assert answer.status_code == 200
    own = answer.json()["own"]
    assert own["items"][0]["estimate"] == {"low": 7.25, "likely": 7.25, "high": 7.25}
    assert (answer.json()["rated"], answer.json()["awaited"]) == (1, 3)
    blind = await lead.get(f"{ROUNDS}/1")
    assert "7.25" not in blind.text
    assert (blind.json()["own"], blind.json()["results"]) == (None, [])
    assert "7.25" not in (await lead.get("/api/v1/initiatives/CX-1/ratings")).text
    assert "7.25" not in (await lead.get("/api/v1/initiatives/CX-1/history")).text

    guest = served.visitor(csrf=False)
    path = link["link"].removeprefix("http://waymark.test")
    assert (await guest.post(path, data={"version": "2", "importance_1_likely": "2"})).status_code == 303
    closed = (await lead.post(f"{ROUNDS}/1/closing", json={"version": blind.json()["version"]})).json()

    result = closed["results"][0]
    assert (result["median"], result["n"], result["contested"]) == (4.625, 2, False)
    assert [each["rater"] for each in result["ratings"]] == ["Maria Keller (Star Cargo)", "contributor 1"]
    ratings = (await lead.get("/api/v1/initiatives/CX-1/ratings")).json()
    assert [(each["rater"], each["is_customer"]) for each in ratings["items"]] == [
        ("Maria Keller (Star Cargo)", False),
        ("contributor 1", False),
    ]
    listed = (await lead.get(ROUNDS)).json()
    assert (listed["total"], listed["items"][0]["closed_by"]) == (1, "department_lead 0")


async def test_while_a_round_asks_for_it_the_ratings_of_others_are_not_told(
    clients: tuple[httpx.AsyncClient, httpx.AsyncClient],
) -> None:
    lead, rater = clients
    estimate = {"low": 5, "likely": 5, "high": 5}
    given = {"importance": estimate, "urgency": estimate, "version": 1}
    assert (await lead.put("/api/v1/initiatives/CX-1/ratings", json=given)).status_code == 200
    await lead.post(ROUNDS, json=asking())

    told = (await rater.get("/api/v1/initiatives/CX-1/ratings")).json()

    assert [each["input"] for each in told["items"]] == ["urgency"]
    assert (told["medians"]["importance"], told["medians"]["urgency"]) == (5, 5)
    assert (await lead.get("/api/v1/initiatives/CX-1/ratings")).json()["medians"]["importance"] == 5


async def test_while_a_round_asks_for_it_the_history_leaves_out_what_others_have_rated(
    clients: tuple[httpx.AsyncClient, httpx.AsyncClient],
) -> None:
    lead, rater = clients
    address = "/api/v1/initiatives/CX-1"

    def rated(value: float, version: int, name: str = "importance") -> dict[str, Any]:
        return {name: {"low": value, "likely": value, "high": value}, "version": version}

    assert (await lead.put(f"{address}/ratings", json=rated(6.4, 1))).status_code == 200
    assert (await lead.put(f"{address}/ratings", json=rated(3.6, 2, "urgency"))).status_code == 200
    assert (await rater.put(f"{address}/ratings", json=rated(7.3, 3))).status_code == 200
    assert (await lead.put(f"{address}/ratings", json={"importance": None, "version": 4})).status_code == 200
    before = (await rater.get(f"{address}/history")).json()
    await lead.post(ROUNDS, json=asking())

    hidden = (await rater.get(f"{address}/history")).json()

    said = str([each["changes"] for each in hidden["items"]])
    assert [value in said for value in ("6.4", "7.3", "3.6")] == [False, True, True]
    assert (before["total"] - hidden["total"], len(hidden["items"])) == (2, hidden["total"])
    assert (await lead.get(f"{address}/history")).json() == before


async def test_who_is_not_known_is_named(clients: tuple[httpx.AsyncClient, httpx.AsyncClient]) -> None:
    lead, _ = clients
    people = [{"email": "katharina@airport.example"}, {"email": "Ada@airport.example"}, {"email": "bo@airport.example"}]

    refused = await lead.post(ROUNDS, json=asking(people=people, tokens=[]))

    assert refused.status_code == 422
    assert "Nobody here is called ada@airport.example." in refused.text


async def test_of_two_reasons_for_one_initiative_none_is_lost(
    clients: tuple[httpx.AsyncClient, httpx.AsyncClient],
) -> None:
    lead, rater = clients
    await lead.post(ROUNDS, json=asking() | {"inputs": ["importance", "effort"]})
    items = [
        {"key": "CX-1", "input": name, "estimate": None, "reason": reason}
        for name, reason in (("importance", "Belt 3."), ("effort", "The contract."))
    ]

    refused = await rater.put(f"{ROUNDS}/1/ratings/own", json={"items": items, "version": 1})

    assert refused.status_code == 422
    assert "reason_1" in refused.text


async def test_versions_are_asked_for_and_overtaken_changes_say_how_it_is(
    clients: tuple[httpx.AsyncClient, httpx.AsyncClient],
) -> None:
    lead, rater = clients
    await lead.post(ROUNDS, json=asking())

    assert (await rater.put(f"{ROUNDS}/1/ratings/own", json=said(7, None))).status_code == 428
    assert (await rater.put(f"{ROUNDS}/1/ratings/own", json=said(7))).status_code == 200
    stale = await rater.put(f"{ROUNDS}/1/ratings/own", json=said(2))
    assert (stale.status_code, stale.json()["current"]["own"]["version"]) == (409, 2)
    assert (await lead.post(f"{ROUNDS}/1/closing")).status_code == 428
    assert (await lead.post(f"{ROUNDS}/1/closing", headers={"if-match": '"1"'})).status_code == 200
    late = await rater.put(f"{ROUNDS}/1/ratings/own", json=said(9, 2))
    assert (late.status_code, late.json()["current"]["closed_by"]) == (409, "department_lead 0")
    assert (await lead.post(f"{ROUNDS}/1/closing", json={"version": 2})).status_code == 409


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"title": "", "inputs": [], "initiatives": []}, {"title", "inputs", "initiatives"}),
        ({"people": [], "tokens": [], "guests": []}, {"raters"}),
        ({"people": [{"email": "nobody@airport.example"}]}, {"raters"}),
        ({"people": [{"email": "jan-erik@airport.example"}] * 2}, {"raters"}),
        ({"tokens": ["contributor 1"] * 100_000}, {"raters"}),
        ({"guests": [{"name": "Maria"}, {"name": "maria "}]}, {"guests"}),
        ({"closes_on": "2020-02-02"}, {"closes_on"}),
        ({"initiatives": ["CX-1", "CX-77"]}, {"initiatives"}),
        ({"initiatives": ["x" * 100_000]}, {"initiatives"}),
    ],
)
async def test_what_is_wrong_with_a_round_is_named(
    served_sqlite: Served, more: dict[str, Any], fields: set[str]
) -> None:
    async with served_sqlite.database.writing() as session:
        await bags(session, await airport(session))
    lead = await served_sqlite.api(Role.DEPARTMENT_LEAD)
    await served_sqlite.api(Role.CONTRIBUTOR)

    answer = await lead.post(ROUNDS, json=asking(**more))

    assert (answer.status_code, set(answer.json()["errors"])) == (422, fields)


async def test_only_who_is_invited_rates_and_only_what_is_asked(
    served_sqlite: Served,
) -> None:
    async with served_sqlite.database.writing() as session:
        await bags(session, await airport(session))
    lead, rater = await served_sqlite.api(Role.DEPARTMENT_LEAD), await served_sqlite.api(Role.CONTRIBUTOR)
    await lead.post(ROUNDS, json=asking())

    assert (await lead.put(f"{ROUNDS}/1/ratings/own", json=said(7))).status_code == 403
    wrong = await rater.put(f"{ROUNDS}/1/ratings/own", json=said(11))
    assert (wrong.status_code, set(wrong.json()["errors"])) == (422, {"importance_1"})
    stray = await rater.put(f"{ROUNDS}/1/ratings/own", json=said(7, key="CX-9"))
    assert set(stray.json()["errors"]) == {"importance_9"}
    twice = said(7) | {"items": said(7)["items"] * 2}
    assert (await rater.put(f"{ROUNDS}/1/ratings/own", json=twice)).status_code == 422
    aside = await rater.put("/api/v1/initiatives/CX-1/ratings", json={"importance": None, "version": 1})
    assert (aside.status_code, set(aside.json()["errors"])) == (422, {"importance"})
    assert (await rater.get(f"{ROUNDS}/9")).status_code == 404
    assert (await rater.put(f"{ROUNDS}/1/ratings/own", json=said(None))).status_code == 200
