"""What strangers write may be as long as a tracker takes, of any signs: it holds nobody up."""

import time
from collections.abc import Callable

import pytest

from integrations.github import texts as github
from integrations.gitlab import texts as gitlab
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
BLOCK = """<!-- waymark:begin CX-12 -->
## From Waymark

<!-- waymark:section problem -->
### The problem

Passengers wait at security.

<!-- waymark:end -->"""


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
