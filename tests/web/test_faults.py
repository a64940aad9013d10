"""What a failure of the database is told as: some pass by themselves, others are ours."""

import pytest
from sqlalchemy.exc import DBAPIError

from web import faults


class Said(Exception):
    """What a driver raises; PostgreSQL names its errors by five signs."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(("sqlstate", "passes"), [("40P01", True), ("40001", True), ("23505", False), ("", False)])
def test_two_who_stood_in_each_other_s_way_may_try_again(sqlstate: str, passes: bool) -> None:
    assert faults.is_away(DBAPIError("UPDATE initiative", {}, Said(sqlstate))) is passes


def test_what_is_no_failure_of_the_database_does_not_pass_by_itself() -> None:
    assert not faults.is_away(ValueError("a rank below 1"))
