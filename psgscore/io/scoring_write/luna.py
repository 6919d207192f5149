"""Luna ``.annot``: class, instance, channel, start, stop and meta, separated by tabs.

Luna refuses a file in which anything begins before the recording.
"""

from __future__ import annotations

import re
from functools import lru_cache

from psgscore.io.atomic import OutputFolder
from psgscore.io.event_meanings import kind_meaning
from psgscore.io.formats.cells import is_missing
from psgscore.io.formats.vocabulary import vocabulary
from psgscore.io.scoring_labels import OTHER
from psgscore.io.scoring_words import read_as
from psgscore.io.scoring_write.rows import number_text, stage_name, stage_rows
from psgscore.io.scoring_write.written import About, WrittenFormat
from psgscore.io.tables import measure_names, number_cells
from psgscore.model.events import Events
from psgscore.model.scoring import Scoring

_HEADER = "class\tinstance\tchannel\tstart\tstop\tmeta"
_NONE = "."
_BLANK = re.compile("[\\s\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# Between these a name of a measure stands in the column meta.
_NAME = re.compile(r"[^\s|;=,\[\]]+")


def write(out: OutputFolder, name: str, scoring: Scoring, _: About) -> None:
    """Write every epoch and event; measures as ``name=value`` in the last column."""
    lines = [*_declarations(scoring.events), _HEADER]
    stages, events = stage_rows(scoring.hypnogram), scoring.events
    rows = [
        (start, stop, stage_name(stage), "", "")
        for start, stop, stage in zip(
            stages.start_s.tolist(),
            stages.stop_s.tolist(),
            [] if scoring.hypnogram is None else scoring.hypnogram.stages.tolist(),
            strict=True,
        )
    ]
    rows += [
        (event.start_s, event.stop_s, _class(event.kind, event.channel), event.channel, meta)
        for event, meta in zip(events, _metas(events), strict=True)
    ]
    for start_s, stop_s, word, channel, meta in sorted(rows):
        start, stop = number_cells([start_s, stop_s])
        cells = (_cell(word), _NONE, _cell(channel), start, stop, meta or _NONE)
        lines.append("\t".join(cells))
    out.write_text(name, "\n".join(lines) + "\n")


def _declarations(events: Events) -> list[str]:
    """Return the lines that say what a class is, and which numbers it has."""
    lines = []
    for kind in sorted(set(events.kind.tolist())):
        own = events.where(events.kind == kind)
        names = [f"{name}[num]" for name in _measures(own)]
        meaning = kind_meaning(OTHER if kind.startswith(f"{OTHER}:") else kind)
        parts = [_cell(one).replace("|", "/") for one in (_class(kind, ""), meaning)]
        lines.append("# " + " | ".join([*parts, *([" ".join(names)] if names else [])]))
    return lines


def _measures(events: Events) -> list[str]:
    """Return the measures that some event has and the column meta can hold."""
    return [
        name
        for name in measure_names(events)
        if _NAME.fullmatch(name) and any(map(number_text, events.measures[name].tolist()))
    ]


def _metas(events: Events) -> list[str]:
    names = _measures(events)
    columns = [[number_text(value) for value in events.measures[name].tolist()] for name in names]
    rows = zip(*columns, strict=True) if columns else [()] * len(events)
    return [
        "|".join(f"{name}={cell}" for name, cell in zip(names, row, strict=True) if cell)
        for row in rows
    ]


@lru_cache(maxsize=4096)
def _class(kind: str, channel: str) -> str:
    word = kind.removeprefix(f"{OTHER}:")
    plain = _cell(word) == word and not word.startswith("#")
    return word if plain and read_as(word, channel, vocabulary("luna")) == kind else kind


def _cell(text: str) -> str:
    """Return a text as a cell: on one line, and never one that stands for nothing."""
    plain = _BLANK.sub(" ", text).strip()
    return _NONE if is_missing(plain) else plain


FORMAT = WrittenFormat(
    name="luna", title="Luna .annot", endings=(".annot",), write=write, earliest_s=0.0
)
