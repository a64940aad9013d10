"""What is told of an account's rights, of lists and of comments, where GitHub does not tell all."""

import json
from typing import Any

import pytest

from backlog.errors import Text
from integrations.demo_tracker.repository import Repository
from integrations.errors import Gone, Missing, NoAccess, Refused
from integrations.github.faults import NOT_LISTED
from tests.trackers.github.airport import LENA, NAME, Airport

OWN = "/repos/[^/]+/passenger-services$"
LISTED = "passenger-services/issues$"
RIGHTS = ["can write", "may label", "may set the status", "may comment", "may register webhooks"]


def lacks(at: Airport, path: str, status: int = 404, **about: Any) -> None:
    said = json.dumps({"message": about.pop("message", "Not Found")}).encode()
    at.fault("status", **{"status": status, "body": said, "path": path, "method": "GET", **about})


async def told(at: Airport) -> dict[bool | None, list[str]]:
    found: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for each in await at.github.check():
        found[each.ok].append(each.name.message)
    return found


@pytest.mark.parametrize("said", [{}, {"permissions": None}])
async def test_rights_that_are_not_told_are_no_rights_that_lack(at: Airport, said: dict[str, Any]) -> None:
    repository = {"id": 7, "full_name": NAME, **said}
    at.fault("status", status=200, body=json.dumps(repository).encode(), path=OWN)

    assert await told(at) == {True: ["can read"], False: [], None: RIGHTS}


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_of_a_repository_that_tells_of_its_issues_alone_the_rights_are_not_known(
    at: Airport, status: int
) -> None:
    lacks(at, OWN, status)

    assert await told(at) == {True: ["can read"], False: [], None: RIGHTS}
    assert {str(each.unasked) for each in await at.github.check() if each.ok is None} == {
        "GitHub does not tell what the account may do in this repository. What it may not do shows when it is tried."
    }


async def test_what_github_says_of_a_repository_it_refuses_is_told(at: Airport) -> None:
    lacks(at, "passenger-services", 403, message="Resource protected by organization SAML enforcement.")

    with pytest.raises(NoAccess, match="SAML"):
        await at.github.newest()


async def test_an_archived_repository_can_only_be_read_whoever_asks(at: Airport) -> None:
    repository = {"id": 7, "full_name": NAME, "archived": True}
    at.fault("status", status=200, body=json.dumps(repository).encode(), path=OWN)

    assert (await told(at))[False] == RIGHTS[:4]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_list_that_is_not_there_is_told_from_a_repository_out_of_sight(at: Airport, status: int) -> None:
    lacks(at, LISTED, status)

    with pytest.raises(NoAccess, match="cannot be listed"):
        await at.github.newest()
    with pytest.raises(NoAccess, match="cannot be listed"):
        [page async for page in at.github.changed(at.clock())]
    assert [str(each.problem) for each in await at.github.check() if each.problem] == [str(Text(NOT_LISTED))]
    lacks(at, OWN)
    with pytest.raises(NoAccess, match="cannot be seen"):
        [page async for page in at.signed_in().changed(at.clock())]


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_comments_that_cannot_be_read_say_nothing_of_their_issue(at: Airport, status: int) -> None:
    issue = await at.issue()
    lacks(at, "comments$", status)

    with pytest.raises(Refused, match=r"comments of .* cannot be read") as refused:
        await at.github.comments(issue)

    assert refused.value.fields == {"comments": "Not Found"}


async def test_comments_of_an_issue_that_is_no_more_say_so(at: Airport) -> None:
    issue = await at.issue()
    lacks(at, "comments$")
    lacks(at, "issues/1$", times=1)

    with pytest.raises(Missing):
        await at.github.comments(issue)
    lacks(at, "issues/1$", 410, message="This issue was deleted")
    with pytest.raises(Gone):
        await at.github.comments(issue)


async def test_comments_in_a_repository_out_of_sight_are_no_access(at: Airport) -> None:
    issue = await at.issue()
    lacks(at, ".")

    with pytest.raises(NoAccess, match="cannot be seen"):
        await at.github.comments(issue)


async def test_comments_are_not_looked_for_where_their_issue_went(at: Airport) -> None:
    issue = await at.issue()
    at.repository.transfer(1, Repository("aurora-airport/lanes", host=at.repository.host), by=LENA)

    with pytest.raises(Missing, match="another repository"):
        await at.github.comments(issue)


async def test_a_comment_that_is_taken_by_none_is_a_matter_of_rights(at: Airport) -> None:
    issue = await at.issue()
    lacks(at, "comments$", 410, method="POST")

    with pytest.raises(NoAccess, match="not change it"):
        await at.github.send(at.github.comment(issue, "Twelve more.", "c-7"))
