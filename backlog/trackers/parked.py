"""What a person answers to the question of a parked link: look again, make it anew, follow it where it went."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_, Conflict
from backlog.history import Actor
from backlog.trackers.links import SUBJECT, Link, LinkState, Question

ANEW = frozenset({Question.DELETED, Question.STILL_UNKNOWN})
"""Questions to which "make it anew" is an answer."""
MOVED = "moved"
"""Of `Link.facts`: where the issue is now, as ``id``, ``key``, ``url`` and ``project``."""


def look_again(session: AsyncSession, link: Link, *, by: Actor) -> None:
    """Also where nothing is asked: it is looked at now."""
    link.retry()
    _record(session, link, "looked again", {}, by)


def make_anew(session: AsyncSession, link: Link, *, by: Actor) -> None:
    """Another issue is made. It carries the same marker, so that a former one that turns up is recognised. Conflict where
    its issue may still be there."""
    if link.state is not LinkState.PARKED or link.question not in ANEW:
        raise Conflict(N_("Its issue may still be there: look again first. Nothing was changed."))
    before = link.external_key
    link.external_id, link.external_key, link.url, link.intent_at = None, None, "", None
    link.base, link.facts, link.is_done = {}, {}, False
    link.retry()
    _record(session, link, "had an issue made anew", {"before": before}, by)


def follow(session: AsyncSession, link: Link, *, by: Actor) -> None:
    """It is kept in step in the project it was moved to. Conflict when it has not moved."""
    place: Mapping[str, Any] | None = link.facts.get(MOVED)
    if link.question is not Question.MOVED or not place:
        raise Conflict(N_("It has not moved. Nothing was changed."))
    before = link.external_key
    link.external_id, link.external_key, link.url = str(place["id"]), str(place["key"]), str(place["url"])
    link.facts = {"followed": place["project"]}
    link.retry()
    _record(session, link, "followed an issue", {"before": before}, by)


def _record(session: AsyncSession, link: Link, verb: str, more: Mapping[str, Any], by: Actor) -> None:
    changes = {"link": link.id, "key": link.external_key, **more}
    history.record(session, by, verb, SUBJECT, link.initiative_id, changes)
