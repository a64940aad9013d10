"""Looking at a file before anything is kept."""

from backlog.imports.names import Names
from backlog.imports.previews import Rows, preview
from tests.imports.surveys import LONG, LONG_NAMES, TODAY, long_row


def test_a_preview_counts_and_names_what_is_new_and_what_is_wrong() -> None:
    table = Rows(tuple(LONG_NAMES), [long_row(), long_row("Lounge"), long_row(value="7"), long_row(value="99")])

    seen = preview(table, LONG, Names({"lounge": 4}), today=TODAY)

    assert (seen.rows, seen.answers, seen.aside) == (4, 2, 1)
    assert seen.touchpoints == {"check-in": "Check-in"}
    assert [(wrong.row, wrong.column) for wrong in seen.wrong] == [(3, "value")]
    assert seen.reasons == {"value": 1}


def test_names_nobody_knows_are_wrong_when_none_may_be_made() -> None:
    table = Rows(tuple(LONG_NAMES), [long_row(), long_row("Lounge")])

    seen = preview(table, LONG, Names({"lounge": 4}), new_touchpoints=False, today=TODAY)

    assert (seen.answers, seen.aside) == (1, 1)


def test_the_register_is_left_as_it_was() -> None:
    register = Names()

    preview(Rows(tuple(LONG_NAMES), [long_row()]), LONG, register, today=TODAY)

    assert register == Names()
