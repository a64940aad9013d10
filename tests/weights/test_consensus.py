"""Several people's weights: their middle, where they are apart, how closely they agree."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.scoring import CRITERIA, Weights
from backlog.simulation.draws import of_weights
from backlog.weights import consensus
from backlog.weights.weight_opinions import closeness_of
from backlog.weights.weights import CONCENTRATION, Closeness


def weights(*shares: float) -> Weights:
    return Weights.normalised(*shares)


WEIGHTS = st.lists(st.integers(0, 100), min_size=4, max_size=4).filter(any).map(lambda shares: weights(*shares))


def test_the_middle_is_the_medians_scaled_to_one() -> None:
    said = [weights(50, 20, 10, 20), weights(30, 30, 20, 20), weights(10, 60, 10, 20)]

    middle = consensus.middle(said)

    assert [round(weight, 4) for weight in middle.as_dict().values()] == [0.3333, 0.3333, 0.1111, 0.2222]


def test_where_all_medians_are_nothing_the_means_stand_in() -> None:
    said = [weights(1, 0, 0, 0), weights(0, 1, 0, 0), weights(0, 0, 1, 0)]

    assert consensus.middle(said) == weights(1, 1, 1, 0)


def test_who_is_furthest_apart_is_named_with_the_criterion() -> None:
    apart = consensus.furthest(
        {"Ines": weights(50, 20, 10, 20), "Kim": weights(40, 40, 5, 15), "Ada": weights(50, 20, 10, 20)}
    )

    assert (apart.criterion, apart.lowest, apart.highest) == ("urgency", ("Ines", "Ada"), ("Kim",))
    assert (round(apart.low, 2), round(apart.high, 2)) == (0.2, 0.4)
    assert apart.is_noteworthy


@given(st.lists(WEIGHTS, min_size=1, max_size=9))
def test_any_opinions_have_a_middle_within_them(said: list[Weights]) -> None:
    middle = consensus.middle(said)
    spread = consensus.concentration(said)
    apart = consensus.furthest({str(number): each for number, each in enumerate(said)})

    assert math.fsum(middle.as_dict().values()) == pytest.approx(1)
    assert (spread is None) == (len(said) == 1)
    assert spread is None or spread >= 0
    assert apart.criterion in CRITERIA
    assert set(apart.lowest) & set(map(str, range(len(said))))


@pytest.mark.parametrize("word", list(Closeness))
def test_people_as_far_apart_as_the_draws_of_a_word_are_told_that_word(word: Closeness) -> None:
    drawn = of_weights(Weights(), CONCENTRATION[word], 400, seed=7)
    said = [Weights.normalised(*map(float, column)) for column in np.asarray(drawn).T]

    assert consensus.concentration(said) == pytest.approx(CONCENTRATION[word], rel=0.2)
    assert closeness_of(said) is word


def test_those_who_say_the_same_agree_closely_and_one_alone_with_nobody() -> None:
    assert closeness_of([Weights(), Weights()]) is Closeness.CLOSELY
    assert closeness_of([weights(1, 0, 0, 0), weights(0, 1, 0, 0)]) is Closeness.HARDLY
    assert closeness_of([Weights()]) is None
    with pytest.raises(ValueError, match="nobody"):
        consensus.middle([])
