"""Numbers of a comparison as texts, and tables as plain text and as Markdown."""

from __future__ import annotations

from psgscore.agree.events import Spread
from psgscore.agree.indices import Estimate
from psgscore.agree.stages import StageAgreement
from psgscore.report.parts import Table

NONE = "-"
STAGE_COLUMNS = ("epochs both scored", "left out", "agreement", "kappa", "macro F1")


def number(value: float | None, decimals: int = 3) -> str:
    """Return a number, "-" for what cannot be known; minus zero is zero."""
    if value is None:
        return NONE
    text = f"{value:.{decimals}f}"
    return text.removeprefix("-") if not float(text) else text


def estimate(one: Estimate, decimals: int = 3) -> str:
    """Return a number with its interval in brackets, where there is one."""
    text = number(one.value, decimals)
    if one.value is None or one.low is None:
        return text
    return f"{text} ({number(one.low, decimals)} to {number(one.high, decimals)})"


def typical(one: Spread) -> str:
    """Return median, quartiles and mean of differences in seconds."""
    if one.median_s is None:
        return NONE
    quartiles = f"{number(one.q1_s, 2)} to {number(one.q3_s, 2)}"
    return f"{number(one.median_s, 2)} ({quartiles}), mean {number(one.bias_s, 2)} s"


def stage_cells(one: StageAgreement | None) -> tuple[str, ...]:
    """Return epochs, epochs left out, agreement, kappa and macro F1."""
    if one is None:
        return (NONE,) * 5
    shares = (number(one.accuracy), number(one.kappa), number(one.macro_f1))
    return (str(one.n_epochs), str(one.left_out), *shares)


def _texts(table: Table) -> list[list[str]]:
    """Return head and rows of a table as cells; notes follow in brackets."""
    rows = [[*table.heads, *table.columns]]
    for row in table.rows:
        label = f"{row.label} ({row.note})" if row.note else row.label
        subs = [row.sub] if len(table.heads) > 1 else []
        rows.append([label, *subs, *(cell.text for cell in row.cells)])
    return rows


def whole(table: Table) -> list[str]:
    """Return a table as lines of plain text in columns."""
    rows = _texts(table)
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    first = len(table.heads) if table.numeric else len(widths)
    lines = [table.title]
    for row in rows:
        told = [
            cell.ljust(width) if n < first else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(f"  {'  '.join(told)}".rstrip())
    return [*lines, *(f"  {note}" for note in table.notes)]


def markdown(table: Table) -> list[str]:
    """Return a table as lines of Markdown."""
    head, *rows = ([escaped(cell) for cell in row] for row in _texts(table))
    rule = ["---"] * len(table.heads) + ["--:" if table.numeric else "---"] * len(table.columns)
    lines = [f"| {' | '.join(row)} |" for row in (head, rule, *rows)]
    return [f"**{escaped(table.title)}**", "", *lines, *(f"\n{note}" for note in table.notes)]


def escaped(text: str) -> str:
    """Return text that Markdown shows as it is."""
    plain = " ".join(text.split())
    for sign in "\\`*_[]<>|":
        plain = plain.replace(sign, f"\\{sign}")
    return plain
