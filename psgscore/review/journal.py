"""The journal of a review: lines of JSON, appended, on the disk before anybody is told."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from psgscore.errors import EditError, JournalError
from psgscore.model.finding import Finding
from psgscore.review.binding import Binding, mismatch
from psgscore.review.edits import Entry
from psgscore.review.entries import document_of, entry_line, read_entry
from psgscore.review.lock import Lock

FORMAT = 1
LONGEST_LINE = 1 << 16
ENDING = ".review.jsonl"


class Journal:
    """A journal that is open, for writing with its lock or for reading without."""

    def __init__(self, path: Path, lock: Lock | None) -> None:
        self.path = path
        self.findings: list[Finding] = [] if lock is None else list(lock.findings)
        self._lock = lock
        self._file: BinaryIO | None = None

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
            with _plain_errors(path):
                journal._begin(binding)
        except BaseException:
            journal.close()
            raise
        return journal

    def entries(self) -> Iterator[Entry]:
        """Return every entry on the disk, one after the other.

        Raises
        ------
        JournalError
            A line is none; the message gives its number.
        """
        return entries_in(self.path)

    def append(self, entry: Entry) -> None:
        """Put an entry on the disk; it is there when this returns, or nothing is.

        Raises
        ------
        JournalError
            It was opened for reading, or the disk does not take it.
        """
        if self._file is None:
            raise JournalError(f"{self.path.name}: is open for reading only")
        line = entry_line(entry)
        if len(line) > LONGEST_LINE:
            raise JournalError(f"{self.path.name}: an edit of {len(line)} bytes is too long")
        with _plain_errors(self.path):
            self._write(self._file.fileno(), line)

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
                self._note_torn(_torn(self.path), kept="")
            return
        if there:
            self._recover()
            there = self.path.stat().st_size > 0
        if there:
            self._require(binding)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
        self._file = os.fdopen(os.open(self.path, flags, 0o600), "ab", buffering=0)
        if not there:
            header = {"psgscore_review": FORMAT, **binding.document}
            self._write(self._file.fileno(), _line(header))
            _sync_folder(self.path.parent)

    def _write(self, fd: int, line: bytes) -> None:
        """Append a line and wait for the disk; take it back if the disk is full."""
        before = os.fstat(fd).st_size
        try:
            if os.write(fd, line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(fd)
        except OSError:
            os.ftruncate(fd, before)
            raise

    def _require(self, binding: Binding) -> None:
        _, first = next(_lines(self.path))
        try:
            header = document_of(first)
        except EditError as error:
            raise _damaged(self.path, 1, str(error)) from None
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
        rest = _torn(self.path)
        if not rest:
            return
        whole = self.path.stat().st_size - len(rest)
        aside = _free_name(self.path)
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


def entries_in(path: Path) -> Iterator[Entry]:
    """Yield the entries of a journal, whatever it is about; see `Journal.entries`."""
    with _plain_errors(path):
        for number, line in _lines(path):
            if number > 1 and line.endswith(b"\n"):
                try:
                    yield read_entry(line)
                except EditError as error:
                    raise _damaged(path, number, str(error)) from None


def journal_path(folder: Path, stem: str, scorer: str = "") -> Path:
    """Return where the journal of a recording lies; a blind scorer has one of their own."""
    return folder / f"{stem}{f'.{scorer}' if scorer else ''}{ENDING}"


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise _damaged(path, number, "the line is too long")
            yield number, line


def _torn(path: Path) -> bytes:
    """Return what stands behind the last end of a line."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(size - LONGEST_LINE - 1, 0))
        return file.read().rpartition(b"\n")[2]


def _free_name(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.torn-{number}")).exists():
        number += 1
    return aside


def _damaged(path: Path, number: int, why: str) -> JournalError:
    return JournalError(
        f"{path.name}, line {number}: {why}: the journal is damaged there. Move it away to begin "
        "anew, or put the line right from a backup"
    )


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


@contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
    """Say in one sentence what the system did not do."""
    try:
        yield
    except OSError as error:
        why = error.strerror or error
        raise JournalError(f"{path}: cannot be read or written: {why}") from None
