"""Many small steps and a few large footprints: what the effort of a portfolio goes into."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.ranking.portfolio import (
    ADVICE,
    LABELS,
    PARTS,
    STANDINGS,
    Band,
    Estimated,
    Part,
    Quadrant,
    Standing,
    gauge,
    quadrant,
    targets_of,
)

RATED = st.floats(1, 10)
INITIATIVES = st.lists(st.builds(Estimated, st.none() | RATED, st.none() | RATED, st.booleans()), max_size=30)
PORTFOLIO = [
    Estimated(2, 8),
    Estimated(3, 7, is_signature=True),
    Estimated(9, 9, is_signature=True),
    Estimated(2, 3),
    Estimated(8, 2),
    Estimated(None, 9, is_signature=True),
    Estimated(4, None),
]


@pytest.mark.parametrize(
    ("effort", "benefit", "expected"),
    [
        (1, 10, Quadrant.SMALL_STEPS),
        (5.4, 5.5, Quadrant.SMALL_STEPS),
        (5.5, 5.5, Quadrant.LARGE_FOOTPRINTS),
        (10, 10, Quadrant.LARGE_FOOTPRINTS),
        (1, 1, Quadrant.FILL_INS),
        (5.4, 5.4, Quadrant.FILL_INS),
        (5.5, 5.4, Quadrant.LEAVE_IT),
        (10, 1, Quadrant.LEAVE_IT),
    ],
)
def test_the_cross_is_in_the_middle_and_what_lies_on_it_is_high(
    effort: float, benefit: float, expected: Quadrant
) -> None:
    assert quadrant(effort, benefit) is expected


@pytest.mark.parametrize(("effort", "benefit"), [(0.9, 5), (5, 10.1), (float("nan"), 5)])
def test_effort_and_benefit_are_on_1_to_10(effort: float, benefit: float) -> None:
    with pytest.raises(ValueError, match="between 1 and 10"):
        quadrant(effort, benefit)
    with pytest.raises(ValueError, match="between 1 and 10"):
        Estimated(effort, benefit)


def test_shares_are_of_effort_and_not_of_heads() -> None:
    found = gauge(PORTFOLIO)

    assert found.effort == 24
    assert {part: (each.initiatives, each.share) for part, each in found.parts.items()} == {
        Part.SMALL_STEPS: (2, 5 / 24),
        Part.LARGE_FOOTPRINTS: (1, 9 / 24),
        Part.FILL_INS: (1, 2 / 24),
        Part.LEAVE_IT: (1, 8 / 24),
        Part.SIGNATURE: (2, 12 / 24),
        Part.HYGIENE: (3, 12 / 24),
    }


def test_initiatives_without_estimate_are_counted_and_left_out() -> None:
    assert gauge(PORTFOLIO).unrated == 2


def test_each_part_stands_against_its_target() -> None:
    targets = {
        Part.SMALL_STEPS: Band(0.6, 0.8),
        Part.LARGE_FOOTPRINTS: Band(0.2, 0.35),
        Part.SIGNATURE: Band(0.3, 0.5),
    }
    parts = gauge(PORTFOLIO, targets).parts

    assert parts[Part.SMALL_STEPS].standing is Standing.BELOW
    assert parts[Part.LARGE_FOOTPRINTS].standing is Standing.ABOVE
    assert parts[Part.SIGNATURE].standing is Standing.WITHIN
    assert parts[Part.SIGNATURE].target == Band(0.3, 0.5)
    assert parts[Part.HYGIENE].standing is None


@pytest.mark.parametrize("initiatives", [[], [Estimated(None, None)]])
def test_without_effort_there_is_no_share_and_no_verdict(initiatives: list[Estimated]) -> None:
    reading = gauge(initiatives, {Part.SMALL_STEPS: Band(0.6, 0.8)}).parts[Part.SMALL_STEPS]

    assert reading.share is None
    assert reading.standing is None
    assert reading.target == Band(0.6, 0.8)


@pytest.mark.parametrize(
    ("share", "standing"),
    [
        (0.594, Standing.BELOW),
        (0.596, Standing.WITHIN),
        (0.6, Standing.WITHIN),
        (0.8, Standing.WITHIN),
        (0.804, Standing.WITHIN),
        (0.806, Standing.ABOVE),
    ],
)
def test_a_share_is_judged_as_it_is_printed(share: float, standing: Standing) -> None:
    assert Band(0.6, 0.8).standing(share) is standing


@pytest.mark.parametrize(("low", "high"), [(0.8, 0.6), (-0.1, 0.5), (0.5, 1.1), (float("nan"), 1)])
def test_a_target_is_a_band_of_shares(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Band(low, high)


def test_everything_has_its_words() -> None:
    assert set(LABELS) == set(ADVICE) == set(Quadrant)
    assert set(PARTS) == set(Part)
    assert set(STANDINGS) == set(Standing)


@given(INITIATIVES)
def test_the_shares_of_a_portfolio_add_up(initiatives: list[Estimated]) -> None:
    found = gauge(initiatives)
    shares = {part: each.share for part, each in found.parts.items() if each.share is not None}

    assert found.unrated + sum(found.parts[Part(each)].initiatives for each in Quadrant) == len(initiatives)
    if shares:
        assert sum(shares[Part(each)] for each in Quadrant) == pytest.approx(1)
        assert shares[Part.SIGNATURE] + shares[Part.HYGIENE] == pytest.approx(1)
    else:
        assert found.effort == 0


def test_hygiene_is_what_the_target_for_signature_leaves() -> None:
    targets = targets_of({Part.SIGNATURE: (20, 50), Part.SMALL_STEPS: (40, 70)})

    assert targets == {
        Part.SIGNATURE: Band(0.2, 0.5),
        Part.HYGIENE: Band(0.5, 0.8),
        Part.SMALL_STEPS: Band(0.4, 0.7),
    }
