"""Random draws of weights and criteria, and the points and ranks that follow from them. Pure.

Every initiative has random numbers of its own, told by the seed and its id alone: another initiative, another rater or
other weights change nobody else's, so two simulations of the same seed differ only by what has really changed.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from backlog.scoring import Weights

Triangle = tuple[float, float, float]
"""Low, likely, high on the scale of what is estimated."""
Estimates = Mapping[str, Sequence[Triangle]]
"""Rated input -> an estimate of each rater: importance, urgency and maturity on 0-10, effort and benefit on 1-10. What
is not there, nobody knows."""
Reals = npt.NDArray[np.float32]
Real = Reals | float
Points = npt.NDArray[np.int16]
Counts = npt.NDArray[np.int32]

INPUTS = ("importance", "urgency", "maturity", "effort", "benefit")
WEIGHTS_STREAM = 0  # ids of initiatives begin with 1
MOST = 1000  # points
SPANNED = 4_000  # draws that tell the span of a weight to a percent
AT_ONCE = 250  # draws ranked together: their counts fit into the processor's cache


def of_weights(weights: Weights, concentration: float, draws: int, seed: int) -> Reals:
    """Weights of each draw, one row a criterion: Dirichlet(4 * concentration * weight). Concentration 1 knows next to
    nothing (equal weights are then uniform), above 50 the weights stay within a few percent. What weighs 0 always does.

    ValueError for a concentration that is no number above 0.
    """
    if not 0 < concentration < np.inf:
        raise ValueError(f"the concentration is above 0, not {concentration}")
    agreed = np.array(list(weights.as_dict().values()))
    shares = _stream(seed, WEIGHTS_STREAM).dirichlet(len(agreed) * concentration * agreed, draws)
    return shares.T.astype(np.float32)


def spans(weights: Weights, concentration: float) -> dict[str, tuple[float, float]]:
    """Between which shares (0-1) nine of ten simulations draw each weight."""
    low, high = np.quantile(of_weights(weights, concentration, SPANNED, seed=0), (0.05, 0.95), axis=1)
    return {name: (float(low[row]), float(high[row])) for row, name in enumerate(weights.as_dict())}


def of_criteria(estimates: Estimates, initiative_id: int, draws: int, seed: int) -> Reals:
    """The four criteria of each draw, one row each, 0-10. Where several have rated, each draw asks one of them; a
    criterion of which nothing is known is anything, effort/benefit also when one of the two is not."""
    inputs = of_inputs(estimates, initiative_id, draws, seed)
    known = estimates.get("effort") and estimates.get("benefit")
    balance = balanced(inputs["effort"], inputs["benefit"]) if known else inputs["benefit"]
    return np.stack([*(inputs[name] for name in INPUTS[:3]), balance])


def of_inputs(estimates: Estimates, initiative_id: int, draws: int, seed: int) -> dict[str, Reals]:
    """The same before effort and benefit are brought together: anything from 0 to 10 where nobody knows."""
    stream = _stream(seed, initiative_id)
    chances = stream.random((len(INPUTS), draws), np.float32)
    several = any(len(raters) > 1 for raters in estimates.values())
    raters = stream.random((len(INPUTS), draws), np.float32) if several else np.zeros((len(INPUTS), 1), np.float32)
    found = {
        name: _estimate(estimates.get(name, ()), chance, who)
        for name, chance, who in zip(INPUTS, chances, raters, strict=True)
    }
    if not (estimates.get("effort") and estimates.get("benefit")):
        found["benefit"] = 10 * chances[-1]
    return found


def balanced(effort: Real, benefit: Real) -> Reals:
    """Effort/benefit, 0-10, as `criteria.effort_benefit` has it."""
    balance: Reals = 5 * (np.log10(benefit / effort) + 1)
    return balance


def _estimate(raters: Sequence[Triangle], chance: Reals, who: Reals) -> Reals:
    if not raters:
        return 10 * chance
    if len(raters) == 1:
        return triangular(chance, *raters[0])
    asked = np.array(raters, np.float32).T[:, (who * len(raters)).astype(np.intp)]
    return triangular(chance, *asked)


def triangular(chance: Reals, low: Real, likely: Real, high: Real) -> Reals:
    """The value that a triangular distribution stays below with this chance (0-1)."""
    if isinstance(low, float) and low == high:
        return np.full_like(chance, low)
    reach = chance * (high - low)
    rising = low + np.sqrt(reach * (likely - low))
    falling = high - np.sqrt((1 - chance) * (high - low) * (high - likely))  # exact where the chance is close to 1
    return np.where(reach < likely - low, rising, falling)


def points(weights: Reals, criteria: Reals) -> Points:
    """Whole hundredths, 0-1000, of each draw; ``criteria`` may have further dimensions in front."""
    score: Reals = sum(weight * criteria[..., row, :] for row, weight in enumerate(weights))
    return rounded(score)


def rounded(score: Reals) -> Points:
    """From 0-10 to hundredths, halves up."""
    hundredths: Points = np.floor(100 * score + np.float32(0.5)).astype(np.int16)
    return hundredths


def counted(scored: Points) -> Counts:
    """How many have each number of points, from 1000 down to 0: rows are draws; ``scored`` has initiatives in rows."""
    draws = scored.shape[1]
    places = (MOST - scored.T).astype(np.int32) + (np.arange(draws, dtype=np.int32) * (MOST + 1))[:, None]
    return np.bincount(places.ravel(), minlength=draws * (MOST + 1)).reshape(draws, MOST + 1).astype(np.int32)


def ranks(scored: Points, others: Counts | None = None) -> Counts:
    """The rank of each initiative (rows) in each draw (columns): 1 plus the number of those with more points.
    ``others``: points of initiatives besides these, as `counted` tells them."""
    return places(scored, others)[0]


def places(scored: Points, others: Counts | None = None) -> tuple[Counts, Counts]:
    """As `ranks`, and beside it the last place that those of this rank take up together: with three of rank 1 it is 3."""
    first, last = np.empty(scored.shape, np.int32), np.empty(scored.shape, np.int32)
    for start in range(0, scored.shape[1], AT_ONCE):
        some = slice(start, start + AT_ONCE)
        counts = counted(scored[:, some])
        if others is not None:
            counts += others[some]
        up_to = np.cumsum(counts, axis=1, dtype=np.int32)
        own = (MOST - scored[:, some].T).astype(np.intp)
        last[:, some] = np.take_along_axis(up_to, own, axis=1).T
        first[:, some] = 1 + last[:, some] - np.take_along_axis(counts, own, axis=1).T
    return first, last


def _stream(seed: int, initiative_id: int) -> np.random.Generator:
    """Counter-based, so that ten thousand streams cost little to begin (Salmon et al. 2011)."""
    return np.random.Generator(np.random.Philox(key=[seed, initiative_id]))
