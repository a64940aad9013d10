"""What the values of one column look like: counts, numbers, and the scale they may be on."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from backlog.imports.numbers import number
from backlog.imports.readers import clean
from backlog.imports.recipes import Scale
from backlog.imports.vocabulary import BLANKS

_SCALES = ((1, 5), (0, 10), (1, 10), (1, 7), (1, 6), (1, 4), (0, 5), (0, 100), (1, 3))
_CODES = frozenset((0, -1, -2, -8, -9, 6, 7, 8, 9, 11, 77, 88, 96, 97, 98, 99, 777, 888, 997, 998, 999))


@dataclass(frozen=True, slots=True)
class Profile:
    """One column in a sample of rows. ``numbers`` counts the whole numbers, ``words`` what is no number."""

    title: str
    values: tuple[str, ...]
    filled: int
    numbers: Counter[float]
    words: Counter[str]

    @property
    def numeric(self) -> float:
        """The share of filled cells that are numbers; words for "no answer" do not count against it."""
        counted = sum(self.numbers.values())
        other = sum(n for word, n in self.words.items() if word not in BLANKS)
        return counted / (counted + other) if counted + other else 0.0

    @property
    def is_whole(self) -> bool:
        return all(value == int(value) for value in self.numbers)


@dataclass(frozen=True, slots=True)
class ScaleGuess:
    scale: Scale
    missing: list[str]
    inapplicable: list[str]
    certain: bool


def profile(title: str, values: Sequence[str], decimal: str) -> Profile:
    numbers: Counter[float] = Counter()
    words: Counter[str] = Counter()
    filled = 0
    for raw, n in Counter(values).items():
        if not raw.strip():
            continue
        filled += n
        value = number(raw, decimal)
        if value is None:
            words[clean(raw)] += n
        else:
            numbers[value] += n
    return Profile(title, tuple(values), filled, numbers, words)


def guess_decimal(columns: Sequence[Sequence[str]]) -> str:
    """A comma when more cells are numbers with one than with a point."""
    commas = points = 0
    for column in columns:
        for raw in column:
            if "," in raw and number(raw) is None and number(raw, ",") is not None:
                commas += 1
            elif "." in raw and number(raw) is not None:
                points += 1
    return "," if commas > points else "."


def guess_scale(columns: Sequence[Profile]) -> ScaleGuess | None:
    """The scale a battery of questions shares, and which numbers beside it are codes; None when it is no scale."""
    if not all(column.is_whole and column.numeric >= 0.95 for column in columns):
        return None
    total: Counter[float] = Counter()
    for column in columns:
        total.update(column.numbers)
    words = sorted({word.upper() for column in columns for word in column.words if word in BLANKS})
    for low, high in _SCALES:
        levels = set(range(low, high + 1))
        codes = sorted(set(total) - levels)
        share = sum(total[code] for code in codes) / max(1, sum(total.values()))
        if (
            not set(codes) <= _CODES
            or not _filled(total, low, high)
            or (high == 5 and 6 in codes and not _is_code(columns, 6))
        ):
            continue
        if high - low > 20 and len(total) < 8:
            continue
        certain = share < 0.75 and (len(columns) > 2 or not codes)
        above = [f"{code:g}" for code in codes if code == high + 1 and low == 1]
        return ScaleGuess(
            Scale(low, high), [f"{code:g}" for code in codes if f"{code:g}" not in above] + words, above, certain
        )
    return None


def _filled(total: Counter[float], low: int, high: int) -> bool:
    """Nearly every level of the scale was used, the upper end among them."""
    used = sum(total[level] > 0 for level in range(low, high + 1))
    return total[high] > 0 and used >= (high - low + 1) * 0.6 and (high - low < 20 or used > 8)


def _is_code(columns: Sequence[Profile], value: float) -> bool:
    """A code is given by very different shares from question to question, an answer is not; 0 beside it confirms."""
    shares = [column.numbers[value] / max(1, sum(column.numbers.values())) for column in columns]
    beside = any(column.numbers[0] for column in columns)
    if len(shares) < 3:
        return beside
    return max(shares) > 2.5 * min(shares) or beside
