"""A tracker's published OpenAPI document as a judge of what is asked and what is answered."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue
from werkzeug.datastructures import Headers, ImmutableMultiDict

DOCUMENTS = Path(__file__).parent.parent / "contracts"
ANYWHERE = frozenset({301, 307, 400, 401, 403, 404, 410, 429, 500, 502, 503, 504})
"""What any address may answer and documents name only once, in their general pages: limits, tokens, versions, moves."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in. ``path`` is percent-encoded, ``query`` without the question mark."""

    method: str
    path: str
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return found(self.headers, name)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it went out."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return found(self.headers, name)


def found(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name.lower()), None)


@dataclass(slots=True)
class ReadRequest:
    """A request as openapi-core wants to see it."""

    method: str
    path: str
    body: bytes | None
    content_type: str
    parameters: RequestParameters
    host_url: str = "http://tracker"


@dataclass(frozen=True, slots=True)
class ReadResponse:
    """An answer as openapi-core wants to see it."""

    status_code: int
    headers: Headers
    content_type: str
    data: bytes | None


@dataclass(frozen=True)
class Operation:
    """One method of one path, with validators of its own: finding it in the whole document costs more than judging."""

    method: str
    template: str
    pattern: re.Pattern[str]
    openapi: OpenAPI
    statuses: frozenset[str]


@dataclass(frozen=True)
class Contract:
    """Documents read together. ``prefix``: a pattern of what may stand before their paths; ``alias``: a pattern of a path's
    beginning and the documented beginning it stands for; what matches ``beside`` is not judged.

    ``check`` answers the breaches in words; none means both sides kept to the documents.
    """

    operations: tuple[Operation, ...]
    prefix: re.Pattern[str] = field(default_factory=lambda: re.compile(""))
    beside: re.Pattern[str] = field(default_factory=lambda: re.compile(r"(?!)"))
    alias: tuple[str, str] = (r"(?!)", "")

    @classmethod
    def read(
        cls, *names: str, prefix: str = "", beside: str = r"(?!)", alias: tuple[str, str] = (r"(?!)", "")
    ) -> "Contract":
        """Documents of ``tests/contracts`` by their names, "github-issues" for ``github-issues.openapi.json``."""
        every = [operation for name in names for operation in operations(name)]
        every.sort(key=lambda operation: operation.template.count("{"))
        return cls(tuple(every), re.compile(prefix), re.compile(beside), alias)

    def check(self, asked: Asked, answered: Answered | None = None) -> list[str]:
        """The breaches of the request, and of the answer when there is one."""
        if self.beside.match(asked.path):
            return []
        operation = self.operation(asked)
        if operation is None:
            return [f"{asked.method} {asked.path}: no document has this operation"]
        request = read_request(asked, self.path(asked))
        broken = [f"request {said(error)}" for error in operation.openapi.iter_request_errors(request)]
        if answered is not None and (str(answered.status) in operation.statuses or answered.status not in ANYWHERE):
            errors = operation.openapi.iter_response_errors(request, read_response(answered))
            broken += [f"answer {answered.status} {said(error)}" for error in errors]
        return [f"{asked.method} {asked.path}: {breach}" for breach in broken]

    def path(self, asked: Asked) -> str:
        """As the documents name it."""
        before = self.prefix.match(asked.path)
        path = asked.path[before.end() :] if before else asked.path
        pattern, documented = self.alias
        return re.sub(rf"\A(?:{pattern})", documented, path, count=1)

    def operation(self, asked: Asked) -> Operation | None:
        path = self.path(asked)
        return next(
            (one for one in self.operations if one.method == asked.method and one.pattern.fullmatch(path)), None
        )


@cache
def operations(name: str) -> tuple[Operation, ...]:
    """Read once for all tests of a process."""
    document: Mapping[str, Any] = json.loads((DOCUMENTS / f"{name}.openapi.json").read_text(encoding="utf-8"))
    return tuple(
        operation(document, template, method)
        for template, methods in document["paths"].items()
        for method in methods
        if method in {"get", "post", "put", "patch", "delete"}
    )


def operation(document: Mapping[str, Any], template: str, method: str) -> Operation:
    described = document["paths"][template][method]
    common = {key: value for key, value in document["paths"][template].items() if key == "parameters"}
    alone = {**document, "servers": [{"url": "/"}], "security": [], "paths": {template: {**common, method: described}}}
    alone["paths"][template][method] = {key: value for key, value in described.items() if key != "security"}
    openapi = OpenAPI.from_dict(alone, config=Config(spec_validator_cls=None))
    pattern = re.compile(re.sub(r"\{[^}]+\}", r"[^/]+", template))
    return Operation(method.upper(), template, pattern, openapi, frozenset(described["responses"]))


def read_request(asked: Asked, path: str) -> ReadRequest:
    parameters = RequestParameters(
        query=ImmutableMultiDict(parse_qsl(asked.query, keep_blank_values=True)), header=Headers(list(asked.headers))
    )
    content_type = asked.header("content-type") or ("application/json" if asked.body else "")
    return ReadRequest(asked.method.lower(), path, asked.body or None, content_type.lower(), parameters)


def read_response(answered: Answered) -> ReadResponse:
    content_type = (answered.header("content-type") or "").lower()
    return ReadResponse(answered.status, Headers(list(answered.headers)), content_type, answered.body or None)


def said(error: Exception) -> str:
    """What openapi-core found, with the place in the body, which it keeps in the cause of the cause."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, InvalidSchemaValue):
            return "; ".join(f"{one.json_path}: {one.message[:300]}" for one in cast(Any, cause).schema_errors)
        cause = cause.__cause__
    return f"{type(error).__name__}: {error}" if isinstance(error, OpenAPIError) else repr(error)
