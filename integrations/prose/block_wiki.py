"""Waymark's block in a description in wiki markup: one ``{panel}``, its last line the signature."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from integrations.prose import wiki
from integrations.prose.block import Block, Found, fitting
from integrations.prose.block_signing import Signature, seen, signature, signed, title
from integrations.prose.shortening import length

_TOKEN = re.compile(r"(?<!\\)\{(code|noformat|panel)(:[^{}\n]*)?\}|^[ \t]*(Waymark ref [^\n]*)$", re.MULTILINE)
_HEADING = re.compile(r"^[ \t]*h[1-6]\.[ \t]*([^\n]*)$", re.MULTILINE)
_CODE = re.compile(r"(?<!\\)\{(code|noformat)(?::[^{}\n]*)?\}")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a block stands; what is in it goes from ``inside`` to ``until``, without the signature's line."""

    start: int
    end: int
    inside: str
    signature: Signature


def placed(native: str, block: Block, *, most: int | None = None) -> str:
    """The description with the block in it. Raises TooLong."""
    return fitting(block, most, lambda one: _placed(native, one), length)


def found(native: str, marker: str | None = None) -> Found | None:
    """The block with this marker, else the first there is."""
    place = _chosen(native, marker)
    return Found(place.signature.marker, _sections(place.inside, place.signature.names)) if place else None


def marker_of(native: str) -> str | None:
    """Of the first block, without a look into its sections."""
    place = _chosen(native, None)
    return place.signature.marker if place else None


def without(native: str, marker: str | None = None) -> str:
    """The description without the block; what stands around it stays to the byte."""
    place = _chosen(native, marker)
    return native if place is None else native[: place.start] + native[place.end :]


def _placed(native: str, block: Block) -> str:
    place = _chosen(native, block.marker)
    written = _written(block)
    if place is not None:
        return native[: place.start] + written + native[place.end :]
    if not native:
        return written
    return native + "\n" * max(0, 2 - len(native[-2:]) + len(native[-2:].rstrip("\n"))) + written


def _written(block: Block) -> str:
    heading = " ".join(re.sub(r"[{}|\n]", " ", block.heading).split())
    parts = [f"h3. {title(one.title) or one.name}\n\n{wiki.to_wiki(one.text)}".rstrip() for one in block.sections]
    return "\n\n".join([f"{{panel:title={heading}}}", *parts, f"{signature(block)}\n{{panel}}"])


def _chosen(native: str, marker: str | None) -> _Place | None:
    places = _places(native)
    return next((place for place in places if place.signature.marker == marker), places[0] if places else None)


def _places(native: str) -> list[_Place]:
    """Each panel with a signature in it. Without its end it ends with the signature."""
    out: list[_Place] = []
    opening: re.Match[str] | None = None
    line: re.Match[str] | None = None
    for token in [*_tokens(native), None]:
        panel = token is None or token.group(1) == "panel"
        if token is not None and token.group(3) and opening:
            line = token if signed(token.group(3)) else line
        elif panel:
            ends = token if token is not None and not token.group(2) else None
            place = _place(native, opening, line, ends)
            out += [place] if place else []
            opening, line = (token if token is not None and token.group(2) else None), None
    return out


def _tokens(native: str) -> list[re.Match[str]]:
    """Panels' signs and what may be signatures, outside of code."""
    out: list[re.Match[str]] = []
    found = list(_TOKEN.finditer(native)) if "Waymark ref" in native else []
    left = {name: sum(1 for one in found if one.group(1) == name) for name in ("code", "noformat")}
    inside = ""
    for one in found:
        name = one.group(1)
        if name in left:
            left[name] -= 1
            inside = "" if inside == name else inside or (name if left[name] else "")
        elif not inside:
            out.append(one)
    return out


def _place(
    native: str, opening: re.Match[str] | None, line: re.Match[str] | None, ends: re.Match[str] | None
) -> _Place | None:
    said = signed(line.group(3)) if line else None
    if opening is None or line is None or said is None:
        return None
    after = native[line.end() : ends.start()] if ends else ""
    inside = native[opening.end() : line.start()] + after
    return _Place(opening.start(), ends.end() if ends else line.end(), inside, said)


def _sections(inside: str, names: Mapping[str, str]) -> dict[str, str]:
    code = _code(inside)
    begins: list[tuple[str, int, int]] = []
    for heading in _HEADING.finditer(inside):
        name = names.get(seen(heading.group(1)), "")
        if not name or name in [known for known, _, _ in begins]:
            continue
        if not any(start <= heading.start() < end for start, end in code):
            begins.append((name, heading.start(), heading.end()))
    ends = [start for _, start, _ in begins[1:]] + [len(inside)]
    return {name: wiki.to_markdown(inside[at:end]) for (name, _, at), end in zip(begins, ends, strict=False)}


def _code(inside: str) -> list[tuple[int, int]]:
    """Where code is. One that never ends is text, and no other end is looked for behind it."""
    out: list[tuple[int, int]] = []
    at, endless = 0, set()
    for opening in _CODE.finditer(inside):
        name = opening.group(1)
        if opening.start() < at or name in endless:
            continue
        end = inside.find(f"{{{name}}}", opening.end())
        if end < 0:
            endless.add(name)
        else:
            at = end + len(name) + 2
            out.append((opening.start(), at))
    return out
