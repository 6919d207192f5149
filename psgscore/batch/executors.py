"""The executors tasks go through: processes of this machine, or a cluster of dask."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any

from psgscore.batch.run import MakeExecutor
from psgscore.errors import UsageError

_ONE_THREAD = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def usable_cpus() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def process_pool(workers: int) -> Iterator[Executor]:
    """Yield a pool of fresh processes, each counting with one thread."""
    with (
        _environment(dict.fromkeys(_ONE_THREAD, "1")),
        ProcessPoolExecutor(
            workers, multiprocessing.get_context("spawn"), initializer=begin_worker
        ) as pool,
    ):
        yield pool


def begin_worker() -> None:
    """Prepare a worker: Ctrl-C is the parent's, and a worker never outlives its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        # A killed parent closes no queue, and its workers would wait for ever.
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """Set variables of the environment that new processes get, and put the old ones back."""
    former = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in former.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def dask_cluster(address: str) -> Iterator[tuple[MakeExecutor, int]]:
    """Connect to a scheduler of dask.distributed; yield what makes executors, and its threads.

    Raises
    ------
    UsageError
        dask.distributed is not installed, or nothing answers at the address.
    """
    try:
        import distributed  # noqa: PLC0415 - an extra
    except ImportError:
        raise UsageError(
            '--scheduler needs dask.distributed: python -m pip install "psgscore[dask]"'
        ) from None
    try:
        make_client: Any = distributed.Client
        client = make_client(address, timeout=20, set_as_default=False)
    except (OSError, ValueError) as error:
        raise UsageError(f"{address}: no dask scheduler answers: {error}") from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise UsageError(f"{address}: the scheduler has no workers: start some first")

        @contextmanager
        def executor(_: int) -> Iterator[Executor]:
            # Not pure: a task that is asked for again is to be done again.
            with client.get_executor(pure=False) as found:
                yield found

        yield executor, threads
