"""What a webhook may say: nothing longer than an id or a key is, and nothing that cannot be kept."""

import pytest

from integrations.webhook import Hint


@pytest.mark.parametrize(
    "said",
    [{"issue_id": "9" * 101}, {"key": "aurora/app#" + "9" * 200}, {"sender": "a\ud800b"}, {"issue_id": "1\0"}],
    ids=["id", "key", "half a character", "NUL"],
)
def test_what_is_no_id_or_key_is_refused(said: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="a webhook's"):
        Hint("d-1", "issues", **said)


def test_names_of_people_may_be_of_any_script() -> None:
    assert Hint("d-1", "issues", issue_id="17", sender="Müller 王").sender == "Müller 王"
