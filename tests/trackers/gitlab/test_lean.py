"""A GitLab that tells less than Waymark asks for, or shows it less: what can be done without it is done."""

import json
from typing import Any

import pytest

from integrations.errors import NoAccess, Refused
from integrations.writes import Edit
from tests.trackers.gitlab.airport import NAME, Airport

NONE = b'{"message": "404 Not Found"}'


@pytest.mark.parametrize("path", ["/labels$", "/milestones$", "/members/all$"])
@pytest.mark.parametrize("status", [403, 404])
async def test_a_look_up_that_is_not_there_stops_nothing(at: Airport, path: str, status: int) -> None:
    at.fault("status", status=status, path=path, body=NONE)

    assert (await at.gitlab.catalogue()).project.key == NAME


@pytest.mark.parametrize(("status", "tells_roles"), [(403, True), (403, False), (404, False)])
async def test_a_role_that_is_not_told_is_neither_there_nor_missing(
    at: Airport, status: int, tells_roles: bool
) -> None:
    body = await at.gitlab._calls.get(at.gitlab._projects.path)
    body["permissions"] = {"project_access": None, "group_access": None} if tells_roles else None
    at.fault("status", status=200, path=r"/projects/[^/]+$", body=json.dumps(body).encode())
    at.fault("status", status=status, path=r"/members/all/\d+$", body=NONE)

    checks = {str(each.name): each for each in await at.gitlab.check()}

    assert [checks[name].ok for name in ("can write", "may label", "may set the status")] == [None] * 3
    assert checks["may register webhooks"].ok is None


async def test_a_list_that_cannot_be_read_is_not_a_project_out_of_sight(at: Airport) -> None:
    at.fault("status", status=404, method="GET", path="/issues$", body=NONE)

    with pytest.raises(NoAccess, match="can be seen, but its issues cannot be listed"):
        await at.gitlab.newest()


@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_an_issue_that_may_be_read_but_not_written_is_not_gone(at: Airport, method: str) -> None:
    issue = await at.issue()
    (edit,) = await at.gitlab.writes(issue, Edit(title="Warmer gates"))
    write = edit if method == "PUT" else at.gitlab.comment(issue, "Look", "c-1")
    at.fault("status", status=404, method=method, path="/issues/", body=NONE)

    with pytest.raises(NoAccess, match="may read this but not change it"):
        await at.gitlab.send(write)


@pytest.mark.parametrize("status", [403, 404])
async def test_comments_that_cannot_be_read_say_nothing_of_their_issue(at: Airport, status: int) -> None:
    issue = await at.issue()
    at.fault("status", status=status, method="GET", path="/notes$", body=NONE)

    with pytest.raises(Refused, match=f"comments of {issue.key} cannot be read") as refused:
        await at.gitlab.comments(issue)

    assert set(refused.value.fields) == {"comments"}


async def lean(at: Airport, path: str, **changed: Any) -> None:
    """What is asked by this path is answered as it is now, but for what is changed, or lost when that is ``...``."""
    body = await at.gitlab._calls.get(path) | changed
    told = {name: value for name, value in body.items() if value is not ...}
    at.fault("status", status=200, method="GET", path=r"/issues/\d+$", body=json.dumps(told).encode())


async def test_where_an_issue_is_may_follow_from_where_it_was_asked_for(at: Airport) -> None:
    issue = await at.issue()
    path = f"{at.gitlab._projects.path}/issues/1"
    await lean(at, path, references=..., web_url=..., project_id=..., labels=None, assignees=None)

    read = await at.gitlab.read(issue.key)

    assert (read.key, read.project, read.url, read.labels) == (issue.key, issue.project, "", ())


@pytest.mark.parametrize(("lost", "kept"), [("updated_at", "created_at"), ("created_at", "updated_at")])
async def test_times_fall_back_on_each_other(at: Airport, lost: str, kept: str) -> None:
    issue = await at.issue()
    await lean(at, f"{at.gitlab._projects.path}/issues/1", **{lost: None})

    read = await at.gitlab.read(issue.key)

    assert read.updated_at == read.created_at == getattr(issue, kept)


async def test_without_times_an_issue_does_not_change_by_being_read(at: Airport) -> None:
    issue = await at.issue()
    await lean(at, f"{at.gitlab._projects.path}/issues/1", created_at=..., updated_at=...)

    first = await at.gitlab.read(issue.key)
    at.clock.forward(minutes=5)

    assert await at.gitlab.read(issue.key) == first
