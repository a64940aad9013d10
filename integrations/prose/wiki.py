"""Jira wiki markup, which Jira Data Center speaks, and Markdown."""

from integrations.prose import markdown_reading, markdown_writing, wiki_reading, wiki_writing


def to_wiki(markdown: str) -> str:
    """Wiki markup. Numbers of lists begin at one; a quotation within another joins it."""
    return wiki_writing.write(markdown_reading.read(markdown))


def to_markdown(wiki: str) -> str:
    """Canonical Markdown of wiki markup. A person is ``@name``, a file ``[attachment: name]``; colours are dropped."""
    return markdown_writing.write(wiki_reading.read(wiki))
