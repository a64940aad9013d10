"""What a failure of the database is told as: some pass by themselves, others are ours."""

import pytest
from sqlalchemy.exc import DBAPIError

from backlog.people.roles import Role
from tests.web.clients import Served
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


@pytest.mark.parametrize(("method", "address"), [("GET", "/initatives"), ("PUT", "/"), ("GET", "/initiatives/999999")])
async def test_a_wrong_address_asks_nobody_to_sign_in_who_is_signed_in(
    served_sqlite: Served, method: str, address: str
) -> None:
    browser = await served_sqlite.client(Role.CONTRIBUTOR)

    page = await browser.request(method, address)

    assert page.status_code in (404, 405)
    assert "Go to the backlog" in page.text
    assert "/sessions/new" not in page.text
