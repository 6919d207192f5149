"""``psgscore trend``: the scores of a folder and notes in, a page and a table over nights out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from psgscore.errors import InputPathError, NotScorableError, UsageError
from psgscore.io.atomic import atomic_outputs
from psgscore.io.folder_walk import tree_of
from psgscore.io.night_notes import NightNotes, NoteRow, read_notes
from psgscore.io.outputs import spare
from psgscore.io.score_read import read_score
from psgscore.io.summary_csv import rows_csv
from psgscore.progress import Progress, silent
from psgscore.report.trend_html import render_trend
from psgscore.report.trend_view import Trend
from psgscore.score.summary import summary_columns, summary_row
from psgscore.score.summary_column import Cell
from psgscore.score.trend_nights import TrendNight, in_order, note_columns

ENDING = ".score.json"
_LEAST = 2
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrendResult:
    """What was put together, and the files that were written."""

    trend: Trend
    files: tuple[Path, ...]


def run_trend(
    folder: Path, notes: Path | None, output: Path, *, progress: Progress = silent
) -> TrendResult:
    """Read every score below a folder and write ``trend.html`` and ``trend.csv``.

    Parameters
    ----------
    folder : Path
        Holds the ``STEM.score.json`` of one person's nights.
    notes : Path or None
        What is noted of the nights.
    output : Path
        Folder for the results, made if it is missing.
    progress : callable
        Told each step as it begins, and the share of the work that is done.

    Raises
    ------
    NotScorableError
        Fewer than two nights, or one recording twice.
    PsgscoreError
        A score or the notes cannot be read; the output cannot be written.
    """
    progress("reading the scores", 0.0)
    paths = _score_files(folder)
    nights = [TrendNight(name=name, score=read_score(path)) for name, path in paths.items()]
    trend = trend_of(nights, None if notes is None else read_notes(notes))
    progress("writing the page", 0.5)
    with atomic_outputs(output) as out:
        out.write_text("trend.html", render_trend(trend))
        out.write_text("trend.csv", trend_csv(trend))
        spare(out.written, {*paths.values(), *([] if notes is None else [notes])})
    return TrendResult(trend=trend, files=out.written)


def trend_of(nights: Sequence[TrendNight], notes: NightNotes | None = None) -> Trend:
    """Put nights and notes together, in order.

    Raises
    ------
    NotScorableError
        Fewer than two nights, or one recording twice.
    UsageError
        Two rows of the notes for one night, or a row for more than one.
    """
    _require_nights(nights)
    rows = {} if notes is None else _matched(nights, notes)
    noted = [_with_notes(night, rows.get(night.name)) for night in nights]
    ordered, by_date = in_order(noted)
    used = {id(row) for row in rows.values()}
    return Trend(
        nights=ordered,
        by_date=by_date,
        notes="" if notes is None else notes.name,
        columns=()
        if notes is None
        else note_columns(ordered, notes.columns, decimal_comma=notes.decimal_comma),
        without_notes=tuple(one.name for one in ordered if notes and one.name not in rows),
        without_score=()
        if notes is None
        else tuple(row.night for row in notes.rows if id(row) not in used),
    )


def trend_csv(trend: Trend) -> str:
    """Return one row per night: its place, date and name, its summary, and its notes."""
    columns = summary_columns([night.score for night in trend.nights])
    names = [column.name for column in columns]
    header = ["night", "order", "date", *names, *(f"note_{one.name}" for one in trend.columns)]
    rows: list[list[Cell]] = []
    for place, night in enumerate(trend.nights):
        row = summary_row(night.score, columns)
        notes = [night.notes.get(column.name) for column in trend.columns]
        rows.append([night.name, place + 1, night.date or None, *row.values(), *notes])
    return rows_csv(header, rows)


def _score_files(folder: Path) -> dict[str, Path]:
    """Return every score below a folder by the shortest name that tells it apart."""
    if not folder.is_dir():
        what = "is no folder" if folder.exists() else "no such folder"
        raise InputPathError(f"{folder}: {what}: give the folder with the scores of the nights")
    found = [one for one in tree_of(folder).files if one.endswith(ENDING)]
    stems = [PurePosixPath(one).name.removesuffix(ENDING) for one in found]
    if len(set(stems)) < len(stems):
        stems = [one.removesuffix(ENDING) for one in found]
    if len(found) < _LEAST:
        raise NotScorableError(str(folder), (_too_few(stems),))
    return {stem: folder / one for stem, one in zip(stems, found, strict=True)}


def _require_nights(nights: Sequence[TrendNight]) -> None:
    if len(nights) < _LEAST:
        raise NotScorableError("trend", (_too_few([night.name for night in nights]),))
    seen: dict[str, str] = {}
    for night in nights:
        sha256 = night.score.provenance.input_sha256
        if sha256 and sha256 in seen:
            reason = (
                f"{seen[sha256]} and {night.name} are scores of the same recording, which would "
                "count twice: leave one of them in the folder"
            )
            raise NotScorableError("trend", (reason,))
        seen[sha256] = night.name


def _too_few(names: Sequence[str]) -> str:
    found = f"one was found ({names[0]})" if names else "none was found"
    return (
        f"a trend needs at least {_LEAST} nights, and {found}: score more nights of this person "
        f"into it with psgscore score, each makes a STEM{ENDING}"
    )


def _matched(nights: Sequence[TrendNight], notes: NightNotes) -> dict[str, NoteRow]:
    """Return the row of the notes for each night, by the name of the night."""
    rows: dict[str, NoteRow] = {}
    for row in notes.rows:
        meant = _meant(row.night, nights)
        where = f"{notes.name}, line {row.line}: night {row.night!r}"
        if len(meant) > 1:
            names = ", ".join(night.name for night in meant)
            raise UsageError(f"{where} is more than one night ({names}): use the file names")
        for night in meant:
            if night.name in rows:
                other = rows[night.name].line
                raise UsageError(f"{where} is {night.name}, as in line {other}: keep one")
            rows[night.name] = row
    return rows


def _meant(word: str, nights: Sequence[TrendNight]) -> list[TrendNight]:
    """Return the nights a row may mean: by name, study ID, or a date in the name."""
    stem = word.removesuffix(ENDING)
    for names_of in (_name, _other_names, _study_id, _days):
        found = [night for night in nights if stem in names_of(night)]
        if found:
            return found
    return []


def _name(night: TrendNight) -> tuple[str, ...]:
    return (night.name,)


def _other_names(night: TrendNight) -> tuple[str, ...]:
    recording = PurePosixPath(night.score.provenance.input_name)
    names = (PurePosixPath(night.name).name, recording.name, recording.stem)
    return tuple(name for name in names if name)


def _study_id(night: TrendNight) -> tuple[str, ...]:
    return tuple(filter(None, (night.score.subject.study_id,)))


def _days(night: TrendNight) -> tuple[str, ...]:
    dashed = re.sub(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})(?!\d)", r"\1-\2-\3", night.name)
    return tuple(_ISO_DAY.findall(dashed))


def _with_notes(night: TrendNight, row: NoteRow | None) -> TrendNight:
    return night if row is None else replace(night, date=row.date, notes=row.cells)
