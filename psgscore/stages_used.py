"""Whose stages a score rests on: those given, automatic ones, or both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from psgscore.errors import NotScorableError, PsgscoreError, UsageError
from psgscore.io.recording import Recording
from psgscore.model._arrays import Words
from psgscore.model.events import Events
from psgscore.model.finding import Finding, NotScored
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.scoring import Scoring
from psgscore.model.staging import AUTOMATIC, AUTOMATIC_STAGES, StagingResult
from psgscore.options import Options
from psgscore.progress import Progress

NEVER, AUTO, ALWAYS = "given", "auto", "always"
_CONTEXT_S = 450.0
"""The stager looks at 7.5 min around each epoch: less is staged only when asked for."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StagesUsed:
    """The stages of a score, whose they are, and what is to be said of them."""

    hypnogram: Hypnogram | None
    scorer: Words | None = None
    automatic: StagingResult | None = None
    source: str = ""
    not_scored: tuple[NotScored, ...] = ()
    findings: tuple[Finding, ...] = ()


def stages_used(
    recording: Recording, scoring: Scoring, options: Options, progress: Progress
) -> StagesUsed:
    """Take the stages given, and stage automatically where that is asked for.

    Raises
    ------
    UsageError
        An option makes no sense.
    """
    if options.stages not in (NEVER, AUTO, ALWAYS):
        raise UsageError(f"no stages {options.stages!r}: there are {NEVER}, {AUTO}, {ALWAYS}")
    given = scoring.hypnogram
    if options.stages == NEVER or not (given is None or options.fill):
        return _merged(scoring, None, options)
    if options.stages == AUTO and recording.duration_s < _CONTEXT_S:
        reason = (
            f"the recording lasts {recording.duration_s / 60:.1f} min, the stager looks at 7.5 min "
            "around each epoch: --stages always stages it all the same"
        )
        return _unstaged(scoring, options, reason)
    from psgscore.stager import stage  # noqa: PLC0415 - start-up time

    try:
        automatic = stage(
            recording,
            backend=options.backend,
            lights=lights_of(scoring.events),
            age=options.age,
            sex=options.sex,
            progress=progress,
        )
    except NotScorableError as error:
        return _unstaged(scoring, options, "; ".join(error.reasons))
    return _merged(scoring, automatic, options)


def _unstaged(scoring: Scoring, options: Options, reason: str) -> StagesUsed:
    missing = NotScored("automatic stages", reason)
    return replace(_merged(scoring, None, options), not_scored=(missing,))


def with_lights(scoring: Scoring, recording: Recording, options: Options) -> Scoring:
    """Put the lights among the events: as told, else as marked, else as a sensor saw them."""
    told = dict(zip(("lights_off", "lights_on"), options.lights, strict=True))
    events, findings = scoring.events, list(scoring.findings)
    for kind, at_s in told.items():
        if at_s is not None:
            events = Events.concat(
                [events.where(~events.is_kind(kind)), Events.of(kind, [at_s], [at_s])]
            )
    seen = dict(zip(told, _sensor(recording), strict=True))
    for kind, at_s in seen.items():
        if at_s is not None and not events.is_kind(kind).any():
            events = Events.concat([events, Events.of(kind, [at_s], [at_s])])
            message = f"{kind.replace('_', ' ')} at {at_s / 60:.0f} min, by the light sensor: check"
            findings.append(Finding("lights.from-sensor", message))
    return replace(scoring, events=events, findings=tuple(findings))


def lights_of(events: Events) -> tuple[float | None, float | None]:
    """Return lights off and on as marked, None where they are not, or in the wrong order."""
    off, on = (events.counted().of_kind(kind).start_s for kind in ("lights_off", "lights_on"))
    if off.size and on.size and on[-1] <= off[0]:
        return None, None
    return (float(off[0]) if off.size else None, float(on[-1]) if on.size else None)


def _sensor(recording: Recording) -> tuple[float | None, float | None]:
    from psgscore.staging.lights import lights_from_sensor  # noqa: PLC0415 - start-up time

    for channel in recording.channels:
        if channel.role == "light" and channel.n_samples:
            try:
                return lights_from_sensor(recording.signal(channel.index))
            except PsgscoreError:
                continue
    return None, None


def _merged(scoring: Scoring, automatic: StagingResult | None, options: Options) -> StagesUsed:
    from psgscore.staging.merge import GIVEN, merge_stages  # noqa: PLC0415 - start-up time

    names = ", ".join(Path(name).name for name in options.scoring)
    given = scoring.hypnogram
    by_program = any(one.code == AUTOMATIC_STAGES for one in scoring.findings)
    word = "imported, automatic, unreviewed" if by_program else "imported"
    parts = [] if given is None else [f"{word}: {names or 'annotations of the recording'}"]
    if automatic is None:
        scorer = None if given is None else np.where(given.stages >= 0, GIVEN, "")
        return StagesUsed(hypnogram=given, scorer=scorer, source="; ".join(parts))
    try:
        merged = merge_stages(given, automatic, fill=options.fill or given is None)
    except ValueError as error:
        raise UsageError(f"--fill: {error}") from None
    filled = int(np.sum(merged.scorer == AUTOMATIC))
    if filled:
        used = f" ({automatic.channel_words})" if automatic.channels else ""
        parts.append(f"automatic, unreviewed: {filled} epochs by {automatic.backend}{used}")
    return StagesUsed(
        hypnogram=merged.hypnogram,
        scorer=merged.scorer,
        automatic=automatic if filled else None,
        source="; ".join(parts),
        findings=automatic.findings,
    )
