"""The composition root: a recording and the lab's scoring in, a `Score` out."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from psgscore._version import __version__
from psgscore.arousal_source import GIVEN, AutomaticArousals, automatic_arousals
from psgscore.errors import NotScorableError
from psgscore.explaining_source import find_explaining
from psgscore.findings_source import findings_of
from psgscore.given_scoring import given_scoring
from psgscore.io.recording import Recording
from psgscore.leg_channels import LegResult, covers_of, score_legs, unreadable_spans
from psgscore.model._arrays import as_spans
from psgscore.model.events import Events
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.restless_criteria import RESTLESS
from psgscore.model.score import Provenance, Score
from psgscore.model.scoring import Scoring, arousals_of
from psgscore.model.staging import OnsetTrace, SleepOnset
from psgscore.model.subject import IMPORTED
from psgscore.movement_channels import MovementChannels, read_movement_channels, with_one_eeg
from psgscore.movement_source import score_movements
from psgscore.onset_source import onsets_of
from psgscore.opening import opened, sha256_of
from psgscore.options import Options
from psgscore.progress import Progress, part, silent
from psgscore.score.doubt import index_ranges
from psgscore.score.night import Context, night_of, score_events, with_respiratory_window
from psgscore.sensitivity_source import with_sensitivity
from psgscore.snapshot_source import with_snapshots
from psgscore.stages_used import StagesUsed, stages_used, with_lights
from psgscore.subject_source import subject_of


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Given:
    """What was read before anything is scored.

    Parameters
    ----------
    recording : Recording
        With its channel map.
    scoring : Scoring
        The lab's, cut to the recording.
    used : StagesUsed
        The stages, whoever made them.
    onsets : tuple
        Every sleep onset, and what the EEG shows around the first of them.
    results, legs : sequence of LegResult
        Every leg channel; those whose EMG could be scored.
    not_scored : tuple of NotScored
        The leg channels that could not be.
    arousals : AutomaticArousals
        Of a program, apart from those of a person.
    channels : MovementChannels or None
        What the movements besides leg movements are looked for in.
    """

    recording: Recording
    scoring: Scoring
    used: StagesUsed
    onsets: tuple[tuple[SleepOnset, ...], tuple[OnsetTrace, ...]]
    results: Sequence[LegResult]
    legs: Sequence[LegResult]
    not_scored: tuple[NotScored, ...]
    arousals: AutomaticArousals
    channels: MovementChannels | None


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
        Neither a leg movement nor a sleep measure can be given, and nobody marks them by hand.
    PsgscoreError
        An input is wrong; see `psgscore.errors`.
    """
    options = options or Options()
    given = _read(recording, options, progress)
    progress("scoring", 0.85)
    events, covers = _all_events(given, options)
    explaining = find_explaining(
        given.channels,
        given.used.hypnogram,
        arousals_of(events, covers),
        options.movement_criteria,
        marked=options.movements == IMPORTED,
    )
    given = replace(given, channels=with_one_eeg(given.channels))
    events = Events.concat([events, explaining.events])
    context = _context(given, covers, options)
    rules = [with_respiratory_window(rule, options.respiratory_window) for rule in options.rules]

    def scored(hypnogram: Hypnogram | None) -> Score:
        return score_events(events, hypnogram, rules=rules, context=context)

    score = scored(given.used.hypnogram)
    onsets, traces = given.onsets
    score = _with_doubts(replace(score, onsets=onsets, onset_traces=traces), given.used, scored)
    score = replace(score, subject=subject_of(given.recording, options))
    if options.sensitivity:
        progress("moving the thresholds", 0.95)
        night = night_of(events, given.used.hypnogram, context)
        score = with_sensitivity(score, night, given.legs, options.detection)
    score = score_movements(score, given.channels, explaining, covers, options.movement_criteria)
    return with_snapshots(score, given.legs, given.channels, options.movement_criteria)


def _read(
    recording: str | os.PathLike[str] | Recording, options: Options, progress: Progress
) -> _Given:
    """Read the recording and its scoring; stage it, if that is asked for."""
    progress("reading the header and the scoring", 0.0)
    recording = opened(recording, options.channels)
    scoring = with_lights(given_scoring(recording, options), recording, options)
    used = stages_used(recording, scoring, options, part(progress, 0.05, 0.55))
    progress("looking for sleep onset", 0.55)
    # Before any other channel is read: all the EEG and EOG of the night are held at once here.
    onsets = onsets_of(recording, used.hypnogram)
    results = _legs(recording, options, part(progress, 0.6, 0.8))
    progress("looking for arousals", 0.8)
    how = GIVEN if "arousal" in scoring.covers else options.arousals
    arousals = automatic_arousals(recording, used.hypnogram, how)
    legs = [result for result in results if result.channel is not None]
    not_scored = tuple(r.not_scored for r in results if r.not_scored is not None)
    if not results and options.movements != IMPORTED:
        not_scored = (NotScored("leg movements", "no leg EMG was found among the channels"),)
    seen_by_a_person = options.by_hand and recording.duration_s > 0
    if not (legs or scoring.events.is_kind("LM").any() or seen_by_a_person):
        _require_stages(recording, used, not_scored)
    return _Given(
        recording=recording,
        scoring=scoring,
        used=used,
        onsets=onsets,
        results=results,
        legs=legs,
        not_scored=not_scored,
        arousals=arousals,
        channels=_movement_channels(recording, legs, options),
    )


def _context(given: _Given, covers: frozenset[str], options: Options) -> Context:
    """Say of the night what its events and stages do not."""
    recording, channels = given.recording, given.channels
    return Context(
        duration_s=recording.duration_s,
        start="" if recording.start is None else recording.start.strftime("%H:%M:%S"),
        covers=covers,
        gaps=as_spans([(gap.start_s, gap.stop_s) for gap in recording.gaps]),
        unreadable=unreadable_spans(given.legs),
        not_scored=(
            *given.not_scored,
            *given.used.not_scored,
            *given.arousals.not_scored,
            *(channels.not_scored if channels else ()),
        ),
        findings=(
            *findings_of(recording, given.scoring, given.results),
            *given.used.findings,
            *given.arousals.findings,
            *(channels.findings if channels else ()),
        ),
        restless=options.movement_criteria.restless if channels else RESTLESS,
        provenance=_provenance(given, options),
    )


def _require_stages(
    recording: Recording, used: StagesUsed, not_scored: tuple[NotScored, ...]
) -> None:
    """Raise NotScorableError unless there are stages: no leg movement can be given."""
    if used.hypnogram is None:
        reasons = tuple(f"{one.what}: {one.reason}" for one in (*not_scored, *used.not_scored))
        raise NotScorableError(recording.name, reasons)


def _with_doubts(score: Score, used: StagesUsed, again: Callable[[Hypnogram], Score]) -> Score:
    """Add whose the stages are, and what their doubts do to the numbers."""
    score = replace(score, scorer=used.scorer, staging=used.automatic)
    if used.automatic is None or score.hypnogram is None:
        return score
    probabilities = score.hypnogram.probabilities
    if probabilities is None:
        return score
    return replace(score, ranges=index_ranges(score, again, probabilities))


def _movement_channels(
    recording: Recording, found: Sequence[LegResult], options: Options
) -> MovementChannels | None:
    """Read what the movements besides leg movements are looked for in, if they are asked for."""
    if not options.family or recording.channel_map is None:
        return None
    return read_movement_channels(recording, found, options.detection, options.movement_criteria)


def _legs(recording: Recording, options: Options, progress: Progress) -> list[LegResult]:
    if options.movements == IMPORTED or recording.channel_map is None:
        return []
    return score_legs(recording, recording.channel_map.legs, options.detection, progress)


def _all_events(given: _Given, options: Options) -> tuple[Events, frozenset[str]]:
    """Put detected and imported events together; imported movements do not count twice."""
    imported = given.scoring.events
    covers = given.scoring.covers | options.none_found
    if options.movements != IMPORTED:
        marked = imported.is_kind("LM")
        kinds = [
            f"{IMPORTED}:{kind}" if leg else str(kind)
            for kind, leg in zip(imported.kind, marked, strict=True)
        ]
        imported = replace(imported, kind=np.array(kinds, dtype=np.str_))
        covers = (covers - {"LM"}) | covers_of(given.legs)
    tables = [*(leg.events for leg in given.legs), imported]
    if given.arousals.source:
        tables.append(given.arousals.events)
        covers |= {"automatic_arousal"}
    return Events.concat(tables), covers


def _provenance(given: _Given, options: Options) -> Provenance:
    recording = given.recording
    return Provenance(
        version=__version__,
        input_name=recording.name,
        input_sha256="" if recording.path is None else sha256_of(recording.path),
        scoring_inputs=tuple((Path(p).name, sha256_of(p)) for p in options.scoring),
        channels=tuple(result.channel for result in given.legs if result.channel is not None),
        movements=options.movement_criteria if given.channels else None,
        detection=options.detection if given.legs else None,
        criteria_sha256="",
        stage_source=given.used.source,
        settings={
            "respiratory_window": options.respiratory_window,
            "movements": options.movements,
            "none_found": sorted(options.none_found),
            "automatic_arousals": given.arousals.source or "none",
            "fill": options.fill,
            "age": options.age,
            "sex": options.sex,
        },
    )
