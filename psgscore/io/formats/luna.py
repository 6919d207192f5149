"""Annotation files of Luna: ``.annot``, one interval per row, and ``.eannot``, one label per epoch.

A stop of ``...`` lasts until the start of the next row of the file, of whatever class, as the
manual of Luna has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from psgscore.errors import ScoringFileError
from psgscore.io.formats.cells import is_missing
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.luna_clock import Row, placed
from psgscore.io.formats.luna_meta import Meta
from psgscore.io.formats.luna_times import EPOCH_S, UNTIL_NEXT, when
from psgscore.io.formats.vocabulary import vocabulary
from psgscore.io.recording import Annotation
from psgscore.model.finding import Finding

_NAMES = ("class", "instance", "channel", "start", "stop", "meta")
_SHORT = {3: ("class", "start", "stop"), 4: ("class", "instance", "start", "stop"), 5: _NAMES[:5]}
_HALF_DAY = re.compile(r"(?<=\d)\s+([AaPp][Mm])\b")
# Rows about the recording that Luna writes without a time.
_ABOUT = ("start_hms", "duration_hms", "duration_sec", "epoch_sec", "annot_offset")
# Classes whose instance is the word.
_CARRIERS = ("edf_annot", "sleepstage", "sleep_stage", "stage", "stages")


@dataclass(slots=True)
class _Layout:
    """What the columns are, as far as the file has said."""

    names: tuple[str, ...] = ()
    types: dict[str, list[str]] = field(default_factory=dict)


def recognises(source: Source) -> bool:
    """Say whether a file is called ``.annot``, or begins with the header of one."""
    if source.path.suffix.lower() == ".annot":
        return True
    lines = (line.strip() for line in source.head.split("\n"))
    first = next((line for line in lines if line and line[0] != "#"), "")
    return _is_header(_cells(first))


def read(source: Source) -> ForeignScoring:
    """Read intervals.

    Raises
    ------
    ScoringFileError
        A row with a wrong number of columns, a time that is none or that cannot be placed.
    """
    layout, meta = _Layout(), Meta()
    rows: list[Row] = []
    for place, line in enumerate(source.text.split("\n"), 1):
        if line[:1] == "#":
            _declared(line, layout)
        elif line.strip():
            cells = _cells(line)
            if not layout.names and not rows and _is_header(cells):
                layout.names = tuple(cell.lower() for cell in cells)
                continue
            told = _told(cells, layout, source, place)
            rows.append(_row(told, source, place))
            _collect(rows[-1], told, layout, meta, len(rows) - 1)
    if not rows:
        raise ScoringFileError(f"{source.name}: holds no annotations")
    on_clock = placed(rows, source)
    return ForeignScoring(
        vocabulary="luna",
        notes=on_clock.notes,
        measures=meta.measures(len(rows)),
        origin=on_clock.origin,
        dated=on_clock.dated,
        findings=tuple(_unused(meta, rows, source)),
    )


def _cells(line: str) -> list[str]:
    """Split a row at tabs, or at blanks where it has none; ``9:25:23 pm`` stays together."""
    if "\t" in line:
        return [cell.strip() for cell in line.rstrip("\t ").split("\t")]
    return _HALF_DAY.sub(r"\1", line).split()


def _is_header(cells: Sequence[str]) -> bool:
    names = [cell.lower() for cell in cells]
    return names[:1] == ["class"] and "start" in names and "stop" in names


def _declared(line: str, layout: _Layout) -> None:
    """Remember the names of ``# class | description | name[num] name[txt]``."""
    parts = [part.strip() for part in line[1:].split("|")]
    if len(parts) > 2:
        names = re.findall(r"([^\s\[\],;|]+)\s*(?:\[\w*\])?", " ".join(parts[2:]))
        layout.types[parts[0].lower()] = names


def _told(cells: list[str], layout: _Layout, source: Source, place: int) -> dict[str, str]:
    """Return the cells of a row by column."""
    names = layout.names or _SHORT.get(len(cells), _NAMES)
    if len(cells) > len(names) or len(cells) < 3:
        raise ScoringFileError(
            f"{source.name}, line {place}: {len(cells)} columns; a row has class, start, stop, or "
            f"{', '.join(names)[:200]}"
        )
    return dict(zip(names, cells, strict=False))


def _row(told: Mapping[str, str], source: Source, place: int) -> Row:
    name, instance = told.get("class", ""), told.get("instance", ".")
    if not name:
        raise ScoringFileError(f"{source.name}, line {place}: no class")
    begin, end = told.get("start", "."), told.get("stop", ".")
    if is_missing(begin) and name.lower() in _ABOUT:
        # No time of its own: it stands for the start of the recording, in no number.
        begin = "0"
    carries = name.lower() in _CARRIERS and not is_missing(instance)
    channel = told.get("channel", ".")
    is_time = not (end == UNTIL_NEXT or end[:1] == "+" or is_missing(end))
    return Row(
        line=place,
        word=instance if carries else name,
        channel="" if is_missing(channel) else channel,
        start=when(begin, source.name, place),
        stop=when(end, source.name, place) if is_time else None,
        stop_text="" if is_time else end,
        name=name,
        instance=instance,
    )


def _collect(row: Row, told: Mapping[str, str], layout: _Layout, meta: Meta, place: int) -> None:
    """Keep what a row says besides class, channel and times."""
    meta.add(place, told.get("meta", "."), layout.types.get(row.name.lower(), []))
    for name in layout.names:
        if name not in _NAMES:
            meta.keep(place, name, told.get(name, "."))


def _unused(meta: Meta, rows: Sequence[Row], source: Source) -> Iterator[Finding]:
    unused = sorted(meta.words())
    if any(
        row.word == row.name != row.instance
        and not is_missing(row.instance)
        and row.name.lower() not in _ABOUT
        for row in rows
    ):
        unused = ["instance", *unused]
    if unused:
        message = f"columns that are not used: {', '.join(map(repr, unused))}"
        yield Finding("scoring.columns-ignored", message, source.name, "note")


def recognises_epochs(source: Source) -> bool:
    """Say whether a file is called ``.eannot``: its content is any list of words."""
    return source.path.suffix.lower() == ".eannot"


def read_epochs(source: Source) -> ForeignScoring:
    """Read one label per 30-s epoch: a stage, or what happened somewhere within it.

    Raises
    ------
    ScoringFileError
        There is none.
    """
    words = vocabulary("luna")
    stages, notes = [], []
    labels = source.text.removesuffix("\n").split("\n")
    for place, line in enumerate(labels):
        word = line.strip()
        onset = place * EPOCH_S
        if is_missing(word):
            stages.append(Annotation(onset, EPOCH_S, "?"))
        elif words.listed_stage(word) is not None:
            stages.append(Annotation(onset, EPOCH_S, word))
        else:
            notes.append(Annotation(onset, EPOCH_S, f"epoch:{word}"))
    return ForeignScoring(vocabulary="luna", stages=stages, notes=notes)


FORMAT = Format(name="luna", title="Luna .annot", recognises=recognises, read=read)
EPOCHS = Format(
    name="luna-eannot", title="Luna .eannot", recognises=recognises_epochs, read=read_epochs
)
