"""Weights from comparing every criterion with the most and with the least important one: best-worst method. Pure.

Weights: the linear model of Rezaei 2016, Best-worst multi-criteria decision-making method: some properties and a linear
model, Omega 64, doi 10.1016/j.omega.2015.12.001. Consistency, by what was entered: Liang, Brunelli and Rezaei 2020,
Consistency issues in the best worst method: measurements and thresholds, Omega 96, doi 10.1016/j.omega.2019.102175.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backlog.errors import N_, Text, checked
from backlog.scoring import CRITERIA, Weights
from backlog.weights.deviations import fitted

SCALE = range(1, 10)
THRESHOLDS = {
    3: (0.1667, 0.1667, 0.1667, 0.1667, 0.1667, 0.1667, 0.1667),
    4: (0.1121, 0.1529, 0.1898, 0.2206, 0.2527, 0.2577, 0.2683),
    5: (0.1354, 0.1994, 0.2306, 0.2546, 0.2716, 0.2844, 0.2960),
    6: (0.1330, 0.1990, 0.2643, 0.3044, 0.3144, 0.3221, 0.3262),
    7: (0.1294, 0.2457, 0.2819, 0.3029, 0.3144, 0.3251, 0.3403),
    8: (0.1309, 0.2521, 0.2958, 0.3154, 0.3408, 0.3620, 0.3657),
    9: (0.1359, 0.2681, 0.3062, 0.3337, 0.3517, 0.3620, 0.3662),
}
"""Liang, Brunelli and Rezaei 2020, table 3: by how often the best counts the worst, for 3 to 9 criteria."""
BELOW_WORST = N_(
    "At most %(most)s: nothing counts less than the least important. Or choose this as the least important."
)
ABOVE_BEST = N_("At most %(most)s: nothing counts more than the most important. Or choose this as the most important.")

Comparisons = Mapping[str, float | None]
"""How many times one criterion counts another, a whole number from 1 to 9, by the criterion that is not the best or
the worst itself."""


@dataclass(frozen=True)
class Chain:
    """Best over `criterion` (`best_to`) times `criterion` over worst (`to_worst`) makes `product`, and should make
    `best_to_worst`; `ratio` is how far off it is, 0-1."""

    criterion: str
    best_to: int
    to_worst: int
    product: int
    best_to_worst: int
    ratio: float


@dataclass(frozen=True)
class BestWorst:
    """`deviation`: the largest |w_B - a_Bj w_j| or |w_j - a_jW w_W| left, in units of weight, 0-1. `consistency`: 0
    (comparisons agree) to 1, acceptable up to `threshold`. `worst`: the chain to look at again, None when all agree.

    Where they do not agree, another criterion can come out a little ahead of the best: the weights follow all of them.
    """

    weights: Weights
    deviation: float
    consistency: float
    threshold: float
    worst: Chain | None

    @property
    def consistent(self) -> bool:
        return self.consistency <= self.threshold


def weigh(best: str, worst: str, best_to: Comparisons, to_worst: Comparisons) -> BestWorst:
    """From `best_to`, how many times the best counts each other, and `to_worst`, how many times each other counts the
    worst; the best over the worst is asked once, in `best_to`.

    Invalid names `best`, `worst`, `best_to_<criterion>` or `<criterion>_to_worst` when it is missing, off 1-9, or
    contradicts the choice of best and worst.
    """
    _check_ends(best, worst)
    _check_comparisons(best, worst, best_to, to_worst)
    most = _whole(best_to[worst])
    from_best = [1 if each == best else _whole(best_to[each]) for each in CRITERIA]
    over_worst = [{best: most, worst: 1}.get(each) or _whole(to_worst[each]) for each in CRITERIA]
    weights, deviation = fitted(CRITERIA.index(best), CRITERIA.index(worst), from_best, over_worst)
    chain = _furthest(from_best, over_worst, most)
    return BestWorst(
        Weights(**dict(zip(CRITERIA, weights, strict=True))),
        deviation,
        chain.ratio if chain else 0.0,
        threshold(most, len(CRITERIA)),
        chain,
    )


def threshold(best_to_worst: int, criteria: int) -> float:
    """Up to which ratio comparisons of 3-9 criteria are acceptable; on the scales of 1 and 2 they have to agree."""
    return THRESHOLDS[best_to_worst][criteria - 3] if best_to_worst in THRESHOLDS else 0.0


def _furthest(best_to: Sequence[int], to_worst: Sequence[int], most: int) -> Chain | None:
    """The chain with the largest |a_Bj a_jW - a_BW| / (a_BW^2 - a_BW), of equal ones the first; None when all is 0."""
    found = [
        Chain(each, above, below, above * below, most, abs(above * below - most) / (most * most - most))
        for each, above, below in zip(CRITERIA, best_to, to_worst, strict=True)
        if above * below != most
    ]
    return max(found, key=lambda chain: chain.ratio, default=None)


def _check_ends(best: str, worst: str) -> None:
    checked(
        best=None if best in CRITERIA else Text(N_("Choose the most important criterion.")),
        worst=None if worst in CRITERIA else Text(N_("Choose the least important criterion.")),
    )
    if best == worst:
        checked(worst=Text(N_("The most and the least important criterion cannot be the same one.")))


def _check_comparisons(best: str, worst: str, best_to: Comparisons, to_worst: Comparisons) -> None:
    others = [each for each in CRITERIA if each not in (best, worst)]
    checked(
        **{f"best_to_{each}": _off_scale(best_to.get(each)) for each in CRITERIA if each != best},
        **{f"{each}_to_worst": _off_scale(to_worst.get(each)) for each in others},
    )
    most = _whole(best_to[worst])
    again = to_worst.get(best)
    checked(
        **{f"best_to_{each}": _beyond(best_to[each], most, BELOW_WORST) for each in others},
        **{f"{each}_to_worst": _beyond(to_worst[each], most, ABOVE_BEST) for each in others},
        **{f"{best}_to_worst": None if again in (None, most) else _twice(most, again)},
    )


def _off_scale(times: float | None) -> Text | None:
    if times is None:
        return Text(N_("This comparison is missing."))
    return None if times in SCALE else Text(N_("A comparison is a whole number from 1 to 9."))


def _beyond(times: float | None, most: int, reason: str) -> Text | None:
    return None if _whole(times) <= most else Text(reason, {"most": most})


def _twice(most: int, again: float | None) -> Text:
    said = N_("You compared the most with the least important twice: %(one)s and %(other)s.")
    return Text(said, {"one": most, "other": again})


def _whole(times: float | None) -> int:
    """Of a comparison that was checked."""
    return int(times or 0)
