"""Relative weights once more, written plainly and apart from the product: loops over a file as it was published."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np


def answers(file: Path, columns: Sequence[str], low: float, high: float) -> list[list[float | None]]:
    """Rows of these columns, numbers from ``low`` to ``high``, None for all else."""
    with file.open(encoding="utf-8", newline="") as opened:
        rows = [{name.strip(): value for name, value in row.items() if name} for row in csv.DictReader(opened)]
    return [[_number(row[name], low, high) for name in columns] for row in rows]


def _number(text: str, low: float, high: float) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if low <= value <= high else None


def shares(
    drivers: Sequence[Sequence[float | None]], outcome: Sequence[float | None], weights: Sequence[float]
) -> list[float]:
    """``drivers`` one list for each, over the same respondents: the share of each in what they explain together."""
    size = len(drivers)
    between = np.array(
        [[_correlation(drivers[a], drivers[b], weights, outcome) for b in range(size)] for a in range(size)]
    )
    with_outcome = np.array([_correlation(each, outcome, weights, outcome) for each in drivers])
    values, vectors = np.linalg.eigh(between)
    root = vectors @ np.diag(np.sqrt(values)) @ vectors.T
    explained = root**2 @ np.linalg.solve(root, with_outcome) ** 2
    return [float(each) for each in explained / explained.sum()]


def _correlation(
    one: Sequence[float | None], other: Sequence[float | None], weights: Sequence[float], asked: Sequence[float | None]
) -> float:
    """Weighted, over those who answered both and about the outcome."""
    both = [
        (x, y, w) for x, y, w, z in zip(one, other, weights, asked, strict=True)
        if x is not None and y is not None and z is not None
    ]  # fmt: skip
    total = sum(w for _, _, w in both)
    mean_x, mean_y = (sum(each[at] * each[2] for each in both) / total for at in (0, 1))
    product = sum(w * (x - mean_x) * (y - mean_y) for x, y, w in both)
    square_x, square_y = (sum(w * (each - mean) ** 2 for each, w in pairs) for pairs, mean in (
        ([(x, w) for x, _, w in both], mean_x), ([(y, w) for _, y, w in both], mean_y)
    ))  # fmt: skip
    return product / math.sqrt(square_x * square_y)
