"""What an import's state is called, and who may decide about one."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backlog.errors import N_, Forbidden, Text
from backlog.imports import drafts
from backlog.imports.dates import read_date
from backlog.imports.surveys import Import, ImportState
from backlog.people.roles import Role
from web import formats
from web.identity import Viewer

NOT_YOURS = N_("Only who brought this file or a product owner may do this. Nothing was changed.")
STATE_LABELS = {
    ImportState.UPLOADED: N_("not imported yet"),
    ImportState.QUEUED: N_("waiting"),
    ImportState.LOADING: N_("loading"),
    ImportState.LOADED: N_("imported"),
    ImportState.STOPPED: N_("stopped"),
    ImportState.FAILED: N_("failed"),
    ImportState.UNDONE: N_("undone"),
}


def may_decide(viewer: Viewer, row: Import) -> bool:
    """Stop, undo and remove: who brought the file, and product owners."""
    own = viewer.id is not None and viewer.id == row.person_id and viewer.may(Role.CONTRIBUTOR)
    return own or viewer.may(Role.PRODUCT_OWNER)


async def decided_by(viewer: Viewer, session: AsyncSession, import_id: int, *, for_change: bool = False) -> Import:
    """The import, for somebody who may decide about it. Raises Forbidden."""
    row = await drafts.get(session, import_id, for_change=for_change)
    if not may_decide(viewer, row):
        raise Forbidden(NOT_YOURS)
    return row


def stored(text: Mapping[str, Any]) -> Text:
    """A sentence as imports keep it."""
    return told(Text(str(text["message"]), dict(text["params"])))


def told(text: Text) -> Text:
    """With its day as the language that is being spoken writes it."""
    params = dict(text.params)
    if day := read_date(str(params.get("day", "")), "y-m-d"):
        params["day"] = formats.day(day)
    return Text(text.message, params, text.many)
