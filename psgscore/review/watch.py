"""Whether a recording under review is still the file that its score was made from."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

from psgscore.errors import JournalError, PsgscoreError

Marks = tuple[int, ...]


class Watch:
    """A recording that must not change; what its file system says of it is enough until it does.

    Parameters
    ----------
    path : Path
        The recording; watched from now on, so before anything is read of it.
    hashed : callable
        Returns the SHA-256 of a file.
    """

    def __init__(self, path: Path, hashed: Callable[[Path], str]) -> None:
        self._path, self._hashed = path, hashed
        self._first = self._seen = self._marks()
        self._sha256: str | None = None
        self._lock = threading.Lock()

    def require(self, sha256: str) -> None:
        """Raise JournalError unless the file has that hash; reads it if that is not known yet."""
        with self._lock:
            self._require(sha256)

    def require_if_touched(self, sha256: str) -> None:
        """Do as `require` if the file was touched since the watch began, else nothing."""
        if self._marks() != self._first:
            self.require(sha256)

    def _require(self, sha256: str) -> None:
        marks = self._marks()
        if self._sha256 is None or marks != self._seen:
            self._sha256 = None
            try:
                self._sha256 = self._hashed(self._path)
            except PsgscoreError:
                raise JournalError(
                    f"{self._path.name}: cannot be read any more: put the recording back, or "
                    "connect its disk again, then go on. Nothing was saved meanwhile"
                ) from None
            self._seen = marks
        if self._sha256 == sha256:
            return
        if marks == self._first:
            raise JournalError(
                f"{self._path.name}: is not the file its score was made from: give another "
                "output folder"
            )
        raise JournalError(
            f"{self._path.name}: was changed or replaced while the review was open: put the "
            "recording back that the review began with, then go on. Nothing was saved meanwhile"
        )

    def _marks(self) -> Marks:
        """Return what changes when a file is written, replaced or moved; nothing without one."""
        try:
            found = os.stat(self._path)
        except OSError:
            return ()
        return (
            found.st_dev,
            found.st_ino,
            found.st_size,
            found.st_mtime_ns,
            found.st_ctime_ns,
        )
