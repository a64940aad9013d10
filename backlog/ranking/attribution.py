"""Why an initiative moved between two runs: what each cause did, in ranks, adding up to the whole. Pure.

Five causes: the weights, what people said of it, what new evidence suggests of it, the calendar (a deadline has come
nearer, a season has begun), and all others. Each cause gets its Shapley value: what it moves when it comes in, averaged
over all orders in which the five may have come (Shapley 1953).
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from backlog import scoring
from backlog.scoring import Weights
from backlog.simulation.draws import INPUTS, Estimates, Triangle
from backlog.simulation.questions import likely
from backlog.simulation.robustness import Simulation

CAUSES = ("weights", "ratings", "evidence", "calendar", "others")
SAME = 1e-9  # of values from 0 to 10


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

    @property
    def is_still(self) -> bool:
        """It has not moved, nor would it have by any cause alone that another one made up for."""
        return not self.won and not any(self.shares.values())


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
    """Its estimates with those causes that have come: an input is evidence while only the data speaks of it, but for an
    urgency that people have given another course."""
    runs = (before, after)
    silent = set(before.suggested.get(each, ())) & set(after.suggested.get(each, ()))
    if _is_another_course(before, after, each):
        silent.discard("urgency")
    said = {name: ("evidence" if name in silent else "ratings") in come for name in INPUTS}
    mixed = {name: runs[which].estimates[each].get(name) for name, which in said.items()}
    if _goes_on(before, after, each):
        mixed["urgency"] = _urgency(runs, each, said["urgency"], "calendar" in come)
    return {name: raters for name, raters in mixed.items() if raters}


def _goes_on(before: Simulation, after: Simulation, each: int) -> bool:
    """Whether nobody has changed how its urgency goes over time: what differs then, the calendar has done."""
    profile, later = _profiles(before, after, each)
    return profile is not None and profile == later


def _is_another_course(before: Simulation, after: Simulation, each: int) -> bool:
    """Whether people have changed that, as far as both runs tell."""
    profile, later = _profiles(before, after, each)
    return before.courses is not None and after.courses is not None and profile != later


def _profiles(before: Simulation, after: Simulation, each: int) -> list[str | None]:
    """How it goes in each of the two, None where it is the same every day or not told."""
    courses = [(run.courses or {}).get(each) for run in (before, after)]
    return [None if course is None else course.profile for course in courses]


def _urgency(runs: tuple[Simulation, Simulation], each: int, said: bool, day: bool) -> Sequence[Triangle]:
    """What was said of its peak in one run (False: the first), on the day of one run."""
    told, on_day = (runs[which].estimates[each].get("urgency", ()) for which in (said, day))
    shares = [run.courses[each].share for run in runs if run.courses]
    if said == day or shares[said] == 0:
        return on_day  # where nothing was left of a peak, nothing can be told about it on another day
    moved = [_scaled(rater, shares[day] / shares[said]) for rater in told]
    return on_day if _alike(moved, on_day) else moved


def _scaled(rater: Triangle, by: float) -> Triangle:
    low, likely, high = (min(value * by, 10.0) for value in rater)
    return low, likely, high


def _alike(one: Sequence[Triangle], other: Sequence[Triangle]) -> bool:
    return len(one) == len(other) and all(
        abs(a - b) < SAME for first, second in zip(one, other, strict=True) for a, b in zip(first, second, strict=True)
    )


def shapley(players: Iterable[str], worth: Callable[[Set[str]], int]) -> dict[str, float]:
    """What each player adds to the worth of those before it, averaged over all orders."""
    everybody = set(players)
    known: dict[frozenset[str], int] = {}

    def of(some: Set[str]) -> int:
        kept = frozenset(some)
        if kept not in known:
            known[kept] = worth(kept)
        return known[kept]

    return {player: float(_value(player, everybody - {player}, of)) for player in everybody}


def _value(player: str, others: Set[str], worth: Callable[[Set[str]], int]) -> Fraction:
    """Exact: a player that adds nothing has no share, not nearly none."""
    n = len(others) + 1
    added = (
        Fraction(worth({*some, player}) - worth(set(some)), n * math.comb(n - 1, size))
        for size in range(n)
        for some in combinations(sorted(others), size)
    )
    return sum(added, Fraction())
