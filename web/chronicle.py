"""The history in words: what each event says, in the reader's language, as entries of a timeline.

Entries are read while a page is rendered, so each reader gets their own language from the same event.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape
from sqlalchemy.ext.asyncio import AsyncSession

from backlog import history
from backlog.errors import N_, Text
from backlog.history import WAYMARK, Event
from backlog.initiatives import anchors, stages
from backlog.initiatives.comments import Comment
from backlog.initiatives.ratings import RatedInput
from backlog.initiatives.stages import Stage, Verb
from backlog.urgency import urgency_profiles
from web import chronicle_positions, chronicle_rounds, chronicle_trackers, courses, formats, locales
from web.chronicle_fields import FIELDS, VALUES
from web.chronicle_names import Names
from web.templating import markdown

MOVED = {
    Verb.PARK: N_("parked it"),
    Verb.WAKE: N_("woke it up: back to %(after)s"),
    Verb.DROP: N_("dropped it"),
    Verb.REOPEN: N_("reopened it"),
    Verb.SEND_BACK: N_("sent it back from %(before)s to %(after)s"),
}
PLAIN = {
    "added": N_("added"),
    "added insight": N_("added an insight"),
    "arranged": N_("changed the phases"),
    "changed preferences": N_("changed preferences"),
    urgency_profiles.CHANGED: N_("changed its urgency over time"),
    "changed settings": N_("changed settings"),
    "changed the password": N_("changed the password"),
    "disabled": N_("disabled"),
    "enabled": N_("enabled"),
    "gave up as signature": N_("gave this up as signature touchpoint"),
    "nominated as signature": N_("nominated this as signature touchpoint"),
    "proposed": N_("proposed it"),
    "restored as signature": N_("made this a signature touchpoint again"),
    "said which weights": N_("said which weights to use"),
    "commented": N_("wrote"),
    "linked touchpoints": N_("linked %(names)s"),
    "unlinked touchpoints": N_("took %(names)s out of the evidence"),
    "linked insights": N_("linked what customers said"),
    "unlinked insights": N_("took an insight out of the evidence"),
    "took back a merge": N_("took back a merge of evidence"),
    "removed": N_("removed"),
    "revoked": N_("revoked"),
    "signed in": N_("signed in"),
    "stated the positioning": N_("stated the positioning"),
    "signed out": N_("signed out"),
    "withdrew weights": N_("took the weights back"),
    "withdrew ratings": N_("withdrew the rating of %(inputs)s"),
    **chronicle_trackers.PLAIN,
}
WHOLE = ("moved", "rated", "withdrew ratings", *chronicle_positions.TOLD, *chronicle_trackers.TOLD)
"""Verbs whose sentence says what has changed."""
SHOWN = 400  # characters of a changed text


@dataclass(frozen=True)
class Entry:
    """One line of a timeline; ``what`` and ``said`` are in the language spoken when they are read. ``subject`` is the
    name of what it was done to, where a page shows several; ``mentioned`` says what the ids in it are called."""

    event: Event
    comment: Comment | None = None
    subject: str = ""
    mentioned: Names = field(default_factory=dict)

    @property
    def who(self) -> str:
        return self.event.actor

    @property
    def icon(self) -> str | None:
        return "info" if self.event.actor == WAYMARK.name else None

    @property
    def when(self) -> dt.datetime:
        return self.event.at

    @property
    def what(self) -> str:
        return sentence(self.event) + (f": {self.subject}" if self.subject else "")

    @property
    def said(self) -> Markup | None:
        if self.comment is not None:
            return markdown(self.comment.text)
        return details(self.event, self.mentioned)


async def of(session: AsyncSession, subject: str, subject_id: int | None, limit: int = 30) -> list[Event]:
    """The newest events of one thing; of all things of this kind without an id."""
    if subject_id is not None:
        return list(await session.scalars(history.of(subject, subject_id, limit=limit)))
    return list(await session.scalars(history.of_kind(subject, limit=limit)))


def entries(
    events: Iterable[Event],
    comments: Iterable[Comment] = (),
    *,
    names: Mapping[int, str] | None = None,
    mentioned: Names | None = None,
) -> list[Entry]:
    """A timeline of events, each comment with its text. On the page of several things ``names`` says what those are
    called that are still there; ``mentioned`` (``chronicle_names.names_in``) what ids in the events stand for."""
    texts = {comment.id: comment for comment in comments}
    return [
        Entry(event, texts.get(event.changes.get("comment", 0)), _subject(event, names), mentioned or {})
        for event in events
    ]


def _subject(event: Event, names: Mapping[int, str] | None) -> str:
    if names is None:
        return ""
    name = names.get(event.subject_id or 0) or event.changes.get("name")
    return name if isinstance(name, str) else ""


def sentence(event: Event) -> str:
    """What was done, to stand after the name of who did it. A verb without a sentence speaks for itself."""
    tell = TOLD.get(event.verb)
    if tell is not None:
        return tell(event.changes)
    return locales.translated(Text(PLAIN.get(event.verb, event.verb), named(event.changes)))


def named(changes: Mapping[str, Any]) -> dict[str, Any]:
    names = map(str, _several(changes, "touchpoints"))
    inputs = [str(locales.translated(anchors.LABELS[RatedInput(name)])) for name in changes if name in set(RatedInput)]
    return {"names": ", ".join(names), "inputs": ", ".join(inputs)}


def moved(changes: Mapping[str, Any]) -> str:
    before, after = (Text(stages.LABELS[Stage(stage)]) for stage in changes["stage"])
    words = MOVED.get(Verb(changes["verb"]), N_("moved it from %(before)s to %(after)s"))
    return locales.translated(Text(words, {"before": before, "after": after}))


def changed(changes: Mapping[str, Any]) -> str:
    fields = ", ".join(locales.translated(FIELDS.get(name, name)) for name in changes)
    return locales.translated(Text(N_("changed %(fields)s"), {"fields": fields}))


def rated(changes: Mapping[str, Any]) -> str:
    given = {name: changes[name] for name in changes if name in set(RatedInput)}
    ratings = ", ".join(_rerated(name, before, after) for name, (before, after) in given.items() if after)
    if title := changes.get("round"):
        return locales.translated(
            Text(N_("rated %(ratings)s in the round “%(title)s”"), {"ratings": ratings, "title": title})
        )
    return locales.translated(Text(N_("rated %(ratings)s"), {"ratings": ratings}))


def _rerated(name: str, before: Sequence[float] | None, after: Sequence[float]) -> str:
    """The new estimate, and the likely value it had before."""
    estimate = _estimate(name, after)
    if before is None:
        return estimate
    likely = formats.number(before[1], 0 if before[1] == int(before[1]) else 1)
    return locales.translated(Text(N_("%(estimate)s, before %(likely)s"), {"estimate": estimate, "likely": likely}))


def _estimate(name: str, estimate: Sequence[float]) -> str:
    low, likely, high = (formats.number(value, 0 if value == int(value) else 1) for value in estimate)
    values = {"input": Text(anchors.LABELS[RatedInput(name)]), "low": low, "likely": likely, "high": high}
    if low == high:
        return locales.translated(Text(N_("%(input)s %(likely)s"), values))
    return locales.translated(Text(N_("%(input)s %(likely)s (%(low)s to %(high)s)"), values))


TOLD: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "moved": moved,
    "changed": changed,
    "rated": rated,
    **chronicle_positions.TOLD,
    **chronicle_rounds.TOLD,
    **chronicle_trackers.TOLD,
}


def details(event: Event, mentioned: Names) -> Markup | None:
    """The reason, what stood there before and after, or what customers said, where the event has any."""
    changes = event.changes
    if event.verb == urgency_profiles.CHANGED:
        then, now = (escape(courses.described(record)) for record in changes["urgency_profile"])
        return Markup("<p><del>{}</del> → <ins>{}</ins></p>").format(then, now)
    if event.verb not in WHOLE and (pairs := list(_pairs(changes, mentioned))):
        return Markup("").join(_difference(name, before, after) for name, before, after in pairs)
    if isinstance(changes.get("reason"), str) and changes["reason"]:
        reason = changes["reason"]
        return Markup("<p>{}</p>").format(locales.translated(reason) if event.actor == WAYMARK.name else reason)
    quotes = [Markup("<p>{}{}{}</p>").format(*quoted(text)) for text in _several(changes, "insights")]
    themes = [Markup("<p>{}</p>").format(theme) for theme in _several(changes, "themes")]
    return Markup("").join(quotes + themes) or None


def _several(changes: Mapping[str, Any], name: str) -> Sequence[Any]:
    """What is listed under this name; nothing where it was only counted."""
    found = changes.get(name)
    return found if isinstance(found, list) else ()


def quoted(text: str) -> tuple[str, str, str]:
    """Between the marks of the reader's language."""
    return locales.pgettext("opening quote", "“"), text, locales.pgettext("closing quote", "”")


def _pairs(changes: Mapping[str, Any], mentioned: Names) -> Iterable[tuple[str, Any, Any]]:
    """Field, before, after. Ids say nothing to readers: they give way to names, or are left out."""
    for name, pair in changes.items():
        if not (isinstance(pair, list) and len(pair) == 2 and name in FIELDS):
            continue
        if name in mentioned:
            before, after = (mentioned[name].get(number) for number in pair)
            yield name, before, after
        elif not name.endswith("_id"):
            yield name, *pair


def _difference(name: str, before: object, after: object) -> Markup:
    label, then, now = locales.translated(FIELDS[name]), _shown(name, before), _shown(name, after)
    if not then:
        return Markup("<p>{}: <ins>{}</ins></p>").format(label, now or "–")
    return Markup("<p>{}: <del>{}</del> → <ins>{}</ins></p>").format(label, then, now or "–")


def _shown(name: str, value: Any) -> Markup:
    text = _written(name, value)
    return escape(text[:SHOWN] + "…" if len(text) > SHOWN else text)


def _written(name: str, value: Any) -> str:
    if isinstance(value, str) and value in VALUES.get(name, {}):
        return locales.translated(VALUES[name][value])
    if name in ("review_on", "due_on") and value:
        return formats.day(dt.date.fromisoformat(value))
    if isinstance(value, bool):
        return locales.gettext("yes") if value else locales.gettext("no")
    if isinstance(value, int | float):
        return formats.number(value, 0 if value == int(value) else 2)
    return ", ".join(map(_part, value)) if isinstance(value, list) else value or ""


def _part(value: Any) -> str:
    """A phase of a journey with how many touchpoints stand in it; anything else as it is."""
    return f"{value[0]} ({len(value[1])})" if isinstance(value, list) else str(value)
