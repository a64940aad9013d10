"""What customers say matters beside what goes with the outcome. Pure; both on 0-10.

What is asked and what is derived are two things: customers say what they expect of anybody, and what they stay for shows
in their answers (Vavra 1997, Improving Your Measurement of Customer Satisfaction). Each is cut at its mean over the
touchpoints of which both are known.
"""

import enum
import math
from collections.abc import Mapping
from typing import TypeVar

from backlog.errors import N_

Key = TypeVar("Key")


class Case(enum.StrEnum):
    BOTH = "both"
    SAID = "said"
    SHOWN = "shown"
    NEITHER = "neither"


LABELS = {
    Case.BOTH: N_("Says and shows it"),
    Case.SAID: N_("Says it only: taken for granted"),
    Case.SHOWN: N_("Shows it only: a hidden driver"),
    Case.NEITHER: N_("Neither says nor shows it"),
}


def cases(known: Mapping[Key, tuple[float, float]]) -> dict[Key, Case]:
    """From stated and derived importance. What is at the mean counts as above it."""
    if not known:
        return {}
    said, shown = (math.fsum(each[at] for each in known.values()) / len(known) for at in (0, 1))
    return {key: _case(stated >= said, derived >= shown) for key, (stated, derived) in known.items()}


def _case(is_said: bool, is_shown: bool) -> Case:
    if is_said:
        return Case.BOTH if is_shown else Case.SAID
    return Case.SHOWN if is_shown else Case.NEITHER
