"""Saved views of the backlog: the built-in ones, one's own, and everybody's."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog.database import Database
from backlog.errors import N_, Conflict, Invalid, Text
from backlog.initiatives.stages import Stage
from backlog.people.roles import Role
from backlog.ranking import views
from backlog.ranking.surroundings import Surroundings, View
from web.answers import go_to, see_other
from web.forms import typed
from web.pages.backlog_asked import Asked, kept, written

OF_THE_DEMO = {
    N_("Under way"): "stage=in+delivery&stage=measuring",
    N_("Longest in their stage"): "order=stage_age",
    N_("Parked and dropped"): "stage=parked&stage=dropped",
}


@dataclass(frozen=True, slots=True)
class Offered:
    """A view as a link. ``label`` is a Text, to be translated, when the words are ours."""

    label: Text | str
    query: str
    current: bool
    n: int | None = None
    id: int | None = None
    may_delete: bool = False


def listed(request: Request[Any, Any, Any], around: Surroundings, asked: Asked) -> list[Offered]:
    """The built-in views, then the saved ones."""
    now = query_of(asked)
    built_in = [(N_("All open"), "", around.total), (N_("Signature"), "signature=1", None)]
    built_in.append((N_("Ready to start"), urlencode({"stage": Stage.READY.value}), None))
    if request.user.department_id in around.departments:
        built_in.append((N_("My department"), f"department={request.user.department_id}", None))
    owner = request.user.may(Role.PRODUCT_OWNER)
    return [Offered(Text(label), query, query == now, n) for label, query, n in built_in] + [
        Offered(named(view), view.query, view.query == now, id=view.id, may_delete=view.own or owner)
        for view in around.views
    ]


def named(view: View) -> Text | str:
    """A view that came with the demo has a name in each language, as long as it is everybody's and shows the same."""
    return Text(view.name) if not view.own and OF_THE_DEMO.get(view.name) == view.query else view.name


def query_of(asked: Asked) -> str:
    """What a saved view would keep of this list."""
    return written(asked.listing)


@post("/backlog/views", name="views.create", opt={"role": Role.VIEWER}, include_in_schema=False)
async def create(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    """Keep what the list shows under a name; everybody's views are for product owners to make."""
    values = await typed(request)
    query = kept(values.get("query", ""))
    shared = values.get("shared") == "1" and request.user.may(Role.PRODUCT_OWNER)
    back = request.app.route_reverse("backlog.index") + (f"?{query}" if query else "")
    try:
        async with database.writing() as session:
            view = await views.save(session, values.get("name", ""), query, shared=shared, by=request.user.actor)
    except Invalid as invalid:
        return go_to(back, toast=invalid.fields["name"])
    except Conflict as full:
        return go_to(back, toast=full.text)
    return go_to(back, toast=Text(N_("The view “%(name)s” is kept."), {"name": view.name}))


@post("/backlog/views/{view_id:int}/removal", name="views.remove", opt={"role": Role.VIEWER}, include_in_schema=False)
async def remove(
    request: Request[Any, Any, Any], database: NamedDependency[Database], view_id: FromPath[int]
) -> Response[Any]:
    """Delete a view of one's own; everybody's are for product owners to delete."""
    async with database.writing() as session:
        owner = request.user.may(Role.PRODUCT_OWNER)
        view = await views.remove(session, view_id, any_shared=owner, by=request.user.actor)
    undo = {"name": view.name, "query": view.query, "shared": "" if view.person_id else "1"}
    again = request.app.route_reverse("views.create")
    toast = Text(N_("The view “%(name)s” is deleted."), {"name": view.name})
    return see_other(request, "backlog.index", toast=toast, undo=again, fields=undo)


ROUTES = [create, remove]
