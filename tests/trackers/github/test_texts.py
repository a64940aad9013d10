"""Texts on their way to GitHub and back."""

import pytest

from integrations.github import texts
from tests.trackers.github.airport import block


def test_a_title_is_one_line_without_control_characters() -> None:
    assert texts.title("  Queues\r\nat\tsecurity\x00 \x1b[31m ") == "Queues at security [31m"


def test_a_title_that_is_too_long_ends_in_an_ellipsis() -> None:
    assert texts.title("x" * 256) == "x" * 256
    assert texts.title("Warteschlange " * 40).endswith("War…")
    assert len(texts.title("ü" * 300)) == 256


@pytest.mark.parametrize("said", ["@aurora-airport/security wrote #1", "see GH-1 and aurora-airport/lanes#7"])
def test_what_customers_write_notifies_nobody_and_comes_back_as_it_was(said: str) -> None:
    native = texts.placed("", block(problem=said))

    assert said not in native
    assert texts.body_of(native).sections == {"problem": said}
    assert said not in texts.comment(said, "c-7")
    assert texts.comment_of(texts.comment(said, "c-7")) == (said, "c-7")


def test_control_characters_do_not_travel() -> None:
    assert "\x00" not in texts.placed("", block(problem="40\x00 minutes"))
    assert "\x00" not in texts.comment("40\x00 minutes", "c-7")


def test_a_long_comment_is_cut_and_keeps_its_marker() -> None:
    native = texts.comment("Twelve more complaints. " * 5000, "c-7")

    assert len(native) <= texts.BODY_MOST
    assert texts.comment_of(native)[1] == "c-7"


def test_a_long_block_is_cut_and_peoples_text_is_not() -> None:
    native = texts.placed("Seen at gate B12.", block(problem="Passengers wait. " * 8000))

    assert len(native) <= texts.BODY_MOST
    assert texts.body_of(native).text.strip() == "Seen at gate B12."
    assert texts.marker_of(native) == "m-queues"


def test_who_quotes_our_comment_writes_as_himself() -> None:
    quoted = "> Twelve more.\n> <!-- waymark:comment c-7 -->\n\nI agree."

    assert texts.comment_of(quoted) == (quoted, None)


def test_what_people_add_to_our_comment_leaves_it_ours() -> None:
    native = texts.comment("Twelve more.", "c-7") + "\r\n\r\nAnd two today."

    text, marker = texts.comment_of(native)

    assert marker == "c-7"
    assert text.startswith("Twelve more.")
    assert text.endswith("And two today.")


def test_a_description_without_our_block_is_peoples() -> None:
    found = texts.body_of("Seen at gate B12.")

    assert (found.text, found.sections, found.marker) == ("Seen at gate B12.", None, None)
