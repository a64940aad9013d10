"""Wiki markup of Jira Data Center, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.prose.wiki import to_markdown, to_wiki
from tests.prose.written_documents import NASTY, wiki_documents


@pytest.mark.parametrize(
    ("wiki", "markdown"),
    [
        ("h2. Queue", "## Queue"),
        ("*late* _very_ -closed- {{code}}", "**late** _very_ ~~closed~~ `code`"),
        ("un{*}believ{*}able", "un**believ**able"),
        ("{code:python|title=x}\nx = 1\n{code}", "```python\nx = 1\n```"),
        ("{noformat}\n*x*\n{noformat}", "```\n*x*\n```"),
        ("{quote}\nToo slow\n{quote}", "> Too slow"),
        ("bq. Too slow", "> Too slow"),
        ("* a\n** b\n*# c\n* d", "- a\n  - b\n\n  1. c\n\n- d"),
        ("# a\n# b", "1. a\n2. b"),
        ("||Gate||Wait||\n|A|5|", "| Gate | Wait |\n| --- | --- |\n| A | 5 |"),
        ("[the survey|https://airport.example]", "[the survey](https://airport.example)"),
        ("[https://airport.example]", "<https://airport.example>"),
        ("[~anna] [^queue.pdf] !queue.png|thumbnail!", "@anna [attachment: queue.pdf] [attachment: queue.png]"),
        ("!https://airport.example/q.png|alt=Queue!", "![Queue](https://airport.example/q.png)"),
        ("{color:red}late{color}", "late"),
        ("{panel:title=Note}\nMind\n{panel}", "> **Note**\n>\n> Mind"),
        ("----", "---"),
        ("a\nb \\\\ c", "a\\\nb\\\nc"),
        ("\\*not bold\\* \\{code} &amp;", "\\*not bold\\* {code} &"),
        ("-5 to -10, 3 - 4, snake_case_name", "-5 to -10, 3 - 4, snake_case_name"),
        ("{unknown:x}kept{unknown}", "{unknown:x}kept{unknown}"),
        ("{code}never ends", "{code}never ends"),
        ("", ""),
    ],
)
def test_wiki_markup_is_read(wiki: str, markdown: str) -> None:
    assert to_markdown(wiki) == markdown


@pytest.mark.parametrize(
    ("markdown", "wiki"),
    [
        ("## Queue", "h2. Queue"),
        ("**late** _very_ ~~closed~~ `a*b`", "*late* _very_ -closed- {{a*b}}"),
        ("**late\\\nagain**", "*late*\n*again*"),
        ("un**believ**able", "un{*}believ{*}able"),
        ("- a\n  1. b\n- c", "* a\n*# b\n* c"),
        ("[the survey](https://airport.example)", "[the survey|https://airport.example]"),
        ("C:\\Users {code} [x] h1.", "C:\\Users \\{code\\} \\[x\\] h1."),
        ("h1. not a heading", "&#104;1. not a heading"),
        ("```\n{noformat}\n```", "{noformat}\n{\u2060noformat}\n{noformat}"),
        ("2026-11-22, well-known, 3 - 4", "2026-11-22, well-known, 3 - 4"),
    ],
)
def test_markdown_becomes_wiki_markup(markdown: str, wiki: str) -> None:
    assert to_wiki(markdown) == wiki


@given(wiki_documents)
def test_a_document_comes_back_from_wiki_markup_as_it_went(markdown: str) -> None:
    assert to_markdown(to_wiki(markdown)) == markdown


@given(
    st.text()
    | st.lists(st.sampled_from([*NASTY, "\n", "\n\n", "* ", "** ", "|", "||", "{quote}", "{panel}"]), max_size=15).map(
        "".join
    )
)
def test_any_text_is_read_and_settles(text: str) -> None:
    once = to_markdown(text)
    twice = to_markdown(to_wiki(once))

    assert to_markdown(to_wiki(twice)) == twice
