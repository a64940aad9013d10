"""What hangs on an issue of the demo tracker: labels, comments, sub-issues, milestones."""

from collections.abc import AsyncIterator

import httpx
import pytest

from integrations.demo_tracker.repository import Repository
from tests.trackers.fake_github import Clock, calling, created, github, repository
from tests.trackers.server import Server

QUEUES = "Shorter queues at security"
SIGNS = "Signs to the gates people can read"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tracked(clock: Clock) -> Repository:
    return repository(clock)


@pytest.fixture
async def server(tracked: Repository) -> AsyncIterator[Server]:
    """Serving; at the end nobody may have broken the contract."""
    async with github(tracked) as serving:
        yield serving
        assert serving.violations == []


@pytest.fixture
async def http(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(server) as client:
        yield client


async def test_labels_of_an_issue_are_added_taken_and_replaced(http: httpx.AsyncClient) -> None:
    await created(http, QUEUES, labels=["cx"])

    added = await http.post("/issues/1/labels", json={"labels": ["Security", "CX"]})
    taken = await http.delete("/issues/1/labels/cx")
    absent = await http.delete("/issues/1/labels/cx")
    replaced = await http.put("/issues/1/labels", json={"labels": ["terminal 2"]})
    listed = await http.get("/issues/1/labels")
    cleared = await http.delete("/issues/1/labels")

    names = [[label["name"] for label in answer.json()] for answer in (added, taken, replaced, listed)]
    assert names == [["cx", "Security"], ["Security"], ["terminal 2"], ["terminal 2"]]
    assert (absent.status_code, absent.json()["message"], cleared.status_code) == (404, "Label does not exist", 204)


async def test_labels_of_the_repository_are_kept_without_regard_to_case(http: httpx.AsyncClient) -> None:
    made = await http.post("/labels", json={"name": "cx", "color": "0e8a16", "description": "Customer experience"})
    double = await http.post("/labels", json={"name": "CX"})
    await created(http, QUEUES, labels=["CX"])
    renamed = await http.patch("/labels/cx", json={"new_name": "customer"})
    issue = (await http.get("/issues/1")).json()
    shown = await http.get("/labels/Customer")
    listed = await http.get("/labels")
    removed = await http.delete("/labels/customer")

    assert (made.status_code, double.status_code, double.json()["errors"][0]["code"]) == (201, 422, "already_exists")
    assert (renamed.json()["name"], issue["labels"][0]["name"], shown.json()["color"]) == (
        "customer",
        "customer",
        "0e8a16",
    )
    assert (len(listed.json()), removed.status_code, (await http.get("/issues/1")).json()["labels"]) == (1, 204, [])


async def test_comments_are_written_listed_edited_and_deleted(
    server: Server, http: httpx.AsyncClient, clock: Clock
) -> None:
    await created(http, QUEUES)
    clock.turn(60)
    first = (await http.post("/issues/1/comments", json={"body": "Two lanes closed"})).json()
    clock.turn(60)
    await http.post("/issues/1/comments", json={"body": "Open again"})
    async with calling(server, "reader") as reader:
        foreign = await reader.patch(f"/issues/comments/{first['id']}", json={"body": "mine"})
    edited = await http.patch(f"/issues/comments/{first['id']}", json={"body": "Three lanes closed"})
    clock.turn(60)

    recent = await http.get("/issues/1/comments", params={"since": "2026-11-23T08:03:00Z"})
    every = await http.get("/issues/1/comments")
    removed = await http.delete(f"/issues/comments/{first['id']}")
    gone = await http.get(f"/issues/comments/{first['id']}")
    issue = (await http.get("/issues/1")).json()

    assert (foreign.status_code, edited.json()["body"]) == (403, "Three lanes closed")
    assert (recent.json(), [one["body"] for one in every.json()]) == ([], ["Three lanes closed", "Open again"])
    assert (removed.status_code, gone.status_code, issue["comments"]) == (204, 404, 1)
    assert issue["updated_at"] == "2026-11-23T08:03:00Z"


async def test_a_locked_issue_takes_comments_of_the_team_only(server: Server, http: httpx.AsyncClient) -> None:
    await created(http, QUEUES)
    locked = await http.put("/issues/1/lock", json={"lock_reason": "resolved"})
    async with calling(server, "reader") as reader:
        refused = await reader.post("/issues/1/comments", json={"body": "Still slow"})
        issue = (await http.get("/issues/1")).json()
        await http.delete("/issues/1/lock")
        taken = await reader.post("/issues/1/comments", json={"body": "Still slow"})

    assert (locked.status_code, issue["locked"], issue["active_lock_reason"]) == (204, True, "resolved")
    assert (refused.status_code, taken.status_code) == (403, 201)


async def test_sub_issues_have_one_parent_and_count_their_progress(http: httpx.AsyncClient) -> None:
    parent, lanes, staff = [await created(http, title) for title in (QUEUES, "Open two more lanes", "Train staff")]

    added = [await http.post("/issues/1/sub_issues", json={"sub_issue_id": one["id"]}) for one in (lanes, staff)]
    await http.patch("/issues/2", json={"state": "closed"})
    shown = (await http.get("/issues/1")).json()
    children = [one["number"] for one in (await http.get("/issues/1/sub_issues")).json()]
    up = (await http.get("/issues/2/parent")).json()
    again = await http.post("/issues/3/sub_issues", json={"sub_issue_id": lanes["id"]})
    stolen = await http.post("/issues/3/sub_issues", json={"sub_issue_id": lanes["id"], "replace_parent": True})
    removed = await http.request("DELETE", "/issues/1/sub_issue", json={"sub_issue_id": staff["id"]})
    orphan = await http.get("/issues/3/parent")

    assert [answer.status_code for answer in (*added, again, stolen, removed, orphan)] == [201, 201, 422, 201, 200, 404]
    assert shown["sub_issues_summary"] == {"total": 2, "completed": 1, "percent_completed": 50}
    assert (children, up["id"], again.json()["message"].rpartition(". ")[2]) == (
        [2, 3], parent["id"], "Sub issue may only have one parent",
    )  # fmt: skip


async def test_milestones_are_planned_met_and_found(http: httpx.AsyncClient) -> None:
    late = await http.post("/milestones", json={"title": "Winter", "due_on": "2027-12-01T00:00:00Z"})
    soon = await http.post("/milestones", json={"title": "Summer", "due_on": "2027-06-01T00:00:00Z"})
    double = await http.post("/milestones", json={"title": "Summer"})
    await created(http, QUEUES, milestone=2)

    open_ones = [one["title"] for one in (await http.get("/milestones")).json()]
    closed = await http.patch("/milestones/2", json={"state": "closed", "description": "Peak season"})
    one = (await http.get("/milestones/2")).json()

    assert (late.status_code, soon.json()["number"], double.status_code) == (201, 2, 422)
    assert (open_ones, closed.json()["state"], one["open_issues"]) == (["Summer", "Winter"], "closed", 1)
    assert [one["title"] for one in (await http.get("/milestones")).json()] == ["Winter"]


async def test_a_token_lists_the_repositories_it_may_read(tracked: Repository, server: Server) -> None:
    tracked.beside("aurora-airport/ground-services")

    async with calling(server, "jonas") as jonas, calling(server, "stranger") as stranger:
        seen = await jonas.get(f"{server.url}/api/v3/user/repos", params={"sort": "pushed", "per_page": 100})
        unseen = await stranger.get(f"{server.url}/api/v3/user/repos")

    assert [each["full_name"] for each in seen.json()] == [tracked.full_name, "aurora-airport/ground-services"]
    assert unseen.json() == []
