"""Reading whole files without a database: names get numbers as they come."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from backlog.imports.checks import Comment, Found, Reading, Wrong
from backlog.imports.names import Names, measures_named, touchpoints_named
from backlog.imports.readers import clean, open_sheet
from backlog.imports.recipes import Column, Dates, Recipe, Role, Scale, Shape
from backlog.imports.summaries import Summary
from backlog.imports.tallies import Answer

DEMO = Path(__file__).parents[2] / "backlog" / "demo"
TODAY = date(2026, 11, 21)


@dataclass
class Read:
    register: Names
    rows: int = 0
    answers: list[Answer] = field(default_factory=list)
    summaries: list[Summary] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    uncounted: int = 0

    def add(self, found: Found) -> None:
        self.rows += found.rows
        self.answers += found.answers
        self.summaries += found.summaries
        self.comments += found.comments
        self.wrong += found.wrong
        self.uncounted += found.uncounted

    @property
    def reasons(self) -> list[tuple[int, str, str]]:
        """(row, column, what is wrong) in words."""
        return [(wrong.row, wrong.column, str(wrong.reason)) for wrong in self.wrong]


def numbered(names: Iterable[str]) -> dict[str, int]:
    return {clean(name): number for number, name in enumerate(names, start=1)}


def register_for(recipe: Recipe, touchpoints: Iterable[str] = ()) -> Names:
    known: dict[str, int | None] = {**numbered([*touchpoints_named(recipe), *touchpoints])}
    return Names(known, numbered(measures_named(recipe)))


def read_file(path: Path, recipe: Recipe, touchpoints: Iterable[str] = ()) -> Read:
    """Read a file as the loader does; personas are made as they come."""
    sheet = open_sheet(path, encoding=recipe.encoding, delimiter=recipe.delimiter, header_row=recipe.header_row)
    register = register_for(recipe, touchpoints)
    reading = Reading(recipe, sheet.names, register, TODAY)
    read = Read(register)
    for first, rows in sheet.chunks():
        found = reading.read(first, rows)
        for name in reading.meanings.new_personas:
            register.personas.setdefault(name, len(register.personas) + 1)
        if reading.meanings.new_personas:
            reading.meanings.forget_names()
            found = reading.read(first, rows)
        read.add(found)
    return read


def read_rows(
    names: list[str], rows: list[list[str]], recipe: Recipe, touchpoints: Iterable[str] = (), personas: Mapping[str, int] | None = None
) -> Read:  # fmt: skip
    register = register_for(recipe, touchpoints)
    register.personas.update(personas or {})
    read = Read(register)
    read.add(Reading(recipe, names, register, TODAY).read(2, rows))
    return read


LONG = Recipe(
    shape=Shape.LONG,
    columns=[
        Column("touchpoint", Role.TOUCHPOINT),
        Column("value", Role.VALUE, scale=Scale(1, 5), missing=["99"], inapplicable=["6"]),
        Column("answered_on", Role.DATE),
        Column("weight", Role.WEIGHT),
        Column("respondent", Role.RESPONDENT),
    ],
    date=Dates(format="y-m-d"),
)
LONG_NAMES = ["touchpoint", "value", "answered_on", "weight", "respondent"]


def long_row(
    touchpoint: str = "Check-in", value: str = "4", day: str = "2026-05-04", weight: str = "1", who: str = "7"
) -> list[str]:
    return [touchpoint, value, day, weight, who]


SUMMARY = Recipe(
    shape=Shape.SUMMARY,
    decimal=",",
    columns=[
        Column("Kontaktpunkt", Role.TOUCHPOINT),
        Column("Quartal", Role.DATE),
        Column("ZUF_Mittelwert", Role.MEAN, scale=Scale(0, 10)),
        Column("Anzahl_Antworten", Role.N),
        Column("Standardabw", Role.SD),
    ],
    date=Dates(format="quarter"),
)
SUMMARY_NAMES = [column.column for column in SUMMARY.columns]
