"""The API of journeys, personas and departments."""

from typing import Any

import httpx
import pytest

from backlog.evidence import touchpoints
from backlog.history import WAYMARK
from backlog.people.roles import Role
from tests.web.clients import Served

JOURNEYS = "/api/v1/journeys"
FLYING = {"name": "Flying out", "phases": [{"name": "Security", "touchpoints": [1]}, {"name": "Boarding"}]}


async def owner(served: Served) -> httpx.AsyncClient:
    """A program of the product owner, with one touchpoint in the register."""
    async with served.database.writing() as session:
        await touchpoints.add(session, {"name": "Security queue"}, by=WAYMARK)
    return await served.api(Role.PRODUCT_OWNER)


async def test_a_journey_is_added_with_its_phases_and_answered_in_order(served: Served) -> None:
    api = await owner(served)

    added = await api.post(JOURNEYS, json=FLYING)
    one = await api.get(f"{JOURNEYS}/1")
    many = await api.get(JOURNEYS, params={"limit": 1})

    assert added.status_code == 201
    assert added.json() == {
        "id": 1,
        "name": "Flying out",
        "scenario": "new purchase",
        "persona": None,
        "description": "",
        "phases": [
            {"id": 1, "name": "Security", "touchpoints": [{"id": 1, "name": "Security queue"}]},
            {"id": 2, "name": "Boarding", "touchpoints": []},
        ],
        "version": 1,
    }
    assert one.json() == added.json()
    assert many.json() == {"items": [added.json()], "total": 1}


async def test_a_change_keeps_the_phases_it_names_and_counts_the_version(served: Served) -> None:
    api = await owner(served)
    await api.post(JOURNEYS, json=FLYING)

    changed = await api.patch(
        f"{JOURNEYS}/1",
        json={"scenario": "service case", "phases": [{"name": "boarding", "touchpoints": [1]}]},
        headers={"if-match": '"1"'},
    )

    assert changed.status_code == 200
    assert changed.json()["phases"] == [
        {"id": 2, "name": "boarding", "touchpoints": [{"id": 1, "name": "Security queue"}]}
    ]
    assert (changed.json()["scenario"], changed.json()["name"]) == ("service case", "Flying out")
    assert changed.json()["version"] > 1
    stale = await api.patch(f"{JOURNEYS}/1", json={"name": "Arriving", "version": 1})
    missing = await api.patch(f"{JOURNEYS}/1", json={"name": "Arriving"})
    assert (stale.status_code, missing.status_code) == (409, 428)
    assert stale.json()["current"] == changed.json()
    assert (await api.get(f"{JOURNEYS}/1")).json() == changed.json()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": ""}, 422),
        ({"name": "x" * 10_000}, 422),
        ({"name": "nul\x00"}, 422),
        ({"name": "Flying", "persona": 7}, 422),
        ({"name": "Flying", "scenario": "theft"}, 400),
        ({"name": "Flying", "phases": [{"name": "Security", "touchpoints": [4711]}]}, 422),
        ({"name": "Flying", "phases": [{"name": "Security", "touchpoints": [1, 1]}]}, 422),
        ({"name": "Flying", "phases": [{"name": "A"}, {"name": "a"}]}, 422),
        ({"name": "Flying", "owner": "me"}, 400),
        ({"name": "Flying", "id": 12}, 400),
        ({}, 400),
        ([], 400),
    ],
)
async def test_what_cannot_be_a_journey_is_refused_and_nothing_is_kept(
    served_sqlite: Served, body: Any, status: int
) -> None:
    api = await owner(served_sqlite)

    answer = await api.post(JOURNEYS, json=body)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await api.get(JOURNEYS)).json()["total"] == 0


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("departments", {"code": "SEC", "name": "Security"}),
        ("personas", {"name": "Families", "description": "Two and up"}),
    ],
)
async def test_names_are_added_changed_and_listed(served: Served, path: str, given: dict[str, str]) -> None:
    api = await owner(served)

    added = await api.post(f"/api/v1/{path}", json=given)
    twice = await api.post(f"/api/v1/{path}", json=given)
    changed = await api.patch(f"/api/v1/{path}/1", json={"name": "Renamed", "version": 1})
    stale = await api.patch(f"/api/v1/{path}/1", json={"name": "Again", "version": 1})
    unknown = await api.patch(f"/api/v1/{path}/1", json={"colour": "red", "version": 2})
    listed = await api.get(f"/api/v1/{path}")

    assert [answer.status_code for answer in (added, twice, changed, stale, unknown)] == [201, 422, 200, 409, 400]
    assert "name" in twice.json()["errors"]
    assert stale.json()["current"] == changed.json()
    assert listed.json() == {
        "items": [{"id": 1, "description": "", **given, "name": "Renamed", "version": 2}],
        "total": 1,
    }
    assert (await api.get(f"/api/v1/{path}/1")).json()["name"] == "Renamed"
    assert (await api.get(f"/api/v1/{path}/99999999999")).status_code == 404


async def test_lists_are_paged_and_limits_are_limits(served_sqlite: Served) -> None:
    api = await owner(served_sqlite)
    for name in ("Ana", "Ben", "Cleo"):
        await api.post("/api/v1/personas", json={"name": name})

    page = await api.get("/api/v1/personas", params={"limit": 1, "offset": 1})

    assert [item["name"] for item in page.json()["items"]] == ["Ben"]
    assert page.json()["total"] == 3
    for wrong in ({"limit": 0}, {"limit": 501}, {"offset": -1}, {"limit": "all"}):
        assert (await api.get("/api/v1/personas", params=wrong)).status_code == 400
