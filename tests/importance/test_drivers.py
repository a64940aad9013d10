"""What customers recommend us for, from what they answered, and how surely."""

import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backlog.importance.correlations import correlations, moments
from backlog.importance.driver_samples import NotDerivable, Sample
from backlog.importance.drivers import Derived, _interval, derive
from tests.importance.airports import Floats, passengers
from tests.importance.lmg import lmg, r_squared, r_squared_of_subsets

NAN = np.nan
NAMES = ("Security", "Food", "Gates", "Art")
EFFECTS = (1.0, 0.5, 0.25, 0.0)
QUICK = 60  # resamples, where the interval is not what is looked at


def surveyed(n: int = 400, asked: float = 1.0, seed: int = 7) -> Sample:
    return Sample.of(NAMES, *passengers(n, EFFECTS, asked=asked, seed=seed))


def weights_of(derived: Derived) -> list[float]:
    return [each.weight for each in derived.drivers]


def test_what_matters_more_weighs_more() -> None:
    derived = derive(surveyed(1500))

    assert [each.name for each in derived.drivers] == list(NAMES)
    assert weights_of(derived) == sorted(weights_of(derived), reverse=True)
    assert derived.drivers[0].share_interval[0] > derived.drivers[1].share_interval[1]
    assert derived.n == 1500
    assert derived.shrunken == 0


def test_complete_answers_are_weighted_as_lmg_nearly_does() -> None:
    answers, outcome = passengers(400, EFFECTS)
    found = correlations(moments(np.column_stack([answers, outcome]), np.ones(400)))
    shares = lmg(r_squared_of_subsets(found[:-1, :-1], found[:-1, -1]))

    derived = derive(surveyed(), resamples=QUICK)

    assert weights_of(derived) == pytest.approx([shares[at] for at in range(4)], abs=0.01)
    assert derived.r_squared == pytest.approx(r_squared(found[:-1, :-1], found[:-1, -1]))


def test_touchpoints_people_skipped_are_missing_and_not_zero() -> None:
    complete, skipped = derive(surveyed(6000), resamples=QUICK), derive(surveyed(6000, asked=0.5), resamples=QUICK)
    answers, outcome = passengers(6000, EFFECTS, asked=0.5)
    as_zero = derive(Sample.of(NAMES, np.nan_to_num(answers), outcome), resamples=QUICK)

    assert weights_of(skipped) == pytest.approx(weights_of(complete), abs=0.03)
    assert as_zero.r_squared < complete.r_squared - 0.1
    assert 2900 < skipped.drivers[0].n < 3100


def test_the_same_seed_gives_the_same_intervals() -> None:
    assert derive(surveyed(), seed=3) == derive(surveyed(), seed=3)
    assert derive(surveyed(), seed=3) != derive(surveyed(), seed=4)


def test_more_answers_give_narrower_intervals_also_when_groups_are_resampled() -> None:
    widths = []
    for n in (150, 450, 1350, 4050):
        low, high = derive(surveyed(n)).drivers[0].share_interval
        widths.append(high - low)

    assert all(0.4 < later / earlier < 0.8 for earlier, later in itertools.pairwise(widths))  # 1/sqrt(3) = 0.58


def test_intervals_contain_what_is_true_about_as_often_as_they_say() -> None:
    truth = derive(surveyed(200_000), resamples=1).drivers[0].share
    intervals = [derive(surveyed(300, seed=seed), resamples=150).drivers[0].share_interval for seed in range(40)]
    covered = sum(low <= truth <= high for low, high in intervals) / len(intervals)

    assert covered > 0.84  # of 0.95, less three standard errors of 40 surveys


def test_a_weight_of_two_is_the_same_customer_twice() -> None:
    answers, outcome = passengers(200, EFFECTS, asked=0.8)
    weights = np.where(np.arange(200) < 50, 2.0, 1.0)
    twice = Sample.of(NAMES, np.vstack([answers, answers[:50]]), np.append(outcome, outcome[:50]))

    weighted = derive(Sample.of(NAMES, answers, outcome, weights), resamples=QUICK)

    assert weights_of(weighted) == pytest.approx(weights_of(derive(twice, resamples=QUICK)))
    assert weighted.n == 200


def test_intervals_are_of_the_weighted_answers() -> None:
    some, others = passengers(300, (1.0, 0.0), seed=1), passengers(300, (0.0, 1.0), seed=2)
    both, outcome = np.vstack([some[0], others[0]]), np.append(some[1], others[1])
    weights = np.repeat([9.0, 1.0], 300)

    security = derive(Sample.of(NAMES[:2], both, outcome, weights)).drivers[0]
    low, high = security.share_interval

    assert (low + high) / 2 == pytest.approx(security.share, abs=(high - low) / 8)


def test_groups_are_made_at_random_whatever_the_order_of_the_file() -> None:
    answers, outcome = passengers(500, EFFECTS)
    copies = Sample.of(NAMES, np.tile(answers, (10, 1)), np.tile(outcome, 10))
    ten_times, once = (derive(each).drivers[0].share_interval for each in (copies, surveyed(500)))

    assert (ten_times[1] - ten_times[0]) / (once[1] - once[0]) == pytest.approx(10**-0.5, rel=0.25)


def test_an_interval_holds_the_weight_itself_also_next_to_nothing() -> None:
    drawn = np.linspace(0.01, 0.02, 101)

    assert _interval(drawn, 0.001) == pytest.approx((0.001, 0.01975))
    assert _interval(drawn, 0.015) == pytest.approx((0.01025, 0.01975))


def test_the_unit_of_weights_does_not_count() -> None:
    answers, outcome = passengers(200, EFFECTS)
    weights = 1 + np.arange(200) % 3

    one, other = (derive(Sample.of(NAMES, answers, outcome, weights * factor), resamples=QUICK) for factor in (1, 1000))

    assert weights_of(one) == pytest.approx(weights_of(other))


def test_a_touchpoint_always_answered_alike_weighs_nothing() -> None:
    answers, outcome = passengers(200, EFFECTS)
    answers[:, 1] = 7.3

    alike = derive(Sample.of(NAMES, answers, outcome)).drivers[1]

    assert (alike.correlation, alike.weight, alike.share) == pytest.approx((0, 0, 0), abs=1e-12)
    assert alike.share_interval == pytest.approx((0, 0), abs=1e-12)


def test_the_direction_is_in_the_correlation() -> None:
    answers, outcome = passengers(200, (1.0, 0.0))

    assert derive(Sample.of(NAMES[:2], -answers, outcome), resamples=QUICK).drivers[0].correlation < -0.3


def test_two_questions_that_are_the_same_share_evenly() -> None:
    answers, outcome = passengers(200, (1.0,))

    derived = derive(Sample.of(NAMES[:2], np.hstack([answers, answers]), outcome), resamples=QUICK)
    one, other = derived.drivers

    assert derived.shrunken == 0  # complete answers fit together
    assert derived.r_squared == pytest.approx(one.correlation**2)
    assert one.weight == pytest.approx(other.weight)
    assert one.share == pytest.approx(0.5)


def test_answers_that_overlap_too_little_are_refused() -> None:
    """A and B agree where both were asked, so do B and C, and A and C are opposed: no customer can be like that."""
    first, noise = np.random.default_rng(5).normal(size=(2, 300))
    answers = np.full((300, 3), NAN)
    answers[:100, 0], answers[:100, 1] = first[:100], first[:100]
    answers[100:200, 1], answers[100:200, 2] = first[100:200], first[100:200]
    answers[200:, 0], answers[200:, 2] = first[200:], -first[200:]

    with pytest.raises(NotDerivable, match="to compare these"):
        derive(Sample.of(NAMES[:3], answers, noise))


def test_too_few_answers_are_refused_by_name() -> None:
    with pytest.raises(NotDerivable) as refused:
        derive(surveyed(59))

    assert refused.value.drivers == NAMES


def test_an_interval_needs_resamples() -> None:
    with pytest.raises(ValueError, match="resamples"):
        derive(surveyed(), resamples=0)


def test_a_large_survey_takes_hardly_longer() -> None:
    started = time.perf_counter()
    derive(Sample.of([str(at) for at in range(12)], *passengers(30_000, (0.3,) * 12, asked=0.6)))

    assert time.perf_counter() - started < 10  # about 0.4 s when the machine is idle


@settings(max_examples=25)
@given(st.integers(80, 700), st.floats(0.8, 1), st.integers(0, 999))
def test_weights_add_up_and_shares_lie_in_their_intervals(n: int, asked: float, seed: int) -> None:
    try:
        derived = derive(surveyed(n, asked, seed), resamples=QUICK, seed=seed)
    except NotDerivable:
        return

    assert sum(weights_of(derived)) == pytest.approx(derived.r_squared)
    assert 0 <= derived.r_squared <= 1
    assert sum(each.share for each in derived.drivers) == pytest.approx(1)
    for each in derived.drivers:
        assert 0 <= each.share_interval[0] <= each.share <= each.share_interval[1] <= 1


def test_answers_may_be_lists() -> None:
    answers, outcome = passengers(60, EFFECTS)
    listed: list[list[float]] = answers.tolist()
    flat: Floats = outcome

    assert derive(Sample.of(NAMES, listed, flat.tolist()), resamples=QUICK).n == 60
