"""One run at a time in a folder: locks that the system lets go of when their process dies."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psgscore.errors import UsageError
from psgscore.io.atomic import plain_errors
from psgscore.io.store import SCRATCH, is_remote


@contextmanager
def only_run(out: str, shard: tuple[int, int]) -> Iterator[None]:
    """Hold the folder for one part of a run; other parts of as many may run beside it.

    Parts of as many never share a recording, parts of another number would. An address has
    no locks: see the documentation.

    Raises
    ------
    UsageError
        Another run holds it.
    """
    if is_remote(out):
        yield
        return
    folder = Path(out) / SCRATCH
    number, n_shards = shard
    with plain_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    own = folder / f"{number}-of-{n_shards}.lock"
    # The gate lets one at a time look who is there and come in.
    with _held(folder / "gate.lock", wait=True):
        for other in sorted(folder.glob("*-of-*.lock")):
            if not other.name.endswith(f"-of-{n_shards}.lock"):
                with _held(other, wait=False) as free:
                    _require(free, out, other)
        handle = _open(own)
        try:
            _require(_lock(handle, wait=False), out, own)
        except BaseException:
            os.close(handle)
            raise
    try:
        yield
    finally:
        os.close(handle)


def _require(free: bool, out: str, file: Path) -> None:
    if not free:
        raise UsageError(
            f"{out}: another run ({file.stem}) is writing there: wait for it, or give another "
            "folder; parts of one run need the same n in --shard i/n"
        )


@contextmanager
def _held(file: Path, *, wait: bool) -> Iterator[bool]:
    """Lock a file for a moment; yield whether that was possible."""
    handle = _open(file)
    try:
        yield _lock(handle, wait=wait)
    finally:
        os.close(handle)


def _open(file: Path) -> int:
    with plain_errors(file):
        return os.open(file, os.O_RDWR | os.O_CREAT, 0o666)


def _lock(handle: int, *, wait: bool) -> bool:
    """Lock an open file until it is closed or its process ends."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415

        how = msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK
        try:
            msvcrt.locking(handle, how, 1)
        except OSError:
            return False
        return True
    import fcntl  # noqa: PLC0415

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:
        # A file system without locks; the documentation says what that means.
        return True
    return True
