"""`ScoredEvent` rows and `SleepStage` lists: what NSRR XML took over from Compumedics Profusion.

Finding code: ``scoring.epoch-length``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from psgscore.errors import ScoringFileError
from psgscore.io.formats.foreign import Source
from psgscore.io.formats.xml_tree import Element
from psgscore.io.formats.xml_values import clipped, length_s, measures, number, seconds
from psgscore.io.recording import Annotation
from psgscore.io.scoring_stages import EPOCH_S
from psgscore.model.finding import Finding

# Element names, the same in both formats.
EVENTS, EVENT = "ScoredEvents", "ScoredEvent"
STAGES, STAGE = "SleepStages", "SleepStage"
EPOCH_LENGTH, START, DURATION = "EpochLength", "Start", "Duration"
NOTES = ("Notes", "Text", "Note", "Comment")
TECHNICIAN_NOTES = "Technician Notes"

VOCABULARY = "nsrr"

_MEASURES = {
    "SpO2Nadir": "spo2_nadir_pct",
    "LowestSpO2": "spo2_nadir_pct",
    "SpO2Baseline": "spo2_baseline_pct",
    "Desaturation": "spo2_drop_pct",
}
_SHORTEST_EPOCH_S, _LONGEST_EPOCH_S = 1.0, 600.0
_WEEK_S = 7 * 86400.0


def scored_events(root: Element) -> list[Element]:
    """Return the `ScoredEvent` elements, in the order of the file."""
    return [row for table in root.every(EVENTS) for row in table.every(EVENT)]


def epoch_length_s(root: Element, source: Source) -> float | None:
    """Return the length of an epoch, None where the file does not say it.

    Raises
    ------
    ScoringFileError
        It is no number, or no length an epoch has.
    """
    told = root.first(EPOCH_LENGTH)
    if told is None or not told.text:
        return None
    value = number(told.text)
    if value is None or not _SHORTEST_EPOCH_S <= value <= _LONGEST_EPOCH_S:
        raise ScoringFileError(
            f"{source.name}, line {told.line}: {EPOCH_LENGTH} is {told.text[:40]!r}: an epoch "
            f"lasts {_SHORTEST_EPOCH_S:g} to {_LONGEST_EPOCH_S:g} s, mostly {EPOCH_S:g}"
        )
    return value


def listed_stages(
    root: Element, source: Source, epoch_s: float | None
) -> tuple[list[Annotation], list[Finding]]:
    """Return the stages of a `SleepStages` list, one epoch each from second 0 on.

    A code becomes the word ``SleepStage 5``, so that a label table says what it means; a
    missing one is ``?``. Anything but a number is a word already.
    """
    rows = [row for table in root.every(STAGES) for row in table.every(STAGE)]
    length = EPOCH_S if epoch_s is None else epoch_s
    stages = [
        Annotation(place * length, length, _stage_word(row.text)) for place, row in enumerate(rows)
    ]
    if not rows or epoch_s is not None:
        return stages, []
    message = f"does not say how long its epochs are: taken to last {EPOCH_S:g} s"
    return stages, [Finding("scoring.epoch-length", message, source.name)]


def _stage_word(text: str) -> str:
    value = number(text)
    if value is None or value != round(value):
        return clipped(text) or "?"
    # A label table takes "-" for a blank.
    sign = "minus " if value < 0 else ""
    return f"{STAGE} {sign}{abs(round(value))}"


def timed(row: Element, text: str, channel: str, source: Source) -> Annotation:
    """Return a `ScoredEvent` with the word and channel its format gives.

    Raises
    ------
    ScoringFileError
        No start, or a time that is none.
    """
    start = row.first(START)
    if start is None:
        raise ScoringFileError(f"{source.name}, line {row.line}: {text[:60]!r} has no {START}")
    return Annotation(
        seconds(start.text, START, source, start.line),
        length_s(row.value(DURATION), DURATION, source, row.line),
        clipped(text),
        clipped(channel),
    )


def remark(row: Element) -> str:
    """Return what a technician wrote, "" where nothing."""
    return next((found for found in map(row.value, NOTES) if found), "")


def measures_of(rows: Sequence[Element], source: Source) -> dict[str, list[float]]:
    """Return the oxygen saturations that some of the rows have.

    Raises
    ------
    ScoringFileError
        One is no number.
    """
    return measures(rows, _MEASURES, source)


def in_epochs(stages: Iterable[Annotation], epoch_s: float | None) -> list[Annotation]:
    """Cut long stages into epochs where the file counts in epochs of less than 30 s."""
    rows = list(stages)
    total_s = sum(row.duration_s or 0.0 for row in rows)
    if epoch_s is None or epoch_s >= EPOCH_S or total_s > _WEEK_S:
        return rows
    return [part for row in rows for part in _cut(row, epoch_s)]


def _cut(row: Annotation, epoch_s: float) -> list[Annotation]:
    count = (row.duration_s or 0.0) / epoch_s
    if count < 1 or count != round(count):
        return [row]
    return [
        Annotation(row.onset_s + k * epoch_s, epoch_s, row.text, row.channel)
        for k in range(round(count))
    ]
