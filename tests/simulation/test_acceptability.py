"""Shares of draws against exact probabilities and a published example of SMAA-2. Seeds are fixed."""

import math

import numpy as np
import pytest

from backlog.scoring import Weights
from backlog.simulation import draws as drawn
from backlog.simulation.draws import Estimates, Reals
from backlog.simulation.robustness import DRAWS
from tests.simulation.simulations import EQUAL, SEED, simulation, sure, table

ONLY_IMPORTANCE = Weights(1, 0, 0, 0)
UNKNOWN: Estimates = {}


@pytest.mark.parametrize(
    ("one", "other", "exact"),
    [
        (UNKNOWN, sure(3), 0.7),  # uniform on 0-10
        (UNKNOWN, UNKNOWN, 0.5),
        ({"importance": [(0.0, 5.0, 10.0)]}, sure(7), 0.18),  # 3^2 / (10 * 5)
        ({"importance": [(2.0, 2.0, 8.0)]}, sure(4), 4 / 9),  # (8 - 4)^2 / (8 - 2)^2
        ({"importance": [(0.0, 0.0, 10.0)]}, UNKNOWN, 1 / 3),  # the mean of the first over 10
        ({"importance": [(8.0, 8.0, 8.0), (2.0, 2.0, 2.0), (1.0, 1.0, 1.0)]}, sure(5), 1 / 3),  # one rater of three
        (sure(5), sure(5), 0.5),
        (sure(5), sure(4.9), 1),
    ],
)
def test_ten_thousand_draws_put_a_share_within_1_percent(one: Estimates, other: Estimates, exact: float) -> None:
    found = [
        simulation({1: one, 2: other}, ONLY_IMPORTANCE, draws=DRAWS, seed=seed).p_above(1, 2) for seed in range(20)
    ]
    errors = np.abs(np.array(found) - exact)
    assert (errors <= 0.01).sum() >= 18  # of 20: 95 % of the time
    assert errors.max() <= 0.02
    assert np.mean(found) == pytest.approx(exact, abs=0.004)


@pytest.mark.parametrize("seed", range(4))
def test_weights_alone_decide_between_two_that_are_sure(seed: int) -> None:
    """One leads by 4 in importance, the other by 2 in urgency: above where w_i > w_u / 2, two thirds of the simplex."""
    one = {"importance": [(8.0, 8.0, 8.0)], "urgency": [(4.0, 4.0, 4.0)]}
    other = {"importance": [(4.0, 4.0, 4.0)], "urgency": [(6.0, 6.0, 6.0)]}
    weights = Weights(0.5, 0.5, 0, 0)
    found = simulation({1: one, 2: other}, weights, concentration=0.5, draws=DRAWS, seed=seed)  # Dirichlet(1, 1)
    assert found.p_above(1, 2) == pytest.approx(2 / 3, abs=0.012)


def test_a_compromise_is_seldom_first_and_never_last_as_the_areas_of_the_simplex_say() -> None:
    """Four specialists, each 10 on one criterion, and a compromise with 3 on all, when nothing is known of weights.

    The compromise has rank j + 1 where j weights are above .3. With S_j = C(4, j) (1 - .3 j)^3 that has the probability
    sum of (-1)^(i - j) C(i, j) S_i: .008 .616 .372 .004 0; the specialists share the other ranks evenly. The elitist
    rank 1 against the compromise is what SMAA-2 is about (Lahdelma and Salminen 2001). Rounding to hundredths makes a
    tie with the compromise of one weight in five hundred, hence .015 in place of .01.
    """
    areas = [math.comb(4, j) * max(0, 1 - 0.3 * j) ** 3 for j in range(5)]
    exact = [sum((-1) ** (i - j) * math.comb(i, j) * areas[i] for i in range(j, 5)) for j in range(5)]
    assert exact == pytest.approx([0.008, 0.616, 0.372, 0.004, 0], abs=1e-12)
    criteria = np.vstack([10 * np.eye(4), np.full((1, 4), 3.0)]).astype(np.float32)
    weights = drawn.of_weights(EQUAL, 1, DRAWS, SEED)
    shares = table(drawn.points(weights, np.repeat(criteria[:, :, None], DRAWS, axis=2)))
    assert shares[4] == pytest.approx(exact, abs=0.015)
    for specialist in shares[:4]:
        assert specialist == pytest.approx([(1 - share) / 4 for share in exact], abs=0.015)


# A published example


def thrombosis(draws: int) -> Reals:
    """Criteria of heparin and enoxaparin on 0-10: (2, 3, draws).

    Numbers of patients with proximal and distal deep vein thrombosis and with major bleeding, as beta distributions;
    partial values fall linearly over .25 to 0, .4 to .15 and .1 to 0. Partial values reach from -.7 to 1.25, because
    the scales are shorter than the distributions: all are moved and shrunk alike, which changes no rank.
    """
    noise = np.random.default_rng(SEED)
    patients = [[(20, 116), (40, 96), (1, 135)], [(8, 121), (32, 97), (5, 124)]]
    shares = np.array([[noise.beta(*each, draws) for each in alternative] for alternative in patients])
    worst, best = np.array([0.25, 0.4, 0.1]), np.array([0.0, 0.15, 0.0])
    partial = (worst[:, None] - shares) / (worst - best)[:, None]
    criteria: Reals = (5 * (partial + 0.75)).astype(np.float32)
    return criteria


NO_PREFERENCE = (Weights.normalised(1, 1, 1, 0), 0.75)  # Dirichlet(1, 1, 1)
FIXED = 1e300


@pytest.mark.parametrize(
    ("weights", "concentration", "published"),
    [
        (*NO_PREFERENCE, (0.3504, 0.6496)),
        (*NO_PREFERENCE, (0.3381, 0.6619)),
        (Weights(0.5, 0.2, 0.3, 0), FIXED, (0.1279, 0.8721)),
        (Weights.normalised(4, 1, 2, 0), FIXED, (0.1049, 0.8951)),
    ],
    ids=["smaa, no preferences", "drugis, no preferences", "smaa, exact weights", "drugis, exact swing weights"],
)
def test_heparin_and_enoxaparin_have_their_published_rank_acceptabilities(
    weights: Weights, concentration: float, published: tuple[float, float]
) -> None:
    """The example of the R package smaa by van Valkenhoef (examples of ``smaa``: expected output in
    tests/Examples/smaa-Ex.Rout.save of gertvv/rsmaa), which follows Tervonen and Figueira 2008 (Journal of
    Multi-Criteria Decision Analysis 15), and of drugis/mcda-elicitation-web (R/test/thrombo.R, with the distributions
    in examples/thrombolytics.json).

    Theirs are 10,000 draws as well, so both are off: .02 is three standard errors of the difference. Rounding to
    hundredths leaves a tie in one draw of two hundred; both then have rank 1, which is within the same bound.
    """
    criteria = thrombosis(DRAWS)
    shares = table(drawn.points(drawn.of_weights(weights, concentration, DRAWS, SEED)[:3], criteria))
    first, second = published
    assert shares[0] == pytest.approx([first, second], abs=0.02)
    assert shares[1] == pytest.approx([second, first], abs=0.02)


def test_the_weights_that_make_either_drug_the_first_are_the_published_central_weights() -> None:
    """Means of the weights of the draws in which it has rank 1; same sources, two runs of 10,000 draws each."""
    weights = drawn.of_weights(*NO_PREFERENCE, DRAWS, SEED)[:3]
    ranked = drawn.ranks(drawn.points(weights, thrombosis(DRAWS)))
    heparin, enoxaparin = (weights[:, row == 1].mean(axis=1) for row in ranked)
    assert heparin == pytest.approx([0.1921, 0.2776, 0.5303], abs=0.015)
    assert enoxaparin == pytest.approx([0.4096, 0.3610, 0.2295], abs=0.015)
