"""Rows of the ranked list as HTML, each rendered once for the same values: most of them stay from page to page."""

from collections.abc import Callable
from typing import Any

from litestar import Request
from markupsafe import Markup

from backlog.ranking.ranked import Listed
from web import locales
from web.templating import Pages

MOST = 2_000  # rows remembered, some 1.5 KB each

Fragment = Callable[[Listed, str], Markup]


def rendering(request: Request[Any, Any, Any], *, tried: bool, panel: bool) -> Fragment:
    """What the template calls for a row, with the address before its number. ``tried``: its move is against the agreed
    rank, which the script of the what-if ``panel`` needs."""
    pages: Pages = request.app.state.pages
    known: dict[Any, Markup] = {} if pages.reload else request.app.state.setdefault("rows", {})

    def row_of(row: Listed, show: str) -> Markup:
        base = (row.rank or 0) + ((row.move or 0) if tried else 0) if panel else None
        key = (locales.spoken.get(), show, base, facts(row))
        found = known.get(key)
        if found is None:
            if len(known) >= MOST:
                known.clear()
            macro = pages.environment.get_template("backlog/_row.html").module.row  # type: ignore[attr-defined] # its macro
            found = known[key] = Markup(macro(row, show, base))  # noqa: S704 - the macro escapes its values
        return found

    return row_of


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
        *((each.value, each.origin) for each in row.criteria.values()),
        *((each.code, each.name, each.lead) for each in row.departments),
    )
