"""Respondents for tests, brought as an import is: with their responses, tallies, scores and all that follows."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.database import Database
from backlog.evidence.measures import Kind, Measure
from backlog.evidence.responses import Response
from backlog.evidence.touchpoints import Touchpoint, name_key
from backlog.history import WAYMARK
from backlog.imports import storing
from backlog.imports.surveys import ImportState, new_import
from backlog.rescoring import rescore
from tests.importance.airports import passengers

MAY_2018 = dt.date(2018, 5, 14)
Answers = Mapping[str, Sequence[float | None]]
KINDS = {"recommend": Kind.LOYALTY, "importance": Kind.IMPORTANCE}


@dataclass(frozen=True)
class Survey:
    """What was brought: ids by name."""

    import_id: int
    touchpoints: Mapping[str, int]


async def brought(
    database: Database,
    places: Answers,
    *,
    overall: Answers,
    stated: Answers | None = None,
    weights: Sequence[float] | None = None,
    with_ids: bool = True,
    day: dt.date = MAY_2018,
) -> Survey:
    """``places`` and ``stated`` by touchpoint, ``overall`` by measure: the answers of each respondent on 0-10."""
    async with database.writing() as session:
        row = new_import("survey.csv", None, by=WAYMARK)
        row.state = ImportState.LOADED
        session.add(row)
        touchpoints = {name: await _touchpoint(session, name) for name in places}
        experience = await _measure(session, "experience")
        asked: list[tuple[int | None, int, Sequence[float | None]]] = [
            (None, await _measure(session, name), said) for name, said in overall.items()
        ]
        asked += [(touchpoints[name], experience, said) for name, said in places.items()]
        asked += [
            (touchpoints[name], await _measure(session, "importance"), said) for name, said in (stated or {}).items()
        ]
        await session.flush()
        session.add_all(
            Response(
                import_id=row.id, touchpoint_id=place, measure_id=measure, answered_on=day, value=value,
                weight=1.0 if weights is None else weights[at], respondent=f"r{at}" if with_ids else None,
            )
            for place, measure, said in asked for at, value in enumerate(said) if value is not None
        )  # fmt: skip
        await session.flush()
        await storing.add_tallies(session, await storing.tallies_of(session, row.id))
        await rescore(session)
    return Survey(row.id, touchpoints)


def airport(
    n: int = 400, *, asked: float = 1.0, seed: int = 7
) -> tuple[dict[str, list[float | None]], dict[str, list[float | None]]]:
    """Answers about security, food and art on 0-10, of which the first matters most and the last not at all, and
    whether people recommend the airport."""
    answers, outcome = passengers(n, (1.0, 0.5, 0.0), asked=asked, seed=seed)
    names = ("Security", "Restaurants", "Art")
    places = {name: [_on_ten(each) for each in answers[:, at]] for at, name in enumerate(names)}
    return places, {"recommend": [_on_ten(each / 2) for each in outcome]}


def _on_ten(value: float) -> float | None:
    return None if np.isnan(value) else round(float(np.clip(6 + 1.5 * value, 0, 10)), 4)


async def _touchpoint(session: AsyncSession, name: str) -> int:
    known = await session.scalar(select(Touchpoint).where(Touchpoint.name == name))
    if known is None:
        known = Touchpoint(name=name, name_key=name_key(name))
        session.add(known)
        await session.flush()
    return known.id


async def _measure(session: AsyncSession, name: str) -> int:
    known = await session.scalar(select(Measure).where(Measure.name == name))
    if known is None:
        known = Measure(name=name, kind=KINDS.get(name, Kind.QUALITY))
        session.add(known)
        await session.flush()
    return known.id
