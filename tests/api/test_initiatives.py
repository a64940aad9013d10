"""Initiatives and their ratings by the API."""

import asyncio
import datetime as dt
from typing import Any

import httpx
import pytest

from backlog import history
from backlog.database import Database
from backlog.evidence.signatures import Signature
from backlog.initiatives import initiatives
from backlog.initiatives.initiative import Initiative
from backlog.people.roles import Role
from backlog.simulation import runs
from tests.initiatives.field import Airport, airport, bags
from tests.web.clients import Served
from web.api.initiative_shapes import urgency_shown

LIST = "/api/v1/initiatives"


async def prepared(database: Database) -> tuple[Airport, str]:
    async with database.writing() as session:
        field = await airport(session)
        return field, f"{LIST}/{(await bags(session, field)).id}"


async def propose(api: httpx.AsyncClient, **values: Any) -> dict[str, Any]:
    answer = await api.post(LIST, json=values)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_an_initiative_is_proposed_and_looks_as_promised(served: Served) -> None:
    field, _ = await prepared(served.database)
    api = await served.api(Role.CONTRIBUTOR)

    made = await propose(
        api, title="Shorter queues", problem="Long.", touchpoints=[field.security], departments=["dig", field.ground]
    )

    assert made == (await api.get(f"{LIST}/{made['key']}")).json()
    expected = {
        "id": 2,
        "key": "CX-2",
        "title": "Shorter queues",
        "stage": "proposed",
        "rank": 2,
        "score": 5.4,
        "criteria": {"importance": 10.0, "urgency": 0.0, "maturity": 5.0, "effort_benefit": None},
        "contributions": {"importance": 3.4, "urgency": 0.0, "maturity": 0.75, "effort_benefit": 1.25},
        "origins": {
            "importance": "suggested",
            "urgency": "suggested",
            "maturity": "suggested",
            "effort_benefit": "missing",
        },
        "inputs": {"effort": None, "benefit": None},
        "missing": ["effort_benefit"],
        "departments": [
            {"id": field.digital, "code": "DIG", "name": "Digital", "lead": True},
            {"id": field.ground, "code": "BVD", "name": "Ground handling", "lead": False},
        ],
        "touchpoints": [field.security],
        "version": 1,
        "problem": "Long.",
        "next_step": "",
        "effect": "",
        "dependencies": "",
        "independent": False,
        "due_on": None,
        "urgency_profile": None,
        "stale": False,
        "lead": field.digital,
        "override": None,
        "range": None,
    }
    rest = made.keys() - expected.keys()
    assert rest == {"created_at", "created_by", "touched_at"}
    parts = made["contributions"]
    assert sum(round(100 * part) for part in parts.values()) == round(100 * made["score"])
    assert {name: made[name] for name in expected if name not in ("score", "contributions")} == {
        name: value for name, value in expected.items() if name not in ("score", "contributions")
    }


async def test_the_list_is_ranked_filtered_and_paged(served: Served) -> None:
    field, _ = await prepared(served.database)
    api = await served.api(Role.CONTRIBUTOR)
    quiet = await propose(api, title="Quieter gates")
    queues = await propose(api, title="Shorter queues", touchpoints=[field.security], departments=["DIG"])
    async with served.database.writing() as session:
        session.add(
            Signature(
                touchpoint_id=field.security,
                slot=1,
                reason="Calm",
                review_on=dt.date(2027, 6, 1),
                nominated_by="K",
                nominated_at=history.now(),
            )
        )

    async def keys(**query: Any) -> list[str]:
        answer = await api.get(LIST, params=query)
        assert answer.status_code == 200, answer.text
        return [item["key"] for item in answer.json()["items"]]

    whole = (await api.get(LIST, params={"order": "rank", "limit": 50})).json()
    assert whole["total"] == 3
    assert [item["rank"] for item in whole["items"]] == [1, 2, 3]
    scores = [item["score"] for item in whole["items"]]
    assert scores == sorted(scores, reverse=True)
    assert await keys(limit=1, offset=1) == [whole["items"][1]["key"]]
    assert await keys(text="gates") == [quiet["key"]]
    assert await keys(signature="true") == [queues["key"]]
    assert set(await keys(department="DIG")) == {"CX-1", queues["key"]}
    assert set(await keys(department=field.digital)) == {"CX-1", queues["key"]}
    assert await keys(stage="parked") == []
    assert len(await keys(stage=["proposed", "parked"])) == 3
    assert await keys(order="title", limit=1) == [quiet["key"]]
    assert await keys(phase=4711) == []
    assert await keys(text="nul\0") == []


@pytest.mark.parametrize(
    "query",
    [{"order": "beauty"}, {"stage": "sleeping"}, {"limit": 0}, {"limit": 501}, {"offset": -1}, {"phase": "gate"}],
)
async def test_a_list_nobody_can_give_is_refused(served_sqlite: Served, query: dict[str, Any]) -> None:
    api = await served_sqlite.api(Role.VIEWER)

    assert (await api.get(LIST, params=query)).status_code == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 10_000}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"title": "Bags", "problem": "x" * 20_001}, "problem"),
        ({"title": "Bags", "touchpoints": [4711]}, "touchpoints"),
        ({"title": "Bags", "touchpoints": [2**62]}, "touchpoints"),
        ({"title": "Bags", "departments": ["NON"]}, "departments"),
        ({"title": "Bags", "departments": ["N\0N"]}, "departments"),
        ({"title": "Bags", "departments": [4711]}, "lead"),
        ({"title": "Bags", "lead": "NON"}, "lead"),
        ({"title": "Bags", "insights": [-1]}, "insights"),
    ],
)
async def test_what_cannot_be_kept_is_named_by_field(served: Served, body: dict[str, Any], field: str) -> None:
    api = await served.api(Role.CONTRIBUTOR)

    answer = await api.post(LIST, json=body)

    assert answer.status_code == 422
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert set(answer.json()["errors"]) == {field}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"title": null}',
        b'{"title": 12}',
        b'{"problem": "no title"}',
        b'{"title": "Bags", "colour": "red"}',
        b'{"title": "Bags", "touchpoints": "1"}',
        b'{"title": "Bags", "touchpoints": [null]}',
        b'{"title": "\\ud800"}',
        b'{"title": "\xff"}',
    ],
)
async def test_a_body_of_the_wrong_shape_is_refused(served_sqlite: Served, body: bytes) -> None:
    api = await served_sqlite.api(Role.CONTRIBUTOR)

    answer = await api.post(LIST, content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400, answer.text


async def test_a_change_needs_the_version_it_is_based_on(served: Served) -> None:
    field, address = await prepared(served.database)
    api = await served.api(Role.CONTRIBUTOR)

    first = await api.patch(address, json={"title": "Bags, told", "version": 1})
    missing = await api.patch(address, json={"title": "Bags"})
    stale = await api.patch(address, json={"title": "Bags, tracked", "version": 1})
    header = await api.patch(
        address,
        json={"lead": None, "departments": ["DIG", "BVD"], "touchpoints": [field.security]},
        headers={"If-Match": first.headers["etag"]},
    )

    assert (first.status_code, missing.status_code, stale.status_code) == (200, 428, 409)
    assert first.json()["version"] == 2
    assert stale.json()["current"] == first.json()
    assert header.status_code == 200
    assert header.json()["lead"] is None
    assert [unit["code"] for unit in header.json()["departments"]] == ["BVD", "DIG"]
    assert header.json()["touchpoints"] == [field.security]


async def test_ratings_of_several_raters_become_medians(served: Served) -> None:
    _, address = await prepared(served.database)
    first, second = await served.api(Role.CONTRIBUTOR), await served.api(Role.DEPARTMENT_LEAD)
    everything = {name: {"low": 6, "likely": 8, "high": 9} for name in ("importance", "urgency", "maturity", "benefit")}

    rated = await first.put(
        f"{address}/ratings", json=everything | {"effort": {"low": 1, "likely": 2, "high": 3}, "version": 1}
    )
    again = await second.put(
        f"{address}/ratings",
        json={"importance": {"low": 2, "likely": 4, "high": 5}, "version": rated.json()["version"]},
    )

    assert rated.json()["criteria"]["effort_benefit"] == pytest.approx(8.01, abs=0.005)
    assert rated.json()["inputs"] == {"effort": 2, "benefit": 8}
    assert rated.json()["missing"] == []
    assert again.json()["criteria"]["importance"] == 6
    assert again.json()["origins"]["importance"] == "rated"
    listed = (await first.get(f"{address}/ratings")).json()
    assert listed["total"] == 6
    assert listed["medians"]["effort"] == 2
    assert listed["suggested"]["urgency"] == 7
    taken = await second.put(f"{address}/ratings", json={"importance": None, "version": again.json()["version"]})
    assert taken.json()["criteria"]["importance"] == 8


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"importance": {"low": 6, "likely": 8, "high": 9}}, 428),
        ({"importance": {"low": 6, "likely": 8, "high": 9}, "version": 7}, 409),
        ({"importance": {"low": 6, "likely": 8, "high": 11}, "version": 1}, 422),
        ({"importance": {"low": 9, "likely": 8, "high": 9}, "version": 1}, 422),
        ({"effort": {"low": 0, "likely": 1, "high": 1}, "version": 1}, 422),
        ({"importance": {"low": 6, "likely": 8}, "version": 1}, 400),
        ({"importance": 8, "version": 1}, 400),
        ({"importance": {"low": "six", "likely": 8, "high": 9}, "version": 1}, 400),
        ({"beauty": {"low": 6, "likely": 8, "high": 9}, "version": 1}, 400),
        ({"importance": {"low": 1e308, "likely": 1e308, "high": 1e308}, "version": 1}, 422),
        ({"importance": {"low": 6, "likely": 8, "high": 9}, "version": "one"}, 400),
    ],
)
async def test_ratings_that_cannot_be_kept_are_refused(
    served_sqlite: Served, body: dict[str, Any], status: int
) -> None:
    _, address = await prepared(served_sqlite.database)
    api = await served_sqlite.api(Role.CONTRIBUTOR)

    answer = await api.put(f"{address}/ratings", json=body)

    assert answer.status_code == status, answer.text
    assert (await api.get(f"{address}/ratings")).json()["total"] == 0
    if status == 409:
        assert answer.json()["current"]["version"] == 1


async def test_an_initiative_moves_by_named_verbs(served: Served) -> None:
    _, address = await prepared(served.database)
    lead, owner = await served.api(Role.DEPARTMENT_LEAD), await served.api(Role.PRODUCT_OWNER)

    moved = await lead.post(f"{address}/stage", json={"verb": "start_scoring", "version": 1})
    early = await lead.post(f"{address}/stage", json={"verb": "make_ready", "version": 2})
    unsaid = await lead.post(f"{address}/stage", json={"verb": "park", "version": 2})
    forbidden = await lead.post(f"{address}/stage", json={"verb": "drop", "reason": "Too dear", "version": 2})
    dropped = await owner.post(f"{address}/stage", json={"verb": "drop", "reason": "Too dear", "version": 2})

    assert (moved.status_code, moved.json()["stage"]) == (200, "scoring")
    assert early.status_code == 409
    assert early.json()["detail"] == "Before this step it needs: a rating of the effort, a rating of the benefit."
    assert (unsaid.status_code, set(unsaid.json()["errors"])) == (422, {"reason"})
    assert forbidden.status_code == 403
    assert (dropped.json()["stage"], dropped.json()["rank"]) == ("dropped", None)
    assert (await lead.post(f"{address}/stage", json={"verb": "fly", "version": 3})).status_code == 400


async def test_comments_and_history_are_listed(served: Served) -> None:
    _, address = await prepared(served.database)
    api = await served.api(Role.CONTRIBUTOR)

    written = await api.post(f"{address}/comments", json={"text": "Belts 1 to 4 first."})
    empty = await api.post(f"{address}/comments", json={"text": " "})

    assert (written.status_code, empty.status_code) == (201, 422)
    assert (await api.get(f"{address}/comments")).json() == {"items": [written.json()], "total": 1}
    events = (await api.get(f"{address}/history")).json()
    assert [event["verb"] for event in events["items"]] == ["commented", "proposed"]
    assert events["total"] == 2


@pytest.mark.parametrize("key", ["4711", "0", "-1", "nothing", "99999999999999999999"])
async def test_an_unknown_initiative_is_not_found(served_sqlite: Served, key: str) -> None:
    api = await served_sqlite.api(Role.ADMINISTRATOR)
    estimate = {"low": 1, "likely": 2, "high": 3}

    assert (await api.get(f"{LIST}/{key}")).status_code == 404
    assert (await api.put(f"{LIST}/{key}/ratings", json={"effort": estimate, "version": 1})).status_code == 404
    for part in ("ratings", "comments", "history"):
        assert (await api.get(f"{LIST}/{key}/{part}")).status_code == 404


async def test_a_viewer_s_token_looks_and_changes_nothing(served_sqlite: Served) -> None:
    _, address = await prepared(served_sqlite.database)
    api = await served_sqlite.api(Role.VIEWER)

    assert (await api.get(LIST)).status_code == 200
    assert (await api.post(LIST, json={"title": "Bags"})).status_code == 403
    assert (await api.patch(address, json={"title": "Bags", "version": 1})).status_code == 403
    assert (await api.put(f"{address}/ratings", json={"version": 1})).status_code == 403
    assert (await api.post(f"{address}/stage", json={"verb": "start_scoring", "version": 1})).status_code == 403
    async with served_sqlite.database.reading() as session:
        assert (await initiatives.by_key(session, 1)).version == 1


async def test_a_ranked_initiative_tells_its_range_after_a_simulation(served: Served) -> None:
    await prepared(served.database)
    api = await served.api(Role.CONTRIBUTOR)
    made = await propose(api, title="Shorter queues")
    await asyncio.to_thread(runs.run_queued, served.database.url)

    shown = (await api.get(f"{LIST}/{made['key']}")).json()

    assert shown["range"] == {"low": 1, "high": 2, "top_k": 3, "p_top_k": 1.0, "tier": "clear"}


async def test_a_criterion_has_two_decimals(served_sqlite: Served) -> None:
    await prepared(served_sqlite.database)
    api = await served_sqlite.api(Role.CONTRIBUTOR)
    quiet = await propose(api, title="Quieter gates")
    async with served_sqlite.database.writing() as session:
        (await session.get_one(Initiative, quiet["id"])).rated_effort_benefit = 6.15224460689137

    told = (await api.get(f"{LIST}/{quiet['key']}")).json()

    assert told["criteria"]["effort_benefit"] == 6.15


def test_urgency_of_today_is_told_as_people_read_it() -> None:
    record = {"kind": "decaying", "value": 10.0, "day": "2026-11-01", "half_life": 30.0}

    shown = urgency_shown(Initiative(urgency_profile=record, urgency_share=0.3, rated_urgency=3.0))

    assert shown is not None
    assert shown.value == 0.9
