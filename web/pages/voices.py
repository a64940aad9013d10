"""Several raters in one picture: their likely values side by side on the scale, nobody hidden behind another."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

FAR = 2.0  # points from the median on 0-10: worth a talk
NEAR = 0.8  # two marks closer than this on 0-10 overlap where the scale is narrowest
TOGETHER = 4  # so many who say the same are one mark with their number
LANES = 5
"""More marks side by side than this would be taller than the rest of the page; those on top share a mark."""


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
    """One rater in the picture, or several at once. ``lane`` counts half marks up (below 0) or down from the middle;
    with its neighbours it takes ``lanes``."""

    voices: Sequence[Voice]
    lane: int
    lanes: int
    far: bool

    @property
    def at(self) -> float:
        return _at(self.voices)

    @property
    def is_customer(self) -> bool:
        return all(each.is_customer for each in self.voices)


def marks(voices: Iterable[Voice], median: float | None) -> list[Mark]:
    """By likely value; marks that would overlap go to lanes of their own."""
    clusters: list[list[list[Voice]]] = []
    for group in _groups(voices):
        if clusters and _at(group) - _at(clusters[-1][-1]) < NEAR:
            clusters[-1].append(group)
        else:
            clusters.append([group])
    return [mark for cluster in clusters for mark in _side_by_side(cluster, median)]


def _at(voices: Sequence[Voice]) -> float:
    return fmean(each.likely for each in voices)


def _groups(voices: Iterable[Voice]) -> list[list[Voice]]:
    """Everybody alone, or many of a kind who say the same together; by value."""
    same: dict[tuple[float, bool], list[Voice]] = defaultdict(list)
    for voice in voices:
        same[round(voice.likely, 1), voice.is_customer].append(voice)
    return [
        group
        for _, all_of_them in sorted(same.items())
        for group in ([all_of_them] if len(all_of_them) >= TOGETHER else [[each] for each in all_of_them])
    ]


def _side_by_side(cluster: Sequence[list[Voice]], median: float | None) -> list[Mark]:
    """Each in the first lane with room for it; in none, it joins the mark nearest to it."""
    lanes: list[list[list[Voice]]] = []
    for group in cluster:
        free = next((lane for lane in lanes if _at(group) - _at(lane[-1]) >= NEAR), None)
        if free is not None:
            free.append(group)
        elif len(lanes) < LANES:
            lanes.append([group])
        else:
            max(lanes, key=lambda lane: _at(lane[-1]))[-1].extend(group)
    placed = [(group, 2 * at - len(lanes) + 1) for at, lane in enumerate(lanes) for group in lane]
    placed.sort(key=lambda each: _at(each[0]))
    return [Mark(group, lane, len(lanes), _is_far(_at(group), median)) for group, lane in placed]


def _is_far(value: float, median: float | None) -> bool:
    return median is not None and abs(value - median) > FAR
