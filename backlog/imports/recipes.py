"""Recipes: how the columns of a survey file become answers. Kept as JSON, so next year's file needs no mapping."""

import enum
import re
from collections.abc import Iterable
from typing import Any

import msgspec

from backlog import wording
from backlog.errors import N_, Invalid, Text
from backlog.imports.dates import EARLIEST, FORMATS, LATEST, read_date, written_date
from backlog.imports.readers import clean

FORMAT = 1


class Shape(enum.StrEnum):
    """What a row is: a respondent, an answer, or a touchpoint and period already summed up."""

    WIDE = "wide"
    LONG = "long"
    SUMMARY = "summary"


class Role(enum.StrEnum):
    """What a column holds. ``theme`` is how a comment was coded, ``kind`` whether it is a story, pain, delight, gap or
    idea. ``rating`` (a touchpoint's answers) and ``overall`` (answers about the whole) stand in
    wide files; ``touchpoint``, ``measure``, ``scale`` and ``value`` in long ones; ``mean``, ``n`` and ``sd`` in summaries."""

    IGNORE = "ignore"
    RESPONDENT = "respondent"
    DATE = "date"
    WEIGHT = "weight"
    PERSONA = "persona"
    RATING = "rating"
    OVERALL = "overall"
    COMMENT = "comment"
    THEME = "theme"
    KIND = "kind"
    TOUCHPOINT = "touchpoint"
    MEASURE = "measure"
    SCALE = "scale"
    VALUE = "value"
    MEAN = "mean"
    N = "n"
    SD = "sd"


_COMMON = {Role.IGNORE, Role.DATE, Role.PERSONA}
_PERSONAL = {Role.RESPONDENT, Role.WEIGHT, Role.COMMENT, Role.THEME, Role.KIND}
_ROWWISE = {Role.TOUCHPOINT, Role.MEASURE, Role.SCALE}
ROLES = {
    Shape.WIDE: _COMMON | _PERSONAL | {Role.RATING, Role.OVERALL},
    Shape.LONG: _COMMON | _PERSONAL | _ROWWISE | {Role.VALUE},
    Shape.SUMMARY: _COMMON | _ROWWISE | {Role.MEAN, Role.N, Role.SD},
}
_REPEATABLE = {Role.IGNORE, Role.RATING, Role.OVERALL, Role.COMMENT}
_SCALED = {Role.RATING, Role.OVERALL, Role.VALUE, Role.MEAN}


class Scale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``low``..``high`` as answered; ``reversed`` where the low end is the good one."""

    low: float = 1.0
    high: float = 5.0
    reversed: bool = False

    def to_ten(self, answer: float) -> float | None:
        """The answer on 0-10, or None when it is off the scale."""
        if not self.low <= answer <= self.high:
            return None
        share = (answer - self.low) / (self.high - self.low)
        return round(10 * (1 - share if self.reversed else share), 4)


class Column(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """One column of the file, matched by name whatever its blanks and case.

    ``missing`` are codes for "no answer", ``inapplicable`` those for "never used"; blank cells are always missing.
    ``values`` turns codes into words: persona or touchpoint names, answers in words into numbers.
    """

    column: str
    role: Role
    touchpoint: str = ""
    measure: str = ""
    scale: Scale | None = None
    missing: list[str] = []
    inapplicable: list[str] = []
    values: dict[str, str] = {}


class Dates(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """How the date column is written; ``year`` and ``month`` complete a day of the month;
    ``fixed`` (y-m-d) is the day of every answer when the file has no dates."""

    format: str = ""
    year: int = 0
    month: int = 0
    fixed: str = ""


class Recipe(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """The whole mapping. ``scales`` names the scale of each measure in a long file; ``persona`` and ``touchpoint``
    hold for every row of a file that does not name its own. ``header_row`` 0: the file has no column names."""

    columns: list[Column]
    shape: Shape = Shape.WIDE
    name: str = ""
    note: str = ""
    format: int = msgspec.field(default=FORMAT)
    delimiter: str = ""
    encoding: str = ""
    header_row: int = 1
    decimal: str = "."
    date: Dates = msgspec.field(default_factory=Dates)
    scales: dict[str, Scale] = {}
    measure: str = "experience"
    scale: Scale | None = None
    touchpoint: str = ""
    persona: str = ""

    def of(self, role: Role) -> list[Column]:
        """The columns with this role, in the order of the recipe."""
        return [column for column in self.columns if column.role is role]

    def only(self, role: Role) -> Column | None:
        """The one column with this role, if there is one."""
        return next(iter(self.of(role)), None)

    def measure_of(self, column: Column) -> str:
        return column.measure or self.measure

    def scale_of(self, column: Column) -> Scale:
        """The column's own scale, else that of its measure, else the recipe's, else 1-5."""
        return column.scale or self.scales.get(clean(self.measure_of(column))) or self.scale or Scale()


def read(text: str | bytes) -> Recipe:
    """A recipe from its JSON, checked. Raises Invalid naming the field."""
    try:
        recipe = msgspec.json.decode(text, type=Recipe)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        raise Invalid(
            {where.rstrip("`").lstrip(".") or "recipe": Text(N_("%(what)s."), {"what": what.rstrip(".")})}
        ) from None
    except msgspec.DecodeError as error:
        raise Invalid({"recipe": Text(N_("This is not JSON: %(what)s."), {"what": str(error)})}) from None
    check(recipe)
    return recipe


def from_builtins(body: Any) -> Recipe:
    """A recipe as it lies in the database or came from a form. Raises Invalid."""
    return read(msgspec.json.encode(body))


def to_builtins(recipe: Recipe) -> dict[str, Any]:
    """The recipe as plain values for a JSON column."""
    body: dict[str, Any] = msgspec.to_builtins(recipe)
    return {"format": recipe.format, "shape": recipe.shape.value, **body}


def write(recipe: Recipe) -> str:
    """The recipe as JSON for people to read, keep and pass on."""
    return msgspec.json.format(msgspec.json.encode(to_builtins(recipe)), indent=1).decode() + "\n"


def fits(recipe: Recipe, names: Iterable[str]) -> bool:
    """Whether a file with these columns has all that the recipe reads."""
    there = {clean(name) for name in names}
    return all(clean(column.column) in there for column in recipe.columns if column.role is not Role.IGNORE)


def for_file(recipe: Recipe, file_name: str) -> Recipe:
    """The recipe for this year's file: days of the month are of the year in the file's name."""
    year = re.search(r"(?<!\d)(19[789]\d|20\d\d)(?!\d)", file_name)
    if recipe.date.format != "day" or year is None:
        return recipe
    return msgspec.structs.replace(recipe, date=msgspec.structs.replace(recipe.date, year=int(year[1])))


def undated(recipe: Recipe) -> Text | None:
    """What is to be known of a file whose answers are all taken to be of one day."""
    if recipe.only(Role.DATE) or not recipe.date.fixed:
        return None
    return Text(UNDATED, {"day": recipe.date.fixed})


UNDATED = N_("No date in the file: all answers count as given on %(day)s.")


def check(recipe: Recipe) -> None:
    """Raise Invalid with what is wrong, field by field (``columns[3].scale``)."""
    wrong = dict(_wrong_in_whole(recipe))
    for at, column in enumerate(recipe.columns):
        wrong.update({f"columns[{at}].{name}": text for name, text in _wrong_in_column(recipe, column)})
    wrong.update(_repeated(recipe))
    if not wrong:
        wrong = dict(_lacking(recipe))
    if wrong:
        raise Invalid(wrong, N_("The recipe cannot be used as it is. Nothing was imported."))


def _wrong_in_whole(recipe: Recipe) -> Iterable[tuple[str, Text]]:
    if recipe.format != FORMAT:
        yield (
            "format",
            Text(N_("This recipe is of format %(format)s; this version reads format 1."), {"format": recipe.format}),
        )
    if len(recipe.delimiter) > 1:
        yield "delimiter", Text(N_("A delimiter is one character."))
    if recipe.decimal not in {".", ","}:
        yield "decimal", Text(N_("The decimal sign is a point or a comma."))
    if not 0 <= recipe.header_row <= 100:
        yield "header_row", Text(N_("The column names stand in one of the first 100 rows; 0 means there are none."))
    for name in ("touchpoint", "persona"):
        if problem := wording.wrong(getattr(recipe, name), wording.NAME_MOST):
            yield name, problem
    for name, scale in {
        "scale": recipe.scale,
        **{f"scales.{key}": scale for key, scale in recipe.scales.items()},
    }.items():
        if scale and not _sound(scale):
            yield name, Text(N_("A scale runs from a lower to a higher number."))
    yield from _wrong_in_dates(recipe.date)


def _sound(scale: Scale) -> bool:
    return -1e9 < scale.low < scale.high < 1e9


def _wrong_in_dates(dates: Dates) -> Iterable[tuple[str, Text]]:
    if dates.format and dates.format not in FORMATS:
        yield "date.format", Text(N_("Unknown date format. Known are %(formats)s."), {"formats": ", ".join(FORMATS)})
    if dates.format == "day" and not (EARLIEST <= dates.year <= LATEST and 1 <= dates.month <= 12):
        yield "date.month", Text(N_("Days of the month need the month and year they belong to."))
    if dates.fixed and read_date(dates.fixed, "y-m-d") is None:
        far = Text(
            N_("Days from %(first)s to %(last)s are taken."), {"first": f"{EARLIEST}-01-01", "last": f"{LATEST}-12-31"}
        )
        is_far = written_date(dates.fixed, "y-m-d") is not None
        yield "date.fixed", far if is_far else Text(N_("Write the date as year-month-day."))


def _wrong_in_column(recipe: Recipe, column: Column) -> Iterable[tuple[str, Text]]:
    if not column.column.strip():
        yield "column", Text(N_("Name the column."))
    if column.role not in ROLES[recipe.shape]:
        yield (
            "role",
            Text(
                N_("A %(shape)s file has no column for “%(role)s”."),
                {"shape": recipe.shape.value, "role": column.role.value},
            ),
        )
    if column.role is Role.RATING and not column.touchpoint.strip():
        yield "touchpoint", Text(N_("Say which touchpoint “%(column)s” rates."), {"column": column.column})
    if column.role in _SCALED and not _sound(recipe.scale_of(column)):
        yield "scale", Text(N_("A scale runs from a lower to a higher number."))
    if len(column.touchpoint) > 200 or len(column.measure) > 100:
        yield (
            "touchpoint",
            Text(N_("Use at most %(most)s characters."), {"most": 200 if len(column.touchpoint) > 200 else 100}),
        )


def _repeated(recipe: Recipe) -> Iterable[tuple[str, Text]]:
    names: set[str] = set()
    roles: set[Role] = set()
    for at, column in enumerate(recipe.columns):
        if clean(column.column) in names:
            yield f"columns[{at}].column", Text(N_("“%(column)s” is mapped twice."), {"column": column.column})
        names.add(clean(column.column))
        if column.role in roles - _REPEATABLE:
            yield f"columns[{at}].role", Text(N_("Only one column can be the %(role)s."), {"role": column.role.value})
        roles.add(column.role)


def _lacking(recipe: Recipe) -> Iterable[tuple[str, Text]]:
    roles = {column.role for column in recipe.columns}
    if recipe.shape is Shape.WIDE and not roles & {Role.RATING, Role.OVERALL, Role.COMMENT}:
        yield "columns", Text(N_("Choose at least one column that holds answers or comments."))
    if recipe.shape is Shape.LONG and not roles & {Role.VALUE, Role.COMMENT, Role.THEME, Role.KIND}:
        yield "columns", Text(N_("Choose the column that holds the answer."))
    if recipe.shape is not Shape.WIDE and Role.TOUCHPOINT not in roles and not recipe.touchpoint:
        yield "columns", Text(N_("Choose the column that names the touchpoint."))
    if recipe.shape is Shape.SUMMARY:
        for role, text in _SUMMARY_NEEDS:
            if role not in roles:
                yield f"columns.{role.value}", Text(text)
    if Role.DATE in roles and not recipe.date.format:
        yield "date.format", Text(N_("Say how the dates are written."))
    if Role.DATE not in roles and not recipe.date.fixed:
        yield "date.fixed", Text(N_("The file has no date column: say on which day the answers were given."))


_SUMMARY_NEEDS = (
    (Role.MEAN, N_("Choose the column that holds the mean.")),
    (Role.N, N_("Choose the column that holds the number of answers; without it there is no interval.")),
    (Role.SD, N_("Choose the column that holds the standard deviation; without it there is no interval.")),
)
