"""The history of a thing in words, for the timeline of its page."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_
from backlog.history import Event

VERBS = {
    "added": N_("added"),
    "added insight": N_("added an insight"),
    "arranged": N_("changed the phases"),
    "changed": N_("changed"),
    "changed preferences": N_("changed preferences"),
    "changed settings": N_("changed settings"),
    "changed the password": N_("changed the password"),
    "disabled": N_("disabled"),
    "enabled": N_("enabled"),
    "gave up as signature": N_("gave this up as signature touchpoint"),
    "nominated as signature": N_("nominated this as signature touchpoint"),
    "removed": N_("removed"),
    "revoked": N_("revoked"),
    "signed in": N_("signed in"),
    "signed out": N_("signed out"),
}
FIELDS = {
    "access": N_("access"),
    "channel": N_("channel"),
    "expectation": N_("expectation"),
    "ownership": N_("ownership"),
    "reason": N_("reason"),
    "review_on": N_("look again on"),
    "target": N_("target"),
    "code": N_("code"),
    "department_id": N_("department"),
    "description": N_("description"),
    "email": N_("e-mail address"),
    "locale": N_("language"),
    "name": N_("name"),
    "organisation": N_("organisation"),
    "persona_id": N_("persona"),
    "probability": N_("probability"),
    "role": N_("role"),
    "scenario": N_("scenario"),
    "score_months": N_("score window"),
    "signature_cap": N_("signature cap"),
    "theme": N_("appearance"),
    "threshold": N_("threshold"),
}


async def of(session: AsyncSession, subject: str, subject_id: int | None, limit: int = 30) -> list[Event]:
    """The newest events of one thing; of all things of this kind without an id."""
    if subject_id is not None:
        return list(await session.scalars(history.of(subject, subject_id, limit=limit)))
    return list(await session.scalars(history.of_kind(subject, limit=limit)))


def entries(events: Iterable[Event], names: Mapping[int, str] | None = None) -> list[dict[str, Any]]:
    """What the timeline shows; the verb and the fields are messages that the template translates.

    ``names`` says what the things are called that are still there, where a page shows several.
    """
    return [
        {
            "who": event.actor,
            "verb": VERBS.get(event.verb, event.verb),
            "when": event.at,
            "subject": (names or {}).get(event.subject_id or 0) or _named(event.changes),
            "changes": list(_changed(event.changes)),
        }
        for event in events
    ]


def _named(changes: Mapping[str, Any]) -> str:
    name = changes.get("name")
    return name if isinstance(name, str) else ""


def _changed(changes: Mapping[str, Any]) -> Iterable[tuple[str, Any, Any]]:
    for name, pair in changes.items():
        if isinstance(pair, list) and len(pair) == 2 and not name.endswith("_id"):
            yield FIELDS.get(name, name), pair[0], pair[1]
