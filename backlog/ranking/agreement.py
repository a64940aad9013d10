"""Agreeing on weights: the one decision that moves every initiative at once."""

import datetime as dt

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history, wording
from backlog.errors import N_, Text, checked
from backlog.history import Actor
from backlog.ranking import standings
from backlog.weights import weights
from backlog.weights.weights import ProfileState, WeightProfile

WHO_MOST = 2_000
SLACK = dt.timedelta(days=1)  # days are UTC days; east of it tomorrow has begun


async def agree(
    session: AsyncSession, profile_id: int, *, by: Actor, who: str = "", on: dt.date | None = None
) -> WeightProfile:
    """Let a proposal be the agreed weights: the ones before retire, and all points and ranks follow in the same
    transaction. `who`: those who agreed, a meeting or names; `on`: the day, today when none is given.

    NotFound; Conflict when it was decided on before; Invalid for a day to come (`agreed_on`) or an endless list
    (`agreed_by`).
    """
    who, today = who.strip(), history.now().date()
    checked(
        agreed_by=wording.wrong(who, WHO_MOST),
        agreed_on=Text(N_("Choose a day that is not to come.")) if on and on > today + SLACK else None,
    )
    await standings.hold_alone(session)
    profile = await weights.get(session, profile_id)
    before = await weights.active(session)
    weights.check_open(profile)
    retiring = await session.scalar(select(WeightProfile).where(WeightProfile.state == ProfileState.AGREED))
    if retiring is not None:
        retiring.state = ProfileState.RETIRED
        await session.flush()  # before the new one: only one is agreed at a time
    weights.decide(profile, ProfileState.AGREED, by=by)
    profile.agreed_by, profile.agreed_on = who, on or today
    await session.flush()
    changes = history.differences(before.percents(), profile.weights.percents())
    history.record(session, by, "agreed", "weights", profile.id, changes | ({"agreed_by": who} if who else {}))
    await standings.rebuild(session)
    return profile
