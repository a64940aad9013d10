"""Words: which language a reader gets, and the catalogues, compiled from .po files when the process starts."""

import gettext as gnu
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

HERE = Path(__file__).parent
SOURCE = "en"
LOCALES: Mapping[str, str] = {"en": "English", "de": "Deutsch"}
"""Every language offered, under its own name."""

spoken: ContextVar[str] = ContextVar("spoken", default=SOURCE)


class Sentence(Protocol):
    """An English template with ``%(name)s`` placeholders, and its values."""

    @property
    def message(self) -> str: ...
    @property
    def params(self) -> Mapping[str, Any]: ...


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Everything translated and formatted inside the block is in ``locale``."""
    token = spoken.set(locale)
    try:
        yield
    finally:
        spoken.reset(token)


def catalogue_file(locale: str) -> Path:
    return HERE / locale / "LC_MESSAGES" / "waymark.po"


@cache
def catalogue(locale: str) -> gnu.NullTranslations:
    """The words of one language; the source language answers with the message itself."""
    path = catalogue_file(locale)
    if not path.exists():
        return gnu.NullTranslations()
    with path.open("rb") as source:
        words = read_po(source, locale=locale)
    compiled = io.BytesIO()
    write_mo(compiled, words)
    compiled.seek(0)
    return gnu.GNUTranslations(compiled)


def gettext(message: str) -> str:
    return catalogue(spoken.get()).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    return catalogue(spoken.get()).ngettext(one, many, n)


def pgettext(context: str, message: str) -> str:
    return catalogue(spoken.get()).pgettext(context, message)


def npgettext(context: str, one: str, many: str, n: int) -> str:
    return catalogue(spoken.get()).npgettext(context, one, many, n)


def translated(text: Sentence | str) -> str:
    """A sentence of the domain in the reader's language, values filled in (they may be sentences themselves)."""
    if isinstance(text, str):
        return gettext(text) if text else ""
    many = getattr(text, "many", "")
    message = ngettext(text.message, many, text.params["n"]) if many else gettext(text.message)
    if not text.params:
        return message
    if many:
        return message % {name: whole(value) for name, value in text.params.items()}
    return message % {name: translated(v) if hasattr(v, "message") else v for name, v in text.params.items()}


def whole(value: Any) -> Any:
    """A whole number with the separators of the language; anything else as it is."""
    return format_decimal(value, locale=spoken.get()) if isinstance(value, int) else value


def chosen(*wishes: str | None, accept_language: str = "") -> str:
    """The first wish we can fulfil, else the best of the browser's list, else English."""
    accepted = sorted(_accepted(accept_language), key=lambda pair: -pair[1])
    for wish in [*wishes, *(language for language, _ in accepted)]:
        if wish and (language := wish.replace("_", "-").split("-")[0].lower()) in LOCALES:
            return language
    return SOURCE


def _accepted(header: str) -> Iterator[tuple[str, float]]:
    for part in header.split(","):
        language, _, quality = part.strip().partition(";q=")
        try:
            yield language, float(quality or 1)
        except ValueError:
            continue
