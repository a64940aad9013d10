"""The API of triage: what waits, and the decisions on it."""

import pytest

from backlog.history import Actor
from backlog.initiatives import initiatives
from backlog.people.roles import Role
from tests.triage.cases import said, waiting
from tests.web.clients import Served

OWNER = Actor("Product owner")
PATHS = ("snooze", "dismissal", "initiative", "merge", "undo")


async def given(served: Served, *names: str) -> list[int]:
    async with served.database.writing() as session:
        return [candidate.id for candidate in await waiting(session, *names)]


async def test_the_list_shows_what_waits_with_the_reason_in_words(served: Served) -> None:
    [number] = await given(served)
    api = await served.api(Role.VIEWER)

    answer = (await api.get("/api/v1/candidates")).json()

    [item] = answer["items"]
    assert answer["total"] == 1
    assert item["touchpoint"]["name"] == "Security screening"
    assert (item["id"], item["cause"], item["state"], item["n"], item["threshold"]) == (number, "low", "open", 145, 5.0)
    assert item["reason"] == "Scores 2.9 (n = 145): below 5.0 with a probability of 99%."
    assert item["p_below"] > 0.8
    assert item["initiative_id"] is None


async def test_the_list_filters_by_state_and_pages(served_sqlite: Served) -> None:
    numbers = await given(served_sqlite, "Security screening", "Restrooms", "Airport parking")
    api = await served_sqlite.api()
    await api.post(f"/api/v1/candidates/{numbers[0]}/snooze", json={"version": 1, "survey": True})

    page = (await api.get("/api/v1/candidates?limit=1&offset=1")).json()
    snoozed = (await api.get("/api/v1/candidates?state=snoozed")).json()
    everything = (await api.get("/api/v1/candidates?state=all")).json()
    odd = await api.get("/api/v1/candidates?state=asleep")

    assert (len(page["items"]), page["total"]) == (1, 2)
    assert [item["id"] for item in snoozed["items"]] == [numbers[0]]
    assert everything["total"] == 3
    assert odd.status_code == 400


async def test_reasons_are_written_in_the_language_asked_for(served_sqlite: Served) -> None:
    [number] = await given(served_sqlite)
    api = await served_sqlite.api()

    answer = await api.get(f"/api/v1/candidates/{number}", headers={"accept-language": "de"})

    assert "2,9" in answer.json()["reason"]


async def test_an_initiative_is_made_from_the_evidence_without_a_word_given(served: Served) -> None:
    [number] = await given(served)
    api = await served.api(Role.CONTRIBUTOR)

    answer = await api.post(f"/api/v1/candidates/{number}/initiative", json={"version": 1})

    assert answer.status_code == 201
    assert answer.json()["state"] == "accepted"
    made = (await api.get(answer.headers["location"])).json()
    assert made["title"] == "Improve Security screening"
    assert "Scores 2.9" in made["problem"]


async def test_a_title_given_is_kept_and_a_wrong_one_changes_nothing(served_sqlite: Served) -> None:
    [number] = await given(served_sqlite)
    api = await served_sqlite.api()

    wrong = await api.post(f"/api/v1/candidates/{number}/initiative", json={"version": 1, "title": "x" * 10_000})
    right = await api.post(f"/api/v1/candidates/{number}/initiative", json={"version": 1, "title": "Two more lanes"})

    assert (wrong.status_code, list(wrong.json()["errors"])) == (422, ["title"])
    assert (await api.get(right.headers["location"])).json()["title"] == "Two more lanes"


async def test_merge_and_undo_by_if_match(served: Served) -> None:
    [number] = await given(served)
    async with served.database.writing() as session:
        initiative = (await initiatives.propose(session, title="Shorter queues", by=OWNER)).id
    api = await served.api(Role.CONTRIBUTOR)

    merged = await api.post(
        f"/api/v1/candidates/{number}/merge", json={"initiative_id": initiative}, headers={"if-match": '"1"'}
    )
    back = await api.post(f"/api/v1/candidates/{number}/undo", headers={"if-match": merged.headers["etag"]})

    assert (merged.status_code, merged.json()["initiative_id"]) == (200, initiative)
    assert (back.status_code, back.json()["state"], back.json()["initiative_id"]) == (200, "open", None)


async def test_a_stale_decision_is_answered_with_the_current_state(served: Served) -> None:
    [number] = await given(served)
    api = await served.api()
    first = await api.post(
        f"/api/v1/candidates/{number}/dismissal",
        json={"version": 1, "reason": "outside our control", "note": "Airlines"},
    )

    late = await api.post(f"/api/v1/candidates/{number}/snooze", json={"version": 1, "survey": True})
    again = await api.post(f"/api/v1/candidates/{number}/snooze", json={"version": 2, "survey": True})

    assert (first.status_code, first.json()["dismissal"]) == (200, "outside our control")
    assert (late.status_code, again.status_code) == (409, 409)
    assert late.json()["current"]["state"] == again.json()["current"]["state"] == "dismissed"
    assert "already decided by" in again.json()["detail"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("snooze", {}, 428),
        ("snooze", {"version": 1}, 422),
        ("snooze", {"version": 1, "until": "2001-01-01"}, 422),
        ("snooze", {"version": 1, "until": "soon"}, 400),
        ("snooze", {"version": 1, "change": 99}, 422),
        ("dismissal", {"version": 1, "reason": "other"}, 422),
        ("dismissal", {"version": 1, "reason": "bored"}, 400),
        ("dismissal", {"version": 1, "reason": "already solved", "note": "x" * 2001}, 422),
        ("dismissal", {"version": 1, "reason": "already solved", "note": "a\0b"}, 422),
        ("merge", {"version": 1, "initiative_id": 999}, 422),
        ("merge", {"version": 1}, 400),
        ("initiative", {"version": 1, "titel": "Two more lanes"}, 400),
        ("undo", {"version": 1}, 409),
    ],
)
async def test_bad_input_is_refused_and_leaves_it_waiting(
    served_sqlite: Served, path: str, body: dict[str, object], status: int
) -> None:
    [number] = await given(served_sqlite)
    api = await served_sqlite.api()

    answer = await api.post(f"/api/v1/candidates/{number}/{path}", json=body)

    assert answer.status_code == status, answer.text
    assert (await api.get(f"/api/v1/candidates/{number}")).json()["state"] == "open"


@pytest.mark.parametrize("path", PATHS)
async def test_a_viewer_sees_but_does_not_decide(served_sqlite: Served, path: str) -> None:
    [number] = await given(served_sqlite)
    api = await served_sqlite.api(Role.VIEWER)

    answer = await api.post(f"/api/v1/candidates/{number}/{path}", json={"version": 1})

    assert answer.status_code == 403


async def test_insights_become_evidence_of_the_initiative(served_sqlite: Served) -> None:
    async with served_sqlite.database.writing() as session:
        [candidate] = await waiting(session)
        await said(session, candidate.touchpoint_id, "An hour in socks.", "Taking shoes off")
    api = await served_sqlite.api()

    answer = await api.post(f"/api/v1/candidates/{candidate.id}/initiative", json={"version": 1})

    made = (await api.get(answer.headers["location"])).json()
    assert made["title"] == "Improve Security screening"
    assert "An hour in socks." in made["problem"]


async def test_there_is_no_candidate_of_that_number(served_sqlite: Served) -> None:
    api = await served_sqlite.api()

    assert (await api.get("/api/v1/candidates/404")).status_code == 404
    assert (await api.post("/api/v1/candidates/404/undo", json={"version": 1})).status_code == 404
