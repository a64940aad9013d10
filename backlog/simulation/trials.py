"""Ranges under weights that are only tried: simulated one after the other, in a thread of their own, while people wait."""

import asyncio
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import msgspec

from backlog.database import Database
from backlog.scoring import Weights
from backlog.simulation import runs
from backlog.simulation.robustness import Range, Simulation

KEPT = 8  # answers; one for 10,000 initiatives takes 2 MB

Ranges = Mapping[int, Range]
"""By initiative, in the order of the list."""
Simulate = Callable[[bytes, Weights], Ranges]


def simulated(inputs: bytes, tried: Weights) -> Ranges:
    """What was simulated with these packed ``inputs``, roughly and under other weights."""
    simulation: Simulation = msgspec.json.decode(zlib.decompress(inputs), type=Simulation)
    return replace(simulation, weights=tried).roughly().ranges()


class Trials:
    """The answers given last, and the one thread that finds more: the threads that everything else needs, signing in
    among it, stay free, and who went away while they waited is not simulated for."""

    def __init__(self, simulate: Simulate = simulated) -> None:
        self._simulate = simulate
        self._thread = ThreadPoolExecutor(1, "trials")
        self._known: dict[tuple[str, Weights], Ranges] = {}

    async def ranges(self, database: Database, tried: Weights) -> Ranges:
        """By what the latest run rested on; nothing before the first."""
        async with database.reading() as session:
            digest = await runs.digest_of_latest(session)
            if digest is None:
                return {}
            known = self._known.get((digest, tried))
            inputs = await runs.inputs_of_latest(session) if known is None else None
        if known is not None or inputs is None:
            return known or {}
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._find, digest, inputs, tried)

    def _find(self, digest: str, inputs: bytes, tried: Weights) -> Ranges:
        """In the thread: who asked the same meanwhile finds the answer here."""
        key = (digest, tried)
        if key not in self._known:
            self._known[key] = self._simulate(inputs, tried)
            while len(self._known) > KEPT:
                del self._known[next(iter(self._known))]
        return self._known[key]
