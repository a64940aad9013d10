"""What the client of GitHub keeps in mind: nothing that was only refused or not there yet."""

import pytest

from integrations.demo_tracker import projects
from tests.trackers.github.airport import NAME, Airport


async def test_a_parent_that_comes_to_be_seen_is_told(at: Airport) -> None:
    parent, child = await at.issue("Security"), await at.issue("Open lane 3")
    await at.done([at.github.nesting(parent, child)])
    at.fault("status", status=404, body=b'{"message": "Not Found"}', path="issues/1$", times=1)

    hidden = await at.github.read(child.key)
    seen = await at.github.read(child.key)

    assert (hidden.parent_id, seen.parent_id) == (None, parent.id)


async def test_a_parent_that_cannot_be_seen_is_asked_for_once_a_page(at: Airport) -> None:
    parent, *children = [await at.issue(title) for title in ("Security", "Open lane 3", "Open lane 4")]
    await at.done([at.github.nesting(parent, child) for child in children])
    at.fault("status", status=404, body=b'{"message": "Not Found"}', path="issues/1$")
    before = at.asked("GET", "issues/1")

    found = [issue.parent_id async for page in at.github.changed(at.clock()) for issue in page]

    assert found == [None] * 3
    assert at.asked("GET", "issues/1") == before + 1


async def test_a_column_that_was_added_to_the_board_is_known_at_once(
    at: Airport, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue = await at.issue()
    github = at.signed_in(board=projects.project(at.repository)["id"])
    places = at.repository.records.project_status
    places[int(issue.id)] = "47fc9ee4"
    before = await github.read(issue.key)

    monkeypatch.setitem(projects.OPTIONS, "a1b2c3d4", "Waiting for the airline")
    places[int(issue.id)] = "a1b2c3d4"
    after = await github.read(f"{NAME}#1")

    assert (before.status.name, after.status.name) == ("In Progress", "Waiting for the airline")
