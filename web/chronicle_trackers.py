"""What the history says of trackers: connections, links, and the values that won or lost."""

from collections.abc import Callable, Mapping
from typing import Any

from backlog.errors import N_, Text
from backlog.initiatives.stages import LABELS as STAGES
from backlog.initiatives.stages import Stage
from backlog.trackers.fields import LABELS, Field
from web import locales

PLAIN = {
    "connected": N_("connected it"),
    "paused": N_("paused it"),
    "resumed": N_("let it go on"),
    "disconnected": N_("disconnected it"),
    "stopped": N_("stopped it: only a person can help"),
    "registered a webhook": N_("registered a webhook"),
    "lost a webhook": N_("lost the webhook, which has ended: register it anew"),
    "changed a webhook's secret": N_("changed the secret of the webhook"),
    "looked at a webhook's secret": N_("looked at the secret of the webhook"),
    "edited a comment": N_("took over what was changed in a comment there"),
}
ANSWERED = {
    "retry": N_("had %(key)s looked at again"),
    "anew": N_("had an issue made anew in place of %(key)s"),
    "follow": N_("followed the issue to %(key)s"),
}
SOME = N_("an issue")
SHOWN = 80  # characters of a value inside a sentence


def _said(template: str) -> Callable[[Mapping[str, Any]], str]:
    """``key`` of the issue, ``connection``, ``field`` and ``value`` may stand in it."""

    def tell(changes: Mapping[str, Any]) -> str:
        return locales.translated(Text(template, _params(changes)))

    return tell


def _params(changes: Mapping[str, Any]) -> dict[str, Any]:
    key = changes.get("key")
    return {
        "key": (key if isinstance(key, str) and key else changes.get("title")) or Text(SOME),
        "connection": changes.get("connection", ""),
        "field": _field(changes.get("field")),
        **{name: _shown(changes, changes.get(name)) for name in ("value", "theirs")},
        "ours": _stage(changes) or _shown(changes, changes.get("ours")),
    }


def _field(name: Any) -> Text | str:
    return Text(LABELS[Field(name)]) if name in set(Field) else str(name or "")


def _stage(changes: Mapping[str, Any]) -> Text | None:
    """Ours as it was here: one of several stages may have the status."""
    stage = changes.get("stage")
    return Text(STAGES[Stage(stage)]) if changes.get("field") == Field.STAGE and stage in set(Stage) else None


def _shown(changes: Mapping[str, Any], value: Any) -> Text | str:
    """A status is kept by its id, which may be a mere number; by its name where that was seen."""
    if changes.get("field") != Field.STAGE:
        return short(value)
    name = changes.get("statuses", {}).get(str(value))
    return Text(N_("status %(id)s"), {"id": value}) if name is None and str(value).isdigit() else short(name or value)


def short(value: Any) -> str:
    """A value in the form of the tracker, on one line."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)
    line = " ".join(text.split())
    return (line if len(line) <= SHOWN else line[:SHOWN].rstrip() + "…") or "–"


def rekeyed(changes: Mapping[str, Any]) -> str:
    before, after = changes["key"]
    return locales.translated(
        Text(N_("follows %(before)s, which is %(after)s now"), {"before": before, "after": after})
    )


def decided(changes: Mapping[str, Any]) -> str:
    """The value that lost is named: it is not gone."""
    kept = N_("kept ours in “%(field)s” (%(key)s): %(ours)s. It lost there: %(theirs)s")
    took = N_("took theirs in “%(field)s” (%(key)s): %(theirs)s. It lost here: %(ours)s")
    return locales.translated(Text(kept if changes.get("won") == "ours" else took, _params(changes)))


def restored(changes: Mapping[str, Any]) -> str:
    params = _params(changes)
    params["value"] = params["theirs" if changes.get("won") == "ours" else "ours"]
    return locales.translated(Text(N_("brought back what had lost in “%(field)s” (%(key)s): %(value)s"), params))


def overruled(changes: Mapping[str, Any]) -> str:
    """A change on the side that does not lead."""
    params = _params(changes)
    params["value"] = params["theirs" if changes.get("won") == "ours" else "ours"]
    return locales.translated(
        Text(N_("replaced what was changed in “%(field)s” (%(key)s), which goes one way: %(value)s"), params)
    )


def answered(changes: Mapping[str, Any]) -> str:
    return _said(ANSWERED.get(str(changes.get("answer")), ANSWERED["retry"]))(changes)


def linked(changes: Mapping[str, Any]) -> str:
    if changes.get("key"):
        return _said(N_("linked %(key)s in “%(connection)s”"))(changes)
    if changes.get("title"):
        return _said(N_("had the issue “%(key)s” made in “%(connection)s”"))(changes)
    return _said(N_("had an issue made in “%(connection)s”"))(changes)


def refused(changes: Mapping[str, Any]) -> str:
    """By whom: a change that came in was refused here, one that went out was refused there."""
    inward = N_("could not take over “%(field)s” (%(key)s): %(value)s")
    outward = N_("could not deliver “%(field)s” (%(key)s): %(value)s")
    return _said(inward if changes.get("inward") else outward)(changes)


TOLD: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "mapped": _said(N_("changed what is kept in step, and how")),
    "linked": linked,
    "unlinked": _said(N_("unlinked %(key)s in “%(connection)s”")),
    "made an issue": _said(N_("made the issue %(key)s in “%(connection)s”")),
    "settled an issue": _said(N_("found the issue %(key)s, of which nobody knew whether it was made")),
    "parked a link": _said(N_("asks what is to become of %(key)s")),
    "answered about a link": answered,
    "rekeyed": rekeyed,
    "found a conflict": _said(N_("found a conflict in “%(field)s” (%(key)s): ours %(ours)s, theirs %(theirs)s")),
    "decided a conflict": decided,
    "withdrew a conflict": _said(
        N_("found the conflict in “%(field)s” (%(key)s) settled: both agree, or one side went back")
    ),
    "restored a value": restored,
    "overruled a value": overruled,
    "could not deliver": refused,
    "tried again": _said(N_("had “%(field)s” (%(key)s) tried again: %(value)s")),
    "let go of a change": _said(N_("let go of a change of “%(field)s” (%(key)s): %(value)s")),
}
