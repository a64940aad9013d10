"""ADF both ways: valid by Atlassian's schema, nothing people wrote lost."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.prose.adf import to_adf, to_markdown
from integrations.prose.markdown import canonical
from tests.prose.written_documents import NASTY, documents

# The schema is Atlassian's (npm @atlaskit/adf-schema 57.7.22, json-schema/v1/full.json, Apache License 2.0).
SCHEMA = jsonschema_rs.validator_for(json.loads((Path(__file__).parent / "adf-schema.json").read_text()))

Node = dict[str, Any]


def doc(*content: Node) -> Node:
    return {"type": "doc", "version": 1, "content": list(content)}


def node(kind: str, *content: Node, **attrs: Any) -> Node:
    return {"type": kind, **({"attrs": attrs} if attrs else {}), "content": list(content)}


def atom(kind: str, **attrs: Any) -> Node:
    return {"type": kind, "attrs": attrs}


def text(words: str, *marks: Node) -> Node:
    return {"type": "text", "text": words, **({"marks": list(marks)} if marks else {})}


def test_a_description_becomes_what_jira_shows() -> None:
    made = to_adf("# Queue\n\nWait **12 min**\n\n3. Gate\n   - Lounge\n\n```sql\nselect 1\n```")

    assert made == doc(
        node("heading", text("Queue"), level=1),
        node("paragraph", text("Wait "), text("12 min", {"type": "strong"})),
        node(
            "orderedList",
            node(
                "listItem",
                node("paragraph", text("Gate")),
                node("bulletList", node("listItem", node("paragraph", text("Lounge")))),
            ),
            order=3,
        ),
        node("codeBlock", text("select 1"), language="sql"),
    )


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        (node("paragraph", atom("mention", id="1", text="@Anna Weber")), "@Anna Weber"),
        (node("paragraph", atom("mention", id="77")), "@77"),
        (node("paragraph", atom("status", text="Late", color="red")), "Late"),
        (node("paragraph", atom("emoji", shortName=":plane:", text="✈️")), "✈️"),
        (node("paragraph", atom("emoji", shortName=":plane:")), ":plane:"),
        (node("paragraph", atom("date", timestamp="1767225600000")), "2026-01-01"),
        (node("paragraph", atom("date", timestamp="99999999999999999999")), "99999999999999999999"),
        (node("paragraph", atom("inlineCard", url="https://airport.example/1")), "<https://airport.example/1>"),
        (atom("blockCard", url="https://airport.example/1"), "<https://airport.example/1>"),
        (
            node("mediaSingle", atom("media", type="file", id="1", collection="", alt="queue.png")),
            "[attachment: queue.png]",
        ),
        (node("mediaGroup", atom("media", type="file", id="1", collection="")), "[attachment]"),
        (
            node("mediaSingle", atom("media", type="external", url="https://a.example/q.png", alt="Q")),
            "![Q](https://a.example/q.png)",
        ),
        (node("panel", node("paragraph", text("Mind the gap")), panelType="info"), "> Mind the gap"),
        (node("expand", node("paragraph", text("More")), title="Details"), "**Details**\n\nMore"),
        (node("taskList", node("taskItem", text("Signs"), localId="1", state="DONE"), localId="0"), "- [x] Signs"),
        (
            node("decisionList", node("decisionItem", text("Signs"), localId="1", state="DECIDED"), localId="0"),
            "- Signs",
        ),
        (
            node("paragraph", text("late", {"type": "underline"}, {"type": "textColor", "attrs": {"color": "#f00"}})),
            "late",
        ),
        (node("paragraph", text("a"), {"type": "hardBreak"}, text("b")), "a\\\nb"),
        (node("somethingNew", node("alsoNew", text("kept"))), "kept"),
        (node("paragraph", {"type": "newInline", "attrs": {"text": "kept"}}, text(" too")), "kept too"),
        (atom("extension", extensionKey="chart", extensionType="x", text="Chart of waits"), "Chart of waits"),
    ],
)
def test_what_markdown_has_no_sign_for_is_said_in_words(inside: Node, said: str) -> None:
    assert to_markdown(doc(inside)) == said


@pytest.mark.parametrize(
    "junk",
    [
        None,
        3,
        "x",
        [],
        {},
        {"content": 3},
        {"content": [None, {"type": ["x"]}]},
        {"content": [{"type": "text", "marks": {"a": 1}, "attrs": 3}]},
    ],
)
def test_anything_a_tracker_sends_is_read(junk: object) -> None:
    assert to_markdown(junk) == ""


def test_text_nested_beyond_all_use_is_kept() -> None:
    deep = node("paragraph", text("the bottom"))
    for _ in range(300):
        deep = node("bulletList", node("listItem", deep))

    assert "the bottom" in to_markdown(doc(deep))


def test_an_item_that_begins_with_a_list_begins_with_an_empty_text() -> None:
    item = to_adf("- - Gate")["content"][0]["content"][0]

    assert [inner["type"] for inner in item["content"]] == ["paragraph", "bulletList"]


@given(documents)
def test_a_document_comes_back_from_adf_as_it_went(markdown: str) -> None:
    made = to_adf(markdown)

    assert to_markdown(made) == markdown
    SCHEMA.validate(made)


@given(st.text() | st.lists(st.sampled_from([*NASTY, "\n", "\n\n", "- ", "> ", "    "]), max_size=15).map("".join))
def test_any_text_becomes_a_valid_document_and_settles(words: str) -> None:
    first = to_markdown(to_adf(words))
    made = to_adf(first)

    SCHEMA.validate(to_adf(words))
    assert to_markdown(made) == first
    assert canonical(first) == first


_words = st.text(min_size=1, max_size=8) | st.sampled_from([one for one in NASTY if one])
_plain: st.SearchStrategy[list[Node]] = st.lists(
    st.sampled_from(
        [
            {"type": "strong"},
            {"type": "em"},
            {"type": "strike"},
            {"type": "underline"},
            {"type": "subsup", "attrs": {"type": "sub"}},
            {"type": "link", "attrs": {"href": "https://airport.example/a"}},
        ]
    ),
    max_size=3,
    unique_by=lambda mark: str(mark["type"]),
)
_inline = (
    st.builds(lambda words, marks: text(words, *marks), _words, _plain)
    | _words.map(lambda words: text(words, {"type": "code"}))
    | st.just({"type": "hardBreak"})
    | _words.map(lambda name: atom("mention", id="1", text=name))
    | _words.map(lambda name: atom("status", text=name, color="red"))
    | st.just(atom("inlineCard", url="https://airport.example/c"))
)
_paragraph = st.lists(_inline, max_size=4).map(lambda inside: node("paragraph", *inside))


def _deeper(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(inner, min_size=1, max_size=3)
    item = st.builds(
        lambda first, rest: node("listItem", first, *[one for one in rest if one["type"].endswith("List")]),
        _paragraph,
        some,
    )
    items = st.lists(item, min_size=1, max_size=3)
    cell = _paragraph.map(lambda one: node("tableCell", one))
    return st.one_of(
        items.map(lambda found: node("bulletList", *found)),
        items.map(lambda found: node("orderedList", *found, order=4)),
        some.map(
            lambda found: node(
                "expand", *[one for one in found if one["type"] != "expand"] or [node("paragraph")], title="More"
            )
        ),
        _paragraph.map(lambda one: node("blockquote", one)),
        _paragraph.map(lambda one: node("panel", one, panelType="warning")),
        st.lists(cell, min_size=1, max_size=3).map(lambda cells: node("table", node("tableRow", *cells))),
    )


_leaves = st.one_of(
    _paragraph,
    st.lists(_inline, max_size=3).map(lambda inside: node("heading", *inside, level=2)),
    _words.map(lambda words: node("codeBlock", text(words))),
    st.just({"type": "rule"}),
    st.lists(_inline, max_size=3).map(
        lambda inside: node("taskList", node("taskItem", *inside, localId="1", state="TODO"), localId="0")
    ),
)


@given(st.lists(st.recursive(_leaves, _deeper, max_leaves=6), max_size=4))
def test_a_document_of_jira_settles_after_one_round(content: list[Node]) -> None:
    once = to_adf(to_markdown(doc(*content)))

    SCHEMA.validate(once)
    assert to_adf(to_markdown(once)) == once
