"""Texts cut to the tracker's limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.prose.fences import lines
from integrations.prose.markdown import length, shortened

REST = "[Read on in Waymark](https://waymark.example/initiatives/12)"


def test_what_fits_stays() -> None:
    assert shortened("Queues at security", 18, REST) == "Queues at security"


def test_a_long_text_ends_at_a_word_and_says_where_the_rest_is() -> None:
    short = shortened("Passengers wait. " * 100, 200, REST)

    assert short.endswith(f"\n\n{REST}")
    assert short.split("\n")[0].endswith(("Passengers", "wait."))
    assert length(short) <= 200


def test_an_open_code_block_is_closed() -> None:
    short = shortened("Log:\n\n```sql\n" + "select 1\n" * 200 + "```", 300, REST)

    assert "\n```\n\n" in short
    assert not list(lines(short))[-1].fence


@pytest.mark.parametrize("sign", ["👩‍🚀", "🇩🇪", "👍🏽", "é", "✈️"])
def test_no_sign_is_cut_in_two(sign: str) -> None:
    for most in range(70, 95):
        kept = shortened(sign * 60, most, REST).removesuffix(REST).rstrip()

        assert kept.replace(sign, "") == ""


@given(
    st.text() | st.lists(st.sampled_from(["a ", "```\n", "~~~\n", "> ", "😀", "\n", "- "]), max_size=80).map("".join),
    st.integers(1, 150),
)
def test_it_is_never_longer_than_allowed(text: str, most: int) -> None:
    assert length(shortened(text, most, REST)) <= most
