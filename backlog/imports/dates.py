"""Reading dates in the orders in which surveys write them.

A date format is a short name kept in recipes: ``y-m-d``, ``d.m.y``, ``d/m/y``, ``m/d/y`` (a time behind is
passed over), ``day`` (day of the month; month and year are fixed), ``month``, ``quarter``, ``year``.
"""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date

ORDERS = {"y-m-d": "ymd", "d.m.y": "dmy", "d/m/y": "dmy", "m/d/y": "mdy"}
FORMATS = (*ORDERS, "day", "month", "quarter", "year")
EARLIEST, LATEST = 1970, 2100  # years
NEARLY = 0.9  # the share of values that must be dates for a column to be one; a bad one is set aside with its reason

_THREE = re.compile(r"(\d{1,4})([-./])(\d{1,2})\2(\d{1,4})(?:[T ]\s*\d{1,2}[:.]\d{2}.*)?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_MONTH = re.compile(r"(?:(\d{4})[-./](\d{1,2})|(\d{1,2})[-./](\d{4}))", re.ASCII)
_QUARTER = re.compile(
    r"(?:(\d{4})\W*[QK]([1-4])|[QK]([1-4])\W*(\d{4})|([1-4])\.?\s*(?:Quartal|quarter)\W*(\d{4}))",
    re.IGNORECASE | re.ASCII,
)


def read_date(raw: str, form: str, *, year: int = 0, month: int = 0) -> date | None:
    """The day written in ``raw``, from EARLIEST to LATEST; for periods their first day. None when it is no such date."""
    found = written_date(raw, form, year=year, month=month)
    return found if found and EARLIEST <= found.year <= LATEST else None


def written_date(raw: str, form: str, *, year: int = 0, month: int = 0) -> date | None:
    """The same, of any year."""
    text = raw.strip()
    try:
        if form in ORDERS:
            return _whole(text, ORDERS[form])
        return {"day": _day, "month": _month, "quarter": _quarter, "year": _year}[form](text, year, month)
    except ValueError:
        return None


def _whole(text: str, order: str) -> date | None:
    if match := _COMPACT.fullmatch(text):
        return date(*map(int, match.groups())) if order == "ymd" else None
    match = _THREE.fullmatch(text)
    if match is None:
        return None
    parts = dict(zip(order, (match[1], match[3], match[4]), strict=True))
    if len(parts["d"]) > 2 or len(parts["m"]) > 2 or len(parts["y"]) not in (2, 4):
        return None
    year = int(parts["y"])
    if len(parts["y"]) == 2:
        year += 2000 if year < 70 else 1900
    return date(year, int(parts["m"]), int(parts["d"]))


def _day(text: str, year: int, month: int) -> date | None:
    return date(year, month, int(text)) if text.isascii() and text.isdigit() else None


def _month(text: str, year: int, month: int) -> date | None:
    match = _MONTH.fullmatch(text)
    if match is None:
        return None
    return date(int(match[1] or match[4]), int(match[2] or match[3]), 1)


def _quarter(text: str, year: int, month: int) -> date | None:
    match = _QUARTER.fullmatch(text)
    if match is None:
        return None
    quarter = int(match[2] or match[3] or match[5])
    return date(int(match[1] or match[4] or match[6]), 3 * quarter - 2, 1)


def _year(text: str, year: int, month: int) -> date | None:
    return date(int(text), 1, 1) if len(text) == 4 and text.isascii() and text.isdigit() else None


def guess_format(values: Iterable[str]) -> tuple[str, bool]:
    """(format, certain) under which the most values are dates; ("", False) when more than a few are dates under none.

    Day and month cannot be told apart when every day is at most 12, or when some values say this and some that: then
    the answer is uncertain.
    """
    counted = Counter(value.strip() for value in values if value.strip())
    whole = counted.total()
    dotted = 2 * sum(n for value, n in counted.items() if "." in value) > whole
    forms = [form for form in (*ORDERS, "month", "quarter", "year") if form != ("d/m/y" if dotted else "d.m.y")]
    read = {form: sum(n for value, n in counted.items() if read_date(value, form)) for form in forms}
    fitting = sorted((form for form in forms if read[form] >= NEARLY * whole), key=lambda form: -read[form])
    if not whole or not fitting:
        return "", False
    best = fitting[0]
    rivals = [form for form in fitting[1:] if read[form] == read[best] or read[best] < whole]
    return best, not rivals
