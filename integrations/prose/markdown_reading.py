"""Markdown (CommonMark, tables, strikethrough) to a document. HTML is text here, never interpreted."""

from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

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
)
from integrations.prose.markdown_bounds import TooMuch, bounded, parsed
from integrations.prose.tidying import address, clean, tidy

_DEEPEST = 60

parser = bounded(MarkdownIt("commonmark", {"html": False, "maxNesting": _DEEPEST}).enable(["table", "strikethrough"]))
parser.normalizeLink = lambda url: url  # type: ignore[method-assign] # addresses stay as they were written
parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
parser.validateLink = lambda url: bool(address(url)) or not url.strip()  # type: ignore[method-assign]

parsed(parser, "*a*")  # it makes its rules ready when it first needs them, and not for two threads at once

_MARKS = {"strong": STRONG, "em": EM, "s": STRIKE}


def read(text: str) -> Blocks:
    """The document in normal form. A text that costs too much to read is shown as it was written."""
    try:
        tokens = parsed(parser, clean(text))
    except TooMuch:
        return unread(text)
    blocks, _ = _blocks(tokens, 0)
    return tidy(blocks)


def unread(text: str) -> Blocks:
    return tidy((Code("", text),))


def is_readable(text: str) -> bool:
    try:
        parsed(parser, clean(text))
    except TooMuch:
        return False
    return True


def _blocks(tokens: Sequence[Token], at: int) -> tuple[list[Block], int]:
    """Blocks up to the end of what encloses them, and the index after it."""
    out: list[Block] = []
    while at < len(tokens) and tokens[at].nesting >= 0:
        block, at = _block(tokens, at)
        out.append(block)
    return out, at + 1


def _block(tokens: Sequence[Token], at: int) -> tuple[Block, int]:
    token = tokens[at]
    match token.type:
        case "paragraph_open":
            return Paragraph(_runs(tokens[at + 1])), at + 3
        case "heading_open":
            return Heading(int(token.tag[1:]), _runs(tokens[at + 1])), at + 3
        case "fence" | "code_block":
            return Code(token.info, token.content.removesuffix("\n")), at + 1
        case "blockquote_open":
            inner, at = _blocks(tokens, at + 1)
            return Quote(tuple(inner)), at
        case "bullet_list_open" | "ordered_list_open":
            return _points(tokens, at)
        case "table_open":
            return _table(tokens, at + 1)
        case _:
            return Rule(), at + 1


def _points(tokens: Sequence[Token], at: int) -> tuple[Points, int]:
    opening = tokens[at]
    start = int(opening.attrGet("start") or 0) if "start" in opening.attrs else 1
    items: list[Blocks] = []
    at += 1
    while tokens[at].type == "list_item_open":
        inner, at = _blocks(tokens, at + 1)
        items.append(tuple(inner))
    return Points(None if opening.type.startswith("bullet") else start, tuple(items)), at + 1


def _table(tokens: Sequence[Token], at: int) -> tuple[Table, int]:
    rows: list[list[Runs]] = []
    while tokens[at].type != "table_close":
        if tokens[at].type == "tr_open":
            rows.append([])
        elif tokens[at].type == "inline":
            rows[-1].append(_runs(tokens[at]))
        at += 1
    return Table(tuple(tuple(row) for row in rows)), at + 1


def _runs(inline: Token) -> Runs:
    out: list[Run] = []
    marks: list[str] = []
    link = ""
    for token in inline.children or ():
        if token.nesting:
            link = _link(token, link) if token.tag == "a" else link
            if token.tag in _MARKS:
                marks.append(_MARKS[token.tag]) if token.nesting > 0 else marks.pop()
        else:
            out.append(_run(token, frozenset(marks), link))
    return tuple(out)


def _link(token: Token, link: str) -> str:
    return _text(token.attrGet("href")) if token.nesting > 0 else ""


def _run(token: Token, marks: frozenset[str], link: str) -> Run:
    match token.type:
        case "softbreak" | "hardbreak":
            return Run(BREAK, marks, link)
        case "code_inline":
            return Run(token.content, marks | {CODE}, link)
        case "image":
            alt = "".join(child.content if child.type != "softbreak" else " " for child in token.children or ())
            return Run(alt, frozenset({IMAGE}), _text(token.attrGet("src")))
        case _:
            return Run(token.content, marks, link)


def _text(value: Any) -> str:
    return str(value or "")
