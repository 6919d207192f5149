"""One writer at a time: a lock file that says who, held by the system as long as they live."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
from pathlib import Path

from psgscore.errors import JournalBusyError, JournalError
from psgscore.io.positioned import read_at, write_at
from psgscore.model.finding import Finding

FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_FAR = 1 << 20  # Windows locks bytes against reading too: one behind the text is taken


class Lock:
    """The right to write one journal; see `acquire`.

    Parameters
    ----------
    path : Path
        The lock file.
    fd : int
        Open, and locked.
    findings : tuple of Finding
        Whose lock was taken over, if it was.
    """

    def __init__(self, path: Path, fd: int, findings: tuple[Finding, ...]) -> None:
        self.path, self.findings = path, findings
        self._fd: int | None = fd

    @classmethod
    def acquire(cls, path: Path) -> Lock:
        """Take the lock.

        Raises
        ------
        JournalBusyError
            Somebody has it; the message says who, and what to do.
        JournalError
            The lock file cannot be written.
        """
        try:
            while True:
                fd = os.open(path, FLAGS, 0o600)
                try:
                    if not _system_lock(fd):
                        raise JournalBusyError(_busy(path, _holder(fd)))
                    if _is_there(path, fd):
                        return cls(path, fd, _taken_over(path, fd))
                except BaseException:
                    os.close(fd)
                    raise
                os.close(fd)
        except OSError as error:
            raise JournalError(
                f"{path}: the lock of the review cannot be written ({error.strerror}): "
                "give an output folder you may write to"
            ) from None

    def release(self) -> None:
        """Give the lock back; a second time does nothing."""
        if self._fd is None:
            return
        fd, self._fd = self._fd, None
        with contextlib.suppress(OSError):
            os.ftruncate(fd, 0)  # Windows removes no open file: the one that stays names nobody
            self.path.unlink()
        os.close(fd)


def _taken_over(path: Path, fd: int) -> tuple[Finding, ...]:
    """Write down who has the lock now; say so if the one before never gave it back."""
    before, host = _holder(fd), socket.gethostname()
    if before and before.get("host") != host:
        # Another computer's lock may not be seen by this system at all.
        raise JournalBusyError(_busy(path, before))
    os.ftruncate(fd, 0)
    write_at(fd, json.dumps({"pid": os.getpid(), "host": host}).encode(), 0)
    os.fsync(fd)
    if not before:
        return ()
    message = (
        f"process {before.get('pid')} ended without closing the review: its journal was taken "
        "over, nothing is lost"
    )
    return (Finding("review.lock-taken-over", message, path.name, "note"),)


def _holder(fd: int) -> dict[str, object]:
    """Return who the lock file names, nothing where it names nobody."""
    try:
        found = json.loads(read_at(fd, 4096, 0))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _busy(path: Path, holder: dict[str, object]) -> str:
    pid, host = holder.get("pid", "?"), holder.get("host", "another computer")
    return (
        f"{path.name}: the review is open in process {pid!a} on {host!a}: close it "
        f"there. If that computer is switched off, delete {path}"
    )


def _is_there(path: Path, fd: int) -> bool:
    """Say whether the file that was locked is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except OSError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _system_lock(fd: int) -> bool:
        os.lseek(fd, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _system_lock(fd: int) -> bool:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
