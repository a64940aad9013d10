"""Raters in one picture: everybody is to be seen."""

from collections.abc import Sequence
from itertools import combinations

import pytest

from web.pages.voices import LANES, NEAR, Mark, Voice, marks


def voices(*likely: float, is_customer: bool = False) -> list[Voice]:
    return [Voice(f"Rater {at}", value, value, value, is_customer) for at, value in enumerate(likely)]


def covered(shown: Sequence[Mark]) -> list[tuple[Mark, Mark]]:
    return [(a, b) for a, b in combinations(shown, 2) if abs(a.at - b.at) < NEAR - 1e-9 and abs(a.lane - b.lane) < 2]


@pytest.mark.parametrize(
    "likely",
    [
        (5.0,), (5.0, 5.0), (5.0, 5.2, 5.4), (2.0,) * 5, (0.0, 0.3, 0.6, 0.9, 1.2, 1.5, 1.8),
        (2.0, 2.0, 2.0, 2.0, 2.0, 4.5, 5.0, 5.0, 6.0, 7.0, 8.0, 8.0, 8.5, 9.0),
        tuple(2 + at / 10 for at in range(14)),
    ],
)  # fmt: skip
def test_no_rater_hides_behind_another(likely: tuple[float, ...]) -> None:
    shown = marks(voices(*likely), 5.0)

    assert sorted(voice.likely for mark in shown for voice in mark.voices) == sorted(likely)
    assert not covered(shown)
    assert all(mark.lanes <= LANES for mark in shown)


def test_three_who_say_the_same_stand_above_each_other_and_five_are_one_mark_with_their_number() -> None:
    assert [(len(each.voices), each.lane) for each in marks(voices(2, 2, 2), 2.0)] == [(1, -2), (1, 0), (1, 2)]
    assert [(len(each.voices), each.lane, each.at) for each in marks(voices(2, 2, 2, 2, 2), 2.0)] == [(5, 0, 2.0)]


def test_customers_who_say_the_same_have_a_mark_of_their_own() -> None:
    shown = marks([*voices(3, 3, 3, 3), *voices(3, 3, 3, 3, is_customer=True)], 3.0)

    assert [(len(each.voices), each.is_customer) for each in shown] == [(4, False), (4, True)]
