"""What strangers write may be as long as a tracker takes, of any signs: it holds nobody up."""

import cProfile
import time
from collections.abc import Callable
from typing import Any

import pytest

from integrations.github import texts as github
from integrations.gitlab import texts as gitlab
from integrations.jira import webhooks as jira
from integrations.prose import block_adf, block_markdown, block_wiki, markdown_writing
from integrations.prose.block import Block, Section
from integrations.prose.fences import lines

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
