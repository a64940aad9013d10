"""How far the issues of an initiative are: "5 of 14 done". Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from backlog.trackers.link import Link


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` issues; ``total`` 0 or 1 where there is nothing to count."""

    done: int
    total: int


def of(links: Sequence[Link]) -> Progress:
    """The parts, and sub-issues that are not linked themselves. A main issue stands for the whole, so it counts only
    where it has neither."""
    parts = [link for link in links if not link.is_main]
    below = [_unlinked(link, links) for link in links]
    done = sum(link.is_done for link in parts) + sum(each.done for each in below)
    total = len(parts) + sum(each.total for each in below)
    if total:
        return Progress(done, total)
    return Progress(sum(link.is_done for link in links), len(links))


def _unlinked(link: Link, links: Sequence[Link]) -> Progress:
    """Sub-issues of one link that are no links."""
    own = [each for each in links if link.external_id and each.facts.get("parent") == link.external_id]
    total = int(link.facts.get("children") or 0) - len(own)
    done = int(link.facts.get("done") or 0) - sum(each.is_done for each in own)
    return Progress(max(0, done), max(0, total))
