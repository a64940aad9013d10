"""What is told of an account's rights, of lists and of comments, where GitHub does not tell all."""

import json
from typing import Any

import pytest

from tests.trackers.github.airport import NAME, Airport

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


async def test_of_a_repository_that_tells_of_its_issues_alone_the_rights_are_not_known(at: Airport) -> None:
    lacks(at, OWN)

    assert await told(at) == {True: ["can read"], False: [], None: RIGHTS}
    assert {str(each.unasked) for each in await at.github.check() if each.ok is None} == {
        "GitHub does not tell what the account may do in this repository. What it may not do shows when it is tried."
    }


async def test_an_archived_repository_can_only_be_read_whoever_asks(at: Airport) -> None:
    repository = {"id": 7, "full_name": NAME, "archived": True}
    at.fault("status", status=200, body=json.dumps(repository).encode(), path=OWN)

    assert (await told(at))[False] == RIGHTS[:4]
