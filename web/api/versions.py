"""Which version of a thing a change was based on."""

import re
from typing import Any

from litestar import Request

from backlog.errors import VersionMissing

TAG = re.compile(r'^(?:W/)?"?(\d{1,9})"?$')


def based_on(request: Request[Any, Any, Any], body_version: int | None = None) -> int:
    """The version in the body, else in the header ``If-Match`` (``3`` or ``"3"``). Raises VersionMissing (428)."""
    if body_version is not None:
        return body_version
    found = TAG.match(request.headers.get("if-match", "").strip())
    if found is None:
        raise VersionMissing
    return int(found[1])
