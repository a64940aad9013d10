"""Weights that people try: simulated once for each, one after the other, and not for who went away."""

import asyncio
import threading
from collections.abc import Mapping

import pytest
from sqlalchemy import select, update

from backlog.database import Database
from backlog.scoring import Weights
from backlog.simulation import runs
from backlog.simulation.robustness import Range, Tier
from backlog.simulation.runs import Run
from backlog.simulation.trials import KEPT, Trials, simulated
from tests.ranking.backlogs import initiative
from tests.simulation.simulations import EQUAL

URGENT = Weights(0.0, 1.0, 0.0, 0.0)
FOUND = {1: Range(1, 1, 1.0, Tier.CLEAR, 200, None)}


class Slow:
    """Simulates when it may, and keeps what it was asked."""

    def __init__(self) -> None:
        self.may, self.began = threading.Event(), threading.Event()
        self.asked: list[Weights] = []

    def __call__(self, inputs: bytes, tried: Weights) -> Mapping[int, Range]:
        self.asked.append(tried)
        self.began.set()
        assert self.may.wait(10)
        return FOUND


@pytest.fixture
async def ranked(database: Database) -> Database:
    async with database.writing() as session:
        session.add_all([initiative(), initiative()])
    await asyncio.to_thread(runs.run_queued, database.url)
    return database


async def test_before_the_first_run_there_are_no_ranges(database: Database) -> None:
    assert await Trials().ranges(database, URGENT) == {}


async def test_the_ranges_are_those_of_the_latest_run_under_other_weights(ranked: Database) -> None:
    async with ranked.reading() as session:
        inputs = await runs.inputs_of_latest(session)

    assert await Trials().ranges(ranked, URGENT) == simulated(inputs or b"", URGENT)


async def test_the_same_question_is_simulated_once_even_while_it_is_being_answered(ranked: Database) -> None:
    slow = Slow()
    trials = Trials(slow)
    both = [asyncio.create_task(trials.ranges(ranked, URGENT)) for _ in range(2)]
    assert await asyncio.to_thread(slow.began.wait, 10)
    slow.may.set()

    assert await asyncio.gather(*both) == [FOUND, FOUND]
    assert await trials.ranges(ranked, URGENT) == FOUND
    assert slow.asked == [URGENT]


async def test_who_went_away_while_another_was_answered_is_not_simulated_for(ranked: Database) -> None:
    slow = Slow()
    trials = Trials(slow)
    first = asyncio.create_task(trials.ranges(ranked, EQUAL))
    assert await asyncio.to_thread(slow.began.wait, 10)
    waiting = [asyncio.create_task(trials.ranges(ranked, URGENT)) for _ in range(4)]
    await asyncio.wait(waiting, timeout=0.2)
    for each in waiting:
        each.cancel()
    await asyncio.wait(waiting)
    slow.may.set()

    assert await first == FOUND
    assert await trials.ranges(ranked, Weights(0.0, 0.0, 1.0, 0.0)) == FOUND
    assert URGENT not in slow.asked


async def test_the_threads_of_everything_else_stay_free(ranked: Database) -> None:
    slow = Slow()
    trials = Trials(slow)
    many = [asyncio.create_task(trials.ranges(ranked, Weights(0.0, n / 100, 0.0, 1 - n / 100))) for n in range(40)]
    assert await asyncio.to_thread(slow.began.wait, 10)
    await asyncio.wait(many, timeout=0.2)

    assert await asyncio.wait_for(asyncio.to_thread(lambda: "signed in"), 5) == "signed in"
    assert len(slow.asked) == 1
    slow.may.set()
    await asyncio.gather(*many)


async def test_another_run_is_another_question_and_old_answers_go(ranked: Database) -> None:
    slow = Slow()
    slow.may.set()
    trials = Trials(slow)
    await trials.ranges(ranked, URGENT)
    async with ranked.writing() as session:
        latest = select(Run.id).order_by(Run.id.desc()).limit(1).scalar_subquery()
        await session.execute(update(Run).where(Run.id == latest).values(digest="another"))
    await trials.ranges(ranked, URGENT)
    assert slow.asked == [URGENT, URGENT]

    for n in range(KEPT):
        await trials.ranges(ranked, Weights(0.0, n / 100, 0.0, 1 - n / 100))
    await trials.ranges(ranked, URGENT)
    assert slow.asked.count(URGENT) == 3
