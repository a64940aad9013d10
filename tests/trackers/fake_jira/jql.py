"""A small honest subset of JQL: what it does not know it refuses as Jira does, it never guesses."""

import datetime as dt
import re
from dataclasses import dataclass

from tests.trackers.fake_jira.refusals import Refusal

TOKEN = re.compile(r"""\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[(),]|!=|!~|>=|<=|[=~><]|[^\s()=!<>~,"']+)""")
OPERATORS = {"=", "!=", "in", "not in", ">=", "<=", ">", "<", "~", "!~", "is", "is not"}
RESERVED = {"and", "or", "not", "order", "by"}


@dataclass(frozen=True, slots=True)
class Clause:
    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Both:
    parts: tuple["Term", ...]


@dataclass(frozen=True, slots=True)
class Either:
    parts: tuple["Term", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Term"


Term = Clause | Both | Either | Not


@dataclass(frozen=True, slots=True)
class Sorting:
    field: str
    descending: bool


@dataclass(frozen=True, slots=True)
class Query:
    """`where` None means unbounded."""

    where: Term | None
    order: tuple[Sorting, ...]

    def clauses(self) -> list[Clause]:
        return _clauses(self.where) if self.where else []


def parse(text: str) -> Query:
    return _Parser(text).query()


def since(value: str, now: dt.datetime, zone: dt.tzinfo) -> dt.datetime | None:
    """A JQL moment: `-5m`, `-2h`, `-1d`, `-1w`, or a date with minutes in the asker's own time zone."""
    if found := re.fullmatch(r"([+-]?)(\d+)([mhdw])", value):
        unit = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}[found[3]]
        length = dt.timedelta(**{unit: int(found[2])})
        return now - length if found[1] == "-" else now + length
    for form in ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d", "%Y/%m/%d"):
        try:
            return dt.datetime.strptime(value, form).replace(tzinfo=zone)
        except ValueError:
            continue
    return None


def _clauses(term: Term) -> list[Clause]:
    match term:
        case Clause():
            return [term]
        case Not():
            return _clauses(term.part)
        case _:
            return [clause for part in term.parts for clause in _clauses(part)]


class _Parser:
    """Recursive descent: or > and > not > clause."""

    def __init__(self, text: str) -> None:
        self.tokens: list[str] = []
        at, text = 0, text.strip()
        while at < len(text):
            found = TOKEN.match(text, at)
            if found is None:
                raise self.wrong(f"The character '{text[at]}' is a reserved JQL character.")
            self.tokens.append(found[1])
            at = found.end()
        self.at = 0

    def wrong(self, text: str) -> Refusal:
        return Refusal(400, f"Error in the JQL Query: {text}")

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        if not token:
            raise self.wrong("Expecting a value, but got the end of the query.")
        self.at += 1
        return token

    def taken(self, *words: str) -> bool:
        ahead = [each.lower() for each in self.tokens[self.at : self.at + len(words)]]
        if ahead != list(words):
            return False
        self.at += len(words)
        return True

    def query(self) -> Query:
        where = None if not self.tokens or self.peek().lower() == "order" else self.either()
        order: list[Sorting] = []
        if self.taken("order", "by"):
            order.append(self.sorting())
            while self.taken(","):
                order.append(self.sorting())
        if self.peek():
            raise self.wrong(f"Expecting either 'OR' or 'AND' but got '{self.peek()}'.")
        return Query(where, tuple(order))

    def sorting(self) -> Sorting:
        name = _unquoted(self.take()).lower()
        descending = self.taken("desc")
        if not descending:
            self.taken("asc")
        return Sorting(name, descending)

    def either(self) -> Term:
        parts = [self.both()]
        while self.taken("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def both(self) -> Term:
        parts = [self.single()]
        while self.taken("and"):
            parts.append(self.single())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def single(self) -> Term:
        if self.taken("not"):
            return Not(self.single())
        if self.taken("("):
            inner = self.either()
            if not self.taken(")"):
                raise self.wrong(f"Expecting ')' but got '{self.peek()}'.")
            return inner
        return self.clause()

    def clause(self) -> Clause:
        name = self.take()
        if name.lower() in RESERVED:
            raise self.wrong(f"'{name}' is a reserved JQL word. You must surround it in quotation marks.")
        operator = self.operator()
        return Clause(_unquoted(name).lower(), operator, self.values(operator))

    def operator(self) -> str:
        for words in (("not", "in"), ("is", "not"), ("in",), ("is",)):
            if self.taken(*words):
                return " ".join(words)
        token = self.take()
        if token not in OPERATORS:
            raise self.wrong(f"Expecting operator but got '{token}'.")
        return token

    def values(self, operator: str) -> tuple[str, ...]:
        if not self.taken("("):
            return (_unquoted(self.take()),)
        if operator not in ("in", "not in"):
            raise self.wrong(f"Operator '{operator}' does not support a list.")
        values = [_unquoted(self.take())]
        while self.taken(","):
            values.append(_unquoted(self.take()))
        if not self.taken(")"):
            raise self.wrong(f"Expecting ',' or ')' but got '{self.peek()}'.")
        return tuple(values)


def _unquoted(token: str) -> str:
    return re.sub(r"\\(.)", r"\1", token[1:-1]) if token[0] in "\"'" else token
