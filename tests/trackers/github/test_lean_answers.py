"""GitHub and what speaks like it, when answers lack what they may do without."""

import json
from typing import Any

import pytest

from integrations.issue import Issue
from integrations.writes import Edit
from tests.trackers.github.airport import NAME, Airport, block

PLACE = f"https://github.airport.example/api/v3/repos/{NAME}"
SHOWN = f"https://github.airport.example/{NAME}/issues/12"
LEAN = {"id": 2_700_000_012, "number": 12, "title": "Shorter queues", "state": "open"}
TIMES = {"created_at": "2026-11-20T08:00:00Z", "updated_at": "2026-11-21T09:30:00Z"}
WHOLE = {**LEAN, **TIMES, "repository_url": PLACE, "url": f"{PLACE}/issues/12", "html_url": SHOWN}


def answers(at: Airport, path: str, said: Any, **about: Any) -> None:
    about.setdefault("method", "GET")
    at.fault("status", **{"status": 200, "body": json.dumps(said).encode(), "path": path, **about})


async def read(at: Airport, said: dict[str, Any]) -> Issue:
    answers(at, "issues/12$", said)
    return await at.github.read(f"{NAME}#12")


@pytest.mark.parametrize(
    "without",
    [
        ("repository_url",),
        ("repository_url", "url"),
        ("repository_url", "html_url"),
        ("repository_url", "url", "html_url"),
    ],
)
@pytest.mark.parametrize("is_null", [False, True])
async def test_where_an_issue_is_follows_from_what_else_is_said_of_it(
    at: Airport, without: tuple[str, ...], is_null: bool
) -> None:
    said = {name: value for name, value in WHOLE.items() if name not in without}

    issue = await read(at, said | (dict.fromkeys(without) if is_null else {}))

    assert (issue.key, issue.project.key) == (f"{NAME}#12", NAME)
    assert issue.url == (SHOWN if "html_url" not in without else f"{at.server.url}/{NAME}/issues/12")


async def test_an_issue_in_another_repository_is_there_where_it_was_asked_for(at: Airport) -> None:
    answers(at, "lounges$", {"id": 9, "full_name": "aurora-airport/lounges"})
    answers(at, "issues/12$", LEAN | TIMES)

    issue = await at.github.read("aurora-airport/lounges#12")

    assert (issue.key, issue.project.id) == ("aurora-airport/lounges#12", "9")


async def test_lists_and_searches_and_writes_go_by_the_repository_they_are_about(at: Airport) -> None:
    answers(at, "search/issues$", {"items": [LEAN | TIMES]})
    answers(at, "issues$", [LEAN | TIMES])
    answers(at, "issues$", LEAN | TIMES, method="POST", status=201)

    listed = [issue.key async for page in at.github.changed(at.clock()) for issue in page]
    found = [issue.key for issue in await at.github.search("queues")]
    sent = await at.github.send(at.github.creation(Edit(title="Shorter queues", block=block()), "m-queues"))

    assert [*listed, *found, sent.key] == [f"{NAME}#12"] * 3


@pytest.mark.parametrize("times", [{"updated_at": None}, {}, {"created_at": None, "updated_at": None}])
async def test_an_issue_without_its_times_is_the_same_whenever_it_is_read(at: Airport, times: dict[str, Any]) -> None:
    known = {"created_at": TIMES["created_at"]} if "created_at" not in times else {}

    first = await read(at, LEAN | known | times)
    at.clock.forward(hours=3)

    assert await at.github.read(first.key) == first
    assert first.updated_at == first.created_at < at.clock()


async def test_an_issue_that_was_changed_and_never_made_was_made_then(at: Airport) -> None:
    issue = await read(at, LEAN | {"updated_at": TIMES["updated_at"]})

    assert issue.created_at == issue.updated_at


async def test_an_issue_is_looked_for_among_those_that_do_not_tell_when_they_were_made(at: Airport) -> None:
    made = await at.github.send(at.github.creation(Edit(title="Queues", block=block("m-queues")), "m-queues"))
    body = (await at.github.read(made.key)).native
    answers(at, "issues$", [LEAN, {**LEAN, "id": 2, "number": 13, "body": body}])

    found = await at.github.find("m-queues", at.clock(), "")

    assert f"{NAME}#13" in [each.key for each in found]


@pytest.mark.parametrize(
    "lacking",
    [
        {"labels": None},
        {"labels": []},
        {"labels": ["vip"]},
        {"body": None},
        {"user": None},
        {"assignees": None},
        {"milestone": None, "type": None, "sub_issues_summary": None, "parent_issue_url": None, "node_id": None},
        {"state_reason": None, "pull_request": None, "html_url": ""},
    ],
    ids=lambda lacking: ", ".join(lacking),
)
async def test_what_may_be_null_is_as_if_it_were_not_there(at: Airport, lacking: dict[str, Any]) -> None:
    issue = await read(at, WHOLE | lacking)

    assert issue.title == "Shorter queues"
    assert issue.labels == tuple(lacking.get("labels") or ())


async def test_a_comment_without_its_times_is_of_long_ago(at: Airport) -> None:
    said = {"id": 7, "body": "Twelve more.", "user": None}
    issue = await read(at, WHOLE)
    answers(at, "comments$", [said, {**said, "id": 8, "created_at": TIMES["created_at"], "updated_at": None}])

    lacking, whole = await at.github.comments(issue)

    assert lacking.written_at == lacking.edited_at < whole.written_at == whole.edited_at
