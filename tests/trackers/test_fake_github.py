"""The demo tracker does what GitHub documents; every exchange is held to GitHub's own document."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from integrations.demo_tracker.repository import Repository
from tests.trackers.fake_github import JONAS, MARA, NAME, WAYMARK, Clock, calling, created, github, repository
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


async def test_an_issue_is_created_with_everything_given(http: httpx.AsyncClient, tracked: Repository) -> None:
    tracked.milestones.create("Summer 2027", by=MARA)
    tracked.add_type("Improvement")

    answer = await http.post(
        "/issues",
        json={
            "title": QUEUES, "body": "42 minutes at 7 am", "labels": ["cx", {"name": "Security"}],
            "assignees": ["jonas-ramp"], "milestone": 1, "type": "improvement",
        },
    )  # fmt: skip

    said = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, said["url"])
    assert (said["number"], said["title"], said["body"], said["state"]) == (1, QUEUES, "42 minutes at 7 am", "open")
    assert [label["name"] for label in said["labels"]] == ["cx", "Security"]
    assert (said["assignees"][0]["login"], said["milestone"]["title"], said["type"]["name"]) == (
        "jonas-ramp", "Summer 2027", "Improvement",
    )  # fmt: skip
    assert said["html_url"] == f"{tracked.host.address}/{NAME}/issues/1"


@pytest.mark.parametrize("switched", [True, False])
async def test_without_push_access_fields_are_dropped_in_silence(
    server: Server, tracked: Repository, switched: bool
) -> None:
    tracked.milestones.create("Summer 2027", by=MARA)
    tracked.push_access = not switched

    async with calling(server, "jonas" if switched else "reader") as http:
        said = await created(http, QUEUES, labels=["cx"], assignees=["jonas-ramp"], milestone=1)
        changed = await http.patch("/issues/1", json={"title": SIGNS, "labels": ["cx"]})

    assert (said["labels"], said["assignees"], said["milestone"]) == ([], [], None)
    assert (changed.status_code, changed.json()["title"], changed.json()["labels"]) == (200, SIGNS, [])


@pytest.mark.parametrize(
    ("sent", "field", "message"),
    [
        ({"title": "Q" * 257}, "title", "title is too long (maximum is 256 characters)"),
        ({"title": QUEUES, "body": "b" * 65537}, "body", "body is too long (maximum is 65536 characters)"),
        ({"title": QUEUES, "assignees": ["nobody-here"]}, "assignees", None),
        ({"title": QUEUES, "milestone": 7}, "milestone", None),
        ({"title": QUEUES, "type": "Dream"}, "type", None),
        ({"title": QUEUES, "labels": ["l" * 51]}, "name", "name is too long (maximum is 50 characters)"),
    ],
)
async def test_a_refused_field_is_named_and_nothing_is_created(
    http: httpx.AsyncClient, tracked: Repository, sent: dict[str, object], field: str, message: str | None
) -> None:
    answer = await http.post("/issues", json=sent)

    said = answer.json()
    assert (answer.status_code, said["message"]) == (422, "Validation Failed")
    assert (said["errors"][0]["field"], said["errors"][0].get("message")) == (field, message)
    assert tracked.issues.every() == []


async def test_the_longest_title_and_body_pass(http: httpx.AsyncClient) -> None:
    said = await created(http, "Q" * 256, body="b" * 65536)

    assert (len(said["title"]), len(said["body"])) == (256, 65536)


async def test_broken_json_is_400_and_a_missing_title_422(server: Server, http: httpx.AsyncClient) -> None:
    broken = await http.post("/issues", content=b'{"title": ', headers={"Content-Type": "application/json"})
    untitled = await http.post("/issues", json={"body": "no title"})

    assert (broken.status_code, broken.json()["message"]) == (400, "Problems parsing JSON")
    assert (untitled.status_code, untitled.json()["message"]) == (422, 'Invalid request.\n\n"title" wasn\'t supplied.')
    assert len(server.violations) == 2  # both requests are wrong by the document, that is the point
    server.violations.clear()


async def test_a_change_replaces_labels_and_assignees_and_leaves_the_rest(http: httpx.AsyncClient) -> None:
    await created(http, QUEUES, body="42 minutes", labels=["cx", "security"], assignees=["jonas-ramp"])

    answer = await http.patch("/issues/1", json={"labels": ["cx"], "assignees": ["mara-delivery"]})

    said = answer.json()
    assert [label["name"] for label in said["labels"]] == ["cx"]
    assert [person["login"] for person in said["assignees"]] == ["mara-delivery"]
    assert (said["title"], said["body"]) == (QUEUES, "42 minutes")


async def test_a_reason_counts_only_when_the_state_changes(http: httpx.AsyncClient) -> None:
    await created(http, QUEUES)

    async def patched(**fields: object) -> tuple[str, str | None]:
        said = (await http.patch("/issues/1", json=fields)).json()
        return said["state"], said["state_reason"]

    assert await patched(state_reason="not_planned") == ("open", None)
    assert await patched(state="closed", state_reason="not_planned") == ("closed", "not_planned")
    assert await patched(state="closed", state_reason="completed") == ("closed", "not_planned")
    assert await patched(state="open") == ("open", "reopened")
    assert await patched(state="closed") == ("closed", "completed")
    closed = (await http.get("/issues/1")).json()
    assert (closed["closed_by"]["login"], closed["closed_at"]) == ("mara-delivery", closed["updated_at"])


async def test_a_change_that_changes_nothing_leaves_the_time_of_the_last_change(
    http: httpx.AsyncClient, clock: Clock
) -> None:
    before = await created(http, QUEUES)
    clock.turn(60)

    after = (await http.patch("/issues/1", json={"title": QUEUES, "state": "open"})).json()

    assert after["updated_at"] == before["updated_at"]


async def test_the_list_filters_sorts_and_names_pull_requests(
    http: httpx.AsyncClient, tracked: Repository, clock: Clock
) -> None:
    tracked.open_issue(QUEUES, by=WAYMARK, labels=["cx", "security"])
    clock.turn(60)
    tracked.open_issue(SIGNS, by=MARA, labels=["CX"])
    clock.turn(60)
    tracked.open_issue("Bump the sign generator", by=MARA, pull_request=True)
    tracked.close(2, by=MARA)

    async def numbers(**query: str) -> list[int]:
        return [one["number"] for one in (await http.get("/issues", params=query)).json()]

    assert await numbers() == [3, 1]
    assert await numbers(state="all", labels="cx", direction="asc") == [1, 2]
    assert await numbers(state="all", labels="cx,security") == [1]
    assert await numbers(creator="waymark[bot]") == [1]
    assert await numbers(state="closed") == [2]
    assert await numbers(state="all", since="2026-11-23T08:02:00Z") == [3, 2]
    assert await numbers(state="all", sort="updated", direction="asc") == [1, 2, 3]
    assert await numbers(assignee="none", milestone="none") == [3, 1]
    assert await numbers(assignee="*") == []
    pull_request = (await http.get("/issues")).json()[0]
    assert pull_request["pull_request"]["html_url"].endswith("/pull/3")


async def test_pages_are_linked_by_the_number_of_the_repository(http: httpx.AsyncClient, tracked: Repository) -> None:
    for number in range(1, 6):
        tracked.open_issue(f"Gate {number}: more seats", by=MARA)

    seen, address = [], "/issues?state=all&per_page=2&direction=asc"
    while address:
        answer = await http.get(address)
        seen += [one["number"] for one in answer.json()]
        address = answer.links.get("next", {}).get("url", "")

    assert seen == [1, 2, 3, 4, 5]
    first = await http.get("/issues?state=all&per_page=2")
    assert set(first.links) == {"next", "last"}
    assert f"/repositories/{tracked.records.id}/issues?state=all&per_page=2&page=2" in first.links["next"]["url"]
    assert "link" not in (await http.get("/issues")).headers


async def test_an_unchanged_issue_is_304_free_of_the_limit_and_only_for_the_same_token(
    server: Server, http: httpx.AsyncClient
) -> None:
    await created(http, QUEUES)
    first = await http.get("/issues/1")
    known = {"If-None-Match": first.headers["etag"]}

    same = await http.get("/issues/1", headers=known)
    async with calling(server, "jonas") as other:
        foreign = await other.get("/issues/1", headers=known)
    await http.patch("/issues/1", json={"title": SIGNS})
    changed = await http.get("/issues/1", headers=known)

    assert (same.status_code, same.content, foreign.status_code, changed.status_code) == (304, b"", 200, 200)
    assert same.headers["x-ratelimit-remaining"] == first.headers["x-ratelimit-remaining"]


@pytest.mark.parametrize("blank", [False, True])
async def test_a_transferred_issue_redirects_and_what_is_below_it_is_gone(
    http: httpx.AsyncClient, tracked: Repository, blank: bool
) -> None:
    baggage = tracked.beside("aurora-airport/baggage")
    baggage.labels.create("cx")
    tracked.open_issue(QUEUES, by=MARA, labels=["cx", "security"])
    tracked.comments.write(1, "Since the new scanners", by=JONAS)
    tracked.blank_location = blank
    tracked.transfer(1, baggage, by=MARA)

    answer = await http.get("/issues/1")
    changed = await http.patch("/issues/1", json={"title": SIGNS})
    comments = await http.get("/issues/1/comments")
    moved = (await http.get(answer.json()["url"])).json()

    assert (answer.status_code, changed.status_code, comments.status_code) == (301, 301, 404)
    assert answer.headers["location"] == ("" if blank else answer.json()["url"])
    assert (moved["repository_url"].rpartition("/")[2], moved["title"], moved["comments"]) == ("baggage", QUEUES, 1)
    assert [label["name"] for label in moved["labels"]] == ["cx"]


async def test_a_deleted_issue_is_410_and_one_that_never_was_404(http: httpx.AsyncClient, tracked: Repository) -> None:
    tracked.open_issue(QUEUES, by=MARA)
    tracked.delete(1, by=MARA)

    gone, never, below = [await http.get(path) for path in ("/issues/1", "/issues/2", "/issues/1/comments")]

    assert (gone.status_code, never.status_code, below.status_code) == (410, 404, 410)
    assert gone.json()["message"] == "This issue was deleted"


async def test_issues_switched_off_are_410_and_the_repository_says_so(
    http: httpx.AsyncClient, tracked: Repository
) -> None:
    tracked.open_issue(QUEUES, by=MARA)
    tracked.has_issues = False

    one = await http.get("/issues/1")
    answer, listed = await http.post("/issues", json={"title": QUEUES}), await http.get("/issues")
    shown = await http.get(tracked.url)

    assert (answer.status_code, answer.json()["message"]) == (410, "Issues has been disabled in this repository.")
    assert (one.status_code, listed.status_code, shown.json()["has_issues"]) == (410, 410, False)


async def test_a_renamed_repository_redirects_to_its_number(server: Server, tracked: Repository) -> None:
    tracked.open_issue(QUEUES, by=MARA)
    tracked.rename("traveller-services")

    async with calling(server) as http:
        answer = await http.get("/issues/1?x=1")
        posted = await http.post("/issues", json={"title": SIGNS})
        followed = await http.get("/issues/1", follow_redirects=True)

    assert answer.status_code == 301
    assert answer.headers["location"] == f"{server.url}/repositories/{tracked.records.id}/issues/1?x=1"
    assert (posted.status_code, followed.json()["title"]) == (307, QUEUES)
    assert followed.json()["repository_url"].endswith("/traveller-services")


async def test_list_and_search_lag_behind_what_the_issue_itself_says(
    http: httpx.AsyncClient, server: Server, tracked: Repository, clock: Clock
) -> None:
    tracked.index_lag, tracked.search_lag = 30, 300
    await created(http, QUEUES, body="marker-4711")

    async def listed() -> list[str]:
        return [one["title"] for one in (await http.get("/issues")).json()]

    async def searched(query: str = "marker-4711 in:body") -> list[str]:
        answer = await http.get(f"{server.url}/search/issues", params={"q": f"repo:{NAME} is:issue {query}"})
        return [one["title"] for one in answer.json()["items"]]

    assert (await listed(), await searched()) == ([], [])
    clock.turn(30)
    assert (await listed(), await searched()) == ([QUEUES], [])
    await http.patch("/issues/1", json={"title": SIGNS})
    assert (await listed(), (await http.get("/issues/1")).json()["title"]) == ([QUEUES], SIGNS)
    clock.turn(300)
    assert (await listed(), await searched(), await searched("label:cx")) == ([SIGNS], [SIGNS], [])


async def test_search_knows_its_qualifiers_and_refuses_foreign_places(
    http: httpx.AsyncClient, server: Server, tracked: Repository
) -> None:
    tracked.open_issue(QUEUES, by=WAYMARK, labels=["cx"], body="Peak at 7 am")
    tracked.open_issue(SIGNS, by=MARA)
    tracked.close(2, by=MARA)

    async def found(query: str) -> list[int] | int:
        answer = await http.get(f"{server.url}/search/issues", params={"q": query})
        return [one["number"] for one in answer.json()["items"]] if answer.is_success else answer.status_code

    assert await found(f'repo:{NAME} label:"cx" state:open author:waymark[bot]') == [1]
    assert await found(f"repo:{NAME} is:closed") == [2]
    assert await found(f"repo:{NAME} -label:cx") == [2]
    assert await found(f'repo:{NAME} "7 am"') == [1]
    assert await found(f'repo:{NAME} "7 am" in:title') == []
    assert await found("repo:aurora-airport/secret is:issue") == 422
    assert await found("") == 422
    server.violations.clear()  # an empty query is wrong by the document, too


async def test_a_repository_tells_what_the_caller_may(server: Server, tracked: Repository) -> None:
    told = {}
    for token in ("mara", "jonas", "reader", "stranger"):
        async with calling(server, token) as http:
            answer = await http.get(f"{server.url}/repos/{NAME}")
            told[token] = answer.json().get("permissions", answer.status_code)

    assert told["stranger"] == 404
    assert [told[token]["push"] for token in ("mara", "jonas", "reader")] == [True, True, False]
    assert (told["mara"]["admin"], told["jonas"]["admin"], told["reader"]["pull"]) == (True, False, True)


async def test_assignees_and_issue_types_can_be_listed(
    server: Server, http: httpx.AsyncClient, tracked: Repository
) -> None:
    tracked.add_type("Improvement", "Makes something better")

    people = [one["login"] for one in (await http.get("/assignees")).json()]
    may, may_not = await http.get("/assignees/jonas-ramp"), await http.get("/assignees/rita-reader")
    here = (await http.get("/issue-types")).json()
    everywhere = (await http.get(f"{server.url}/orgs/aurora-airport/issue-types")).json()

    assert people == ["mara-delivery", "jonas-ramp", "tilda-triage"]
    assert (may.status_code, may_not.status_code) == (204, 404)
    assert here == everywhere
    assert here[0]["name"] == "Improvement"


async def test_an_enterprise_server_has_the_same_below_its_own_path(server: Server, tracked: Repository) -> None:
    tracked.open_issue(QUEUES, by=MARA)
    tracked.open_issue(SIGNS, by=MARA)

    async with calling(server) as http:
        answer = await http.get(f"{server.url}/api/v3/repos/{NAME}/issues?per_page=1")
        following = await http.get(answer.links["next"]["url"])

    assert answer.json()[0]["url"] == f"{server.url}/api/v3/repos/{NAME}/issues/2"
    assert answer.links["next"]["url"].startswith(f"{server.url}/api/v3/repositories/")
    assert following.json()[0]["number"] == 1


async def test_an_address_nobody_has_is_404_in_the_tracker_s_words(server: Server, http: httpx.AsyncClient) -> None:
    answer = await http.get("/wishes")

    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")
    server.violations.clear()  # no document has it, rightly


def test_a_saved_repository_goes_on_where_it_was(tmp_path: Path, clock: Clock) -> None:
    saved = tmp_path / "demo-tracker.json"
    before = Repository(NAME, clock=clock, accounts={"mara": MARA}, saved_in=saved)
    before.open_issue(QUEUES, by=MARA, labels=["cx"])
    before.comments.write(1, "Two lanes closed", by=JONAS)
    before.close(1, by=MARA, reason="not_planned")
    before.open_issue(SIGNS, by=MARA)
    before.delete(2, by=MARA)

    after = Repository(NAME, clock=clock, accounts={"mara": MARA}, saved_in=saved)
    new = after.open_issue(SIGNS, by=MARA)

    assert after.issues.get(1) == replace(before.issues.get(1), versions=[])
    assert [one.body for one in after.comments.of(1)] == ["Two lanes closed"]
    assert (new.number, after.records.gone) == (3, {2})
    assert new.id not in {one.id for one in before.issues.every()}
