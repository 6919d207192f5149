"""A manifest as CSV: one row per recording and scorer."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

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
