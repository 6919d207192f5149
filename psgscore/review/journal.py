"""The journal of a review: lines of JSON, appended, on the disk before anybody is told."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from psgscore.errors import EditError, JournalError
from psgscore.io.positioned import read_at
from psgscore.model.finding import Finding
from psgscore.progress import Progress, silent
from psgscore.review.binding import Binding, mismatch
from psgscore.review.edits import Entry
from psgscore.review.entries import document_of, entry_line
from psgscore.review.lines import (
    LONGEST_LINE,
    damaged,
    entries_in,
    lines,
    plain_errors,
    torn,
)
from psgscore.review.lock import FLAGS, Lock
from psgscore.review.replay import Replay

FORMAT = 1
ENDING = ".review.jsonl"
_CHUNK_BYTES = 1 << 20


class Journal:
    """A journal that is open, for writing with its lock or for reading without."""

    def __init__(self, path: Path, lock: Lock | None) -> None:
        self.path = path
        self.findings: list[Finding] = [] if lock is None else list(lock.findings)
        self._lock = lock
        self._file: BinaryIO | None = None
        self._size = 0
        self._rescued = ""

    @classmethod
    def open(cls, path: Path, binding: Binding, *, write: bool = True) -> Journal:
        """Open a journal, or begin it.

        Parameters
        ----------
        path : Path
            ``STEM.review.jsonl``.
        binding : Binding
            What it must be about.
        write : bool
            Without it nothing on the disk is touched, not even a torn last line.

        Raises
        ------
        JournalBusyError
            Another process writes it.
        JournalError
            It is about something else, or cannot be read or written.
        """
        lock = Lock.acquire(path.with_suffix(".lock")) if write else None
        journal = cls(path, lock)
        try:
            with plain_errors(path):
                journal._begin(binding)
        except BaseException:
            journal.close()
            raise
        return journal

    def entries(self, first: int = 1, progress: Progress = silent) -> Iterator[Entry]:
        """Return the entries on the disk, one after the other; see `entries_in`."""
        return entries_in(self.path, first, progress)

    def follow(self, replay: Replay, progress: Progress = silent) -> None:
        """Let a replay follow the journal to its end; errors as `entries_in`."""
        for entry in self.entries(progress=progress):
            try:
                replay.step(entry)
            except EditError as error:
                raise damaged(self.path, replay.n + 2, str(error)) from None

    def append(self, entry: Entry) -> None:
        """Put an entry on the disk; it is there when this returns, or nothing is.

        Raises
        ------
        JournalError
            It was opened for reading, the disk does not take it, or the file is no longer the one
            that was opened.
        """
        if self._file is None:
            raise JournalError(f"{self.path.name}: is open for reading only")
        line = entry_line(entry)
        if len(line) > LONGEST_LINE:
            raise JournalError(f"{self.path.name}: an edit of {len(line)} bytes is too long")
        self.require_untouched()
        with plain_errors(self.path):
            self._write(self._file.fileno(), line)

    def require_untouched(self) -> None:
        """Raise JournalError if the open file is not the one of that name, or others wrote it.

        What the journal held is kept beside it when the file has no name any more.
        """
        if self._file is None:
            return
        with plain_errors(self.path):
            why = self._astray(self._file.fileno())
        if why:
            raise JournalError(f"{self.path.name}: {why}. Nothing more was saved")

    def close(self) -> None:
        """Close the file and give the lock back."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._lock is not None:
            self._lock.release()

    def _begin(self, binding: Binding) -> None:
        there = self.path.exists() and self.path.stat().st_size > 0
        if self._lock is None:
            if there:
                self._require(binding)
                self._note_torn(torn(self.path), kept="")
            return
        if there:
            self._recover()
            there = self.path.stat().st_size > 0
        if there:
            self._require(binding)
        fd = os.open(self.path, FLAGS | os.O_APPEND, 0o600)
        self._file = os.fdopen(fd, "ab", buffering=0)
        self._size = os.fstat(fd).st_size
        self.require_untouched()  # not by way of a link, where the system knows no O_NOFOLLOW
        if not there:
            header = {"psgscore_review": FORMAT, **binding.document}
            self._write(fd, _line(header))
            _sync_folder(self.path.parent)

    def _write(self, fd: int, line: bytes) -> None:
        """Append a line and wait for the disk; take it back if the disk is full."""
        try:
            if os.write(fd, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(fd)
        except OSError:
            os.ftruncate(fd, self._size)
            raise
        self._size += len(line)

    def _astray(self, fd: int) -> str:
        """Say what became of the file since it was opened and what to do, "" for nothing."""
        found = os.fstat(fd)
        try:
            there = os.path.samestat(found, self.path.lstat())
        except FileNotFoundError:
            there = False
        if there and found.st_size == self._size:
            return ""
        if there:
            return (
                "another program wrote to it while the review was open: close the recording, put "
                "the journal right from a backup if need be, and open it again"
            )
        if found.st_nlink:
            return (
                "was moved or replaced while the review was open: put it back under its name, "
                "then make the edit again"
            )
        if not self._rescued:
            self._rescued = self._rescue(fd, found.st_size)
        return (
            f"was deleted or replaced while the review was open: what it held is in "
            f"{self._rescued}. Close the recording, give that file the name of the journal to go "
            "on with it, and open the recording again"
        )

    def _rescue(self, fd: int, size: int) -> str:
        """Write what the open file holds beside where it was; return the name of that."""
        aside = _free_name(self.path, "rescued")
        with aside.open("xb") as file:
            for place in range(0, size, _CHUNK_BYTES):
                file.write(read_at(fd, min(_CHUNK_BYTES, size - place), place))
            file.flush()
            os.fsync(file.fileno())
        _sync_folder(self.path.parent)
        return aside.name

    def _require(self, binding: Binding) -> None:
        _, first = next(lines(self.path))
        try:
            header = document_of(first)
        except EditError as error:
            raise damaged(self.path, 1, str(error)) from None
        if header.get("psgscore_review") != FORMAT:
            raise JournalError(
                f"{self.path.name}: is no journal of a review of this version of psgscore: "
                "give another output folder, or move the file away"
            )
        why = mismatch(header, binding)
        if why:
            raise JournalError(f"{self.path.name}: {why}")

    def _recover(self) -> None:
        """Put a last line that was not finished aside; nothing is thrown away."""
        rest = torn(self.path)
        if not rest:
            return
        whole = self.path.stat().st_size - len(rest)
        aside = _free_name(self.path, "torn")
        with aside.open("xb") as file:
            file.write(rest)
            file.flush()
            os.fsync(file.fileno())
        with self.path.open("r+b") as journal:
            journal.truncate(whole)
            os.fsync(journal.fileno())
        _sync_folder(self.path.parent)
        self._note_torn(rest, kept=aside.name)

    def _note_torn(self, rest: bytes, *, kept: str) -> None:
        if rest:
            where = f", and was put into {kept}" if kept else ""
            message = (
                f"the last line was not finished ({len(rest)} bytes): it does not count{where}"
            )
            self.findings.append(Finding("review.torn-line", message, self.path.name))


def journal_path(folder: Path, stem: str, scorer: str = "") -> Path:
    """Return where the journal of a recording lies; a blind scorer has one of their own."""
    return folder / f"{stem}{f'.{scorer}' if scorer else ''}{ENDING}"


def _free_name(path: Path, what: str) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.{what}-{number}")).exists():
        number += 1
    return aside


def _line(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode("ascii") + b"\n"


def _sync_folder(folder: Path) -> None:
    """Make sure that a new name survives a crash, where the system can be asked to."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
