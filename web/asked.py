"""What an address asks for. Unlike a form it never fails: what cannot be read counts as not asked."""

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

K = TypeVar("K", bound=StrEnum)


def number(query: Mapping[str, str], name: str) -> int | None:
    text = query.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def chosen(query: Mapping[str, str], name: str, kind: type[K]) -> K | None:
    try:
        return kind(query.get(name, ""))
    except ValueError:
        return None


def day(query: Mapping[str, str], name: str) -> dt.date | None:
    """A day (2018-05-31) or a month (2018-05: its first day)."""
    text = query.get(name, "").strip()
    try:
        return dt.date.fromisoformat(f"{text}-01" if len(text) == 7 else text)
    except ValueError:
        return None
