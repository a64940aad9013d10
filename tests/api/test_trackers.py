"""Connections, links and conflicts by the API: what cannot be kept is said by field, and nothing falls over."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from backlog import history
from backlog.errors import Text
from backlog.people.roles import Role
from backlog.trackers.conflicts import Side
from backlog.trackers.connections import ConnectionState
from backlog.trackers.fields import Field
from backlog.trackers.undelivered import End, Undelivered
from integrations.engine import syncing
from integrations.errors import TrackerError, Unavailable
from tests.web.clients import Served
from tests.web.test_conflicts import conflict, one
from tests.web.tracker_stand_in import connect, issue, link, link_row, propose, row, stand_in


async def test_a_decision_says_which_version_was_seen(served: Served) -> None:
    number, _, _ = await conflict(served)
    api = await served.api(Role.DEPARTMENT_LEAD)
    path = f"/api/v1/conflicts/{number}/decision"

    without = await api.post(path, json={"decision": "ours"})
    stale = await api.post(path, json={"decision": "ours", "version": 7})
    other = await api.post(path, json={"decision": "ours"}, headers={"If-Match": '"7"'})
    decided = await api.post(path, json={"decision": "ours"}, headers={"If-Match": '"1"'})

    assert [each.status_code for each in (without, stale, other, decided)] == [428, 409, 409, 200]
    assert (await one(served, number)).decision is Side.OURS


async def test_a_webhook_to_nowhere_is_refused_before_it_is_read(served_sqlite: Served) -> None:
    read = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(100):
            read += 1
            yield b" " * 65_536

    answer = await served_sqlite.visitor(csrf=False).post("/webhooks/github/77", content=endless())

    assert answer.status_code == 401
    assert read == 0


@pytest.mark.parametrize("title", ["x" * 301, "Gate\0B7", "Gate \u202e B7", "  ", " \u200b "])
async def test_a_title_of_an_issue_that_cannot_be_kept_is_named(served: Served, title: str) -> None:
    stand_in(served)
    initiative, connection = await propose(served), await connect(served)
    await link(served, initiative, connection)
    api = await served.api(Role.DEPARTMENT_LEAD)

    answer = await api.post(
        f"/api/v1/initiatives/CX-{initiative}/links", json={"connection": connection, "title": title}
    )

    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"title"})


async def test_a_title_of_a_further_issue_is_kept_on_one_line(served: Served) -> None:
    stand_in(served)
    initiative, connection = await propose(served), await connect(served)
    await link(served, initiative, connection)
    api = await served.api(Role.DEPARTMENT_LEAD)

    asked: dict[str, Any] = {"connection": connection, "title": "  Signs at\n gate B7 "}
    made = await api.post(f"/api/v1/initiatives/CX-{initiative}/links", json=asked)

    assert made.status_code == 201
    assert (await link_row(served, made.json()["id"])).title == "Signs at gate B7"


GIVEN: dict[str, Any] = {"kind": "github", "name": "GitHub gates", "project": "aurora-airport/gates", "token": "ghp_1"}


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"name": "x" * 201}, "name"),
        ({"name": "Gates\0"}, "name"),
        ({"project": "x" * 201}, "project"),
        ({"project": "Gates\0"}, "project"),
        ({"locale": "xx"}, "locale"),
        ({"token": "x" * 20_001}, "token"),
        ({"token": "ghp\0"}, "token"),
        ({"base_url": f"https://{'a' * 64}.example"}, "base_url"),
        ({"base_url": f"https://github.com/{'a' * 500}"}, "base_url"),
        ({"mapping": {"fields": {"evidence": {"direction": "both"}}}}, "direction-evidence"),
        ({"mapping": {"departments": {"baggage": "10001"}}}, "departments"),
    ],
)
async def test_what_of_a_connection_cannot_be_kept_is_named(served: Served, given: dict[str, Any], wrong: str) -> None:
    api = await served.api(Role.ADMINISTRATOR)
    kept = (
        await api.post("/api/v1/connections", json=GIVEN | {"name": "GitHub signs", "project": "aurora-airport/signs"})
    ).json()

    made = await api.post("/api/v1/connections", json=GIVEN | given)
    changed = await api.patch(f"/api/v1/connections/{kept['id']}", json={"version": kept["version"], **given})

    assert (made.status_code, set(made.json()["errors"])) == (422, {wrong})
    assert (changed.status_code, set(changed.json()["errors"])) == (422, {wrong})


async def test_an_email_alone_is_not_passed_over_in_silence(served_sqlite: Served) -> None:
    api = await served_sqlite.api(Role.ADMINISTRATOR)
    given = GIVEN | {"kind": "jira-cloud", "base_url": "https://aurora.atlassian.net", "project": "AIR"}
    given |= {"email": "sync@aurora.example"}
    kept = (await api.post("/api/v1/connections", json=given)).json()
    path, version = f"/api/v1/connections/{kept['id']}", kept["version"]

    alone = await api.patch(path, json={"email": "other@aurora.example", "version": version})
    together = await api.patch(path, json={"email": "other@aurora.example", "token": "new", "version": version})

    assert (alone.status_code, set(alone.json()["errors"])) == (422, {"email"})
    assert together.status_code == 200


@pytest.mark.parametrize("trouble", [None, Unavailable(Text("It cannot be reached."))])
async def test_disconnecting_takes_the_webhook_away_where_it_can(served: Served, trouble: TrackerError | None) -> None:
    tracker = stand_in(served)
    tracker.trouble = trouble
    first, second = [await connect(served, f"Jira {each}", project=each, hook_id="77") for each in ("AIR", "PARK")]
    api, browser = await served.api(Role.ADMINISTRATOR), await served.client(Role.ADMINISTRATOR)

    by_api = await api.post(f"/api/v1/connections/{first}/disconnect")
    by_page = await browser.post(f"/connections/{second}/disconnection")

    assert (by_api.status_code, by_page.status_code) == (200, 303)
    assert tracker.removed == ([] if trouble else ["77", "77"])
    for each in (first, second):
        kept = await row(served, each)
        assert (kept.state, kept.hook_id, kept.credentials) == (ConnectionState.DISCONNECTED, "", "")


async def test_what_somebody_let_go_of_is_listed_by_its_end(served: Served) -> None:
    tied = await link(served, await propose(served), await connect(served))
    api = await served.api(Role.VIEWER)
    async with served.database.writing() as session:
        for end in (None, *End):
            item = Undelivered(link_id=tied, field=Field.DUE, value="2026-12-12", reason=Text("It refused the field."))
            session.add(item)
            if end:
                item.finish(end, "Kim Weber")

    waiting = (await api.get("/api/v1/undelivered")).json()
    gone = (await api.get("/api/v1/undelivered?end=discarded")).json()
    strange = await api.get("/api/v1/undelivered?end=lost")

    assert [each["end"] for each in waiting["items"]] == [None]
    assert [each["end"] for each in gone["items"]] == ["discarded"]
    assert strange.status_code == 400


async def test_a_link_tells_of_its_issue_and_not_how_it_is_kept_in_step(served_sqlite: Served) -> None:
    told = syncing.facts(issue(2231, children=3, done=1)) | {"nesting": "no", "moved": {"key": "OPS-9"}}
    own = {"told": {"at": "now"}, "places": {}, "left": [], "overruled": {}, "sent": {}, "followed": "2"}
    connection = await connect(served_sqlite)
    await link(served_sqlite, await propose(served_sqlite), connection, facts=told | own)
    api = await served_sqlite.api(Role.VIEWER)

    (shown,) = (await api.get("/api/v1/links")).json()["items"]

    assert shown["facts"] == told


async def test_a_body_says_which_link_an_issue_settles(served_sqlite: Served) -> None:
    tracker = stand_in(served_sqlite)
    tracker.issues = (issue(2300, "Signs in four languages"), issue(2301, "Signs in five languages"))
    initiative, connection = await propose(served_sqlite), await connect(served_sqlite)
    lost = await link(served_sqlite, initiative, connection, None, intent_at=history.now())
    api, path = await served_sqlite.api(Role.DEPARTMENT_LEAD), f"/api/v1/initiatives/CX-{initiative}/links"

    without = await api.post(path, json={"connection": connection, "settles": lost})
    main = await link(served_sqlite, await propose(served_sqlite), connection)
    of_another, no_number, beyond = [
        await api.post(path, json={"connection": connection, "issue": "AIR-2300", "settles": each})
        for each in (main, -5, 10**30)
    ]
    settled = await api.post(path, json={"connection": connection, "issue": "AIR-2300", "settles": lost})

    again = await api.post(path, json={"connection": connection, "issue": "AIR-2301", "settles": lost})

    assert [each.status_code for each in (without, settled, again)] == [422, 201, 409]
    for each in (of_another, no_number, beyond):
        assert (each.status_code, each.json()["detail"]) == (404, "There is no such link.")
    assert (settled.json()["id"], settled.json()["external_key"]) == (lost, "AIR-2300")


async def test_a_change_that_waits_to_be_carried_over_makes_its_link_pending(served: Served) -> None:
    stand_in(served)
    initiative, connection = await propose(served), await connect(served)
    number = await link(served, initiative, connection)
    api = await served.api(Role.DEPARTMENT_LEAD)
    before = (await api.get("/api/v1/links?state=in_step")).json()["items"]
    version = (await api.get(f"/api/v1/initiatives/CX-{initiative}")).json()["version"]

    await api.patch(
        f"/api/v1/initiatives/CX-{initiative}", json={"title": "Queues under ten minutes", "version": version}
    )

    waiting = (await api.get("/api/v1/links?state=pending")).json()["items"]
    assert [each["id"] for each in before] == [number]
    assert [(each["id"], each["state"]) for each in waiting] == [(number, "pending")]
    assert (await api.get("/api/v1/links?state=in_step")).json()["total"] == 0
