"""Texts on their way to Jira and back: titles of one line, descriptions around our block, comments with their marker."""

import re
from typing import Any

from integrations.jira.dialect import Dialect
from integrations.prose.block import Block, Section
from integrations.prose.markdown import canonical, neutral, plain

TITLE_MOST = 255  # characters
DESCRIPTION_MOST = 32_767  # characters of text
LABEL_MOST = 255  # characters
MARKED = re.compile(r"(?:^|\n)[*_]*Waymark · ref ([\w.:-]+?)[*_]*\s*\Z")
"""The last line of a comment of ours; Jira has nothing hidden that every version answers with the comment."""


def title(text: str) -> str:
    """One line without control characters, cut where Jira would refuse it."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= TITLE_MOST else line[: TITLE_MOST - 1].rstrip() + "…"


def label(text: str) -> str:
    """Jira's labels have no blanks: Ground handling becomes Ground-handling. Cut where Jira would refuse it."""
    return "-".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:LABEL_MOST]


def described(dialect: Dialect, native: Any, block: Block) -> Any:
    """The description with our block in it; people's text stays as it is. In what customers said nobody is called."""
    sections = tuple(Section(each.name, each.title, neutral(each.text)) for each in block.sections)
    return dialect.placed(native, Block(block.marker, block.heading, sections), DESCRIPTION_MOST)


def said(dialect: Dialect, native: Any) -> str:
    """As Markdown; empty for none."""
    return canonical(dialect.to_markdown(native)) if native else ""


def comment(dialect: Dialect, text: str, marker: str) -> Any:
    """Without a marker as people write it."""
    ended = f"{neutral(text).rstrip()}\n\n_Waymark · ref {marker}_" if marker else neutral(text)
    return dialect.from_markdown(ended)


def unmarked(text: str) -> tuple[str, str | None]:
    """The text of a comment without its last line, and the marker from there; None for what people wrote."""
    found = MARKED.search(text)
    return (text, None) if found is None else (plain(text[: found.start()]).rstrip(), found[1])
