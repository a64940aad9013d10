"""How sure a rank is: stochastic multicriteria acceptability analysis (SMAA-2), with the ranks of the backlog. Pure.

In each of many draws the weights come from a Dirichlet distribution around the agreed ones, and each criterion from one
of its raters, triangular between low and high; the initiatives are then ranked as the backlog ranks them, by points.

Lahdelma and Salminen 2001, Operations Research 49(3); Tervonen and Lahdelma 2007, European Journal of Operational
Research 178(2), who show that 10,000 draws put a share within 1 % (95 %).
"""

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from backlog.scoring import Weights
from backlog.simulation import draws as drawn
from backlog.simulation.draws import Counts, Estimates, Points, Reals

DRAWS = 10_000
EXACT = 500
"""Initiatives simulated in full. Of a longer list these are the ones that come nearest to the top."""
MOST_ROUGH, LEAST_ROUGH, ROUGH_IN_ALL = 250, 40, 2_500_000
"""Draws of each of the others; each draw of the former takes one of these for the latter. Beyond 10,000 initiatives
they become fewer, so that memory does not grow with the list."""
LOW, HIGH = 0.05, 0.95
CLEAR = 0.9
"""In the top k in this share of the draws, or in the rest of them: clear. In between it is contested."""


Against = tuple[float, float]


class Tier(enum.StrEnum):
    CLEAR = "clear"
    CONTESTED = "contested"
    CLEAR_LOW = "clear low"


@dataclass(frozen=True, slots=True)
class Range:
    """Where an initiative lands: ``low`` to ``high`` are the ranks at 5 and 95 % of the draws, ``p_top`` the share (0-1)
    of draws that put it into the top k, ``p_above_next`` the share in which it has more points than the next of the
    list (half of the ties counted; None for the last, and where draws of one of them are few), ``p_tied_next`` the share
    in which both have the same points. With shared ranks more than k may be in the top k."""

    low: int
    high: int
    p_top: float
    tier: Tier
    draws: int
    p_above_next: float | None = None
    p_tied_next: float | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """How the urgency of an initiative goes over time: what it had of its peak on that day (0-1), and the record of its
    profile, as text."""

    share: float
    profile: str


@dataclass(frozen=True)
class Simulation:
    """All that decides the result: the same simulation gives the same ranges, to the last digit.

    ``estimates`` by initiative in the order of the list; ``concentration`` as in `draws.of_weights`; ``top`` is k.
    ``suggested``: the inputs of an initiative that nobody has rated, so that its estimate comes from the data.
    ``courses``: the urgency over time of those that have any, already in their estimates; None in runs that kept none.
    """

    estimates: Mapping[int, Estimates]
    weights: Weights
    concentration: float
    top: int
    seed: int
    draws: int = DRAWS
    exact: int = EXACT
    suggested: Mapping[int, Sequence[str]] = field(default_factory=dict)
    courses: Mapping[int, Course] | None = None

    @property
    def rough_draws(self) -> int:
        return max(LEAST_ROUGH, min(MOST_ROUGH, ROUGH_IN_ALL // max(len(self.estimates), 1)))

    def roughly(self) -> "Simulation":
        """The same in few draws where the list is too long to be simulated in full while somebody waits."""
        if len(self.estimates) <= self.exact:
            return self
        return replace(self, draws=self.rough_draws, exact=len(self.estimates))

    def ranges(self) -> dict[int, Range]:
        """By initiative, in the order of the list."""
        if len(self.estimates) > self.exact:
            return self._ranges_of_many()
        scored = self.points(list(self.estimates))
        return _ranges(self.estimates, drawn.places(scored), self.top, against_next(scored))

    def points(self, ids: Sequence[int]) -> Points:
        """Points (0-1000) of these initiatives (rows) in each draw (columns)."""
        weights = self._weights(self.draws)
        found = np.empty((len(ids), self.draws), np.int16)
        for row, each in enumerate(ids):
            found[row] = drawn.points(weights, drawn.of_criteria(self.estimates[each], each, self.draws, self.seed))
        return found

    def p_above(self, one: int, other: int) -> float:
        """The share of draws in which one has more points than the other, half of the ties counted."""
        return p_above(*self.points([one, other]))

    def _weights(self, draws: int) -> Reals:
        return drawn.of_weights(self.weights, self.concentration, draws, self.seed)

    def _ranges_of_many(self) -> dict[int, Range]:
        """Few draws of all tell who may come to the top; these are then simulated in full, among all the others."""
        ids = np.array(list(self.estimates))
        criteria = np.stack(
            [drawn.of_criteria(known, each, self.rough_draws, self.seed) for each, known in self.estimates.items()]
        )
        ranked, last = drawn.places(drawn.points(self._weights(self.rough_draws), criteria))
        near = nearest(ranked, self.exact)
        found = _ranges(ids[~near].tolist(), (ranked[~near], last[~near]), self.top)
        criteria = criteria[~near]  # the others': of 10,000 initiatives all take 40 MB
        scored = self.points(ids[near].tolist())
        next_is_near = np.append(near[1:], False)[near]
        against = [known if there else None for known, there in zip(against_next(scored), next_is_near, strict=True)]
        found |= _ranges(ids[near].tolist(), drawn.places(scored, self._counted(criteria)), self.top, against)
        return {each: found[each] for each in self.estimates}

    def _counted(self, criteria: Reals) -> Counts:
        """The points of these initiatives in each draw, their criteria (initiative, criterion, rough draw) used again
        and again, as often as there are more draws than rough ones."""
        weights = self._weights(self.draws)
        found = np.empty((self.draws, drawn.MOST + 1), np.int32)
        for rough in range(criteria.shape[2]):
            again = slice(rough, None, criteria.shape[2])
            found[again] = drawn.counted(drawn.rounded(criteria[:, :, rough] @ weights[:, again]))
        return found


def _ranges(
    ids: Iterable[int], places: tuple[Counts, Counts], top: int, against: Sequence[Against | None] | None = None
) -> dict[int, Range]:
    ranked, last = places
    low, high = quantiles(ranked)
    p_top, p_fits = (ranked <= top).mean(axis=1), (last <= top).mean(axis=1)
    columns = (each.tolist() for each in (low, high, p_top, p_fits))
    rows = zip(ids, *columns, against or [None] * len(ranked), strict=True)
    return {
        each: Range(best, worst, share, tier(share, fits), ranked.shape[1], *(known or (None, None)))
        for each, best, worst, share, fits, known in rows
    }


def quantiles(ranked: Counts) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The ranks that at least 5 % and at least 95 % of the draws (columns) do not exceed."""
    at = [int(np.ceil(share * ranked.shape[1])) - 1 for share in (LOW, HIGH)]
    in_order = np.partition(ranked, at, axis=1)
    return in_order[:, at[0]], in_order[:, at[1]]


def acceptability(ranked: Counts, most: int) -> npt.NDArray[np.float64]:
    """The share of draws in which each initiative (rows) has each rank (columns, 1 to ``most``)."""
    return np.stack([np.bincount(row, minlength=most + 1)[1 : most + 1] / ranked.shape[1] for row in ranked])


def nearest(ranked: Counts, most: int) -> npt.NDArray[np.bool_]:
    """Those that come nearest to the top: by the rank at 5 % of their draws, then by their mean rank."""
    best, _ = quantiles(ranked)
    near = np.zeros(len(ranked), bool)
    near[np.lexsort((ranked.mean(axis=1), best))[:most]] = True
    return near


def against_next(scored: Points) -> list[Against | None]:
    """For each (rows) `p_above` and `p_tied` of it and the row below; None for the last."""
    shares: list[Against | None] = [(p_above(one, other), p_tied(one, other)) for one, other in pairwise(scored)]
    return [*shares, None] if len(scored) else []


def p_above(one: Points, other: Points) -> float:
    return float(((one > other).mean() + (one >= other).mean()) / 2)


def p_tied(one: Points, other: Points) -> float:
    return float((one == other).mean())


def tier(p_top: float, p_fits: float) -> Tier:
    """Clear from 0.9 on, clear low up to 0.1, else contested. ``p_fits``: the share of draws in which all that share its
    rank have a place in the top k; where more do than there are places, the top is contested, however sure the rank."""
    if p_fits >= CLEAR:
        return Tier.CLEAR
    return Tier.CLEAR_LOW if 1 - p_top >= CLEAR else Tier.CONTESTED
