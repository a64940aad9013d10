"""A bound on what reading a Markdown text may cost. A few signs can stand for very many empty cells, for lines that go on
at each of sixty levels, or for labels that never end: seconds of work for a line of text, and megabytes of it."""

from collections.abc import Callable, MutableMapping
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

MOST = 150_000
"""Steps beyond reading each character once: about a second. The longest texts of people take a tenth of it."""
_LEFT = "steps left"


class TooMuch(Exception):
    """The text costs more than any text of people does."""


def bounded(parser: MarkdownIt) -> MarkdownIt:
    """The same parser, from now on for `parsed` alone. Counted are what tables are made of, lines at each of their levels (for every
    one a fence is looked for), signs looked at for the end of a label, and texts in images, which are read again."""
    for rule in [each for each in parser.block.ruler.__rules__ if each.name in ("table", "fence")]:
        parser.block.ruler.at(rule.name, _counted(rule.fn), {"alt": rule.alt})
    skip, parse = parser.inline.skipToken, parser.inline.parse

    def skipped(state: StateInline) -> None:
        _take(state.env, 1)
        skip(state)

    def parsed_inline(src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]) -> list[Token]:
        _take(env, len(src))
        return parse(src, md, env, tokens)

    parser.inline.skipToken = skipped  # type: ignore[method-assign]
    parser.inline.parse = parsed_inline  # type: ignore[method-assign]
    return parser


def parsed(parser: MarkdownIt, text: str, most: int = MOST) -> list[Token]:
    """Raises TooMuch; also for a text nested so deeply that the parser would leave some of it out, and for one that would
    be far longer when each of its lines says how deeply it is nested."""
    tokens = parser.parse(text, {_LEFT: most + len(text)})
    deepest = max((token.level for token in tokens), default=0)
    indented = sum(token.level * token.content.count("\n") for token in tokens if token.type == "inline")
    if deepest >= parser.options["maxNesting"] - 1 or indented > most:
        raise TooMuch
    return tokens


def _counted(rule: Callable[[StateBlock, int, int, bool], bool]) -> Callable[[StateBlock, int, int, bool], bool]:
    def counted(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        before = len(state.tokens)
        found = rule(state, start, end, silent)
        _take(state.env, 1 + len(state.tokens) - before)
        return found

    return counted


def _take(env: MutableMapping[str, Any], steps: int) -> None:
    env[_LEFT] -= steps
    if env[_LEFT] < 0:
        raise TooMuch
