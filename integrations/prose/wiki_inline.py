"""The inside of a line of Jira wiki markup: emphasis, links, images and escapes to runs."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from integrations.prose.document import BREAK, CODE, EM, IMAGE, STRIKE, STRONG, Run, Runs

_TOKEN = re.compile(
    r"(?P<escape>\\[!-/:-@\[-`{-~])"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});)"
    r"|\{\{(?P<mono>(?:\\.|[^{}\\\n]|\{(?!\{)|\}(?!\}))+)\}\}"
    r"|\{(?P<braced>[*_+^~-]|\?\?)\}"
    r"|(?P<dropped>\{(?:color(?::[^{}\n]*)?|anchor:[^{}\n]*)\})"
    r"|\[(?P<link>(?:\\.|[^\[\]\\\n])+)\]"
    r"|!(?P<image>[^\s!|][^\n!|]*)(?:\|(?P<options>[^\n!]*))?!"
    r"|(?P<address>(?<!\w)(?:https?|ftp)://[^\W_](?:[^\s<>\"`|\\^{}\[\]]*(?:[^\W_]|[/=&#%]))?)"
    r"|(?P<dashes>-{2,}|\*{2,}|_{2,})"
    r"|(?P<sign>[*_+^~-]|\?\?)"
)
_IN_LINK = re.compile(re.sub(r"\|\(\?P<address>.*?\|(?=\(\?P<dashes>)", "|", _TOKEN.pattern))
"""In the text of a link an address is text like any other."""
_MARKS = {"*": STRONG, "_": EM, "-": STRIKE, "??": EM}
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ALT = re.compile(r"(?:^|,)\s*alt=([^,]*)")


@dataclass(slots=True)
class _Sign:
    """A sign that may begin or end emphasis; ``pairs`` with another one or is text."""

    sign: str
    source: str
    opens: bool
    closes: bool
    starts: bool = False
    ends: bool = False


def runs(text: str) -> Runs:
    """Runs of one or more lines; emphasis does not reach over the end of a line."""
    out: list[Run] = []
    for nth, line in enumerate(text.split("\n")):
        out += ([Run(BREAK)] if nth else []) + list(_line(line))
    return tuple(out)


def _line(line: str, tokens: re.Pattern[str] = _TOKEN) -> Iterator[Run]:
    pieces = list(_pieces(line, tokens))
    _pair(piece for piece in pieces if isinstance(piece, _Sign))
    marks: list[str] = []
    for piece in pieces:
        if isinstance(piece, Run):
            yield Run(piece.text, piece.marks | frozenset(marks), piece.link)
        elif piece.starts:
            marks.append(_MARKS.get(piece.sign, ""))
        elif piece.ends:
            marks.remove(_MARKS.get(piece.sign, ""))
        else:
            yield Run(piece.source, frozenset(marks))


def _pair(signs: Iterable[_Sign]) -> None:
    """Each end with the last beginning of its kind; what was begun between them is text."""
    waiting: list[_Sign] = []
    open_: dict[str, int] = {}
    for sign in signs:
        if sign.closes and open_.get(sign.sign, 0):
            while waiting:
                start = waiting.pop()
                open_[start.sign] -= 1
                if start.sign == sign.sign:
                    start.starts = sign.ends = True
                    break
        elif sign.opens:
            waiting.append(sign)
            open_[sign.sign] = open_.get(sign.sign, 0) + 1


def _pieces(line: str, tokens: re.Pattern[str]) -> Iterator[Run | _Sign]:
    at = 0
    for found in tokens.finditer(line):
        if found.start() > at:
            yield Run(line[at : found.start()])
        at = found.end()
        yield from _piece(found, line)
    if at < len(line):
        yield Run(line[at:])


def _piece(found: re.Match[str], line: str) -> Iterator[Run | _Sign]:
    kind, whole = str(found.lastgroup), found.group()
    if kind == "escape":
        yield Run(BREAK if whole == "\\\\" else whole[1])
    elif kind == "entity":
        yield Run(html.unescape(whole))
    elif kind == "mono":
        yield Run(plain(found.group("mono")), frozenset({CODE}))
    elif kind == "braced":
        yield _Sign(found.group("braced"), whole, opens=True, closes=True)
    elif kind == "link":
        yield from _link(found.group("link"))
    elif kind in ("image", "options"):
        yield _image(found)
    elif kind == "sign":
        yield _sign(found, line)
    elif kind != "dropped":
        yield Run(whole)


def plain(text: str) -> str:
    """Text without its escapes."""
    return _ESCAPED.sub(lambda found: found.group(1) or html.unescape(found.group()), text)


def _sign(found: re.Match[str], line: str) -> _Sign:
    before = line[found.start() - 1] if found.start() else " "
    after = line[found.end()] if found.end() < len(line) else " "
    opens = not after.isspace() and not before.isalnum()
    closes = not before.isspace() and not after.isalnum()
    return _Sign(found.group(), found.group(), opens, closes)


def _link(inside: str) -> Iterator[Run]:
    text, bar, target = _apart(inside)
    if text.startswith("~") and not bar:
        yield Run("@" + text[1:].removeprefix("accountid:"))
    elif text.startswith("^") and not bar:
        yield Run(f"[attachment: {text[1:]}]")
    elif not bar:
        is_link = re.match(r"[A-Za-z][\w+.-]*:|#|/", text) is not None
        yield Run(text, link=text) if is_link else Run(f"[{plain(text)}]")
    else:
        for run in _line(text, _IN_LINK) if text.strip() else (Run(target),):
            yield Run(run.text, run.marks, target)


def _apart(inside: str) -> tuple[str, str, str]:
    """Text, bar and address of a link, split at the last bar but one where a tooltip follows."""
    parts = re.split(r"(?<!\\)\|", inside)
    if len(parts) == 1:
        return inside, "", ""
    return parts[0], "|", parts[1].strip()


def _image(found: re.Match[str]) -> Run:
    target = found.group("image")
    alt = _ALT.search(found.group("options") or "")
    if "://" in target:
        return Run(alt.group(1).strip() if alt else "", frozenset({IMAGE}), target)
    return Run(f"[attachment: {target}]")
