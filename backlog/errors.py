"""What the domain refuses, in words people can act on.

Messages are English templates with ``%(name)s`` placeholders; the web translates them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a message for the catalogue without translating it here."""
    return message


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence to be translated at the edge: English template and its values. ``many`` is the template for another
    ``n`` than one; see ``counted``."""

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    many: str = ""

    def __str__(self) -> str:
        message = self.many if self.many and self.params["n"] != 1 else self.message
        return message % self.params if self.params else message


def counted(one: str, many: str, n: int, /, **params: Any) -> Text:
    """A sentence about n things, written for one of them and for any other n."""
    return Text(one, {"n": n, **params}, many)


class Refused(Exception):
    """A rule of the domain said no; nothing was changed."""

    def __init__(self, message: str | Text, /, **params: Any) -> None:
        self.text = message if isinstance(message, Text) else Text(message, params)
        super().__init__(str(self.text))


class Invalid(Refused):
    """What was entered cannot be kept. ``fields`` maps field names to what is wrong with each."""

    def __init__(self, fields: Mapping[str, Text | str], message: str | Text | None = None) -> None:
        self.fields = {name: text if isinstance(text, Text) else Text(text) for name, text in fields.items()}
        super().__init__(message or N_("Some entries need a look. Nothing was saved."))


class NotFound(Refused):
    """There is no such thing, or it may not be seen."""


class Forbidden(Refused):
    """The person's role does not allow it."""


class Conflict(Refused):
    """The state of things does not allow it now."""


class Stale(Conflict):
    """Somebody else changed it in between. ``current`` is the entity as it is now."""

    def __init__(self, current: Any) -> None:
        self.current = current
        super().__init__(
            N_("Somebody else changed this in the meantime. Nothing was overwritten; look at both and save again.")
        )


class VersionMissing(Refused):
    """A write came without the version it was based on."""

    def __init__(self) -> None:
        super().__init__(N_("Say which version this change is based on."))


class Full(Conflict):
    """A capped place is taken; one must be given up first."""


def checked(**fields: Text | str | None) -> None:
    """Raise Invalid when any of the named checks found something wrong."""
    wrong = {name: text for name, text in fields.items() if text is not None}
    if wrong:
        raise Invalid(wrong)
