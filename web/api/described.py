"""What /api/openapi.json says beyond the routes themselves: the problems every one of them may answer."""

from copy import deepcopy
from typing import Any

from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin

READ = ("get",)
ANY = {
    400: "It cannot be read: malformed, of a wrong type, or with a field there is not",
    401: "No token, or one that is not known",
    403: "The token's role does not allow it",
    404: "There is no such thing",
    422: "What was sent cannot be used; `errors` says why by field",
    503: "The database does not answer just now",
}
WRITE = {
    409: "Somebody else changed it (`current` is how it is now), or the state of things does not allow it",
    413: "More than is taken at once",
    428: "It came without the version it was based on",
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457; some have members of their own, such as `errors` and `current`.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence in the language asked for."},
        "instance": {"type": "string"},
        "errors": {"type": ["object", "array"]},
        "current": {"type": "object"},
    },
}


class Described(JsonRenderPlugin):
    """The schema as JSON, with the problems in it."""

    def __init__(self) -> None:
        super().__init__(path="/openapi.json")
        self.rendered: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        if self.rendered is None:
            self.rendered = super().render(request, described(openapi_schema))
        return self.rendered


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """The same schema with every problem named, and closed where unknown fields are refused."""
    schema = deepcopy(schema)
    components = schema["components"]
    components["schemas"]["Problem"] = PROBLEM
    components["responses"] = {
        f"Problem{status}": {
            "description": text,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, text in (ANY | WRITE).items()
    }
    for operations in schema["paths"].values():
        for method, operation in operations.items():
            possible = ANY if method in READ else ANY | WRITE
            named = {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in possible}
            operation["responses"] = operation["responses"] | named
    return schema
