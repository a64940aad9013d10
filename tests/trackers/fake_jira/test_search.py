"""Searching the fake: bounded, behind by the index's lag, in pages by token, fields only when asked for."""

import datetime as dt

import httpx
import pytest

from tests.trackers.fake_jira import Site
from tests.trackers.fake_jira.airport import TOM
from tests.trackers.fake_jira.clock import HandClock
from tests.trackers.fake_jira.visitors import Visitors


@pytest.fixture
def filed(site: Site, clock: HandClock) -> Site:
    """Four issues, a minute apart: three in GATE, of which the second is started, one in SHOP."""
    tom = site.accounts[TOM]
    for number, (project, summary, label) in enumerate(
        [
            ("GATE", "Queue at gate B12", "cxsync-1"),
            ("GATE", "Lounge too loud", "cxsync-2"),
            ("GATE", "Boarding calls in one language", "winter"),
            ("SHOP", "Nothing to eat after ten", "winter"),
        ]
    ):
        site.create(project, tom, summary=summary, labels=[label], description=f"Wave {number}")
        clock.forward(minutes=1)
    site.transition("GATE-2", "In Progress", by=tom)
    return site


async def keys(jira: httpx.AsyncClient, jql: str) -> list[str]:
    answer = await jira.post("/search/jql", json={"jql": jql, "fields": ["summary"]})
    assert answer.status_code == 200, answer.text
    return [each["key"] for each in answer.json()["issues"]]


@pytest.mark.parametrize(
    ("jql", "found"),
    [
        ("project = GATE", ["GATE-3", "GATE-2", "GATE-1"]),
        ('labels = "cxsync-1"', ["GATE-1"]),
        ("labels in (cxsync-1, winter) AND project != SHOP", ["GATE-3", "GATE-1"]),
        ('status = "In Progress"', ["GATE-2"]),
        ("statusCategory = new AND project = GATE", ["GATE-3", "GATE-1"]),
        ("key in (GATE-1, SHOP-1) ORDER BY created ASC", ["GATE-1", "SHOP-1"]),
        ("issuekey >= GATE-2 ORDER BY key ASC", ["GATE-2", "GATE-3"]),
        ('summary ~ "gate queue"', ["GATE-1"]),
        ('text ~ "wav*" AND NOT project = GATE', ["SHOP-1"]),
        ("project = GATE AND (labels = winter OR labels = cxsync-2) ORDER BY updated DESC", ["GATE-2", "GATE-3"]),
        ("assignee is EMPTY AND project = SHOP", ["SHOP-1"]),
        ("labels = cxsync-999", []),
        ("updated >= -2m ORDER BY key", ["GATE-2", "GATE-3", "SHOP-1"]),
    ],
)
async def test_jql_finds(filed: Site, jira: httpx.AsyncClient, jql: str, found: list[str]) -> None:
    assert await keys(jira, jql) == found


async def test_a_date_in_jql_is_read_in_the_askers_time_zone(filed: Site, jira: httpx.AsyncClient) -> None:
    in_berlin = await keys(jira, 'created >= "2026-11-22 13:02" AND project = GATE')
    filed.accounts[filed.tokens["classic"].account].time_zone = "UTC"

    assert in_berlin == ["GATE-3"]
    assert await keys(jira, 'created >= "2026-11-22 12:02" AND project = GATE') == ["GATE-3"]


@pytest.mark.parametrize(
    ("jql", "text"),
    [
        ("", "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."),
        (
            "ORDER BY updated",
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.",
        ),
        ("project = RUNWAY", "The value 'RUNWAY' does not exist for the field 'project'."),
        ("status = Flying", "The value 'Flying' does not exist for the field 'status'."),
        ("key = GATE-99", "An issue with key 'GATE-99' does not exist for field 'key'."),
        ("sprint = 3", "Field 'sprint' does not exist or you do not have permission to view it."),
        ("project = GATE labels = x", "Error in the JQL Query: Expecting either 'OR' or 'AND' but got 'labels'."),
        ("project GATE", "Error in the JQL Query: Expecting operator but got 'GATE'."),
    ],
)
async def test_what_a_search_does_not_know_it_refuses(
    filed: Site, jira: httpx.AsyncClient, jql: str, text: str
) -> None:
    answer = await jira.post("/search/jql", json={"jql": jql})

    assert (answer.status_code, answer.json()["errorMessages"]) == (400, [text])


async def test_an_anonymous_search_fails_at_nothing_and_finds_nothing(filed: Site, visitors: Visitors) -> None:
    answer = await visitors.at(filed).post("/search/jql", json={"jql": "project = RUNWAY"})

    assert (answer.status_code, answer.json()) == (200, {"issues": [], "isLast": True})


async def test_only_the_id_comes_unless_fields_are_asked_for(filed: Site, jira: httpx.AsyncClient) -> None:
    bare = (await jira.get("/search/jql", params={"jql": "key = GATE-1"})).json()["issues"][0]
    full = (await jira.get("/search/jql", params={"jql": "key = GATE-1", "fields": "*all"})).json()["issues"][0]

    assert "fields" not in bare
    assert full["fields"]["summary"] == "Queue at gate B12"


async def test_pages_are_reached_by_token_until_there_is_none(
    filed: Site, jira: httpx.AsyncClient, clock: HandClock
) -> None:
    first = (await jira.post("/search/jql", json={"jql": "project = GATE", "maxResults": 2})).json()
    onward = {"jql": "project = GATE", "maxResults": 2, "nextPageToken": first["nextPageToken"]}
    last = (await jira.post("/search/jql", json=onward)).json()

    assert (len(first["issues"]), first["isLast"]) == (2, False)
    assert (len(last["issues"]), last["isLast"], "nextPageToken" in last) == (1, True, False)
    assert (await jira.post("/search/jql", json={**onward, "jql": "project = SHOP"})).status_code == 400
    clock.forward(days=8)
    assert (await jira.post("/search/jql", json=onward)).status_code == 400


async def test_the_index_lags_and_reconciled_ids_do_not(site: Site, jira: httpx.AsyncClient, clock: HandClock) -> None:
    site.index.lag = dt.timedelta(seconds=30)
    issue = site.create("GATE", site.accounts[TOM], summary="Queue at gate B12", labels=["cxsync-7"])

    at_once = await keys(jira, "labels = cxsync-7")
    fresh = await jira.post("/search/jql", json={"jql": "labels = cxsync-7", "reconcileIssues": [issue.id]})
    clock.forward(seconds=30)
    later = await keys(jira, "labels = cxsync-7")

    assert (at_once, later) == ([], ["GATE-1"])
    assert [each["id"] for each in fresh.json()["issues"]] == [str(issue.id)]


async def test_the_index_shows_an_old_state_until_it_has_caught_up(
    site: Site, jira: httpx.AsyncClient, clock: HandClock
) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")
    site.index.lag = dt.timedelta(seconds=30)
    site.edit("GATE-1", site.accounts[TOM], summary="Shorter queue")

    asked = {"jql": "key = GATE-1", "fields": ["summary"]}
    stale = (await jira.post("/search/jql", json=asked)).json()["issues"][0]["fields"]["summary"]
    read = (await jira.get("/issue/GATE-1")).json()["fields"]["summary"]
    clock.forward(seconds=31)
    caught_up = (await jira.post("/search/jql", json=asked)).json()["issues"][0]["fields"]["summary"]

    assert (stale, read, caught_up) == ("Queue at gate B12", "Shorter queue", "Shorter queue")


async def test_bulkfetch_reads_the_issues_themselves_and_names_the_gaps(site: Site, jira: httpx.AsyncClient) -> None:
    site.index.lag = dt.timedelta(hours=1)
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")

    asked = {"issueIdsOrKeys": ["GATE-1", "GATE-2"], "fields": ["summary"]}
    answer = (await jira.post("/issue/bulkfetch", json=asked)).json()
    too_many = await jira.post("/issue/bulkfetch", json={"issueIdsOrKeys": [f"GATE-{n}" for n in range(101)]})

    assert [each["key"] for each in answer["issues"]] == ["GATE-1"]
    assert [each["id"] for each in answer["issueErrors"]] == ["GATE-2"]
    assert too_many.status_code == 400


async def test_the_old_search_is_gone_and_says_where_to_go(jira: httpx.AsyncClient) -> None:
    answers = [await jira.get("/search", params={"jql": "project = GATE"}), await jira.post("/search", json={})]

    for answer in answers:
        assert answer.status_code == 410
        assert "Please migrate to the /rest/api/3/search/jql API" in answer.json()["errorMessages"][0]


async def test_an_approximate_count_counts(filed: Site, jira: httpx.AsyncClient) -> None:
    assert (await jira.post("/search/approximate-count", json={"jql": "project = GATE"})).json() == {"count": 3}
