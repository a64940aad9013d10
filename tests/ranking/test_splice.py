"""Rows with positions of their own among rows in order."""

from hypothesis import given
from hypothesis import strategies as st

from backlog.ranking.splice import ahead, part

ORDER = list("abcdefgh")


def spliced(positions: dict[str, int], order: list[str] = ORDER, limit: int = 0, offset: int = 0) -> str:
    """One page of the list, all of it without a limit."""
    numbers = {order.index(name): position for name, position in positions.items()}
    others = [name for name in order if name not in positions]
    found = part(ahead(numbers, len(order)), limit or len(order), offset)
    return "".join(found.merged(others[found.offset :][: found.limit], dict(enumerate(order))))


def test_who_is_put_at_a_position_stands_there_and_the_others_close_up() -> None:
    assert spliced({}) == "abcdefgh"
    assert spliced({"g": 2}) == "agbcdefh"
    assert spliced({"b": 7}) == "acdefgbh"
    assert spliced({"a": 1, "h": 2}) == "ahbcdefg"
    assert spliced({"a": 8, "h": 1}) == "hbcdefga"


def test_a_position_beyond_the_end_is_the_last_that_is_left() -> None:
    assert spliced({"a": 50}) == "bcdefgha"
    assert spliced({"a": 50, "c": 7, "b": 90}) == "defghcab"
    assert spliced({"a": 3, "b": 9}, ["a", "b"]) == "ab"


positioned = st.integers(1, 30).flatmap(
    lambda total: st.tuples(
        st.just(total),
        st.lists(st.integers(0, total - 1), unique=True).flatmap(
            lambda held: st.lists(st.integers(1, 40), unique=True, min_size=len(held), max_size=len(held)).map(
                lambda positions: dict(zip(held, positions, strict=True))
            )
        ),
    )
)


@given(positioned, st.integers(1, 12))
def test_whatever_the_size_of_a_page_no_row_comes_twice_or_is_lost(
    asked: tuple[int, dict[int, int]], limit: int
) -> None:
    total, positions = asked
    others = [number for number in range(total) if number not in positions]
    stood: list[int] = []
    for offset in range(0, total + limit, limit):
        found = part(ahead(positions, total), limit, offset)
        stood += found.merged(others[found.offset :][: found.limit], {each: each for each in range(total)})

    assert sorted(stood) == list(range(total))
    assert [number for number in stood if number not in positions] == others
    fitting = {number: at for number, at in positions.items() if at <= total - len(positions)}
    assert {number: stood.index(number) + 1 for number in fitting} == fitting
