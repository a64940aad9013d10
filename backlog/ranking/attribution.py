"""Why an initiative moved between two runs: what each cause did, in ranks, adding up to the whole. Pure.

Four causes: the weights, what people rated of it, what new evidence suggests of it, and all others. Each cause gets its
Shapley value: what it moves when it comes in, averaged over all orders in which the four may have come (Shapley 1953).
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from itertools import combinations

from backlog.ranking import scoring
from backlog.ranking.draws import INPUTS, Estimates
from backlog.ranking.questions import likely
from backlog.ranking.robustness import Simulation
from backlog.ranking.scoring import Weights

CAUSES = ("weights", "ratings", "evidence", "others")


@dataclass(frozen=True, slots=True)
class Move:
    """``before`` and ``after`` are ranks; ``shares`` the ranks won (lost, when negative) by each cause of CAUSES, which
    add up to ``before - after``."""

    before: int
    after: int
    shares: Mapping[str, float]

    @property
    def won(self) -> int:
        return self.before - self.after


def moved(before: Simulation, after: Simulation, initiative_id: int) -> Move | None:
    """None when it had no rank in one of the two."""
    if initiative_id not in before.estimates or initiative_id not in after.estimates:
        return None
    weights = (before.weights, after.weights)
    others = [[_points(run, weight, initiative_id) for weight in weights] for run in (before, after)]

    def rank(come: Set[str]) -> int:
        weight = "weights" in come
        own = scoring.points(likely(_own(before, after, initiative_id, come)), weights[weight])
        ahead = others["others" in come][weight]
        return 1 + len(ahead) - bisect_right(ahead, own)

    shares = {cause: -value for cause, value in shapley(CAUSES, rank).items()}
    return Move(rank(set()), rank(set(CAUSES)), shares)


def _points(run: Simulation, weights: Weights, without: int) -> list[int]:
    known = (estimates for each, estimates in run.estimates.items() if each != without)
    return sorted(scoring.points(likely(estimates), weights) for estimates in known)


def _own(before: Simulation, after: Simulation, each: int, come: Set[str]) -> Estimates:
    """Its estimates with those causes that have come: an input is evidence while only the data speaks of it."""
    then, now = before.estimates[each], after.estimates[each]
    silent = set(before.suggested.get(each, ())) & set(after.suggested.get(each, ()))
    mixed = {
        name: (now if ("evidence" if name in silent else "ratings") in come else then).get(name) for name in INPUTS
    }
    return {name: raters for name, raters in mixed.items() if raters}


def shapley(players: Iterable[str], worth: Callable[[Set[str]], float]) -> dict[str, float]:
    """What each player adds to the worth of those before it, averaged over all orders."""
    everybody = set(players)
    known: dict[frozenset[str], float] = {}

    def of(some: Set[str]) -> float:
        kept = frozenset(some)
        if kept not in known:
            known[kept] = worth(kept)
        return known[kept]

    return {player: _value(player, everybody - {player}, of) for player in everybody}


def _value(player: str, others: Set[str], worth: Callable[[Set[str]], float]) -> float:
    n = len(others) + 1
    return sum(
        (worth({*some, player}) - worth(set(some))) / (n * math.comb(n - 1, size))
        for size in range(n)
        for some in combinations(sorted(others), size)
    )
