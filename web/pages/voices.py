"""Several raters in one picture: their likely values side by side on the scale, without overlapping."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import cycle

FAR = 2.0  # points from the median on 0-10: worth a talk
NEAR = 0.6  # two marks closer than this on 0-10 would overlap
LANES = {1: (0,), 2: (-1, 1), 3: (-1, 0, 1)}
"""Which lanes so many marks side by side take."""


@dataclass(frozen=True)
class Voice:
    """What one rater said, on 0-10; ``is_customer``: stands for customers; ``has_left`` is not here any more."""

    name: str
    low: float
    likely: float
    high: float
    is_customer: bool = False
    has_left: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Mark:
    """One rater's likely value in the picture; ``lane`` -1, 0 or 1 keeps marks from overlapping."""

    voice: Voice
    lane: int
    far: bool


def marks(voices: Iterable[Voice], median: float | None) -> list[Mark]:
    """By likely value; marks that would overlap go to lanes of their own."""
    clusters: list[list[Voice]] = []
    for voice in sorted(voices, key=lambda each: each.likely):
        if clusters and voice.likely - clusters[-1][-1].likely < NEAR:
            clusters[-1].append(voice)
        else:
            clusters.append([voice])
    return [Mark(voice, lane, _is_far(voice, median)) for cluster in clusters for voice, lane in _lanes(cluster)]


def _lanes(cluster: Sequence[Voice]) -> Iterable[tuple[Voice, int]]:
    return zip(cluster, cycle(LANES[min(len(cluster), 3)]), strict=False)


def _is_far(voice: Voice, median: float | None) -> bool:
    return median is not None and abs(voice.likely - median) > FAR
