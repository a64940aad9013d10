"""``python -m tests.bench [CASE...]``: measures, prints a table, and fails when a limit is missed."""

import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests import databases
from tests.bench import idling, importing, listing, simulating, syncing
from tests.bench.table import Row, drawn

CASES: dict[str, Callable[[Path], Iterator[Row]]] = {
    "idling": idling.measure,
    "importing": importing.measure,
    "listing": listing.measure,
    "simulating": simulating.measure,
    "syncing": syncing.measure,
}
"""Name and measurement; each gets an empty folder."""


def main(names: list[str]) -> int:
    if unknown := [name for name in names if name not in CASES]:
        print(f"No such measurement: {', '.join(unknown)}. There are: {', '.join(CASES)}.", file=sys.stderr)
        return 2
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # people do not compile everything anew at each start
    logging.getLogger("httpx").setLevel(logging.WARNING)
    databases.begin_run()
    try:
        rows = list(measured(names or list(CASES)))
    finally:
        databases.end_run()
    print(drawn(rows))
    return 0 if all(row.is_kept for row in rows) else 1


def measured(names: list[str]) -> Iterator[Row]:
    for name in names:
        print(f"Measuring {name} ...", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix=f"waymark-bench-{name}-") as folder:
            yield from CASES[name](Path(folder))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
