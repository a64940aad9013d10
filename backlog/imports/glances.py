"""The first rows of a file, cell by cell, as they will be read."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date
from typing import Any

from backlog.errors import Text
from backlog.imports.checks import Reading, Wrong
from backlog.imports.meanings import Meanings
from backlog.imports.names import Names, measures_named, touchpoints_named
from backlog.imports.previews import UNDECIDED, Table
from backlog.imports.readers import Row, clean
from backlog.imports.recipes import Column, Recipe, Role

ROWS = 5
LOOKED_AT = 200  # rows searched for errors
ERRORS = 8
SCORED = {Role.RATING, Role.OVERALL, Role.VALUE, Role.MEAN}
NAMED = {Role.TOUCHPOINT, Role.PERSONA}


@dataclass(frozen=True, slots=True)
class Cell:
    """``raw`` as it stands in the file; ``score`` (0-10), ``day`` or ``words`` what it means; none of them: no answer."""

    raw: str
    score: float | None = None
    day: date | None = None
    words: str = ""
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Glance:
    """``columns`` that are read, ``rows`` of cells in their order with the row number, and the first errors."""

    columns: list[Column]
    rows: list[tuple[int, list[Cell]]]
    errors: list[Wrong]
    looked_at: int


@dataclass(frozen=True, slots=True)
class Head:
    """The first rows of a table as a table."""

    table: Table
    most: int

    @property
    def names(self) -> tuple[str, ...]:
        return self.table.names

    @property
    def warnings(self) -> tuple[Text, ...]:
        return self.table.warnings

    @property
    def estimated_rows(self) -> int:
        return min(self.most, self.table.estimated_rows)

    @property
    def is_whole(self) -> bool:
        return self.table.estimated_rows <= self.most

    def chunks(self, rows: int = 10_000) -> Iterator[tuple[int, list[Row]]]:
        left = self.most
        for first, chunk in self.table.chunks(min(rows, self.most)):
            yield first, chunk[:left]
            left -= len(chunk)
            if left <= 0:
                return


def glance(table: Table, recipe: Recipe, register: Names, today: date | None = None) -> Glance:
    """Read the first rows; new names count as known. Raises Refused when the table lacks columns or breaks off."""
    first, rows = next(iter(table.chunks(LOOKED_AT)), (1, []))
    reading = Reading(recipe, table.names, _taken_for_known(register, recipe), today)
    found = reading.read(first, rows)
    meanings = reading.meanings
    if meanings.new_touchpoints or meanings.new_personas:
        reading.register.touchpoints |= dict.fromkeys(meanings.new_touchpoints, UNDECIDED)
        reading.register.personas |= dict.fromkeys(meanings.new_personas, UNDECIDED)
        meanings.forget_names()
        found = reading.read(first, rows)
    shown = [(first + at, row) for at, row in enumerate(rows) if len(row) == len(table.names) and any(row)][:ROWS]
    used = [column for column in recipe.columns if column.role is not Role.IGNORE]
    return Glance(used, _cells(meanings, used, shown), found.wrong[:ERRORS], len(rows))


def _taken_for_known(register: Names, recipe: Recipe) -> Names:
    known = deepcopy(register)
    for name in measures_named(recipe):
        known.measures.setdefault(clean(name), UNDECIDED)
    for name in touchpoints_named(recipe):
        known.touchpoints.setdefault(clean(name), UNDECIDED)
    if recipe.persona:
        known.personas.setdefault(clean(recipe.persona), UNDECIDED)
    return known


def _cells(
    meanings: Meanings, used: Sequence[Column], shown: Sequence[tuple[int, Row]]
) -> list[tuple[int, list[Cell]]]:
    if not shown:
        return []
    meant, wrong = meanings.of(list(zip(*(row for _, row in shown), strict=True)))
    places = [(column, meanings.place(column)) for column in used]
    return [
        (
            number,
            [
                _cell(
                    meanings, column, row[place], meant.get(place, [None] * len(shown))[at], _reason(wrong, at, place)
                )
                for column, place in places
            ],
        )
        for at, (number, row) in enumerate(shown)
    ]


def _reason(wrong: dict[int, tuple[int, Text]], at: int, place: int) -> Text | None:
    return wrong[at][1] if at in wrong and wrong[at][0] == place else None


def _cell(meanings: Meanings, column: Column, raw: str, meaning: Any, reason: Text | None) -> Cell:
    if reason is not None:
        return Cell(raw, reason=reason)
    if column.role in SCORED:
        return Cell(raw, score=meaning)
    if column.role is Role.DATE:
        return Cell(raw, day=meaning)
    if column.role in NAMED:
        codes = meanings.touchpoint_codes if column.role is Role.TOUCHPOINT else meanings.persona_codes
        return Cell(raw, words=codes.read(raw) or "")
    return Cell(raw, words=raw.strip())
