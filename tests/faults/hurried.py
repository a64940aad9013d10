"""``waymark worker`` in a world where time runs faster: its clock, its pauses, time limits and leases alike, so that
what takes minutes in life can be tried hundreds of times. Nothing else differs.

A process of its own: ``python -m tests.faults.hurried START SPEED`` begets workers.
"""

import asyncio
import datetime as dt
import os
import selectors
import signal
import sys
import time
from dataclasses import dataclass

from backlog import history


@dataclass(frozen=True, slots=True)
class Hurry:
    """Real time up to ``start`` (seconds since 1970), and ``speed`` times as fast from then on."""

    start: float
    speed: float

    def __call__(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.start + (time.time() - self.start) * self.speed, dt.UTC)


class HurriedSelector(selectors.DefaultSelector):
    """Waits for a fraction of the time it is asked to."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self.speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return super().select(timeout / self.speed if timeout else timeout)


class HurriedLoop(asyncio.SelectorEventLoop):
    """What sleeps here or has a time limit does so in hurried seconds."""

    def __init__(self, speed: float) -> None:
        self.speed = speed
        super().__init__(HurriedSelector(speed))

    def time(self) -> float:
        return super().time() * self.speed


def main(start: float, speed: float) -> None:
    """Each line read is a wish for one more worker, answered with the number of its process, which writes to the file
    the line names. It is forked from this one, that has read all there is to read: most of a start is reading."""
    history.now = Hurry(start, speed)  # before anything else is read: tables take it as a default
    from web import configuration, serving, storage

    configured = configuration.read()
    storage.ready(configured)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        number = os.fork()
        if not number:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            output = os.open(line.strip(), os.O_WRONLY | os.O_CREAT)
            os.dup2(output, 1)
            os.dup2(output, 2)
            with asyncio.Runner(loop_factory=lambda: HurriedLoop(speed)) as runner:
                runner.run(serving.working(configured))
            os._exit(0)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(float(sys.argv[1]), float(sys.argv[2]))
