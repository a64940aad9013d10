"""Rows of the ranked list as HTML; most of them stay from page to page."""

from collections.abc import Callable, Sequence
from typing import Any

from markupsafe import Markup

from backlog.initiatives import staleness
from backlog.ranking.ranked import Listed
from backlog.ranking.surroundings import Placed, Surroundings
from backlog.settings import Settings
from web import courses
from web.templating import Pages

Signs = tuple[str, bool, Placed | None]
"""Where the urgency of a row goes from here, in words, whether it is stale, and where people put it."""


def signs(rows: Sequence[Listed], around: Surroundings) -> tuple[Signs, ...]:
    """What today adds to each row, in the language spoken."""
    before = staleness.since(Settings(stale_weeks=around.stale_weeks))
    return tuple(
        (
            courses.heading(row.urgency_profile),
            staleness.is_stale(row.stage, row.touched_at, before),
            around.placed.get(row.id),
        )
        for row in rows
    )


def rendered(
    pages: Pages,
    rows: Sequence[Listed],
    today: Callable[[], Sequence[Signs]],
    around: Surroundings,
    show: str,
    *,
    tried: bool,
    panel: bool,
    selectable: bool,
) -> Markup:
    """All rows, ``show`` the address before their numbers. ``tried``: their moves are against the agreed ranks, which
    the script of the what-if ``panel`` needs. ``selectable``: something can be done with several at once."""
    macro = pages.environment.get_template("backlog/_row.html").module.row  # type: ignore[attr-defined] # its macro
    scale = (around.total, around.top, selectable)

    def one(row: Listed, sign: Signs) -> Markup:
        base = (row.rank or 0) + ((row.move or 0) if tried else 0) if panel else None
        key = ("row", show, base, facts(row), *sign, *scale)
        return pages.fragments.get(key, lambda: macro(row, show, base, *sign, *scale))

    return Markup("".join([one(row, sign) for row, sign in zip(rows, today(), strict=True)]))  # noqa: S704 - each is HTML


def facts(row: Listed) -> tuple[Any, ...]:
    """All that the row shows."""
    return (
        row.id,
        row.title,
        row.rank,
        row.move,
        row.points,
        row.stage,
        row.touchpoint,
        row.phase,
        row.is_signature,
        row.range and (row.range.low, row.range.high, row.range.p_top),
        *((each.value, each.origin) for each in row.criteria.values()),
        *((each.code, each.name, each.lead) for each in row.departments),
    )
