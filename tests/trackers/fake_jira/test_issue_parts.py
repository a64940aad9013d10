"""What hangs on an issue of the fake, and where its workflow lets it go."""

import httpx

from tests.trackers.fake_jira import Site
from tests.trackers.fake_jira.airport import GUEST, TOM
from tests.trackers.fake_jira.visitors import Visitors, adf


async def test_transitions_lead_where_the_workflow_does(jira: httpx.AsyncClient, site: Site) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")

    first = (await jira.get("/issue/GATE-1/transitions")).json()["transitions"]
    too_early = await jira.post("/issue/GATE-1/transitions", json={"transition": {"id": "51"}})
    started = await jira.post("/issue/GATE-1/transitions", json={"transition": {"id": "31"}})
    then = (await jira.get("/issue/GATE-1/transitions", params={"expand": "transitions.fields"})).json()["transitions"]

    assert [(each["id"], each["to"]["name"]) for each in first] == [
        ("11", "Backlog"),
        ("21", "Selected for Development"),
        ("31", "In Progress"),
    ]
    assert "fields" not in first[0]
    assert too_early.status_code == 400
    assert too_early.json()["errorMessages"] == ["Transition id '51' is not valid for this issue."]
    assert started.status_code == 204
    finish = next(each for each in then if each["id"] == "51")
    assert finish["to"]["statusCategory"]["key"] == "done"
    assert {name for name, meta in finish["fields"].items() if meta["required"]} == {"resolution"}


async def test_a_transition_needs_what_its_screen_requires(jira: httpx.AsyncClient, site: Site) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")
    site.transition("GATE-1", "In Progress", by=site.accounts[TOM])

    bare = await jira.post("/issue/GATE-1/transitions", json={"transition": {"id": "51"}})
    resolved = {"transition": {"id": "51"}, "fields": {"resolution": {"name": "Done"}}}
    full = await jira.post("/issue/GATE-1/transitions", json=resolved)

    assert (bare.status_code, bare.json()["errors"]) == (400, {"resolution": "Resolution is required."})
    assert full.status_code == 204
    changes = (await jira.get("/issue/GATE-1/changelog")).json()["values"]
    assert [item["toString"] for item in changes[-1]["items"]] == ["Done", "Done"]


async def test_a_remote_link_with_a_known_global_id_is_replaced_whole(jira: httpx.AsyncClient, site: Site) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")
    shown = {"title": "Initiative 7", "url": "https://waymark.airport.example/initiatives/7"}

    first = await jira.post(
        "/issue/GATE-1/remotelink", json={"globalId": "wm-7", "relationship": "serves", "object": shown}
    )
    again = await jira.post("/issue/GATE-1/remotelink", json={"globalId": "wm-7", "object": shown})

    assert [first.status_code, again.status_code] == [201, 200]
    assert first.json()["id"] == again.json()["id"]
    (link,) = (await jira.get("/issue/GATE-1/remotelink")).json()
    assert "relationship" not in link


async def test_properties_are_written_read_and_removed(jira: httpx.AsyncClient, site: Site) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")
    path = "/issue/GATE-1/properties/waymark"

    answers = [await jira.put(path, json={"initiative": number}) for number in (7, 8)]

    assert [each.status_code for each in answers] == [201, 200]
    assert (await jira.get(path)).json() == {"key": "waymark", "value": {"initiative": 8}}
    assert (await jira.delete(path)).status_code == 204
    assert (await jira.get(path)).status_code == 404
    assert (await jira.put(path, json="x" * 40_000)).status_code == 400


async def test_comments_come_with_their_authors_and_pages(jira: httpx.AsyncClient, site: Site) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")
    site.comment("GATE-1", site.accounts[TOM], "Two lanes are shut")

    said = await jira.post("/issue/GATE-1/comment", json={"body": adf("Staffing plan attached")})
    page = (await jira.get("/issue/GATE-1/comment", params={"startAt": 1, "maxResults": 1})).json()

    assert said.status_code == 201
    assert (page["total"], page["comments"][0]["author"]["displayName"]) == (2, "Waymark")
    assert page["comments"][0]["body"] == adf("Staffing plan attached")
    assert (await jira.post("/issue/GATE-1/comment", json={"body": adf(" ")})).status_code == 400
    too_long = await jira.post("/issue/GATE-1/comment", json={"body": adf("x" * 32_768)})
    assert too_long.json()["errors"] == {"comment": "CONTENT_LIMIT_EXCEEDED"}


async def test_the_metadata_names_what_may_and_what_must_be_set(jira: httpx.AsyncClient, site: Site) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")

    kinds = (await jira.get("/issue/createmeta/GATE/issuetypes")).json()
    story = (await jira.get("/issue/createmeta/GATE/issuetypes/10011")).json()
    edit = (await jira.get("/issue/GATE-1/editmeta")).json()
    unknown = await jira.get("/issue/createmeta/RUNWAY/issuetypes")

    assert [each["name"] for each in kinds["issueTypes"]] == ["Task", "Story"]
    required = {each["fieldId"] for each in story["fields"] if each["required"]}
    assert required == {"project", "issuetype", "summary", "customfield_10053"}
    assert [each["value"] for each in edit["fields"]["customfield_10050"]["allowedValues"]] == [
        "Ground Services",
        "Retail",
    ]
    assert "duedate" in edit["fields"]
    assert unknown.status_code == 400


async def test_permissions_are_told_by_project(site: Site, visitors: Visitors) -> None:
    site.accounts[GUEST].permissions_in[10_001] = frozenset()
    guest = visitors.at(site, basic=("guest@airport.example", "guest-classic"))

    async def has(permission: str, project: str) -> bool:
        asked = {"permissions": permission, "projectKey": project}
        told: bool = (await guest.get("/mypermissions", params=asked)).json()["permissions"][permission][
            "havePermission"
        ]
        return told

    assert await has("BROWSE_PROJECTS", "GATE")
    assert not await has("EDIT_ISSUES", "GATE")
    assert not await has("ADMINISTER", "GATE")
    assert (await guest.get("/mypermissions?permissions=BROWSE_PROJECTS&projectKey=SHOP")).status_code == 404
    assert (await guest.get("/mypermissions")).status_code == 400
