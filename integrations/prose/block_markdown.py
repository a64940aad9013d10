"""Waymark's block in a Markdown description: between two HTML comments, which nobody sees.

``<!-- waymark:begin MARKER -->`` and ``<!-- waymark:end -->`` each on a line of its own, outside of code; within,
``<!-- waymark:section NAME -->`` before each title.
"""

import re
from dataclasses import dataclass

from integrations.prose import markdown_writing
from integrations.prose.block import Block, Found, Section, fitting
from integrations.prose.document import Heading, Run
from integrations.prose.fences import lines
from integrations.prose.markdown import canonical
from integrations.prose.shortening import length
from integrations.prose.tidying import tidy

_BEGIN = re.compile(r" {0,3}<!--\s*waymark:begin\s+([\w.-]+)\s*-->\s*$")
_END = re.compile(r" {0,3}<!--\s*waymark:end\s*-->")
_SECTION = re.compile(r" {0,3}<!--\s*waymark:section\s+([a-z][a-z0-9_]*)\s*-->\s*$")
_TITLE = re.compile(r"\s*#{1,6}(?:\s[^\n]*)?(?:\n|$)")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a block stands. ``sections`` are name, beginning (after the comment) and end of each."""

    marker: str
    start: int
    end: int
    sections: tuple[tuple[str, int, int], ...]
    ended: bool


def placed(native: str, block: Block, *, most: int | None = None) -> str:
    """The description with the block in it. Raises TooLong."""
    return fitting(block, most, lambda one: _placed(native, one), length)


def found(native: str, marker: str | None = None) -> Found | None:
    """The block with this marker, else the first there is."""
    place = _chosen(native, marker)
    if place is None:
        return None
    known = place.sections if place.ended else place.sections[:-1]
    return Found(place.marker, {name: canonical(_below_title(native[at:end])[1]) for name, at, end in known})


def marker_of(native: str) -> str | None:
    """Of the first block, without a look into its sections."""
    place = _chosen(native, None)
    return place.marker if place else None


def without(native: str, marker: str | None = None) -> str:
    """The description without the block; what stands around it stays to the byte."""
    place = _chosen(native, marker)
    return native if place is None else native[: place.start] + native[place.end :]


def _placed(native: str, block: Block) -> str:
    written = _written(block)
    place = _chosen(native, block.marker)
    if place is not None:
        return native[: place.start] + written + native[_end(native, place, block) :]
    if not native:
        return written
    if [*lines(native)][-1].fence:
        return f"{written}\n\n{native}"  # at its end everything would be code
    return native + "\n" * (2 - _newlines_at_end(native)) + written


def _newlines_at_end(native: str) -> int:
    tail = native[-4:].replace("\r\n", "\n")
    return min(2, len(tail) - len(tail.rstrip("\n")))


def _written(block: Block) -> str:
    parts = [f"<!-- waymark:begin {block.marker} -->\n{_heading(2, block.heading)}".rstrip()]
    for section in block.sections:
        comment = f"<!-- waymark:section {section.name} -->\n"
        parts.append("\n\n".join(filter(None, (comment + _heading(3, section.title), canonical(section.text)))))
    return "\n\n".join([*parts, "<!-- waymark:end -->"])


def _heading(level: int, text: str) -> str:
    return markdown_writing.write(tidy((Heading(level, (Run(text),)),)))


def _below_title(text: str) -> tuple[str, str]:
    title = _TITLE.match(text)
    return (text[: title.end()], text[title.end() :]) if title else ("", text)


def _end(native: str, place: _Place, block: Block) -> int:
    """Where the block ends. Without its last comment: after the last title, and its text if that is still ours."""
    if place.ended or not place.sections:
        return place.end
    name, start, end = place.sections[-1]
    title, below = _below_title(native[start:end])
    ours = next((canonical(one.text) for one in block.sections if one.name == name), "")
    blank = len(below) - len(below.lstrip("\r\n"))
    kept = blank + len(ours) if ours and below[blank:].startswith(ours) else 0
    return start + len(title.rstrip("\r\n")) if not kept else start + len(title) + kept


def _chosen(native: str, marker: str | None) -> _Place | None:
    places = _places(native)
    return next((place for place in places if place.marker == marker), places[0] if places else None)


def _places(native: str) -> list[_Place]:
    out: list[_Place] = []
    marker, start = "", -1
    sections: list[tuple[str, int, int]] = []
    for line in [] if "waymark:begin" not in native else [one for one in lines(native) if not one.fenced]:
        begin, end, section = (pattern.match(line.text) for pattern in (_BEGIN, _END, _SECTION))
        if begin or (end and start >= 0):
            if start >= 0:
                stop = line.start + end.end() if end else line.start
                out.append(_place(marker, start, stop, [*sections], line.start, ended=bool(end)))
            marker, start, sections = (begin.group(1), line.start, []) if begin else ("", -1, [])
        elif section and start >= 0:
            sections = _closed(sections, line.start)
            sections.append((section.group(1), line.start + len(line.text), -1))
    if start >= 0:
        out.append(_place(marker, start, len(native), sections, len(native), ended=False))
    return out


def _closed(sections: list[tuple[str, int, int]], at: int) -> list[tuple[str, int, int]]:
    return [(name, start, at if end < 0 else end) for name, start, end in sections]


def _place(
    marker: str, start: int, stop: int, sections: list[tuple[str, int, int]], text_ends: int, *, ended: bool
) -> _Place:
    closed = tuple(_closed(sections, text_ends))
    if not ended and not closed:
        stop = start  # nothing but its beginning is known
    return _Place(marker, start, stop, closed, ended)


__all__ = ["Block", "Found", "Section", "found", "marker_of", "placed", "without"]
