"""Issues read directly by the keys that follow one another, past an index that may not know them yet."""

import asyncio
from collections.abc import Sequence
from typing import Any

from integrations.errors import Missing, NoAccess
from integrations.jira.answers import REFUSALS
from integrations.jira.issues import PROPERTY, WANTED
from integrations.jira.references import numbered
from integrations.jira.site import Site

AHEAD = 50  # keys looked at, and again as long as there is one
FURTHEST = 500  # keys
AT_ONCE = 5  # issues read side by side when not by one request


async def following(site: Site, own: str, after: str) -> list[Any]:
    """Issues with the numbers above that of the key ``after``. Gaps are normal: a refused issue uses up a number. Without
    a key the first of the project ``own``, and these alone: it had none, or nobody knows how many."""
    project, _, last = (after or f"{own}-0").rpartition("-")
    found: list[Any] = []
    for first in range(int(last) + 1, int(last) + (FURTHEST if after else AHEAD), AHEAD):
        batch = await direct(site, [numbered(project, each) for each in range(first, first + AHEAD)])
        found += batch
        if not batch:
            break
    return found


async def direct(site: Site, keys: Sequence[str]) -> list[Any]:
    """Those there are: by one request on Cloud, one by one on Data Center and where there is no such request."""
    if site.dialect.is_cloud:
        asked = {"issueIdsOrKeys": list(keys), "fields": list(WANTED), "properties": [PROPERTY]}
        try:
            return list((await site.post("issue/bulkfetch", asked)).get("issues") or ())
        except REFUSALS:
            pass
    found: list[Any] = []
    for at in range(0, len(keys), AT_ONCE):
        found += await asyncio.gather(*(one(site, each) for each in keys[at : at + AT_ONCE]))
    return [each for each in found if each is not None]


async def one(site: Site, key: str) -> Any | None:
    try:
        return await site.get(f"issue/{key}", fields=",".join(WANTED), properties=PROPERTY)
    except (Missing, NoAccess):
        return None
