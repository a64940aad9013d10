"""What initiatives are called by."""

import pytest

from backlog.initiatives.keys import key_of, number_of


@pytest.mark.parametrize("key", ["CX-12", "cx-12", " 12 ", "CX-012"])
def test_a_key_is_read_however_it_is_written(key: str) -> None:
    assert number_of(key) == 12
    assert key_of(12) == "CX-12"


@pytest.mark.parametrize("key", ["", "CX-", "CX-0", "-12", "12 bags", "CX-CX-12", "٣", "2147483648", "9" * 40])
def test_what_is_no_key_is_none(key: str) -> None:
    assert number_of(key) is None
