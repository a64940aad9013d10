"""Issues of the fake: created, read, edited, moved and gone as in Jira Cloud."""

import httpx
import pytest

from tests.trackers.fake_jira import Site
from tests.trackers.fake_jira.airport import GUEST, TOM
from tests.trackers.fake_jira.clock import HandClock
from tests.trackers.fake_jira.visitors import TASK, Visitors, adf

QUEUE = {**TASK, "summary": "Queue at gate B12"}


async def refused(jira: httpx.AsyncClient, **fields: object) -> dict[str, str]:
    """What stands in `errors` after a create with these fields."""
    answer = await jira.post("/issue", json={"fields": {**QUEUE, **fields}})
    assert answer.status_code == 400, answer.text
    errors: dict[str, str] = answer.json()["errors"]
    return errors


async def test_a_created_issue_reads_back_as_it_was_sent(jira: httpx.AsyncClient) -> None:
    sent = {"summary": "Queue at gate B12", "labels": ["cxsync-7"], "description": adf("Two lanes are shut.")}

    made = await jira.post("/issue", json={"fields": {**TASK, **sent}, "properties": [{"key": "waymark", "value": 7}]})

    assert (made.status_code, made.json()["key"]) == (201, "GATE-1")
    asked = {"fields": "summary,labels,description", "properties": "waymark"}
    read = (await jira.get("/issue/GATE-1", params=asked)).json()
    assert read["fields"] == sent
    assert read["properties"] == {"waymark": 7}


@pytest.mark.parametrize(
    ("fields", "name", "text"),
    [
        ({"summary": ""}, "summary", "You must specify a summary of the issue."),
        ({"summary": "Gate\nB12"}, "summary", "The summary is invalid because it contains newline characters."),
        ({"summary": "x" * 256}, "summary", "Summary can't exceed 255 characters."),
        ({"labels": ["gate b12"]}, "labels", "The label 'gate b12' contains spaces which is invalid."),
        ({"priority": {"name": "Urgent"}}, "priority", "Priority name 'Urgent' is not valid"),
        ({"assignee": {"accountId": "nobody"}}, "assignee", "Specify a valid value for assignee"),
        ({"assignee": {"accountId": GUEST}}, "assignee", f"User '{GUEST}' cannot be assigned issues."),
        ({"components": [{"name": "Runway"}]}, "components", "Component name 'Runway' is not valid"),
        ({"customfield_10050": {"value": "Catering"}}, "customfield_10050", "Option value 'Catering' is not valid"),
        ({"customfield_10051": "high"}, "customfield_10051", "Operation value must be a number"),
        ({"duedate": "22.11.2026"}, "duedate", "Error parsing date string: 22.11.2026"),
        ({"description": adf("x" * 32_768)}, "description", "CONTENT_LIMIT_EXCEEDED"),
        ({"issuetype": {"name": "Epic"}}, "issuetype", "Specify a valid issue type"),
        ({"project": {"key": "RUNWAY"}}, "project", "valid project is required"),
        (
            {"description": "Two lanes are shut."},
            "description",
            "Operation value must be an Atlassian Document (see the Atlassian Document Format)",
        ),
    ],
)
async def test_a_field_that_does_not_fit_is_named(
    jira: httpx.AsyncClient, fields: dict[str, object], name: str, text: str
) -> None:
    assert await refused(jira, **fields) == {name: text}


async def test_the_longest_summary_and_description_pass(jira: httpx.AsyncClient) -> None:
    longest = {**TASK, "summary": "x" * 255, "description": adf("x" * 32_767)}

    assert (await jira.post("/issue", json={"fields": longest})).status_code == 201


async def test_a_field_off_the_screen_and_one_that_is_missing_refuse_the_whole_issue(
    jira: httpx.AsyncClient, site: Site
) -> None:
    off = await refused(jira, issuetype={"name": "Story"}, duedate="2026-12-01", customfield_10053="T1")
    missing = await refused(jira, issuetype={"name": "Story"})

    assert off == {"duedate": "Field 'duedate' cannot be set. It is not on the appropriate screen, or unknown."}
    assert missing == {"customfield_10053": "Terminal is required."}
    assert site.issues == {}


async def test_a_refusal_leaves_a_gap_in_the_numbers_when_told_so(jira: httpx.AsyncClient, site: Site) -> None:
    site.switches.refusals_consume_a_key = True

    await refused(jira, duedate="soon")

    assert (await jira.post("/issue", json={"fields": QUEUE})).json()["key"] == "GATE-2"


async def test_an_edit_answers_204_and_the_issue_when_asked_for(jira: httpx.AsyncClient, site: Site) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")

    silent = await jira.put("/issue/GATE-1", json={"fields": {"summary": "Queue at gates B12 to B14"}})
    telling = await jira.put("/issue/GATE-1?returnIssue=true", json={"fields": {"priority": {"name": "High"}}})

    assert (silent.status_code, silent.content) == (204, b"")
    assert telling.status_code == 200
    assert telling.json()["fields"]["summary"] == "Queue at gates B12 to B14"
    assert telling.json()["fields"]["priority"]["name"] == "High"


async def test_labels_are_added_and_removed_without_touching_the_others(jira: httpx.AsyncClient, site: Site) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12", labels=["winter", "legacy"])

    await jira.put("/issue/GATE-1", json={"update": {"labels": [{"add": "cxsync-7"}, {"remove": "legacy"}]}})
    added = site.issue("GATE-1").values["labels"]
    await jira.put("/issue/GATE-1", json={"fields": {"labels": ["only"]}})

    assert added == ["cxsync-7", "winter"]
    assert site.issue("GATE-1").values["labels"] == ["only"]


async def test_one_refused_field_loses_the_whole_edit(jira: httpx.AsyncClient, site: Site) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")

    answer = await jira.put("/issue/GATE-1", json={"fields": {"summary": "Shorter queue", "duedate": "soon"}})

    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"duedate"}
    assert site.issue("GATE-1").summary == "Queue at gate B12"


async def test_a_conflicting_update_is_told_once(jira: httpx.AsyncClient, site: Site) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")
    site.switches.conflicts = 1

    answers = [await jira.put("/issue/GATE-1", json={"fields": {"summary": "Shorter queue"}}) for _ in range(2)]

    assert [each.status_code for each in answers] == [409, 204]


async def test_an_edit_that_changes_nothing_leaves_no_trace(
    jira: httpx.AsyncClient, site: Site, clock: HandClock
) -> None:
    issue = site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")
    clock.forward(minutes=1)

    await jira.put("/issue/GATE-1", json={"fields": {"summary": "Queue at gate B12", "labels": []}})

    assert issue.changes == []
    assert issue.updated == issue.created


async def test_the_old_key_of_a_moved_issue_answers_with_the_new_one(jira: httpx.AsyncClient, site: Site) -> None:
    issue = site.create("GATE", site.accounts[TOM], summary="Nothing to eat after ten")

    site.move("GATE-1", "SHOP", by=site.accounts[TOM])

    for name in ("GATE-1", "SHOP-1", str(issue.id)):
        answer = await jira.get(f"/issue/{name}", params={"fields": "project"})
        assert (answer.status_code, answer.json()["key"]) == (200, "SHOP-1")
    assert [item.field for item in issue.changes[-1].items] == ["project", "Key"]


async def test_a_renamed_project_keeps_answering_to_its_old_key(jira: httpx.AsyncClient, site: Site) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")

    site.rename_project_key("GATE", "LOUNGE")

    assert (await jira.get("/issue/GATE-1")).json()["key"] == "LOUNGE-1"
    assert (await jira.get("/project/GATE")).json()["key"] == "LOUNGE"
    made = await jira.post("/issue", json={"fields": QUEUE})
    assert made.json()["key"] == "LOUNGE-2"


async def test_a_deleted_issue_is_not_there(jira: httpx.AsyncClient, site: Site) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")

    gone = await jira.delete("/issue/GATE-1")

    assert gone.status_code == 204
    answer = await jira.get("/issue/GATE-1")
    assert answer.status_code == 404
    assert answer.json()["errorMessages"] == ["Issue does not exist or you do not have permission to see it."]


async def test_what_may_be_done_is_told_per_permission(site: Site, visitors: Visitors) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")
    guest = visitors.at(site, basic=("guest@airport.example", "guest-classic"))

    edit = await guest.put("/issue/GATE-1", json={"fields": {"summary": "Mine"}})
    ways = await guest.get("/issue/GATE-1/transitions")
    move = await guest.post("/issue/GATE-1/transitions", json={"transition": {"id": "31"}})
    said = await guest.post("/issue/GATE-1/comment", json={"body": adf("Me too")})
    made = await guest.post("/issue", json={"fields": QUEUE})

    assert edit.status_code == 403
    assert (ways.status_code, ways.json()["transitions"]) == (200, [])
    assert [each.status_code for each in (move, said, made)] == [400, 400, 400]
    assert (await guest.delete("/issue/GATE-1")).status_code == 403


async def test_without_browsing_an_issue_is_as_good_as_gone(jira: httpx.AsyncClient, site: Site) -> None:
    site.create("GATE", site.accounts[TOM], summary="Queue at gate B12")
    site.accounts[site.tokens["classic"].account].permissions_in[10_000] = frozenset()

    assert (await jira.get("/issue/GATE-1")).status_code == 404
    assert (await jira.get("/project/GATE")).status_code == 404
    assert (await jira.get("/project/SHOP")).status_code == 200


async def test_version_2_of_cloud_takes_and_shows_plain_text(
    site: Site, jira: httpx.AsyncClient, visitors: Visitors
) -> None:
    older = visitors.at(site, basic=("waymark@airport.example", "classic"), path="/rest/api/2")

    await older.post("/issue", json={"fields": {**QUEUE, "description": "Two lanes\nare shut"}})

    assert (await older.get("/issue/GATE-1")).json()["fields"]["description"] == "Two lanes\nare shut"
    assert (await jira.get("/issue/GATE-1")).json()["fields"]["description"]["type"] == "doc"


async def test_a_description_of_broken_nodes_is_refused(jira: httpx.AsyncClient) -> None:
    empty_text = {
        "type": "doc",
        "version": 1,
        "content": [{"type": "paragraph", "content": [{"type": "text", "text": ""}]}],
    }

    assert await refused(jira, description=empty_text) == {"description": "INVALID_INPUT"}
    assert await refused(jira, description={**adf("x"), "version": 2}) == {"description": "INVALID_INPUT"}


async def test_a_body_that_is_not_json_is_refused(jira: httpx.AsyncClient) -> None:
    answer = await jira.post("/issue", content=b"{", headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert answer.json()["errorMessages"]
