"""Work in a process of its own: what it takes of memory goes with it."""

from __future__ import annotations

import atexit
import multiprocessing
import signal
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from psgscore.errors import PsgscoreError

Value = TypeVar("Value")
_STARTING = threading.Lock()


@atexit.register
def _none_is_half_started() -> None:
    """Wait at the end for a process that is being started, and let no other begin.

    One that is cut off from what it should do ends with a traceback on the terminal; one that has
    started is ended without a word, by what `multiprocessing` itself does at the end, after this.
    """
    _STARTING.acquire()


def in_child(work: Callable[..., Value], *arguments: Any, **named: Any) -> Value:
    """Do work in a process of its own, which ends with this one.

    Parameters
    ----------
    work : callable
        Of a module; it, its arguments and its result have to be picklable.
    *arguments, **named
        For the work.

    Raises
    ------
    PsgscoreError
        With the message of the one that the work raises; or the process ended without a result.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(theirs, work, arguments, named), daemon=True)
    with _STARTING:
        process.start()
    theirs.close()
    try:
        reason, value = ours.recv()
    except EOFError:
        reason, value = f"{work.__name__.strip('_')}: the process ended without a result", None
    finally:
        ours.close()
        process.join()
    if reason is not None:
        raise PsgscoreError(reason)
    result: Value = value
    return result


def _run(
    back: Connection,
    work: Callable[..., Any],
    arguments: tuple[Any, ...],
    named: Mapping[str, Any],
) -> None:
    """Send back the result, or why there is none; errors themselves cannot all be pickled."""
    # Ctrl-C goes to every process of a terminal: the one that began this decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        answer: tuple[str | None, Any] = (None, work(*arguments, **named))
    except PsgscoreError as error:
        answer = (str(error), None)
    back.send(answer)
