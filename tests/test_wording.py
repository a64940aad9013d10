"""What people write: what cannot be seen is no text, and what turns the text around is refused."""

import pytest

from backlog import wording
from backlog.evidence.touchpoints import name_key


@pytest.mark.parametrize(
    "text", ["Flug\u00adgast", "👩\u200d🚀", "line\nbreak\ttab", "Ordnung\u00a0muss sein", "مطار", "naïve"]
)
def test_what_people_write_is_kept(text: str) -> None:
    assert wording.wrong(text, 100, required=True) is None


@pytest.mark.parametrize("text", ["a\x1bb", "a\x01", "gate\u202egnp.exe", "\u2066gate", "a\x85b\x9f"])
def test_signs_that_change_what_is_read_are_refused(text: str) -> None:
    found = wording.wrong(text, 100)

    assert found is not None
    assert "cannot be seen" in found.message


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "\u00ad", "\u2028", "\u200b \u2060"])
def test_nothing_to_see_is_nothing(text: str) -> None:
    found = wording.wrong(text, 100, required=True)

    assert found is not None
    assert found.message == "Enter something here."


def test_two_names_that_look_alike_are_one() -> None:
    assert name_key("Flug\u00adgast \u200bLounge") == name_key("fluggast  lounge")
