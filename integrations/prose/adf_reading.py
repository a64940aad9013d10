"""The Atlassian Document Format to a document. What it has and we have not is said in words; text is never lost."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from integrations.prose.document import (
    BREAK,
    CODE,
    EM,
    IMAGE,
    STRIKE,
    STRONG,
    Block,
    Blocks,
    Code,
    Heading,
    Paragraph,
    Points,
    Quote,
    Rule,
    Run,
    Runs,
    Table,
    flat,
)
from integrations.prose.tidying import tidy

_DEEPEST = 16
"""Levels of nesting that are kept; below them only the text is."""

_INLINE = frozenset(
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


def read(node: object) -> Blocks:
    """The document in normal form. Takes any JSON, for what a tracker sends is not ours to refuse."""
    return tidy(_blocks(_content(node), 0))


def _content(node: object) -> list[Mapping[str, Any]]:
    content = node.get("content") if isinstance(node, Mapping) else node
    return [child for child in _list(content) if isinstance(child, Mapping)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _kind(node: Mapping[str, Any]) -> str:
    return str(node.get("type"))


def _attr(node: Mapping[str, Any], *names: str) -> str:
    """The first of the attributes that says something."""
    attrs = node.get("attrs")
    values = (attrs.get(name) for name in names) if isinstance(attrs, Mapping) else ()
    return next((str(value) for value in values if isinstance(value, str | int | float) and str(value)), "")


def _number(node: Mapping[str, Any], name: str, default: int) -> int:
    attrs = node.get("attrs")
    value = attrs.get(name) if isinstance(attrs, Mapping) else None
    return int(value) if isinstance(value, int | float) and abs(value) < 1e9 else default


def _blocks(children: Iterable[Mapping[str, Any]], depth: int) -> Blocks:
    """Blocks; inline nodes that stand where blocks should are a paragraph together."""
    out: list[Block] = []
    loose: list[Mapping[str, Any]] = []
    for child in children:
        if _kind(child) in _INLINE:
            loose.append(child)
            continue
        if loose:
            out.append(Paragraph(_runs(loose)))
            loose = []
        out += _block(child, depth)
    return (*out, Paragraph(_runs(loose))) if loose else tuple(out)


def _block(node: Mapping[str, Any], depth: int) -> Blocks:
    if depth > _DEEPEST:
        return (Paragraph((Run(_all_text(node)),)),)
    read_as = _READERS.get(_kind(node))
    return read_as(node, depth + 1) if read_as else _unknown(node, depth + 1)


def _all_text(node: Mapping[str, Any]) -> str:
    """Every text below, whatever the depth."""
    out: list[str] = []
    waiting: list[Mapping[str, Any]] = [node]
    while waiting:
        one = waiting.pop()
        inner = _content(one)
        if _kind(one) in _INLINE:
            out.append(_inline(one).text)
        elif not inner:
            out.append(_attr(one, "text", "title"))
        waiting += reversed(inner)
    return " ".join(filter(None, out))


def _unknown(node: Mapping[str, Any], depth: int) -> Blocks:
    inner = _blocks(_content(node), depth)
    return inner or _said(_attr(node, "text", "title", "alt", "url"))


def _said(text: str, link: str = "") -> Blocks:
    return (Paragraph((Run(text, link=link),)),) if text else ()


def _paragraph(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Paragraph(_runs(_content(node))),)


def _heading(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Heading(_number(node, "level", 1), _runs(_content(node))),)


def _code(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Code(_attr(node, "language"), "".join(str(child.get("text") or "") for child in _content(node))),)


def _quote(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Quote(_blocks(_content(node), depth)),)


def _titled(node: Mapping[str, Any], depth: int) -> Blocks:
    title = _attr(node, "title")
    head = (Paragraph((Run(title, frozenset({STRONG})),)),) if title else ()
    return (*head, *_blocks(_content(node), depth))


def _points(node: Mapping[str, Any], depth: int) -> Blocks:
    start = _number(node, "order", 1) if _kind(node) == "orderedList" else None
    return (Points(start, tuple(_blocks(_content(item), depth) for item in _content(node))),)


def _tasks(node: Mapping[str, Any], depth: int) -> Blocks:
    """A list in a task list belongs to the task above it."""
    items: list[Blocks] = []
    for child in _content(node):
        if _kind(child) == "taskList" and items:
            items[-1] = (*items[-1], *_block(child, depth))
        elif _kind(child) == "taskList":
            items += [item for block in _block(child, depth) if isinstance(block, Points) for item in block.items]
        else:
            items.append(_task(child, depth))
    return (Points(None, tuple(items)),)


def _task(node: Mapping[str, Any], depth: int) -> Blocks:
    box = "" if _kind(node) == "decisionItem" else ("[x] " if _attr(node, "state") == "DONE" else "[ ] ")
    first, *rest = tidy(_blocks(_content(node), depth)) or (Paragraph(()),)
    runs = (Run(box), *(first.runs if isinstance(first, Paragraph) else flat((first,))))
    return (Paragraph(runs), *rest)


def _table(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Table(tuple(_row(row, depth) for row in _content(node))),)


def _row(node: Mapping[str, Any], depth: int) -> tuple[Runs, ...]:
    cells: list[Runs] = []
    for cell in _content(node):
        cells.append(flat(tidy(_blocks(_content(cell), depth))))
        cells += [()] * min(_number(cell, "colspan", 1) - 1, 50)
    return tuple(cells)


def _media(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Paragraph((_inline_media(node),)),)


def _inline_media(node: Mapping[str, Any]) -> Run:
    url, alt = _attr(node, "url"), _attr(node, "alt")
    if url:
        return Run(alt, frozenset({IMAGE}), url)
    return Run(f"[attachment: {alt}]" if alt else "[attachment]")


def _card(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Paragraph((_inline_card(node),)),)


def _inline_card(node: Mapping[str, Any]) -> Run:
    data = (node.get("attrs") or {}).get("data") if isinstance(node.get("attrs"), Mapping) else None
    url = _attr(node, "url") or (str(data.get("url") or "") if isinstance(data, Mapping) else "")
    return Run(url or "[link]", link=url)


def _rule(node: Mapping[str, Any], depth: int) -> Blocks:
    return (Rule(),)


def _runs(children: Iterable[Mapping[str, Any]]) -> Runs:
    return tuple(_inline(child) if _kind(child) in _INLINE else Run(_all_text(child)) for child in children)


def _inline(node: Mapping[str, Any]) -> Run:
    kind = _kind(node)
    if kind == "text":
        return _text(node)
    if kind == "hardBreak":
        return Run(BREAK)
    if kind == "mention":
        return Run("@" + (_attr(node, "text") or _attr(node, "id")).removeprefix("@"))
    if kind == "emoji":
        return Run(_attr(node, "text", "shortName"))
    if kind == "date":
        return Run(_date(_attr(node, "timestamp")))
    if kind == "inlineCard":
        return _inline_card(node)
    return _inline_media(node) if kind == "mediaInline" else Run(_attr(node, "text", "extensionKey"))


def _date(timestamp: str) -> str:
    """Milliseconds since 1970, as text, to the day in UTC."""
    try:
        return datetime.fromtimestamp(int(timestamp) / 1000, UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return timestamp


def _text(node: Mapping[str, Any]) -> Run:
    marks = [mark for mark in _list(node.get("marks")) if isinstance(mark, Mapping)]
    link = next((_attr(mark, "href") for mark in marks if _kind(mark) == "link"), "")
    known = frozenset(_MARKS[_kind(mark)] for mark in marks if _kind(mark) in _MARKS)
    return Run(str(node.get("text") or ""), known, link)


_READERS: dict[str, Callable[[Mapping[str, Any], int], Blocks]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "codeBlock": _code,
    "blockquote": _quote,
    "panel": _quote,
    "expand": _titled,
    "nestedExpand": _titled,
    "bulletList": _points,
    "orderedList": _points,
    "taskList": _tasks,
    "decisionList": _tasks,
    "table": _table,
    "media": _media,
    "blockCard": _card,
    "embedCard": _card,
    "rule": _rule,
}
