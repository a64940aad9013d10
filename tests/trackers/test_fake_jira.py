"""The fake Jira on a real port: every answer held to Atlassian's document, webhooks sent by themselves."""

import asyncio
from typing import Any

import httpx
import pytest
from litestar import Litestar, post
from litestar.params import JSONBody

from tests.trackers.contracts import Answered, Asked
from tests.trackers.fake_jira import Site
from tests.trackers.fake_jira.airport import INTEGRATION, TOM, opened
from tests.trackers.fake_jira.contract import jira_contract
from tests.trackers.fake_jira.serving import served_jira
from tests.trackers.fake_jira.visitors import TASK, adf
from tests.trackers.server import served

FULL = {
    **TASK,
    "summary": "Queue at gate B12",
    "description": adf("Two lanes are shut."),
    "labels": ["cxsync-7"],
    "assignee": {"accountId": TOM},
    "components": [{"name": "Lounge"}],
    "duedate": "2026-12-01",
    "customfield_10050": {"value": "Retail"},
    "customfield_10051": 3.5,
    "customfield_10052": adf("Heard at every survey."),
}
LINK = {"globalId": "wm-7", "object": {"title": "Initiative 7", "url": "https://waymark.airport.example/initiatives/7"}}
READ = [
    "/issue/GATE-1?expand=transitions.fields,editmeta,names,changelog&properties=*all",
    "/issue/GATE-9",
    "/issue/GATE-1/transitions?expand=transitions.fields",
    "/issue/GATE-1/editmeta",
    "/issue/GATE-1/changelog",
    "/issue/GATE-1/comment",
    "/issue/GATE-1/properties",
    "/issue/GATE-1/properties/waymark",
    "/issue/GATE-1/remotelink",
    "/issue/GATE-1/remotelink?globalId=wm-7",
    "/issue/createmeta/GATE/issuetypes",
    "/issue/createmeta/GATE/issuetypes/10011",
    "/search/jql?jql=project%20=%20GATE&fields=*all",
    "/field",
    "/priority/search",
    "/label",
    "/statuses?id=3&id=10000",
    "/project/GATE",
    "/project/RUNWAY",
    "/project/GATE/statuses",
    "/mypermissions?permissions=EDIT_ISSUES,ADMINISTER&projectKey=GATE",
    "/myself",
    "/serverInfo",
    "/user/assignable/search?project=GATE&query=tom",
    "/webhook",
]
WRITTEN = [
    ("PUT", "/issue/GATE-1", {"update": {"labels": [{"add": "winter"}, {"remove": "cxsync-7"}]}}),
    ("PUT", "/issue/GATE-1?returnIssue=true", {"fields": {"summary": "Shorter queue"}}),
    ("PUT", "/issue/GATE-1", {"fields": {"customfield_99999": "?"}}),
    ("PUT", "/issue/GATE-1", {"fields": {"assignee": None, "duedate": None, "customfield_10050": None}}),
    ("POST", "/issue/GATE-1/transitions", {"transition": {"id": "31"}}),
    ("POST", "/issue/GATE-1/transitions", {"transition": {"id": "51"}}),
    ("POST", "/issue/GATE-1/comment", {"body": adf("Staffing plan attached")}),
    ("PUT", "/issue/GATE-1/properties/waymark", {"initiative": 7}),
    ("PUT", "/issue/GATE-1/properties/waymark", {"initiative": 8}),
    ("POST", "/issue/GATE-1/remotelink", LINK),
    ("POST", "/issue/GATE-1/remotelink", LINK),
    ("POST", "/issue/bulkfetch", {"issueIdsOrKeys": ["GATE-1", "GATE-2"], "fields": ["summary"]}),
    ("POST", "/search/jql", {"jql": "project = GATE", "reconcileIssues": [10_001]}),
    ("POST", "/search/jql", {"jql": "ORDER BY updated"}),
    ("POST", "/search/approximate-count", {"jql": "project = GATE"}),
]


@pytest.mark.parametrize("gateway", [False, True])
async def test_every_answer_keeps_to_atlassians_document(gateway: bool) -> None:
    site = opened()
    token = "scoped" if gateway else "classic"

    async with served_jira(site) as server:
        base = (site.gateway if gateway else site.url) + "/rest/api/3"
        async with httpx.AsyncClient(base_url=base, auth=("waymark@airport.example", token)) as jira:
            await jira.post("/issue", json={"fields": FULL, "properties": [{"key": "origin", "value": 7}]})
            await jira.post("/issue", json={"fields": {"summary": "No project"}})
            for method, path, body in WRITTEN:
                await jira.request(method, path, json=body)
            for path in READ:
                await jira.get(path)
            await jira.delete("/issue/GATE-1")

    assert len(server.exchanges) == 3 + len(WRITTEN) + len(READ)
    assert {exchange.status for exchange in server.exchanges if (exchange.status or 500) >= 500} == set()
    assert server.violations == []


async def test_the_answers_of_an_app_keep_to_the_document() -> None:
    site = opened()
    code = site.oauth.consent("waymark-app", INTEGRATION)
    asked = {
        "client_id": "waymark-app",
        "client_secret": "app-secret",
        "grant_type": "authorization_code",
        "code": code,
    }
    hook = {"events": ["jira:issue_created"], "jqlFilter": "project = GATE"}

    async with served_jira(site) as server:
        async with httpx.AsyncClient(base_url=site.host) as door:
            token = (await door.post("/oauth/token", json=asked)).json()["access_token"]
            await door.get("/oauth/token/accessible-resources", headers={"Authorization": f"Bearer {token}"})
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=f"{site.gateway}/rest/api/3", headers=headers) as app:
            await app.post(
                "/webhook", json={"url": "http://127.0.0.1:9/hook", "webhooks": [hook, {**hook, "jqlFilter": ""}]}
            )
            await app.get("/webhook")
            await app.put("/webhook/refresh", json={"webhookIds": [1]})
            await app.get("/webhook/failed")
            await app.request("DELETE", "/webhook", json={"webhookIds": [1]})

    assert [exchange.status for exchange in server.exchanges] == [200, 200, 200, 200, 200, 200, 202]
    assert server.violations == []


def test_the_judge_still_sees_what_is_no_known_deviation() -> None:
    asked = Asked("GET", "/ex/jira/11223344/rest/api/3/issue/GATE-1/comment/1")
    body = b'{"id": 1, "created": "2026-11-22T12:00:00.000+0000"}'

    (breach,) = jira_contract().check(asked, Answered(200, (("content-type", "application/json"),), body))

    assert "$.id: 1 is not of type 'string'" in breach
    assert "date-time" not in breach


async def test_a_served_jira_sends_its_webhooks_by_itself() -> None:
    site, heard, said = opened(), list[dict[str, Any]](), asyncio.Event()

    @post("/webhooks/jira-cloud/1")
    async def listen(data: JSONBody[dict[str, Any]]) -> None:
        heard.append(data)
        said.set()

    async with served(Litestar([listen], openapi_config=None)) as product, served_jira(site):
        site.hooks.register(f"{product.url}/webhooks/jira-cloud/1", ("jira:issue_created",), INTEGRATION)
        site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")
        await asyncio.wait_for(said.wait(), 5)

    assert heard[0]["issue"]["self"].startswith(f"{site.host}/rest/api/2/issue/")


async def test_a_data_center_is_served_under_its_context_path() -> None:
    site = Site(deployment="Data Center", context_path="/jira")

    async with served_jira(site), httpx.AsyncClient(base_url=site.host) as visitor:
        inside = await visitor.get("/jira/rest/api/2/serverInfo")
        outside = await visitor.get("/rest/api/2/serverInfo")

    assert (inside.status_code, outside.status_code) == (200, 404)
    assert inside.json()["baseUrl"] == site.url
