"""Reading a file in a process of its own: what threads gain by doing two things at once, they lose to the one
interpreter they share.

The process knows no database. It ends with its pipes, so neither a kill of the loader nor an error leaves it behind.
"""

import gc
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

from backlog.errors import Refused, Text
from backlog.imports.names import Names
from backlog.imports.pieces import Order, Pieces, Unknown, read

WORTH_IT = 4 << 20  # bytes of a file: the process is there after 0.07 s, in which 3 MB are read


def read_apart(order: Order) -> Pieces:
    """What ``read`` yields and raises; names it yields must be in the register of the order before the next piece."""
    with _reader() as (to_reader, from_reader):
        _send(order, to_reader)
        while (piece := _piece(from_reader)) is not None:
            if isinstance(piece, Text):
                raise Refused(piece)
            yield piece
            if isinstance(piece, Unknown):
                _send(order.register, to_reader)


@contextmanager
def _reader() -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Pipes to and from a new process, which is gone in the end.

    It finds the modules where this one has found them, and Ctrl-C, meant for the loader, does not reach it. Not by
    ``multiprocessing``: that would import in it all that the command line needs, which takes as long as 10 MB.
    """
    paths = os.pathsep.join(filter(None, sys.path))
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-P", "-m", __name__],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": paths}, process_group=0,
    )  # fmt: skip
    with process:
        try:
            yield cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        finally:
            process.kill()


def _send(what: object, pipe: IO[bytes]) -> None:
    pickle.dump(what, pipe, pickle.HIGHEST_PROTOCOL)
    pipe.flush()


def _piece(pipe: IO[bytes]) -> Any:
    try:
        return _received(pipe)
    except (EOFError, pickle.UnpicklingError):
        raise ChildProcessError("the process that reads the file has ended before its time") from None


def _received(pipe: IO[bytes]) -> Any:
    return pickle.load(pipe)  # noqa: S301 - from a process of our own


def main() -> None:
    """The other end: orders come in, pieces go out, then None; the words of a refusal instead when there is one."""
    gc.disable()  # rows make no cycles
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    try:
        order: Order = _received(incoming)
        try:
            _answer(order, incoming, outgoing)
        except Refused as refused:
            _send(refused.text, outgoing)
    except (EOFError, BrokenPipeError):
        os._exit(1)  # the loader is gone; nothing is left to say, not even by a failing flush at the end


def _answer(order: Order, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
    for piece in read(order):
        _send(piece, outgoing)
        if isinstance(piece, Unknown):
            told: Names = _received(incoming)
            order.register.learn(told)
    _send(None, outgoing)


if __name__ == "__main__":
    main()
