"""What counted answers say about touchpoints, held to the reference values of the scoring paper."""

import datetime as dt

import pytest

from backlog.evidence.estimates import (
    Answers,
    Period,
    Window,
    bins,
    estimates,
    months_later,
    period_of,
    promoters,
    trend,
)
from backlog.evidence.statistics import Scale, Sums
from tests.importance.published import published

ONE_TO_FIVE = Scale(1, 5)


def counted(counts: dict[float, int]) -> Answers:
    values = [value for value, n in counts.items() for _ in range(n)]
    return Answers(Sums.of(values), counts)


def summary(n: int, mean: float) -> Answers:
    return Answers(published(n, mean, 2.0))


def test_four_touchpoints_are_shrunk_to_the_published_values() -> None:
    answers = {1: summary(5, 4.0), 2: summary(40, 6.5), 3: summary(200, 7.2), 4: summary(12, 8.9)}

    found = estimates(answers, scale=ONE_TO_FIVE, thresholds=dict.fromkeys(answers, 5.0))

    assert [round(each.shrunken, 3) for each in found.values()] == [5.289, 6.533, 7.193, 8.374]
    assert {round(each.common, 3) for each in found.values()} == {6.847}


def test_five_angry_answers_do_not_make_a_touchpoint_low_but_two_hundred_do() -> None:
    others = {2: summary(40, 6.5), 3: summary(200, 7.2), 4: summary(12, 8.9)}
    thresholds = dict.fromkeys((1, *others), 5.0)

    angry = estimates({1: summary(5, 4.0), **others}, scale=ONE_TO_FIVE, thresholds=thresholds)
    low = estimates({1: summary(200, 4.0), **others}, scale=ONE_TO_FIVE, thresholds=thresholds)

    assert angry[1].p_below < 0.8
    assert low[1].p_below > 0.99


def test_a_target_of_its_own_moves_only_that_touchpoint() -> None:
    answers = {1: summary(200, 6.8), 2: summary(200, 6.8)}

    found = estimates(answers, scale=ONE_TO_FIVE, thresholds={1: 5.0, 2: 7.2})

    assert found[1].p_below < 0.01
    assert found[2].p_below > 0.99


def test_a_single_touchpoint_keeps_its_own_mean() -> None:
    found = estimates({1: counted({2.5: 10, 5.0: 20})}, scale=ONE_TO_FIVE, thresholds={1: 5.0})

    assert found[1].shrunken == pytest.approx(found[1].value)


def test_one_answer_has_no_interval_and_is_few() -> None:
    found = estimates({1: counted({7.5: 1})}, scale=ONE_TO_FIVE, thresholds={1: 5.0})

    assert (found[1].low, found[1].high, found[1].is_few) == (None, None, True)


def test_answers_that_all_weigh_nothing_are_no_score() -> None:
    nothing = Answers(Sums.of([5.0, 7.5], [0.0, 0.0]), {5.0: 1, 7.5: 1})

    assert estimates({1: nothing}, scale=ONE_TO_FIVE, thresholds={1: 5.0}) == {}


def test_a_fall_is_told_with_its_noise() -> None:
    before, after = {1: counted({5.0: 100, 10.0: 100})}, {1: counted({2.5: 100, 7.5: 100})}

    change = estimates(after, scale=ONE_TO_FIVE, thresholds={1: 5.0}, before=before)[1].change

    assert change is not None
    assert change.difference == pytest.approx(-2.5)
    assert change.z < -5


def test_bins_carry_the_answers_as_printed_also_where_nobody_gave_one() -> None:
    found = bins({10.0: 3, 5.0: 1}, ONE_TO_FIVE)

    assert [(each.label, each.n) for each in found] == [("1", 0), ("2", 0), ("3", 1), ("4", 0), ("5", 3)]


def test_bins_of_a_reversed_scale_stand_under_the_answer_given() -> None:
    found = bins({10.0: 3}, Scale(1, 6, reversed=True))

    assert found[0].n == 3


def test_long_scales_are_cut_into_ten_parts() -> None:
    found = bins({10.0: 2, 9.9: 1, 0.0: 4}, Scale(0, 100))

    assert len(found) == 10
    assert (found[0].n, found[-1].n, found[-1].label) == (4, 3, "90–100")


def test_promoters_are_nine_and_ten_and_detractors_up_to_six() -> None:
    score = promoters({10.0: 10, 9.0: 5, 8.0: 10, 6.0: 5})

    assert score is not None
    assert (round(score.raw, 1), round(score.estimate, 1)) == (33.3, 30.3)
    assert (round(score.low, 1), round(score.high, 1)) == (4.8, 55.8)


MAYS = [dt.date(year, 5, 1) for year in range(2013, 2019)]


@pytest.mark.parametrize(
    ("months", "period"),
    [
        (MAYS, Period.YEAR),
        ([months_later(dt.date(2017, 1, 1), k) for k in range(18)], Period.MONTH),
        ([months_later(dt.date(2015, 1, 1), k) for k in range(36)], Period.QUARTER),
        ([months_later(dt.date(2001, 1, 1), k) for k in range(200)], Period.YEAR),
        ([dt.date(2018, 5, 1)], Period.YEAR),
        ([], Period.YEAR),
    ],
)
def test_a_trend_runs_by_the_finest_period_that_the_data_fill(months: list[dt.date], period: Period) -> None:
    assert period_of(months) is period


def test_late_answers_join_the_last_full_period_of_a_trend() -> None:
    survey, late = Answers(published(2000, 6.5, 2.0)), Answers(published(3, 10.0, 0.0))
    months = {dt.date(2017, 5, 1): survey, dt.date(2018, 5, 1): survey, dt.date(2019, 6, 1): late}

    points = trend(months)

    assert [(point.first, point.month, point.n) for point in points] == [
        (dt.date(2017, 5, 1), dt.date(2017, 5, 1), 2000),
        (dt.date(2018, 5, 1), dt.date(2019, 6, 1), 2003),
    ]
    assert [point.n for point in trend(dict.fromkeys(months, late))] == [3, 3, 3]


def test_one_survey_a_year_is_one_point_a_year_with_its_interval() -> None:
    points = trend({month: counted({5.0: 10, 7.5: 30}) for month in MAYS})

    assert [point.month for point in points] == MAYS
    assert all(point.n == 40 and point.low is not None for point in points)


def test_a_window_of_twelve_months_ends_with_the_latest_and_looks_back_as_far_again() -> None:
    window = Window.ending(dt.date(2018, 5, 1), 12)

    assert (window.since, window.before) == (dt.date(2017, 6, 1), dt.date(2016, 6, 1))
    assert window.last_day == dt.date(2018, 5, 31)
