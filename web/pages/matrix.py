"""The matrix: effort against benefit, and re-estimating by moving a bubble or by a form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import settings
from backlog.database import Database
from backlog.errors import N_, Invalid, NotFound, Stale, Text
from backlog.initiatives import anchors
from backlog.initiatives.ratings import RatedInput
from backlog.initiatives.stages import LABELS as STAGES
from backlog.people.roles import Role
from backlog.ranking import matrix, portfolio, surroundings
from backlog.ranking.matrix import Chosen, Extent, Matrix
from backlog.ranking.surroundings import Surroundings
from web.answers import go_to
from web.forms import decimal, typed, version_of
from web.pages import backlog_views, matrix_plot
from web.pages.backlog_asked import written
from web.pages.matrix_asked import Asked, read
from web.pages.matrix_plot import Drawn
from web.templating import Pages, page

Parts = portfolio.Part
Reach = tuple[Extent, Extent]
"""Of effort and of benefit."""
GAUGED = ((Parts.SMALL_STEPS, Parts.LARGE_FOOTPRINTS, Parts.FILL_INS, Parts.LEAVE_IT), (Parts.SIGNATURE, Parts.HYGIENE))
"""What adds up to all effort, twice."""


@dataclass(frozen=True)
class Refusal:
    """Why an estimate was not kept, and what was typed."""

    status: int = 200
    typed: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Text] = field(default_factory=dict)
    stale: Text | None = None


KEPT = Refusal()


@dataclass(frozen=True)
class Found:
    """Everything the page shows."""

    asked: Asked
    around: Surroundings
    matrix: Matrix
    extents: Mapping[int, Mapping[RatedInput, Extent]]
    chosen: Chosen | None


@get("/matrix", name="matrix.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    """The page; for the script its main part, or the chosen initiative alone."""
    asked = read(request.query_params)
    if request.headers.get("hx-target") == "div#chosen":
        async with database.reading() as session:
            chosen = await _chosen(session, request, asked)
        return page(request, "matrix/_chosen.html", **told(request, asked, chosen, KEPT))
    return await show(request, database, asked, KEPT)


@post("/matrix/{key:str}/estimates", name="estimates.create", opt={"role": Role.CONTRIBUTOR}, include_in_schema=False)
async def create(
    request: Request[Any, Any, Any], key: FromPath[str], database: NamedDependency[Database]
) -> Response[Any]:
    """Keep one's own new estimate; the bubble goes to the new median, and ranks follow."""
    values, asked = await typed(request), read(request.query_params, at=key)
    try:
        async with database.reading() as session:
            before = await matrix.chosen(session, key, request.user.actor)
        async with database.writing() as session:
            given, reason = changed(values), values.get("reason", "")
            await matrix.estimate(session, key, given, reason, version=version_of(values), by=request.user.actor)
        async with database.reading() as session:
            after = await matrix.chosen(session, key, request.user.actor)
    except Invalid as wrong:
        return await show(request, database, asked, Refusal(422, values, wrong.fields))
    except Stale as stale:
        return await show(request, database, asked, Refusal(409, values, stale=stale.text))
    return go_to(f"{request.app.route_reverse('matrix.index')}?{written(asked.query())}", toast=ranked(before, after))


def ranked(before: Chosen, after: Chosen) -> Text:
    """What became of the rank."""
    if after.rank is None or before.rank is None:
        return Text(N_("Your estimate is kept."))
    if after.rank == before.rank:
        return Text(N_("Your estimate is kept. The rank stays %(rank)s."), {"rank": after.rank})
    ranks = {"before": before.rank, "after": after.rank}
    return Text(N_("Your estimate is kept. The rank was %(before)s and is now %(after)s."), ranks)


def changed(values: Mapping[str, str]) -> dict[RatedInput, float]:
    """What was typed in the place of what the form had shown. Invalid names every field that is no number."""
    found: dict[RatedInput, float] = {}
    wrong: dict[str, Text] = {}
    for name in matrix.INPUTS:
        text = values.get(name.value, "").strip()
        if text == values.get(f"{name}_was", "").strip():
            continue
        try:
            found[name] = decimal(text[:40])
        except ValueError:
            wrong[name.value] = Text(N_("Enter a number from %(low)s to %(high)s."), {"low": 1, "high": 10})
    if wrong:
        raise Invalid(wrong)
    return found


async def show(request: Request[Any, Any, Any], database: Database, asked: Asked, refusal: Refusal) -> Response[Any]:
    """The whole page, or its main part for the script."""
    async with database.reading() as session:
        found = await load(session, request, asked)
    for_script = request.headers.get("hx-target") == "main#main"
    template = "matrix/_reply.html" if for_script else "matrix/index.html"
    return page(request, template, status=refusal.status, **shown(request, found, refusal))


async def load(session: AsyncSession, request: Request[Any, Any, Any], asked: Asked) -> Found:
    around = await surroundings.load(session, request.user.id)
    found = await matrix.load(session, asked.filters, await settings.load(session))
    shown = [each.id for each in found.rated] if asked.intervals else []
    extents = await matrix.extents(session, shown, request.user.actor)
    return Found(asked, around, found, extents, await _chosen(session, request, asked))


async def _chosen(session: AsyncSession, request: Request[Any, Any, Any], asked: Asked) -> Chosen | None:
    """None when none is asked for, or there is none any more."""
    try:
        return await matrix.chosen(session, asked.at, request.user.actor) if asked.at else None
    except NotFound:
        return None


def shown(request: Request[Any, Any, Any], found: Found, refusal: Refusal) -> dict[str, Any]:
    """The values of the templates."""
    asked, around = found.asked, found.around
    drawn = matrix_plot.drawn(found.matrix.rated)
    reaches = {
        each: (known[RatedInput.EFFORT], known[RatedInput.BENEFIT])
        for each, known in found.extents.items()
        if len(known) == len(matrix.INPUTS)
    }
    return {
        "matrix": found.matrix,
        "drawn": drawn,
        "bubbles_html": partial(bubbles, request.app.state.pages, drawn, reaches, asked.at),
        "crosses": [matrix_plot.cross(each, *reaches[each.bubble.id]) for each in drawn if each.bubble.id in reaches],
        "names": matrix_plot.names(drawn, asked.at),
        "around": around,
        "stages": STAGES,
        "views": backlog_views.listed(request, around, asked),
        "gauged": GAUGED,
        "portfolio": portfolio,
        **told(request, asked, found.chosen, refusal),
    }


def bubbles(pages: Pages, drawn: Sequence[Drawn], reaches: Mapping[int, Reach], at: str, to: str) -> Markup:
    """All bubbles, ``to`` the address before their numbers; most of them stay from page to page."""
    macro = pages.environment.get_template("matrix/_bubble.html").module.bubble  # type: ignore[attr-defined] # its macro

    def one(each: Drawn) -> Markup:
        current, reach = each.bubble.key == at, reaches.get(each.bubble.id)
        key = ("bubble", each, to, current, reach)
        return pages.fragments.get(key, lambda: macro(each, to, current, reach))

    return Markup("").join([one(each) for each in drawn])


def told(request: Request[Any, Any, Any], asked: Asked, chosen: Chosen | None, refusal: Refusal) -> dict[str, Any]:
    """What the part about the chosen initiative needs."""
    return {
        "asked": asked,
        "chosen": chosen,
        "own_place": own_place(chosen),
        "refusal": refusal,
        "may": request.user.may(Role.CONTRIBUTOR),
        "anchors": anchors,
        "list_route": "matrix.index",
    }


def own_place(chosen: Chosen | None) -> tuple[float, float] | None:
    """Where one's own estimate would put the bubble, in percent; None where it stands there already."""
    if chosen is None or not any(voices.differs for voices in chosen.voices.values()):
        return None
    effort, benefit = (chosen.voices[name].start for name in matrix.INPUTS)
    if effort is None or benefit is None:
        return None
    return matrix_plot.across(effort), matrix_plot.down(benefit)


ROUTES = [index, create]
