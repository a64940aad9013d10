"""Collecting every string people read, from templates and Python, and bringing the catalogues up to date."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from web.locales import HERE, LOCALES, SOURCE, catalogue_file

ROOT = HERE.parent.parent
FOLDERS = ("backlog", "integrations", "web")
METHODS = [("**/templates/**.html", "jinja2.ext:babel_extract"), ("**.py", "python")]
OPTIONS = {
    "**/templates/**.html": {
        "trimmed": "true",
        "silent": "false",
        "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols",
    }
}
KEYWORDS: dict[str, Any] = {**DEFAULT_KEYWORDS, "N_": None, "counted": (1, 2)}


def extracted() -> Catalog:
    """All strings of the product, without places in the files: those would change with every edit."""
    catalogue = Catalog(project="Waymark", charset="utf-8")
    for folder in FOLDERS:
        for _, _, message, comments, context in extract_from_dir(
            ROOT / folder, METHODS, OPTIONS, keywords=KEYWORDS, comment_tags=("words:",), strip_comment_tags=True
        ):
            catalogue.add(message, auto_comments=comments, context=context)
    return catalogue


def current(locale: str) -> Catalog:
    path = catalogue_file(locale)
    if not path.exists():
        return Catalog(locale=locale, project="Waymark", charset="utf-8")
    with path.open("rb") as source:
        return read_po(source, locale=locale)


def updated(locale: str) -> Catalog:
    """The catalogue of a language with new strings added (empty) and dropped ones left out. Nothing is guessed."""
    words = current(locale)
    words.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    words.obsolete.clear()
    return words


def write(locale: str) -> Path:
    path = catalogue_file(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    words = updated(locale)
    with path.open("wb") as target:
        write_po(target, words, width=120, sort_output=True, ignore_obsolete=True, omit_header=True)
    return path


def unfinished(words: Catalog) -> Iterator[Message]:
    """Messages without a translation, or with one marked as a guess."""
    for message in words:
        forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(forms)):
            yield message


def translations() -> list[str]:
    return [locale for locale in LOCALES if locale != SOURCE]
