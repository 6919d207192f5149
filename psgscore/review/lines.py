"""The lines of a journal as they lie on the disk, read without the right to write them."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psgscore.errors import EditError, JournalError
from psgscore.progress import Progress, silent
from psgscore.review.edits import Entry
from psgscore.review.entries import read_entry

LONGEST_LINE = 1 << 16
_TELL_EVERY = 1 << 12


def entries_in(path: Path, first: int = 1, progress: Progress = silent) -> Iterator[Entry]:
    """Yield the entries of a journal, whatever it is about.

    Parameters
    ----------
    path : Path
        The journal.
    first : int
        Number of the first entry that is wanted; those before it are not looked at.
    progress : callable
        Told how far the reading has come.

    Raises
    ------
    JournalError
        A line is no entry; the message gives its number.
    """
    with plain_errors(path):
        size = max(path.stat().st_size, 1)
        place = 0
        for number, line in lines(path):
            place += len(line)
            if number % _TELL_EVERY == 0:
                progress(f"reading {number} edits of the journal", min(place / size, 1.0))
            # Entry n is line n + 1: the first line says what the journal is about.
            if number > max(first, 1) and line.endswith(b"\n"):
                try:
                    yield read_entry(line)
                except EditError as error:
                    raise damaged(path, number, str(error)) from None


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield number and bytes of every line, their ends included."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise damaged(path, number, "the line is too long")
            yield number, line


def torn(path: Path) -> bytes:
    """Return what stands behind the last end of a line."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(size - LONGEST_LINE - 1, 0))
        return file.read().rpartition(b"\n")[2]


def damaged(path: Path, number: int, why: str) -> JournalError:
    """Return the error of a line that is none."""
    return JournalError(
        f"{path.name}, line {number}: {why}: the journal is damaged there. Move it away to begin "
        "anew, or put the line right from a backup"
    )


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Say in one sentence what the system did not do."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            why += ". What was saved before is on the disk: free some space and do it again"
        raise JournalError(f"{path.name}: cannot be read or written: {why}") from None
