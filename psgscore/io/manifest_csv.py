"""A manifest as CSV: one row per recording and scorer."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from psgscore.errors import InputPathError, UsageError, did_you_mean

COLUMNS = (
    "recording",
    "scoring",
    "stage_codes",
    "labels",
    "channels",
    "subject",
    "night",
    "scorer",
    "note",
)
EXTRA = ("age", "sex", "study_id", "lights_off", "lights_on", "table")
"""Columns a manifest may have besides."""
SEPARATOR = ";"
_BETWEEN = re.compile(r"((?:[^;\\]|\\.)+)(?:;|$)", re.DOTALL)


def manifest_csv(rows: Iterable[Sequence[str]]) -> str:
    """Return the text of a manifest.

    Parameters
    ----------
    rows : iterable of sequence of str
        Cells in the order of `COLUMNS`.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    return text.getvalue()


def joined(paths: Iterable[str]) -> str:
    r"""Return several paths as one cell.

    Examples
    --------
    >>> print(joined(["a.edf", "b;c.txt"]))
    a.edf;b\;c.txt
    """
    return SEPARATOR.join(re.sub(r"([;\\])", r"\\\1", path) for path in paths)


def paths_of(cell: str) -> tuple[str, ...]:
    r"""Return the paths of a cell that `joined` wrote.

    Examples
    --------
    >>> paths_of(r"a.edf;b\;c.txt")
    ('a.edf', 'b;c.txt')
    """
    return tuple(re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL) for part in _BETWEEN.findall(cell))


def read_manifest(path: Path) -> list[dict[str, Any]]:
    """Read a manifest; columns of `COLUMNS` and `EXTRA` that are not there are "".

    Returns
    -------
    list of dict
        One per row; ``scoring`` is a tuple of paths, ``age`` a number or None, all else text.

    Raises
    ------
    UsageError
        It cannot be read, has no column ``recording``, one that is not known, or a row that
        does not say which recording.
    """
    try:
        lines = list(csv.reader(io.StringIO(_text(path), newline=""), strict=True))
    except csv.Error as error:
        raise UsageError(f"{path}: is no CSV: {error}") from None
    header = [name.strip() for name in lines[0]] if lines else []
    if "recording" not in header:
        raise UsageError(f"{path}: no column 'recording' in its first line: is it a manifest?")
    for name in header:
        if name not in (*COLUMNS, *EXTRA):
            raise UsageError(f"{path}: column {name!r}:{did_you_mean(name, (*COLUMNS, *EXTRA))}")
    return [
        _row(header, cells, f"{path}: row {n}") for n, cells in enumerate(lines[1:], 2) if cells
    ]


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise InputPathError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path}: is not UTF-8: save the manifest as UTF-8") from None


def _row(header: Sequence[str], cells: Sequence[str], where: str) -> dict[str, Any]:
    if len(cells) != len(header):
        raise UsageError(f"{where} has {len(cells)} cells, the first line {len(header)}")
    row: dict[str, Any] = dict.fromkeys((*COLUMNS, *EXTRA), "")
    row |= {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    if not row["recording"]:
        raise UsageError(f"{where} names no recording")
    if row["sex"] not in ("", "M", "F"):
        raise UsageError(f"{where}: sex {row['sex']!r}: write M, F or nothing")
    row["age"] = _age(row["age"], where)
    row["scoring"] = paths_of(row["scoring"])
    return row


def _age(text: str, where: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        raise UsageError(f"{where}: age {text!r} is no number") from None
