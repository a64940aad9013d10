"""The history in sentences: what each event says, in the reader's language, as entries of a timeline.

Entries are read while a page is rendered, so each reader gets their own language from the same event.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from backlog.errors import N_, Text
from backlog.history import WAYMARK, Event
from backlog.initiatives import anchors, stages
from backlog.initiatives.comments import Comment
from backlog.initiatives.ratings import RatedInput
from backlog.initiatives.stages import Stage, Verb
from web import formats, locales
from web.templating import markdown

FIELDS = {
    "title": N_("title"),
    "problem": N_("problem"),
    "next_step": N_("smallest next step"),
    "effect": N_("expected effect"),
    "lead": N_("lead"),
    "departments": N_("contributing departments"),
}
MOVED = {
    Verb.PARK: N_("parked it"),
    Verb.WAKE: N_("woke it up: back to %(after)s"),
    Verb.DROP: N_("dropped it"),
    Verb.REOPEN: N_("reopened it"),
    Verb.SEND_BACK: N_("sent it back from %(before)s to %(after)s"),
}
PLAIN = {
    "proposed": N_("proposed it"),
    "commented": N_("wrote"),
    "linked touchpoints": N_("linked %(names)s"),
    "unlinked touchpoints": N_("took %(names)s out of the evidence"),
    "linked insights": N_("linked what customers said"),
    "unlinked insights": N_("took an insight out of the evidence"),
    "took back a merge": N_("took back a merge of evidence"),
    "removed": N_("removed it"),
    "withdrew ratings": N_("withdrew the rating of %(inputs)s"),
}
SHOWN = 400  # characters of a changed text


@dataclass(frozen=True)
class Entry:
    """One line of a timeline; ``what`` and ``said`` are in the language spoken when they are read."""

    event: Event
    comment: Comment | None = None

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
        return sentence(self.event)

    @property
    def said(self) -> Markup | None:
        if self.comment is not None:
            return markdown(self.comment.text)
        return details(self.event)


def entries(events: Iterable[Event], comments: Iterable[Comment] = ()) -> list[Entry]:
    """A timeline of events, each comment with its text."""
    texts = {comment.id: comment for comment in comments}
    return [Entry(event, texts.get(event.changes.get("comment", 0))) for event in events]


def sentence(event: Event) -> str:
    """What was done, to stand after the name of who did it. A verb without a sentence speaks for itself."""
    tell = TOLD.get(event.verb)
    if tell is not None:
        return tell(event.changes)
    return locales.translated(Text(PLAIN.get(event.verb, event.verb), named(event.changes)))


def named(changes: Mapping[str, Any]) -> dict[str, Any]:
    names = [str(name) for name in changes.get("touchpoints") or ()]
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
    ratings = ", ".join(_estimate(name, after) for name, (_, after) in changes.items() if after)
    return locales.translated(Text(N_("rated %(ratings)s"), {"ratings": ratings}))


def _estimate(name: str, estimate: Sequence[float]) -> str:
    low, likely, high = (formats.number(value, 0 if value == int(value) else 1) for value in estimate)
    values = {"input": Text(anchors.LABELS[RatedInput(name)]), "low": low, "likely": likely, "high": high}
    if low == high:
        return locales.translated(Text(N_("%(input)s %(likely)s"), values))
    return locales.translated(Text(N_("%(input)s %(likely)s (%(low)s to %(high)s)"), values))


TOLD: Mapping[str, Callable[[Mapping[str, Any]], str]] = {"moved": moved, "changed": changed, "rated": rated}


def details(event: Event) -> Markup | None:
    """The reason, the words before and after, or what customers said, where the event has any."""
    changes = event.changes
    if event.verb == "changed":
        lines = [_difference(name, before, after) for name, (before, after) in changes.items()]
        return Markup("").join(lines)
    if changes.get("reason"):
        return Markup("<p>{}</p>").format(changes["reason"])
    quotes = [Markup("<p>{}{}{}</p>").format(*quoted(text)) for text in changes.get("insights") or ()]
    themes = [Markup("<p>{}</p>").format(theme) for theme in changes.get("themes") or ()]
    return Markup("").join(quotes + themes) or None


def quoted(text: str) -> tuple[str, str, str]:
    """Between the marks of the reader's language."""
    return locales.pgettext("opening quote", "“"), text, locales.pgettext("closing quote", "”")


def _difference(name: str, before: object, after: object) -> Markup:
    label = locales.translated(FIELDS.get(name, name))
    return Markup("<p>{}: <del>{}</del> → <ins>{}</ins></p>").format(label, _shown(before), _shown(after))


def _shown(value: object) -> Markup:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
    return escape(text[:SHOWN] + "…" if len(text) > SHOWN else text or "–")
