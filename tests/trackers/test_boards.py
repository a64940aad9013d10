"""A board of GitHub whose columns are the status: what is closed, or not on it, still means something."""

import msgspec
import pytest

from backlog.database import Database
from backlog.initiatives.stages import Stage
from backlog.trackers.fields import Direction, Field
from backlog.trackers.link import LinkState
from integrations.demo_tracker.projects import OPTIONS, project
from integrations.github.mapping import defaults
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import github_of, linked, map_anew, stage

TODO, DOING, DONE = OPTIONS


@pytest.fixture
def place(sqlite_database: Database) -> tuple[str, Database]:
    return "github", sqlite_database


async def on_board(both: Both, direction: Direction = Direction.BOTH) -> None:
    """The columns of the board are the status from now on."""
    connection = await both.office.connection(both.connection_id)
    board = project(github_of(both).repository)["id"]
    async with both.office.outside.opened(connection, board) as tracker:
        mapping = defaults(await tracker.catalogue())
    fields = {
        name: msgspec.structs.replace(rule, direction=direction if name is Field.STAGE else rule.direction)
        for name, rule in mapping.fields.items()
        if name in (Field.TITLE, Field.STAGE)
    }
    await map_anew(both, fields=fields, stages=mapping.stages, board=board)
    await both.office.work(30)


def column(both: Both, key: str) -> str | None:
    """The issue's column on the board; None when it is not on it."""
    repository = github_of(both).repository
    return repository.records.project_status.get(int(both.ground.issue_id(key)))


async def in_delivery(both: Both) -> tuple[int, int, str]:
    await on_board(both)
    tied = await linked(both)
    await both.office.change(tied.number, effect="Queues shrink by half.")
    await stage(both, tied.number, Stage.IN_DELIVERY)
    await both.office.work(20)
    assert column(both, tied.key) == DOING
    return tied.number, tied.link_id, tied.key


async def test_an_issue_closed_as_done_in_an_open_column_has_been_delivered(both: Both) -> None:
    number, link_id, key = await in_delivery(both)

    both.ground.close(key)
    await both.office.work(300, step=20)

    assert (await both.office.initiative(number)).stage is Stage.MEASURING
    assert (await both.office.link(link_id)).state is LinkState.IN_STEP


async def test_an_issue_of_ours_comes_on_the_board(both: Both) -> None:
    await on_board(both)

    tied = await linked(both)

    assert column(both, tied.key) == TODO


async def test_an_issue_taken_off_the_board_says_nothing_until_its_initiative_moves(both: Both) -> None:
    number, link_id, key = await in_delivery(both)
    repository = github_of(both).repository
    del repository.records.project_status[int(both.ground.issue_id(key))]
    both.ground.retitle(key, "Queues under ten minutes")

    await both.office.work(300, step=20)
    taken_off, link = column(both, key), await both.office.link(link_id)
    await stage(both, number, Stage.MEASURING)
    await both.office.work(30)

    assert (taken_off, link.state, await both.office.undelivered(link_id)) == (None, LinkState.IN_STEP, [])
    assert (column(both, key), both.ground.is_closed(key)) == (DONE, True)


@pytest.mark.parametrize("direction", [Direction.IN, Direction.BOTH])
async def test_an_issue_that_is_not_on_the_board_moves_no_initiative(both: Both, direction: Direction) -> None:
    tied = await linked(both)
    await stage(both, tied.number, Stage.READY)
    await on_board(both, direction)

    await both.office.work(300, step=20)

    assert (await both.office.initiative(tied.number)).stage is Stage.READY
    assert (await both.office.link(tied.link_id)).state is LinkState.IN_STEP
    assert column(both, tied.key) == (TODO if direction is Direction.BOTH else None)
