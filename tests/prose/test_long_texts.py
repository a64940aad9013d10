"""What strangers write may be as long as a tracker takes, of any signs: it holds nobody up."""

import cProfile
import time
from collections.abc import Callable
from typing import Any

import pytest

from integrations.github import texts as github
from integrations.gitlab import texts as gitlab
from integrations.jira import webhooks as jira
from integrations.jira.texts import unmarked
from integrations.prose import block_adf, block_markdown, block_wiki, markdown_writing
from integrations.prose.adf import to_adf, to_markdown
from integrations.prose.block import Block, Section
from integrations.prose.fences import lines
from integrations.prose.markdown import canonical
from integrations.prose.wiki import to_markdown as from_wiki
from integrations.prose.wiki import to_wiki

LONGEST = 65_536
"""Characters of a description or comment of GitHub."""
GENEROUS = 5.0
"""Seconds of the processor; what grows with the square of the length takes minutes."""
SIGNS = [
    *" \t>-+*.)1`~<!&[]{}|_#@\\/^?:=\"'·",
    "\r",
    "\n",
    "\u00a0",
    "\u2060",
    "\u0301",
    "😀",
    "> ",
    "- ",
    "1. ",
    "\n> ",
]
OURS = Block("CX-12", "From Waymark", (Section("problem", "The problem", "Passengers wait at security."),))
BLOCK = block_markdown.placed("", OURS)


def long(piece: str) -> str:
    return (piece * LONGEST)[:LONGEST]


def seconds(reading: Callable[[], object]) -> float:
    began = time.process_time()
    reading()
    return time.process_time() - began


@pytest.mark.parametrize("piece", SIGNS)
def test_a_long_line_of_one_sign_is_looked_through_for_code_at_once(piece: str) -> None:
    assert seconds(lambda: [*lines(long(piece))]) < GENEROUS


@pytest.mark.parametrize("piece", SIGNS)
@pytest.mark.parametrize("body_of", [github.body_of, gitlab.description_of])
def test_our_block_is_found_around_whatever_strangers_write(body_of: Callable[[str], object], piece: str) -> None:
    native = f"{long(piece)}\n\n{BLOCK}\n\n{long(piece)}"

    assert seconds(lambda: body_of(native)) < GENEROUS


@pytest.mark.parametrize(
    ("native", "marker_of"),
    [
        (block_markdown.placed("", OURS), github.marker_of),
        (block_markdown.placed("", OURS), gitlab.marker_of),
        (block_wiki.placed("", OURS), lambda native: jira.marker({"fields": {"description": native}})),
        (block_adf.placed(None, OURS), lambda native: jira.marker({"fields": {"description": native}})),
    ],
    ids=["github", "gitlab", "wiki", "adf"],
)
def test_a_webhook_names_the_marker_without_reading_the_sections(
    native: object, marker_of: Callable[[Any], str | None]
) -> None:
    profile = cProfile.Profile()

    marker = profile.runcall(marker_of, native)

    assert marker == "CX-12"
    assert markdown_writing.write.__code__ not in [each.code for each in profile.getstats()]


HALF = LONGEST // 2
COSTLY = {
    "brackets": "[" * LONGEST,
    "brackets that were escaped": "\\[" * HALF,
    "brackets whose end is to be escaped": "[[1,2],[3,4]]" * 5_000,
    "beginnings of images": "![" * HALF,
    "images in images": ("![" * 30 + "*late* " * 20 + "](u)" * 30 + "\n\n") * 200,
    "tables of a wide head and short rows": ("|a" * 256 + "\n" + "|-" * 256 + "\n" + "a\n" * 256 + "\n") * 42,
    "lines that go on in quotations": "> " * 50 + "late\n" * 13_000,
    "lines that go on in lists": "- " * 25 + "late\n" * 13_000,
    "quotations without end": ">" * LONGEST + " late",
}


@pytest.mark.parametrize("name", COSTLY)
def test_a_text_that_costs_too_much_to_read_is_kept_as_it_was_written(name: str) -> None:
    text = COSTLY[name]

    kept = canonical(text)

    assert kept == f"```\n{text.rstrip(' ')}\n```"
    assert canonical(kept) == kept
    assert to_markdown(to_adf(kept)) == kept


USUAL = {
    "prose": "Passengers wait **12 min** at [lane 4](https://airport.example), R&D says. [1] ![q](u)\n\n",
    "lines": "late\n",
    "tasks": "- [ ] Open [lane 4]\n",
    "a table": "|a|b\n",
    "lists in lists": "- Gate\n  - A\n    - 1\n      - late\n",
    "answers": "> > > late\n> > so\n> no\n\n",
    "what a machine logged": '{"gates": [{"lane": [4, 5]}, "late"]},\n',
}


@pytest.mark.parametrize("name", USUAL)
def test_the_longest_texts_of_people_are_read(name: str) -> None:
    text = "|a|b\n|-|-\n" * (name == "a table") + long(USUAL[name])

    kept = canonical(text)

    assert "```" not in kept
    assert canonical(kept) == kept


@pytest.mark.parametrize(
    "piece", [*SIGNS, "![", "[a](", "*a", "_", "<!--", "{code}", "|a", "\n|-", "&amp;", "@a", "#1 "]
)
@pytest.mark.parametrize("form", [canonical, to_adf, to_wiki, from_wiki])
def test_a_long_text_of_any_signs_goes_into_every_form_at_once(form: Callable[[str], object], piece: str) -> None:
    assert seconds(lambda: form(long(piece))) < GENEROUS


def test_rows_far_shorter_than_the_head_are_lines_and_no_millions_of_cells() -> None:
    wide = "||Gate" * 2_000 + "||\n" + "|late|5\n" * 2_000

    said = from_wiki(wide)

    assert len(said) < 4 * len(wide)
    assert said.endswith("\nlate | 5")
    assert canonical(said) == said


def test_a_ragged_table_is_still_a_table() -> None:
    assert from_wiki("||Gate||Wait||Late||\n|A|") == "| Gate | Wait | Late |\n| --- | --- | --- |\n| A |  |  |"


def test_the_end_of_code_in_wiki_markup_is_looked_for_once() -> None:
    native = block_wiki.placed("", OURS).replace("Passengers", "{code:sql}" * LONGEST + "{noformat:a}" + " Passengers")

    assert seconds(lambda: block_wiki.found(native)) < GENEROUS


@pytest.mark.parametrize("piece", [*SIGNS, "a", "Waymark · ref a", "\nWaymark · ref "])
def test_the_marker_of_a_comment_is_looked_for_once(piece: str) -> None:
    assert seconds(lambda: unmarked(f"\nWaymark · ref {long(piece)} late")) < GENEROUS
