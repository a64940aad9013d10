"""What people paste is understood as the key of an issue."""

import pytest

from integrations.jira.references import numbered, reference


@pytest.mark.parametrize(
    ("pasted", "key"),
    [
        ("AIR-12", "AIR-12"),
        (" air-12\n", "AIR-12"),
        ("10042", "10042"),
        ("https://airport.atlassian.net/browse/AIR-12", "AIR-12"),
        ("https://airport.atlassian.net/browse/AIR-12?focusedCommentId=10020#comment-10020", "AIR-12"),
        ("https://jira.airport.example/jira/browse/GATE_B-7/", "GATE_B-7"),
        ("https://airport.atlassian.net/jira/software/projects/AIR/boards/1?selectedIssue=AIR-12", "AIR-12"),
        ("https://airport.atlassian.net/jira/software/projects/AIR/issues/AIR-12?jql=project", "AIR-12"),
        ("https://airport.atlassian.net/browse/AIR", None),
        ("https://[bad", None),
        ("Shorter queues at security", None),
        ("AIR-0", None),
        ("AIR-12; DROP", None),
        ("", None),
    ],
)
def test_addresses_keys_and_ids_are_told_from_other_words(pasted: str, key: str | None) -> None:
    assert reference(pasted) == key


def test_a_key_is_its_project_and_a_number() -> None:
    assert numbered("GATE_B", 12) == "GATE_B-12"
