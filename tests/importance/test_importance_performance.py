"""Where a touchpoint stands between what matters and what satisfies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backlog.importance.importance_performance import (
    LABELS,
    Measured,
    Quadrant,
    importance_performance,
    opportunity,
)

POINTS = st.floats(0, 10)
TOUCHPOINTS = st.lists(st.builds(Measured, st.integers(1, 99), POINTS, POINTS), min_size=1, max_size=20)


def test_each_quadrant_has_the_name_martilla_and_james_gave_it() -> None:
    found = importance_performance(
        [
            Measured("security", 9, 4),
            Measured("gates", 9, 8),
            Measured("car rental", 7, 4),
            Measured("art", 7, 8),
        ]
    )

    assert found.cross is not None
    assert (found.cross.importance, found.cross.performance) == (8, 6)
    assert [(each.touchpoint.key, LABELS[each.quadrant]) for each in found.places if each.quadrant] == [
        ("security", "Concentrate here"),
        ("gates", "Keep it up"),
        ("car rental", "Low priority"),
        ("art", "Possible overkill"),
    ]


def test_the_cross_stands_at_the_means_because_everything_is_called_important() -> None:
    found = importance_performance([Measured("food", 8, 5), Measured("restrooms", 9, 6)])

    assert [each.quadrant for each in found.places] == [Quadrant.LOW_PRIORITY, Quadrant.KEEP_UP]


def test_without_touchpoints_there_is_no_cross() -> None:
    found = importance_performance([])

    assert found.cross is None
    assert found.places == ()


def test_one_touchpoint_is_its_own_average() -> None:
    (only,) = importance_performance([Measured("security", 9.3, 4.1)]).places

    assert only.quadrant is None


def test_touchpoints_all_alike_are_on_the_cross() -> None:
    found = importance_performance([Measured(each, 8.1, 6.7) for each in range(30)])

    assert {each.quadrant for each in found.places} == {None}


def test_equal_importance_leaves_nothing_to_tell_apart() -> None:
    found = importance_performance([Measured("food", 8, 5), Measured("restrooms", 8, 9)])

    assert [each.quadrant for each in found.places] == [None, None]


@pytest.mark.parametrize(
    ("importance", "satisfaction", "score", "underserved"),
    [
        (8, 4, 12, True),
        (5, 9, 5, False),
        (10, 0, 20, True),
        (0, 0, 0, False),
        (7, 4, 10, False),
        (7.5, 4.5, 10.5, True),
    ],
)
def test_what_matters_and_does_not_satisfy_is_an_opportunity(
    importance: float, satisfaction: float, score: float, underserved: bool
) -> None:
    found = opportunity(importance, satisfaction)

    assert found.score == score
    assert found.is_underserved is underserved


@pytest.mark.parametrize("value", [-0.1, 10.1, float("nan")])
def test_what_is_not_on_0_to_10_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 10"):
        Measured("security", value, 5)
    with pytest.raises(ValueError, match="between 0 and 10"):
        opportunity(5, value)


def test_every_quadrant_has_its_words() -> None:
    assert set(LABELS) == set(Quadrant)


@given(TOUCHPOINTS)
def test_not_everything_is_more_important_than_the_average(touchpoints: list[Measured]) -> None:
    high = {Quadrant.CONCENTRATE, Quadrant.KEEP_UP}

    assert not all(each.quadrant in high for each in importance_performance(touchpoints).places)


@given(POINTS, POINTS, POINTS)
def test_satisfying_more_never_makes_a_bigger_opportunity(importance: float, one: float, other: float) -> None:
    less, more = sorted((one, other))

    assert opportunity(importance, more).score <= opportunity(importance, less).score
    assert importance <= opportunity(importance, less).score <= 20
