"""The last line of a block in the forms that have no comments: what it is found by, readable and out of the way.

``Waymark ref MARKER · problem: The problem · next_step: Next step``: the marker, and which title is which section.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from integrations.prose.block import Block

_LINE = re.compile(r"Waymark ref ([\w.-]+)((?:\s*· [a-z][a-z0-9_]*: [^·\n]*)+)")
_PAIR = re.compile(r"· ([a-z][a-z0-9_]*): ([^·\n]*)")


@dataclass(frozen=True, slots=True)
class Signature:
    marker: str
    names: Mapping[str, str]
    """The section's name by its title, the title as ``seen`` gives it."""


def signature(block: Block) -> str:
    titles = (f" · {one.name}: {title(one.title)}" for one in block.sections)
    return f"Waymark ref {block.marker}{''.join(titles)}"


def title(text: str) -> str:
    """A title as both the heading and the line can bear it."""
    return " ".join(re.sub(r"[^\w\s.,:?()&/-]", " ", text).split())


def seen(text: str) -> str:
    """A title as it is compared."""
    return " ".join(text.split()).casefold()


def signed(text: str) -> Signature | None:
    """What a line of plain text says when it is such a line."""
    found = _LINE.fullmatch(" ".join(text.split()))
    if not found:
        return None
    return Signature(found.group(1), {seen(pair[1]): pair[0] for pair in _PAIR.findall(found.group(2))})
