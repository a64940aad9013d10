"""Rows with positions of their own among rows in order: the others close up around them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Part:
    """What stands on one page: ``held`` are places on it (from 0) and who stands there; the rest are ``limit`` of the
    others from ``offset`` on."""

    held: Mapping[int, int]
    offset: int
    limit: int

    def merged(self, others: Sequence[T], held: Mapping[int, T]) -> list[T]:
        """The page, from its others in order and the held ones by their number."""
        rows = list(others)
        for place, number in sorted(self.held.items()):
            rows.insert(place, held[number])
        return rows


def ahead(positions: Mapping[int, int], total: int) -> dict[int, int]:
    """How many of the others stand before each, in the order in which the held ones stand, where ``positions`` (from 1)
    are all different and the whole list has ``total`` rows. A position beyond its end is the last one that is left."""
    standing = sorted(positions.items(), key=lambda each: each[1])
    last = total - len(standing)
    return {number: min(position - 1 - place, last) for place, (number, position) in enumerate(standing)}


def places(ahead: Mapping[int, int]) -> dict[int, int]:
    """Where each stands, from 0, when so many of the others stand ``ahead`` of it."""
    return {number: count + before for before, (number, count) in enumerate(ahead.items())}


def part(ahead: Mapping[int, int], limit: int, offset: int) -> Part:
    """The page of ``limit`` rows from ``offset`` on, of a list in which so many of the others stand ``ahead`` of each."""
    taken = {place: number for number, place in places(ahead).items()}
    held = {place - offset: number for place, number in taken.items() if offset <= place < offset + limit}
    return Part(held, offset - sum(place < offset for place in taken), limit - len(held))
