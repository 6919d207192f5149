"""Tables with a row for each event: a clock time, a word, mostly a duration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from psgscore.io.formats.foreign import ForeignScoring
from psgscore.io.formats.placing import Stamp, placed, stamp, stop_after
from psgscore.io.formats.rows import Row, columns_of, length_s, plain
from psgscore.io.recording import Annotation
from psgscore.model.finding import Finding

MISSING = "n/a"
"""Stands for a word that a row has not."""

Word = Callable[[str], tuple[str, float | None]]


def as_it_is(text: str) -> tuple[str, float | None]:
    """Return a word that says nothing of how long it lasts."""
    return text, None


def unused_columns(names: Sequence[str], used: Iterable[int], source: str) -> tuple[Finding, ...]:
    """Return the finding that names the columns nothing is taken from."""
    taken = set(used)
    left = [name.strip() for place, name in enumerate(names) if place not in taken]
    shown = ", ".join(repr(name) for name in left if plain(name))
    if not shown:
        return ()
    message = f"columns that are not used: {shown}"
    return (Finding("scoring.columns-ignored", message, source, "note"),)


def foreign_table(
    rows: Iterable[Row],
    header: Sequence[str],
    source: str,
    *,
    vocabulary: str,
    columns: Mapping[str, int] | None = None,
    word: Word = as_it_is,
) -> ForeignScoring:
    """Read a table of clock times and words.

    Parameters
    ----------
    rows : iterable of Row
        Below the header.
    header : sequence of str
        Names of the columns.
    source : str
        Name of the file, for messages.
    vocabulary : str
        Label table of its words.
    columns : mapping of str to int, optional
        Where ``start``, ``stop``, ``event``, ``duration`` and ``channel`` stand; by default
        found by the names.
    word : callable
        Takes from a word what it says of its duration, which counts where the row gives none.

    Raises
    ------
    ScoringFileError
        A time, duration or date that cannot be understood; no rows.
    """
    where = columns_of(header) if columns is None else columns
    starts, told = [], list[tuple[float | None, str, str]]()
    for row in rows:
        start = stamp(row.cell(where["start"]), source, row.line)
        text, told_s = word(row.cell(where["event"]) or MISSING)
        lasts_s = length_s(row.cell(where.get("duration")), source, row.line)
        if lasts_s is None:
            lasts_s = told_s if told_s is not None else _until_stop(row, start, where, source)
        starts.append(start)
        told.append((lasts_s, text, row.cell(where.get("channel"))))
    times = placed(starts, source)
    notes = [Annotation(at_s, *said) for at_s, said in zip(times.at_s, told, strict=True)]
    return ForeignScoring(
        vocabulary=vocabulary,
        notes=notes,
        origin=times.origin,
        dated=times.dated,
        findings=unused_columns(header, where.values(), source),
    )


def _until_stop(row: Row, start: Stamp, where: Mapping[str, int], source: str) -> float | None:
    text = row.cell(where.get("stop"))
    return stop_after(start, stamp(text, source, row.line)) if text else None
