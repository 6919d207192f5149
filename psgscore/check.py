"""``psgscore check``: what would be used and why. Nothing is scored."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from psgscore.dsp.quality import assess_emg
from psgscore.errors import OutputError, PsgscoreError
from psgscore.io.atomic import atomic_outputs
from psgscore.io.channel_apply import Stated, apply_channel_map
from psgscore.io.channel_user import read_channel_map
from psgscore.io.channel_write import channel_map_toml
from psgscore.io.channels import Derivation, derive
from psgscore.io.conformance import strict_viewers
from psgscore.io.recording import Recording
from psgscore.io.scoring_files import scoring_from_annotations
from psgscore.io.scoring_fit import fit_to_recording
from psgscore.io.staging_channels import choose_staging_channels
from psgscore.model.criteria import DETECTION
from psgscore.model.eeg_criteria import STAGING_GATE
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Stage
from psgscore.model.scoring import Scoring
from psgscore.opening import open_recording


def check_recording(
    path: str | os.PathLike[str],
    channels: str | os.PathLike[str] | None = None,
    *,
    map_to: Path | None = None,
) -> dict[str, Any]:
    """Look at a recording without scoring it.

    Parameters
    ----------
    path : path-like
        The recording.
    channels : path-like, optional
        The user's channel map.
    map_to : Path, optional
        Write the map that was used there.

    Returns
    -------
    dict
        Plain values: file, channels with role and reason, quality per leg, gaps,
        strict viewers, the lab's scoring found inside, what could be scored, findings.

    Raises
    ------
    PsgscoreError
        The path, the file or the channel map is wrong.
    """
    recording = open_recording(path, channels)
    if map_to is not None:
        write_map(recording, None if channels is None else Path(channels), map_to)
    scoring, problem = _scoring(recording)
    mapped = recording.channel_map
    legs = [_leg(recording, leg) for leg in mapped.legs] if mapped else []
    viewers = None if recording.path is None else strict_viewers(recording.path)
    findings = [*recording.findings, *scoring.findings, *problem]
    return {
        "file": recording.name,
        "format": recording.format,
        "start": None if recording.start is None else recording.start.isoformat(),
        "duration_s": recording.duration_s,
        "gaps": [[gap.start_s, gap.stop_s] for gap in recording.gaps],
        "strict_viewers": {
            "opens": viewers is not None and viewers.opens,
            "reason": "" if viewers is None else viewers.reason,
        },
        "channels": [_channel(recording, index) for index in range(len(recording.channels))],
        "legs": legs,
        "chin": mapped.chin.name if mapped and mapped.chin else None,
        "montage": [
            {"name": one.name, "role": one.role} for one in (mapped.montage if mapped else ())
        ],
        "scoring": _found(scoring),
        "could_score": _could(recording, legs, scoring),
        "findings": [
            {"severity": f.severity, "code": f.code, "where": f.where, "message": f.message}
            for f in findings
        ],
    }


def write_map(recording: Recording, channels: Path | None, path: Path) -> None:
    """Write the channel map a recording was looked at with, to be edited and given back.

    Parameters
    ----------
    recording : Recording
        With a channel map.
    channels : Path or None
        The user's own map, if there was one.
    path : Path
        Where to write; never over a file, it may be an edited map.

    Raises
    ------
    OutputError
        There is a file already, or it cannot be written.
    """
    if path.exists():
        raise OutputError(f"{path}: is there already, and may have been edited: give another name")
    stated = Stated()
    if channels is not None:
        stated = apply_channel_map(read_channel_map(channels), recording.channels)
    chosen = choose_staging_channels(recording, STAGING_GATE.min_rate_hz)
    leads = {one.name: one for one in (*chosen.eeg, *chosen.onset_eeg, *chosen.eyes)}
    own = recording.channel_map.montage if recording.channel_map else ()
    suggested = [one for one in leads.values() if one not in own]
    with atomic_outputs(path.parent) as out:
        out.write_text(path.name, channel_map_toml(recording, stated, suggested))


def _channel(recording: Recording, index: int) -> dict[str, Any]:
    channel = recording.channels[index]
    return {
        "label": channel.label,
        "role": channel.role,
        "reason": channel.role_reason,
        "rate_hz": channel.rate_hz,
        "unit": channel.effective_unit,
        "n_samples": channel.n_samples,
        "step": channel.resolution,
    }


def _leg(recording: Recording, leg: Derivation) -> dict[str, Any]:
    """Return what the signal gate says of one leg."""
    found: dict[str, Any] = {"name": leg.name, "role": leg.role, "reason": leg.reason}
    try:
        quality = assess_emg(derive(recording, leg), DETECTION.gate)
    except PsgscoreError as error:
        return found | {"scorable": False, "not_because": [str(error)], "measures": {}}
    return found | {
        "scorable": not quality.reasons,
        "not_because": list(quality.reasons),
        "warnings": list(quality.warnings),
        "measures": dict(quality.measures),
    }


def _scoring(recording: Recording) -> tuple[Scoring, list[Finding]]:
    """Return the scoring inside the recording; what is wrong with it is a finding here."""
    try:
        scoring = scoring_from_annotations(recording.annotations)
        return fit_to_recording(scoring, recording.duration_s), []
    except PsgscoreError as error:
        return Scoring(), [Finding("scoring.unreadable", str(error), severity="error")]


def _found(scoring: Scoring) -> dict[str, Any]:
    hypnogram = scoring.hypnogram
    kinds = sorted({str(kind) for kind in scoring.events.kind})
    return {
        "epochs": 0 if hypnogram is None else len(hypnogram),
        "scored_epochs": 0
        if hypnogram is None
        else int((hypnogram.stages != int(Stage.UNSCORED)).sum()),
        "events": {kind: int((scoring.events.kind == kind).sum()) for kind in kinds},
    }


def _could(recording: Recording, legs: list[dict[str, Any]], scoring: Scoring) -> dict[str, str]:
    """Say for each thing psgscore scores "yes", or why not."""
    usable = [leg["name"] for leg in legs if leg["scorable"]]
    why_no_legs = "; ".join(reason for leg in legs for reason in leg["not_because"])
    staged = scoring.hypnogram is not None
    return {
        "leg movements": f"yes, on {' and '.join(usable)}"
        if usable
        else f"no: {why_no_legs or 'no leg EMG found among the channels'}",
        "two legs joined": "yes" if len(usable) == 2 else "no: not two scorable legs",
        "sleep measures, PLMS, PLMW": "yes" if staged else _could_stage(recording),
        "PLM-arousal index": "yes" if "arousal" in scoring.covers else "no: no arousals scored",
        "respiratory exclusion": "yes"
        if "respiratory" in scoring.covers
        else "no: no respiratory events scored",
    }


def _could_stage(recording: Recording) -> str:
    """Say from what a recording without stages would be staged, or why not."""
    chosen = choose_staging_channels(recording, STAGING_GATE.min_rate_hz)
    used = [*chosen.eeg, *(one for one in (chosen.eog, chosen.chin) if one is not None)]
    if not chosen.eeg and chosen.eog is None:
        return "no: no hypnogram inside the file, and neither EEG nor EOG to stage from"
    return f"yes, on automatic stages from {', '.join(one.name for one in used)}"
