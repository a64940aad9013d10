"""A board of GitHub whose columns are the status: what is closed, or not on it, still means something."""

import msgspec
import pytest

from backlog import history
from backlog.database import Database
from backlog.initiatives.stages import Stage
from backlog.trackers.fields import Direction, Field, FieldMapping, StageRule
from backlog.trackers.link import LinkState
from integrations import pushing
from integrations.demo_tracker.projects import OPTIONS, project
from integrations.github.mapping import defaults
from tests.trackers.conftest import Both
from tests.trackers.failures.steps import github_of, linked, map_anew, stage
from web.chronicle import sentence
from web.pages import conflicts_shown
from web.pages.connections_mapping import Rehearsed
from web.speech import voice

TODO, DOING, DONE = OPTIONS


@pytest.fixture
def place(sqlite_database: Database) -> tuple[str, Database]:
    return "github", sqlite_database


async def board_of(both: Both) -> tuple[FieldMapping, dict[str, str]]:
    """What is offered for the board, and what its statuses are called."""
    connection = await both.office.connection(both.connection_id)
    board = project(github_of(both).repository)["id"]
    async with both.office.outside.opened(connection, board) as tracker:
        found = await tracker.catalogue()
    return msgspec.structs.replace(defaults(found), board=board), {each.id: each.name for each in found.statuses}


async def on_board(both: Both, direction: Direction = Direction.BOTH) -> None:
    """The columns of the board are the status from now on."""
    mapping, _ = await board_of(both)
    fields = {
        name: msgspec.structs.replace(rule, direction=direction if name is Field.STAGE else rule.direction)
        for name, rule in mapping.fields.items()
        if name in (Field.TITLE, Field.STAGE)
    }
    await map_anew(both, fields=fields, stages=mapping.stages, board=mapping.board)
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


async def disagreeing(both: Both) -> tuple[int, int]:
    """An initiative that goes back to ready while its issue is closed as done."""
    number, link_id, key = await in_delivery(both)
    both.ground.close(key)
    await stage(both, number, Stage.READY)
    await both.office.work(20)
    return number, link_id


async def test_a_conflict_says_the_stage_as_it_is_here_and_statuses_by_their_names(both: Both) -> None:
    number, _ = await disagreeing(both)
    before = (await both.office.conflicts())[0]
    await map_anew(both, stages={Stage.DROPPED: StageRule("not_planned", ("not_planned",))})

    async with both.office.database.reading() as session:
        (found,), _ = await conflicts_shown.waiting(session)
        events = list(await session.scalars(history.of("initiative", number)))

    (told,) = [sentence(each) for each in events if each.verb == "found a conflict"]
    assert (before.ours, before.theirs) == (TODO, DONE)
    assert (found.base, found.ours, found.theirs) == ("In Progress", "Ready", "Done")
    assert told.endswith("ours Ready, theirs Done")


async def test_a_status_that_means_nothing_here_is_told_by_its_name(both: Both) -> None:
    number, link_id, key = await in_delivery(both)
    mapping = (await both.office.connection(both.connection_id)).maps
    stages = {name: rule for name, rule in mapping.stages.items() if name not in (Stage.MEASURING, Stage.DONE)}
    await map_anew(both, stages=stages)
    both.ground.close(key)

    await both.office.work(300, step=20)

    (waiting,) = await both.office.undelivered(link_id)
    async with both.office.database.reading() as session:
        events = list(await session.scalars(history.of("initiative", number)))
    assert str(waiting.reason).startswith("The status “Done” means no stage.")
    assert "could not take over “Stage” (aurora-airport/passenger-services#1): Done" in map(sentence, events)


async def test_what_an_initiative_lacked_for_is_taken_in_as_soon_as_it_has_it(both: Both) -> None:
    tied = await linked(both)
    await stage(both, tied.number, Stage.IN_DELIVERY)
    both.ground.close(tied.key)
    await both.office.work(300, step=20)
    await both.office.change(tied.number, title="Queues under ten minutes")
    await both.office.work(20)
    (refused,) = await both.office.undelivered(tied.link_id)

    await both.office.change(tied.number, effect="Queues shrink by half.")
    await both.office.work(20)

    assert (refused.inward, refused.tries) == (True, 1)
    assert (await both.office.initiative(tied.number)).stage is Stage.MEASURING
    assert (await both.office.link(tied.link_id)).state is LinkState.IN_STEP


async def test_a_status_that_means_a_stage_by_now_is_taken_in(both: Both) -> None:
    tied = await linked(both, effect="Queues shrink by half.")
    await stage(both, tied.number, Stage.IN_DELIVERY)
    usual = (await both.office.connection(both.connection_id)).maps.stages
    await map_anew(both, stages={Stage.IN_DELIVERY: usual[Stage.IN_DELIVERY]})
    both.ground.close(tied.key)
    await both.office.work(300, step=20)
    (refused,) = await both.office.undelivered(tied.link_id)

    await map_anew(both, stages=usual)
    await both.office.work(20)

    assert "means no stage" in str(refused.reason)
    assert (await both.office.initiative(tied.number)).stage is Stage.MEASURING
    assert await both.office.undelivered(tied.link_id) == []


async def test_a_rehearsal_of_a_board_says_the_column_that_would_be_written_and_the_stage(both: Both) -> None:
    tied = await linked(both)
    await stage(both, tied.number, Stage.READY)
    await both.office.work(20)
    connection = await both.office.connection(both.connection_id)
    mapping, statuses = await board_of(both)

    (found,) = await pushing.rehearse_mapping(
        both.office.outside, connection, mapping, voice("en"), both.office.worker.address
    )

    shown = Rehearsed(1, [found], mapping, {}, statuses)
    assert shown.words(found, Field.STAGE, found.outward[Field.STAGE], True) == ("", "Todo (Ready)")
    assert shown.words(found, Field.STAGE, [TODO, DONE], False) == ("Ready", "Measuring")
