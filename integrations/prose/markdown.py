"""Markdown as people write it: its normal form, made harmless, cut short."""

from integrations.prose.markdown_reading import read
from integrations.prose.markdown_writing import write
from integrations.prose.mentions import neutral, plain
from integrations.prose.shortening import length, shortened

__all__ = ["canonical", "length", "neutral", "plain", "shortened"]


def canonical(text: str) -> str:
    """The normal form: equal for texts that differ in nothing that is read, and its own normal form.

    A line break within a paragraph is a break (as in GitHub's issues), written with a backslash. Titles of links,
    alignment of columns and the width between items are not kept; HTML is text and escaped as such.
    """
    return write(read(text))
