"""The normal form of a document: what differs in nothing that is read becomes equal."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace

from integrations.prose.document import (
    BREAK,
    CODE,
    EMPHASES,
    IMAGE,
    Block,
    Blocks,
    Code,
    Heading,
    Paragraph,
    Points,
    Quote,
    Run,
    Runs,
    Table,
    words,
)

_EMPHASES = frozenset(EMPHASES)
_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_DIRTY = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
_BLANKS = re.compile(r"[ \t\n]+")
_ADDRESS = re.compile(r"(?<!\w)https?://(?=[^\W_])[^\s<>\"`|\\^{}\[\]]+")
_UNSAFE_IN_ADDRESS = re.compile(r"[\s<>\"|\\^`{}\[\]\x00-\x1f\x7f]")
_REFUSED_SCHEME = re.compile(r"(?:javascript|vbscript|file|data):", re.IGNORECASE)
_TASK = re.compile(r"\[([ xX])\] (?=\S)")


def clean(text: str) -> str:
    """Line ends as one newline, no control characters, no half of a surrogate pair."""
    if not _DIRTY.search(text):
        return text
    return _SURROGATES.sub("\ufffd", _UNWANTED.sub("", _LINE_ENDS.sub("\n", text)))


def tidy(blocks: Iterable[Block]) -> Blocks:
    """Empty blocks dropped, neighbouring lists of one kind joined, tables rectangular, runs in normal form."""
    out: list[Block] = []
    for block in blocks:
        tidied = _tidy_block(block)
        last = out[-1] if out else None
        if tidied is None:
            continue
        if isinstance(tidied, Points) and isinstance(last, Points) and (tidied.start is None) == (last.start is None):
            out[-1] = replace(last, items=last.items + tidied.items)
        else:
            out.append(tidied)
    return tuple(out)


def _tidy_block(block: Block) -> Block | None:
    match block:
        case Paragraph(runs):
            tidied = tidy_runs(runs)
            return Paragraph(tidied) if tidied else None
        case Heading(level, runs):
            line = tidy_runs(on_one_line(runs))
            return Heading(min(max(level, 1), 6), line) if line else None
        case Code(language, text):
            return Code(re.sub(r"[^\w+#.-]", "", language.split()[0]) if language.split() else "", _code(text))
        case Quote(inner):
            tidied_blocks = tidy(inner)
            return Quote(tidied_blocks) if tidied_blocks else None
        case Points(start, items):
            kept = tuple(filter(None, (_tidy_item(item) for item in items)))
            first = start if start is None else min(max(start, 0), 999_999_999 - len(kept))
            return Points(first, kept) if kept else None
        case Table(rows):
            return _tidy_table(rows)
        case _:
            return block


def _code(text: str) -> str:
    """Blanks at the ends of lines go; leading tabs become spaces, since nesting would shift them."""
    lines = [line.rstrip() for line in clean(text).split("\n")]
    return "\n".join(
        line[: len(line) - len(line.lstrip())].expandtabs(4) + line.lstrip() if line.startswith((" ", "\t")) else line
        for line in lines
    )


def _tidy_item(item: Blocks) -> Blocks:
    tidied = tidy(item)
    if not tidied or not isinstance(tidied[0], Paragraph):
        return tidied
    first, *rest = tidied[0].runs
    task = _TASK.match(words(tidied[0].runs))
    if task is None or first.marks or first.link or len(first.text) < task.end():
        return tidied
    box = f"[{task.group(1).lower()}] "
    return (Paragraph((replace(first, text=box + first.text[task.end() :]), *rest)), *tidied[1:])


def _tidy_table(rows: tuple[tuple[Runs, ...], ...]) -> Table | Paragraph | None:
    """Rows that differ in width too much are lines: a wide head over very many short rows would be millions of cells."""
    width, there = max((len(row) for row in rows), default=0), sum(len(row) for row in rows)
    if not width:
        return None
    if width * len(rows) - there > 1_000 + 4 * there:
        return Paragraph(tidy_runs(_as_lines(rows)))
    cells = [tuple(tidy_runs(on_one_line(cell)) for cell in row) for row in rows]
    full = tuple(row + ((),) * (width - len(row)) for row in cells)
    return Table(full) if any(any(row) for row in full) else None


def _as_lines(rows: tuple[tuple[Runs, ...], ...]) -> Iterator[Run]:
    for nth, row in enumerate(rows):
        if nth:
            yield Run(BREAK)
        for at, cell in enumerate(row):
            yield from (Run(" | "), *on_one_line(cell)) if at else on_one_line(cell)


def on_one_line(runs: Runs) -> Runs:
    return tuple(replace(run, text=clean(run.text).replace("\n", " ")) for run in runs)


def tidy_runs(runs: Iterable[Run]) -> Runs:
    """Blanks collapsed and outside of emphasis, breaks single and inside the text, equal neighbours joined, addresses
    linked. Code carries no emphasis, for ADF has no such thing."""
    plain = _joined(_tidy_run(run) for run in runs)
    linked = (piece for run in plain for piece in _with_links(run))
    return _joined(_glued(list(_parted(linked))))


def _tidy_run(run: Run) -> Run:
    if not run.link and run.marks <= _EMPHASES:
        return run if not _DIRTY.search(run.text) else Run(clean(run.text), run.marks)
    text, link = clean(run.text), address(run.link)
    if IMAGE in run.marks:
        alt = _BLANKS.sub(" ", text).strip()
        return Run(alt, frozenset({IMAGE}), link) if link else Run(alt)
    if CODE in run.marks:
        code = re.sub(r"\s+", " ", text)
        return Run(code.strip(), frozenset({CODE}), link) if code.strip() else Run(code)
    return Run(text, run.marks & _EMPHASES, link)


def address(link: str) -> str:
    """A link's address without what would end it in one of the forms; empty for schemes that run code."""
    link = clean(link).strip()
    if _REFUSED_SCHEME.match(link):
        return ""
    return _UNSAFE_IN_ADDRESS.sub(lambda found: "".join(f"%{byte:02X}" for byte in found.group().encode()), link)


def _joined(runs: Iterable[Run]) -> Runs:
    out: list[list[Run]] = []
    for run in runs:
        if not run.text and IMAGE not in run.marks:
            continue
        last = out[-1][0] if out else None
        same = last is not None and last.marks == run.marks and last.link == run.link
        if same and IMAGE not in run.marks and BREAK not in (run.text, last and last.text):
            out[-1].append(run)
        else:
            out.append([run])
    return tuple(group[0] if len(group) == 1 else _as_one(group) for group in out)


def _as_one(group: list[Run]) -> Run:
    return Run("".join(run.text for run in group), group[0].marks, group[0].link)


def _with_links(run: Run) -> Iterator[Run]:
    if run.link or CODE in run.marks or IMAGE in run.marks or "://" not in run.text:
        yield run
        return
    at = 0
    for found in _ADDRESS.finditer(run.text):
        link = bare_address(found.group())
        yield replace(run, text=run.text[at : found.start()])
        yield replace(run, text=link, link=link)
        at = found.start() + len(link)
    yield replace(run, text=run.text[at:])


def bare_address(found: str) -> str:
    """An address in running text without the punctuation of the sentence around it (GFM, extended autolinks)."""
    while found and (found[-1] in "?!.,:;*_~'" or (found[-1] == ")" and found.count(")") > found.count("("))):
        found = found[:-1]
    return found


def _parted(runs: Iterable[Run]) -> Iterator[Run]:
    """Runs with their blanks at both ends as runs of their own, and each break as one."""
    for run in runs:
        if run.text == BREAK or CODE in run.marks or IMAGE in run.marks:
            yield run
            continue
        for nth, line in enumerate(run.text.split("\n")):
            if nth:
                yield Run(BREAK)
            core = line.strip()
            at = line.find(core) if core else len(line)
            for text in (line[:at], _BLANKS.sub(" ", core), line[at + len(core) :]):
                if text:
                    yield Run(text, run.marks, run.link)


def _glued(pieces: list[Run]) -> Iterator[Run]:
    """Blanks between two words carry what both words carry, save between addresses that show as themselves."""
    last: Run | None = None
    blanks: list[Run] = []
    for piece in pieces:
        if not piece.text.strip() and IMAGE not in piece.marks:
            blanks.append(piece)
            continue
        if blanks and last is not None:
            yield _glue(last, blanks, piece)
        blanks = []
        last = piece
        yield piece


def _glue(before: Run, blanks: list[Run], after: Run) -> Run:
    text = "".join(blank.text for blank in blanks)
    text = BREAK if BREAK in text else _BLANKS.sub(" ", text)
    inside = before.link == after.link and IMAGE not in before.marks | after.marks
    link = before.link if inside and before.link not in (before.text, after.text) else ""
    return Run(text, before.marks & after.marks & _EMPHASES, link)


def is_sign(character: str) -> bool:
    """Punctuation or symbol as CommonMark has it, or blank, or an end: what emphasis may stand beside."""
    return not character or character.isspace() or unicodedata.category(character)[0] in "PS"
