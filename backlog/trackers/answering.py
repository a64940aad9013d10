"""What a person says when a link cannot go on by itself."""

import enum

from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_, Conflict
from backlog.history import Actor
from backlog.trackers.link import SUBJECT, Link, Question


class Answer(enum.StrEnum):
    """``retry``: look again now; ``anew``: have the issue made anew; ``follow``: keep in step where it was moved to."""

    RETRY = "retry"
    ANEW = "anew"
    FOLLOW = "follow"


ANSWERS = {
    Question.DELETED: (Answer.RETRY, Answer.ANEW),
    Question.MOVED: (Answer.FOLLOW, Answer.RETRY),
    Question.NO_ACCESS: (Answer.RETRY,),
    Question.STILL_UNKNOWN: (Answer.RETRY, Answer.ANEW),
    Question.DOUBLED: (Answer.RETRY,),
    Question.TRIES: (Answer.RETRY,),
    Question.REFUSED: (Answer.RETRY,),
}
"""What each question can be answered with; unlinking answers them all but `Question.STILL_UNKNOWN`."""


async def answer(session: AsyncSession, link: Link, given: Answer, *, by: Actor) -> None:
    """Conflict when that is no answer to what is asked. A link that is not parked can be tried again."""
    possible = ANSWERS[link.question] if link.question else (Answer.RETRY,)
    if given not in possible:
        raise Conflict(N_("That is no answer to what is asked here. Nothing was changed."))
    changes = {"key": link.external_key, "answer": given, "question": link.question, "link": link.id}
    if given is Answer.ANEW:
        unknown = link.question is Question.STILL_UNKNOWN
        link.anew_at = history.now() if unknown else None
        link.asked_at, link.settled_at = link.asked_at if unknown else None, None
        link.external_id, link.external_key, link.url, link.intent_at = None, None, "", None
        link.base, link.facts, link.synced_at, link.theirs_at = {}, {}, None, None
    if given is Answer.FOLLOW:
        moved = link.facts["moved"]
        link.external_id, link.external_key, link.url = moved["id"], moved["key"], moved["url"]
        link.facts = {"followed": moved["project"]}
    if link.question is Question.DOUBLED:
        link.asked_at = None  # a person has looked: what else has its marker is theirs
    link.retry()
    history.record(session, by, "answered about a link", SUBJECT, link.initiative_id, changes)
