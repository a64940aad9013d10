"""Documents as hypothesis invents them: what people write about an airport, and what breaks converters."""

from hypothesis import strategies as st

from integrations.prose import markdown_writing
from integrations.prose.document import (
    CODE,
    EM,
    STRIKE,
    STRONG,
    Block,
    Blocks,
    Code,
    Heading,
    Paragraph,
    Points,
    Quote,
    Rule,
    Run,
    Table,
)
from integrations.prose.tidying import tidy

NASTY = [
    "Passengers wait at security.",
    "a*b*c",
    "snake_case_name",
    "gate | lounge",
    "{code}",
    "[x]",
    "h1. Gate",
    "--",
    "---",
    "<script>alert(1)</script>",
    "&amp;",
    "&#97;",
    "✈️👩‍🚀🇩🇪",
    "مطار",
    "a\u200bb",
    "\u00a0",
    "https://airport.example/a_b(c)?d=1&copy=2",
    "](u)",
    "![",
    "`",
    "``",
    "~~",
    "*",
    "_",
    "**",
    "# 1",
    "1. ",
    "- ",
    "+ ",
    "> ",
    "\\",
    "\\\\",
    "“Terminal”",
    '"',
    "bq. so",
    "(/)",
    "??",
    "{{x}}",
    "!a.png!",
    "@anna",
    "#1",
    "é",
    "a",
    " ",
    "=",
    ":",
]

texts = st.lists(st.sampled_from(NASTY), min_size=1, max_size=3).map("".join) | st.text(max_size=12)
marks = st.frozensets(st.sampled_from([STRONG, EM, STRIKE]), max_size=2) | st.just(frozenset({CODE}))
links = st.sampled_from(["", "", "", "https://airport.example/security", "https://airport.example/x_y_(z)?a=1&b=2"])
runs = st.lists(st.builds(Run, texts, marks, links), min_size=1, max_size=4).map(tuple)
paragraphs = st.builds(Paragraph, runs)
codes = st.builds(
    Code, st.sampled_from(["", "python", "c++"]), st.sampled_from(["x", "", "```", "\n a\n\n  b", "{code}"])
)
cells = st.lists(runs, min_size=2, max_size=2).map(tuple)
tables = st.builds(Table, st.lists(cells, min_size=1, max_size=3).map(tuple))
headings = st.builds(Heading, st.integers(1, 6), runs)


def _points(start: st.SearchStrategy[int | None]) -> st.SearchStrategy[Block]:
    """Lists in lists, each item a text with perhaps a list below it."""
    said = st.builds(lambda more: Paragraph((Run("Gate"), *more)), runs)
    items: st.SearchStrategy[Blocks] = said.map(lambda one: (one,))
    leaf = st.builds(Points, start, st.lists(items, min_size=1, max_size=3).map(tuple))

    def deeper(inner: st.SearchStrategy[Points]) -> st.SearchStrategy[Points]:
        below = st.tuples(said, inner) | items
        return st.builds(Points, start, st.lists(below, min_size=1, max_size=2).map(tuple))

    return st.recursive(leaf, deeper, max_leaves=4)


def _documents(start: st.SearchStrategy[int | None]) -> st.SearchStrategy[str]:
    quotes = st.builds(Quote, st.lists(paragraphs, min_size=1, max_size=2).map(tuple))
    blocks = st.one_of(paragraphs, headings, codes, quotes, tables, st.just(Rule()), _points(start))
    return st.lists(blocks, max_size=4).map(lambda found: markdown_writing.write(tidy(found)))


documents = _documents(st.sampled_from([None, 1, 5]))
"""Canonical Markdown that ADF can say."""

wiki_documents = _documents(st.sampled_from([None, 1]))
"""Canonical Markdown that wiki markup can say."""
