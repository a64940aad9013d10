"""Answers that are not a page: going on elsewhere, with a word about what was done."""

import base64
import json
from typing import Any

from litestar import Request, Response
from litestar.response import Redirect

from backlog.errors import Text

TOAST_COOKIE = "toast"


def see_other(
    request: Request[Any, Any, Any],
    route: str,
    *,
    toast: Text | str | None = None,
    undo: str | None = None,
    fields: dict[str, Any] | None = None,
    anchor: str = "",
    **params: Any,
) -> Response[Any]:
    """303 to a named route. ``toast`` is shown there once; ``undo`` is the address its Undo button posts ``fields`` to."""
    return go_to(request.app.route_reverse(route, **params) + anchor, toast=toast, undo=undo, fields=fields)


def go_to(
    address: str, *, toast: Text | str | None = None, undo: str | None = None, fields: dict[str, Any] | None = None
) -> Response[Any]:
    """303 to an address of this site."""
    answer = Redirect(address, status_code=303)
    if toast is not None:
        text = toast if isinstance(toast, Text) else Text(toast)
        said = {
            "message": text.message, "many": text.many, "params": dict(text.params), "undo": undo, "fields": fields or {}
        }  # fmt: skip
        packed = base64.urlsafe_b64encode(json.dumps(said, default=str).encode()).decode()
        answer.set_cookie(TOAST_COOKIE, packed, max_age=60, httponly=True, samesite="lax")
    return answer


def carried_toast(request: Request[Any, Any, Any]) -> dict[str, Any] | None:
    """What the last answer wanted to be said; None when nothing or when it cannot be read."""
    packed = request.cookies.get(TOAST_COOKIE)
    if not packed:
        return None
    try:
        said = json.loads(base64.urlsafe_b64decode(packed))
        return {
            "message": Text(str(said["message"]), dict(said["params"]), str(said["many"])),
            "undo": said["undo"] if str(said["undo"] or "").startswith("/") else None,
            "fields": dict(said["fields"]),
        }
    except (ValueError, KeyError, TypeError):
        return None
