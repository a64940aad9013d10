"""Finds a Chromium: on the PATH, else Playwright's own, else Debian's package, else one that Playwright fetches."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.databases import one_at_a_time

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
PLAYWRIGHTS_OWN = (
    "from playwright.sync_api import sync_playwright as p\nwith p() as t: print(t.chromium.executable_path)"
)


class Unavailable(Exception):
    """No Chromium to be had; the message says what was tried."""


def find() -> Path:
    """The first Chromium that runs. Raises Unavailable."""
    with one_at_a_time("chromium"):
        tried = []
        for source in (on_the_path, playwrights_own, debians, fetched_by_playwright):
            try:
                found = source()
            except (OSError, subprocess.SubprocessError) as error:
                tried.append(f"{source.__name__.replace('_', ' ')}: {said(error)}")
                continue
            if found and runs(found):
                return found
            tried.append(f"{source.__name__.replace('_', ' ')}: none")
        raise Unavailable("; ".join(tried))


def runs(browser: Path) -> bool:
    """Whether it starts at all; one without its libraries does not."""
    return subprocess.run([browser, "--version"], capture_output=True, timeout=60, check=False).returncode == 0


def on_the_path() -> Path | None:
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)


def playwrights_own() -> Path | None:
    # In a process of its own: Playwright's loop in this one would be in the way of asynchronous tests.
    asked = subprocess.run(
        [sys.executable, "-c", PLAYWRIGHTS_OWN], capture_output=True, text=True, check=True, timeout=60
    )
    found = Path(asked.stdout.strip())
    return found if found.is_file() else None


def debians() -> Path | None:
    """Install Debian's package, which brings the libraries along. Needs root."""
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return None
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", "--quiet", *arguments], env=quiet, capture_output=True, check=True, timeout=600)
    return on_the_path()


def fetched_by_playwright() -> Path | None:
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    subprocess.run(command, capture_output=True, check=True, timeout=300)
    return playwrights_own()


def said(error: Exception) -> str:
    """The last line a failed command has written, or the error itself."""
    lines = (getattr(error, "stderr", None) or b"").strip().splitlines()
    last = lines[-1] if lines else str(error)
    return last.decode(errors="replace") if isinstance(last, bytes) else str(last)
