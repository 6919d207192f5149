"""Tables with a row for each event: a clock time, a word, mostly a duration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from psgscore.errors import ScoringFileError
from psgscore.io.formats.foreign import ForeignScoring
from psgscore.io.formats.placing import Stamp, placed, stamp, stop_after
from psgscore.io.formats.rows import Row, columns_of, length_s, named, plain
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
    listed = named([name for name in left if plain(name)])
    if not listed:
        return ()
    message = f"columns that are not used: {listed}"
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
    n_named = max((place for place, name in enumerate(header, 1) if plain(name)), default=0)
    starts, told, n_beyond = [], list[tuple[float | None, str, str]](), 0
    for row in rows:
        start = stamp(row.cell(where["start"]), source, row.line)
        more = [cell for cell in row.cells[n_named:] if cell] if len(row.cells) > n_named else []
        if more:
            _refuse_decimal_comma(row, where, source)
        said = row.cell(where["event"])
        if more and where["event"] == n_named - 1:
            said = ", ".join([said, *more])
        else:
            n_beyond += bool(more)
        text, told_s = word(said or MISSING)
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
        findings=(
            *unused_columns(header, where.values(), source),
            *_cells_beyond(n_beyond, source),
        ),
    )


def _refuse_decimal_comma(row: Row, where: Mapping[str, int], source: str) -> None:
    """Refuse a row in which ``2,5`` stands in two cells: its duration would be 2 s."""
    place = where.get("duration")
    if place is None:
        return
    two = (row.cell(place), row.cell(place + 1))
    if all(part.isdecimal() for part in two):
        raise ScoringFileError(
            f"{source}, line {row.line}: more cells than the header has: is {','.join(two)} one "
            "number? A comma cannot separate the cells and be the decimal mark: export it with "
            "semicolons, or with quotes"
        )


def _cells_beyond(n_rows: int, source: str) -> tuple[Finding, ...]:
    if not n_rows:
        return ()
    message = f"cells beyond the columns of the header, in {n_rows} rows, are not used"
    return (Finding("scoring.columns-ignored", message, source, "note"),)


def _until_stop(row: Row, start: Stamp, where: Mapping[str, int], source: str) -> float | None:
    text = row.cell(where.get("stop"))
    return stop_after(start, stamp(text, source, row.line)) if text else None
