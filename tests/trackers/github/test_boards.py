"""A project board whose columns are the statuses."""

import pytest

from integrations.demo_tracker.projects import project
from integrations.errors import Missing, NoAccess, Unreachable
from integrations.github.boards import category
from integrations.github.client import GitHub
from integrations.issue import NOWHERE, Category
from integrations.writes import Edit
from tests.trackers.github.airport import LENA, Airport

TODO, DOING, DONE = "f75ad846", "47fc9ee4", "98236657"


@pytest.fixture
def board(at: Airport) -> GitHub:
    return at.signed_in(board=project(at.repository)["id"])


async def test_the_columns_are_the_statuses(board: GitHub) -> None:
    found = (await board.catalogue()).statuses

    assert [(each.name, each.category) for each in found] == [
        ("Todo", Category.TODO),
        ("In Progress", Category.DOING),
        ("Done", Category.DONE),
        ("Not planned", Category.DONE),
        ("Duplicate", Category.DONE),
    ]


async def test_an_issue_comes_on_the_board_and_moves_to_its_end_closed(at: Airport, board: GitHub) -> None:
    issue = await at.issue()

    await at.done(await board.writes(await board.read(issue.key), Edit(status=DOING)))
    begun = await board.read(issue.key)
    await at.done(await board.writes(begun, Edit(status=DONE)))
    ended = await board.read(issue.key)

    assert (begun.status.id, at.repository.issues.get(1).state) == (DOING, "closed")
    assert (ended.status.id, ended.is_done) == (DONE, True)


async def test_who_moves_it_back_opens_it(at: Airport, board: GitHub) -> None:
    issue = await at.issue()
    await at.done(await board.writes(await board.read(issue.key), Edit(status=DONE)))

    await at.done(await board.writes(await board.read(issue.key), Edit(status=TODO)))

    assert (await board.read(issue.key)).status.id == TODO
    assert at.repository.issues.get(1).state == "open"


async def test_dropped_is_closed_as_not_planned_wherever_it_stands(at: Airport, board: GitHub) -> None:
    issue = await at.issue()
    await at.done(await board.writes(await board.read(issue.key), Edit(status=DOING)))

    await at.done(await board.writes(await board.read(issue.key), Edit(status="not_planned")))

    assert (await board.read(issue.key)).status.id == "not_planned"


async def test_an_issue_that_is_not_on_the_board_has_no_status_until_it_is_closed(at: Airport, board: GitHub) -> None:
    issue = await at.issue()
    before = await board.read(issue.key)
    at.repository.close(1, by=LENA)

    after = await board.read(issue.key)

    assert (before.status.id, before.is_done) == (NOWHERE, False)
    assert (after.status.id, after.is_done) == (DONE, True)
    assert await board.writes(after, Edit(status=DONE)) == []


async def test_a_page_of_issues_asks_for_their_columns_once(at: Airport, board: GitHub) -> None:
    for number in range(30):
        at.repository.open_issue(f"Complaint {number}", by=LENA)

    pages = [page async for page in board.changed(at.clock())]

    assert [len(page) for page in pages] == [30]
    assert at.asked("POST", "graphql") == 1


async def test_the_boards_of_the_repository_are_offered(at: Airport) -> None:
    assert [each.name for each in (await at.github.catalogue()).boards] == ["Delivery of passenger-services"]


async def test_a_board_that_is_gone_is_told(at: Airport) -> None:
    with pytest.raises(Missing):
        await at.signed_in(board="PVT_gone").catalogue()


async def test_a_token_without_rights_to_the_board_is_told(at: Airport) -> None:
    github = at.signed_in(board=project(at.repository)["id"])
    issue = await at.issue()
    await at.done(await github.writes(issue, Edit(status=DOING)))
    at.fault("status", status=200, path="graphql", body=b'{"errors": [{"type": "FORBIDDEN", "message": "No."}]}')

    with pytest.raises(NoAccess):
        await github.read(issue.key)


@pytest.mark.parametrize(
    ("name", "position", "means"),
    [
        ("Done ✅", 3, Category.DONE),
        ("Backlog", 2, Category.TODO),
        ("Fresh", 0, Category.TODO),
        ("In review", 2, Category.DOING),
        ("Done", 0, Category.DONE),
    ],
)
def test_a_column_means_what_its_name_says(name: str, position: int, means: Category) -> None:
    assert category(name, position) is means


async def test_a_board_without_a_status_is_told(at: Airport) -> None:
    github = at.signed_in(board=project(at.repository)["id"])
    at.fault("status", status=200, path="graphql", body=b'{"data": {"node": {"id": "PVT_1", "field": null}}}')

    with pytest.raises(Unreachable, match="no field Status"):
        await github.catalogue()


async def test_without_rights_to_boards_none_are_offered(at: Airport) -> None:
    at.fault("status", status=200, path="graphql", body=b'{"errors": [{"type": "FORBIDDEN", "message": "No."}]}')

    assert (await at.github.catalogue()).boards == ()


async def test_an_issue_that_stands_in_the_column_already_is_only_closed(at: Airport, board: GitHub) -> None:
    issue = await at.issue()
    await at.done(await board.writes(await board.read(issue.key), Edit(status=DONE)))
    at.repository.reopen(1, by=LENA)
    at.repository.close(1, by=LENA, reason="not_planned")

    writes = await board.writes(await board.read(issue.key), Edit(status=DONE))

    assert [each.path.rpartition("/")[2] for each in writes] == ["1", "1"]
