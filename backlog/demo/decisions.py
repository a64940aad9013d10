"""What the demo's people decided beside their initiatives: weights, signature touchpoints, candidates, views."""

import datetime as dt
from collections.abc import Iterator
from functools import partial

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.demo.content import Dismissed, Merge, Nomination, View, Weighting, airport
from backlog.demo.diary import Entry
from backlog.demo.initiatives import titled, waiting
from backlog.demo.people import People
from backlog.evidence import signatures
from backlog.evidence.touchpoints import Touchpoint
from backlog.history import Actor
from backlog.ranking import agreement, views, weights
from backlog.triage import decisions

MORNING = 9 * 60  # minutes after midnight


def diary(people: People, today: dt.date) -> Iterator[Entry]:
    told = airport()
    owner = people["demo"].actor
    yield Entry(70, MORNING, partial(agree, told=told.agreed, people=people))
    for number, nomination in enumerate(told.signatures):
        deed = partial(nominate, nomination=nomination, today=today, by=owner)
        yield Entry(68, MORNING + 10 * number, deed)
    for number, view in enumerate(told.views):
        yield Entry(40, MORNING + number, partial(save, view=view, by=owner))
    for number, name in enumerate(told.snoozed):
        yield Entry(30, MORNING + number, partial(snooze, touchpoint=name, by=people["ground"].actor))
    for number, merged in enumerate(told.merged):
        yield Entry(16, MORNING + number, partial(merge, merged=merged, by=owner))
    for number, dismissed in enumerate(told.dismissed):
        yield Entry(9, MORNING + number, partial(dismiss, dismissed=dismissed, by=owner))
    yield Entry(4, MORNING, partial(propose, told=told.proposed, people=people))


async def propose(session: AsyncSession, told: Weighting, people: People) -> weights.WeightProfile:
    return await weights.propose(session, told.weights, told.reason, by=people[told.by].actor)


async def agree(session: AsyncSession, told: Weighting, people: People) -> None:
    profile = await propose(session, told, people)
    await agreement.agree(session, profile.id, by=people[told.by].actor)


async def nominate(session: AsyncSession, nomination: Nomination, today: dt.date, by: Actor) -> None:
    touchpoint = (await session.scalars(select(Touchpoint).where(Touchpoint.name == nomination.touchpoint))).one()
    review_on = today + dt.timedelta(days=nomination.review_in_days)
    await signatures.nominate(session, touchpoint, reason=nomination.reason, review_on=review_on, by=by)


async def save(session: AsyncSession, view: View, by: Actor) -> None:
    await views.save(session, view.name, view.query, shared=True, by=by)


async def snooze(session: AsyncSession, touchpoint: str, by: Actor) -> None:
    await decisions.snooze(session, await waiting(session, touchpoint), survey=True, by=by)


async def merge(session: AsyncSession, merged: Merge, by: Actor) -> None:
    initiative = await titled(session, merged.initiative)
    await decisions.merge(session, await waiting(session, merged.touchpoint), initiative.key, by=by)


async def dismiss(session: AsyncSession, dismissed: Dismissed, by: Actor) -> None:
    candidate = await waiting(session, dismissed.touchpoint)
    candidate.dismiss(dismissed.reason, dismissed.note, by=by)
