"""Correlations between questions that not everybody was asked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.importance.correlations import (
    SMALLEST_EIGENVALUE,
    Floats,
    answered_both,
    correlations,
    effective_answers,
    mended,
    moments,
    standardised,
)
from tests.importance.airports import passengers

NAN = np.nan
TABLE = st.integers(3, 30).flatmap(
    lambda n: st.lists(st.tuples(*[st.none() | st.integers(0, 10)] * 4), min_size=n, max_size=n).map(
        lambda rows: np.array([[NAN if each is None else each for each in row] for row in rows], dtype=float)
    )
)


def plain(values: Floats, weights: Floats | None = None) -> Floats:
    counted = np.ones(len(values)) if weights is None else weights
    return correlations(moments(standardised(values, counted), counted))


def test_complete_answers_have_plain_correlations() -> None:
    answers, _ = passengers(60, (1, 1, 1, 1))

    assert plain(answers) == pytest.approx(np.corrcoef(answers, rowvar=False))


def test_a_pair_counts_those_who_answered_both() -> None:
    values = np.array([[1, 2, NAN], [2, 1, 5], [3, 4, 6], [NAN, 9, 7], [5, 3, NAN], [6, 8, 2]])
    both = values[~np.isnan(values[:, [0, 2]]).any(axis=1)]

    assert plain(values)[0, 2] == pytest.approx(np.corrcoef(both[:, 0], both[:, 2])[0, 1])
    assert answered_both(values).tolist() == [[5, 5, 3], [5, 6, 4], [3, 4, 4]]


def test_a_weight_of_two_is_the_same_answer_twice() -> None:
    values = np.array([[1, 2], [2, 1], [3, 4], [5, 3], [NAN, 9.0]])
    twice = np.vstack([values, values[2:3]])

    assert plain(values, np.array([1, 1, 2, 1, 1.0])) == pytest.approx(plain(twice))


def test_nothing_goes_together_with_an_answer_that_is_always_the_same() -> None:
    values = np.array([[0.1, 2], [0.1, 1], [0.1, 4], [0.1, 3]])

    assert plain(values).tolist() == [[1, 0], [0, 1]]


def test_questions_nobody_answered_both_of_are_not_known_to_go_together() -> None:
    values = np.array([[1, NAN], [2, NAN], [NAN, 1], [NAN, 5.0]])

    assert plain(values).tolist() == [[1, 0], [0, 1]]


def test_correlations_that_contradict_each_other_are_shrunken_until_they_fit() -> None:
    contradictory = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1.0]])
    fitting, shrunken = mended(contradictory)

    assert np.linalg.eigvalsh(fitting)[0] == pytest.approx(SMALLEST_EIGENVALUE)
    assert shrunken == pytest.approx(0.81 / 1.8)
    assert fitting[0, 1] == pytest.approx(0.9 * (1 - shrunken))


def test_correlations_that_fit_stay_as_they_are() -> None:
    fine = np.array([[1, 0.5], [0.5, 1.0]])
    fitting, shrunken = mended(np.stack([fine, np.eye(2)]))

    assert (fitting[0] == fine).all()
    assert shrunken.tolist() == [0, 0]


def test_effective_answers_are_fewer_when_weights_differ() -> None:
    values = np.array([[1, NAN], [2, 4], [3, 5.0]])

    assert effective_answers(values, np.ones(3)).tolist() == [3, 2]
    assert effective_answers(values, np.array([1, 3, 1.0])) == pytest.approx([25 / 11, 16 / 10])
    assert effective_answers(np.full((3, 1), NAN), np.ones(3)).tolist() == [0]


@given(TABLE)
def test_correlations_lie_between_minus_1_and_1(values: Floats) -> None:
    found = plain(values)

    assert (np.abs(found) <= 1).all()
    assert found == pytest.approx(found.T)
    assert (np.diag(found) == 1).all()


@given(TABLE)
def test_whatever_people_skip_the_mended_correlations_are_positive_definite(values: Floats) -> None:
    fitting, shrunken = mended(plain(values))

    assert np.linalg.eigvalsh(fitting)[0] >= SMALLEST_EIGENVALUE - 1e-9
    assert 0 <= shrunken <= 1


@given(TABLE, st.integers(1, 29))
def test_moments_of_parts_add_up(values: Floats, cut: int) -> None:
    ones = np.ones(len(values))
    parts = moments(values[:cut], ones[:cut]) + moments(values[cut:], ones[cut:])

    assert parts == pytest.approx(moments(values, ones))


@given(TABLE, st.floats(0.1, 50), st.floats(-100, 100))
def test_correlations_do_not_depend_on_the_unit(values: Floats, factor: float, shift: float) -> None:
    assert plain(values * factor + shift) == pytest.approx(plain(values), abs=1e-6)
