"""The process of its own in which the server has an import loaded. It outlives a server that is killed only until the
import is in: nobody would ever ask it for another."""

import multiprocessing
import os
import threading

from backlog.imports import loading

_busy = threading.Lock()


def begin() -> None:
    """First thing in the process: end it once its parent is gone and it loads nothing."""
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        with _busy:
            os._exit(0)  # the main thread waits for work in a pipe that never closes


def run(url: str, import_id: int) -> None:
    """``loading.run``, to its end whatever becomes of the parent."""
    with _busy:
        loading.run(url, import_id)
