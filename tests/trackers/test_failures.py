"""The failure catalogue, as one table over every tracker."""

import pytest

from tests.trackers.conftest import KEPT_IN, Both
from tests.trackers.failures import access, answers, changes, hints, limits, making
from tests.trackers.failures.rows import ROWS, Row
from tests.trackers.grounds import GROUNDS

TOLD = (making, limits, access, changes, hints, answers)
"""Modules whose rows are in the table, named so that none is left out unseen."""
OCCURRING = [
    pytest.param(place, each, id="-".join((each.label, *place)))
    for each in ROWS
    for place in KEPT_IN
    if place[0] not in each.cannot
]


@pytest.mark.parametrize(("place", "failure"), OCCURRING, indirect=["place"])
async def test_a_failure_of_the_catalogue_does_no_harm(both: Both, failure: Row) -> None:
    await failure.play(both)


def test_every_failure_of_the_catalogue_is_in_the_table() -> None:
    assert {each.number for each in ROWS} == set(range(1, 33))
    assert all(set(each.cannot) < set(GROUNDS) for each in ROWS)
    assert all(each.expected for each in ROWS)
    assert len({each.label for each in ROWS}) == len(ROWS)
