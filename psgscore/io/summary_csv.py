r"""Summaries as CSV (RFC 4180, UTF-8): one row per night, an empty cell for what is unknown.

Numbers are printed in full. In texts, what could break a row is written as in
`psgscore.io.tables`, and so is a first character that makes a spreadsheet take the cell
for a formula: ``=1+1`` is ``\u003d1+1``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from psgscore.io.tables import escape_label
from psgscore.model.score import Score
from psgscore.score.summary import summary_columns, summary_row
from psgscore.score.summary_column import Cell

_FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"


def summary_csv(score: Score) -> str:
    """Return the header and the one row of a night."""
    row = summary_row(score, summary_columns([score]))
    return rows_csv(list(row), [list(row.values())])


def rows_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table as CSV text, lines ended by CR LF as RFC 4180 asks for."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell_text(name) for name in header])
    writer.writerows([cell_text(value) for value in row] for row in rows)
    return text.getvalue()


def cell_text(value: Cell) -> str:
    r"""Return a value as it stands in a cell.

    Examples
    --------
    >>> cell_text(None), cell_text(0.1), cell_text(-2), cell_text("night-7")
    ('', '0.1', '-2', 'night-7')
    >>> print(cell_text("-2"))
    \u002d2
    """
    if value is None or value == "":
        return ""
    if not isinstance(value, str):
        return repr(value)
    text = escape_label(value)
    return f"\\u{ord(text[0]):04x}{text[1:]}" if text[0] in _FORMULA else text
