"""The movements of sleep besides leg movements: from prepared channels to rows of a score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from psgscore.explaining_source import Explaining
from psgscore.intervals import close_gaps, intersect
from psgscore.model._arrays import Spans, as_spans
from psgscore.model.events import Events
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import NREM, SLEEP, Hypnogram
from psgscore.model.jerk_criteria import GraphoelementCriteria
from psgscore.model.movement_criteria import MovementCriteria
from psgscore.model.movement_kinds import ARTEFACT
from psgscore.model.movements import MovementScore
from psgscore.model.score import Score
from psgscore.model.scoring import AROUSAL, RESPIRATORY, arousals_of
from psgscore.model.signal import Signal
from psgscore.movement_channels import MovementChannels

if TYPE_CHECKING:
    from psgscore.detect.emg import PreparedEmg
    from psgscore.model.heart import HeartResponse
    from psgscore.model.rem import RemAtonia
    from psgscore.score.fragmentary import FragmentaryScore
    from psgscore.score.jerk_night import JerkNight, JerkScore

_WAVES_BEFORE_S, _WAVES_AFTER_S = 1.0, 2.0


def score_movements(
    score: Score,
    channels: MovementChannels | None,
    explaining: Explaining,
    covers: frozenset[str],
    criteria: MovementCriteria,
) -> Score:
    """Add to a score what needs its series, its stages and its sleep onsets.

    Parameters
    ----------
    score : Score
        With leg movements and the sleep onsets.
    channels : MovementChannels or None
        What the movements are looked for in; None returns the score as it is.
    explaining : Explaining
        The movements that rank above leg movements; they are among the events of the score.
    covers : frozenset of str
        What was scored, found or not; see `psgscore.score.night.Context`.
    criteria : MovementCriteria
        Every number.
    """
    if channels is None:
        return score
    from psgscore.score.differential import with_differential  # noqa: PLC0415 - start-up time
    from psgscore.score.jerk_summary import jerk_summary  # noqa: PLC0415
    from psgscore.score.movement_rates import movement_rates  # noqa: PLC0415
    from psgscore.score.night import lights_span  # noqa: PLC0415
    from psgscore.score.precedence import with_precedence  # noqa: PLC0415

    jerks, fragmentary, refused = _short(score, channels, covers, criteria)
    rem = _rem(score, channels, covers, criteria)
    heart = _heart(score, channels, criteria)
    tables = [
        score.events,
        jerks.events,
        fragmentary.runs,
        fragmentary.potentials,
        rem.events,
        *(one.events for one in channels.accelerometers.values()),
    ]
    events = with_precedence(Events.concat(tables))
    readable = {
        **explaining.readable,
        **_readable(channels, score.hypnogram, fragmentary, criteria),
    }
    lights_s = lights_span(score.events, score.duration_s)
    missing = [
        *score.not_scored,
        *explaining.not_scored,
        *refused,
        *jerks.not_scored,
        *fragmentary.not_scored,
    ]
    missing += [*rem.not_scored, *([heart.not_scored] if heart and heart.not_scored else [])]
    whole = replace(
        score,
        events=events,
        rates=(*score.rates, *movement_rates(events, readable, score.hypnogram, lights_s)),
        movements=MovementScore(
            criteria=criteria,
            channels=channels.used,
            muscles={emg.label: emg.role for emg in channels.emgs},
            jerks=jerk_summary(jerks),
            fragmentary_per_hour=fragmentary.per_hour,
            rem=rem,
            beats=channels.beats,
            heart=heart,
            accelerometers=tuple(channels.accelerometers.values()),
        ),
        not_scored=tuple(dict.fromkeys(missing)),
    )
    return with_differential(whole)


def _short(
    score: Score, channels: MovementChannels, covers: frozenset[str], criteria: MovementCriteria
) -> tuple[JerkScore, FragmentaryScore, list[NotScored]]:
    """Judge the short bursts: hypnic jerks first, then what is left as fragmentary."""
    from psgscore.detect.bursts import burst_refusal, find_short_bursts  # noqa: PLC0415
    from psgscore.score.family import (  # noqa: PLC0415
        POTENTIAL,
        above_jerks,
        mere_potentials,
        not_within,
        with_reason,
    )
    from psgscore.score.fragmentary import (  # noqa: PLC0415
        FragmentaryNight,
        potentials,
        score_fragmentary,
    )
    from psgscore.score.jerk_candidates import (  # noqa: PLC0415
        count_muscles,
        jerk_candidates,
        muscles_of,
    )
    from psgscore.score.jerks import nothing_excludes, score_jerks  # noqa: PLC0415

    refusals = [burst_refusal(emg, criteria.short_bursts) for emg in channels.emgs]
    usable = _quick(channels, criteria)
    muscles = muscles_of({emg.label: emg.role for emg in usable})
    bursts = Events.concat([find_short_bursts(emg, criteria.short_bursts) for emg in usable])
    found = potentials(bursts, muscles, criteria.fragmentary)
    candidates = jerk_candidates(bursts, muscles, criteria.jerks)
    above = above_jerks(score.events, criteria.jerks)
    readable = _common(usable)
    night = replace(
        _jerk_night(score, channels, covers, criteria, candidates),
        n_muscles=count_muscles(muscles),
        potentials=not_within(found, above),
        outranked=above,
        readable=readable,
    )
    if channels.eeg:
        # Waves cost much and say nothing of what is no jerk anyway.
        asked = candidates.where(nothing_excludes(candidates, night, criteria.jerks))
        waves, looked = waves_around(asked, channels.eeg[0], criteria.graphoelements)
        night = replace(night, waves=waves, waves_looked=looked)
    jerks = score_jerks(candidates, night, criteria.jerks)
    lone_points = criteria.jerks.lone_points
    lesser = mere_potentials(jerks.events, criteria.fragmentary, lone_points)
    jerks = replace(jerks, events=with_reason(jerks.events, lesser, POTENTIAL))
    taken = jerks.events.counted().spans
    dark = FragmentaryNight(
        hypnogram=score.hypnogram,
        n_channels=len(usable),
        readable=readable,
        outranked=above | ({"hypnic jerk": taken} if len(taken) else {}),
    )
    refused = [one for one in refusals if one is not None]
    return jerks, score_fragmentary(found, dark, criteria.fragmentary), refused


def _jerk_night(
    score: Score,
    channels: MovementChannels,
    covers: frozenset[str],
    criteria: MovementCriteria,
    candidates: Events,
) -> JerkNight:
    """Gather what comes with a jerk: arousals, the heart, series of movements."""
    from psgscore.score.family import periodic_spans  # noqa: PLC0415
    from psgscore.score.heart import rate_rise_bpm  # noqa: PLC0415
    from psgscore.score.jerk_night import JerkNight  # noqa: PLC0415

    rise = None
    if channels.beats is not None:
        rise = rate_rise_bpm(
            channels.beats, candidates.start_s, criteria.heart_rise, heart=criteria.heart
        )
    counted = score.events.counted()
    lights_off = counted.of_kind("lights_off").start_s
    return JerkNight(
        hypnogram=score.hypnogram,
        n_muscles=0,
        onsets=score.onsets,
        lights_off_s=float(lights_off[0]) if lights_off.size else None,
        arousals=arousals_of(score.events, covers),
        respiratory=counted.of_kind(*RESPIRATORY) if "respiratory" in covers else None,
        heart_rise_bpm=rise,
        periodic_spans=periodic_spans(score.legs),
    )


def waves_around(
    candidates: Events, eeg: Signal, criteria: GraphoelementCriteria
) -> tuple[Events, Spans]:
    """Look for waves around some jerks; also return where the EEG could be looked at."""
    from psgscore.detect.graphoelements import find_graphoelements, looked_at  # noqa: PLC0415

    around = np.column_stack(
        [candidates.start_s - _WAVES_BEFORE_S, candidates.start_s + _WAVES_AFTER_S]
    )
    looked = close_gaps(around[looked_at(eeg, around)])
    return find_graphoelements(eeg, looked, criteria), looked


def _rem(
    score: Score, channels: MovementChannels, covers: frozenset[str], criteria: MovementCriteria
) -> RemAtonia:
    """Measure REM sleep without atonia, away from what is no activity of REM sleep."""
    from psgscore.detect.rem_atonia import measure_rem_atonia  # noqa: PLC0415 - start-up time

    counted = score.events.counted()
    kinds = [ARTEFACT, "LMM", "rhythmic_flag"]
    kinds += [*AROUSAL] if "arousal" in covers else []
    kinds += [*RESPIRATORY] if "respiratory" in covers else []
    left_out = close_gaps(counted.of_kind(*kinds).spans)
    return measure_rem_atonia(
        channels.emgs, score.hypnogram, left_out=left_out, criteria=criteria.rem_atonia
    )


def _heart(
    score: Score, channels: MovementChannels, criteria: MovementCriteria
) -> HeartResponse | None:
    """Return what the heart rate does around the periodic movements of sleep."""
    from psgscore.score.heart import heart_response  # noqa: PLC0415 - start-up time

    legs = next(iter(score.legs), None)
    if legs is None or channels.beats is None:
        return None
    chosen = legs.verdicts.plm
    if score.hypnogram is not None:
        chosen = chosen & np.isin(legs.verdicts.stage, SLEEP)
    onsets = legs.movements.start_s
    return heart_response(
        channels.beats,
        onsets[chosen],
        criteria.heart_response,
        others_s=onsets,
        heart=criteria.heart,
    )


def _quick(channels: MovementChannels, criteria: MovementCriteria) -> list[PreparedEmg]:
    """Return the EMG that is fast enough for short bursts."""
    from psgscore.detect.bursts import burst_refusal  # noqa: PLC0415 - start-up time

    return [emg for emg in channels.emgs if burst_refusal(emg, criteria.short_bursts) is None]


def _common(emgs: Sequence[PreparedEmg]) -> Spans:
    """Return where at least one EMG can be read."""
    spans = [emg.spans for emg in emgs if len(emg.spans)]
    return as_spans(close_gaps(np.concatenate(spans))) if spans else as_spans([])


def _readable(
    channels: MovementChannels,
    hypnogram: Hypnogram | None,
    fragmentary: FragmentaryScore,
    criteria: MovementCriteria,
) -> dict[str, Spans]:
    """Return in which seconds each kind was looked for; a kind that is not in it was not."""
    found: dict[str, Spans] = {}
    if hypnogram is not None and fragmentary.nrem_h > 0:
        nrem = hypnogram.spans(*NREM)
        found["fragmentary_potential"] = intersect(nrem, _common(_quick(channels, criteria)))
    for kind, one in channels.accelerometers.items():
        if one.not_scored is None:
            found[kind] = one.readable
    return found
