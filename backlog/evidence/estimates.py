"""From counted answers to what is known of each touchpoint: estimates, bins, periods. Pure; all scores on 0-10."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from backlog.evidence import statistics
from backlog.evidence.shrinkage import p_below, shrink_sums
from backlog.evidence.statistics import Change, PromoterScore, Scale, Share, Sums

FEW = 30
"""Below this many answers a score is shown as of few answers, and looks further back for more."""
MOST_MONTHS = 18
MOST_QUARTERS = 24
PROMOTER, DETRACTOR = 9, 6


@dataclass(frozen=True)
class Answers:
    """The answers to one measure: their sums, and how many (unweighted) gave each value; ``counts`` lacks answers
    that came as a summary."""

    sums: Sums = field(default_factory=Sums)
    counts: Mapping[float, int] = field(default_factory=dict)

    def __add__(self, other: "Answers") -> "Answers":
        counts = dict(self.counts)
        for value, n in other.counts.items():
            counts[value] = counts.get(value, 0) + n
        return Answers(self.sums + other.sums, counts)

    @property
    def count_for_something(self) -> bool:
        """False without answers, and when all weights are 0."""
        return self.sums.mean is not None and self.sums.effective_n > 0


@dataclass(frozen=True)
class Estimate:
    """What is known of a touchpoint by one measure. ``low``..``high`` is the 95 % interval of ``value``, None below
    two answers; ``common`` the mean of all touchpoints it was shrunk towards and ``pull`` (0-1) how far."""

    n: int
    effective_n: float
    value: float
    deviation: float | None
    low: float | None
    high: float | None
    shrunken: float
    posterior_deviation: float
    common: float
    pull: float
    threshold: float
    p_below: float
    top_box: Share | None
    change: Change | None = None

    @property
    def is_few(self) -> bool:
        return self.n < FEW


def estimates(
    answers: Mapping[int, Answers],
    *,
    scale: Scale,
    thresholds: Mapping[int, float],
    before: Mapping[int, Answers] | None = None,
) -> dict[int, Estimate]:
    """The estimate of each touchpoint from its answers to one measure.

    They are shrunk towards the mean of all that were asked the same measure, and no others: different questions have
    different levels (a clean restroom is not comparable with a good restaurant), so their touchpoints are not
    exchangeable. ``thresholds`` has each touchpoint's own. Touchpoints without answers that count are left out.
    """
    known = {place: found for place, found in answers.items() if found.count_for_something}
    shrunk = shrink_sums([found.sums for found in known.values()])
    earlier = before or {}
    result = {}
    for (place, found), item in zip(known.items(), shrunk.items, strict=True):
        bounds = statistics.interval(found.sums)
        threshold = thresholds[place]
        result[place] = Estimate(
            n=found.sums.n,
            effective_n=found.sums.effective_n,
            value=found.sums.mean or 0.0,
            deviation=found.sums.deviation,
            low=bounds[0] if bounds else None,
            high=bounds[1] if bounds else None,
            shrunken=item.value,
            posterior_deviation=item.posterior_sd,
            common=shrunk.mu if shrunk.mu is not None else item.value,
            pull=item.b,
            threshold=threshold,
            p_below=p_below(item.value, item.posterior_sd, threshold),
            top_box=statistics.top_box(found.counts, scale) if found.counts else None,
            change=statistics.change(earlier[place].sums, found.sums) if place in earlier else None,
        )
    return result


@dataclass(frozen=True)
class Bin:
    """``n`` answers printed ``label`` on the scale; ``share`` 0-1."""

    label: str
    n: int
    share: float


def bins(counts: Mapping[float, int], scale: Scale) -> list[Bin]:
    """How many gave each answer, from the low end of the scale as printed, answers nobody gave included.

    Scales of more than ten steps, or without whole steps, are cut into ten equal parts. Empty without answers.
    """
    total = sum(counts.values())
    if total == 0:
        return []
    if scale.span <= 10 and float(scale.span).is_integer():
        parts = [(f"{scale.low + step:g}", scale.low + step) for step in range(int(scale.span) + 1)]
        width = 1.0
    else:
        width = scale.span / 10
        parts = [
            (f"{scale.low + k * width:g}–{scale.low + (k + 1) * width:g}", scale.low + k * width) for k in range(10)
        ]
    found = [0] * len(parts)
    for value, n in counts.items():
        at = (scale.from_ten(value) - scale.low) / width
        found[min(round(at) if width == 1 else int(at + 1e-9), len(parts) - 1)] += n
    return [Bin(label, n, n / total) for (label, _), n in zip(parts, found, strict=True)]


def promoters(counts: Mapping[float, int]) -> PromoterScore | None:
    """Net promoter score of answers on 0-10: 9 and 10 promote, 0 to 6 detract. None without answers."""
    high = sum(n for value, n in counts.items() if value >= PROMOTER)
    low = sum(n for value, n in counts.items() if value <= DETRACTOR)
    return statistics.nps(high, low, sum(counts.values()))


class Period(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def of(self, month: dt.date) -> tuple[int, int]:
        """Year and number of the period that this month lies in."""
        part = {Period.MONTH: month.month, Period.QUARTER: (month.month + 2) // 3, Period.YEAR: 1}[self]
        return month.year, part


def period_of(months: Iterable[dt.date]) -> Period:
    """The finest period that the data fill: months for up to a year and a half, quarters where most of them have
    answers, else years (one survey a year is a trend by year)."""
    known = sorted(set(months))
    if len(known) < 2:
        return Period.YEAR
    if months_between(known[0], known[-1]) < MOST_MONTHS:
        return Period.MONTH
    quarters = {Period.QUARTER.of(month) for month in known}
    years = {month.year for month in known}
    return Period.QUARTER if len(quarters) <= MOST_QUARTERS and len(quarters) >= 2 * len(years) else Period.YEAR


@dataclass(frozen=True)
class Point:
    """One period of a trend, with answers from the month ``first`` to ``month``."""

    period: Period
    first: dt.date
    month: dt.date
    n: int
    value: float
    low: float | None
    high: float | None


def trend(answers: Mapping[dt.date, Answers]) -> list[Point]:
    """Answers by month as points by period, oldest first. After a period of FEW answers or more, the last ones join it
    until they are as many: a late answer to a survey is no course of its own."""
    known = {month: found for month, found in answers.items() if found.count_for_something}
    period = period_of(known)
    groups: dict[tuple[int, int], list[dt.date]] = {}
    for month in sorted(known):
        groups.setdefault(period.of(month), []).append(month)
    parts = [(months, sum((known[month].sums for month in months), start=Sums())) for months in groups.values()]
    return [_point(period, months[0], months[-1], sums) for months, sums in _late_ones_joined(parts)]


def _late_ones_joined(parts: list[tuple[list[dt.date], Sums]]) -> list[tuple[list[dt.date], Sums]]:
    full = max((at for at, (_, sums) in enumerate(parts) if sums.n >= FEW), default=None)
    if full is None or sum(sums.n for _, sums in parts[full + 1 :]) >= FEW:
        return parts
    months = [month for part, _ in parts[full:] for month in part]
    return [*parts[:full], (months, sum((sums for _, sums in parts[full:]), start=Sums()))]


def _point(period: Period, first: dt.date, month: dt.date, sums: Sums) -> Point:
    bounds = statistics.interval(sums)
    low, high = bounds or (None, None)
    return Point(period, first, month, sums.n, sums.mean or 0.0, low, high)


def months_between(first: dt.date, last: dt.date) -> int:
    return (last.year - first.year) * 12 + last.month - first.month


def months_later(month: dt.date, number: int) -> dt.date:
    """The first day of the month that many months later (earlier when negative), within the years 1 to 9999."""
    at = min(max(month.year * 12 + month.month - 1 + number, 12), 9999 * 12 + 11)
    return dt.date(at // 12, at % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Window:
    """Months from ``since`` to ``until`` (first days of months, both included), and where the one before began.
    ``filled`` is the last month from which on there are FEW answers: when it was last asked in earnest."""

    since: dt.date
    until: dt.date
    before: dt.date
    filled: dt.date

    @classmethod
    def ending(cls, latest: dt.date, months: int, filled: dt.date | None = None) -> "Window":
        """That many months up to and with the latest; as many before them. Where these hold fewer than FEW answers,
        the months up to and with ``filled`` and all that came since: late answers join a survey, they do not replace
        it."""
        since = months_later(latest, 1 - months)
        if filled is not None and filled < since:
            since = months_later(filled, 1 - months)
        return cls(since, latest, months_later(since, -months), filled or latest)

    @property
    def beside(self) -> dt.date:
        """What was last asked in earnest before this month was given up when this was asked."""
        return months_later(self.filled, 1 - months_between(self.before, self.since))

    @property
    def next(self) -> dt.date:
        """The month after."""
        return months_later(self.until, 1)

    @property
    def last_day(self) -> dt.date:
        return self.next - dt.timedelta(days=1)


def gathered(rows: Iterable[Any], key: str) -> dict[Any, Answers]:
    """Rows of the tally (value, n, weight, weight_squared, total, total_squared) added up by one of their columns."""
    found: dict[Any, Answers] = {}
    for row in rows:
        sums = Sums(int(row.n), row.weight, row.weight_squared, row.total, row.total_squared)
        counts = {} if row.value is None else {row.value: int(row.n)}
        place = getattr(row, key)
        found[place] = found[place] + Answers(sums, counts) if place in found else Answers(sums, counts)
    return found
