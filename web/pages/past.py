"""The backlog as it stood at the end of an earlier day, beside where each initiative stands now."""

import datetime as dt
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from backlog import history
from backlog.database import Database
from backlog.errors import N_, NotFound
from backlog.initiatives.stages import LABELS
from backlog.people.roles import Role
from backlog.ranking import past
from backlog.scoring import DEFAULT_WEIGHTS
from web import asked
from web.answers import go_to
from web.templating import page

ROWS = 50
LAST_PAGE = 100_000


@get("/backlog/on", name="past.show", opt={"role": Role.VIEWER}, include_in_schema=False)
async def choose(request: Request[Any, Any, Any]) -> Response[Any]:
    """The day that a form asks for; a week ago when it asks for none."""
    day = asked.day(request.query_params, "day") or history.now().date() - dt.timedelta(days=7)
    return go_to(request.app.route_reverse("past.day", day=day.isoformat()))


@get("/backlog/on/{day:str}", name="past.day", opt={"role": Role.VIEWER}, include_in_schema=False)
async def show(
    request: Request[Any, Any, Any], database: NamedDependency[Database], day: FromPath[str]
) -> Response[str]:
    try:
        on = dt.date.fromisoformat(day)
    except ValueError as error:
        raise NotFound(N_("There is no such day.")) from error
    number = min(max(asked.number(request.query_params, "page") or 1, 1), LAST_PAGE)
    async with database.reading() as session:
        since, today = await past.since(session), history.now().date()
        told = since is not None and since <= on <= today
        stood = await past.on(session, on, ROWS, (number - 1) * ROWS) if told else past.Day([], 0)
        profile = await past.agreed_on(session, on) if told else None
    return page(
        request,
        "backlog/on.html",
        on=on,
        today=today,
        since=since,
        told=told,
        stood=stood,
        profile=profile,
        weights=profile.weights if profile else DEFAULT_WEIGHTS,
        number=number,
        rows_most=ROWS,
        stages=LABELS,
    )


ROUTES = [choose, show]
