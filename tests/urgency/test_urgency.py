"""What waiting costs on each day: constant, towards a deadline, decaying, in season."""

import datetime as dt
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.errors import Invalid
from backlog.urgency.urgency import (
    AFTERWARDS,
    KINDS,
    LABELS,
    Afterwards,
    Constant,
    Deadline,
    Decaying,
    Profile,
    Seasonal,
    curve,
    next_change,
    value_on,
)
from backlog.urgency.year_days import MonthDay

OPENING = dt.date(2027, 5, 1)
HOLIDAYS = Seasonal(MonthDay(11, 20), MonthDay(1, 6), inside=9, outside=3, lead_in=30)

POINTS = st.integers(0, 100).map(lambda tenths: tenths / 10)
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))
YEAR_DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2000, 12, 31)).map(MonthDay.of)
CONSTANTS = st.builds(Constant, POINTS)
DEADLINES = st.builds(
    lambda day, rises, ends, afterwards: Deadline(day, rises, min(ends), max(ends), afterwards),
    DAYS,
    st.integers(0, 800),
    st.tuples(POINTS, POINTS),
    st.sampled_from(Afterwards),
)
DECAYING = st.builds(Decaying, POINTS, DAYS, st.floats(1, 400))
SEASONS = st.builds(Seasonal, YEAR_DAYS, YEAR_DAYS, POINTS, POINTS, st.integers(0, 365))
PROFILES: st.SearchStrategy[Profile] = st.one_of(CONSTANTS, DEADLINES, DECAYING, SEASONS)


def before(days: int) -> dt.date:
    return OPENING - dt.timedelta(days)


def test_a_constant_stays_as_it_is() -> None:
    assert value_on(Constant(6.5), OPENING) == 6.5
    assert next_change(Constant(6.5), OPENING) is None


@pytest.mark.parametrize(("days_left", "value"), [(400, 2), (100, 2), (75, 4), (50, 6), (1, 9.9), (0, 10), (-1, 10)])
def test_urgency_rises_to_a_deadline_in_a_straight_line(days_left: int, value: float) -> None:
    assert value_on(Deadline(OPENING, rises=100, before=2, at=10), before(days_left)) == value


def test_after_a_deadline_it_may_be_too_late() -> None:
    too_late = Deadline(OPENING, rises=100, before=2, at=8, afterwards=Afterwards.TOO_LATE)

    assert value_on(too_late, OPENING) == 8
    assert value_on(too_late, before(-1)) == 0
    assert next_change(too_late, OPENING) == before(-1)
    assert next_change(too_late, before(-1)) is None


def test_a_deadline_without_days_to_rise_jumps_on_the_day() -> None:
    jump = Deadline(OPENING, rises=0, before=1, at=9)

    assert [value for _, value in curve(jump, before(2), 4)] == [1, 1, 9, 9]
    assert next_change(jump, before(500)) == OPENING


def test_nothing_changes_before_the_days_in_which_it_rises() -> None:
    assert next_change(Deadline(OPENING, rises=10, before=2, at=4), before(700)) == before(9)


def test_what_decays_is_halved_after_each_half_life() -> None:
    news = Decaying(8, OPENING, half_life=30)

    assert [value_on(news, before(-days)) for days in (0, 30, 60, 90)] == [8, 4, 2, 1]
    assert value_on(news, before(300)) == 8  # it has not begun
    assert value_on(news, before(-5000)) == 0


def test_what_decays_changes_until_nothing_is_left() -> None:
    day: dt.date | None = OPENING
    values = []
    while day:
        values.append(value_on(Decaying(10, OPENING, half_life=90), day))
        day = next_change(Decaying(10, OPENING, half_life=90), day)

    assert values == [tenths / 10 for tenths in range(100, -1, -1)]


def test_what_has_decayed_does_not_change_any_more() -> None:
    news = Decaying(8, OPENING, half_life=30)

    assert next_change(news, before(300)) == before(-1)
    assert next_change(news, before(-240)) is None


@pytest.mark.parametrize(
    ("day", "value"),
    [
        (dt.date(2026, 10, 20), 3),
        (dt.date(2026, 11, 5), 6),
        (dt.date(2026, 11, 19), 8.8),
        (dt.date(2026, 11, 20), 9),
        (dt.date(2026, 12, 31), 9),
        (dt.date(2027, 1, 6), 9),
        (dt.date(2027, 1, 7), 3),
        (dt.date(2027, 7, 1), 3),
    ],
)
def test_a_season_goes_over_new_year(day: dt.date, value: float) -> None:
    assert value_on(HOLIDAYS, day) == value


def test_a_season_says_when_it_changes_next() -> None:
    assert next_change(HOLIDAYS, dt.date(2026, 12, 1)) == dt.date(2027, 1, 7)
    assert next_change(HOLIDAYS, dt.date(2027, 1, 7)) == dt.date(2027, 10, 22)
    assert next_change(Seasonal(MonthDay(1, 1), MonthDay(12, 31), 7), OPENING) is None
    assert next_change(Seasonal(MonthDay(5, 1), MonthDay(5, 1), 7), before(-1)) == dt.date(2028, 5, 1)


def test_days_before_a_season_are_counted_over_new_year_too() -> None:
    sale = Seasonal(MonthDay(1, 10), MonthDay(1, 31), inside=10, lead_in=20)

    assert [value_on(sale, dt.date(2026, 12, day)) for day in (20, 21, 31)] == [0, 0, 5]
    assert value_on(sale, dt.date(2027, 1, 1)) == 5.5


@pytest.mark.parametrize(("year", "first_day"), [(2028, dt.date(2028, 2, 29)), (2027, dt.date(2027, 3, 1))])
def test_a_season_from_29_february_starts_on_1_march_where_there_is_none(year: int, first_day: dt.date) -> None:
    season = Seasonal(MonthDay(2, 29), MonthDay(4, 1), inside=8)

    assert value_on(season, first_day) == 8
    assert value_on(season, first_day - dt.timedelta(1)) == 0
    assert next_change(season, dt.date(year, 1, 1)) == first_day


@pytest.mark.parametrize(("year", "last_day"), [(2028, dt.date(2028, 2, 29)), (2027, dt.date(2027, 2, 28))])
def test_a_season_to_29_february_ends_on_28_february_where_there_is_none(year: int, last_day: dt.date) -> None:
    season = Seasonal(MonthDay(2, 1), MonthDay(2, 29), inside=8)

    assert value_on(season, last_day) == 8
    assert next_change(season, dt.date(year, 2, 1)) == last_day + dt.timedelta(1)


def test_a_season_of_one_day_is_one_day() -> None:
    day = Seasonal(MonthDay(5, 1), MonthDay(5, 1), inside=8)

    assert [value for _, value in curve(day, before(1), 3)] == [0, 8, 0]


def test_the_calendar_has_an_end() -> None:
    assert len(curve(HOLIDAYS, dt.date(9999, 12, 30), 90)) == 2
    assert next_change(HOLIDAYS, dt.date(9999, 12, 30)) is None
    assert next_change(Decaying(9, dt.date(9999, 12, 31), 30), OPENING) is None


@pytest.mark.parametrize(
    ("fields", "make"),
    [
        ({"value"}, lambda: Constant(10.1)),
        ({"value"}, lambda: Constant(math.nan)),
        ({"before", "at"}, lambda: Deadline(OPENING, 10, before=-1, at=11)),
        ({"at"}, lambda: Deadline(OPENING, 10, before=6, at=5)),
        ({"rises"}, lambda: Deadline(OPENING, -1, before=2)),
        ({"rises"}, lambda: Deadline(OPENING, 3651, before=2)),
        ({"value", "half_life"}, lambda: Decaying(-1, OPENING, 0)),
        ({"half_life"}, lambda: Decaying(1, OPENING, math.nan)),
        ({"start", "end"}, lambda: Seasonal(MonthDay(2, 30), MonthDay(13, 1), 5)),
        ({"inside", "outside"}, lambda: Seasonal(MonthDay(2, 1), MonthDay(3, 1), 11, -1)),
        ({"lead_in"}, lambda: Seasonal(MonthDay(2, 1), MonthDay(3, 1), 5, lead_in=366)),
    ],
)
def test_what_cannot_be_is_refused_by_field(fields: set[str], make: Callable[[], object]) -> None:
    with pytest.raises(Invalid) as refused:
        make()

    assert set(refused.value.fields) == fields


def test_every_kind_and_every_end_has_its_words() -> None:
    assert set(LABELS) == set(KINDS)
    assert set(AFTERWARDS) == set(Afterwards)


@given(PROFILES, DAYS)
def test_urgency_is_always_from_0_to_10_with_one_decimal(profile: Profile, day: dt.date) -> None:
    value = value_on(profile, day)

    assert 0 <= value <= 10
    assert value == round(value, 1)


@given(PROFILES, DAYS, st.integers(0, 120))
def test_a_curve_is_the_value_of_each_day(profile: Profile, first: dt.date, days: int) -> None:
    points = curve(profile, first, days)

    assert [day for day, _ in points] == [first + dt.timedelta(each) for each in range(days)]
    assert all(value == value_on(profile, day) for day, value in points)


@given(PROFILES, DAYS)
def test_the_next_change_is_the_first_day_that_differs(profile: Profile, day: dt.date) -> None:
    now, change = value_on(profile, day), next_change(profile, day)
    same_until = 800 if change is None else (change - day).days

    assert change is None or value_on(profile, change) != now
    assert {value for _, value in curve(profile, day, min(same_until, 800))} <= {now}


@given(DEADLINES, st.integers(0, 1000), st.integers(0, 200))
def test_urgency_never_falls_before_a_deadline(deadline: Deadline, left: int, further: int) -> None:
    nearer, earlier = deadline.day - dt.timedelta(left), deadline.day - dt.timedelta(left + further)

    assert value_on(deadline, earlier) <= value_on(deadline, nearer) <= deadline.at


@given(POINTS, DAYS, st.integers(1, 400), st.integers(0, 900))
def test_a_half_life_later_half_is_left(value: float, day: dt.date, half_life: int, elapsed: int) -> None:
    profile = Decaying(value, day, half_life)
    then = day + dt.timedelta(elapsed)

    assert profile.exactly_on(then + dt.timedelta(half_life)) == pytest.approx(profile.exactly_on(then) / 2)
    assert value_on(profile, then + dt.timedelta(half_life)) == pytest.approx(profile.exactly_on(then) / 2, abs=0.051)


@given(SEASONS, DAYS, st.integers(1, 30))
def test_a_season_repeats_every_year(season: Seasonal, day: dt.date, years: int) -> None:
    later = 4 * years if MonthDay.of(day) == (2, 29) else years

    assert value_on(season, day.replace(year=day.year + later)) == value_on(season, day)


@given(SEASONS, st.integers(1990, 2060))
def test_a_season_is_inside_on_as_many_days_as_its_window_has(season: Seasonal, year: int) -> None:
    days = [dt.date(year, 1, 1) + dt.timedelta(each) for each in range(366)]
    inside = sum(season.covers(day) for day in days if day.year == year)
    window = (season.end.ordinal - season.start.ordinal) % 366 + 1

    assert window - 1 <= inside <= window
