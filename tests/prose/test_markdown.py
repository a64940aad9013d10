"""The normal form of Markdown: meaningless differences vanish, meaning stays."""

import cProfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.prose.document import STRIKE, Blocks, Paragraph, Run
from integrations.prose.markdown import canonical
from integrations.prose.markdown_reading import read
from integrations.prose.markdown_writing import write
from tests.prose.written_documents import NASTY, documents


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Gate A\r\nGate B\r", "Gate A\nGate B"),
        ("Gate A   \n\n\n\nGate B\n\n", "Gate A\n\nGate B"),
        ("* Gate A\n* Gate B", "- Gate A\n- Gate B"),
        ("_late_ and __closed__", "*late* and **closed**"),
        ("Security\n========\n\nQueues\n---", "# Security\n\n## Queues"),
        ("line  \nbreak", "line\\\nbreak"),
        ("well\\-known \\. \\& so", "well-known . & so"),
        ("1) Gate\n2) Lounge", "1. Gate\n2. Lounge"),
        ("~~~\nx\n~~~", "```\nx\n```"),
        ("    x", "```\nx\n```"),
        ("<https://airport.example>", "https://airport.example"),
        ("- a\n\n- b", "- a\n- b"),
        ("- [X] done", "- [x] done"),
        ("Gate\x00 \x1b7", "Gate 7"),
        ("| a | b |\n|:-:|---|\n|c|d|", "| a | b |\n| --- | --- |\n| c | d |"),
        ("[survey](https://airport.example 'title')", "[survey](https://airport.example)"),
        ("***", "---"),
    ],
)
def test_what_differs_in_nothing_that_is_read_is_equal(written: str, same: str) -> None:
    assert canonical(written) == canonical(same)


@pytest.mark.parametrize(
    "text",
    [
        "snake_case_name, 5 * 3, ~5 min, a < b, R&D, [sic], gate #4 - late!",
        "# Security\n\nPassengers **wait** 12 min.\n\n- one\n  - two\n- three",
        "> quoted\n>\n> - list",
        "| Gate | Wait |\n| --- | --- |\n| A | `5\\|6` |",
        "```python\nx = 1\n```",
        "See <https://airport.example/a_b> and [the survey](https://airport.example/c).",
        "first\\\nsecond",
    ],
)
def test_plain_writing_is_its_own_normal_form(text: str) -> None:
    assert canonical(text) == text


def test_differences_that_are_read_stay() -> None:
    texts = ["Gate", "**Gate**", "_Gate_", "# Gate", "- Gate", "1. Gate", "> Gate", "`Gate`", "[Gate](u)", "Gate 2"]

    assert len({canonical(text) for text in texts}) == len(texts)


def test_html_is_text() -> None:
    assert canonical("<b>late</b> <!-- hidden -->") == "\\<b>late\\</b> \\<!-- hidden -->"


@given(st.text())
def test_the_normal_form_of_any_text_is_its_own(text: str) -> None:
    once = canonical(text)

    assert canonical(once) == once


@given(
    st.lists(st.sampled_from([*NASTY, "\n", "\n\n", "    ", "| --- |", "```", "===", "\t"]), max_size=12).map("".join)
)
def test_the_normal_form_of_markup_in_disorder_is_its_own(text: str) -> None:
    once = canonical(text)

    assert canonical(once) == once


@given(documents)
def test_a_document_is_written_so_that_it_is_read_again(text: str) -> None:
    document: Blocks = read(text)

    assert canonical(text) == text
    assert read(canonical(text)) == document


@pytest.mark.parametrize(
    "piece", ["a *b* [c](https://d.example) `e`\n\n- f\n", "*", "_a", "`a", "> a\n", "&amp;", "|a"]
)
def test_a_long_text_takes_calls_in_proportion(piece: str) -> None:
    def calls(size: int) -> int:
        profile = cProfile.Profile()
        profile.runcall(canonical, (piece * size)[:size])
        return sum(each.callcount for each in profile.getstats())

    assert calls(64_000) < 1_000 + 10 * calls(8_000)


def test_emphasis_that_goes_on_after_a_link_opens_at_a_word() -> None:
    late = frozenset({STRIKE})
    document: Blocks = (Paragraph((Run("Gate", link="u"), Run("12", late, "u"), Run("\u00a0closed", late))),)

    assert read(write(document)) == document
