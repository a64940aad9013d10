"""What Jira says when it refuses, in its own words and in the form of its ErrorCollection."""

from collections.abc import Mapping
from typing import Any

NO_ISSUE = "Issue does not exist or you do not have permission to see it."
NO_ISSUE_DC = "Issue Does Not Exist"
NOT_SIGNED_IN = "Client must be authenticated to access this resource."
OFF_SCREEN = "Field '{field}' cannot be set. It is not on the appropriate screen, or unknown."
SEARCH_REMOVED = (
    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. "
    "A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046"
)
UNBOUNDED = "Unbounded JQL queries are not allowed here. Please add a search restriction to your query."


class Refusal(Exception):
    """An answer of 4xx; carries the status, both lists of an ErrorCollection and headers.

    `body` replaces the ErrorCollection where Jira answers in another form (a page, a gateway's own JSON).
    """

    def __init__(
        self,
        status: int,
        *messages: str,
        errors: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: object = None,
    ) -> None:
        super().__init__(status, messages, errors)
        self.status = status
        self.messages = messages
        self.errors = dict(errors or {})
        self.headers = dict(headers or {})
        self.body = body

    @property
    def content(self) -> Any:
        if self.body is not None:
            return self.body
        return {"errorMessages": list(self.messages), "errors": self.errors}


class Unfit(Exception):
    """One field's value is refused; the text is what stands beside the field in `errors`."""


def off_screen(field: str) -> Unfit:
    return Unfit(OFF_SCREEN.format(field=field))
