"""Conflicts between a tracker and the backlog: the queue of all, and the decision of each."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Refused, Text
from backlog.people.roles import Role
from backlog.trackers import conflicts, restoring
from backlog.trackers.conflicts import Side
from backlog.trackers.link import Link
from web import asked as addressed
from web.answers import go_to, see_other
from web.forms import typed, version_of
from web.pages.conflicts_shown import after, decided, of_link, waiting
from web.pages.initiative_shown import show_page
from web.templating import page

Asked = Request[Any, Any, Any]
DECIDED = {
    Side.OURS: N_("Ours is kept; the tracker is told."),
    Side.THEIRS: N_("Theirs is taken over."),
}
BACK = N_("The value is back here; the tracker is told.")


@get("/conflicts", name="conflicts.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(request: Asked, database: NamedDependency[Database]) -> Response[str]:
    return await show(request, database)


async def show(request: Asked, database: Database, *, status: int = 200, message: Text | None = None) -> Response[str]:
    async with database.reading() as session:
        open_ones, total = await waiting(session)
        recent = await decided(session)
    may = request.user.may(Role.DEPARTMENT_LEAD)
    wished = addressed.number(request.query_params, "at")
    numbers = [each.conflict.id for each in open_ones]
    return page(
        request, "conflicts/index.html", status=status, waiting=open_ones, total=total, decided=recent, message=message,
        may_decide=may, at=wished if wished in numbers else next(iter(numbers), None),
    )  # fmt: skip


@post(
    "/conflicts/{number:int}/decision",
    name="conflicts.decide",
    opt={"role": Role.DEPARTMENT_LEAD},
    include_in_schema=False,
)
async def decide(request: Asked, database: NamedDependency[Database], number: FromPath[int]) -> Response[Any]:
    """Keep ours or take theirs; the other value is kept in the history. What was shown must be what is decided."""
    values = await typed(request)
    try:
        if values.get("side") not in set(Side):
            raise Invalid({"side": N_("Choose which value is to hold.")})
        side = Side(values["side"])
        async with database.writing() as session:
            conflict = await conflicts.by_id(session, number, for_change=True)
            conflict.expect(version_of(values))
            link = await conflicts.decide(session, conflict, side, by=request.user.actor)
            following = await after(session, conflict)
    except (Conflict, Invalid) as refused:
        return await refuse(request, database, number, values, refused)
    where = "#conflicts" if following is None else f"?at={following}#conflict-{following}"
    return back(request, values, link, DECIDED[side], where)


@post(
    "/conflicts/{number:int}/restoration",
    name="conflicts.restore",
    opt={"role": Role.DEPARTMENT_LEAD},
    include_in_schema=False,
)
async def restore(request: Asked, database: NamedDependency[Database], number: FromPath[int]) -> Response[Any]:
    """The value that lost becomes ours again."""
    values = await typed(request)
    try:
        async with database.writing() as session:
            conflict = await conflicts.by_id(session, number, for_change=True)
            link = await restoring.restore(session, conflict, by=request.user.actor)
    except (Conflict, Invalid) as refused:
        return await refuse(request, database, number, values, refused)
    return back(request, values, link, BACK, f"#decided-{number}")


async def refuse(
    request: Asked, database: Database, number: int, values: dict[str, str], refused: Refused
) -> Response[Any]:
    """The page the button was on, with what stands against it."""
    status = 422 if isinstance(refused, Invalid) else 409
    text = next(iter(refused.fields.values())) if isinstance(refused, Invalid) else refused.text
    if values.get("back") == "conflicts":
        return await show(request, database, status=status, message=text)
    async with database.reading() as session:
        link = await of_link(session, await conflicts.by_id(session, number))
    return await show_page(request, database, str(link.initiative_id), status=status, alert=text, at="tracker")


def back(request: Asked, values: dict[str, str], link: Link, said: str, where: str) -> Response[Any]:
    """``where`` in the queue the reader goes on: its anchor can have the focus, also without scripts."""
    if values.get("back") == "conflicts":
        return go_to(request.app.route_reverse("conflicts.index") + where, toast=Text(said))
    return see_other(request, "initiatives.show", toast=Text(said), anchor="#tracker", key=f"CX-{link.initiative_id}")


ROUTES: list[Any] = [index, decide, restore]
