"""What changed between two runs: ranks and ranges, and the inputs behind them. Pure.

Both were drawn with the same random numbers, so a difference comes from what has changed and not from chance.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backlog import scoring
from backlog.simulation.draws import INPUTS
from backlog.simulation.questions import likely
from backlog.simulation.robustness import Range, Simulation


@dataclass(frozen=True, slots=True)
class Place:
    """Where an initiative stood in one run."""

    rank: int
    points: int
    range: Range


@dataclass(frozen=True, slots=True)
class Change:
    """``before`` is None for who came in since, ``after`` for who left; ``inputs`` whose estimates are others now."""

    initiative_id: int
    before: Place | None
    after: Place | None
    inputs: tuple[str, ...]

    @property
    def size(self) -> float:
        """How much there is to tell: ranks moved and percent of the draws in the top k; coming and going come first."""
        if self.before is None or self.after is None:
            return 1000
        moved = abs(self.before.rank - self.after.rank)
        return moved + 100 * abs(self.before.range.p_top - self.after.range.p_top)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``weights`` and ``closeness``: whether these are others now; ``top`` likewise; ``changes`` the largest first."""

    weights: bool
    closeness: bool
    top: bool
    changes: tuple[Change, ...]


def compared(
    before: Simulation, found_before: Mapping[int, Range], after: Simulation, found_after: Mapping[int, Range]
) -> Comparison:
    """Only what differs is told."""
    then, now = places(before, found_before), places(after, found_after)
    changes = (Change(each, then.get(each), now.get(each), _inputs(before, after, each)) for each in _all(now, then))
    told = [each for each in changes if each.before != each.after or each.inputs]
    return Comparison(
        weights=before.weights != after.weights,
        closeness=before.concentration != after.concentration,
        top=before.top != after.top,
        changes=tuple(sorted(told, key=lambda each: (-each.size, each.initiative_id))),
    )


def places(simulation: Simulation, found: Mapping[int, Range]) -> dict[int, Place]:
    """By initiative, with the ranks that the backlog showed."""
    points = [scoring.points(likely(known), simulation.weights) for known in simulation.estimates.values()]
    ranked = zip(simulation.estimates, points, scoring.ranks(points), strict=True)
    return {each: Place(rank, scored, found[each]) for each, scored, rank in ranked}


def _all(now: Iterable[int], then: Iterable[int]) -> list[int]:
    return list(dict.fromkeys([*now, *then]))


def _inputs(before: Simulation, after: Simulation, each: int) -> tuple[str, ...]:
    if each not in before.estimates or each not in after.estimates:
        return ()
    then, now = before.estimates[each], after.estimates[each]
    return tuple(name for name in INPUTS if list(map(tuple, then.get(name, ()))) != list(map(tuple, now.get(name, ()))))
