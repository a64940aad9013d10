"""A document to Jira wiki markup, as Jira Data Center takes it."""

import re
from collections.abc import Iterator

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
from integrations.prose.spans import LINK, Closing, Opening, is_bare, nested, paired

WORD_JOINER = "\u2060"
_SIGNS = {STRONG: "*", EM: "_", STRIKE: "-"}
_ENTITY = re.compile(r"&(?=#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)")
_SPECIAL = re.compile(
    r"&|\\|[{}\[\]|!*_+^~#-]|\?\?"
    r"|\((?=(?:[/x!?iyn+-]|on|off|\*[rgby]?|flag|flagoff|c|r|tm)\))"
    r"|[:;](?=-?[()PD])"
)
_STARTS = (
    (re.compile(r"([hb])(?=[1-6]\.|q\.)"), lambda found: f"&#{ord(found.group())};"),
    (re.compile(r"[#*-](?=[#*-]*\s)"), lambda found: "\\" + found.group()),
)
"""What would begin a block at the start of a line, and how it is kept from it."""


def write(blocks: Blocks) -> str:
    """Wiki markup without a newline at the end. The document must be in normal form. A numbered list begins at one, a
    quotation holds no other, and an item holds text and lists; what else it holds follows it."""
    return "\n\n".join(_block(block) for block in blocks)


def _block(block: Block) -> str:
    match block:
        case Paragraph(runs):
            return "\n".join(_guarded(line) for line in inline(runs).split("\n"))
        case Heading(level, runs):
            return f"h{level}. {inline(runs)}"
        case Code():
            return code(block)
        case Quote(inner):
            return "{quote}\n" + write(_unquoted(inner)) + "\n{quote}"
        case Points():
            return "\n".join(_points(block, ""))
        case Table(rows):
            head = "||" + "||".join(inline(cell) or " " for cell in rows[0]) + "||"
            return "\n".join([head, *("|" + "|".join(inline(cell) or " " for cell in row) + "|" for row in rows[1:])])
        case Rule():
            return "----"


def code(block: Code) -> str:
    """The end of the block within its text is kept from being one by an invisible word joiner."""
    name = "code" if block.language else "noformat"
    text = re.sub(r"\{(?=" + WORD_JOINER + "*(?:code|noformat))", "{" + WORD_JOINER, block.text)
    return f"{{{name}{':' + block.language if block.language else ''}}}\n{text}\n{{{name}}}"


def _unquoted(blocks: Blocks) -> Blocks:
    out: list[Block] = []
    for block in blocks:
        out += _unquoted(block.blocks) if isinstance(block, Quote) else (block,)
    return tuple(out)


def _points(points: Points, above: str) -> Iterator[str]:
    marker = above + ("*" if points.start is None else "#")
    for item in points.items:
        texts = [block.runs for block in item if isinstance(block, Paragraph | Heading)]
        text = f" {_FORCED} ".join(inline(runs).replace("\n", f" {_FORCED} ") for runs in texts)
        if text or not isinstance(item[0], Code):
            yield f"{marker} {text}"
        for nth, block in enumerate(item):
            yield from (
                f"{marker} {line}" if isinstance(block, Code) and not nth else line for line in _below(block, marker)
            )


_FORCED = "\\\\"
"""A line break that does not end the line."""


def _below(block: Block, marker: str) -> Iterator[str]:
    if isinstance(block, Points):
        yield from _points(block, marker)
    elif isinstance(block, Code):
        yield code(block)
    elif isinstance(block, Quote | Table):
        yield from _points(Points(None, ((Paragraph(flat((block,))),),)), marker)


def _guarded(line: str) -> str:
    for pattern, kept in _STARTS:
        if pattern.match(line):
            return pattern.sub(kept, line, count=1)
    return line


def inline(runs: Runs) -> str:
    """Runs as wiki markup. No mark and no link reaches over the end of a line."""
    events = nested(tuple(Run(BREAK) if run.text == BREAK else run for run in runs))
    braced = {at for pair in paired(events).items() if any(_beside_a_word(events, at) for at in pair) for at in pair}
    return "".join(_written(events, at, braced) for at in range(len(events)))


def _beside_a_word(events: list[Run | Opening | Closing], at: int) -> bool:
    """Whether a letter stands on the outer side of a mark, where Jira wants it in braces to see it."""
    outside = at - 1 if isinstance(events[at], Opening) else at + 1
    if not 0 <= outside < len(events):
        return False
    beside = events[outside]
    if not isinstance(beside, Run) or beside.marks & {CODE, IMAGE} or not beside.text:
        return False
    letter = beside.text[-1] if outside < at else beside.text[0]
    return not letter.isspace() and (letter.isalnum() or not letter.isascii() or letter in "\\{}")


def _written(events: list[Run | Opening | Closing], at: int, braced: set[int]) -> str:
    event = events[at]
    if isinstance(event, Run):
        return event.text if is_bare(events, at) else _run(events, at, event)
    if event.mark == LINK:
        bare = is_bare(events, at + 1 if isinstance(event, Opening) else at - 1)
        return "[" if isinstance(event, Opening) else "]" if bare else f"|{event.link}]"
    return f"{{{_SIGNS[event.mark]}}}" if at in braced else _SIGNS[event.mark]


def _run(events: list[Run | Opening | Closing], at: int, run: Run) -> str:
    if run.text == BREAK:
        return "\n"
    if IMAGE in run.marks:
        return _image(run)
    if CODE in run.marks:
        return "{{" + escaped(run.text) + "}}"
    return escaped(run.text, starts=at == 0, ends=at + 1 == len(events))


def _image(run: Run) -> str:
    """Jira shows what lies elsewhere by its whole address; what is near here is only linked."""
    if "://" not in run.link:
        return f"[{escaped(run.text or run.link)}|{run.link}]"
    alt = re.sub(r"[!|,\n]+", " ", run.text).strip()
    return f"!{run.link.replace('!', '%21')}{'|alt=' + alt if alt else ''}!"


def escaped(text: str, *, starts: bool = False, ends: bool = False) -> str:
    """Text with a backslash before each sign that would mean something. A backslash itself can only be said by its
    number where it stands before a sign. At ``starts`` and ``ends`` is nothing beside the text."""

    def sign(found: re.Match[str]) -> str:
        before = text[found.start() - 1] if found.start() else (" " if starts else "")
        after = text[found.end()] if found.end() < len(text) else (" " if ends else "")
        return _kept(found.group(), before, after, text, found.start())

    return _SPECIAL.sub(sign, text)


def _kept(sign: str, before: str, after: str, text: str, at: int) -> str:
    if sign == "\\":
        return sign if after.isalnum() or (after == " " and at + 1 < len(text)) else "&#92;"
    if sign == "&":
        return "&amp;" if _ENTITY.match(text, at) else sign
    if sign == "??":
        return "\\?\\?"
    if sign == "#":
        return sign if before else "\\#"
    if sign in "*_+^~-":
        harmless = (before.isspace() and after.isspace()) or (before.isalnum() and after.isalnum())
        return sign if harmless else "\\" + sign
    return "\\" + sign
