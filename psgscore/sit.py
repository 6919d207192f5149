"""The suggested immobilisation test of a recording: legs in, the index and its course out."""

from __future__ import annotations

import os
from dataclasses import replace

from psgscore.errors import NotScorableError, UsageError
from psgscore.given_scoring import given_scoring
from psgscore.io.recording import Recording
from psgscore.leg_channels import covers_of, score_legs, unreadable_spans
from psgscore.model._arrays import as_spans
from psgscore.model.criteria import DETECTION, LegMovementCriteria
from psgscore.model.events import Events
from psgscore.model.finding import Finding
from psgscore.model.movement_criteria import MOVEMENTS, MovementCriteria
from psgscore.model.restless import SitResult
from psgscore.model.scoring import Scoring
from psgscore.opening import opened
from psgscore.options import Options
from psgscore.score.immobilisation import immobilisation_test
from psgscore.score.legs import Night


def score_sit(
    recording: str | os.PathLike[str] | Recording,
    *,
    channels: str | os.PathLike[str] | None = None,
    scoring: tuple[str | os.PathLike[str], ...] = (),
    start_s: float = 0.0,
    detection: LegMovementCriteria = DETECTION,
    criteria: MovementCriteria = MOVEMENTS,
) -> SitResult:
    """Score a suggested immobilisation test.

    Parameters
    ----------
    recording : path-like or Recording
        The test: the person lies awake, legs stretched out.
    channels : path-like, optional
        The user's channel map.
    scoring : tuple of path-like
        Files that say where the person slept; without any, the recording's own annotations.
        Sleep is left out; without stages every moment counts as wake.
    start_s : float
        Where the test begins, seconds from the start of the recording.
    detection : LegMovementCriteria
        Thresholds of the detector.
    criteria : MovementCriteria
        Of which those of the test, and of the restless legs for its intervals, are used.

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
    results = score_legs(recording, legs, detection)
    found = [one for one in results if one.channel is not None]
    if not found:
        reasons = [f"{one.not_scored.what}: {one.not_scored.reason}"
                   for one in results if one.not_scored]  # fmt: skip
        raise NotScorableError(recording.name, tuple(reasons or ["no leg EMG was found"]))
    given = given_scoring(recording, Options(scoring=scoring))
    gaps = [(gap.start_s, gap.stop_s) for gap in recording.gaps]
    unreadable = as_spans([*gaps, *unreadable_spans(found).tolist()])
    night = Night(
        events=Events.concat([one.events for one in found]),
        hypnogram=given.hypnogram,
        covers=covers_of(found),
        lights_s=(0.0, recording.duration_s),
        unreadable=unreadable,
    )
    result = immobilisation_test(
        night,
        start_s,
        recording.duration_s,
        criteria=criteria.immobilisation,
        restless=criteria.restless,
    )
    return replace(result, detection=detection, findings=(*result.findings, *_unstaged(given)))


def _unstaged(given: Scoring) -> tuple[Finding, ...]:
    if given.hypnogram is not None:
        return ()
    message = "nobody staged the test: every minute of it counts as wake"
    return (Finding("sit.unstaged", message, severity="note"),)
