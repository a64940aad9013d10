"""Sentences of the domain with their numbers and months written as the reader's language writes them."""

import datetime as dt
from typing import Any

from backlog.errors import Text
from web import formats, locales


def spoken(text: Text | str | None) -> str:
    """In the language that is being spoken. Fractions have one decimal, or two where the second says something; a
    date stands for its month."""
    if text is None:
        return ""
    if isinstance(text, str) or text.many:
        return locales.translated(text)
    return locales.translated(Text(text.message, {name: _written(value) for name, value in text.params.items()}))


def _written(value: Any) -> Any:
    if isinstance(value, Text):
        return spoken(value)
    if isinstance(value, float):
        return formats.number(value, 1 if round(value, 1) == round(value, 2) else 2)
    if isinstance(value, int):
        return formats.number(value)
    return formats.month(value) if isinstance(value, dt.date) else value
