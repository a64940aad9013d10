"""What people paste for an issue."""

import pytest

from integrations.github import keys


@pytest.mark.parametrize(
    "text",
    [
        "aurora-airport/passenger.services#12",
        " https://github.com/aurora-airport/passenger.services/issues/12 ",
        "https://github.com/aurora-airport/passenger.services/issues/12#issuecomment-1",
        "https://github.airport.example/aurora-airport/passenger.services/issues/12/?x=1",
        "https://api.github.com/repos/aurora-airport/passenger.services/issues/12",
        "https://github.airport.example/api/v3/repos/aurora-airport/passenger.services/issues/12",
    ],
)
def test_an_address_or_a_key_is_a_reference(text: str) -> None:
    assert keys.reference(text) == "aurora-airport/passenger.services#12"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#12",
        "AIR-12",
        "https://github.com/aurora-airport/passenger.services/pull/12",
        "https://github.com/aurora-airport/passenger.services/issues",
        "https://github.com/../passenger.services/issues/12",
        "https://[github.com/a/b/issues/1",
        "ftp://github.com/a/b/issues/1",
        "a/b#0",
        "a/..#1",
        "a/b#1/../../c",
    ],
)
def test_other_texts_are_none(text: str) -> None:
    assert keys.reference(text) is None


def test_a_number_alone_belongs_to_the_repository_at_hand() -> None:
    assert keys.parsed("#12", "a/b") == keys.parsed("12", "a/b") == keys.Key("a/b", 12)


def test_the_repository_stands_at_the_end_of_its_address() -> None:
    assert keys.repository_of("https://h.example/api/v3/repos/aurora-airport/lanes") == "aurora-airport/lanes"
    assert keys.key_of("https://h.example/api/v3/repos/aurora-airport/lanes/issues/7") == keys.Key(
        "aurora-airport/lanes", 7
    )
