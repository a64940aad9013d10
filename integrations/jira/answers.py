"""What Jira answers, when it is not what its documents promise, and what Waymark goes without when it answers nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from backlog.errors import N_, Text
from integrations.errors import Missing, NoAccess, Refused, TrackerError, Unavailable, Unsupported

UNANSWERED: tuple[type[TrackerError], ...] = (Missing, NoAccess, Refused)
"""Of a question, such as a search: Jira does not answer it to this account. Asking again changes nothing."""
REFUSALS: tuple[type[TrackerError], ...] = (*UNANSWERED, Unsupported)
"""Of a look-up that Waymark goes without, whether it is not for this account or this Jira has it no more."""
NOT_WHOLE = N_("It answered with something that is not whole.")


@contextmanager
def read_as(what: str) -> Iterator[None]:
    """Unavailable when what is read here is not ``what`` it should be."""
    try:
        yield
    except KeyError as error:
        raise Unavailable(Text(NOT_WHOLE), detail=f"{what}: “{error.args[0]}” is missing") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise Unavailable(Text(NOT_WHOLE), detail=f"{what}: it is not in the form Jira documents") from error
