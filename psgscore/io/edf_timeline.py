"""When each data record really began: gaps, and records that overlap."""

from __future__ import annotations

from collections.abc import Sequence

from psgscore.io.edf_header import Header
from psgscore.io.recording import Gap
from psgscore.model.finding import Finding

_GAP_TOLERANCE_S = 0.005


def timeline(
    header: Header, onsets_s: Sequence[float | None]
) -> tuple[float, tuple[tuple[int, float], ...], list[Finding]]:
    """Return the first onset, the (record, true start) after each gap, and findings."""
    first_s = _first_onset_s(header, onsets_s)
    breaks: list[tuple[int, float]] = []
    overlaps = 0
    since_record, since_s = 0, 0.0
    for record, onset in enumerate(onsets_s):
        expected = since_s + (record - since_record) * header.record_s
        if onset is None or abs(onset - first_s - expected) <= _GAP_TOLERANCE_S:
            continue
        if onset - first_s < expected:
            overlaps += 1
            continue
        since_record, since_s = record, round(onset - first_s, 6)
        breaks.append((record, since_s))
    if not any(signal.samples_per_record for signal in header.signals if not signal.is_annotation):
        return first_s, (), []
    return first_s, tuple(breaks), _timeline_findings(header, breaks, overlaps)


def _first_onset_s(header: Header, onsets_s: Sequence[float | None]) -> float:
    """Return when the first record begins; if it does not say, the first that does tells."""
    for record, onset in enumerate(onsets_s):
        if onset is not None:
            return round(onset - record * header.record_s, 6)
    return 0.0


def _timeline_findings(
    header: Header, breaks: Sequence[tuple[int, float]], overlaps: int
) -> list[Finding]:
    findings = []
    if breaks:
        minutes = sum(gap.stop_s - gap.start_s for gap in gaps_of(header, breaks)) / 60.0
        message = f"{len(breaks)} interruption(s), {minutes:.1f} min in all: times after are true"
        findings.append(Finding("edf.gap", message))
        if header.plus != "+D":
            message = "calls itself continuous, but its record onsets jump"
            findings.append(Finding("edf.gap-in-continuous", message))
    if overlaps:
        message = f"{overlaps} record(s) claim to begin before the one before has ended: ignored"
        findings.append(Finding("edf.record-overlap", message, severity="error"))
    return findings


def gaps_of(header: Header, breaks: Sequence[tuple[int, float]]) -> tuple[Gap, ...]:
    """Return the interruptions before each break."""
    gaps, since_record, since_s = [], 0, 0.0
    for record, start_s in breaks:
        stop_s = since_s + (record - since_record) * header.record_s
        gaps.append(Gap(round(stop_s, 6), start_s))
        since_record, since_s = record, start_s
    return tuple(gaps)
