"""Simulated passengers: how they answered about touchpoints that share what they think of the airport altogether."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def passengers(
    n: int, effects: tuple[float, ...], *, asked: float = 1.0, noise: float = 2.0, seed: int = 7
) -> tuple[Floats, Floats]:
    """Answers (n, touchpoints) and outcome (n): touchpoints correlate at 0.4, `asked` of each is answered."""
    random = np.random.default_rng(seed)
    mood = random.normal(size=(n, 1))
    answers = np.sqrt(0.4) * mood + np.sqrt(0.6) * random.normal(size=(n, len(effects)))
    outcome = answers @ np.array(effects) + noise * random.normal(size=n)
    return np.where(random.random(answers.shape) < asked, answers, np.nan), outcome
