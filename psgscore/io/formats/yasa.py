"""Hypnograms of YASA: its JSON, and its table of epochs.

A list of codes, the older form, is read without a grammar. Hypnograms of fewer than five stages
do not tell N1 from N2: their words are errors, unless the user's label table has them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from psgscore.errors import ScoringFileError
from psgscore.io.formats.cells import length, seconds
from psgscore.io.formats.foreign import ForeignScoring, Format, Source
from psgscore.io.formats.json_text import begins_object, iso_moment, items, needed, parsed
from psgscore.io.recording import Annotation

_COLUMNS = ("onset", "duration", "value", "description")
_STEP = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)?\s*(ms|s|sec|min|h)", re.IGNORECASE)
_UNITS = {"ms": 0.001, "s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0}


def recognises(source: Source) -> bool:
    """Say whether a text is a hypnogram that YASA wrote as JSON."""
    return begins_object(source, "values") and _has_keys(source)


def _has_keys(source: Source) -> bool:
    # The list of values comes first and may be long: the other keys are at the end.
    ends = source.head + source.text[-4000:]
    return all(f'"{name}"' in ends for name in ("n_stages", "freq"))


def read(source: Source) -> ForeignScoring:
    """Read the JSON of a hypnogram.

    Raises
    ------
    ScoringFileError
        No JSON, a key is missing, the epochs have no length.
    """
    table = needed(parsed(source), ("values", "freq"), source)
    epoch_s = _step_s(table["freq"], source)
    start = table.get("start")
    origin = iso_moment(start)
    if start is not None and origin is None:
        raise ScoringFileError(f"{source.name}: start is {str(start)[:60]!r}, no date and time")
    stages = []
    for place, word in enumerate(items(table["values"], "values", source)):
        if not isinstance(word, str):
            raise ScoringFileError(
                f"{source.name}: value {place + 1} is {str(word)[:60]!r}, no word"
            )
        stages.append(Annotation(place * epoch_s, epoch_s, word))
    return ForeignScoring(vocabulary="", stages=stages, origin=origin)


def _step_s(text: object, source: Source) -> float:
    found = _STEP.fullmatch(str(text).strip())
    value = float(found[1] or 1) * _UNITS[found[2].lower()] if found else 0.0
    if not value > 0:
        raise ScoringFileError(
            f"{source.name}: freq is {str(text)[:60]!r}, not the length of an epoch (30s)"
        )
    return value


def recognises_table(source: Source) -> bool:
    """Say whether a table has the columns of the epochs of a hypnogram."""
    first = source.head.split("\n", 1)[0]
    names = [name.strip().strip('"').lower() for name in re.split(r"[,\t;]", first)]
    return all(name in names for name in _COLUMNS)


def read_table(source: Source) -> ForeignScoring:
    """Read the table of epochs.

    Raises
    ------
    ScoringFileError
        A row without a time or stage.
    """
    stages = []
    for place, row in table_rows(source):
        onset = seconds(row.get("onset", ""), source.name, place, "the onset")
        lasts = length(row.get("duration", ""), source.name, place)
        stages.append(Annotation(onset, lasts, row.get("description", "") or "?"))
    if not stages:
        raise ScoringFileError(f"{source.name}: a header, but no stages under it")
    return ForeignScoring(vocabulary="", stages=stages)


def table_rows(source: Source) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield line number and cells by name of column in lower case, of rows that hold something.

    Raises
    ------
    ScoringFileError
        Stray quotes, a row with more cells than the header.
    """
    lines = source.text.split("\n")
    mark = max("\t,;", key=lines[0].count)
    reader = csv.reader(lines, delimiter=mark, strict=True)
    try:
        names = [name.strip().lower() for name in next(reader, [])]
        for cells in reader:
            if any(cell.strip() for cell in cells[len(names) :]):
                raise ScoringFileError(
                    f"{source.name}, line {reader.line_num}: {len(cells)} cells, the header has "
                    f"{len(names)}"
                )
            if any(cell.strip() for cell in cells):
                row = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
                yield reader.line_num, row
    except csv.Error as error:
        raise ScoringFileError(
            f"{source.name}, line {reader.line_num}: {error}: check the quotes"
        ) from None


FORMAT = Format(name="yasa-json", title="YASA hypnogram (JSON)", recognises=recognises, read=read)
EVENTS = Format(
    name="yasa-events",
    title="YASA table of epochs",
    recognises=recognises_table,
    read=read_table,
)
