"""Waymark as people run it: a process of its own, on a free port, with a home of its own."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.databases import one_at_a_time, run_home

WAYMARK = (sys.executable, "-m", "web.cli")
PATIENCE = 120
"""Seconds a start may take, the filling with the demo on a busy machine included."""


class NotServing(Exception):
    """The process ended or did not answer in time; the message is what it has written."""


@dataclass(frozen=True)
class Served:
    """A running ``waymark serve``."""

    url: str
    home: Path
    process: subprocess.Popen[bytes]

    @property
    def output(self) -> str:
        """What it has written so far."""
        return (self.home / "output.txt").read_text(errors="replace")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def served(
    home: Path, *, command: Sequence[str] = WAYMARK, cwd: Path | None = None, **variables: str
) -> Iterator[Served]:
    """Serve from this WAYMARK_HOME until the block ends; ``DEMO="0"`` sets WAYMARK_DEMO. Raises NotServing."""
    port = free_port()
    own = {"HOME": str(home), "PORT": str(port), **variables}
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WAYMARK_")}
    environment |= {f"WAYMARK_{name}": value for name, value in own.items()}
    with (home / "output.txt").open("wb") as output:
        process = subprocess.Popen([*command, "serve"], cwd=cwd, env=environment, stdout=output, stderr=output)
    found = Served(f"http://127.0.0.1:{port}", home, process)
    try:
        wait(found)
        yield found
    finally:
        stop(process)


def wait(found: Served) -> None:
    """Until it answers. Raises NotServing."""
    patience = time.monotonic() + PATIENCE
    while time.monotonic() < patience and found.process.poll() is None:
        try:
            if httpx.get(f"{found.url}/health", timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise NotServing(found.output or "it has written nothing")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def demo_home(folder: Path) -> Path:
    """A copy of a home filled with the demo, in this folder; filled once in a test run."""
    template = run_home() / "demo"
    with one_at_a_time("demo"):
        if not template.is_dir():
            filling = template.with_name("demo-filling")
            filling.mkdir()
            with served(filling):
                pass
            filling.rename(template)
    return Path(shutil.copytree(template, folder))
