"""Effort against benefit: the four quadrants, and whether the portfolio is many small steps and a few deliberately
large footprints. Pure.

Effort and benefit are rated on 1-10, and the cross stands at 5.5, the middle. What lies on it counts as high. Effort is
summed as rated, not in days: as the anchors go from hours to more than a year, shares of effort say less of the large
footprints than they will take.
"""

import enum
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from backlog.errors import N_

LOWEST, HIGHEST = 1.0, 10.0
CROSS = (LOWEST + HIGHEST) / 2


class Quadrant(enum.StrEnum):
    """Low or high effort, low or high benefit."""

    SMALL_STEPS = "small_steps"
    LARGE_FOOTPRINTS = "large_footprints"
    FILL_INS = "fill_ins"
    LEAVE_IT = "leave_it"


LABELS = {
    Quadrant.SMALL_STEPS: N_("Small steps"),
    Quadrant.LARGE_FOOTPRINTS: N_("Large footprints"),
    Quadrant.FILL_INS: N_("Fill-ins"),
    Quadrant.LEAVE_IT: N_("Leave it alone"),
}
ADVICE = {
    Quadrant.SMALL_STEPS: N_("Do them now"),
    Quadrant.LARGE_FOOTPRINTS: N_("Choose a few, deliberately"),
    Quadrant.FILL_INS: N_("When there is time"),
    Quadrant.LEAVE_IT: N_("Not worth its effort"),
}


def quadrant(effort: float, benefit: float) -> Quadrant:
    """Raises ValueError for effort or benefit off 1-10."""
    _check(effort=effort, benefit=benefit)
    if benefit >= CROSS:
        return Quadrant.LARGE_FOOTPRINTS if effort >= CROSS else Quadrant.SMALL_STEPS
    return Quadrant.LEAVE_IT if effort >= CROSS else Quadrant.FILL_INS


@dataclass(frozen=True)
class Estimated:
    """An initiative: effort and benefit on 1-10, None while unrated; whether it is about a signature touchpoint
    (hygiene otherwise). Raises ValueError off 1-10."""

    effort: float | None
    benefit: float | None
    is_signature: bool = False

    def __post_init__(self) -> None:
        known = {"effort": self.effort, "benefit": self.benefit}
        _check(**{name: value for name, value in known.items() if value is not None})


class Part(enum.StrEnum):
    """What the effort goes into: by quadrant, and by what the touchpoints are."""

    SMALL_STEPS = "small_steps"
    LARGE_FOOTPRINTS = "large_footprints"
    FILL_INS = "fill_ins"
    LEAVE_IT = "leave_it"
    SIGNATURE = "signature"
    HYGIENE = "hygiene"


PARTS = {Part(each): LABELS[each] for each in Quadrant} | {
    Part.SIGNATURE: N_("Signature touchpoints"),
    Part.HYGIENE: N_("Hygiene"),
}


class Standing(enum.StrEnum):
    """A share against its target band."""

    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"


STANDINGS = {
    Standing.BELOW: N_("Below the target"),
    Standing.WITHIN: N_("Within the target"),
    Standing.ABOVE: N_("Above the target"),
}


@dataclass(frozen=True)
class Band:
    """A target for a share: `low` to `high`, both included, 0-1. Raises ValueError out of order or range."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high <= 1:
            raise ValueError(f"a target is a lower and a higher share between 0 and 1, not {self.low} and {self.high}")

    def standing(self, share: float) -> Standing:
        """By the whole percents that people read: a printed 60 % is within 60 to 80 %."""
        percent = round(100 * share)
        if percent < round(100 * self.low):
            return Standing.BELOW
        return Standing.ABOVE if percent > round(100 * self.high) else Standing.WITHIN


@dataclass(frozen=True)
class Reading:
    """`initiatives` of this part and their `share` of all effort (0-1), None when there is no effort to share; the
    target and how the share stands to it, None where there is no target."""

    initiatives: int
    share: float | None
    target: Band | None
    standing: Standing | None


@dataclass(frozen=True)
class Gauge:
    """`effort` in rated points, all together; `unrated` initiatives lack effort or benefit and are left out. Shares of
    the four quadrants add up to 1, and so do signature and hygiene."""

    effort: float
    unrated: int
    parts: Mapping[Part, Reading]


@dataclass(frozen=True)
class Total:
    """`n` initiatives of one quadrant, about a signature touchpoint or not, and their effort together."""

    quadrant: Quadrant
    is_signature: bool
    n: int
    effort: float


def gauge(initiatives: Iterable[Estimated], targets: Mapping[Part, Band] | None = None) -> Gauge:
    """What the effort of a portfolio goes into, each part against its target where it has one."""
    unrated, totals = 0, []
    for each in initiatives:
        if each.effort is None or each.benefit is None:
            unrated += 1
        else:
            totals.append(Total(quadrant(each.effort, each.benefit), each.is_signature, 1, each.effort))
    return weighed(totals, unrated, targets)


def weighed(totals: Iterable[Total], unrated: int, targets: Mapping[Part, Band] | None = None) -> Gauge:
    """The same from initiatives that were added up before."""
    found: dict[Part, list[Total]] = {part: [] for part in Part}
    for each in totals:
        found[Part(each.quadrant)].append(each)
        found[Part.SIGNATURE if each.is_signature else Part.HYGIENE].append(each)
    effort = math.fsum(each.effort for each in found[Part.SIGNATURE] + found[Part.HYGIENE])
    known = targets or {}
    return Gauge(effort, unrated, {part: _reading(own, effort, known.get(part)) for part, own in found.items()})


def targets_of(bands: Mapping[Part, tuple[int, int]]) -> dict[Part, Band]:
    """From whole percents; hygiene is what the target for signature leaves."""
    found = {part: Band(low / 100, high / 100) for part, (low, high) in bands.items()}
    if Part.SIGNATURE in bands:
        low, high = bands[Part.SIGNATURE]
        found[Part.HYGIENE] = Band((100 - high) / 100, (100 - low) / 100)
    return found


def _reading(totals: list[Total], whole: float, target: Band | None) -> Reading:
    share = math.fsum(each.effort for each in totals) / whole if whole > 0 else None
    standing = None if target is None or share is None else target.standing(share)
    return Reading(sum(each.n for each in totals), share, target, standing)


def _check(**values: float) -> None:
    for name, value in values.items():
        if not LOWEST <= value <= HIGHEST:
            raise ValueError(f"{name} is between 1 and 10, not {value}")
