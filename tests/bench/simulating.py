"""How long a simulation of the whole backlog takes, what it holds, and when a rating shows in the ranges."""

import asyncio
import multiprocessing
import random
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from backlog.history import Actor
from backlog.initiatives import ratings
from backlog.initiatives.initiative import Initiative
from backlog.scoring import Weights
from backlog.simulation.draws import INPUTS, Estimates
from backlog.simulation.ranges import RankRange
from backlog.simulation.robustness import Simulation
from tests import databases
from tests.bench import backlogs
from tests.bench.table import Row
from tests.serving import served

SIZES = ((500, 1), (10_000, 3))
"""Initiatives, and the seconds within which they are to be simulated."""
MEMORY = 300
SHOWN_WITHIN = 2


def measure(folder: Path) -> Iterator[Row]:
    for size, limit in SIZES:
        with multiprocessing.get_context("spawn").Pool(1) as process:
            seconds, peak = process.apply(simulated, (size,))
        yield Row(f"simulation of {size:,} initiatives, CPU", seconds, "s", limit=limit)
        yield Row(f"memory of the process that simulates {size:,}", peak, "MB", limit=MEMORY)
    yield from followed(folder)


def simulated(size: int) -> tuple[float, float]:
    """CPU seconds of the best of three, and the peak of the process in MB."""
    simulation = Simulation(estimated(size), Weights(), 15.0, 3, seed=1)
    best = min(timed(simulation) for _ in range(3))
    unit = 1 if sys.platform == "darwin" else 1024
    return best, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def timed(simulation: Simulation) -> float:
    started = time.process_time()
    simulation.ranges()
    return time.process_time() - started


def estimated(size: int) -> dict[int, Estimates]:
    """One to three raters of each input; of every fifth initiative nobody has rated the effort."""
    chance = random.Random(5)
    return {
        each: {
            name: [triangle(chance) for _ in range(chance.choice((1, 1, 2, 3)))]
            for name in INPUTS
            if name != "effort" or each % 5
        }
        for each in range(1, size + 1)
    }


def triangle(chance: random.Random) -> tuple[float, float, float]:
    likely = chance.uniform(1.5, 9.5)
    return max(1.0, likely - chance.uniform(0, 2)), likely, min(10.0, likely + chance.uniform(0, 2))


def followed(folder: Path) -> Iterator[Row]:
    """From a rating, kept, until the range that follows from it shows: in a served Waymark with 500 initiatives."""
    url = databases.sqlite_url(folder / "rated.db")
    asyncio.run(backlogs.prepared(url, 500))
    with served(folder, DEMO="0", DATABASE_URL=url):
        time.sleep(2)
        waits = [asyncio.run(waited(url, number)) for number in range(1, 6)]
    yield Row("from a rating to the range that follows from it", max(waits), "s", limit=SHOWN_WITHIN)


async def waited(url: str, number: int) -> float:
    async with databases.opened(url) as database:
        async with database.writing() as session:
            initiative = await session.get_one(Initiative, number)
            before = await session.get_one(RankRange, number) if initiative.is_ranked else None
            sure = {"importance": (10, 10, 10), "urgency": (10, 10, 10), "effort": (1, 1, 1), "benefit": (10, 10, 10)}
            await ratings.rate(session, initiative, sure, by=Actor("Bench"))
        started = time.perf_counter()
        while before is not None:
            async with database.reading() as session:
                now = await session.get_one(RankRange, number)
            if (now.low, now.high, now.p_top) != (before.low, before.high, before.p_top):
                break
            await asyncio.sleep(0.02)
        return time.perf_counter() - started
