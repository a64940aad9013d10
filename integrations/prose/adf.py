"""The Atlassian Document Format, which Jira Cloud speaks, and Markdown."""

from typing import Any

from integrations.prose import adf_reading, adf_writing, markdown_reading, markdown_writing


def to_adf(markdown: str) -> dict[str, Any]:
    """The document as ADF, valid by Atlassian's schema."""
    return adf_writing.write(markdown_reading.read(markdown))


def to_markdown(document: object) -> str:
    """Canonical Markdown of an ADF document. What Markdown cannot say is said in words: a mention as ``@Name``, a
    status as its text, a file as ``[attachment: name]``. Colours, alignment and nesting below 16 levels are not kept."""
    return markdown_writing.write(adf_reading.read(document))
