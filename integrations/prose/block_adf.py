"""Waymark's block in an ADF description: one ``expand`` at the top level, its last line the signature.

Where the signature is gone the block is still known by the ``localId`` Jira keeps on the expand and its headings.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.prose import adf, adf_reading, adf_writing, markdown_reading
from integrations.prose.block import Block, Found, fitting
from integrations.prose.block_signing import Signature, seen, signature, signed, title
from integrations.prose.document import words
from integrations.prose.shortening import length

Node = dict[str, Any]

_OURS = "waymark-block-"
_SECTION = "waymark-section-"


@dataclass(frozen=True, slots=True)
class _Place:
    at: int
    node: Mapping[str, Any]
    signature: Signature


def placed(native: Mapping[str, Any] | None, block: Block, *, most: int | None = None) -> Node:
    """The document with the block in it; ``native`` stays untouched. ``most`` counts the JSON, which is more than what
    is seen: Atlassian does not say what it counts. Raises TooLong."""
    return fitting(block, most, lambda one: _placed(native, one), measured)


def measured(document: Mapping[str, Any]) -> int:
    return length(json.dumps(document, ensure_ascii=False, separators=(",", ":")))


def found(native: Mapping[str, Any] | None, marker: str | None = None) -> Found | None:
    """The block with this marker, else the first there is."""
    place = _chosen(native, marker)
    if place is None:
        return None
    return Found(place.signature.marker, _sections(_children(place.node), place.signature.names))


def marker_of(native: Mapping[str, Any] | None) -> str | None:
    """Of the first block, without a look into its sections."""
    place = _chosen(native, None)
    return place.signature.marker if place else None


def without(native: Mapping[str, Any], marker: str | None = None) -> Node:
    """The document without the block; every other node as it was."""
    place = _chosen(native, marker)
    content = _children(native)
    return _with(native, content if place is None else [*content[: place.at], *content[place.at + 1 :]])


def _placed(native: Mapping[str, Any] | None, block: Block) -> Node:
    content = _children(native)
    place = _chosen(native, block.marker)
    at, after = (len(content), len(content)) if place is None else (place.at, place.at + 1)
    return _with(native, [*content[:at], _written(block), *content[after:]])


def _with(native: Mapping[str, Any] | None, content: list[Any]) -> Node:
    return {"type": "doc", "version": 1, **(native or {}), "content": content}


def _children(node: Mapping[str, Any] | None) -> list[Any]:
    content = (node or {}).get("content")
    return content if isinstance(content, list) else []


def _written(block: Block) -> Node:
    content: list[Node] = []
    for one in block.sections:
        text = [{"type": "text", "text": title(one.title) or one.name}]
        content.append({"type": "heading", "attrs": {"level": 3, "localId": _SECTION + one.name}, "content": text})
        content += adf_writing.nodes(markdown_reading.read(one.text))
    small = [{"type": "subsup", "attrs": {"type": "sub"}}]
    line = {"type": "text", "text": signature(block), "marks": small}
    content.append({"type": "paragraph", "content": [line]})
    return {"type": "expand", "attrs": {"title": block.heading, "localId": _OURS + block.marker}, "content": content}


def _chosen(native: Mapping[str, Any] | None, marker: str | None) -> _Place | None:
    places = _places(_children(native))
    return next((place for place in places if place.signature.marker == marker), places[0] if places else None)


def _places(content: Sequence[Any]) -> list[_Place]:
    out: list[_Place] = []
    for at, node in enumerate(content):
        if isinstance(node, Mapping) and node.get("type") == "expand":
            said = _signature(node)
            out += [_Place(at, node, said)] if said else []
    return out


def _signature(expand: Mapping[str, Any]) -> Signature | None:
    content, known = _children(expand), _local_id(expand)
    last = _last_signed(content)
    if last is not None:
        return signed(_text(content[last]))
    return Signature(known.removeprefix(_OURS), {}) if known.startswith(_OURS) else None


def _last_signed(content: Sequence[Any]) -> int | None:
    lines = (at for at, node in enumerate(content) if _is(node, "paragraph") and signed(_text(node)))
    return max(lines, default=None)


def _is(node: Any, kind: str) -> bool:
    return isinstance(node, Mapping) and node.get("type") == kind


def _local_id(node: Mapping[str, Any]) -> str:
    attrs = node.get("attrs")
    return str(attrs.get("localId") or "") if isinstance(attrs, Mapping) else ""


def _text(node: Mapping[str, Any]) -> str:
    return "".join(words(block.runs) for block in adf_reading.read([node]) if hasattr(block, "runs"))


def _sections(content: Sequence[Any], names: Mapping[str, str]) -> dict[str, str]:
    parts: dict[str, list[Any]] = {}
    name, last = "", _last_signed(content)
    for at, node in enumerate(content):
        begins = _begins(node, names)
        if begins and begins not in parts:
            name = begins
            parts[name] = []
        elif name and at != last:
            parts[name].append(node)
    return {name: adf.to_markdown({"content": nodes}) for name, nodes in parts.items()}


def _begins(node: Any, names: Mapping[str, str]) -> str:
    """The name of the section a heading begins; its words count before the id, which a copy may carry too."""
    if not _is(node, "heading"):
        return ""
    known = _local_id(node)
    return names.get(seen(_text(node)), known.removeprefix(_SECTION) if known.startswith(_SECTION) else "")
