"""The suggested immobilisation test of a recording: legs in, the index and its course out."""

from __future__ import annotations

import os
from pathlib import Path

from psgscore.errors import NotScorableError, UsageError
from psgscore.io.atomic import atomic_outputs
from psgscore.io.recording import Recording
from psgscore.io.score_json import json_text, plain
from psgscore.leg_channels import covers_of, score_legs, unreadable_spans
from psgscore.model._arrays import as_spans
from psgscore.model.criteria import DETECTION
from psgscore.model.events import Events
from psgscore.model.restless import SitResult
from psgscore.model.score import DISCLAIMER, Rate
from psgscore.opening import opened
from psgscore.score.immobilisation import immobilisation_test
from psgscore.score.legs import Night


def score_sit(
    recording: str | os.PathLike[str] | Recording,
    *,
    channels: str | os.PathLike[str] | None = None,
    start_s: float = 0.0,
) -> SitResult:
    """Score a suggested immobilisation test.

    Parameters
    ----------
    recording : path-like or Recording
        The test: the person lies awake, legs stretched out.
    channels : path-like, optional
        The user's channel map.
    start_s : float
        Where the test begins, seconds from the start of the recording.

    Raises
    ------
    NotScorableError
        No leg can be scored.
    UsageError
        The test begins after the recording ends.
    """
    recording = opened(recording, channels)
    if not 0 <= start_s < recording.duration_s:
        raise UsageError(
            f"the test cannot begin at {start_s:g} s: the recording has {recording.duration_s:g} s"
        )
    legs = recording.channel_map.legs if recording.channel_map else ()
    results = score_legs(recording, legs, DETECTION)
    found = [one for one in results if one.channel is not None]
    if not found:
        reasons = [f"{one.not_scored.what}: {one.not_scored.reason}"
                   for one in results if one.not_scored]  # fmt: skip
        raise NotScorableError(recording.name, tuple(reasons or ["no leg EMG was found"]))
    gaps = [(gap.start_s, gap.stop_s) for gap in recording.gaps]
    unreadable = as_spans([*gaps, *unreadable_spans(found).tolist()])
    night = Night(
        events=Events.concat([one.events for one in found]),
        hypnogram=None,
        covers=covers_of(found),
        lights_s=(0.0, recording.duration_s),
        unreadable=unreadable,
    )
    return immobilisation_test(night, start_s, recording.duration_s)


def sit_text(result: SitResult, path: Path) -> str:
    """Return the result of ``psgscore sit`` for reading."""
    index = "-" if result.index is None else f"{result.index:.1f}/h ({_basis(result.plm)})"
    lines = [f"Immobilisation test, periodic leg movements awake: {index}"]
    lines += [result.words] if result.words else []
    lines.append(f"all leg movements: {_per_hour(result.lm)}/h ({_basis(result.lm)})")
    mode = result.interval.mode_s
    lines.append(f"interval peak: {'-' if mode is None else f'{mode:.1f} s'}")
    lines += [f"  {one.scope}: {_per_hour(one)}/h ({one.count})" for one in result.course]
    lines += [f"not scored: {one.what}: {one.reason}" for one in result.not_scored]
    lines += [f"{one.severity}: {one.message}" for one in result.findings]
    return "\n".join([*lines, f"wrote {path}", DISCLAIMER])


def write_sit(result: SitResult, folder: Path, stem: str) -> Path:
    """Write the result as ``STEM.sit.json``."""
    name = f"{stem}.sit.json"
    document = {
        "disclaimer": DISCLAIMER,
        "start_s": result.start_s,
        "stop_s": result.stop_s,
        "index": result.index,
        "periodic": result.plm,
        "all": result.lm,
        "course": result.course,
        "interval": result.interval,
        "not_scored": result.not_scored,
        "findings": result.findings,
    }
    with atomic_outputs(folder) as out:
        out.write_text(name, json_text(plain(document)))
    return folder / name


def _basis(rate: Rate) -> str:
    return f"{rate.count} in {rate.hours:.2f} h"


def _per_hour(rate: Rate) -> str:
    return "-" if rate.per_hour is None else f"{rate.per_hour:.1f}"
