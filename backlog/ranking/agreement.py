"""Agreeing on weights: the one decision that moves every initiative at once."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.history import Actor
from backlog.ranking import standings, weights
from backlog.ranking.weights import ProfileState, WeightProfile


async def agree(session: AsyncSession, profile_id: int, *, by: Actor) -> WeightProfile:
    """Let a proposal be the agreed weights: the ones before retire, and all points and ranks follow in the same
    transaction. NotFound; Conflict when it was decided on before."""
    await standings.hold_alone(session)
    profile = await weights.get(session, profile_id)
    before = await weights.active(session)
    weights.check_open(profile)
    retiring = await session.scalar(select(WeightProfile).where(WeightProfile.state == ProfileState.AGREED))
    if retiring is not None:
        retiring.state = ProfileState.RETIRED
        await session.flush()  # before the new one: only one is agreed at a time
    weights.decide(profile, ProfileState.AGREED, by=by)
    await session.flush()
    changes = history.differences(before.percents(), profile.weights.percents())
    history.record(session, by, "agreed", "weights", profile.id, changes)
    await standings.rebuild(session)
    return profile
