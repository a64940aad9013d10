"""How long a start on an existing database takes, and what an idle process holds."""

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measuring import cpu_seconds, resident_mb
from tests.bench.table import Row
from tests.serving import demo_home, served

STARTS = 5
SECOND_START = 3
"""Seconds within which a second ``make run`` is to answer."""


def measure(folder: Path) -> Iterator[Row]:
    home = demo_home(folder / "home")
    seconds, cpu, memory = [], [], []
    for _ in range(STARTS):
        started = time.perf_counter()
        with served(home) as found:
            seconds.append(time.perf_counter() - started)
            cpu.append(cpu_seconds(found))
            time.sleep(1)
            memory.append(resident_mb(found))
    yield Row("start of waymark serve on the demo's database", statistics.median(seconds), "s", limit=SECOND_START)
    yield Row("the same, CPU", min(cpu), "s")
    yield Row("memory of the idle process", statistics.median(memory), "MB")
