"""Scorings that psgscore wrote as JSON; their schema is ``configs/scoring.schema.json``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from psgscore.errors import ScoringFileError
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.json_text import begins_object, iso_moment, needed, number, parsed
from psgscore.io.recording import Annotation
from psgscore.model.hypnogram import Stage

DOCUMENT = "scoring"
SCHEMA_VERSION = 1
_SHORTEST_EPOCH_S, _LONGEST_EPOCH_S = 0.1, 3600.0
_MOST_COLUMNS = 500


def recognises(source: Source) -> bool:
    """Say whether a text is a JSON document of psgscore."""
    return begins_object(source, "schema_version", "program", "version") and (
        '"psgscore"' in source.head
    )


def read(source: Source) -> ForeignScoring:
    """Read a scoring.

    Raises
    ------
    ScoringFileError
        Another document of psgscore, a key that is missing or holds something else.
    """
    document = needed(parsed(source), ("program", "schema_version"), source)
    if document.get("document") != DOCUMENT:
        raise ScoringFileError(
            f"{source.name}: a score, not a scoring: give the STEM.events.tsv beside it "
            "instead, and STEM.hypnogram.tsv, or the file the stages came from"
        )
    if document["schema_version"] != SCHEMA_VERSION:
        raise ScoringFileError(
            f"{source.name}: schema_version is {str(document['schema_version'])[:20]!r}: this "
            f"psgscore reads {SCHEMA_VERSION}"
        )
    rows = document.get("events")
    if not isinstance(rows, list):
        raise ScoringFileError(f"{source.name}: events is no list")
    stages, epoch_s = _stages(document.get("hypnogram"), source)
    return ForeignScoring(
        vocabulary="",
        stages=stages,
        notes=[_note(row, source, place) for place, row in enumerate(rows, 1)],
        measures=_columns(rows, "measures", source, _measure, math.nan),
        texts=_columns(rows, "texts", source, _text, ""),
        covers=_covers(document.get("covers", []), source),
        epoch_s=epoch_s,
        # Second 0 is the start of the recording; the date matters where another is given.
        origin=None if source.start is None else _start(document, source),
    )


def stated_start(source: Source) -> datetime | None:
    """Return when the recording began, None where the file does not say it."""
    return _start(needed(parsed(source), (), source), source)


def _start(document: Mapping[str, Any], source: Source) -> datetime | None:
    text = document.get("start")
    start = iso_moment(text)
    if text is not None and start is None:
        raise ScoringFileError(f"{source.name}: start is {str(text)[:60]!r}, no date and time")
    return start


def _stages(value: Any, source: Source) -> tuple[list[Annotation], float | None]:
    if value is None:
        return [], None
    table = needed(value, ("start_s", "epoch_s", "stages"), source, "hypnogram")
    start_s = number(table["start_s"], source, "hypnogram: start_s")
    epoch_s = number(table["epoch_s"], source, "hypnogram: epoch_s", least=_SHORTEST_EPOCH_S)
    if epoch_s > _LONGEST_EPOCH_S:
        raise ScoringFileError(f"{source.name}: epoch_s is {epoch_s:g}: an epoch is shorter")
    names = table["stages"]
    if not isinstance(names, list):
        raise ScoringFileError(f"{source.name}: stages is no list")
    odd = [one for one in names if not (isinstance(one, str) and one in Stage.__members__)]
    if odd:
        raise ScoringFileError(
            f"{source.name}: {str(odd[0])[:60]!r} is no stage ({', '.join(Stage.__members__)})"
        )
    return [
        Annotation(start_s + place * epoch_s, epoch_s, name) for place, name in enumerate(names)
    ], epoch_s


def _note(row: Any, source: Source, place: int) -> Annotation:
    at = f"event {place}"
    told = needed(row, ("kind", "onset_s"), source, at)
    kind, channel = told["kind"], told.get("channel", "")
    if not (isinstance(kind, str) and kind and isinstance(channel, str)):
        raise ScoringFileError(f"{source.name}, {at}: kind and channel are words")
    length = number(told.get("duration_s", 0.0), source, f"{at}: duration_s", least=0.0)
    return Annotation(number(told["onset_s"], source, f"{at}: onset_s"), length, kind, channel)


def _columns(
    rows: Sequence[Mapping[str, Any]], key: str, source: Source, cell: Any, missing: Any
) -> dict[str, list[Any]]:
    """Return what the events have under `key` as columns."""
    columns: dict[str, list[Any]] = {}
    for place, row in enumerate(rows):
        values = needed(row.get(key, {}), (), source, f"event {place + 1}: {key}")
        for name, value in values.items():
            if name not in columns:
                if len(columns) == _MOST_COLUMNS:
                    raise ScoringFileError(
                        f"{source.name}: more than {_MOST_COLUMNS} different {key}"
                    )
                columns[name] = [missing] * len(rows)
            columns[name][place] = cell(value, source, f"event {place + 1}: {name}")
    return columns


def _measure(value: Any, source: Source, at: str) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < math.inf:
        raise ScoringFileError(f"{source.name}, {at}: {str(value)[:60]!r} is no number")
    try:
        return float(value)
    except OverflowError:
        raise ScoringFileError(f"{source.name}, {at}: a number too large to be one") from None


def _text(value: Any, source: Source, at: str) -> str:
    if not isinstance(value, str):
        raise ScoringFileError(f"{source.name}, {at}: {str(value)[:60]!r} is no text")
    return value


def _covers(value: Any, source: Source) -> frozenset[str]:
    if not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
        raise ScoringFileError(f"{source.name}: covers is no list of words")
    return frozenset(value)


FORMAT = Format(
    name="psgscore-json", title="JSON of `psgscore convert`", recognises=recognises, read=read
)
