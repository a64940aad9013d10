"""Evidence for tests: touchpoints, measures and their answers, put straight into the tally."""

import datetime as dt
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from backlog.evidence.measures import Kind, Measure
from backlog.evidence.responses import Tally
from backlog.evidence.statistics import Scale
from backlog.evidence.touchpoints import Touchpoint, name_key

MAY_2018 = dt.date(2018, 5, 1)
MAY_2017 = dt.date(2017, 5, 1)
ONE_TO_FIVE = Scale(1, 5)


async def a_touchpoint(session: AsyncSession, name: str, *, target: float | None = None) -> Touchpoint:
    touchpoint = Touchpoint(name=name, name_key=name_key(name), target=target)
    session.add(touchpoint)
    await session.flush()
    return touchpoint


async def a_measure(
    session: AsyncSession,
    name: str = "experience",
    *,
    kind: Kind = Kind.QUALITY,
    scale: Scale = ONE_TO_FIVE,
    position: int = 0,
) -> Measure:
    measure = Measure(
        name=name, kind=kind, low=scale.low, high=scale.high, is_reversed=scale.reversed, position=position
    )
    session.add(measure)
    await session.flush()
    return measure


def answered(
    session: AsyncSession,
    touchpoint: Touchpoint | None,
    measure: Measure,
    counts: Mapping[float, int],
    *,
    month: dt.date = MAY_2018,
    weight: float = 1.0,
    persona_id: int | None = None,
) -> None:
    """``counts`` maps answers as printed on the measure's scale to how many gave them; all of one weight."""
    scale = Scale(measure.low, measure.high, measure.is_reversed)
    for answer, n in counts.items():
        value = scale.to_ten(answer)
        session.add(
            Tally(
                touchpoint_id=touchpoint.id if touchpoint else None,
                measure_id=measure.id,
                persona_id=persona_id,
                month=month,
                value=value,
                n=n,
                weight=n * weight,
                weight_squared=n * weight**2,
                total=n * weight * value,
                total_squared=n * weight * value**2,
            )
        )


def summarised(
    session: AsyncSession,
    touchpoint: Touchpoint,
    measure: Measure,
    n: int,
    mean: float,
    deviation: float,
    *,
    month: dt.date = MAY_2018,
) -> None:
    """``n`` answers known only by mean and standard deviation, both on 0-10."""
    session.add(
        Tally(
            touchpoint_id=touchpoint.id,
            measure_id=measure.id,
            persona_id=None,
            month=month,
            value=None,
            n=n,
            weight=n,
            weight_squared=n,
            total=n * mean,
            total_squared=deviation**2 * (n - 1) + n * mean**2,
        )
    )
