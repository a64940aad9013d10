"""Parts of pages as they were rendered: the same part with the same values in the same language is the same HTML."""

import secrets
from collections.abc import Callable, Hashable

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from web import locales

TOKEN = secrets.token_hex(32)
"""Stands for the reader's token in what is kept; nobody can write it into a title."""


class Fragments:
    """The latest parts, ``most`` characters in all. A key must hold all that the part shows, the language apart."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._known: dict[Hashable, Markup] = {}
        self.length = 0

    def get(self, key: Hashable, render: Callable[[], str]) -> Markup:
        """The part of this key, rendered when it is new; what is oldest goes when there is no room."""
        spoken = (locales.spoken.get(), key)
        found = self._known.get(spoken)
        if found is None:
            found = self._known[spoken] = Markup(render())  # noqa: S704 - templates escape what they are given
            self.length += len(found)
            while self.length > self.most:
                self.length -= len(self._known.pop(next(iter(self._known))))
        return found

    def clear(self) -> None:
        self._known.clear()
        self.length = 0


@pass_context
def include_once(context: Context, template: str, *key: Hashable) -> Markup:
    """``{{ include_once("part.html", a, b) }}`` is ``{% include "part.html" %}`` rendered once for the same a and b. The
    token of its forms is each reader's own: it is put in as the part is sent, and belongs into no key."""
    fragments: Fragments = context["fragments"]
    whole = context.environment.get_template(template)
    kept = fragments.get((template, *key), lambda: whole.render(context.get_all() | {"csrf_token": TOKEN}))
    return kept.replace(TOKEN, context["csrf_token"])
