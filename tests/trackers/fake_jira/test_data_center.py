"""Data Center in version 2: wiki markup, people by name, pages by startAt, a context path."""

import httpx
import pytest

from tests.trackers.fake_jira import Site
from tests.trackers.fake_jira.airport import TOM
from tests.trackers.fake_jira.visitors import Visitors

TASK = {"project": {"key": "GATE"}, "issuetype": {"name": "Task"}}


async def test_texts_are_wiki_markup_and_people_have_names(server: httpx.AsyncClient) -> None:
    sent = {"summary": "Queue at gate B12", "description": "h2. Why\n*Two* lanes are shut", "assignee": {"name": "tom"}}

    made = await server.post(
        "/issue", json={"fields": {**TASK, **sent}, "properties": [{"key": "waymark", "value": 7}]}
    )
    read = (await server.get("/issue/GATE-1", params={"properties": "waymark"})).json()

    assert made.status_code == 201
    assert made.json()["self"].startswith("https://jira.airport.example/jira/rest/api/2/issue/")
    assert read["fields"]["description"] == "h2. Why\n*Two* lanes are shut"
    assert read["fields"]["assignee"]["name"] == "tom"
    assert "accountId" not in read["fields"]["assignee"]
    assert read["properties"] == {"waymark": 7}


async def test_a_document_is_refused_and_a_text_too_long_is_told_in_words(server: httpx.AsyncClient) -> None:
    document = await server.post(
        "/issue", json={"fields": {**TASK, "summary": "Queue", "description": {"type": "doc"}}}
    )
    long = await server.post("/issue", json={"fields": {**TASK, "summary": "Queue", "description": "x" * 32_768}})

    assert document.json()["errors"] == {"description": "Operation value must be a string"}
    told = "The entered text is too long. It exceeds the allowed limit of 32,767 characters."
    assert long.json()["errors"] == {"description": told}


async def test_a_search_has_pages_by_number_and_a_total(server: httpx.AsyncClient, data_center: Site) -> None:
    for number in range(3):
        data_center.create("GATE", data_center.accounts[TOM], summary=f"Wave {number}")

    asked = {"jql": "project = GATE ORDER BY id", "startAt": 1, "maxResults": 1, "fields": ["summary"]}
    page = (await server.post("/search", json=asked)).json()
    unbounded = (await server.get("/search", params={"maxResults": 2})).json()

    assert (page["startAt"], page["maxResults"], page["total"]) == (1, 1, 3)
    assert page["issues"][0]["fields"] == {"summary": "Wave 1"}
    assert "nextPageToken" not in page
    assert (unbounded["total"], len(unbounded["issues"])) == (3, 2)


@pytest.mark.parametrize("path", ["/search/jql?jql=project=GATE", "/label", "/project/search", "/priority/search"])
async def test_what_only_cloud_has_is_not_there(server: httpx.AsyncClient, path: str) -> None:
    assert (await server.get(path)).status_code == 404


async def test_version_3_is_not_there(data_center: Site, visitors: Visitors) -> None:
    newer = visitors.at(data_center, bearer="personal", path="/rest/api/3")

    assert (await newer.get("/myself")).status_code == 404


@pytest.mark.parametrize(("deployment", "version"), [("Data Center", 9), ("Server", 9), ("Cloud", 1001)])
async def test_the_server_says_what_it_is(visitors: Visitors, site: Site, deployment: str, version: int) -> None:
    site.deployment = deployment  # type: ignore[assignment] # a parameter cannot be a Literal
    told = (await visitors.at(site, path="/rest/api/2").get("/serverInfo")).json()

    assert (told["deploymentType"], told["versionNumbers"][0]) == (deployment, version)


async def test_create_metadata_comes_in_pages_of_values(server: httpx.AsyncClient) -> None:
    kinds = (await server.get("/issue/createmeta/GATE/issuetypes")).json()
    fields = (await server.get("/issue/createmeta/GATE/issuetypes/10011", params={"maxResults": 2})).json()

    assert [each["name"] for each in kinds["values"]] == ["Task", "Story"]
    assert (len(fields["values"]), fields["isLast"]) == (2, False)


async def test_the_history_of_an_issue_is_an_expansion(server: httpx.AsyncClient, data_center: Site) -> None:
    data_center.create("GATE", data_center.accounts[TOM], summary="Queue at gate B12")
    data_center.transition("GATE-1", "In Progress", by=data_center.accounts[TOM])

    read = (await server.get("/issue/GATE-1", params={"expand": "changelog"})).json()

    assert [each["items"][0]["toString"] for each in read["changelog"]["histories"]] == ["In Progress"]
    assert (await server.get("/issue/GATE-1/changelog")).status_code == 404


async def test_transitions_comments_and_assignable_people_speak_version_2(
    server: httpx.AsyncClient, data_center: Site
) -> None:
    data_center.create("GATE", data_center.accounts[TOM], summary="Queue at gate B12")

    moved = await server.post("/issue/GATE-1/transitions", json={"transition": {"id": "31"}})
    said = await server.post("/issue/GATE-1/comment", json={"body": "*Two* lanes"})
    people = (await server.get("/user/assignable/search", params={"project": "GATE", "username": "tom"})).json()

    assert moved.status_code == 204
    assert said.json()["body"] == "*Two* lanes"
    assert [each["name"] for each in people] == ["tom"]


async def test_an_expired_personal_token_answers_a_page(data_center: Site, visitors: Visitors) -> None:
    answer = await visitors.at(data_center, bearer="expired-personal").get("/issue/GATE-1")

    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("text/html")
