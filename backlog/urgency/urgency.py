"""Urgency that lives: what waiting costs on each day, 0-10 to one decimal, from a profile people choose. Pure.

Four kinds: constant; a deadline the urgency rises to in a straight line; a decay by half-lives; a season that comes
back every year. Profiles raise Invalid, by field, for what cannot be. How they are stored is in `urgency_records`.
"""

import datetime as dt
import enum
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from backlog.errors import N_, Text, checked
from backlog.urgency.year_days import DAYS_OF_LEAP_YEAR, MonthDay

DAYS_MOST = 3650
"""Ten years: of rising, and for a half-life."""
HALVES_UNTIL_NOTHING = 8  # 10 halved eight times is below 0.05, so it is printed as 0.0


class Afterwards(enum.StrEnum):
    """What a deadline leaves behind: it stays as urgent as it was on the day, or it is too late and falls to 0."""

    STAYS = "stays"
    TOO_LATE = "too_late"


@dataclass(frozen=True)
class Constant:
    """The same every day: `value` 0-10."""

    value: float
    kind: ClassVar[str] = "constant"

    def __post_init__(self) -> None:
        checked(value=_off_points(self.value))

    @property
    def highest(self) -> float:
        return self.value

    def exactly_on(self, day: dt.date) -> float:
        return self.value

    def changing_days(self, after: dt.date) -> range:
        return range(0)


@dataclass(frozen=True)
class Deadline:
    """`before` (0-10) until `rises` days (0-3650) before `day`, then up in a straight line to `at` (0-10, not below
    `before`) on the day itself; afterwards it stays there or falls to 0. With `rises` 0 it jumps on the day."""

    day: dt.date
    rises: int
    before: float
    at: float = 10.0
    afterwards: Afterwards = Afterwards.STAYS
    kind: ClassVar[str] = "deadline"

    def __post_init__(self) -> None:
        order = Text(N_("At the deadline it is at least as urgent as before.")) if self.at < self.before else None
        checked(
            rises=_off_days(self.rises, 0),
            before=_off_points(self.before),
            at=_off_points(self.at) or order,
        )

    @property
    def highest(self) -> float:
        return self.at

    def exactly_on(self, day: dt.date) -> float:
        left = (self.day - day).days
        if left < 0:
            return self.at if self.afterwards is Afterwards.STAYS else 0.0
        if left == 0 or left >= self.rises:
            return self.at if left == 0 else self.before
        return self.before + (self.at - self.before) * (1 - left / self.rises)

    def changing_days(self, after: dt.date) -> range:
        last = self.day.toordinal() + 1
        return range(max(after.toordinal() + 1, last - 1 - self.rises), last + 1)


@dataclass(frozen=True)
class Decaying:
    """`value` (0-10) up to and on `day`, half of it `half_life` days (1-3650) later, and so on."""

    value: float
    day: dt.date
    half_life: float
    kind: ClassVar[str] = "decaying"

    def __post_init__(self) -> None:
        checked(value=_off_points(self.value), half_life=_off_days(self.half_life, 1))

    @property
    def highest(self) -> float:
        return self.value

    def exactly_on(self, day: dt.date) -> float:
        elapsed = max((day - self.day).days, 0)
        return float(self.value * 0.5 ** (elapsed / self.half_life))

    def changing_days(self, after: dt.date) -> range:
        first = max(after, self.day).toordinal() + 1
        return range(first, self.day.toordinal() + math.ceil(HALVES_UNTIL_NOTHING * self.half_life) + 1)


@dataclass(frozen=True)
class Seasonal:
    """`inside` (0-10) from `start` to `end` of every year, both included, over new year when `end` comes first;
    `outside` (0-10) else. In the `lead_in` days (0-365) before the start it moves from one to the other in a straight
    line. Every year is counted as a leap year: so a day has the same value every year."""

    start: MonthDay
    end: MonthDay
    inside: float
    outside: float = 0.0
    lead_in: int = 0
    kind: ClassVar[str] = "seasonal"

    def __post_init__(self) -> None:
        checked(
            start=_no_day_of_a_year(self.start),
            end=_no_day_of_a_year(self.end),
            inside=_off_points(self.inside),
            outside=_off_points(self.outside),
            lead_in=_off_days(self.lead_in, 0, DAYS_OF_LEAP_YEAR - 1),
        )

    def covers(self, day: dt.date) -> bool:
        today = MonthDay.of(day)
        if self.start <= self.end:
            return self.start <= today <= self.end
        return today >= self.start or today <= self.end

    @property
    def highest(self) -> float:
        return max(self.inside, self.outside)

    def exactly_on(self, day: dt.date) -> float:
        if self.covers(day):
            return self.inside
        left = (self.start.ordinal - MonthDay.of(day).ordinal) % DAYS_OF_LEAP_YEAR
        if left >= self.lead_in:
            return self.outside
        return self.outside + (self.inside - self.outside) * (1 - left / self.lead_in)

    def changing_days(self, after: dt.date) -> range:
        return range(after.toordinal() + 1, after.toordinal() + DAYS_OF_LEAP_YEAR + 1)


Profile = Constant | Deadline | Decaying | Seasonal
KINDS: dict[str, type[Profile]] = {each.kind: each for each in (Constant, Deadline, Decaying, Seasonal)}
LABELS = {
    Constant.kind: N_("Constant"),
    Deadline.kind: N_("Deadline"),
    Decaying.kind: N_("Decaying"),
    Seasonal.kind: N_("Season"),
}
AFTERWARDS = {
    Afterwards.STAYS: N_("It stays as urgent as on the day"),
    Afterwards.TOO_LATE: N_("It is too late: it falls to 0"),
}


def value_on(profile: Profile, day: dt.date) -> float:
    """0-10 to one decimal."""
    return round(min(max(profile.exactly_on(day), 0.0), 10.0), 1)


def curve(profile: Profile, first: dt.date, days: int) -> list[tuple[dt.date, float]]:
    """The value on `first` and the days after it, `days` in all (fewer at the end of the calendar)."""
    start = first.toordinal()
    return [(day, value_on(profile, day)) for day in _existing(range(start, start + days))]


def next_change(profile: Profile, day: dt.date) -> dt.date | None:
    """The first day after `day` with another value, to one decimal; None when it stays as it is."""
    now = value_on(profile, day)
    return next((later for later in _existing(profile.changing_days(day)) if value_on(profile, later) != now), None)


def _existing(ordinals: range) -> Iterator[dt.date]:
    return (dt.date.fromordinal(each) for each in ordinals if each <= dt.date.max.toordinal())


def _off_points(value: float) -> Text | None:
    return None if 0 <= value <= 10 else Text(N_("Enter a number from %(low)s to %(high)s."), _ends(0, 10))


def _off_days(days: float, lowest: int, highest: int = DAYS_MOST) -> Text | None:
    text = N_("Enter a number of days from %(low)s to %(high)s.")
    return None if lowest <= days <= highest else Text(text, _ends(lowest, highest))


def _ends(lowest: int, highest: int) -> dict[str, int]:
    return {"low": lowest, "high": highest}


def _no_day_of_a_year(day: MonthDay) -> Text | None:
    return None if day.exists else Text(N_("Enter a month and a day, such as 11-15."))
