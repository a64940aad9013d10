"""The history of rating rounds in words: who was invited, how far they are, never what they said."""

from collections.abc import Callable, Mapping
from typing import Any

from backlog.errors import N_, Text
from web import locales

Tell = Callable[[Mapping[str, Any]], str]


def tell(words: str) -> Tell:
    """The words with what the event keeps under the names in them."""
    return lambda changes: locales.translated(Text(words, changes))


TOLD: Mapping[str, Tell] = {
    "opened the round": tell(N_("opened the round")),
    "closed the round": tell(N_("closed the round; %(rated)s of %(awaited)s had rated")),
    "rated blind": tell(N_("has rated %(answered)s of %(asked)s")),
    "let go of blind ratings": tell(N_("let go of what %(rater)s had said blind")),
    "made a link": tell(N_("made a link for %(rater)s")),
    "withdrew an invitation": tell(N_("withdrew the invitation of %(rater)s")),
    "invited again": tell(N_("invited %(rater)s again")),
}
