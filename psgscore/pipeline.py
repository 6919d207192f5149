"""The composition root: a recording and the lab's scoring in, a `Score` out."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from psgscore._version import __version__
from psgscore.errors import InputPathError, NotScorableError, UsageError
from psgscore.io.channels import map_channels, read_channel_map
from psgscore.io.conformance import open_with_pyedflib
from psgscore.io.edf import open_edf
from psgscore.io.recording import Recording
from psgscore.io.scoring_files import (
    combine,
    fit_to_recording,
    read_scoring,
    scoring_from_annotations,
)
from psgscore.leg_channels import LegResult, movement_kind, score_legs, unreadable_spans
from psgscore.model._arrays import as_spans
from psgscore.model.criteria import DETECTION, SIDE_BY_SIDE, Criteria, LegMovementCriteria
from psgscore.model.events import Events
from psgscore.model.finding import Finding
from psgscore.model.score import Provenance, Score
from psgscore.model.scoring import Scoring
from psgscore.progress import Progress, part, silent
from psgscore.score.night import Context, score_events, with_respiratory_window

IMPORTED = "imported"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a recording is to be scored.

    Parameters
    ----------
    scoring : tuple of path
        The lab's scoring; without any, the recording's own annotations.
    stage_codes : str or None
        What bare stage numbers mean in those files.
    rules : tuple of Criteria
        Rule sets, scored side by side.
    respiratory_window : str
        ``"wide"`` or ``"narrow"``, for rule sets that flag respiratory movements.
    channels : path or None
        The user's channel map.
    movements : str
        ``"detect"`` takes the movements from the EMG, ``"imported"`` from the scoring.
    none_found : frozenset of str
        ``"arousal"``, ``"respiratory"``: was scored, and none was found.
    detection : LegMovementCriteria
        Thresholds of the detector.
    """

    scoring: tuple[str | os.PathLike[str], ...] = ()
    stage_codes: str | None = None
    rules: tuple[Criteria, ...] = SIDE_BY_SIDE
    respiratory_window: str = "wide"
    channels: str | os.PathLike[str] | None = None
    movements: str = "detect"
    none_found: frozenset[str] = frozenset()
    detection: LegMovementCriteria = DETECTION


def open_recording(
    path: str | os.PathLike[str],
    channels: str | os.PathLike[str] | None = None,
    *,
    engine: Literal["psgscore", "pyedflib"] = "psgscore",
) -> Recording:
    """Open a recording and give every channel its role.

    Parameters
    ----------
    path : path-like
        EDF, EDF+, BDF or BDF+.
    channels : path-like, optional
        A channel map (TOML) that wins over the labels.
    engine : {"psgscore", "pyedflib"}
        Who reads the file: ours, or EDFlib as a second opinion.

    Returns
    -------
    Recording
        Samples are read when asked for.

    Raises
    ------
    PsgscoreError
        The path, the file or the channel map is wrong; see `psgscore.errors`.
    """
    opener = open_edf if engine == "psgscore" else open_with_pyedflib
    return _mapped(opener(Path(path)), channels)


def _mapped(recording: Recording, channels: str | os.PathLike[str] | None) -> Recording:
    """Work out which channel is what."""
    user = None if channels is None else read_channel_map(Path(channels))
    return recording.mapped(map_channels(recording.channels, user))


def _opened(recording: str | os.PathLike[str] | Recording, options: Options) -> Recording:
    """Return the recording with a channel map, opened if it is a path."""
    if not isinstance(recording, Recording):
        return open_recording(recording, options.channels)
    if recording.channel_map is None:
        return _mapped(recording, options.channels)
    if options.channels is not None:
        raise UsageError("the recording has a channel map: pass yours to open_recording instead")
    return recording


def score_recording(
    recording: str | os.PathLike[str] | Recording,
    options: Options | None = None,
    *,
    progress: Progress = silent,
) -> Score:
    """Score one recording.

    Parameters
    ----------
    recording : path-like or Recording
        The recording.
    options : Options, optional
        Scoring files, rule sets, channel map, ...
    progress : callable
        Told each step as it begins, and the share of the work that is done.

    Returns
    -------
    Score

    Raises
    ------
    NotScorableError
        Neither a leg movement nor a sleep measure can be given.
    PsgscoreError
        An input is wrong; see `psgscore.errors`.
    """
    options = options or Options()
    progress("reading the header and the scoring", 0.0)
    recording = _opened(recording, options)
    scoring = _scoring(recording, options)
    results = _legs(recording, options, part(progress, 0.1, 0.8))
    found = [result for result in results if result.channel is not None]
    not_scored = tuple(r.not_scored for r in results if r.not_scored is not None)
    if not found and scoring.hypnogram is None and not scoring.events.is_kind("LM").any():
        reasons = tuple(f"{missing.what}: {missing.reason}" for missing in not_scored)
        raise NotScorableError(
            recording.name, reasons or ("no leg EMG was found among the channels",)
        )
    progress("scoring", 0.8)
    events, covers = _all_events(scoring, found, options)
    context = Context(
        duration_s=recording.duration_s,
        start="" if recording.start is None else recording.start.strftime("%H:%M:%S"),
        covers=covers,
        gaps=as_spans([(gap.start_s, gap.stop_s) for gap in recording.gaps]),
        unreadable=unreadable_spans(found),
        not_scored=not_scored,
        findings=_findings(recording, scoring, results),
        provenance=_provenance(recording, options, scoring, found),
    )
    rules = [with_respiratory_window(rule, options.respiratory_window) for rule in options.rules]
    return score_events(events, scoring.hypnogram, rules=rules, context=context)


def sha256_of(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file.

    Raises
    ------
    InputPathError
        It cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputPathError(f"{path}: cannot be read: {error.strerror}") from error


def _legs(recording: Recording, options: Options, progress: Progress) -> list[LegResult]:
    if options.movements == IMPORTED or recording.channel_map is None:
        return []
    return score_legs(recording, recording.channel_map.legs, options.detection, progress)


def _scoring(recording: Recording, options: Options) -> Scoring:
    """Return the lab's scoring, cut to the recording."""
    if options.scoring:
        files = [read_scoring(path, stage_codes=options.stage_codes) for path in options.scoring]
        scoring = combine(files)
        if recording.annotations:
            message = (
                f"the recording's own {len(recording.annotations)} annotations are not used, "
                "because scoring files were named"
            )
            unused = Finding("scoring.annotations-unused", message, severity="note")
            scoring = replace(scoring, findings=(*scoring.findings, unused))
    else:
        scoring = scoring_from_annotations(recording.annotations, source="annotations")
    return fit_to_recording(scoring, recording.duration_s)


def _all_events(
    scoring: Scoring, found: Sequence[LegResult], options: Options
) -> tuple[Events, frozenset[str]]:
    """Put detected and imported events together; imported movements do not count twice."""
    imported = scoring.events
    covers = scoring.covers | options.none_found
    if options.movements != IMPORTED:
        marked = imported.is_kind("LM")
        kinds = [
            f"{IMPORTED}:{kind}" if leg else str(kind)
            for kind, leg in zip(imported.kind, marked, strict=True)
        ]
        imported = replace(imported, kind=np.array(kinds, dtype=np.str_))
        legs = {movement_kind(r.channel.role) for r in found if r.channel is not None}
        covers = (covers - {"LM"}) | legs | ({"LM"} if legs else set())
    return Events.concat([*(result.events for result in found), imported]), covers


def _findings(
    recording: Recording, scoring: Scoring, results: Sequence[LegResult]
) -> tuple[Finding, ...]:
    findings = [*recording.findings, *scoring.findings]
    findings += [finding for result in results for finding in result.findings]
    marks = scoring.events.is_kind("LM")
    if marks.any() and results:
        message = (
            f"{int(marks.sum())} leg movements marked by the lab are kept apart from the detected "
            "ones; --movements imported scores them instead"
        )
        findings.append(Finding("scoring.movements-apart", message, severity="note"))
    if len(results) > 1 and sum(result.channel is not None for result in results) == 1:
        message = "only one leg could be scored: scored as one leg, never doubled"
        findings.append(Finding("leg.one-only", message))
    return tuple(findings)


def _provenance(
    recording: Recording, options: Options, scoring: Scoring, found: Sequence[LegResult]
) -> Provenance:
    source = ""
    if scoring.hypnogram is not None:
        names = ", ".join(Path(name).name for name in options.scoring)
        source = f"imported: {names or 'annotations of the recording'}"
    return Provenance(
        version=__version__,
        input_name=recording.name,
        input_sha256="" if recording.path is None else sha256_of(recording.path),
        scoring_inputs=tuple((Path(p).name, sha256_of(p)) for p in options.scoring),
        channels=tuple(result.channel for result in found if result.channel is not None),
        detection=options.detection if found else None,
        criteria_sha256="",
        stage_source=source,
        settings={
            "respiratory_window": options.respiratory_window,
            "movements": options.movements,
            "none_found": sorted(options.none_found),
        },
    )
