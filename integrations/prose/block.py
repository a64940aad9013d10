"""The one block of a description that is Waymark's; all around it belongs to people and is kept as it is.

``block_markdown``, ``block_adf`` and ``block_wiki`` each have ``placed``, ``found``, ``marker_of`` and
``without``.

- Moved, or with text before and after it: found where it stands, replaced there.
- Edited inside: ``found`` gives what now stands in each section; text under no section's title is not given.
- Twice in a description: the one with the marker asked for counts, else the first; the other stays as it is.
- With another marker (the issue was copied): replaced, for it is Waymark's, and stale.
- Gone: added at the end.
- Its end gone (Markdown, wiki): it ends as early as it can, so that some of it may be left over and nobody's text is
  swallowed; a section of unknown end is not given.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from backlog.errors import N_, Refused
from integrations.prose.shortening import length, shortened

SHORTENED_FIRST = ("evidence", "standing", "problem")
_MARKER = re.compile(r"[\w.-]{1,80}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")

Native = TypeVar("Native")


class TooLong(Refused):
    """What people wrote leaves no room for the block within the tracker's limit. Nothing was cut."""


@dataclass(frozen=True, slots=True)
class Section:
    name: str
    """What it is found by, in every language: ``problem``, ``next_step``."""
    title: str
    text: str
    """Markdown."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"not a section's name: {self.name!r}")


@dataclass(frozen=True, slots=True)
class Block:
    marker: str
    """Letters, digits, ``.``, ``_`` and ``-``; unique to the link."""
    heading: str
    sections: tuple[Section, ...]
    rest: str = "…"
    """What stands at the end of a section that had to be shortened: Markdown, best a link to the whole."""

    def __post_init__(self) -> None:
        if not _MARKER.fullmatch(self.marker):
            raise ValueError(f"not a marker: {self.marker!r}")


@dataclass(frozen=True, slots=True)
class Found:
    marker: str
    sections: Mapping[str, str]
    """Canonical Markdown by name."""


def fitting(
    block: Block, most: int | None, place: Callable[[Block], Native], measured: Callable[[Native], int]
) -> Native:
    """What ``place`` makes of the block, its sections shortened until that is at most ``most`` long. Raises TooLong."""
    placed = place(block)
    if most is None or measured(placed) <= most:
        return placed
    for name in _in_order(block):
        shorter = _longest(block, name, lambda one: measured(place(one)) <= most)
        if measured(place(shorter)) <= most:
            return place(shorter)
        block = shorter
    raise TooLong(N_("The description in the tracker is too long for our part to be added. Shorten it there."))


def _in_order(block: Block) -> list[str]:
    """Names of sections, those first that are missed least."""
    names = [section.name for section in block.sections]
    return [name for name in SHORTENED_FIRST if name in names] + [
        n for n in reversed(names) if n not in SHORTENED_FIRST
    ]


def _longest(block: Block, name: str, fits: Callable[[Block], bool]) -> Block:
    """The block with as much of one section as fits, or with none of it but the rest."""
    text = next(section.text for section in block.sections if section.name == name)
    low, high = 0, length(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(_cut(block, name, middle)) else (low, middle - 1)
    return _cut(block, name, low)


def _cut(block: Block, name: str, most: int) -> Block:
    cut = (
        replace(one, text=shortened(one.text, max(most, length(block.rest)), block.rest) if one.text else "")
        if one.name == name
        else one
        for one in block.sections
    )
    return replace(block, sections=tuple(cut))
