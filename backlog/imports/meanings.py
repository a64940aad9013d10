"""A recipe bound to the columns of one file: for each column, what its cells mean."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backlog import wording
from backlog.errors import N_, Refused, Text
from backlog.imports import cells
from backlog.imports.cells import Cells
from backlog.imports.names import MOST_PERSONAS, Names, codes_of
from backlog.imports.numbers import scale as read_scale
from backlog.imports.readers import clean
from backlog.imports.recipes import Column, Recipe, Role, Scale, Shape

Columns = Sequence[Sequence[str]]
_PLACELESS = {Role.IGNORE, Role.RATING, Role.OVERALL, Role.COMMENT}


@dataclass(frozen=True, slots=True)
class Rated:
    """A column of answers in a wide file."""

    place: int
    touchpoint_id: int | None
    measure_id: int
    cells: Cells


class Meanings:
    """``at`` says where the columns stand, ``of`` what they mean. ``new_touchpoints`` and ``new_personas`` gather names
    the register does not hold: clean name -> as written."""

    def __init__(self, recipe: Recipe, names: Sequence[str], register: Names, latest: date) -> None:
        """``latest`` is the last day an answer can be of. Raises Refused when the file lacks columns of the recipe."""
        self.recipe = recipe
        self.names = names
        self.register = register
        self.at = _places(recipe, names)
        self.value_column = recipe.only(Role.VALUE) or recipe.only(Role.MEAN)
        self.persona_codes = codes_of(recipe.only(Role.PERSONA), recipe)
        self.touchpoint_codes = codes_of(recipe.only(Role.TOUCHPOINT), recipe)
        self._value_codes = codes_of(self.value_column, recipe)
        self._scales = {clean(name): scale for name, scale in recipe.scales.items()}
        self.new_touchpoints: dict[str, str] = {}
        self.new_personas: dict[str, str] = {}
        self._readers: dict[Role, Cells] = {
            role: Cells(meaning) for role, meaning in self._meaning_of(latest).items() if role in self.at
        }
        self.rated = [self._rated(column) for column in (*recipe.of(Role.RATING), *recipe.of(Role.OVERALL))]
        self._values = Cells(self._value)

    def _meaning_of(self, latest: date) -> dict[Role, Callable[[str], Any]]:
        return {
            Role.TOUCHPOINT: self._touchpoint,
            Role.MEASURE: self._measure,
            Role.DATE: lambda raw: cells.day(raw, self.recipe.date, latest),
            Role.WEIGHT: lambda raw: cells.weight(raw, self.recipe.decimal),
            Role.PERSONA: self._persona,
            Role.SCALE: self._scale,
        }

    def forget_names(self) -> None:
        """The register has changed: look names up again."""
        self.new_touchpoints.clear()
        self.new_personas.clear()
        for role in (Role.TOUCHPOINT, Role.PERSONA, Role.MEASURE):
            if role in self._readers:
                self._readers[role].clear()
                self._readers[role].wrong.clear()

    def of(self, columns: Columns) -> tuple[dict[int, list[Any]], dict[int, tuple[int, Text]]]:
        """Meanings by place of the column, and (place, reason) by position of each wrong row."""
        meant: dict[int, list[Any]] = {}
        wrong: dict[int, tuple[int, Text]] = {}
        for place, known, raws in self._all(columns):
            meant[place] = known.read(raws)
            if known.wrong and not known.wrong.keys().isdisjoint(raws):
                for at, raw in enumerate(raws):
                    if raw in known.wrong:
                        wrong.setdefault(at, (place, known.wrong[raw]))
        return meant, wrong

    def _all(self, columns: Columns) -> Iterable[tuple[int, Cells, Sequence[Any]]]:
        for role, known in self._readers.items():
            yield self.at[role], known, columns[self.at[role]]
        for rated in self.rated:
            yield rated.place, rated.cells, columns[rated.place]
        place = self.value_place
        if place is not None:
            beside = [columns[self.at[role]] for role in (Role.MEASURE, Role.SCALE) if role in self.at]
            yield place, self._values, list(zip(*beside, columns[place], strict=True)) if beside else columns[place]

    @property
    def value_place(self) -> int | None:
        return self.at.get(Role.VALUE, self.at.get(Role.MEAN))

    def place(self, column: Column) -> int:
        return _place(self.names, column)

    def scale_in(self, row: Sequence[str]) -> Scale | Text:
        """The scale of the answer in this row: named by the row, by its measure, or by the recipe."""
        measure = row[self.at[Role.MEASURE]] if Role.MEASURE in self.at else ""
        written = row[self.at[Role.SCALE]] if Role.SCALE in self.at else ""
        return self._named_scale(measure, written)

    def _rated(self, column: Column) -> Rated:
        codes, scale = codes_of(column, self.recipe), self.recipe.scale_of(column)
        touchpoint = self.register.touchpoint(column.touchpoint)
        if column.role is Role.RATING and touchpoint is None:
            unknown = no_such_touchpoint(column.touchpoint)
            known = Cells(lambda raw: None if codes.read(raw) is None else unknown)
        else:
            known = Cells(lambda raw: cells.answer(raw, codes, scale))
        measure = self.register.measures[clean(self.recipe.measure_of(column))]
        return Rated(self.place(column), touchpoint, measure, known)

    def _value(self, raw: str | tuple[str, ...]) -> float | Text | None:
        if isinstance(raw, str):
            scale: Scale | Text = self._named_scale("", "")
        else:
            scale = self._named_scale(
                raw[0] if Role.MEASURE in self.at else "", raw[-2] if Role.SCALE in self.at else ""
            )
        return (
            scale
            if isinstance(scale, Text)
            else cells.answer(raw if isinstance(raw, str) else raw[-1], self._value_codes, scale)
        )

    def _scale(self, written: str) -> Scale | Text | None:
        if not written.strip():
            return None
        ends = read_scale(written)
        if ends is None:
            return Text(N_("“%(value)s” is no scale; write it like 1-5."), {"value": cells.shown(written)})
        return Scale(min(ends), max(ends), ends[0] > ends[1])

    def _named_scale(self, measure: str, written: str) -> Scale | Text:
        if named := self._scale(written):
            return named
        own = self.value_column.scale if self.value_column else None
        return self._scales.get(clean(measure or self.recipe.measure)) or own or self.recipe.scale or Scale()

    def _touchpoint(self, raw: str) -> int | Text | None:
        name = self.touchpoint_codes.read(raw)
        if name and name.strip():
            found = self.register.touchpoints.get(clean(name), 0)
            if found == 0 and (problem := no_name(name)):
                return problem
            if found == 0:
                self.new_touchpoints[clean(name)] = " ".join(name.split())
            return found or no_such_touchpoint(name)
        needed = Role.VALUE in self.at or self.recipe.shape is Shape.SUMMARY
        return Text(N_("The touchpoint is missing.")) if needed else None

    def _measure(self, raw: str) -> int | Text:
        name = raw if raw.strip() else self.recipe.measure
        known = self.register.measures.get(clean(name))
        return known or Text(N_("There is no measure called “%(name)s”."), {"name": cells.shown(name)})

    def _persona(self, raw: str) -> int | Text | None:
        name = self.persona_codes.read(raw)
        if not name or not name.strip():
            return None
        if clean(name) in self.register.personas:
            return self.register.personas[clean(name)]
        if problem := no_name(name):
            return problem
        self.new_personas[clean(name)] = " ".join(name.split())
        if len(self.register.personas) < MOST_PERSONAS:
            return Text(N_("There is no persona called “%(name)s”."), {"name": cells.shown(name)})
        return Text(
            N_("There is no persona called “%(name)s”, and the file names more than %(most)s."),
            {"name": cells.shown(name), "most": MOST_PERSONAS},
        )


def no_name(text: str) -> Text | None:
    """Why nothing new can be called so, if it cannot."""
    return wording.wrong(" ".join(text.split()), wording.NAME_MOST) or wording.wrong(clean(text), wording.NAME_MOST)


def no_such_touchpoint(name: str) -> Text:
    return Text(N_("There is no touchpoint called “%(name)s”."), {"name": cells.shown(name)})


def _place(names: Sequence[str], column: Column) -> int:
    return [clean(name) for name in names].index(clean(column.column))


def _places(recipe: Recipe, names: Sequence[str]) -> dict[Role, int]:
    """Where the columns with a role of their own stand. Raises Refused when the file lacks some of the recipe's."""
    there = {clean(name) for name in names}
    used = [column for column in recipe.columns if column.role is not Role.IGNORE]
    lacking = [column.column.strip() for column in used if clean(column.column) not in there]
    if lacking:
        raise Refused(
            N_(
                "The file does not have these columns of the recipe: %(lacking)s. It has: %(names)s. Nothing was imported."
            ),
            lacking=_listed(lacking),
            names=_listed(names),
        )
    return {column.role: _place(names, column) for column in used if column.role not in _PLACELESS}


def _listed(names: Sequence[str], most: int = 40) -> str:
    return ", ".join(names[:most]) + (" …" if len(names) > most else "")
