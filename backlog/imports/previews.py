"""Reading a table without keeping anything: what would come of it, and what is wrong."""

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Protocol

from backlog.errors import Text
from backlog.imports.checks import Found, Reading, Wrong
from backlog.imports.names import MOST_PERSONAS, Names, measures_named, touchpoints_named
from backlog.imports.readers import Row, clean
from backlog.imports.recipes import Recipe

MOST_SHOWN = 1_000
UNDECIDED = -1
"""Stands for the id of a name that nobody has decided about yet."""


class Table(Protocol):
    """Anything with named columns and rows: a ``Sheet``, or rows that came in one call."""

    @property
    def names(self) -> tuple[str, ...]: ...
    @property
    def warnings(self) -> tuple[Text, ...]: ...
    @property
    def estimated_rows(self) -> int: ...
    def chunks(self, rows: int = ...) -> Iterator[tuple[int, list[Row]]]: ...


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that are at hand. The first is row 1."""

    names: tuple[str, ...]
    rows: list[Row]
    warnings: tuple[Text, ...] = ()

    @property
    def estimated_rows(self) -> int:
        return len(self.rows)

    def chunks(self, rows: int = 10_000) -> Iterator[tuple[int, list[Row]]]:
        for start in range(0, len(self.rows), rows):
            yield start + 1, self.rows[start : start + rows]


@dataclass(slots=True)
class Preview:
    """What a table holds under a recipe. ``wrong`` are the first of the ``aside`` rows that cannot be read; ``reasons``
    counts them by column; ``touchpoints`` and ``personas`` are new names, clean -> as written."""

    rows: int = 0
    answers: int = 0
    comments: int = 0
    aside: int = 0
    uncounted: int = 0
    wrong: list[Wrong] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    touchpoints: dict[str, str] = field(default_factory=dict)
    personas: dict[str, str] = field(default_factory=dict)

    def add(self, found: Found) -> None:
        self.rows += found.rows
        self.answers += found.responses
        self.comments += len(found.comments)
        self.aside += len(found.wrong)
        self.uncounted += found.uncounted
        self.wrong += found.wrong[: MOST_SHOWN - len(self.wrong)]
        self.reasons.update(wrong.column for wrong in found.wrong)


def preview(
    table: Table, recipe: Recipe, register: Names, *, new_touchpoints: bool = True, new_personas: bool = True,
    today: date | None = None,
) -> Preview:  # fmt: skip
    """Read the whole table. ``new_touchpoints``, ``new_personas``: unknown names are gathered; else their rows are wrong.

    Raises Refused when the table lacks columns of the recipe or stops being a table.
    """
    known = deepcopy(register)
    seen = Preview()
    for name in measures_named(recipe):
        known.measures.setdefault(clean(name), UNDECIDED)
    for name in [recipe.persona] if recipe.persona else []:
        known.personas.setdefault(clean(name), UNDECIDED)
    for name in touchpoints_named(recipe):
        if new_touchpoints and clean(name) not in known.touchpoints:
            seen.touchpoints[clean(name)] = name
            known.touchpoints[clean(name)] = UNDECIDED
    reading = Reading(recipe, table.names, known, today)
    for first, rows in table.chunks():
        found = reading.read(first, rows)
        if _accept(reading, seen, new_touchpoints=new_touchpoints, new_personas=new_personas):
            found = reading.read(first, rows)
        seen.add(found)
    return seen


def _accept(reading: Reading, seen: Preview, *, new_touchpoints: bool, new_personas: bool) -> bool:
    """Let new names pass, so that what else is wrong comes to light; whether there were any."""
    meanings, known = reading.meanings, reading.register
    touchpoints = dict(meanings.new_touchpoints) if new_touchpoints else {}
    room = MOST_PERSONAS - len(known.personas) if new_personas else 0
    personas = dict(islice(meanings.new_personas.items(), max(0, room)))
    if not touchpoints and not personas:
        return False
    seen.touchpoints |= touchpoints
    seen.personas |= personas
    known.touchpoints |= dict.fromkeys(touchpoints, UNDECIDED)
    known.personas |= dict.fromkeys(personas, UNDECIDED)
    meanings.forget_names()
    return True
