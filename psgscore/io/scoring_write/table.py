"""Tables: BIDS ``events.tsv`` with its sidecar, and a CSV; labels are escaped as in `tables`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePath

import numpy as np

from psgscore.io.atomic import OutputFolder
from psgscore.io.score_json import json_text
from psgscore.io.scoring_tables import KNOWN_COLUMNS
from psgscore.io.scoring_write.rows import STAGE, number_text, stage_rows
from psgscore.io.scoring_write.written import About, WrittenFormat
from psgscore.io.tables import (
    CSV_COLUMNS,
    escape_label,
    events_sidecar,
    events_tsv,
    measure_names,
    number_cells,
)
from psgscore.model.events import Events
from psgscore.model.scoring import Scoring


def write_bids(out: OutputFolder, name: str, scoring: Scoring, about: About) -> None:
    """Write one row per epoch and event, and a JSON file that describes the columns."""
    rows = _rows(scoring)
    sidecar = events_sidecar(rows)
    for level in sidecar["trial_type"]["Levels"]:
        if level.startswith(STAGE):
            sidecar["trial_type"]["Levels"][level] = "stage of an epoch; ? is unscored, not wake"
    if about.start is not None:
        sidecar["onset"]["Description"] += f" It began at {about.start.isoformat()}."
    out.write_text(name, events_tsv(rows))
    out.write_text(PurePath(name).with_suffix(".json").name, json_text(sidecar))


def write_csv(out: OutputFolder, name: str, scoring: Scoring, _: About) -> None:
    """Write one row per epoch and event: kind, onset, duration, channel, measures, texts."""
    rows = _rows(scoring)
    measures, texts = measure_names(rows), sorted(rows.texts)
    columns = [
        _labels(rows.kind.tolist()),
        number_cells(rows.start_s),
        number_cells(rows.duration_s),
        _labels(rows.channel.tolist()),
        *(map(number_text, rows.measures[one].tolist()) for one in measures),
        *(_labels(rows.texts[one].tolist()) for one in texts),
    ]
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([*CSV_COLUMNS, *map(escape_label, [*measures, *texts])])
    table.writerows(zip(*columns, strict=True))
    out.write_text(name, text.getvalue())


def _rows(scoring: Scoring) -> Events:
    """Return stages and events, without the columns that would be taken for others."""
    events = scoring.events
    taken = {name.lower() for name in events.texts} & set(map(str.lower, events.measures))
    measures = {
        name: np.where(np.isfinite(values), values, np.nan)
        for name, values in events.measures.items()
        if _is_free(name)
    }
    texts = {n: w for n, w in events.texts.items() if _is_free(n) and n.lower() not in taken}
    events = replace(events, measures=measures, texts=texts)
    return Events.concat([stage_rows(scoring.hypnogram), events])


def _is_free(name: str) -> bool:
    return bool(name) and name.strip().lower() not in KNOWN_COLUMNS


def _labels(words: Iterable[str]) -> list[str]:
    # A row that begins with "#" would be a comment.
    cells = map(escape_label, words)
    return [rf"\u0023{cell[1:]}" if cell.startswith("#") else cell for cell in cells]


BIDS = WrittenFormat(
    name="bids",
    title="BIDS events.tsv and its sidecar",
    endings=(".tsv",),
    write=write_bids,
    holds_texts=True,
)
CSV = WrittenFormat(name="csv", title="CSV", endings=(".csv",), write=write_csv, holds_texts=True)
