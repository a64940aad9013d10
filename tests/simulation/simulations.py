"""Small simulations and the estimates they are made of."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from backlog.scoring import Weights
from backlog.simulation import draws as drawn
from backlog.simulation.draws import Estimates, Points, Triangle
from backlog.simulation.robustness import Simulation, acceptability

SEED = 20_260_301
EQUAL = Weights(0.25, 0.25, 0.25, 0.25)
RATED = ("importance", "urgency", "maturity", "effort", "benefit")


def simulation(
    estimates: Mapping[int, Estimates],
    weights: Weights = EQUAL,
    concentration: float = 4,
    top: int = 1,
    draws: int = 200,
    seed: int = SEED,
) -> Simulation:
    return Simulation(estimates, weights, concentration, top, seed, draws)


def sure(value: float, of: tuple[str, ...] = RATED) -> Estimates:
    return {name: [(value, value, value)] for name in of}


def between(low: float, high: float, of: tuple[str, ...] = RATED) -> Estimates:
    return {name: [(low, (low + high) / 2, high)] for name in of}


def table(points: Points) -> npt.NDArray[np.float64]:
    """The acceptability of every rank."""
    return acceptability(drawn.ranks(points), len(points))


def departures(number: int) -> dict[int, Estimates]:
    """Initiatives of all kinds, by one to three raters, some with a criterion nobody has rated."""
    noise = np.random.default_rng(SEED)

    def rated(name: str) -> list[Triangle]:
        floor = 1.0 if name in ("effort", "benefit") else 0.0
        likely = noise.uniform(floor, 10)
        return [
            (max(floor, value - spread), value, min(10.0, value + spread))
            for value, spread in (
                (float(np.clip(likely + noise.normal(0, 0.5), floor, 10)), float(noise.uniform(0, 1.5)))
                for _ in range(noise.integers(1, 4))
            )
        ]

    return {each: {name: rated(name) for name in RATED if noise.random() > 0.03} for each in range(1, number + 1)}
