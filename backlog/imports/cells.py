"""What a cell means, worked out once per distinct text.

Survey columns hold few distinct texts, so a million rows need a handful of parses; the rest is a dict look-up
that runs in C (``map(cells.__getitem__, column)``).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from backlog.errors import N_, Text
from backlog.imports.dates import EARLIEST, LATEST, written_date
from backlog.imports.numbers import number, plain, written
from backlog.imports.readers import clean
from backlog.imports.recipes import Dates, Scale

MOST_KEPT = 50_000  # distinct texts remembered per column, so that memory stays flat
HEAVIEST = 1e6
LONGEST_SHOWN = 60

Raw = Any  # a cell, or a tuple of cells that mean something only together


class Cells(dict[Raw, Any]):
    """Raw cell -> meaning; ``wrong`` holds the cells that have none, with the reason, and means None for them."""

    def __init__(self, meaning: Callable[[Raw], Any]) -> None:
        super().__init__()
        self.meaning = meaning
        self.wrong: dict[Raw, Text] = {}

    def __missing__(self, raw: Raw) -> Any:
        if len(self) >= MOST_KEPT:
            self.clear()
        meaning = self.meaning(raw)
        if isinstance(meaning, Text):
            self.wrong[raw] = meaning
            meaning = None
        self[raw] = meaning
        return meaning

    def read(self, column: Iterable[Raw]) -> list[Any]:
        """The meanings of a whole column."""
        if len(self.wrong) >= MOST_KEPT:
            self.wrong.clear()
            self.clear()
        return list(map(self.__getitem__, column))


def shown(raw: str) -> str:
    """A cell as it is quoted in a message."""
    text = " ".join(raw.split())
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


class Codes:
    """Codes that mean "no answer", however the number is written (6, 6.0), and words for answers."""

    def __init__(self, missing: Iterable[str], values: Mapping[str, str], decimal: str) -> None:
        self.decimal = decimal
        self.missing = {self._plain(code) for code in missing} | {""}
        self.values = {self._plain(code): word for code, word in values.items()}

    def _plain(self, raw: str) -> str:
        value = number(raw, self.decimal)
        return clean(raw) if value is None else plain(value)

    def read(self, raw: str) -> str | None:
        """The cell with its code replaced by its word; None for no answer."""
        text = clean(raw)
        if text in self.missing:
            return None
        key = self._plain(raw)
        return None if key in self.missing else self.values.get(key, raw)


def answer(raw: str, codes: Codes, scale: Scale) -> float | Text | None:
    """The answer on 0-10, None where there is none, or what is wrong with it."""
    text = codes.read(raw)
    if text is None:
        return None
    value = written(text, codes.decimal)
    if value is None:
        return _no_number(text, codes.decimal)
    mapped = scale.to_ten(value)
    return mapped if mapped is not None else _off_scale(text, value, scale)


def _no_number(raw: str, decimal: str) -> Text:
    other = "," if decimal == "." else "."
    if number(raw, other) is not None:
        return Text(
            N_("“%(value)s” is not a number with a decimal “%(decimal)s”. Is the decimal sign “%(other)s”?"),
            {"value": shown(raw), "decimal": decimal, "other": other},
        )
    return Text(N_("“%(value)s” is not a number."), {"value": shown(raw)})


def _off_scale(raw: str, value: float, scale: Scale) -> Text:
    params: dict[str, Any] = {"value": shown(raw), "low": plain(scale.low), "high": plain(scale.high)}
    if value < scale.low:
        return Text(N_("%(value)s is below %(low)s. Is it your code for “no answer”?"), params)
    if scale.low <= value / 10 <= scale.high and value == int(value) and value % 10:
        return Text(N_("%(value)s is above %(high)s. Did you mean %(meant)s?"), {**params, "meant": plain(value / 10)})
    if value in (scale.high + 1, 9, 11, 88, 98, 99, 999) and value == int(value):
        return Text(N_("%(value)s is above %(high)s. Is it your code for “no answer”?"), params)
    return Text(N_("%(value)s is above %(high)s, the end of the scale."), params)


def weight(raw: str, decimal: str) -> float | Text:
    """A survey weight, 0 or more; 0 means that the row does not count."""
    if not raw.strip():
        return Text(N_("The weight is missing."))
    value = written(raw, decimal)
    if value is None:
        return _no_number(raw, decimal)
    if value < 0:
        return Text(N_("A weight cannot be negative: %(value)s."), {"value": shown(raw)})
    if value > HEAVIEST:
        return Text(N_("%(value)s is too large for a weight."), {"value": shown(raw)})
    return value


def day(raw: str, dates: Dates, latest: date) -> date | Text:
    """The day an answer was given, or for a period its first day; never after ``latest``."""
    if not raw.strip():
        return Text(N_("The date is missing."))
    found = written_date(raw, dates.format, year=dates.year, month=dates.month)
    if found is None:
        return Text(
            N_("“%(value)s” is no date written as %(format)s."),
            {"value": shown(raw), "format": FORMAT_NAMES[dates.format]},
        )
    if not EARLIEST <= found.year <= LATEST:
        ends = {"first": date(EARLIEST, 1, 1), "last": latest}
        return Text(
            N_("%(value)s is too far away: days from %(first)s to %(last)s are taken."),
            {"value": shown(raw), **{name: end.isoformat() for name, end in ends.items()}},
        )
    if found > latest:
        return Text(N_("%(value)s lies in the future."), {"value": shown(raw)})
    return found


FORMAT_NAMES = {
    "y-m-d": N_("year-month-day"),
    "d.m.y": N_("day.month.year"),
    "d/m/y": N_("day/month/year"),
    "m/d/y": N_("month/day/year"),
    "day": N_("day of the month"),
    "month": N_("year and month"),
    "quarter": N_("year and quarter"),
    "year": N_("year"),
}
