"""Scales, sums, intervals, shares and changes, against published values and by their laws."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.evidence.statistics import (
    PromoterScore,
    Scale,
    Share,
    Sums,
    change,
    interval,
    nps,
    top_box,
    wilson,
)
from backlog.evidence.student import t_quantile, t_tail
from tests.importance.published import published

FIVE_POINTS = Scale(1, 5)
ANSWERS = st.lists(st.floats(0, 10), min_size=1, max_size=40)
WEIGHTS = st.floats(0.01, 20)
WEIGHTED = st.lists(st.tuples(st.floats(0, 10), WEIGHTS), min_size=2, max_size=40)


@pytest.mark.parametrize(("answer", "value"), [(1, 0), (2, 2.5), (3, 5), (4, 7.5), (5, 10)])
def test_a_five_point_scale_maps_to_0_to_10(answer: float, value: float) -> None:
    assert FIVE_POINTS.to_ten(answer) == value
    assert FIVE_POINTS.from_ten(value) == answer


def test_a_scale_where_low_is_good_is_reversed() -> None:
    school_grades = Scale(1, 6, reversed=True)

    assert [school_grades.to_ten(grade) for grade in (1, 2, 6)] == [10, 8, 0]
    assert school_grades.from_ten(8) == 2


def test_values_are_kept_to_four_decimals() -> None:
    assert Scale(1, 7).to_ten(2) == 1.6667


@pytest.mark.parametrize("answer", [0, 6, -1, math.nan, math.inf])
def test_an_answer_off_the_scale_is_refused(answer: float) -> None:
    with pytest.raises(ValueError, match="not on the scale from 1 to 5"):
        FIVE_POINTS.to_ten(answer)


@pytest.mark.parametrize("value", [-0.1, 10.1, math.nan])
def test_a_value_off_0_to_10_stands_for_no_answer(value: float) -> None:
    with pytest.raises(ValueError, match="not between 0 and 10"):
        FIVE_POINTS.from_ten(value)


@pytest.mark.parametrize(("low", "high"), [(5, 1), (3, 3), (0, math.inf), (math.nan, 5)])
def test_a_scale_runs_upwards(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="from a lower to a higher number"):
        Scale(low, high)


@given(st.integers(-20, 20), st.integers(1, 1000), st.data(), st.booleans())
def test_every_whole_answer_survives_the_way_to_0_to_10_and_back(
    low: int, span: int, data: st.DataObject, is_reversed: bool
) -> None:
    scale = Scale(low, low + span, is_reversed)
    answer = data.draw(st.integers(low, low + span))

    assert scale.from_ten(scale.to_ten(answer)) == answer


@given(st.floats(1, 5), st.floats(1, 5))
def test_a_better_answer_never_maps_lower(one: float, other: float) -> None:
    worse, better = sorted((one, other))

    assert 0 <= FIVE_POINTS.to_ten(worse) <= FIVE_POINTS.to_ten(better) <= 10


def test_weighted_answers_have_a_weighted_mean_and_fewer_effective_answers() -> None:
    sums = Sums.of([10, 5, 0], weights=[2, 1, 1])

    assert sums.mean == 6.25
    assert sums.effective_n == pytest.approx(16 / 6)


def test_unweighted_answers_have_the_usual_variance() -> None:
    sums = Sums.of([2, 4, 4, 4, 5, 5, 7, 9])

    assert sums.mean == 5
    assert sums.variance == pytest.approx(32 / 7)
    assert sums.deviation == pytest.approx(math.sqrt(32 / 7))
    assert sums.standard_error == pytest.approx(math.sqrt(32 / 7 / 8))


@pytest.mark.parametrize("sums", [Sums(), Sums.of([]), Sums.of([4, 7], weights=[0, 0])])
def test_without_answers_that_count_nothing_is_known(sums: Sums) -> None:
    assert sums.mean is None
    assert sums.variance is None
    assert sums.deviation is None
    assert sums.standard_error is None
    assert sums.effective_n == 0
    assert interval(sums) is None


def test_an_answer_without_weight_does_not_make_a_spread() -> None:
    assert Sums.of([4, 7], weights=[1, 0]).variance is None


def test_the_mean_of_the_best_answers_is_not_above_the_scale() -> None:
    assert Sums(n=3, weight=0.3, weight_squared=0.03, total=3.0000000000000013, total_squared=30).mean == 10


def test_equal_weights_are_not_more_answers_than_were_given() -> None:
    assert Sums.of([4, 7, 9], weights=[0.1, 0.1, 0.1]).effective_n == 3


def test_negative_weights_are_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        Sums.of([4, 7], weights=[1, -1])


def test_each_answer_has_one_weight() -> None:
    with pytest.raises(ValueError, match="argument 2 is longer"):
        Sums.of([4, 7], weights=[1])


@given(WEIGHTED, WEIGHTED)
def test_sums_of_two_months_are_the_sums_of_their_answers(
    may: list[tuple[float, float]], june: list[tuple[float, float]]
) -> None:
    both = Sums.of(*zip(*(may + june), strict=True))

    added = Sums.of(*zip(*may, strict=True)) + Sums.of(*zip(*june, strict=True))

    assert added.n == both.n
    assert added.mean == pytest.approx(both.mean)
    assert added.variance == pytest.approx(both.variance, abs=1e-8)


@given(WEIGHTED)
def test_the_variance_is_never_negative_and_the_mean_within_the_answers(answers: list[tuple[float, float]]) -> None:
    sums = Sums.of(*zip(*answers, strict=True))
    values = [value for value, _ in answers]

    assert sums.mean is not None
    assert min(values) - 1e-9 <= sums.mean <= max(values) + 1e-9
    assert sums.variance is None or sums.variance >= 0
    assert 1 - 1e-9 <= sums.effective_n <= sums.n


@given(WEIGHTED, st.floats(0.001, 1000))
def test_the_unit_of_the_weights_does_not_matter(answers: list[tuple[float, float]], unit: float) -> None:
    values, weights = zip(*answers, strict=True)

    one, other = Sums.of(values, weights), Sums.of(values, [unit * weight for weight in weights])

    assert one.mean == pytest.approx(other.mean, abs=1e-9)
    assert one.effective_n == pytest.approx(other.effective_n)
    assert one.standard_error == pytest.approx(other.standard_error, abs=1e-6)


def test_a_million_equal_answers_have_no_variance() -> None:
    third = Sums(10**6, 1e6, 1e6, 1e6 * 3.3333, 1e6 * 3.3333**2)

    assert third.variance == 0


@pytest.mark.parametrize(
    ("df", "quantile"),
    [
        (1, 12.7062),
        (2, 4.3027),
        (3, 3.1824),
        (4, 2.7764),
        (10, 2.2281),
        (30, 2.0423),
        (120, 1.9799),
        (1000, 1.9623),
        (1e9, 1.95996),
    ],
)
def test_t_quantiles_are_those_of_the_published_tables(df: float, quantile: float) -> None:
    assert t_quantile(0.975, df) == pytest.approx(quantile, abs=5.1e-5)


@pytest.mark.parametrize(("p", "df", "quantile"), [(0.9, 5, 1.4759), (0.995, 2, 9.9248), (0.95, 20, 1.7247)])
def test_other_t_quantiles_are_those_of_the_tables_too(p: float, df: float, quantile: float) -> None:
    assert t_quantile(p, df) == pytest.approx(quantile, abs=5.1e-5)
    assert t_quantile(1 - p, df) == pytest.approx(-quantile, abs=5.1e-5)


def test_the_middle_of_t_is_0() -> None:
    assert t_quantile(0.5, 7.3) == 0
    assert t_tail(0, 7.3) == pytest.approx(0.5)


@given(st.floats(0.06, 400), st.floats(1.001, 2))
def test_t_quantiles_fall_steadily_with_fractional_degrees_of_freedom(df: float, factor: float) -> None:
    assert t_quantile(0.975, df) > t_quantile(0.975, df * factor) > 1.9599


@given(st.floats(0.1, 1e5), st.floats(0.51, 0.9999))
def test_the_tail_above_a_t_quantile_is_what_was_asked_for(df: float, p: float) -> None:
    assert t_tail(t_quantile(p, df), df) == pytest.approx(1 - p, rel=1e-6)


def test_both_ways_to_a_t_quantile_meet() -> None:
    assert t_quantile(0.975, 200.0) == pytest.approx(t_quantile(0.975, 200.0000001), rel=1e-8)


@pytest.mark.parametrize(("p", "df"), [(0, 5), (1, 5), (0.975, 0), (0.975, -1), (0.975, math.nan)])
def test_t_quantiles_without_meaning_are_refused(p: float, df: float) -> None:
    with pytest.raises(ValueError, match=r"lies between 0 and 1|are above 0"):
        t_quantile(p, df)


def test_with_endless_degrees_of_freedom_t_is_normal() -> None:
    assert t_tail(1.959964, 1e13) == pytest.approx(0.025, rel=1e-5)


def test_nothing_lies_beyond_infinity() -> None:
    assert t_tail(math.inf, 3) == 0
    assert t_tail(-math.inf, 3) == 1


def test_the_interval_of_a_mean_is_by_student() -> None:
    bounds = interval(Sums.of([4, 5, 6, 7, 8]))

    assert bounds == pytest.approx((6 - 2.7764 * math.sqrt(2.5 / 5), 6 + 2.7764 * math.sqrt(2.5 / 5)), abs=1e-3)


def test_the_interval_of_a_weighted_mean_has_the_degrees_of_freedom_of_its_effective_answers() -> None:
    sums = Sums.of([4, 5, 6, 7], weights=[2, 1, 1, 1])  # Kish: 25 / 7 answers, so t(.975, 2.571) = 3.5046
    assert sums.mean == pytest.approx(5.2)
    assert sums.variance == pytest.approx((142 - 26**2 / 5) / (5 - 7 / 5))

    bounds = interval(sums)

    error = math.sqrt((142 - 26**2 / 5) / (5 - 7 / 5) / (25 / 7))
    assert bounds == pytest.approx((5.2 - 3.5046 * error, 5.2 + 3.5046 * error), abs=1e-4)


def test_one_answer_has_no_interval() -> None:
    assert interval(Sums.of([7])) is None


def test_an_interval_stays_on_the_scale() -> None:
    assert interval(Sums.of([0, 10])) == (0, 10)


def test_two_answers_of_very_unequal_weight_say_next_to_nothing() -> None:
    assert interval(Sums.of([4, 6], weights=[1, 0.001])) == (0, 10)


@given(WEIGHTED)
def test_an_interval_holds_its_mean(answers: list[tuple[float, float]]) -> None:
    sums = Sums.of(*zip(*answers, strict=True))

    bounds = interval(sums)

    if bounds is not None:
        assert sums.mean is not None
        assert 0 <= bounds[0] <= sums.mean <= bounds[1] <= 10


@given(st.lists(st.floats(0, 10), min_size=2, max_size=20))
def test_four_times_the_same_answers_make_the_interval_narrower(answers: list[float]) -> None:
    few, many = interval(Sums.of(answers)), interval(Sums.of(answers * 4))

    assert few is not None
    assert many is not None
    assert many[1] - many[0] <= few[1] - few[0] + 1e-9


def test_seven_of_ten_is_the_reference_share() -> None:
    assert wilson(7, 10) == pytest.approx((0.3968, 0.8922), abs=5e-5)


def test_no_answers_have_no_share() -> None:
    assert wilson(0, 0) is None


@pytest.mark.parametrize(("successes", "n"), [(3, 2), (-1, 2)])
def test_more_successes_than_answers_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="is not a share"):
        wilson(successes, n)


@given(st.integers(1, 100_000), st.data())
def test_the_interval_of_a_share_holds_it(n: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, n))

    bounds = wilson(successes, n)

    assert bounds is not None
    assert 0 <= bounds[0] <= successes / n <= bounds[1] <= 1
    assert bounds[0] < bounds[1]


def test_the_net_promoter_score_is_the_reference_one() -> None:
    score = nps(15, 5, 30)

    assert score is not None
    assert (score.raw, score.estimate, score.low, score.high) == pytest.approx((33.3, 30.3, 4.8, 55.8), abs=0.05)


def test_no_answers_have_no_net_promoter_score() -> None:
    assert nps(0, 0, 0) is None


@pytest.mark.parametrize(("promoters", "detractors"), [(20, 11), (-1, 0), (0, -1)])
def test_promoters_and_detractors_are_part_of_the_answers(promoters: int, detractors: int) -> None:
    with pytest.raises(ValueError, match="are not part of 30 answers"):
        nps(promoters, detractors, 30)


@given(st.integers(1, 5000), st.data())
def test_a_net_promoter_score_stays_between_minus_100_and_100(n: int, data: st.DataObject) -> None:
    promoters = data.draw(st.integers(0, n))
    detractors = data.draw(st.integers(0, n - promoters))

    score, mirrored = nps(promoters, detractors, n), nps(detractors, promoters, n)

    assert isinstance(score, PromoterScore)
    assert isinstance(mirrored, PromoterScore)
    assert -100 <= score.low <= score.estimate <= score.high <= 100
    assert score.estimate == pytest.approx(-mirrored.estimate)


def test_top_two_of_five_are_the_fours_and_fives() -> None:
    counts = {0.0: 5, 2.5: 5, 5.0: 20, 7.5: 40, 10.0: 30}

    assert top_box(counts, FIVE_POINTS) == Share(70, 100, 0.7, *(wilson(70, 100) or ()))


def test_boxes_are_those_of_the_scale_not_of_the_answers_that_occur() -> None:
    nobody_answered_five = {5.0: 10, 7.5: 10}

    best = top_box(nobody_answered_five, FIVE_POINTS)

    assert best is not None
    assert best.value == 0.5


@pytest.mark.parametrize(
    ("scale", "answers", "share"),
    [
        (Scale(1, 7), [5, 6, 7], 2 / 3),
        (Scale(0, 10), [8, 9, 10], 2 / 3),
        (Scale(0, 100), [89, 90, 95, 100], 3 / 4),
        (Scale(1, 5, reversed=True), [1, 2, 3, 4], 1 / 2),
    ],
)
def test_top_two_follow_the_steps_of_each_scale(scale: Scale, answers: list[int], share: float) -> None:
    best = top_box({scale.to_ten(answer): 1 for answer in answers}, scale)

    assert best is not None
    assert best.value == pytest.approx(share)


def test_a_single_top_box_is_the_best_answer_alone() -> None:
    best = top_box({7.5: 3, 10.0: 1}, FIVE_POINTS, top=1)

    assert best is not None
    assert best.count == 1


def test_no_answers_have_no_top_box() -> None:
    assert top_box({}, FIVE_POINTS) is None


def test_a_change_between_large_surveys_is_the_difference_over_its_error() -> None:
    before, after = published(400, 7.2, 2.0), published(400, 6.8, 2.0)

    moved = change(before, after)

    assert moved is not None
    assert moved.before == pytest.approx(7.2)
    assert moved.after == pytest.approx(6.8)
    assert moved.difference == pytest.approx(-0.4)
    assert moved.standard_error == pytest.approx(math.sqrt(4 / 400 + 4 / 400))
    assert moved.z == pytest.approx(-2.83, abs=0.02)
    assert moved.p == pytest.approx(0.0048, abs=2e-4)


def test_welch_on_a_published_example_with_unequal_variances() -> None:
    # NIST/SEMATECH e-Handbook 1.3.5.3, car mileage: t = 12.946 at 136.875 degrees of freedom; scaled here to 0-10.
    american, japanese = published(249, 20.14458 / 10, 6.41470 / 10), published(79, 30.48101 / 10, 0.610771)

    moved = change(american, japanese)

    assert moved is not None
    assert moved.difference / moved.standard_error == pytest.approx(12.946, abs=0.005)


def test_a_few_answers_need_more_than_1_96_errors() -> None:
    moved = change(Sums.of([7, 8, 6]), Sums.of([4, 6, 5]))

    assert moved is not None
    assert moved.difference / moved.standard_error < -1.96
    assert moved.z > -1.96
    assert moved.p > 0.05


def test_equal_answers_are_not_taken_for_certainty() -> None:
    moved = change(Sums.of([8, 8]), Sums.of([7.5, 7.5]))

    assert moved is not None
    assert moved.p > 0.3


def test_one_answer_shows_no_change() -> None:
    assert change(Sums.of([8]), Sums.of([4, 5])) is None
    assert change(Sums.of([4, 5]), Sums()) is None


def test_a_change_beyond_any_doubt_has_a_finite_deviate() -> None:
    moved = change(published(10**7, 9, 1), published(10**7, 2, 1))

    assert moved is not None
    assert moved.p == 0
    assert moved.z < -37


@given(WEIGHTED, WEIGHTED)
def test_a_change_backwards_is_the_opposite(may: list[tuple[float, float]], june: list[tuple[float, float]]) -> None:
    before, after = Sums.of(*zip(*may, strict=True)), Sums.of(*zip(*june, strict=True))

    there, back = change(before, after), change(after, before)

    if there is None or back is None:
        assert there is back
    else:
        assert there.difference == -back.difference
        assert there.z == pytest.approx(-back.z, abs=1e-6)
        assert 0 <= there.p <= 1 + 1e-9
