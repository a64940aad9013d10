"""How each initiative of the demo came about: proposed, rated, talked about and moved over the last ten weeks."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backlog.demo import evidence
from backlog.demo.content import Story, airport, stories
from backlog.demo.diary import Deed, Entry
from backlog.demo.evidence import Evidence
from backlog.demo.people import People
from backlog.initiatives import comments, initiatives, moves, ratings
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import FORWARD, MOVES, STEPS, Stage, Verb
from backlog.people.persons import Person
from backlog.triage import decisions
from backlog.urgency import urgency_profiles

AGES = {
    Stage.DONE: (69, 64),
    Stage.MEASURING: (66, 55),
    Stage.IN_DELIVERY: (59, 44),
    Stage.READY: (48, 27),
    Stage.SCORING: (36, 15),
    Stage.PROPOSED: (24, 3),
    Stage.PARKED: (52, 52),
    Stage.DROPPED: (45, 45),
}
"""How many days ago the first and the last of those that are in this stage now were proposed."""
LAST_RATED = (6, 4, 2, 5, 1, 3)
"""Days ago; every second initiative that several people rate got its last ratings this week, so that ranks move."""


@dataclass
class Telling:
    """One initiative and when things happened to it. ``place`` is its place among all, ``age`` how many days ago it was
    proposed; ``initiative`` is there from then on."""

    story: Story
    people: People
    known: Evidence
    place: int
    age: int
    today: dt.date
    initiative: Initiative = field(init=False)

    def entries(self) -> Iterator[Entry]:
        yield self._entry(self.age, 0, self._propose)
        raters = list(self.story.ratings)
        for number, rater in enumerate(raters):
            yield self._entry(self._rated(number, len(raters)), 30 + number, partial(self._rate, rater=rater))
        for number, (writer, text) in enumerate(self.story.comments):
            written = self.age // 2 - 6 * number
            yield self._entry(written, 50 + number, partial(self._comment, writer=writer, text=text))
        if self.story.urgency:
            yield self._entry(self.age - 2, 55, self._time)
        verbs = verbs_to(self.story.stage)
        for number, verb in enumerate(verbs):
            minute = 60 if number else 10
            yield self._entry(self._moved(number, len(verbs)), minute, partial(self._move, verb=verb))

    def _entry(self, days_ago: int, minute: int, deed: Deed) -> Entry:
        """In the course of the day, what belongs together in its order; never today."""
        return Entry(max(days_ago, 1), 16 * 60 + 11 * self.place + minute, deed)

    def _rated(self, number: int, raters: int) -> int:
        is_last = 0 < number == raters - 1
        if is_last and self.place % 2 == 0 and self.story.stage is not Stage.DONE:
            return LAST_RATED[self.place // 2 % len(LAST_RATED)]
        return self.age - 2 - 3 * number

    def _moved(self, number: int, moves: int) -> int:
        """Opened for scoring the day after; the other moves evenly from then to a quarter of its age."""
        if number == 0:
            return self.age - 1 if self.story.stage in STEPS else self.age // 4
        first, last = self.age - 6, self.age // 4
        return first - (first - last) * number // (moves - 1)

    @property
    def _lead(self) -> Person:
        """Who proposes: a colleague of the leading department, else the product owner."""
        leads = [each.key for each in airport().people if each.department == self.story.lead]
        return self.people[leads[0] if leads else "demo"]

    async def _propose(self, session: AsyncSession) -> None:
        story, known = self.story, self.known
        values: dict[str, Any] = {
            "title": story.title,
            "problem": story.problem,
            "next_step": story.next_step,
            "effect": story.effect,
            "dependencies": story.dependencies,
            "independent": story.independent,
            "touchpoint_ids": [known.touchpoints[name] for name in story.touchpoints],
            "insight_ids": known.about(story),
            "lead_id": known.departments[story.lead],
            "contributing_ids": [known.departments[code] for code in story.contributing],
        }
        if story.candidate:
            candidate = await evidence.waiting(session, known.touchpoints[story.touchpoints[0]])
            self.initiative = await decisions.accept(session, candidate, values, by=self._lead.actor)
        else:
            self.initiative = await initiatives.propose(session, **values, by=self._lead.actor)

    async def _rate(self, session: AsyncSession, rater: str) -> None:
        await ratings.rate(session, self.initiative, self.story.ratings[rater], by=self.people[rater].actor)

    async def _time(self, session: AsyncSession) -> None:
        record = dict(self.story.urgency)
        if "day" in record:
            record["day"] = (self.today + dt.timedelta(days=int(record["day"]))).isoformat()
        urgency_profiles.put(session, self.initiative, record, by=self._lead.actor)

    async def _comment(self, session: AsyncSession, writer: str, text: str) -> None:
        await comments.write(session, self.initiative, text, by=self.people[writer].actor)

    async def _move(self, session: AsyncSession, verb: Verb) -> None:
        by = self._lead if self._lead.role.may(MOVES[verb].role) else self.people["demo"]
        reason = self.story.reason if MOVES[verb].needs_reason else ""
        await moves.move(session, self.initiative, verb, reason=reason, by=by.actor)


def tellings(people: People, known: Evidence, today: dt.date) -> list[Telling]:
    """All initiatives, those of a stage spread over its ages in the order of the file."""
    found = []
    for place, story in enumerate(stories()):
        among = [each for each in stories() if each.stage is story.stage]
        oldest, newest = AGES[story.stage]
        age = oldest - (oldest - newest) * among.index(story) // max(len(among) - 1, 1)
        found.append(Telling(story, people, known, place, age, today))
    return found


def verbs_to(stage: Stage) -> tuple[Verb, ...]:
    """The verbs that lead from proposed to this stage, in order."""
    if stage is Stage.PARKED:
        return (Verb.PARK,)
    if stage is Stage.DROPPED:
        return (Verb.DROP,)
    return FORWARD[: STEPS.index(stage)]
