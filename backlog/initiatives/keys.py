"""Keys of initiatives: what people call them by, such as CX-12."""

from backlog.database import LARGEST_ID

PREFIX = "CX-"


def key_of(number: int) -> str:
    return f"{PREFIX}{number}"


def number_of(key: str) -> int | None:
    """The number of ``CX-12``, ``cx-12`` or ``12``; None when it is none of them, or larger than any id."""
    digits = key.strip().upper().removeprefix(PREFIX)
    known = digits.isascii() and digits.isdigit() and len(digits) <= 10 and 0 < int(digits) <= LARGEST_ID
    return int(digits) if known else None
