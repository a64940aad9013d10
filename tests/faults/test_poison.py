"""One link that fails for ever: the others go on, what is written to it waits in order, and in the end a person is
asked. Nothing is dropped."""

import datetime as dt
from collections.abc import AsyncIterator, Mapping

import pytest

from backlog.database import Database
from backlog.trackers import links
from backlog.trackers.link import LinkState, Question
from integrations.engine.trying import DAYS, TRIES
from tests.trackers.conftest import Both, beside
from tests.trackers.faults import Fault

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0  # seconds
POISONS: Mapping[str, Fault] = {
    "it fails there": Fault("status", status=500),
    "it is not what it should be": Fault("status", status=200, body=b"[17]"),
    "it is nothing that can be read": Fault("bad_json"),
}


CASES = [
    ("sqlite", "github", "it fails there"),
    ("postgresql", "jira-cloud", "it is not what it should be"),
    ("sqlite", "jira-cloud", "it is nothing that can be read"),
]
SOME = [("sqlite", "jira-cloud"), ("postgresql", "github")]


@pytest.fixture
async def desk(request: pytest.FixtureRequest, database: Database) -> AsyncIterator[Both]:
    """Our side and one tracker."""
    async with beside(request.param, database) as both:
        yield both


async def linked(both: Both, count: int) -> dict[int, int]:
    """So many initiatives in step: their links by their ids."""
    found = {}
    for number in range(count):
        initiative_id = await both.office.propose(f"Shorter queues at gate {number}")
        found[initiative_id] = await both.office.push(initiative_id, both.connection_id)
    await both.office.work(30)
    return found


async def spoilt(both: Both, link_id: int, fault: Fault) -> str:
    """The key of the issue, which cannot be read any more."""
    link = await both.office.link(link_id)
    key = link.external_key or ""
    name = (
        f"/issue/({link.external_id}|{key})" if both.ground.kind == "jira-cloud" else f"/issues/{key.partition('#')[2]}"
    )
    both.ground.faults.add(
        Fault(fault.kind, path=name + "($|/)", status=fault.status, headers=fault.headers, body=fault.body)
    )
    return key


@pytest.mark.parametrize(("database", "desk", "poison"), CASES, indirect=["database", "desk"])
async def test_others_go_on_and_a_person_is_asked_after_so_many_tries(desk: Both, poison: str) -> None:
    tied = await linked(desk, 3)
    bad, *good = tied
    key = await spoilt(desk, tied[bad], POISONS[poison])
    before = len(desk.ground.server.exchanges)

    for initiative_id in tied:
        await desk.office.change(initiative_id, title=f"Queues under {initiative_id} minutes")
    for words in ("Which gate?", "Gate 12.", "Then open lane 4."):
        await desk.office.comment(bad, words)
    await desk.office.work(2 * MINUTE)

    for initiative_id in good:
        link = await desk.office.link(tied[initiative_id])
        assert link.state is LinkState.IN_STEP
        assert desk.ground.title(link.external_key or "") == f"Queues under {initiative_id} minutes"
    link = await desk.office.link(tied[bad])
    assert link.state is LinkState.FAILED
    assert link.last_error
    assert 0 < link.attempts < TRIES

    await desk.office.work(20 * HOUR, step=HOUR / 2)

    link = await desk.office.link(tied[bad])
    assert (link.state, link.question, link.attempts) == (LinkState.PARKED, Question.TRIES, TRIES)
    assert link.last_error
    assert link.detail
    tries = sum(each.fault is not None for each in desk.ground.server.exchanges[before:])
    assert tries <= TRIES + 2  # the first may be the tracker's own, and what the sweep finds changed is tried at once

    desk.ground.faults.clear()
    await retried(desk, link.id)
    await desk.office.work(30)

    assert (await desk.office.link(link.id)).state is LinkState.IN_STEP
    assert desk.ground.title(key) == f"Queues under {bad} minutes"
    said = desk.ground.comments(key)
    assert [words for words in ("Which gate?", "Gate 12.", "Then open lane 4.") for each in said if words in each] == [
        "Which gate?", "Gate 12.", "Then open lane 4.",
    ]  # fmt: skip
    assert ["Which gate?" in said[0], "Gate 12." in said[1], "lane 4" in said[2]] == [True] * 3


@pytest.mark.parametrize(("database", "desk"), SOME, indirect=True)
async def test_one_that_fails_for_a_week_waits_for_a_person_however_few_its_tries(desk: Both) -> None:
    tied = await linked(desk, 2)
    bad, _ = tied
    await spoilt(desk, tied[bad], POISONS["it fails there"])
    await desk.office.change(bad, title="Queues under ten minutes")
    await desk.office.work(MINUTE)

    desk.office.now += DAYS + dt.timedelta(days=1)
    await desk.office.work()

    link = await desk.office.link(tied[bad])
    assert (link.state, link.question) == (LinkState.PARKED, Question.TRIES)
    assert 0 < link.attempts < TRIES


@pytest.mark.parametrize(("database", "desk"), SOME, indirect=True)
async def test_a_tracker_that_is_away_for_a_week_parks_nothing_and_all_arrives(desk: Both) -> None:
    tied = await linked(desk, 2)
    desk.ground.faults.add(Fault("reset"))
    for initiative_id in tied:
        await desk.office.change(initiative_id, title=f"Queues under {initiative_id} minutes")

    await desk.office.work(DAYS.total_seconds() + DAY, step=4 * HOUR)

    for link_id in tied.values():
        assert (await desk.office.link(link_id)).question is None
    assert (await desk.office.connection(desk.connection_id)).problem

    desk.ground.faults.clear()
    await desk.office.work(MINUTE)

    for initiative_id, link_id in tied.items():
        link = await desk.office.link(link_id)
        assert link.state is LinkState.IN_STEP
        assert desk.ground.title(link.external_key or "") == f"Queues under {initiative_id} minutes"


@pytest.mark.parametrize(("database", "desk"), SOME, indirect=True)
async def test_one_that_fails_keeps_nobody_from_looking_what_changed(desk: Both) -> None:
    tied = await linked(desk, 2)
    bad, good = tied
    await spoilt(desk, tied[bad], POISONS["it fails there"])
    await desk.office.change(bad, title="Queues under ten minutes")

    key = (await desk.office.link(tied[good])).external_key or ""
    await desk.office.work(3 * MINUTE)
    desk.ground.retitle(key, "Queues under five minutes")
    await desk.office.work(10 * MINUTE)

    assert (await desk.office.initiative(good)).title == "Queues under five minutes"
    assert (await desk.office.connection(desk.connection_id)).troubles == 0


async def retried(both: Both, link_id: int) -> None:
    """As the button does."""
    async with both.office.database.writing() as session:
        (await links.by_id(session, link_id, for_change=True)).retry()
