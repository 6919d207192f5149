"""When each data record really began: gaps, drift, and onsets out of line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psgscore.errors import RecordingError
from psgscore.io.edf_header import Header
from psgscore.io.edf_pace import drift_of, refuse_other_pace, rounding_s
from psgscore.io.recording import Gap
from psgscore.model._arrays import Floats, Ints
from psgscore.model.finding import Finding, Severity

_GAP_TOLERANCE_S = 0.005
_NOTABLE_DRIFT = 1e-5
_Breaks = tuple[tuple[int, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """When the records of a file begin.

    Parameters
    ----------
    first_s : float
        When the first record begins, on the clock of the header.
    record_s : float
        How long a record lasts, by the record onsets where they drift, else by the header.
    breaks : tuple of (int, float)
        Record, and true start from the first record on, after each gap.
    gaps : tuple of Gap
        The interruptions before the breaks.
    findings : tuple of Finding
        What was odd.
    """

    first_s: float
    record_s: float
    breaks: _Breaks = ()
    gaps: tuple[Gap, ...] = ()
    findings: tuple[Finding, ...] = ()


def timeline(header: Header, onsets_s: Sequence[float | None]) -> Timeline:
    """Return when the records began, by their time-keeping entries.

    Parameters
    ----------
    header : Header
        Of the file.
    onsets_s : sequence of float or None
        Of each record, None where it has none; empty without an annotation signal.

    Raises
    ------
    RecordingError
        The onsets contradict the duration of a record, or each other.
    """
    onsets = np.array(onsets_s, dtype=np.float64)  # None becomes NaN
    records = np.flatnonzero(~np.isnan(onsets))
    onsets = onsets[records]
    if not any(one.samples_per_record for one in header.signals if not one.is_annotation):
        first_s = _first_s(records, onsets, header.record_s)
        return Timeline(
            first_s=first_s, record_s=header.record_s, findings=_first_onset_findings(first_s)
        )
    missing = _missing_findings(header, onsets)
    if _stands_still(onsets):
        # The first may still be that of the first record.
        known = 1 if records[0] == 0 else 0
        records, onsets = records[:known], onsets[:known]
    found = _fitted(header, records, onsets)
    findings = (*_first_onset_findings(found.first_s), *missing, *found.findings)
    return Timeline(
        first_s=found.first_s,
        record_s=found.record_s,
        breaks=found.breaks,
        gaps=_gaps(found.breaks, found.record_s),
        findings=(*findings, *_gap_findings(header, found)),
    )


def _fitted(header: Header, records: Ints, onsets: Floats) -> Timeline:
    """Return first onset, record duration and breaks that the onsets say."""
    unit = rounding_s(onsets, header.record_s)
    tolerance_s = max(_GAP_TOLERANCE_S, unit)
    refuse_other_pace(records, onsets, header.record_s, tolerance_s, may_pause=header.plus == "+D")
    offsets = onsets - records * header.record_s
    kept, pace, spread_s = np.arange(onsets.size), 0.0, 0.0
    if onsets.size and np.ptp(offsets) > tolerance_s:
        pace, spread_s = drift_of(records, onsets, header.record_s, tolerance_s)
        tolerance_s = max(tolerance_s, spread_s)
        offsets = onsets - records * (header.record_s + pace)
        kept = _non_falling(_levels(offsets, 2 * tolerance_s))
    record_s = header.record_s + pace
    first_s = _first_s(records[kept], onsets[kept], record_s)
    starts = _starts(offsets[kept], tolerance_s)
    firsts = records[kept][starts]
    breaks = tuple(
        (int(record), round(float(onset) - first_s, 6))
        for record, onset in zip(firsts[1:], onsets[kept][starts[1:]], strict=True)
    )
    place = np.searchsorted(firsts, records, side="right") - 1
    early = offsets - offsets[kept][starts][np.maximum(place, 0)]
    findings = _stray_findings(records, early, 2 * tolerance_s)
    if unit:
        message = f"record onsets are rounded to {unit:g} s: shorter interruptions do not show"
        findings.append(Finding("edf.record-onset-rounded", message, severity="note"))
    if pace or spread_s > _GAP_TOLERANCE_S:
        findings.append(_drift_finding(header.record_s, pace, spread_s))
    return Timeline(first_s=first_s, record_s=record_s, breaks=breaks, findings=tuple(findings))


def _first_s(records: Ints, onsets: Floats, record_s: float) -> float:
    """Return when the first record begins; if it does not say, the first that does tells."""
    return round(float(onsets[0] - records[0] * record_s), 6) if onsets.size else 0.0


def _levels(offsets: Floats, width_s: float) -> list[int]:
    """Return the offsets numbered by size; those closer together than the width are one level."""
    ordered = np.unique(offsets)
    levels = np.empty(ordered.size, dtype=np.int64)
    first = number = 0
    while first < ordered.size:
        last = int(np.searchsorted(ordered, ordered[first] + width_s, side="right"))
        levels[first:last] = number
        first, number = last, number + 1
    found: list[int] = levels[np.searchsorted(ordered, offsets)].tolist()
    return found


def _non_falling(levels: Sequence[int]) -> Ints:
    """Return the places of the longest run, with holes, in which no level falls."""
    tails: list[int] = []
    places: list[int] = []
    before = []
    for place, level in enumerate(levels):
        rank = bisect_right(tails, level)
        before.append(places[rank - 1] if rank else -1)
        tails[rank : rank + 1] = [level]
        places[rank : rank + 1] = [place]
    run = []
    place = places[-1]
    while place >= 0:
        run.append(place)
        place = before[place]
    return np.array(run[::-1], dtype=np.int64)


def _starts(offsets: Floats, tolerance_s: float) -> list[int]:
    """Return the places where a stretch without interruption begins."""
    if offsets.size and offsets.max() - offsets[0] <= tolerance_s:
        return [0]
    starts: list[int] = []
    since_s = -np.inf
    for place, offset in enumerate(offsets.tolist()):
        if offset - since_s > tolerance_s:
            starts.append(place)
            since_s = offset
    return starts


def _gaps(breaks: _Breaks, record_s: float) -> tuple[Gap, ...]:
    gaps, since_record, since_s = [], 0, 0.0
    for record, start_s in breaks:
        stop_s = since_s + (record - since_record) * record_s
        gaps.append(Gap(round(stop_s, 6), start_s))
        since_record, since_s = record, start_s
    return tuple(gaps)


def _stands_still(onsets: Floats) -> bool:
    return onsets.size > 1 and not np.ptp(onsets)


def _first_onset_findings(first_s: float) -> tuple[Finding, ...]:
    if 0 <= first_s < 1:
        return ()
    message = (
        f"the first record begins {first_s:g} s from the start time of the header, where EDF+ "
        "allows a fraction of a second: the recording is taken to start then"
    )
    return (Finding("edf.first-onset", message),)


def _missing_findings(header: Header, onsets: Floats) -> tuple[Finding, ...]:
    if not header.plus or not header.n_records:
        return ()
    missing = header.n_records - onsets.size
    if _stands_still(onsets):
        message = "all records say they begin at the same time: taken to follow on"
    elif missing:
        message = f"{missing} of {header.n_records} records do not say when they begin"
        message += ": taken to follow on"
    else:
        return ()
    severity: Severity = "warning" if header.plus == "+D" else "note"
    return (Finding("edf.record-onset-missing", message, severity=severity),)


def _stray_findings(records: Ints, early: Floats, tolerance_s: float) -> list[Finding]:
    """Tell of records whose onset is not that of the records around them.

    Raises
    ------
    RecordingError
        They are the most.
    """
    ahead, behind = records[early > tolerance_s], records[early < -tolerance_s]
    if 2 * (ahead.size + behind.size) > records.size:
        raise RecordingError(
            f"{ahead.size + behind.size} of {records.size} record onsets contradict the others: "
            "when the records began cannot be known. Export the recording again"
        )
    findings = []
    if ahead.size:
        message = (
            f"{ahead.size} record(s), number {ahead[0]} first, claim a later time than the records "
            "after them allow: taken to follow on"
        )
        findings.append(Finding("edf.stray-onset", message))
    if behind.size:
        message = (
            f"{behind.size} record(s), number {behind[0]} first, claim to begin before the one "
            "before has ended: taken to follow on"
        )
        findings.append(Finding("edf.record-overlap", message, severity="error"))
    return findings


def _drift_finding(record_s: float, pace: float, spread_s: float) -> Finding:
    message = (
        f"the record onsets run {1000 * pace / record_s:+.4g} ms/s against the record duration "
        f"and scatter by {spread_s:.3g} s: a record is taken to last {record_s + pace:.9g} s"
    )
    notable = abs(pace) > _NOTABLE_DRIFT * record_s
    return Finding("edf.clock-drift", message, severity="warning" if notable else "note")


def _gap_findings(header: Header, found: Timeline) -> list[Finding]:
    if not found.breaks:
        return []
    minutes = sum(gap.stop_s - gap.start_s for gap in _gaps(found.breaks, found.record_s)) / 60.0
    message = f"{len(found.breaks)} interruption(s), {minutes:.1f} min in all: times after are true"
    findings = [Finding("edf.gap", message)]
    if header.plus != "+D":
        message = "calls itself continuous, but its record onsets jump"
        findings.append(Finding("edf.gap-in-continuous", message))
    return findings
