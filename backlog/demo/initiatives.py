"""How each initiative of the demo came about: proposed, rated, talked about and moved over the last ten weeks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.demo import register
from backlog.demo.content import Story, airport, stories
from backlog.demo.diary import Entry
from backlog.demo.people import People
from backlog.evidence.insights import Insight
from backlog.initiatives import comments, initiatives, moves, ratings
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.stages import FORWARD, MOVES, STEPS, Stage, Verb
from backlog.people.persons import Person
from backlog.triage import decisions
from backlog.triage.candidates import WAITING, Candidate

INSIGHTS = 6
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
    """One initiative and when things happened to it. ``place`` is its place among all, ``age`` days ago it began."""

    story: Story
    people: People
    place: int
    age: int

    def entries(self) -> Iterator[Entry]:
        yield self._entry(self.age, 0, self._propose)
        raters = list(self.story.ratings)
        for number, rater in enumerate(raters):
            yield self._entry(self._rated(number, len(raters)), 30 + number, partial(self._rate, rater=rater))
        for number, (writer, text) in enumerate(self.story.comments):
            written = self.age // 2 - 6 * number
            yield self._entry(written, 90 + number, partial(self._comment, writer=writer, text=text))
        verbs = list(verbs_to(self.story.stage))
        for number, verb in enumerate(verbs):
            yield self._entry(
                self._moved(number, len(verbs)), 10 if number == 0 else 60, partial(self._move, verb=verb)
            )

    def _entry(self, days_ago: int, minute: int, deed: object) -> Entry:
        """In the course of a working day, in the same order on the same day; never today."""
        return Entry(max(days_ago, 1), 16 * 60 + 11 * self.place + minute, deed)  # type: ignore[arg-type] # a partial

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
        return first - (first - last) * number // max(moves - 1, 1)

    @property
    def _lead(self) -> Person:
        """Who proposes: a colleague of the leading department, else the product owner."""
        leads = [each.key for each in airport().people if each.department == self.story.lead]
        return self.people[leads[0] if leads else "demo"]

    async def _propose(self, session: AsyncSession) -> None:
        departments = await register.department_ids(session)
        touchpoints = await register.touchpoint_ids(session)
        story = self.story
        values = {
            "title": story.title,
            "problem": story.problem,
            "next_step": story.next_step,
            "effect": story.effect,
            "touchpoint_ids": [touchpoints[name] for name in story.touchpoints],
            "insight_ids": await insight_ids(session, story),
            "lead_id": departments[story.lead],
            "contributing_ids": [departments[code] for code in story.contributing],
        }
        if story.candidate:
            candidate = await waiting(session, story.touchpoints[0])
            await decisions.accept(session, candidate, values, by=self._lead.actor)
        else:
            await initiatives.propose(session, **values, by=self._lead.actor)

    async def _rate(self, session: AsyncSession, rater: str) -> None:
        initiative = await titled(session, self.story.title)
        await ratings.rate(session, initiative, self.story.ratings[rater], by=self.people[rater].actor)

    async def _comment(self, session: AsyncSession, writer: str, text: str) -> None:
        await comments.write(session, await titled(session, self.story.title), text, by=self.people[writer].actor)

    async def _move(self, session: AsyncSession, verb: Verb) -> None:
        initiative = await titled(session, self.story.title)
        by = self._lead if self._lead.role.may(MOVES[verb].role) else self.people["demo"]
        await moves.move(
            session, initiative, verb, reason=self.story.reason if MOVES[verb].needs_reason else "", by=by.actor
        )


def diary(people: People) -> Iterator[Entry]:
    """What happened to all initiatives."""
    by_stage: Mapping[Stage, list[Story]] = {
        stage: [story for story in stories() if story.stage is stage] for stage in AGES
    }
    for place, story in enumerate(stories()):
        among = by_stage[story.stage]
        oldest, newest = AGES[story.stage]
        age = oldest - (oldest - newest) * among.index(story) // max(len(among) - 1, 1)
        yield from Telling(story, people, place, age).entries()


def verbs_to(stage: Stage) -> tuple[Verb, ...]:
    """The verbs that lead from proposed to this stage, in order."""
    if stage is Stage.PARKED:
        return (Verb.PARK,)
    if stage is Stage.DROPPED:
        return (Verb.DROP,)
    return FORWARD[: STEPS.index(stage)]


async def titled(session: AsyncSession, title: str) -> Initiative:
    return (await session.scalars(select(Initiative).where(Initiative.title == title))).one()


async def waiting(session: AsyncSession, touchpoint: str) -> Candidate:
    """The candidate that waits for a decision on this touchpoint. LookupError when the data propose none."""
    number = (await register.touchpoint_ids(session))[touchpoint]
    found = select(Candidate).where(Candidate.touchpoint_id == number, Candidate.state.in_(WAITING))
    candidate = await session.scalar(found)
    if candidate is None:
        raise LookupError(f"triage does not propose {touchpoint}")
    return candidate


async def insight_ids(session: AsyncSession, story: Story) -> list[int]:
    """The written answers the story quotes, then answers coded with its themes. LookupError when one is not there."""
    found: list[int] = []
    for quote in story.quotes:
        found += await _some(session, Insight.text.startswith(quote, autoescape=True), 1, quote)
    for place, theme in enumerate(story.themes, 1):
        left = (INSIGHTS - len(found)) // (len(story.themes) - place + 1)
        coded = Insight.theme.startswith(theme, autoescape=True) & (Insight.text == "")
        found += await _some(session, coded, left, theme)
    return found


async def _some(session: AsyncSession, condition: object, n: int, what: str) -> list[int]:
    wanted = select(Insight.id).where(condition).order_by(Insight.id).limit(n)  # type: ignore[arg-type] # a clause
    ids = list(await session.scalars(wanted))
    if not ids:
        raise LookupError(f"nobody said {what}")
    return ids
