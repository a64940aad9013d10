"""Webhooks: registered in a tracker, and what they say."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hint:
    """What a webhook says happened, to be read again. ``delivery`` is the same when it is sent twice; ``issue_id`` and
    ``key`` None where it is about something else; ``marker`` of our block where its description came along."""

    delivery: str
    event: str
    issue_id: str | None = None
    key: str | None = None
    marker: str | None = None
    sender: str = ""

    def __post_init__(self) -> None:
        """ValueError for what names no issue: longer than any id or key is, or with signs that cannot be kept."""
        for name, most in (("delivery", 200), ("event", 100), ("issue_id", 100), ("key", 200), ("sender", 200)):
            text = getattr(self, name)
            if text is not None and (len(text) > most or "\0" in text or (not text.isascii() and not _is_whole(text))):
                raise ValueError(f"a webhook's {name} is none")


def _is_whole(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook registered in the tracker; ``expires_at`` None where it stays."""

    id: str
    expires_at: dt.datetime | None = None
