"""How GitHub says no: a status, a sentence and sometimes the fields at fault."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

DOCUMENTATION = "https://docs.github.com/rest"


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of ``errors`` in a 422."""

    resource: str
    field: str
    code: str
    message: str | None = None
    value: str | int | None = None

    def json(self) -> dict[str, Any]:
        said = {"resource": self.resource, "field": self.field, "code": self.code}
        more = {"message": self.message, "value": self.value}
        return {**said, **{name: given for name, given in more.items() if given is not None}}


@dataclass(eq=False)  # Python writes the traceback into it, so it cannot be frozen
class Refusal(Exception):
    """Raised anywhere below a request; the app answers it in GitHub's form."""

    status: int
    message: str
    errors: Sequence[Fault] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    url: str | None = None

    def json(self) -> dict[str, Any]:
        said: dict[str, Any] = {"message": self.message}
        if self.errors:
            said["errors"] = [fault.json() for fault in self.errors]
        if self.url is not None:
            said["url"] = self.url
        return {**said, "documentation_url": DOCUMENTATION, "status": str(self.status)}


def not_found() -> Refusal:
    return Refusal(404, "Not Found")


def deleted() -> Refusal:
    return Refusal(410, "This issue was deleted")


def issues_disabled() -> Refusal:
    return Refusal(410, "Issues has been disabled in this repository.")


def moved(url: str, *, status: int = 301, location: str | None = None) -> Refusal:
    """``location`` when it differs from ``url``: an empty one was seen in the wild."""
    return Refusal(status, "Moved Permanently", headers={"Location": url if location is None else location}, url=url)


def invalid(
    resource: str, field: str, code: str, message: str | None = None, value: str | int | None = None
) -> Refusal:
    return Refusal(422, "Validation Failed", [Fault(resource, field, code, message, value)])


def token_may_not() -> Refusal:
    """The person may, the token may not; the header names what it lacks."""
    headers = {"X-Accepted-GitHub-Permissions": "issues=write"}
    return Refusal(403, "Resource not accessible by personal access token", headers=headers)


def person_may_not() -> Refusal:
    return Refusal(403, "Must have admin rights to Repository.")
