"""The tracker's part of an initiative's page, asked for again while the page is open."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.history import Event
from backlog.initiatives import initiatives
from backlog.people.roles import Role
from backlog.trackers.link import SILENT, SUBJECT
from web.forms import whole
from web.pages.initiative_links_shown import tracked
from web.templating import page

Asked = Request[Any, Any, Any]


@get("/initiatives/{key:str}/links/live", name="links.live", opt={"role": Role.VIEWER}, include_in_schema=False)
async def live(request: Asked, key: FromPath[str], database: NamedDependency[Database]) -> Response[Any]:
    """204 while all is as the page has it: ``seen`` is the mark of what it shows, ``heard`` the last event it knows,
    ``unlink`` the link it asks about."""
    values = dict(request.query_params)
    heard = whole(values, "heard") or 0
    async with database.reading() as session:
        initiative = await initiatives.by_key(session, key)
        found = await tracked(session, initiative.id)
        news = await is_news(session, initiative.id, heard)
    if values.get("seen") == seen(found.mark, news=news):
        return Response(None, status_code=204)
    return page(
        request, "initiatives/_links.html", initiative=initiative, tracked=found, heard=heard, news=news,
        seen=seen(found.mark, news=news), unlinking=values.get("unlink", ""), alert=None, errors={}, typed={}, at="",
        may_link=request.user.may(Role.DEPARTMENT_LEAD), may_edit=request.user.may(Role.CONTRIBUTOR),
    )  # fmt: skip


def seen(mark: str, *, news: bool) -> str:
    return f"{mark}-{news:d}"


async def is_news(session: AsyncSession, initiative_id: int, heard: int) -> bool:
    """Whether something has happened to the initiative since that event, beyond what keeping in step notes of itself."""
    later = select(Event.id).where(Event.subject == SUBJECT, Event.subject_id == initiative_id, Event.id > heard)
    return await session.scalar(later.where(Event.verb.not_in(SILENT)).limit(1)) is not None


ROUTES: list[Any] = [live]
