"""The measurements as a table, and whether each is within its limit."""

from collections.abc import Iterable
from dataclasses import dataclass

HEADINGS = ("measure", "here", "baseline", "ratio", "limit", "")


@dataclass(frozen=True)
class Row:
    """One measurement.

    ``limit`` bounds the ratio to the baseline where there is a baseline, else the value itself;
    ``at_least`` turns the bound round, for rates.
    """

    measure: str
    value: float
    unit: str
    baseline: float | None = None
    limit: float | None = None
    at_least: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.baseline if self.baseline else None

    @property
    def is_kept(self) -> bool:
        if self.limit is None:
            return True
        bounded = self.value if self.ratio is None else self.ratio
        return bounded >= self.limit if self.at_least else bounded <= self.limit

    def cells(self) -> tuple[str, ...]:
        return (
            self.measure,
            f"{figure(self.value)} {self.unit}",
            "" if self.baseline is None else f"{figure(self.baseline)} {self.unit}",
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if self.limit is None else f"{'>=' if self.at_least else '<='} {figure(self.limit)}",
            " ".join(part for part in ("" if self.is_kept else "MISSED", self.note) if part),
        )


def figure(value: float) -> str:
    """Three figures that count, thousands set apart."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def drawn(rows: Iterable[Row]) -> str:
    """The rows as lines of text, columns aligned."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(_line(line, widths) for line in lines)


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    aligned = [
        cell.rjust(width) if 0 < column < len(widths) - 1 else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "  ".join(aligned).rstrip()
