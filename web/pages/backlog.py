"""The backlog: initiatives in rank order, with filters, views, and weights to try."""

from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.demo import seeding
from backlog.errors import N_
from backlog.initiatives.stages import LABELS
from backlog.people.roles import Role
from backlog.ranking import positions, ranked, surroundings, what_if
from backlog.ranking.filters import UNFILTERED, Order
from backlog.ranking.ranked import Landing, Listed
from backlog.ranking.surroundings import Surroundings
from backlog.ranking.what_if import Reranked
from backlog.simulation.robustness import Range
from web.answers import see_other
from web.pages import backlog_rows, backlog_stages, backlog_views
from web.pages.backlog_asked import ROWS, Asked, read
from web.templating import page

FILTER_NAMES = {
    "text": N_("Text"),
    "stages": N_("Stage"),
    "phase": N_("Phase"),
    "department": N_("Department"),
    "persona": N_("Persona"),
    "signature": N_("Signature"),
}


@dataclass(frozen=True)
class Backlog:
    """Everything the page shows."""

    asked: Asked
    around: Surroundings
    rows: list[Listed]
    total: int
    reranked: Reranked | None
    hidden: list[tuple[str, int]]


@get("/", name="start", opt={"role": Role.VIEWER}, include_in_schema=False)
async def start(request: Request[Any, Any, Any]) -> Response[Any]:
    return see_other(request, "backlog.index")


@get("/backlog", name="backlog.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    """The page, or for the what-if panel the rows and what changes alone: at once with the ranges of before, and with
    those of the weights tried for who asks for them and waits."""
    asked = read(request.query_params)
    async with database.reading() as session:
        found = await load(session, asked, request.user.id)
        if not found.total and asked.filters == UNFILTERED and await seeding.may_begin(session):
            return see_other(request, "welcome")
    if asked.ranges and asked.tried:
        ranges = await request.app.state.trials.ranges(database, asked.tried)
        for row in found.rows:
            row.range = landing(ranges.get(row.id)) if row.rank is not None else None
    if request.headers.get("hx-target") == "div#backlog":
        return page(request, "backlog/_reranked.html", **shown(request, found))
    return page(request, "backlog/index.html", **shown(request, found))


def landing(found: Range | None) -> Landing | None:
    """Where it lands under the weights that are tried; None for what has no rank."""
    return None if found is None else Landing(found.low, found.high, found.p_top, found.tier)


async def load(session: AsyncSession, asked: Asked, person_id: int | None) -> Backlog:
    """Ask for all that the page needs; for most pages two statements."""
    around = await surroundings.load(session, person_id)
    order = Order.RANK if asked.order is Order.POSITION else asked.order
    place = (asked.filters, order, ROWS, asked.offset)
    reranked = None
    if asked.is_by_position:
        held = {number: placed.position for number, placed in around.placed.items()}
        rows = listed(await positions.told(session, held, around.total, asked.filters, ROWS, asked.offset), around)
    elif asked.tried is None:
        rows = listed(await ranked.told(session, *place), around)
    else:
        reranked = await what_if.rerank(session, asked.tried, around.departments, *place, top=around.top)
        rows = list(reranked.rows)
    total = around.total if asked.filters == UNFILTERED else await ranked.total(session, asked.filters)
    hidden = [] if rows else await hiding(session, asked)
    return Backlog(asked, around, rows, total, reranked, hidden)


@lru_cache(maxsize=32)
def listed(told: tuple[Row[Any], ...], around: Surroundings) -> list[Listed]:
    """The same for the same rows: a list is looked at more often than it changes. Not to be changed."""
    return ranked.listed(told, around.departments, around.counts_before)


async def hiding(session: AsyncSession, asked: Asked) -> list[tuple[str, int]]:
    """For an empty list: how many each filter alone keeps out of it."""
    filters = asked.filters
    return [(name, await ranked.total(session, filters.without(name))) for name in filters.active]


def shown(request: Request[Any, Any, Any], found: Backlog) -> dict[str, Any]:
    """The values of the template."""
    around, asked = found.around, found.asked
    base = around.weights.percents()
    verbs = backlog_stages.offered(request.user.role)
    today = cache(lambda: backlog_rows.signs(found.rows, around))  # in words: not before the page speaks
    kept = (tuple(found.rows), around, asked, found.total, tuple(found.hidden))
    return {
        "backlog": found,
        "asked": asked,
        "asked_query": backlog_views.query_of(asked),
        "around": around,
        "rows": found.rows,
        "list_key": None if asked.tried else kept,
        "today": today,
        "rows_html": partial(
            backlog_rows.rendered,
            request.app.state.pages,
            found.rows,
            today,
            around,
            tried=asked.tried is not None,
            panel=asked.panel,
            selectable=bool(verbs),
        ),
        "base": base,
        "weights": asked.tried.percents() if asked.tried else base,
        "views": backlog_views.listed(request, around, asked),
        "filter_names": FILTER_NAMES,
        "stages": LABELS,
        "verbs": verbs,
        "first": asked.offset + 1,
        "last": asked.offset + len(found.rows),
        "find": asked.filters.text,
    }


ROUTES = [start, index, *backlog_views.ROUTES, *backlog_stages.ROUTES]
