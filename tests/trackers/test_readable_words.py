"""What comes from a tracker is kept as people wrote it, but for what nobody sees."""

from integrations.engine import commenting
from integrations.engine.content import title_of

WRITTEN = "Gate\u00a04\u3000出発 🧑\u200d✈️"


def test_spaces_and_joiners_of_people_stay_in_a_comment() -> None:
    assert commenting.readable(WRITTEN) == WRITTEN


def test_what_turns_the_direction_of_a_comment_goes() -> None:
    assert commenting.readable("Lane \u202e4\u202c is \x07open\0\ud800") == "Lane 4 is open"


def test_a_comment_of_nothing_that_can_be_seen_becomes_an_ellipsis() -> None:
    assert commenting.readable("\u200b") == "…"


def test_a_title_keeps_its_joiners_and_stands_on_one_line() -> None:
    assert title_of("Crew\u2028room 🧑\u200d✈️ \x07open", 300) == "Crew room 🧑\u200d✈️ open"
