"""The one thing REST lacks: the Status of a project, by GraphQL."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from graphql import parse

from integrations.demo_tracker.graphql import Document, Refused
from integrations.demo_tracker.repository import Repository
from tests.trackers.fake_github import MARA, calling, github, repository
from tests.trackers.server import Server

QUEUES = "Shorter queues at security"
READ = """
query Status($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    projectsV2(first: 20) { nodes { ...Board } }   # all of them
    issue(number: $number) {
      id
      projectItems(first: 20) {
        nodes { id project { number } status: fieldValueByName(name: "Status") {
          ... on ProjectV2ItemFieldSingleSelectValue { name optionId }
          ... on ProjectV2ItemFieldTextValue { text }
        } }
      }
    }
  }
}
fragment Board on ProjectV2 {
  id title field(name: "Status") { ... on ProjectV2SingleSelectField { id name options { id name } } }
}
"""
ADD = "mutation($p: ID!, $c: ID!) { addProjectV2ItemById(input: {projectId: $p, contentId: $c}) { item { id } } }"
SET = """
mutation Move($p: ID!, $i: ID!, $f: ID!, $o: String!) {
  updateProjectV2ItemFieldValue(input: {projectId: $p, itemId: $i, fieldId: $f, value: {singleSelectOptionId: $o}}) {
    projectV2Item { id }
  }
}
"""
VARIABLES = {"owner": "aurora-airport", "name": "passenger-services", "number": 1}


@pytest.fixture
def tracked() -> Repository:
    return repository()


@pytest.fixture
async def server(tracked: Repository) -> AsyncIterator[Server]:
    async with github(tracked) as serving:
        yield serving
        assert serving.violations == []


async def asked(http: httpx.AsyncClient, url: str, query: str, **variables: Any) -> dict[str, Any]:
    answer = await http.post(url, json={"query": query, "variables": variables})
    assert answer.status_code == 200
    said: dict[str, Any] = answer.json()
    return said


@pytest.mark.parametrize("path", ["/graphql", "/api/graphql"])
async def test_an_issue_is_put_on_the_board_and_moved(server: Server, tracked: Repository, path: str) -> None:
    tracked.open_issue(QUEUES, by=MARA)
    url = f"{server.url}{path}"

    async with calling(server) as http:
        before = (await asked(http, url, READ, **VARIABLES))["data"]["repository"]
        board = before["projectsV2"]["nodes"][0]
        added = await asked(http, url, ADD, p=board["id"], c=before["issue"]["id"])
        item = added["data"]["addProjectV2ItemById"]["item"]["id"]
        fresh = (await asked(http, url, READ, **VARIABLES))["data"]["repository"]["issue"]["projectItems"]["nodes"]
        options = {one["name"]: one["id"] for one in board["field"]["options"]}
        moved = await asked(http, url, SET, p=board["id"], i=item, f=board["field"]["id"], o=options["In Progress"])
        after = (await asked(http, url, READ, **VARIABLES))["data"]["repository"]["issue"]["projectItems"]["nodes"]

    assert (before["issue"]["projectItems"]["nodes"], list(options)) == ([], ["Todo", "In Progress", "Done"])
    assert fresh == [{"id": item, "project": {"number": 1}, "status": None}]
    assert moved["data"]["updateProjectV2ItemFieldValue"]["projectV2Item"]["id"] == item
    assert after[0]["status"] == {"name": "In Progress", "optionId": options["In Progress"]}


@pytest.mark.parametrize(
    ("query", "kind", "message"),
    [
        (
            '{ repository(owner: "aurora-airport", name: "secret") { id } }',
            "NOT_FOUND",
            "Could not resolve to a Repository",
        ),
        ("{ viewer { shoeSize } }", "undefinedField", "Field 'shoeSize' doesn't exist on type 'User'"),
        ('{ node(id: "I_nobody") { id } }', "NOT_FOUND", "Could not resolve to a node"),
        ("{ viewer { login }", None, "Expected more, but the document ends"),
        ("{ viewer ? }", None, "Unexpected character '?'"),
        ('{ repository(called: "x") { id } }', None, "Arguments do not fit"),
    ],
)
async def test_what_graphql_refuses_it_refuses_with_200(
    server: Server, query: str, kind: str | None, message: str
) -> None:
    async with calling(server) as http:
        said = await asked(http, f"{server.url}/graphql", query)

    assert said["errors"][0]["message"].startswith(message)
    assert said["errors"][0].get("type") == kind


async def test_a_foreign_option_and_a_mere_reader_are_refused(server: Server, tracked: Repository) -> None:
    issue = tracked.open_issue(QUEUES, by=MARA)
    tracked.records.project_status[issue.id] = ""
    url = f"{server.url}/graphql"

    async with calling(server) as http, calling(server, "reader") as reader:
        board = (await asked(http, url, READ, **VARIABLES))["data"]["repository"]
        ids = {
            "p": board["projectsV2"]["nodes"][0]["id"],
            "i": board["issue"]["projectItems"]["nodes"][0]["id"],
            "f": board["projectsV2"]["nodes"][0]["field"]["id"],
        }
        foreign = await asked(http, url, SET, **ids, o="00000000")
        forbidden = await asked(reader, url, SET, **ids, o="98236657")

    assert foreign["errors"][0]["type"] == "UNPROCESSABLE"
    assert forbidden["errors"][0]["type"] == "FORBIDDEN"
    assert tracked.records.project_status == {issue.id: ""}


@pytest.mark.parametrize("query", [READ, ADD, SET, "{ viewer { login } }", "query Q { a: viewer { login } }"])
def test_what_the_real_parser_reads_ours_reads(query: str) -> None:
    parse(query)

    assert Document(query).operation is not None


@pytest.mark.parametrize("query", ["{", "{ a(b: ) }", "{ a }}", "fragment F { a }"])
def test_what_the_real_parser_refuses_ours_refuses(query: str) -> None:
    with pytest.raises(Exception, match="Syntax Error"):
        parse(query)

    with pytest.raises(Refused):
        Document(query)
