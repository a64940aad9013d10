"""What an open round keeps from those it asks: who said what. The median that counts today stays to be seen by everybody,
for a rank must be explainable."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, false, or_, true

from backlog.history import Actor, Event
from backlog.initiatives.ratings import RatedInput

RATING_VERBS = ("rated", "withdrew ratings")


def may_read(actor: Actor, asked: Collection[RatedInput]) -> ColumnElement[bool]:
    """Of the history of an initiative: without what others have rated of the inputs that an open round asks of this
    actor (``rounds.asked_of``)."""
    says_nothing = and_(true(), *(Event.changes[name.value].as_string().is_(None) for name in sorted(asked)))
    return or_(Event.verb.not_in(RATING_VERBS), _is_by(actor), says_nothing)


def _is_by(actor: Actor) -> ColumnElement[bool]:
    if actor.person_id is not None:
        return Event.person_id == actor.person_id
    return Event.token_id == actor.token_id if actor.token_id is not None else false()
