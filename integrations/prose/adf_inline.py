"""Nodes of the Atlassian Document Format, and those within a line as runs of text."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from integrations.prose.document import BREAK, CODE, EM, IMAGE, STRIKE, STRONG, Run, Runs

INLINE = frozenset(
    [
        "text",
        "hardBreak",
        "mention",
        "emoji",
        "date",
        "status",
        "inlineCard",
        "mediaInline",
        "placeholder",
        "inlineExtension",
    ]
)
_MARKS = {"strong": STRONG, "em": EM, "strike": STRIKE, "code": CODE}


def content(node: object) -> list[Mapping[str, Any]]:
    inner = node.get("content") if isinstance(node, Mapping) else node
    return [child for child in _list(inner) if isinstance(child, Mapping)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def kind(node: Mapping[str, Any]) -> str:
    return str(node.get("type"))


def attr(node: Mapping[str, Any], *names: str) -> str:
    """The first of the attributes that says something."""
    attrs = node.get("attrs")
    values = (attrs.get(name) for name in names) if isinstance(attrs, Mapping) else ()
    return next((str(value) for value in values if isinstance(value, str | int | float) and str(value)), "")


def number(node: Mapping[str, Any], name: str, default: int) -> int:
    attrs = node.get("attrs")
    value = attrs.get(name) if isinstance(attrs, Mapping) else None
    return int(value) if isinstance(value, int | float) and abs(value) < 1e9 else default


def runs(children: Iterable[Mapping[str, Any]]) -> Runs:
    return tuple(inline(child) if kind(child) in INLINE else Run(all_text(child)) for child in children)


def inline(node: Mapping[str, Any]) -> Run:
    match kind(node):
        case "text":
            return _text(node)
        case "hardBreak":
            return Run(BREAK)
        case "mention":
            return Run("@" + (attr(node, "text") or attr(node, "id")).removeprefix("@"))
        case "emoji":
            return Run(attr(node, "text", "shortName"))
        case "date":
            return Run(_date(attr(node, "timestamp")))
        case "inlineCard":
            return card(node)
        case "mediaInline":
            return media(node)
        case _:
            return Run(attr(node, "text", "extensionKey"))


def media(node: Mapping[str, Any]) -> Run:
    url, alt = attr(node, "url"), attr(node, "alt")
    if url:
        return Run(alt, frozenset({IMAGE}), url)
    return Run(f"[attachment: {alt}]" if alt else "[attachment]")


def card(node: Mapping[str, Any]) -> Run:
    data = (node.get("attrs") or {}).get("data") if isinstance(node.get("attrs"), Mapping) else None
    url = attr(node, "url") or (str(data.get("url") or "") if isinstance(data, Mapping) else "")
    return Run(url or "[link]", link=url)


def _date(timestamp: str) -> str:
    """Milliseconds since 1970, as text, to the day in UTC."""
    try:
        return datetime.fromtimestamp(int(timestamp) / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return timestamp


def _text(node: Mapping[str, Any]) -> Run:
    marks = [mark for mark in _list(node.get("marks")) if isinstance(mark, Mapping)]
    link = next((attr(mark, "href") for mark in marks if kind(mark) == "link"), "")
    known = frozenset(_MARKS[kind(mark)] for mark in marks if kind(mark) in _MARKS)
    return Run(str(node.get("text") or ""), known, link)


def all_text(node: Mapping[str, Any]) -> str:
    """Every text below, whatever the depth."""
    out: list[str] = []
    waiting: list[Mapping[str, Any]] = [node]
    while waiting:
        one = waiting.pop()
        inner = content(one)
        if kind(one) in INLINE:
            out.append(inline(one).text)
        elif not inner:
            out.append(attr(one, "text", "title"))
        waiting += reversed(inner)
    return " ".join(filter(None, out))
