"""Parquet: the columns of the CSV, for data frames; needs the extra ``parquet``."""

from __future__ import annotations

import json

from psgscore._version import __version__
from psgscore.errors import UsageError
from psgscore.io.atomic import OutputFolder
from psgscore.io.scoring_write.rows import stage_rows
from psgscore.io.scoring_write.written import About, WrittenFormat
from psgscore.io.tables import CSV_COLUMNS
from psgscore.model.events import Events
from psgscore.model.scoring import Scoring


def write(out: OutputFolder, name: str, scoring: Scoring, about: About) -> None:
    """Write one row per epoch and event; what is known of the file as metadata ``psgscore``.

    Raises
    ------
    UsageError
        pyarrow is not installed, or a measure or text has the name of another column.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError:
        raise UsageError(
            'Parquet needs pyarrow: python -m pip install "psgscore[parquet]"'
        ) from None
    rows = Events.concat([stage_rows(scoring.hypnogram), scoring.events])
    names = [*CSV_COLUMNS, *rows.measures, *rows.texts]
    twice = next((one for one in names if names.count(one) > 1), None)
    if twice is not None:
        raise UsageError(f"two columns would be called {twice!r}: choose another format")
    columns = [rows.kind, rows.start_s, rows.duration_s, rows.channel]
    columns += [*rows.measures.values(), *rows.texts.values()]
    told = {
        "version": __version__,
        "source": about.source,
        "start": None if about.start is None else about.start.isoformat(),
        "epoch_s": None if scoring.hypnogram is None else scoring.hypnogram.epoch_s,
        "covers": sorted(scoring.covers),
    }
    lists = [column.tolist() for column in columns]
    numbers = {"onset_s", "duration_s", *rows.measures}
    kinds = [pa.float64() if one in numbers else pa.string() for one in names]
    arrays = [pa.array(_writable(cells), kind) for cells, kind in zip(lists, kinds, strict=True)]
    fields = [pa.field(one, kind) for one, kind in zip(names, kinds, strict=True)]
    table = pa.table(arrays, pa.schema(fields, {"psgscore": json.dumps(told)}))
    pq.write_table(table, out.path(name))


def _writable(cells: list[object]) -> list[object]:
    """Return cells whose texts UTF-8 can hold."""
    return [
        one.encode("utf-8", "backslashreplace").decode() if isinstance(one, str) else one
        for one in cells
    ]


FORMAT = WrittenFormat(
    name="parquet",
    title="Parquet",
    endings=(".parquet",),
    write=write,
    holds_texts=True,
    read_by_psgscore=False,
)
