"""Texts on their way to GitLab and back: Markdown as it is, with our block in it, nobody notified and nothing done by it.

GitLab carries out what it calls quick actions: a line of a description or comment that begins with ``/close`` or
``/assign`` is a command, given by whoever sends it. GitLab looks for them at the very start of lines, and only roughly
knows code from text, so that no line of ours begins with a slash and a letter, in code neither. What people wrote around
our block is sent as it came: of what stood there before GitLab carries nothing out again.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from integrations.errors import Refused
from integrations.prose import block_markdown as blocks
from integrations.prose.block import Block, TooLong
from integrations.prose.markdown import canonical, length, neutral, plain, shortened
from integrations.prose.mentions import JOINER

TITLE_MOST = 255
DESCRIPTION_MOST = 1_048_576
NOTE_MOST = 1_000_000
MARKER = re.compile(r"^<!-- waymark:comment ([\w.:-]+) -->[ \t]*\r?$\n?", re.MULTILINE)
"""On a line of its own: who quotes our comment has ``> `` before it, and writes as himself."""
COMMAND = re.compile(rf"^([ \t]*/)(?={JOINER}*[A-Za-z])", re.MULTILINE)
SPOILT = re.compile(rf"^([ \t]*/){JOINER}(?={JOINER}*[A-Za-z])", re.MULTILINE)
WORDS = r"issue|epic|work_item|milestone|label|snippet|vulnerability|iteration|cadence|feature_flag|wiki_page"
REFERENCES = "|".join(
    (
        rf'(?<![~/])~(?={JOINER}*[\w"])',
        rf'(?<!\w)%(?={JOINER}*[\w"])',
        rf"[$&](?={JOINER}*\d)",
        rf"(?<![A-Za-z0-9])[gG][lL]-(?={JOINER}*\d)",
        rf"\[(?={JOINER}*(?:{WORDS}):)",
    )
)
"""To labels, milestones, snippets and epics; those to people, issues and merge requests are everywhere the same."""


@dataclass(frozen=True, slots=True)
class Description:
    """What a description says: ``text`` is everybody else's, ``sections`` and ``marker`` are of our block."""

    text: str
    sections: Mapping[str, str] | None = None
    marker: str | None = None


def title(text: str) -> str:
    """One line without control characters; what is too long ends in an ellipsis. Titles of GitLab notify whom they
    name (from memory)."""
    line = " ".join("".join(sign if _is_shown(sign) else " " for sign in text).split())
    quiet = neutral(line, further=REFERENCES)
    return quiet if len(quiet) <= TITLE_MOST else quiet[: TITLE_MOST - 1].rstrip() + "…"


def title_of(native: str) -> str:
    return plain(native, further=REFERENCES)


def _is_shown(sign: str) -> bool:
    return unicodedata.category(sign) not in ("Cc", "Cs")


def placed(native: str, block: Block) -> str:
    """The description with our block in it; what people wrote stays as it is. Refused when theirs alone fills all the
    room there is."""
    quiet = replace(block, sections=tuple(replace(each, text=_quiet(each.text)) for each in block.sections))
    try:
        return blocks.placed(native, quiet, most=DESCRIPTION_MOST)
    except TooLong as error:
        raise Refused(error.text, {"block": str(error.text)}) from error


def description_of(native: str) -> Description:
    found = blocks.found(native)
    if found is None:
        return Description(native)
    sections = {name: _loud(section) for name, section in found.sections.items()}
    return Description(blocks.without(native).strip(), sections, found.marker)


def marker_of(native: str) -> str | None:
    return blocks.marker_of(native)


def comment(text: str, marker: str) -> str:
    """Cut where it would be too long to carry its marker."""
    end = f"\n\n<!-- waymark:comment {marker} -->"
    return shortened(_quiet(text), NOTE_MOST - length(end), "…") + end


def comment_of(native: str) -> tuple[str, str | None]:
    """Its text without the marker, and the marker; None of what people wrote."""
    marks = MARKER.findall(native)
    return (_loud(MARKER.sub("", native)).strip(), marks[-1]) if marks else (native, None)


def _quiet(text: str) -> str:
    return COMMAND.sub(rf"\1{JOINER}", neutral(canonical(text), further=REFERENCES))


def _loud(text: str) -> str:
    return plain(SPOILT.sub(r"\1", text), further=REFERENCES)
