"""What a refused form had brought: its page gives it back, so that nobody types it twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request
from litestar.types import Empty
from litestar.utils.scope.state import ScopeState

from backlog.errors import N_
from web import locales

LABELS: Mapping[str, str] = {
    "dependencies": N_("What it waits for"),
    "description": N_("Description"),
    "effect": N_("Expected effect"),
    "expectation": N_("What customers expect here"),
    "next_step": N_("Smallest next step"),
    "note": N_("Note for the record"),
    "problem": N_("Problem"),
    "reason": N_("Why?"),
    "said": N_("What was said"),
    "text": N_("Comment"),
    "title": N_("Title"),
}
ESTIMATES: Mapping[str, str] = {"low": N_("Low"), "likely": N_("Likely"), "high": N_("High")}
OURS = {
    "_csrf_token", "act", "back", "began", "held", "method", "opinions", "query", "restoring", "seen", "unknown", "verb", "version",
}  # fmt: skip
"""Fields that nobody typed; so are the boxes for theirs and what a field said before."""
MOST = 60
DIGITS = 10  # numbers of initiatives are shorter
NONE: Mapping[int, str] = {}
SHORT = 80  # characters that stand on one line


@dataclass(frozen=True)
class Typed:
    """One field under the name the page gave it, in the reader's language."""

    label: str
    text: str

    @property
    def is_long(self) -> bool:
        return len(self.text) > SHORT or "\n" in self.text


def typed(request: Request[Any, Any, Any], titles: Mapping[int, str] = NONE) -> list[Typed]:
    """The texts and numbers of the form that was sent, without passwords and without what only points at something;
    ``titles`` are those of the initiatives whose numbers end the names of fields.

    Only what has been read already: the check of the form's origin reads every form, and that of htmx stays on its
    page anyway.
    """
    form = ScopeState.from_scope(request.scope).form
    if form is Empty:
        return []
    fields = [(name, one) for name, value in form.items() for one in (value if isinstance(value, list) else [value])]
    kept = [(name, text) for name, text in fields if isinstance(text, str) and _is_typed(name, text)]
    return [Typed(_label(name, titles), text) for name, text in kept[:MOST]]


def _is_typed(name: str, text: str) -> bool:
    if name in OURS or name.startswith("theirs-") or name.endswith("_was") or "password" in name or not text.strip():
        return False
    return not text.isdigit() or name in LABELS or name.rpartition("_")[2] in ESTIMATES


def _label(name: str, titles: Mapping[int, str]) -> str:
    of, _, estimate = name.rpartition("_")
    if of and estimate in ESTIMATES:
        return f"{_about(of, titles)}, {locales.gettext(ESTIMATES[estimate])}"
    return _about(name, titles)


def _about(name: str, titles: Mapping[int, str]) -> str:
    of, _, number = name.rpartition("_")
    title = titles.get(int(number)) if number.isdecimal() and len(number) < DIGITS else None
    return f"{title}: {_word(of)}" if title else _word(name)


def _word(name: str) -> str:
    return locales.gettext(LABELS.get(name) or name.replace("_", " ").capitalize())
