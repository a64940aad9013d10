"""What the address of the backlog asks for: filters, order, page, and weights to try."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from backlog.errors import Invalid
from backlog.initiatives.stages import Stage
from backlog.ranking.filters import TEXT_MOST, UNFILTERED, Filters, Order
from backlog.scoring import CRITERIA, Weights
from backlog.weights.ways import checked_weights
from web.asked import chosen, number

ROWS = 50
LAST_PAGE = 100_000


@dataclass(frozen=True)
class Asked:
    """``page`` counts from 1. ``tried`` are the weights of the what-if panel, None while it is shut; ``sliders`` what
    was typed there; ``is_nothing``: that will not do, such as 0 everywhere. ``ranges``: simulate under them too."""

    filters: Filters = UNFILTERED
    order: Order = Order.POSITION
    page: int = 1
    tried: Weights | None = None
    sliders: tuple[tuple[str, str], ...] = ()
    panel: bool = False
    is_nothing: bool = False
    ranges: bool = False

    @property
    def awaits_ranges(self) -> bool:
        """The ranges shown are still those of the agreed weights."""
        return self.tried is not None and not self.ranges

    @property
    def is_by_position(self) -> bool:
        """Whether human positions are followed: what is tried is the score alone."""
        return self.order is Order.POSITION and not self.panel

    @property
    def offset(self) -> int:
        return (self.page - 1) * ROWS

    @property
    def listing(self) -> dict[str, Any]:
        """Filters and order as the address names them: what a saved view keeps."""
        filters = self.filters
        return {
            "q": filters.text,
            "stage": [stage.value for stage in filters.stages],
            "phase": filters.phase,
            "department": filters.department,
            "persona": filters.persona,
            "signature": 1 if filters.signature else None,
            "order": None if self.order is Order.POSITION else self.order.value,
        }

    @property
    def trying(self) -> dict[str, Any]:
        """The open panel as the address names it."""
        return dict(self.sliders) if self.sliders else {"whatif": 1 if self.panel else None}

    def query(self, **changes: Any) -> dict[str, Any]:
        """The query of this page with changes; another page than the first only when asked for."""
        return {**self.listing, **self.trying, **changes}

    def fields(self, *without: str, trying: bool = True) -> list[tuple[str, Any]]:
        """What a form carries along so that it asks for the same list, but for these names."""
        asked = {**self.listing, **(self.trying if trying else {})}
        return [(name, each) for name, each in pairs(asked) if name not in without]

    def without(self, name: str) -> dict[str, Any]:
        """The query of the same list without one filter."""
        return replace(self, filters=self.filters.without(name)).query()


def read(query: Any) -> Asked:
    """From a query string already parsed into many values by name."""
    sliders = tuple((criterion, str(query.get(criterion))[:20]) for criterion in CRITERIA if criterion in query)
    return Asked(
        filters=_filters(query),
        order=chosen(query, "order", Order) or Order.POSITION,
        page=min(max(number(query, "page") or 1, 1), LAST_PAGE),
        tried=_tried(dict(sliders)),
        sliders=sliders if _tried(dict(sliders)) else (),
        panel=bool(sliders) or query.get("whatif", "") == "1",
        is_nothing=bool(sliders) and _tried(dict(sliders)) is None,
        ranges=query.get("ranges", "") == "1",
    )


def _filters(query: Any) -> Filters:
    known = {stage.value: stage for stage in Stage}
    stages = [known[value] for value in query.getall("stage", []) if value in known]
    return Filters(
        stages=tuple(dict.fromkeys(stages)),
        phase=number(query, "phase"),
        department=number(query, "department"),
        persona=number(query, "persona"),
        signature=query.get("signature", "") == "1",
        text=query.get("q", "").replace("\0", "").strip()[:TEXT_MOST],
    )


def _tried(sliders: Mapping[str, str]) -> Weights | None:
    if not sliders:
        return None
    try:
        return checked_weights(sliders)
    except Invalid:
        return None


def kept(query: str) -> str:
    """The part of a query string that a saved view keeps, always written the same way."""
    return written(read(Pairs(parse_qsl(query))).listing)


def written(listing: Mapping[str, Any]) -> str:
    """As a query string."""
    return urlencode(pairs(listing))


def pairs(listing: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Names and values, several by one name one after the other, without what is not set."""
    each = [(name, one) for name, value in listing.items() for one in (value if isinstance(value, list) else [value])]
    return [(name, value) for name, value in each if value not in (None, "")]


class Pairs(dict[str, str]):
    """Names and values of a query string, several values by one name included."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs

    def getall(self, key: str, default: list[str]) -> list[str]:
        return [value for name, value in self.pairs if name == key] or default
