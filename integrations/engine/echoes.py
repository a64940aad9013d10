"""What came back of what was sent: the same in the tracker's own way of writing, or what people made of it meanwhile. Pure.

Nobody can say "only if it is unchanged" to a tracker, so between a write and the next look somebody may have been there.
"""

import re
from collections.abc import Mapping
from typing import Any

from backlog.trackers.fields import Direction, Field, Rule
from integrations.engine.reconciling import is_empty
from integrations.issue import Category, Issue

TWO_WAY = (Direction.BOTH, Direction.IN)
WORD = re.compile(r"[^\W_]+")
CUT = re.compile(r"(?:…|\.\.\.)\s*(?P<rest>\[[^\]\n]+\]\([^)\n]+\))?\s*\Z")
"""The end of a shortened text: an ellipsis, or ours with the way to the whole (`Block.rest`)."""


def is_echo(sent: Any, found: Any) -> bool:
    """Trackers change how a text is written, but its words stay; where it ends in an ellipsis, the first of them. Of other
    values none changes."""
    if not isinstance(sent, str) or not isinstance(found, str):
        return bool(sent == found)
    if not found.strip() or words(sent) == words(found):
        return bool(found.strip()) or not sent.strip()
    cut = CUT.search(found)
    return cut is not None and _begins(words(sent), words(found[: cut.start()]), is_ours=cut["rest"] is not None)


def _begins(said: list[str], heard: list[str], *, is_ours: bool) -> bool:
    """Whether nothing else was heard; the last word may be cut, and of what we shortened ourselves nothing need be left."""
    if not heard:
        return is_ours
    whole = len(heard) - 1
    return len(heard) <= len(said) and said[:whole] == heard[:whole] and said[whole].startswith(heard[whole])


def words(text: str) -> list[str]:
    return WORD.findall(text.casefold())


def base_of(rule: Rule, sent: Any, found: Any) -> list[Any]:
    """Of a field that was written. Where changes may come in, what people made of it is a change of theirs."""
    return [sent, found if rule.direction not in TWO_WAY or is_echo(sent, found) else sent]


def base_of_new(
    rules: Mapping[Field, Rule], sent: Mapping[str, Any], found: Mapping[Field, Any], issue: Issue
) -> dict[Field, list[Any]]:
    """Of an issue Waymark has made, though perhaps long before it found it: what was sent with it is in step, what
    is not there is still to be written. Its status comes afterwards, unless people have begun with it by then."""
    base: dict[Field, list[Any]] = {}
    for name, value in found.items():
        if name is Field.STAGE:
            if issue.status.category is Category.TODO:
                base[name] = [value, value]
        elif is_empty(value) or name not in sent:
            base[name] = [value, value]
        elif rules[name].direction in TWO_WAY:
            base[name] = base_of(rules[name], sent[name], value)
        else:
            base[name] = [sent[name] if is_echo(sent[name], value) else value, value]
    return base
