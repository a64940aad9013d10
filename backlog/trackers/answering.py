"""What a person says when a link cannot go on by itself."""

import enum
from collections.abc import Sequence

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
"""What each question can be answered with; unlinking answers them all as long as it is known whether there is an issue."""


def possible(link: Link) -> Sequence[Answer]:
    """What its question can be answered with; a link that asks nothing can be looked at again. Where nobody knows whether
    there is an issue it can always be made anew: such a link cannot be unlinked either."""
    if link.question is None:
        return (Answer.RETRY,)
    answers = ANSWERS[link.question]
    return (*answers, Answer.ANEW) if link.is_unknown and Answer.ANEW not in answers else answers


async def answer(session: AsyncSession, link: Link, given: Answer, *, by: Actor) -> None:
    """Conflict when that is no answer to what is asked. A link that is not parked can be tried again."""
    if given not in possible(link):
        raise Conflict(N_("That is no answer to what is asked here. Nothing was changed."))
    changes = {"key": link.external_key, "answer": given, "question": link.question, "link": link.id}
    if given is Answer.ANEW:
        unknown = link.is_unknown
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
