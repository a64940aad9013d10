"""Workers killed again and again while trackers fail: every initiative has its one issue, or waits for a person."""

import random
import sys
import time
from pathlib import Path

import pytest

from backlog.database import Database
from tests.faults import workers
from tests.faults.hurried import Hurry
from tests.faults.workers import FULL, TIRED, Airport, Crew, airport, tally, working

pytestmark = pytest.mark.slow
SPEED = 10.0
KILLS = 50 if FULL else 10
CREW = 4
SEED = 20261122
TRACKERS = (*("jira-cloud",) * 5, "github")
"""Five to one: GitHub takes one write a second."""
PATIENCE, LEASE = 60.0, 45.0
"""Seconds after the lag and after the lease of the last one that was killed until all is done."""
SLOW = 0.0 if FULL else 300.0
"""Seconds more where other tests run meanwhile."""


RUNS = [("sqlite", 5.0), ("postgresql", 0.0), *([("sqlite", 0.0), ("postgresql", 5.0)] if FULL else [])]


@pytest.mark.parametrize(("database", "lag"), RUNS, indirect=["database"])
async def test_no_kill_loses_or_doubles_an_issue(database: Database, tmp_path: Path, lag: float) -> None:
    clock = Hurry(time.time(), SPEED)
    async with airport(database, tmp_path, clock) as aurora:
        to = [await aurora.connect(each, lag=lag) for each in TRACKERS]
        aurora.tire(*TIRED)
        async with working(Crew(tmp_path, database.url, clock, aurora.hosts), CREW) as crew:
            await kill_again_and_again(aurora, crew, to)
            aurora.rest()
            seconds = await aurora.settled(PATIENCE + LEASE + lag + SLOW)
            found = await tally(aurora)

    sys.stdout.write(
        f"{database.engine.name}, lag {lag}: {KILLS} kills, {aurora.suffered()}, {found}, settled after {seconds} s\n"
    )
    assert seconds is not None, (found, crew.said()[-3000:])
    assert (found.lost, found.doubled, found.open) == (0, 0, 0)
    assert found.in_step + found.parked >= KILLS


async def kill_again_and_again(aurora: Airport, crew: Crew, to: list[int]) -> None:
    """Any one of them, with work for all of them."""
    chance = random.Random(SEED)
    for number in range(KILLS):
        if (await tally(aurora)).open < 2 * len(to):
            await aurora.push(f"Clearer signs at gate {number}", *to)
        await workers.pause(aurora, chance, requests=30, seconds=6.0)
        crew.kill(chance.choice(crew.workers))
