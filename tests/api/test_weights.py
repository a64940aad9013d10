"""Weights and positioning by the API: each way to find them, one's own, who agreed, what they rest on."""

from typing import Any

import pytest

from backlog.people.roles import Role
from tests.web.clients import Served

PAIRS: dict[str, Any] = {
    "importance_urgency": 3,
    "importance_maturity": 5,
    "importance_effort_benefit": 3,
    "urgency_maturity": 3,
    "urgency_effort_benefit": "1/2",
    "maturity_effort_benefit": 0.2,
}
EVEN = {"importance": 1, "urgency": 1, "maturity": 1, "effort_benefit": 1}


async def test_weights_are_found_without_keeping_anything(served_sqlite: Served) -> None:
    api = await served_sqlite.api(Role.VIEWER)

    found = (await api.post("/api/v1/weight-profiles/trial", json={"method": "pairs", "inputs": PAIRS})).json()
    preset = {"method": "preset", "inputs": {"preset": "wsjf"}}
    plain = (await api.post("/api/v1/weight-profiles/trial", json=preset)).json()

    assert found["consistency"] <= found["threshold"] == 0.1
    assert found["look_again"] in PAIRS
    assert (plain["consistency"], plain["look_again"], plain["maturity"]) == (None, None, 0)
    assert (await api.get("/api/v1/weight-profiles")).json()["total"] == 0


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"method": "pairs", "inputs": {}}, set(PAIRS)),
        ({"method": "pairs", "inputs": PAIRS | {"urgency_importance": 3}}, {"urgency_importance"}),
        ({"method": "preset", "inputs": {"preset": "x" * 10_000}}, {"preset"}),
        ({"method": "preset", "inputs": {"preset": "rice"}, "urgency": 3}, {"urgency"}),
        ({"method": "medians"}, {"method"}),
        ({"importance": 1}, {"urgency", "maturity", "effort_benefit"}),
        (EVEN | {"inputs": {"preset": "rice"}}, {"preset"}),
        (dict.fromkeys(EVEN, 0), set(EVEN)),
    ],
)
async def test_what_is_missing_wrong_or_not_asked_for_is_named(
    served_sqlite: Served, given: dict[str, Any], wrong: set[str]
) -> None:
    api = await served_sqlite.api(Role.CONTRIBUTOR)

    for method, path in (("post", "weight-profiles/trial"), ("put", "weight-opinions/own")):
        answer = await api.request(method, f"/api/v1/{path}", json=given)
        assert (answer.status_code, set(answer.json()["errors"])) == (422, wrong)


async def test_a_proposal_keeps_how_it_was_found_and_who_agreed(served: Served) -> None:
    owner = await served.api(Role.PRODUCT_OWNER)
    record = {"version": 0, "attributes": [{"name": "Calm", "tests": {"need": {"verdict": "yes"}}}]}
    await owner.put("/api/v1/positioning", json=record)

    given = {"method": "pairs", "inputs": PAIRS, "reason": "Compared in the round", "closeness": "closely"}
    made = (await owner.post("/api/v1/weight-profiles", json=given)).json()
    who = {"agreed_by": "Board of 2 November", "agreed_on": "2026-11-02"}
    agreed = (await owner.post(f"/api/v1/weight-profiles/{made['id']}/agreement", json=who)).json()

    assert (made["method"], made["positioning_version"], made["agreed_on"]) == ("pairs", 1, None)
    assert made["inputs"] == PAIRS | {"urgency_effort_benefit": 0.5}
    assert {name: agreed[name] for name in who} == who
    again = await owner.post(f"/api/v1/weight-profiles/{made['id']}/agreement", json=who)
    later = await owner.post("/api/v1/weight-profiles", json=EVEN | {"reason": "Plain"})
    bad = await owner.post(f"/api/v1/weight-profiles/{later.json()['id']}/agreement", json={"agreed_on": "2126-01-01"})
    assert again.status_code == 409
    assert (bad.status_code, list(bad.json()["errors"])) == (422, ["agreed_on"])


async def test_opinions_are_said_changed_listed_proposed_and_taken_back(served: Served) -> None:
    one, other, viewer = [await served.api(role) for role in (Role.CONTRIBUTOR, Role.PRODUCT_OWNER, Role.VIEWER)]
    empty = (await viewer.get("/api/v1/weight-opinions")).json()
    assert empty == {"items": [], "total": 0, "medians": None, "closeness": None, "most_apart": None}
    none = {"method": "medians", "reason": "Together"}
    assert (await one.post("/api/v1/weight-profiles", json=none)).status_code == 409

    first = await one.put("/api/v1/weight-opinions/own", json=EVEN)
    second = await one.put("/api/v1/weight-opinions/own", json=EVEN | {"urgency": 5, "reason": "Queues"})
    await other.put("/api/v1/weight-opinions/own", json=EVEN)
    assert (first.status_code, first.json()["version"], second.json()["version"]) == (200, 1, 2)

    listed = (await viewer.get("/api/v1/weight-opinions")).json()
    assert (listed["total"], listed["most_apart"]) == (2, "urgency")
    assert listed["medians"]["urgency"] == pytest.approx(0.4375)
    proposed = (await one.post("/api/v1/weight-profiles", json=none)).json()
    assert proposed["urgency"] == pytest.approx(0.4375)
    assert len(proposed["inputs"]["names"]) == 2

    assert (await one.delete("/api/v1/weight-opinions/own")).status_code == 204
    assert (await one.delete("/api/v1/weight-opinions/own")).status_code == 404
    assert (await viewer.put("/api/v1/weight-opinions/own", json=EVEN)).status_code == 403
    assert (await viewer.get("/api/v1/weight-opinions")).json()["total"] == 1


async def test_the_positioning_is_stated_on_the_version_it_was_made_from(served: Served) -> None:
    owner = await served.api(Role.PRODUCT_OWNER)
    empty = (await owner.get("/api/v1/positioning")).json()
    assert (empty["version"], empty["attributes"]) == (0, [])
    calm = {"attributes": [{"name": " Calm ", "tests": {"lasts": {"verdict": "no", "note": "Not yet"}}}]}

    none = await owner.put("/api/v1/positioning", json=calm)
    made = await owner.put("/api/v1/positioning", json=calm, headers={"if-match": "0"})
    late = await owner.put("/api/v1/positioning", json=calm | {"version": 0})
    many = {"attributes": [{"name": f"Way {number}"} for number in range(8)], "version": 1}
    refused = await owner.put("/api/v1/positioning", json=many)

    assert (none.status_code, made.status_code, late.status_code, refused.status_code) == (428, 200, 409, 422)
    assert made.json()["attributes"][0]["name"] == "Calm"
    assert made.json()["attributes"][0]["tests"]["lasts"] == {"verdict": "no", "note": "Not yet"}
    assert made.json()["attributes"][0]["tests"]["need"]["verdict"] == "unclear"
    assert late.json()["current"]["version"] == 1
    assert list(refused.json()["errors"]) == ["attributes"]
