"""What scorers disagree on, one row each: events of one alone, epochs with another stage."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from psgscore.agree.pairs import KindAgreement, PairAgreement
from psgscore.compare_values import Comparison, RecordingComparison
from psgscore.intervals import runs
from psgscore.model.hypnogram import Stage

MATCHED, REFERENCE_ONLY, OTHER_ONLY, DIFFERS = (
    "matched",
    "reference only",
    "other only",
    "stage differs",
)
STAGE = "stage"
_DAY_S = 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An event or stretch as two scorers have it; None where one has no event.

    Parameters
    ----------
    kind, state : str
        Kind of event, or `STAGE`; one of the four states.
    reference, other : str
        Who the two are.
    reference_span, other_span : pair of float or None
        Start and stop in seconds.
    stages : pair of str
        Of the reference and of the other, "" for events.
    """

    kind: str
    state: str
    reference: str
    other: str
    reference_span: tuple[float, float] | None
    other_span: tuple[float, float] | None
    stages: tuple[str, str] = ("", "")

    @property
    def start_s(self) -> float:
        """Where to look."""
        span = self.reference_span or self.other_span
        return 0.0 if span is None else span[0]

    @property
    def link(self) -> str:
        """What is put behind the address of the review page to get there."""
        return f"?t={self.start_s:g}"


def rows_of(pair: PairAgreement) -> Iterator[Row]:
    """Yield every event of a pair by kind and time, then every stretch of other stages."""
    names = (pair.reference, pair.other)
    for kind in pair.kinds:
        yield from sorted(_events(kind, names), key=lambda row: (row.start_s, row.state))
    yield from _stages(pair, names)


def disagreements(pair: PairAgreement) -> list[Row]:
    """Return what the two do not agree on, by time."""
    found = [row for row in rows_of(pair) if row.state != MATCHED]
    return sorted(found, key=lambda row: (row.start_s, row.kind, row.state))


def _events(kind: KindAgreement, names: tuple[str, str]) -> Iterator[Row]:
    found = kind.overlap
    if found is None:
        return
    first, second = found.reference.spans.tolist(), found.other.spans.tolist()

    def row(state: str, a: int | None, b: int | None) -> Row:
        return Row(
            kind=kind.kind,
            state=state,
            reference=names[0],
            other=names[1],
            reference_span=None if a is None else (first[a][0], first[a][1]),
            other_span=None if b is None else (second[b][0], second[b][1]),
        )

    for a, b in found.judged_pairs.tolist():
        yield row(MATCHED, a, b)
    for a in found.reference_alone.tolist():
        yield row(REFERENCE_ONLY, a, None)
    for b in found.other_alone.tolist():
        yield row(OTHER_ONLY, None, b)


def _stages(pair: PairAgreement, names: tuple[str, str]) -> Iterator[Row]:
    """Yield the stretches in which both staged, otherwise, without a change."""
    if pair.stages is None or pair.hypnograms is None:
        return
    first, second = pair.hypnograms
    edges = first.edges_s
    mine = first.stages.astype(np.int64)
    theirs = second.at(edges[:-1] + first.epoch_s / 2).astype(np.int64)
    apart = (mine != theirs) & (mine != Stage.UNSCORED) & (theirs != Stage.UNSCORED)
    both = mine * len(Stage) + theirs
    for begin, end in runs(apart).tolist():
        changes = np.flatnonzero(np.diff(both[begin:end])) + begin + 1
        bounds = [begin, *changes.tolist(), end]
        for a, b in zip(bounds[:-1], bounds[1:], strict=True):
            span = (float(edges[a]), float(edges[b]))
            yield Row(
                kind=STAGE,
                state=DIFFERS,
                reference=names[0],
                other=names[1],
                reference_span=span,
                other_span=span,
                stages=(Stage(mine[a]).name, Stage(theirs[a]).name),
            )


def clock(start: str, at_s: float) -> str:
    """Return a clock time as HH:MM:SS, "-" where the start of the recording is not known."""
    if not start:
        return "-"
    hours, minutes, seconds = (int(part) for part in start.split(":"))
    total = int(hours * 3600 + minutes * 60 + seconds + at_s) % _DAY_S
    return f"{total // 3600:02d}:{total // 60 % 60:02d}:{total % 60:02d}"


CSV_COLUMNS = (
    *("recording", "reference", "other", "kind", "state", "clock"),
    *("reference_start_s", "reference_stop_s", "other_start_s", "other_stop_s"),
    *("onset_error_s", "duration_error_s", "reference_stage", "other_stage", "link"),
)


def compare_csv(found: Comparison) -> str:
    """Return every event of every pair, matched or not, and every stretch of other stages."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for recording in found.recordings:
        for pair in recording.pairs:
            writer.writerows(_cells(recording, row) for row in rows_of(pair))
    return text.getvalue()


def _cells(recording: RecordingComparison, row: Row) -> list[str]:
    mine, theirs = row.reference_span, row.other_span
    errors = ("", "")
    if row.state == MATCHED and mine is not None and theirs is not None:
        longer_s = (theirs[1] - theirs[0]) - (mine[1] - mine[0])
        errors = (_seconds(theirs[0] - mine[0]), _seconds(longer_s))
    return [
        recording.recording,
        row.reference,
        row.other,
        row.kind,
        row.state,
        clock(recording.start, row.start_s),
        *("" if mine is None else _seconds(value) for value in mine or (0, 0)),
        *("" if theirs is None else _seconds(value) for value in theirs or (0, 0)),
        *errors,
        *row.stages,
        row.link,
    ]


def _seconds(value: float) -> str:
    """Return seconds to 1 us without trailing zeros; minus zero is zero."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
