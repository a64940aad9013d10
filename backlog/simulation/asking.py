"""Whom to ask: the people behind the estimates that would change the top of the list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backlog.history import Actor
from backlog.initiatives.initiative import Initiative
from backlog.initiatives.ratings import RatedInput, Rating
from backlog.people.departments import Department
from backlog.rounds import rounds
from backlog.rounds.rounds import RatingRound
from backlog.simulation.questions import Question


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with what it is about: ``lowest`` and ``highest`` are the raters farthest apart (the same one where
    only one has rated, None where nobody has), ``lead`` the department to ask then. ``round``: the open rating round that
    asks the reader for it, so that nobody's rating is here until it ends."""

    question: Question
    title: str
    lead: str | None
    lowest: Rating | None
    highest: Rating | None
    round: RatingRound | None

    @property
    def input(self) -> RatedInput:
        return RatedInput(self.question.input)


async def whom(session: AsyncSession, questions: Sequence[Question], reader: Actor) -> list[Asked]:
    """The questions in their order, without those about what was removed since."""
    ids = {question.initiative_id for question in questions}
    rows = await session.execute(
        select(Initiative.id, Initiative.title, Department.name)
        .outerjoin(Department, Department.id == Initiative.lead_id)
        .where(Initiative.id.in_(ids))
    )
    known = {row.id: row for row in rows}
    ratings = (await session.scalars(select(Rating).where(Rating.initiative_id.in_(ids)).order_by(Rating.id))).all()
    blind = await rounds.asked_among(session, reader, ids)
    return [
        _asked(question, *known[question.initiative_id][1:], ratings, blind.get(question.initiative_id, {}))
        for question in questions
        if question.initiative_id in known
    ]


def _asked(
    question: Question,
    title: str,
    lead: str | None,
    ratings: Iterable[Rating],
    blind: Mapping[RatedInput, RatingRound],
) -> Asked:
    if found := blind.get(RatedInput(question.input)):
        return Asked(question, title, lead, None, None, found)
    given = [each for each in ratings if (each.initiative_id, each.input) == (question.initiative_id, question.input)]
    lowest = min(given, key=lambda rating: rating.likely, default=None)
    highest = max(given, key=lambda rating: rating.likely, default=None)
    return Asked(question, title, lead, lowest, highest, None)
