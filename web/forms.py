"""What forms bring: text as it was typed, and numbers where numbers are meant."""

import re
from typing import Any

from litestar import Request

from backlog.errors import N_, Invalid

_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)


async def typed(request: Request[Any, Any, Any]) -> dict[str, str]:
    """Each field once, as text; files are left out."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str)}


def whole(values: dict[str, str], name: str) -> int | None:
    """The whole number in a field; None when it is empty. Invalid when it is no number."""
    text = values.get(name, "").strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid({name: N_("Enter a whole number.")})
    return int(text)


def decimal(text: str) -> float:
    """A number as people type it, with a point or a comma. ValueError for anything else, ``1_0`` and ``nan`` too, which
    Python would take."""
    written = text.strip().replace(",", ".")
    if not _DECIMAL.fullmatch(written):
        raise ValueError(text)
    return float(written)


def version_of(values: dict[str, str]) -> int | None:
    """The version the form was made from; None when it is missing or not one."""
    text = values.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
