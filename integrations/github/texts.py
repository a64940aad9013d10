"""Texts on their way to GitHub and back: Markdown as it is, with our block in it and nobody notified by it."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from integrations.errors import Refused
from integrations.prose import block_markdown as blocks
from integrations.prose.block import Block, TooLong
from integrations.prose.markdown import canonical, length, neutral, plain, shortened

TITLE_MOST = 256
BODY_MOST = 65536
MARKER = re.compile(r"^<!-- waymark:comment ([\w.:-]+) -->[ \t]*\r?$\n?", re.MULTILINE)
"""On a line of its own: who quotes our comment has ``> `` before it, and writes as himself."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a description says: ``text`` is everybody else's, ``sections`` and ``marker`` are of our block."""

    text: str
    sections: Mapping[str, str] | None = None
    marker: str | None = None


def title(text: str) -> str:
    """One line without control characters; what is too long ends in an ellipsis. Titles notify nobody and link
    nothing, so that they are sent as people wrote them."""
    line = " ".join("".join(sign if _is_shown(sign) else " " for sign in text).split())
    return line if len(line) <= TITLE_MOST else line[: TITLE_MOST - 1].rstrip() + "…"


def _is_shown(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cs")


def placed(native: str, block: Block) -> str:
    """The description with our block in it, nobody notified by what customers wrote; what people wrote stays as it
    is. Refused when theirs alone fills all the room there is."""
    quiet = replace(block, sections=tuple(replace(each, text=_quiet(each.text)) for each in block.sections))
    try:
        return blocks.placed(native, quiet, most=BODY_MOST)
    except TooLong as error:
        raise Refused(error.text, {"block": str(error.text)}) from error


def body_of(native: str) -> Body:
    found = blocks.found(native)
    if found is None:
        return Body(native)
    sections = {name: plain(section) for name, section in found.sections.items()}
    return Body(blocks.without(native).strip(), sections, found.marker)


def marker_of(native: str) -> str | None:
    return blocks.marker_of(native)


def comment(text: str, marker: str) -> str:
    """Cut where it would be too long to carry its marker."""
    end = f"\n\n<!-- waymark:comment {marker} -->"
    return shortened(_quiet(text), BODY_MOST - length(end), "…") + end


def comment_of(native: str) -> tuple[str, str | None]:
    """Its text without the marker, and the marker; None of what people wrote."""
    marks = MARKER.findall(native)
    return (plain(MARKER.sub("", native)).strip(), marks[-1]) if marks else (native, None)


def _quiet(text: str) -> str:
    return neutral(canonical(text))
