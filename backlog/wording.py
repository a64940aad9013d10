"""What people write: how long it may be, and what no database can keep."""

import re

from backlog.errors import N_, Text

NAME_MOST = 200
UNSEEN = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control signs, and those that turn the direction of what follows. Line breaks, tabs, soft hyphens and joiners are fine."""
TEXT_MOST = 20_000


def one_line(text: str) -> str:
    """Without outer blanks, and without line breaks or doubled blanks inside."""
    return " ".join(text.split())


def kept(text: str) -> str:
    """Without what `wrong` would refuse for its signs: what comes from elsewhere is taken without them."""
    return "".join(sign for sign in UNSEEN.sub("", text) if sign != "\0" and not "\ud800" <= sign <= "\udfff")


def wrong(text: str, most: int, *, required: bool = False) -> Text | None:
    """What is wrong with a text of at most `most` characters; None when nothing is."""
    if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        return Text(N_("This contains a character that cannot be kept (a NUL or half a character). Remove it."))
    if UNSEEN.search(text):
        return Text(
            N_(
                "This contains a sign that cannot be seen but changes what is read (a control or direction sign). Remove it."
            )
        )
    if len(text) > most:
        return Text(N_("Use at most %(most)s characters; this has %(length)s."), {"most": most, "length": len(text)})
    if required and not any(sign.isprintable() and not sign.isspace() for sign in text):
        return Text(N_("Enter something here."))
    return None
