"""Importance against performance of the touchpoints, what importance is derived from, and what customers say of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import settings
from backlog.database import Database
from backlog.evidence.touchpoints import Touchpoint
from backlog.importance import derivations, importance_map, stated_derived
from backlog.importance import importance_performance as formulas
from backlog.importance.importance_map import Map, Source
from backlog.initiatives.evidence import ranked_about
from backlog.people.roles import Role
from web.asked import chosen, number
from web.pages import importance_plot
from web.pages.touchpoint_lists import choices
from web.templating import page


@dataclass(frozen=True)
class Asked:
    """What the address asks for; without a source it is what customers say, where they were asked."""

    source: Source | None
    outcome_id: int | None
    phase_id: int | None
    persona_id: int | None
    intervals: bool

    def query(self, **changes: Any) -> dict[str, Any]:
        """The address again with something else in it."""
        return {
            "source": self.source,
            "outcome": self.outcome_id,
            "phase": self.phase_id,
            "persona": self.persona_id,
            "intervals": 1 if self.intervals else None,
        } | changes


def read(query: Mapping[str, str]) -> Asked:
    return Asked(
        chosen(query, "source", Source),
        number(query, "outcome"),
        number(query, "phase"),
        number(query, "persona"),
        query.get("intervals", "") == "1",
    )


@get("/touchpoints/importance", name="importance.index", opt={"role": Role.VIEWER}, include_in_schema=False)
async def index(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[str]:
    asked = read(request.query_params)
    async with database.reading() as session:
        found = await importance_map.load(
            session,
            source=asked.source,
            outcome_id=asked.outcome_id,
            phase_id=asked.phase_id,
            persona_id=asked.persona_id,
        )
        around = await _around(session, found)
    plot = importance_plot.plot(found.places, found.cross, with_intervals=asked.intervals)
    return page(
        request,
        "importance/index.html",
        asked=asked,
        map=found,
        plot=plot,
        formulas=formulas,
        cases=stated_derived.LABELS,
        **around,
    )


async def _around(session: AsyncSession, found: Map) -> dict[str, Any]:
    """What else the page tells."""
    left_out = found.outcome.derivation.left_out if found.outcome else []
    drivers = list(found.outcome.drivers) if found.outcome else []
    wanted = [number for number, _ in left_out] + drivers
    names = {
        row.id: row.name
        for row in await session.execute(select(Touchpoint.id, Touchpoint.name).where(Touchpoint.id.in_(wanted)))
    }
    return {
        "choices": await choices(session),
        "works": await ranked_about(session),
        "is_waiting": await derivations.asked(session) is not None,
        "suggests": (await settings.load(session)).derived_importance,
        "left_out": [f"{names[number]} ({n})" for number, n in left_out if number in names],
        "driver_names": names,
    }


ROUTES = [index]
