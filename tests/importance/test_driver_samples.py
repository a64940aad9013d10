"""Whether enough customers answered to compare touchpoints as drivers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.importance.driver_samples import DRIVERS_MOST, NotDerivable, Sample, check, derivable
from tests.importance.airports import Floats, passengers

NAN = np.nan
NAMES = ("Security", "Food", "Gates")


def sample_of(*answered: int, respondents: int = 60) -> Sample:
    """Three touchpoints, or fewer: the first so many respondents answered about each."""
    answers, outcome = passengers(respondents, (1.0,) * len(answered))
    for at, n in enumerate(answered):
        answers[n:, at] = NAN
    return Sample.of(NAMES[: len(answered)], answers, outcome)


def refusal(sample: Sample) -> NotDerivable:
    with pytest.raises(NotDerivable) as refused:
        check(sample)
    return refused.value


def test_fifteen_answers_per_driver_are_enough() -> None:
    check(sample_of(45, 45, 45))
    check(sample_of(15))


def test_a_touchpoint_with_fewer_is_named() -> None:
    refused = refusal(sample_of(44, 45, 20))

    assert refused.drivers == ("Security", "Gates")
    assert str(refused) == (
        "Each touchpoint needs 45 answers, 15 for every one compared. Too few: Security (44), Gates (20)."
    )


def test_answers_without_an_outcome_do_not_count() -> None:
    answers, outcome = passengers(15, (1.0,))
    outcome[0] = NAN

    assert refusal(Sample.of(["Security"], answers, outcome)).drivers == ("Security",)


def test_answers_without_weight_do_not_count_and_uneven_weights_count_less() -> None:
    answers, outcome = passengers(20, (1.0,))
    none, uneven = np.ones(20), np.ones(20)
    none[:6] = 0
    uneven[:6] = 5

    assert "Security (14)" in str(refusal(Sample.of(["Security"], answers, outcome, none)))
    assert "Security (11)" in str(refusal(Sample.of(["Security"], answers, outcome, uneven)))


def test_touchpoints_that_few_meet_both_of_cannot_be_compared() -> None:
    answers, outcome = passengers(120, (1.0, 1.0, 1.0))
    answers[:50, 1], answers[64:, 0] = NAN, NAN

    refused = refusal(Sample.of(NAMES, answers, outcome))

    assert refused.drivers == ("Security", "Food")
    assert str(refused) == "Fewer than 15 customers answered about both: Security + Food."


def test_only_a_few_pairs_are_listed() -> None:
    answers = np.full((700, 6), NAN)
    for at in range(6):
        answers[100 * at : 100 * at + 100, at] = np.arange(100) % 11

    refused = refusal(Sample.of(list("ABCDEF"), answers, np.arange(700) % 7))

    assert str(refused).endswith("A + B; A + C; A + D; A + E; A + F; ….")
    assert refused.drivers == tuple("ABCDEF")


def test_an_outcome_always_the_same_has_nothing_to_explain() -> None:
    answers, outcome = passengers(60, (1.0,))

    assert "nothing to explain" in str(refusal(Sample.of(["Security"], answers, np.full_like(outcome, 7.5))))


def test_no_touchpoint_and_too_many_are_refused() -> None:
    many = DRIVERS_MOST + 1

    assert "No touchpoint" in str(refusal(Sample.of([], np.empty((9, 0)), np.arange(9))))
    assert "At most 40" in str(refusal(Sample.of(["?"] * many, np.ones((9, many)), np.arange(9))))


@pytest.mark.parametrize(
    ("answers", "outcome", "weights", "why"),
    [
        ([[1, 2, 3]], [1, 2], None, "do not fit"),
        ([[1, 2]], [1], None, "do not fit"),
        ([[1, 2, 3]], [1], [1, 1], "do not fit"),
        ([[1, 2, np.inf]], [1], None, "a number"),
        ([[1, 2, 3]], [np.inf], None, "a number"),
        ([[1, 2, 3]], [1], [-1], "0 or more"),
        ([[1, 2, 3]], [1], [NAN], "0 or more"),
    ],
)
def test_a_table_that_cannot_be_is_refused(
    answers: list[list[float]], outcome: list[float], weights: list[float] | None, why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        Sample.of(NAMES, answers, outcome, weights)


def test_leaving_out_what_few_met_makes_the_rest_comparable() -> None:
    assert derivable(sample_of(44, 45, 20)).names == ("Security", "Food")
    assert derivable(sample_of(14, 14, 14)).names == ()
    assert derivable(sample_of(45, 45, 45)).names == NAMES


def test_of_two_that_few_meet_both_of_the_more_answered_stays() -> None:
    answers, outcome = passengers(120, (1.0, 1.0, 1.0))
    answers[:50, 1], answers[64:, 0] = NAN, NAN

    assert derivable(Sample.of(NAMES, answers, outcome)).names == ("Food", "Gates")


def masked(n: int, seed: int) -> Floats:
    random = np.random.default_rng(seed)
    return np.where(random.random((n, 3)) < random.random(3), random.normal(size=(n, 3)), NAN)


@given(st.integers(1, 150), st.integers(0, 999))
def test_what_is_left_is_always_enough(n: int, seed: int) -> None:
    left = derivable(Sample.of(NAMES, masked(n, seed), np.arange(n)))

    if left.names:
        check(left)
    assert left.values.shape[1] == len(left.names) + 1
