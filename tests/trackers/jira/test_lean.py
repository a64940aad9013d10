"""A Jira that has less than Waymark asks for, or shows it less: what can be done without it is done."""

import json
from collections.abc import Iterable

import pytest

from integrations.errors import Missing, NoAccess, Refused, Unavailable, Unlisted, Unreachable
from integrations.issue import NOWHERE
from integrations.jira.issues import PROPERTY
from integrations.writes import Edit
from tests.trackers.jira.sites import NOON, Jira
from tests.trackers.jira.test_issues import made
from tests.trackers.jira.test_searches import filed

NONE = b'{"message": "Not Found"}'


@pytest.mark.parametrize("status", [403, 404])
async def test_only_the_status_is_unreachable_where_jira_tells_no_ways(jira: Jira, status: int) -> None:
    issue = await made(jira)
    jira.fault("status", status=status, method="GET", path="/transitions$", body=NONE)

    with pytest.raises(Unreachable, match="does not tell where the issue can go from “Backlog”"):
        await jira.tracker.writes(issue, Edit(title="Warmer gates", status="3"))


async def test_the_ways_of_an_issue_that_is_gone_are_no_matter_of_the_status(jira: Jira) -> None:
    issue = await made(jira)
    jira.site.delete(issue.key, jira.person("tom"))

    with pytest.raises(Missing):
        await jira.tracker.writes(issue, Edit(status="3"))


@pytest.mark.parametrize("status", [403, 404, 405])
async def test_without_one_request_for_many_issues_each_is_read(cloud: Jira, status: int) -> None:
    issue = await made(cloud)
    filed(cloud, 2)
    cloud.fault("status", status=status, path="/issue/bulkfetch$", body=NONE)
    cloud.fault("status", status=400, path="/search/jql$", body=b'{"errorMessages": ["no"]}')

    assert [each.id for each in await cloud.tracker.find("m-12", NOON, "GATE-0")] == [issue.id]


async def test_what_the_search_found_counts_without_any_other_look(cloud: Jira) -> None:
    issue = await made(cloud)
    cloud.fault("status", status=404, path="/issue/bulkfetch$", body=NONE)
    cloud.fault("status", status=404, path=r"/issue/GATE-\d+$", body=NONE)

    assert [each.id for each in await cloud.tracker.find("m-12", NOON, "GATE-1")] == [issue.id]


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_a_refused_search_leaves_the_newest_unknown(jira: Jira, status: int) -> None:
    filed(jira, 2)
    jira.fault("status", status=status, path="/search(/jql)?$", body=NONE, times=1)

    assert await jira.tracker.newest() == ""


@pytest.mark.parametrize("status", [400, 403, 404])
async def test_without_a_search_the_sweep_says_so(jira: Jira, status: int) -> None:
    jira.fault("status", status=status, path="/search(/jql)?$", body=NONE)

    with pytest.raises(Unlisted, match="seen only through webhooks"):
        await anext(jira.tracker.changed(NOON))

    (search,) = [each for each in await jira.tracker.check() if str(each.name) == "can find what changed"]
    assert (search.ok, search.is_needed) == (False, False)


async def test_from_an_unknown_newest_only_the_first_keys_are_looked_at(jira: Jira) -> None:
    filed(jira, 60)
    issue = await made(jira)

    assert [each.id for each in await jira.tracker.find("m-12", NOON, "")] == [issue.id]
    assert not jira.asked("GET", "/issue/GATE-51")
    assert len(jira.asked("POST", "/bulkfetch")) <= 1


@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_an_issue_that_may_be_read_but_not_written_is_not_gone(jira: Jira, method: str) -> None:
    issue = await made(jira)
    (edit,) = await jira.tracker.writes(issue, Edit(title="Warmer gates"))
    write = edit if method == "PUT" else jira.tracker.comment(issue, "Look", "c-1")
    jira.fault("status", status=404, method=method, path="/issue/", body=NONE)

    with pytest.raises(NoAccess, match="may read this but not change it"):
        await jira.tracker.send(write)


async def test_where_no_issue_can_be_made_nothing_is_said_to_be_gone(jira: Jira) -> None:
    jira.fault("status", status=404, method="POST", path="/issue$", body=NONE)

    with pytest.raises(NoAccess, match="not change it"):
        await jira.tracker.send(jira.tracker.creation(Edit(title="Warmer gates", type="10010"), "m-1"))


@pytest.mark.parametrize("status", [403, 404])
async def test_comments_that_cannot_be_read_say_nothing_of_their_issue(jira: Jira, status: int) -> None:
    issue = await made(jira)
    jira.fault("status", status=status, method="GET", path="/comment$", body=NONE)

    with pytest.raises(Refused, match=f"comments of {issue.key} cannot be read") as refused:
        await jira.tracker.comments(issue)

    assert set(refused.value.fields) == {"comments"}


async def answers_without(jira: Jira, key: str, lost: Iterable[str], **changed: str) -> None:
    """This issue is answered as it is now, but for what is lost and changed."""
    body = await jira.tracker.site.get(f"issue/{key}", fields="*all", properties=PROPERTY)
    body["fields"] = {name: value for name, value in body["fields"].items() if name not in lost} | changed
    jira.fault("status", status=200, method="GET", path=f"/issue/{key}$", body=json.dumps(body).encode())


async def test_an_issue_without_project_type_and_status_is_one_all_the_same(jira: Jira) -> None:
    issue = await made(jira)
    await answers_without(jira, issue.id, ("project", "issuetype", "status"))

    read = await jira.tracker.read(issue.id)

    assert read.project == issue.project
    assert read.type is None
    assert read.status.id == NOWHERE


async def test_times_fall_back_on_each_other(jira: Jira) -> None:
    issue = await made(jira)
    await answers_without(jira, issue.id, ("created",))

    assert (await jira.tracker.read(issue.id)).created_at == issue.updated_at


@pytest.mark.parametrize("lost", [("updated",), ("created", "updated")])
async def test_without_times_an_issue_changes_only_when_it_looks_different(jira: Jira, lost: tuple[str, ...]) -> None:
    issue = await made(jira)
    await answers_without(jira, issue.id, lost)
    first = await jira.tracker.read(issue.id)
    jira.clock.forward(minutes=5)

    same = await jira.tracker.read(issue.id)
    jira.faults.clear()
    await answers_without(jira, issue.id, lost, summary="Warmer gates")
    other = await jira.tracker.read(issue.id)

    assert same == first
    assert other.updated_at == jira.clock.now


@pytest.mark.parametrize("body", [{}, {"id": "10001"}, {"id": "10001", "key": "GATE-1"}, []])
async def test_half_an_answer_is_told_in_words(jira: Jira, body: object) -> None:
    jira.fault("status", status=200, method="GET", path="/issue/", body=json.dumps(body).encode())

    with pytest.raises(Unavailable, match="not whole") as unavailable:
        await jira.tracker.read("10001")

    assert "Error" not in unavailable.value.detail
