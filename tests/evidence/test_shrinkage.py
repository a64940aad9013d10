"""Shrinkage towards the common mean, against the reference values and by its laws."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.evidence.shrinkage import UNKNOWN_VARIANCE, answer_variances, p_below, shrink, shrink_sums
from backlog.evidence.statistics import LEAST_VARIANCE, Sums
from tests.importance.published import published

REFERENCE = [(5.0, 4.0), (40.0, 6.5), (200.0, 7.2), (12.0, 8.9)]
ITEMS = st.lists(st.tuples(st.floats(1, 5000), st.floats(0, 10)), min_size=1, max_size=30)


def test_the_reference_touchpoints_are_shrunken_as_documented() -> None:
    shrinkage = shrink(REFERENCE, 4)

    assert shrinkage.mu == pytest.approx(6.847, abs=5e-4)
    assert shrinkage.tau2 == pytest.approx(0.967, abs=5e-4)
    assert [item.value for item in shrinkage.items] == pytest.approx([5.289, 6.533, 7.193, 8.374], abs=5e-4)
    assert [item.b for item in shrinkage.items] == pytest.approx([0.4529, 0.0938, 0.0203, 0.2564], abs=1e-4)


def test_five_angry_answers_are_less_certain_than_two_hundred() -> None:
    five, _, two_hundred, _ = shrink(REFERENCE, 4).items

    assert five.posterior_sd == pytest.approx(0.707, abs=1e-3)
    assert two_hundred.posterior_sd == pytest.approx(0.140, abs=1e-3)
    assert 0.3 < p_below(five.value, five.posterior_sd, 5.0) < 0.4


def test_a_single_touchpoint_keeps_its_mean_and_its_own_error() -> None:
    (only,) = shrink([(25, 4.4)], 4).items

    assert only.value == pytest.approx(4.4)
    assert only.posterior_sd == pytest.approx(2 / 5)


def test_touchpoints_that_do_not_differ_share_the_common_mean_and_its_error() -> None:
    shrinkage = shrink([(50, 6.0), (50, 6.1), (100, 6.05)], 4)

    assert shrinkage.tau2 == 0
    assert [item.value for item in shrinkage.items] == pytest.approx([6.05] * 3)
    assert [item.posterior_sd for item in shrinkage.items] == pytest.approx([math.sqrt(4 / 200)] * 3)


def test_no_touchpoints_have_nothing_in_common() -> None:
    assert shrink([], 4).mu is None
    assert shrink_sums([]).items == ()


@pytest.mark.parametrize("n", [0, -1])
def test_a_touchpoint_without_answers_cannot_be_shrunken(n: float) -> None:
    with pytest.raises(ValueError, match="without answers"):
        shrink([(n, 5.0), (10, 6.0)], 4)


def test_sums_without_answers_cannot_be_shrunken_either() -> None:
    with pytest.raises(ValueError, match="without answers"):
        shrink_sums([Sums.of([4, 5]), Sums()])


def test_each_touchpoint_has_one_variance() -> None:
    with pytest.raises(ValueError, match="is shorter"):
        shrink(REFERENCE, [4.0])


def test_answers_without_spread_do_not_pass_for_certain() -> None:
    items = shrink([(4, 2.0), (4, 8.0)], 0).items

    assert all(item.posterior_sd >= math.sqrt(LEAST_VARIANCE / 4) * 0.9 for item in items)


@given(ITEMS, st.floats(0, 25))
def test_a_shrunken_score_lies_between_its_mean_and_the_common_one(
    items: list[tuple[float, float]], variance: float
) -> None:
    shrinkage = shrink(items, variance)

    assert shrinkage.mu is not None
    assert shrinkage.tau2 >= 0
    for (n, mean), item in zip(items, shrinkage.items, strict=True):
        low, high = sorted((mean, shrinkage.mu))
        assert low - 1e-9 <= item.value <= high + 1e-9
        assert 0 <= item.b <= 1
        assert 0 < item.posterior_sd <= math.sqrt(max(variance, LEAST_VARIANCE) / n) + 1e-9


@pytest.mark.parametrize("weights", [((0.3, 0.7), (0.3, 1.7)), ((0.1, 0.2), (0.7, 0.1), (1.1, 0.3))])
def test_rounding_leads_no_score_off_the_scale(weights: tuple[tuple[float, ...], ...]) -> None:
    best = [
        Sums(len(each), sum(each), sum(w * w for w in each), sum(10 * w for w in each), sum(100 * w for w in each))
        for each in weights
    ]

    found = shrink_sums(best)

    assert (found.mu, {each.value for each in found.items}) == (10, {10})


@given(ITEMS)
def test_the_order_of_touchpoints_does_not_matter(items: list[tuple[float, float]]) -> None:
    backwards = shrink(items[::-1], 4)

    assert [item.value for item in backwards.items[::-1]] == pytest.approx(
        [item.value for item in shrink(items, 4).items]
    )


def test_many_answers_speak_for_themselves_and_few_borrow_the_common_spread() -> None:
    many = Sums.of([5, 7] * 50)
    few = Sums.of([4, 4])

    own, pooled = answer_variances([many, few])

    assert own == many.variance
    assert pooled == pytest.approx((99 * (many.variance or 0) + 1 * 0) / 100)


def test_when_nobody_answered_twice_the_spread_is_that_of_the_whole_scale() -> None:
    assert answer_variances([Sums.of([3]), Sums.of([8])]) == [UNKNOWN_VARIANCE] * 2


def test_single_answers_are_drawn_together() -> None:
    one, other = shrink_sums([Sums.of([3]), Sums.of([8])]).items

    assert one.value == pytest.approx(5.5, abs=2)
    assert one.posterior_sd > 1.5
    assert other.posterior_sd > 1.5


def test_weighted_answers_count_by_their_effective_number() -> None:
    plain = [published(100, mean, 2) for mean in (5.0, 6.0, 8.0)]
    weighted = Sums(100, 100, 400, 500, 2500 + 24 * 16)  # Kish: 25 answers; variance 4
    assert weighted.variance == pytest.approx(4)

    expected = shrink([(25, 5.0), (100, 5.0), (100, 6.0), (100, 8.0)], 4).items

    assert [item.b for item in shrink_sums([weighted, *plain]).items] == pytest.approx([item.b for item in expected])


@pytest.mark.parametrize(
    ("value", "sd", "p"), [(5.0, 1.0, 0.5), (4.0, 1.0, 0.8413), (6.96, 1.0, 0.025), (4.9, 0.0, 1.0), (5.0, 0.0, 0.0)]
)
def test_the_probability_of_being_below_is_normal(value: float, sd: float, p: float) -> None:
    assert p_below(value, sd, 5.0) == pytest.approx(p, abs=1e-4)
