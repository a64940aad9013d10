"""Which lines of a Markdown text are code between fences, wherever in a list or quotation the fence stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_FENCE = re.compile(r"[ \t>]*+(?:(?:[-+*]|\d{1,9}[.)])[ \t]++)*+[ \t>]*+(`{3,}+(?=[^`]*$)|~{3,}+)(.*)$")
"""Gives nothing back once it is taken: strangers write lines of blanks and ``> `` as long as they like."""


@dataclass(frozen=True, slots=True)
class Line:
    start: int
    """Where in the text it begins; it goes up to the next line's start, its end included."""
    text: str
    fenced: bool
    """Whether it is part of a code block, the fences included."""
    fence: str
    """The fence that is open after it, empty for none."""


def lines(text: str) -> Iterator[Line]:
    """Each line without its end. Lines end with a newline here, whatever stands before that."""
    at, fence = 0, ""
    for raw in text.split("\n"):
        line = raw.rstrip("\r")
        found = _FENCE.match(line)
        was = fence
        if found and not fence:
            fence = found.group(1)
        elif found and fence and found.group(1).startswith(fence) and not found.group(2).strip():
            fence = ""
        yield Line(at, line, bool(was or fence), fence)
        at += len(raw) + 1
