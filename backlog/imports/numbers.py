"""Reading numbers and scales as people and programs write them."""

import re

_POINT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([ '’\u00a0\u202f.,]\d{3})+", re.ASCII)
_SCALE = re.compile(r"\s*([+-]?\d+(?:[.,]\d+)?)\s*(?:-|–|—|to|bis|\.\.+|/|:)\s*([+-]?\d+(?:[.,]\d+)?)\s*")


def number(raw: str, decimal: str = ".") -> float | None:
    """The number written in ``raw``, or None. ``inf``, ``nan``, ``1_000``, percentages, and numbers of 300 digits are
    none."""
    value = written(raw, decimal)
    return value if value is not None and abs(value) < 1e300 else None


def written(raw: str, decimal: str = ".") -> float | None:
    """The same, however large: what no float holds is infinite."""
    text = raw.strip().replace("−", "-")
    if decimal == ",":
        text = text.replace(",", ".") if text.count(",") <= 1 and "." not in text else text
    if not _POINT.fullmatch(text):
        return None
    return float(text)


def whole(raw: str) -> int | None:
    """A count such as 2417, ``2,417``, ``2.417`` or ``2 417``; None when it is not a whole number."""
    text = raw.strip()
    if _GROUPED.fullmatch(text):
        text = re.sub(r"[^\d+-]", "", text)
    value = number(text)
    return int(value) if value is not None and value == int(value) and abs(value) < 1e12 else None


def scale(raw: str) -> tuple[float, float] | None:
    """``1-5``, ``0 to 10``, ``-2..2`` as (low, high); a first number above the second keeps its order."""
    match = _SCALE.fullmatch(raw)
    if match is None:
        return None
    low, high = (float(part.replace(",", ".")) for part in match.groups())
    return (low, high) if low != high else None


def plain(value: float) -> str:
    """5 for 5.0, else as short as it is exact."""
    return f"{value:g}"
