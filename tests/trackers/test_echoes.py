"""What comes back of what was sent: the same in other signs, shortened, or what people made of it."""

import pytest

from integrations.engine.echoes import is_echo

REST = "… [CX-7 in Waymark](https://waymark.example/initiatives/CX-7)"
SENT = "- Open one more lane\n- Tell the *airlines*"


@pytest.mark.parametrize(
    "found",
    [
        SENT,
        "* Open one more lane\n* Tell the _airlines_",
        "- Open one more lane\n- Tell…",
        "- Open one more la…",
        "- Open one more lane...",
        f"- Open one more lane\n\n{REST}",
        REST,
    ],
)
def test_a_text_comes_back_in_other_signs_or_shortened(found: str) -> None:
    assert is_echo(SENT, found)


@pytest.mark.parametrize("found", ["", "  ", "- Open one more lane", "Open one more", "Close one lane…", "…", "Tell…"])
def test_a_text_that_people_emptied_or_cut_is_a_change_of_theirs(found: str) -> None:
    assert not is_echo(SENT, found)


def test_values_that_are_no_texts_come_back_as_they_are_or_were_changed() -> None:
    assert is_echo(["waymark"], ["waymark"])
    assert is_echo("", "")
    assert not is_echo("", "Ask Mara")
    assert not is_echo("2027-01-31", None)
