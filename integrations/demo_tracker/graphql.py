"""As much of GraphQL as a client of projects writes: operations, variables, aliases, fragments. No schema, no validation.

Values are dicts of fields under a "__typename"; a field may be a function of its arguments.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TOKEN = re.compile(r'\.\.\.|[A-Za-z_]\w*|-?\d+(?:\.\d+)?|"(?:\\.|[^"\\])*"|[!$(){}:=@\[\]]')
BLANK = re.compile(r"(?:#[^\n]*|[\s,])+")


class Refused(Exception):
    """One entry of ``errors``: GraphQL answers it with 200."""

    def __init__(self, message: str, kind: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind

    def json(self) -> dict[str, Any]:
        return {"message": str(self)} | ({"type": self.kind} if self.kind else {})


@dataclass(frozen=True, slots=True)
class Variable:
    name: str


@dataclass(frozen=True, slots=True)
class Selected:
    """A field, or the fields of a fragment (``on``: its type, ``spread``: its name)."""

    name: str = ""
    key: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    selections: "tuple[Selected, ...]" = ()
    on: str | None = None
    spread: str | None = None


class Document:
    """A parsed request. Raises Refused for what is not GraphQL."""

    def __init__(self, text: str) -> None:
        self.tokens = tokens(text)
        self.at = 0
        self.fragments: dict[str, Selected] = {}
        self.operation: tuple[str, tuple[Selected, ...]] | None = None
        while self.at < len(self.tokens):
            self.definition()

    def definition(self) -> None:
        kind = self.take() if self.peek() != "{" else "query"
        if kind == "fragment":
            name = self.take()
            self.expect("on")
            self.fragments[name] = Selected(on=self.take(), selections=self.selections())
            return
        while self.peek() != "{" and self.peek() != "(":
            self.take()
        if self.peek() == "(":
            while self.take() != ")":
                pass
        self.operation = (kind, self.selections())

    def selections(self) -> tuple[Selected, ...]:
        self.expect("{")
        found = []
        while self.peek() != "}":
            found.append(self.selection())
        self.take()
        return tuple(found)

    def selection(self) -> Selected:
        first = self.take()
        if first == "...":
            if self.peek() == "{":
                return Selected(on="", selections=self.selections())
            name = self.take()
            return Selected(on=self.take(), selections=self.selections()) if name == "on" else Selected(spread=name)
        key = first
        if self.peek() == ":":
            self.take()
            first = self.take()
        arguments = self.pairs("(", ")") if self.peek() == "(" else {}
        return Selected(first, key, arguments, self.selections() if self.peek() == "{" else ())

    def pairs(self, opening: str, closing: str) -> dict[str, Any]:
        self.expect(opening)
        found = {}
        while self.peek() != closing:
            name = self.take()
            self.expect(":")
            found[name] = self.value()
        self.take()
        return found

    def value(self) -> Any:
        if self.peek() == "{":
            return self.pairs("{", "}")
        word = self.take()
        if word == "$":
            return Variable(self.take())
        if word == "[":
            items = []
            while self.peek() != "]":
                items.append(self.value())
            self.take()
            return items
        named = {"true": True, "false": False, "null": None}
        if word[0] == '"' or word[0].isdigit() or word[0] == "-":
            return json.loads(word)
        return named.get(word, word)

    def peek(self) -> str:
        if self.at >= len(self.tokens):
            raise Refused("Expected more, but the document ends")
        return self.tokens[self.at]

    def take(self) -> str:
        token = self.peek()
        self.at += 1
        return token

    def expect(self, wanted: str) -> None:
        if (token := self.take()) != wanted:
            raise Refused(f'Expected "{wanted}", found "{token}"')


def tokens(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text):
        if blank := BLANK.match(text, at):
            at = blank.end()
        elif token := TOKEN.match(text, at):
            found.append(token[0])
            at = token.end()
        else:
            raise Refused(f"Unexpected character {text[at]!r}")
    return found


def run(document: Document, variables: Mapping[str, Any], roots: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """``roots``: "query" and "mutation". Raises Refused."""
    if document.operation is None:
        raise Refused("A query attribute must be specified and must be a string.")
    kind, selections = document.operation
    return resolve(document, variables, roots[kind], selections)


def resolve(
    document: Document, variables: Mapping[str, Any], value: Mapping[str, Any], selections: tuple[Selected, ...]
) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for one in selections:
        if one.spread is not None or one.on is not None:
            fragment = document.fragments[one.spread] if one.spread is not None else one
            if fragment.on in {"", value["__typename"]}:
                said |= resolve(document, variables, value, fragment.selections)
            continue
        if one.name not in value:
            raise Refused(f"Field '{one.name}' doesn't exist on type '{value['__typename']}'", "undefinedField")
        found = value[one.name]
        if callable(found):
            found = found(**{name: filled(given, variables) for name, given in one.arguments.items()})
        said[one.key] = shaped(document, variables, found, one.selections)
    return said


def shaped(document: Document, variables: Mapping[str, Any], found: Any, selections: tuple[Selected, ...]) -> Any:
    if isinstance(found, list):
        return [shaped(document, variables, one, selections) for one in found]
    return resolve(document, variables, found, selections) if isinstance(found, Mapping) else found


def filled(given: Any, variables: Mapping[str, Any]) -> Any:
    """With the variables put in."""
    if isinstance(given, Variable):
        return variables.get(given.name)
    if isinstance(given, dict):
        return {name: filled(one, variables) for name, one in given.items()}
    return [filled(one, variables) for one in given] if isinstance(given, list) else given
