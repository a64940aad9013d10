"""Bodies of the API: a number is no text, and a text is no number."""

import re
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import ValidationException

from backlog.errors import N_

PLACE = re.compile(r"`\$\.?([^`]*)`$")


class Asking(Request[Any, Any, Any]):
    """The framework would take "3" for 3 and "true" for true, as it has to in an address. In a body that hides mistakes."""

    async def body(self) -> bytes:
        """ValidationException (400) where there is none and the handler needs one."""
        found = await super().body()
        wanted = self.route_handler.parsed_data_field
        if not found and wanted is not None and wanted.is_required:
            raise ValidationException(N_("The body is empty. Nothing was saved."))
        return found

    async def json(self) -> Any:
        """As the handler wants it. ValidationException (400) names the field that is of another type."""
        found = await super().json()
        wanted = self.route_handler.parsed_data_field
        return found if wanted is None else strictly(found, wanted.annotation)


def strictly(found: Any, wanted: Any) -> Any:
    try:
        return msgspec.convert(found, wanted, str_keys=True)
    except msgspec.ValidationError as error:
        message = str(error).partition(" - at `")[0]
        place = PLACE.search(str(error))
        where = {"key": place[1]} if place and place[1] else {}
        detail = ": ".join([*where.values(), message])
        raise ValidationException(detail, extra=[{"message": message, **where, "source": "body"}]) from error
