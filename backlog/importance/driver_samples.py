"""Who answered what, before touchpoints are compared as drivers of an outcome, and whether that is enough. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from backlog.errors import N_, Refused, Text
from backlog.importance.correlations import Floats, answered_both, effective_answers

ANSWERS_PER_DRIVER = 15
"""Stevens 1996, Applied Multivariate Statistics for the Social Sciences: about 15 respondents for each predictor. As
skipped touchpoints are missing by design, each touchpoint needs so many of its own, and each pair 15 in common."""
DRIVERS_MOST = 40
PAIRS_NAMED = 5


class NotDerivable(Refused):
    """The answers cannot tell these touchpoints apart; `drivers` are the names of those it is about."""

    def __init__(self, text: Text, drivers: Sequence[str] = ()) -> None:
        self.drivers = tuple(drivers)
        super().__init__(text)


@dataclass(frozen=True)
class Sample:
    """Respondents with an outcome and a weight above 0: answers to all drivers, then the outcome, NaN where not asked;
    weights with mean 1."""

    names: tuple[str, ...]
    values: Floats
    weights: Floats

    @classmethod
    def of(
        cls, names: Sequence[str], answers: ArrayLike, outcome: ArrayLike, weights: ArrayLike | None = None
    ) -> "Sample":
        """From respondents x drivers, and one outcome and weight (1 when not given) each. Raises ValueError when the
        sizes do not fit, for an infinite answer and for a weight that is not 0 or more."""
        asked, result = np.asarray(answers, dtype=float), np.asarray(outcome, dtype=float)
        counted = np.ones(len(result)) if weights is None else np.asarray(weights, dtype=float)
        if asked.shape != (len(result), len(names)) or counted.shape != result.shape:
            raise ValueError(f"{asked.shape} answers do not fit {len(names)} drivers and {len(result)} outcomes")
        if np.isinf(asked).any() or np.isinf(result).any():
            raise ValueError("an answer is a number, or NaN where there is none")
        if not (np.isfinite(counted).all() and (counted >= 0).all()):
            raise ValueError("a weight is 0 or more")
        kept = ~np.isnan(result) & (counted > 0)
        values = np.column_stack([asked, result])[kept]
        return cls(tuple(names), values, counted[kept] / (counted[kept].mean() if kept.any() else 1))

    def without(self, dropped: int) -> "Sample":
        names = tuple(name for at, name in enumerate(self.names) if at != dropped)
        return Sample(names, np.delete(self.values, dropped, axis=1), self.weights)

    @property
    def is_complete(self) -> bool:
        return not np.isnan(self.values).any()

    @property
    def answers_needed(self) -> int:
        """Of each driver."""
        return ANSWERS_PER_DRIVER * len(self.names)

    @property
    def effective(self) -> list[int]:
        """Answers to each driver, by Kish, rounded down."""
        return [math.floor(n + 1e-6) for n in effective_answers(self.values[:, :-1], self.weights)]

    def too_few(self) -> list[int]:
        """Drivers, by number, with fewer answers than needed."""
        return [at for at, n in enumerate(self.effective) if n < self.answers_needed]

    def apart(self) -> list[tuple[int, int]]:
        """Pairs of drivers that fewer than 15 respondents answered both of."""
        both = answered_both(self.values[:, :-1])
        return [(int(one), int(other)) for one, other in np.argwhere(np.triu(both < ANSWERS_PER_DRIVER, 1))]


def check(sample: Sample) -> None:
    """Raises NotDerivable, naming the drivers, unless there are enough answers and some difference to explain."""
    if len(sample.names) > DRIVERS_MOST:
        raise NotDerivable(Text(N_("At most %(most)s touchpoints can be compared at once."), {"most": DRIVERS_MOST}))
    if not sample.names:
        raise NotDerivable(Text(N_("No touchpoint has enough answers yet.")))
    if lacking := sample.too_few():
        raise _too_few(sample, lacking)
    if apart := sample.apart():
        raise _too_far_apart(sample, apart)
    if np.ptp(sample.values[:, -1]) == 0:
        raise NotDerivable(Text(N_("Everybody gave the same answer: there is nothing to explain.")))


def derivable(sample: Sample) -> Sample:
    """What is left when the touchpoints with the fewest answers are taken out one by one until the rest has enough:
    with each the others need fewer. May be none."""
    while lacking := sample.too_few() or [at for pair in sample.apart() for at in pair]:
        known = sample.effective
        sample = sample.without(min(lacking, key=known.__getitem__))
    return sample


def _too_few(sample: Sample, lacking: Sequence[int]) -> NotDerivable:
    known = sample.effective
    named = ", ".join(f"{sample.names[at]} ({known[at]})" for at in lacking)
    text = N_("Each touchpoint needs %(needed)s answers, %(each)s for every one compared. Too few: %(touchpoints)s.")
    params = {"needed": sample.answers_needed, "each": ANSWERS_PER_DRIVER, "touchpoints": named}
    return NotDerivable(Text(text, params), [sample.names[at] for at in lacking])


def _too_far_apart(sample: Sample, apart: Sequence[tuple[int, int]]) -> NotDerivable:
    named = "; ".join(f"{sample.names[one]} + {sample.names[other]}" for one, other in apart[:PAIRS_NAMED])
    more = "; …" if len(apart) > PAIRS_NAMED else ""
    text = N_("Fewer than %(needed)s customers answered about both: %(pairs)s.")
    about = dict.fromkeys(sample.names[at] for pair in apart for at in pair)
    return NotDerivable(Text(text, {"needed": ANSWERS_PER_DRIVER, "pairs": named + more}), list(about))
