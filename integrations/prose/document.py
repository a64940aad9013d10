"""A text as blocks and runs: what Markdown, ADF and wiki markup have in common, and the pivot between them."""

from dataclasses import dataclass
from typing import TypeAlias

STRONG, EM, STRIKE, CODE, IMAGE = "strong", "em", "strike", "code", "image"
EMPHASES = (STRONG, EM, STRIKE)
BREAK = "\n"
"""The text of a run that is a line break."""


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text that looks the same throughout. ``link`` is its address, empty for none. Of an image, ``text`` is
    what it shows in words and ``link`` where it lies."""

    text: str
    marks: frozenset[str] = frozenset()
    link: str = ""


Runs: TypeAlias = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: Runs


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    runs: Runs


@dataclass(frozen=True, slots=True)
class Code:
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: "Blocks"


@dataclass(frozen=True, slots=True)
class Points:
    """A list. ``start`` is the first number, None for bullets; an item that is a task begins with ``[ ] `` or ``[x] ``
    as text, which is what Markdown makes of it too."""

    start: int | None
    items: "tuple[Blocks, ...]"


@dataclass(frozen=True, slots=True)
class Table:
    """``rows[0]`` is the head; every row has as many cells."""

    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    pass


Block: TypeAlias = Paragraph | Heading | Code | Quote | Points | Table | Rule
Blocks: TypeAlias = tuple[Block, ...]


def words(runs: Runs) -> str:
    """The text alone."""
    return "".join(run.text for run in runs)


def flat(blocks: Blocks) -> Runs:
    """All text of blocks as one line of runs, for places that hold no blocks (a cell, a task)."""
    out: list[Run] = []
    for block in blocks:
        if out:
            out.append(Run(" "))
        out += flat_block(block)
    return tuple(out)


def flat_block(block: Block) -> Runs:
    match block:
        case Paragraph(runs) | Heading(_, runs):
            return runs
        case Code(_, text):
            return (Run(text, frozenset({CODE})),)
        case Quote(inner):
            return flat(inner)
        case Points(_, items):
            return tuple(run for item in items for run in (Run(" • "), *flat(item)))
        case Table(rows):
            return tuple(run for row in rows for cell in row for run in (*cell, Run(" ")))
        case Rule():
            return ()
