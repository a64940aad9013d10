"""What people paste is understood as the key of an issue."""

import pytest

from integrations.gitlab.keys import parsed, project_path, reference
from integrations.gitlab.kind import KIND

KEY = "aurora/terminal/gates#12"


@pytest.mark.parametrize(
    ("pasted", "key"),
    [
        (KEY, KEY),
        (f" {KEY}\n", KEY),
        ("https://gitlab.com/aurora/terminal/gates/-/issues/12", KEY),
        ("https://gitlab.com/aurora/terminal/gates/-/issues/12#note_1241", KEY),
        ("https://gitlab.com/aurora/terminal/gates/-/issues/12/designs/map.png", KEY),
        ("https://gitlab.airport.example/aurora/terminal/gates/-/work_items/12?show=1", KEY),
        ("https://gitlab.airport.example/aurora/terminal/gates/issues/12", KEY),
        ("https://gitlab.com/api/v4/projects/aurora%2Fterminal%2Fgates/issues/12", KEY),
        ("https://gitlab.com/aurora/terminal/gates/-/merge_requests/12", None),
        ("https://gitlab.com/aurora/-/issues/12", None),
        ("https://gitlab.com/aurora/gates/-/issues", None),
        ("aurora/../gates#12", None),
        ("aurora/gates#0", None),
        ("gates#12", None),
        ("https://[bad", None),
        ("Shorter queues at security", None),
        ("", None),
    ],
)
def test_addresses_and_keys_are_told_from_other_words(pasted: str, key: str | None) -> None:
    assert reference(pasted) == key


def test_a_number_is_one_of_the_project() -> None:
    assert str(parsed("#12", "aurora/gates")) == "aurora/gates#12"
    assert KIND.numbered("aurora/gates", 12) == "aurora/gates#12"


def test_the_slashes_of_a_project_are_no_parts_of_an_address() -> None:
    assert project_path("aurora/terminal/gates") == "/projects/aurora%2Fterminal%2Fgates"
