"""What the demo's people decided beside their initiatives: weights, signature touchpoints, candidates, views."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import positioning
from backlog.demo import evidence
from backlog.demo.content import Dismissed, Merge, Nomination, Said, View, Weighting, airport
from backlog.demo.diary import Entry
from backlog.demo.evidence import Evidence
from backlog.demo.people import People
from backlog.evidence import signatures, touchpoints
from backlog.history import Actor
from backlog.initiatives.initiative import Initiative
from backlog.positioning import Attribute, Test, Tested, Verdict
from backlog.ranking import agreement, views
from backlog.triage import decisions
from backlog.triage.candidates import Candidate
from backlog.weights import ways, weight_opinions, weights

MORNING = 9 * 60  # minutes after midnight


@dataclass(frozen=True)
class Deciding:
    people: People
    known: Evidence
    today: dt.date

    @property
    def owner(self) -> Actor:
        return self.people["demo"].actor

    def entries(self) -> Iterator[Entry]:
        told = airport()
        yield Entry(72, MORNING, self._position)
        for number, said in enumerate(told.opinions):
            yield Entry(8, MORNING + 20 * number, partial(self._say, said=said))
        yield Entry(70, MORNING, partial(self._agree, told=told.agreed))
        for number, nomination in enumerate(told.signatures):
            yield Entry(68, MORNING + 10 * number, partial(self._nominate, nomination=nomination))
        for number, view in enumerate(told.views):
            yield Entry(40, MORNING + number, partial(self._save, view=view))
        for number, name in enumerate(told.snoozed):
            yield Entry(30, MORNING + number, partial(self._snooze, touchpoint=name))
        for number, merged in enumerate(told.merged):
            yield Entry(16, MORNING + number, partial(self._merge, merged=merged))
        for number, dismissed in enumerate(told.dismissed):
            yield Entry(9, MORNING + number, partial(self._dismiss, dismissed=dismissed))
        yield Entry(4, MORNING, partial(self._propose, told=told.proposed))

    async def _position(self, session: AsyncSession) -> None:
        stated = [
            Attribute(each.name, {Test(name): Tested(Verdict(yes), note) for name, (yes, note) in each.tests.items()})
            for each in airport().positioning
        ]
        await positioning.state(session, stated, based_on=0, by=self.owner)

    async def _say(self, session: AsyncSession, said: Said) -> None:
        found = ways.find(ways.way_of(said.way), said.inputs)
        await weight_opinions.keep(session, found, said.reason, by=self.people[said.by].actor)

    async def _propose(self, session: AsyncSession, told: Weighting) -> weights.WeightProfile:
        return await weights.propose(session, told.weights, told.reason, by=self.people[told.by].actor)

    async def _agree(self, session: AsyncSession, told: Weighting) -> None:
        profile = await self._propose(session, told)
        await agreement.agree(session, profile.id, by=self.people[told.by].actor)

    async def _nominate(self, session: AsyncSession, nomination: Nomination) -> None:
        touchpoint = await touchpoints.get(session, self.known.touchpoints[nomination.touchpoint])
        review_on = self.today + dt.timedelta(days=nomination.review_in_days)
        await signatures.nominate(session, touchpoint, reason=nomination.reason, review_on=review_on, by=self.owner)

    async def _save(self, session: AsyncSession, view: View) -> None:
        await views.save(session, view.name, view.query, shared=True, by=self.owner)

    async def _waiting(self, session: AsyncSession, touchpoint: str) -> Candidate:
        return await evidence.waiting(session, self.known.touchpoints[touchpoint])

    async def _snooze(self, session: AsyncSession, touchpoint: str) -> None:
        candidate = await self._waiting(session, touchpoint)
        await decisions.snooze(session, candidate, survey=True, by=self.people["ground"].actor)

    async def _merge(self, session: AsyncSession, merged: Merge) -> None:
        initiative = await session.scalars(select(Initiative).where(Initiative.title == merged.initiative))
        candidate = await self._waiting(session, merged.touchpoint)
        await decisions.merge(session, candidate, initiative.one().key, by=self.owner)

    async def _dismiss(self, session: AsyncSession, dismissed: Dismissed) -> None:
        candidate = await self._waiting(session, dismissed.touchpoint)
        candidate.dismiss(dismissed.reason, dismissed.note, by=self.owner)
