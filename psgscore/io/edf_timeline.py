"""When each data record really began: gaps, stray times, and records that overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from psgscore.io.edf_header import Header
from psgscore.io.recording import Gap
from psgscore.model.finding import Finding

_TOLERANCE_S = 0.005
_DRIFT_S = 0.02
"""A jump this small is no interruption: many of them are two clocks running apart."""
_MANY = 10
_WITNESSES = 3
_START_FRACTION_S = 1.0


@dataclass(slots=True)
class _Walk:
    """What going through the record onsets shows."""

    breaks: list[tuple[int, float]] = field(default_factory=list)
    overlaps: int = 0
    strays: int = 0
    drift_s: float = 0.0


def timeline(
    header: Header, onsets_s: Sequence[float | None]
) -> tuple[float, tuple[tuple[int, float], ...], list[Finding]]:
    """Return the first onset, the (record, true start) after each gap, and findings."""
    first_s = _first_onset_s(header, onsets_s)
    if not any(signal.samples_per_record for signal in header.signals if not signal.is_annotation):
        return first_s, (), []
    lags = [
        None if onset is None else onset - first_s - record * header.record_s
        for record, onset in enumerate(onsets_s)
    ]
    walk = _walk(lags, header.record_s, drifting=False)
    if sum(jump <= _DRIFT_S for jump in _jumps(walk, header.record_s)) > _MANY:
        walk = _walk(lags, header.record_s, drifting=True)
    findings = _start_findings(first_s, lags) if onsets_s else []
    return first_s, tuple(walk.breaks), [*findings, *_timeline_findings(header, walk)]


def _first_onset_s(header: Header, onsets_s: Sequence[float | None]) -> float:
    """Return when the first record begins, by the first record that says so.

    Where the next ones agree with each other and not with it, they are believed.
    """
    starts = [
        (round(onset - record * header.record_s, 6))
        for record, onset in enumerate(onsets_s)
        if onset is not None
    ]
    if not starts:
        return 0.0
    first, *others = starts[: _WITNESSES + 1]
    agree = len(others) == _WITNESSES and max(others) - min(others) <= _TOLERANCE_S
    return others[0] if agree and others[0] < first - _TOLERANCE_S else first


def _walk(lags: Sequence[float | None], record_s: float, *, drifting: bool) -> _Walk:
    """Follow how far the records are behind where an uninterrupted recording would be."""
    walk, lag_s = _Walk(), 0.0
    for record, lag in enumerate(lags):
        if lag is None or abs(lag - walk.drift_s - lag_s) <= _TOLERANCE_S:
            continue
        if _is_stray(lags, record, lag_s + walk.drift_s):
            walk.strays += 1
        elif drifting and abs(lag - walk.drift_s - lag_s) <= _DRIFT_S:
            walk.drift_s = lag - lag_s
        elif lag < lag_s + walk.drift_s:
            walk.overlaps += 1
        else:
            lag_s = lag - walk.drift_s
            walk.breaks.append((record, round(record * record_s + lag_s, 6)))
    return walk


def _is_stray(lags: Sequence[float | None], record: int, expected_s: float) -> bool:
    """Say whether records that follow go on as if this one had not been."""
    following = (lag for lag in lags[record + 1 : record + 1 + 4 * _WITNESSES] if lag is not None)
    witnesses = [lag for lag, _ in zip(following, range(_WITNESSES), strict=False)]
    return any(abs(lag - expected_s) <= _TOLERANCE_S for lag in witnesses)


def _jumps(walk: _Walk, record_s: float) -> list[float]:
    """Return how long each interruption is."""
    jumps, lag_s = [], 0.0
    for record, start_s in walk.breaks:
        jumps.append(start_s - record * record_s - lag_s)
        lag_s = start_s - record * record_s
    return jumps


def _start_findings(first_s: float, lags: Sequence[float | None]) -> list[Finding]:
    findings = []
    if abs(first_s) >= _START_FRACTION_S:
        message = f"the first record begins {first_s:g} s after the start the header gives: moved"
        findings.append(Finding("edf.first-onset", message))
    missing = sum(lag is None for lag in lags)
    if missing:
        message = f"{missing} of {len(lags)} records do not say when they began: taken to follow on"
        findings.append(Finding("edf.record-onset-missing", message))
    return findings


def _timeline_findings(header: Header, walk: _Walk) -> list[Finding]:
    findings = []
    if walk.breaks:
        minutes = sum(gap.stop_s - gap.start_s for gap in gaps_of(header, walk.breaks)) / 60.0
        message = (
            f"{len(walk.breaks)} interruption(s), {minutes:.1f} min in all: times after are true"
        )
        findings.append(Finding("edf.gap", message))
        if header.plus != "+D":
            message = "calls itself continuous, but its record onsets jump"
            findings.append(Finding("edf.gap-in-continuous", message))
    if walk.strays:
        message = (
            f"{walk.strays} record(s) claim a time the records after them contradict: taken to "
            "follow on"
        )
        findings.append(Finding("edf.record-onset-stray", message))
    if walk.drift_s:
        message = (
            f"the times of the records run {walk.drift_s:+.3f} s away from the sampling rate: "
            "samples are placed by the rate"
        )
        findings.append(Finding("edf.clock-drift", message))
    if walk.overlaps:
        message = (
            f"{walk.overlaps} record(s) claim to begin before the one before has ended: ignored"
        )
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
