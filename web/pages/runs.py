"""How sure the order is: what the latest simulation found, whom to ask next, and what changed since another one."""

import asyncio
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from backlog.database import Database
from backlog.errors import N_, NotFound, Text
from backlog.history import Actor
from backlog.initiatives import anchors
from backlog.initiatives.initiative import Initiative
from backlog.people.roles import Role
from backlog.simulation import asking, comparison, draws
from backlog.simulation.asking import Asked
from backlog.simulation.choices import Choice, a_week_before, choices
from backlog.simulation.comparison import Comparison, Place
from backlog.simulation.ranges import MOSTLY, is_even
from backlog.simulation.robustness import Tier
from backlog.simulation.runs import Found, Run, RunState
from backlog.weights import weights
from backlog.weights.weights import Closeness
from web.answers import go_to
from web.asked import number
from web.templating import page

SHOWN = 30  # changes told, of those that make the most difference
FLIPS = 10


@dataclass
class Tie:
    """Neighbours of one rank in every simulation, or else in most of them."""

    ids: list[int]
    always: bool = True


@dataclass(frozen=True)
class Certainty:
    """All that the page shows. ``near`` stand at or near the top, by rank; ``flips`` are neighbours of which nobody can
    say who is ahead, ``ties`` groups of one rank; ``titles`` by initiative; ``lost``: the run to compare with is not there."""

    run: Run
    closeness: Closeness
    near: list[tuple[int, Place]]
    low: int
    flips: list[tuple[int, int, float]]
    ties: list[Tie]
    asked: list[Asked]
    titles: dict[int, str]
    earlier: list[Choice]
    before: Run | None
    lost: bool
    compared: Comparison | None


@get("/runs", name="runs.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[str]:
    async with database.reading() as session:
        known = await certainty(session, number(request.query_params, "since"), request.user.actor)
    return page(request, "runs/index.html", c=known, shown=SHOWN, spans=spans(known), anchors=anchors)


def spans(known: Certainty | None) -> dict[str, tuple[float, float]]:
    return draws.spans(known.run.simulation.weights, weights.CONCENTRATION[known.closeness]) if known else {}


async def certainty(session: AsyncSession, since: int | None, reader: Actor) -> Certainty | None:
    """None before the first run."""
    whole = (undefer(Run.inputs), undefer(Run.results))
    done = select(Run).where(Run.state == RunState.DONE).order_by(Run.id.desc())
    run = await session.scalar(done.options(*whole).limit(1))
    if run is None:
        return None
    earlier = [each for each in await choices(session, since) if each.id < run.id]
    then = a_week_before(earlier).id if since is None and earlier else since
    before = await session.scalar(done.options(*whole).where(Run.id == then, Run.id < run.id)) if then else None
    found, places = await asyncio.to_thread(unpacked, run)  # of thousands of initiatives that takes a while
    return Certainty(
        run=run,
        closeness=await weights.closeness(session),
        near=[(each, place) for each, place in places.items() if place.range.tier is not Tier.CLEAR_LOW],
        low=sum(place.range.tier is Tier.CLEAR_LOW for place in places.values()),
        flips=flips(list(places.items())),
        ties=ties(list(places.items())),
        asked=await asking.whom(session, found.questions, reader),
        titles=dict(
            (await session.execute(select(Initiative.id, Initiative.title).where(Initiative.id.in_(places)))).all()
        ),
        earlier=earlier,
        before=before,
        lost=since is not None and before is None,
        compared=await asyncio.to_thread(since_then, before, run),
    )


def unpacked(run: Run) -> tuple[Found, dict[int, Place]]:
    """What it found, and the place of each initiative, by rank."""
    return run.found, comparison.places(run.simulation, run.found.ranges)


def since_then(before: Run | None, run: Run) -> Comparison | None:
    if before is None:
        return None
    return comparison.compared(before.simulation, before.found.ranges, run.simulation, run.found.ranges)


def flips(places: list[tuple[int, Place]]) -> list[tuple[int, int, float]]:
    """The first neighbours that are a coin flip: one, the next, and how often the one is ahead."""
    even = [
        (one, other, above)
        for (one, place), (other, _) in pairwise(places)
        if (above := place.range.p_above_next) is not None and is_even(above, place.range.p_tied_next or 0)
    ]
    return even[:FLIPS]


def ties(places: list[tuple[int, Place]]) -> list[Tie]:
    """The first groups of neighbours that mostly tie, each with the next, in the order of the list."""
    groups: list[Tie] = [Tie([])]
    for each, place in places:
        tied = place.range.p_tied_next or 0
        groups[-1].ids.append(each)
        if tied < MOSTLY:
            groups.append(Tie([]))
        elif tied < 1:
            groups[-1].always = False
    return [group for group in groups if len(group.ids) > 1][:FLIPS]


@post("/runs/{run_id:int}/repetition", name="runs.repeat", opt={"role": Role.VIEWER}, include_in_schema=False)
async def repeat(
    request: Request[Any, Any, Any], database: NamedDependency[Database], run_id: FromPath[int]
) -> Response[Any]:
    """Draw everything once more from what was kept of the run, and say whether the result is the same."""
    async with database.reading() as session:
        run = await session.scalar(
            select(Run)
            .options(undefer(Run.inputs), undefer(Run.results))
            .where(Run.id == run_id, Run.state == RunState.DONE)
        )
    if run is None:
        raise NotFound(N_("There is no such simulation any more."))
    same = await asyncio.to_thread(run.simulation.ranges) == run.found.ranges
    told = (
        N_("Repeated: %(count)s initiatives, %(draws)s draws, seed %(seed)s, the same to the last digit.")
        if same
        else N_("Repeated with another result: Waymark computes differently now than when this was kept.")
    )
    values = {"count": run.count, "draws": run.simulation.draws, "seed": run.simulation.seed}
    return go_to(request.app.route_reverse("runs.index"), toast=Text(told, values if same else {}))


ROUTES = [index, repeat]
