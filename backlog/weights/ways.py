"""The ways in which people find weights, each from what they entered, with what it says about their answers. Pure."""

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backlog.errors import N_, Invalid, Text
from backlog.scoring import CRITERIA, Weights
from backlog.weights import best_worst, orders, pairs
from backlog.weights.best_worst import BestWorst
from backlog.weights.orders import Ordered
from backlog.weights.pairs import Compared
from backlog.weights.presets import PRESETS, Preset

LARGEST_WEIGHT = 1_000_000


class Way(enum.StrEnum):
    """How weights were found; `MEDIANS` are those of several people's weights."""

    NUMBERS = "numbers"
    ORDER = "order"
    BEST_WORST = "best_worst"
    PAIRS = "pairs"
    PRESET = "preset"
    MEDIANS = "medians"


Inputs = Mapping[str, Any]
"""What was entered, by name, as JSON keeps it: from it the same weights are found again."""
ASKED: Mapping[Way, tuple[str, ...]] = {
    Way.NUMBERS: CRITERIA,
    Way.ORDER: CRITERIA,
    Way.BEST_WORST: (
        "best",
        "worst",
        *(f"best_to_{each}" for each in CRITERIA),
        *(f"{each}_to_worst" for each in CRITERIA),
    ),
    Way.PAIRS: tuple(f"{one}_{other}" for one, other in pairs.PAIRS),
    Way.PRESET: ("preset",),
}
"""What each way asks for."""


@dataclass(frozen=True)
class Found:
    """`told` is what the way says beside the weights: how well comparisons fit, which order, what a preset loses."""

    way: Way
    weights: Weights
    inputs: Inputs
    told: Ordered | BestWorst | Compared | Preset | None = None


def way_of(value: Any) -> Way:
    """Invalid when it is none of those that ask people."""
    if value not in {way.value for way in ASKED}:
        raise Invalid({"method": Text(N_("Choose one of the ways to find weights."))})
    return Way(value)


def find(way: Way, values: Mapping[str, Any]) -> Found:
    """Weights from what was entered, numbers as such or as text. Invalid names each entry that is missing or wrong."""
    return FINDING[way](values)


def told_by(way: Way, inputs: Inputs) -> Found | None:
    """The same once more from what was kept; None where that tells no more than the weights themselves."""
    if way not in ASKED or way is Way.NUMBERS:
        return None
    try:
        return find(way, inputs)
    except Invalid:  # kept by an earlier release
        return None


def checked_weights(values: Mapping[str, Any]) -> Weights:
    """From numbers in any unit, by criterion; what is not given counts 0. Invalid names each that is no number of 0 or
    more, or all when together they are 0."""
    given = {criterion: _weight(values.get(criterion, 0)) for criterion in CRITERIA}
    wrong: dict[str, Text] = {
        criterion: Text(N_("A weight is a number of 0 or more.")) for criterion, value in given.items() if value is None
    }
    if not wrong and not any(given.values()):
        wrong = dict.fromkeys(CRITERIA, Text(N_("At least one weight must be above 0.")))
    if wrong:
        raise Invalid(wrong)
    return Weights.normalised(**{criterion: value or 0.0 for criterion, value in given.items()})


def _numbers(values: Mapping[str, Any]) -> Found:
    weights = checked_weights(values)
    return Found(Way.NUMBERS, weights, {name: _weight(values.get(name, 0)) for name in CRITERIA})


def _order(values: Mapping[str, Any]) -> Found:
    places = {criterion: _number(values.get(criterion)) for criterion in CRITERIA}
    ordered = orders.weigh(places)
    return Found(Way.ORDER, ordered.weights, {name: int(place or 0) for name, place in places.items()}, ordered)


def _best_worst(values: Mapping[str, Any]) -> Found:
    """Of the comparisons only those that the choice of the two leaves: nothing is compared with itself."""
    best, worst = (str(values.get(end) or "") for end in ("best", "worst"))
    best_to = {each: _number(values.get(f"best_to_{each}")) for each in CRITERIA if each != best}
    to_worst = {each: _number(values.get(f"{each}_to_worst")) for each in CRITERIA if each not in (best, worst)}
    told = best_worst.weigh(best, worst, best_to, to_worst)
    inputs: dict[str, Any] = {"best": best, "worst": worst}
    inputs |= {f"best_to_{each}": int(times or 0) for each, times in best_to.items()}
    inputs |= {f"{each}_to_worst": int(times or 0) for each, times in to_worst.items()}
    return Found(Way.BEST_WORST, told.weights, inputs, told)


def _pairs(values: Mapping[str, Any]) -> Found:
    given = {pair: _number(values.get("_".join(pair))) for pair in pairs.PAIRS}
    told = pairs.weigh(given)
    return Found(Way.PAIRS, told.weights, {"_".join(pair): times for pair, times in given.items()}, told)


def _preset(values: Mapping[str, Any]) -> Found:
    name = values.get("preset")
    if not isinstance(name, str) or name not in PRESETS:
        raise Invalid({"preset": Text(N_("Choose one of these."))})
    return Found(Way.PRESET, PRESETS[name].weights, {"preset": name}, PRESETS[name])


FINDING = {
    Way.NUMBERS: _numbers,
    Way.ORDER: _order,
    Way.BEST_WORST: _best_worst,
    Way.PAIRS: _pairs,
    Way.PRESET: _preset,
}


def _weight(value: Any) -> float | None:
    found = _number(value if str(value).strip() else 0)
    return found if found is not None and 0 <= found <= LARGEST_WEIGHT else None


def _number(value: Any) -> float | None:
    """As people type it: 3, 0,5 or 1/3. None when nothing was; what is no number is not a number, and refused as one
    that is off its scale."""
    if value is None or not str(value).strip():
        return None
    if isinstance(value, bool):
        return math.nan
    over, _, under = str(value).strip().replace(",", ".").partition("/")
    try:
        return float(over) / float(under or 1)
    except (ValueError, ZeroDivisionError):
        return math.nan
