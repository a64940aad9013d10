"""What a measurement needs: the processor time of a served Waymark, its memory, and what plain code takes."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx
import psutil

from tests.serving import Served
from web.identity import cookie_name

WARM_UP = 20
"""Requests made and calls done before anything is counted."""

AT_REST = 0.06
"""Seconds of processor time within two seconds: looks at what waits, and no more."""


@dataclass(frozen=True)
class Cost:
    """What one request or call took: processor time, and time on the clock (median), both in milliseconds."""

    cpu: float
    wall: float


def family(served: Served) -> list[psutil.Process]:
    """The served process and everything it has started."""
    first = psutil.Process(served.process.pid)
    return [first, *first.children(recursive=True)]


def cpu_seconds(served: Served) -> float:
    """Processor time it has used since its start."""
    times = [process.cpu_times() for process in family(served)]
    return float(sum(each.user + each.system for each in times))


def settle(served: Served, patience: float = 60) -> None:
    """Wait until it rests: after a start it looks at what has come due, and then simulates, which no request asks for."""
    until = time.monotonic() + patience
    used = cpu_seconds(served)
    while time.monotonic() < until:
        time.sleep(2)
        before, used = used, cpu_seconds(served)
        if used - before < AT_REST:
            return


def resident_mb(served: Served) -> float:
    """Memory it holds now, in MB of 1,000,000 bytes."""
    return float(sum(process.memory_info().rss for process in family(served))) / 1e6


def requests(served: Served, client: httpx.Client, address: str, count: int) -> Cost:
    """Ask for a page, one request at a time. AssertionError unless each answer is 200."""
    for _ in range(WARM_UP):
        ask(client, served.url + address)
    settle(served)
    before, walls = cpu_seconds(served), []
    for _ in range(count):
        started = time.perf_counter()
        ask(client, served.url + address)
        walls.append(time.perf_counter() - started)
    # The kernel counts processor time in hundredths of a second: over the whole run, not by request.
    return Cost((cpu_seconds(served) - before) / count * 1000, statistics.median(walls) * 1000)


def signed_in(secret: str) -> httpx.Client:
    return httpx.Client(cookies={cookie_name(secure=False): secret}, timeout=30)


def ask(client: httpx.Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, f"{address} answered {answer.status_code}"


def calls(work: Callable[[], object], count: int) -> Cost:
    """The same for plain code in this process: the baseline."""
    for _ in range(WARM_UP):
        work()
    before, walls = time.process_time(), []
    for _ in range(count):
        started = time.perf_counter()
        work()
        walls.append(time.perf_counter() - started)
    return Cost((time.process_time() - before) / count * 1000, statistics.median(walls) * 1000)
