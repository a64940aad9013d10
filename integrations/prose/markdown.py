"""Markdown as people write it: its normal form, made harmless, cut short."""

import re

from integrations.prose.markdown_reading import is_readable, read, unread
from integrations.prose.markdown_writing import write
from integrations.prose.mentions import neutral, plain
from integrations.prose.shortening import length, shortened

__all__ = ["canonical", "length", "neutral", "plain", "shortened"]

_BARED = re.compile(r"\\\[|&(?:#|lbrack;|lsqb;)")
"""Brackets that stand bare in the normal form, where an end is looked for to each of them, as where their end is escaped."""


def canonical(text: str) -> str:
    """The normal form: equal for texts that differ in nothing that is read, and its own normal form.

    A line break within a paragraph is a break (as in GitHub's issues), written with a backslash. Titles of links,
    alignment of columns and the width between items are not kept; HTML is text and escaped as such. A text that costs
    too much to read, or would when it is read again, is a block of code.
    """
    written = write(read(text))
    costs_more = "\\]" in written or _BARED.search(text)
    return written if not costs_more or is_readable(written) else write(unread(text))
