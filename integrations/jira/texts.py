"""Texts on their way to Jira and back: titles of one line, descriptions around our block, comments with their marker."""

import re
from dataclasses import replace
from typing import Any

from integrations.errors import Refused
from integrations.jira.dialect import Dialect
from integrations.prose.block import Block, TooLong
from integrations.prose.markdown import canonical, neutral, plain

TITLE_MOST = 255  # characters
DESCRIPTION_MOST = 32_767  # characters of text
LABEL_MOST = 255  # characters
MARKED = re.compile(r"(?:^|\n)[*_]*Waymark · ref ([\w.:-]{1,100}?)[*_]*+\s*+\Z")
"""The last line of a comment of ours; Jira has nothing hidden that every version answers with the comment."""


def title(text: str) -> str:
    """One line without control characters, cut where Jira would refuse it."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= TITLE_MOST else line[: TITLE_MOST - 1].rstrip() + "…"


def label(text: str) -> str:
    """Jira's labels have no blanks: Ground handling becomes Ground-handling. Cut where Jira would refuse it."""
    return "-".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:LABEL_MOST]


def described(dialect: Dialect, native: Any, block: Block) -> Any:
    """The description with our block in it; people's text stays as it is. In what customers said nobody is called.
    Refused when people's text alone leaves no room."""
    sections = tuple(replace(each, text=uncalling(each.text)) for each in block.sections)
    try:
        return dialect.placed(native or dialect.empty, replace(block, sections=sections), DESCRIPTION_MOST)
    except TooLong as error:
        raise Refused(error.text, {"block": str(error.text)}) from error


def uncalling(text: str) -> str:
    """Canonical Markdown that notifies nobody; numbers mean nothing to Jira."""
    return neutral(canonical(text), issues=False)


def said(dialect: Dialect, native: Any) -> str:
    """As Markdown; empty for none."""
    return canonical(dialect.to_markdown(native)) if native else ""


def comment(dialect: Dialect, text: str, marker: str) -> Any:
    """Without a marker as people write it."""
    said = uncalling(text).rstrip()
    return dialect.from_markdown(f"{said}\n\n_Waymark · ref {marker}_" if marker else said)


def unmarked(text: str) -> tuple[str, str | None]:
    """The text of a comment without its last line, and the marker from there; None for what people wrote."""
    found = MARKED.search(text)
    return (text, None) if found is None else (plain(text[: found.start()], issues=False).rstrip(), found[1])
