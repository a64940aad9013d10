"""Between steps 1 and 2: a file whose answers are in already. Whoever brings it says whether they count once more."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Text
from backlog.imports import copies, drafts
from backlog.people.roles import Role
from web.answers import see_other
from web.pages.imports_states import STATE_LABELS, may_decide
from web.templating import page


@get("/imports/{import_id:int}/copies", name="imports.copies", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def index(
    request: Request[Any, Any, Any], database: NamedDependency[Database], import_id: FromPath[int]
) -> Response[Any]:
    async with database.reading() as session:
        row = await drafts.get(session, import_id)
        earlier = await copies.present(session, row.digest, but=row.id)
    if row.state not in drafts.EDITABLE or not earlier:
        return see_other(request, "imports.mapping", import_id=import_id)
    leaves = may_decide(request.user, row)
    return page(request, "imports/copies.html", row=row, copies=earlier, states=STATE_LABELS, may_decide=leaves)


MEANWHILE = Text(
    N_("These very answers have come in meanwhile; see below. Nothing was imported, and what is there is as it was.")
)


def known_copies(values: Mapping[str, str]) -> set[int]:
    """The imports of the same content that a form says it knows of: it is to count once more."""
    return {
        int(each) for each in values.get("again", "").split() if each.isascii() and each.isdigit() and len(each) < 10
    }


ROUTES = [index]
