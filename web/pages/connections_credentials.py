"""What a form brings to sign in with. Its fields are named like passwords, so that no page gives them back."""

from collections.abc import Mapping

from backlog.errors import N_, Invalid, Text
from integrations.tracker import TrackerKind, Way

PREFIX = "password_"
MOST = 20_000  # characters; a private key is long


def way_of(kind: TrackerKind, name: str) -> Way:
    """The chosen way to sign in; the first where none is."""
    return next((each for each in kind.ways if each.name == name), kind.ways[0])


def given(values: Mapping[str, str], way: Way) -> dict[str, str]:
    """By the names the tracker knows. Invalid (``password_NAME``) for what is missing."""
    found = {each.name: values.get(PREFIX + each.name, "").strip() for each in way.credentials}
    wrong: dict[str, Text | str] = {
        PREFIX + each.name: Text(N_("Enter this: %(label)s."), {"label": Text(each.label)})
        for each in way.credentials
        if each.is_required and not found[each.name]
    }
    wrong |= {PREFIX + name: Text(N_("This is too long.")) for name, value in found.items() if len(value) > MOST}
    if wrong:
        raise Invalid(wrong)
    return {name: value for name, value in found.items() if value}
