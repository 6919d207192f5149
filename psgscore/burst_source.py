"""The short bursts of a night: from prepared EMG to hypnic jerks and fragmentary potentials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from psgscore.intervals import close_gaps
from psgscore.model._arrays import Spans, as_spans
from psgscore.model.events import Events
from psgscore.model.finding import NotScored
from psgscore.model.jerk_criteria import GraphoelementCriteria
from psgscore.model.movement_criteria import MovementCriteria
from psgscore.model.score import Score
from psgscore.model.scoring import RESPIRATORY, arousals_of
from psgscore.model.signal import Signal
from psgscore.movement_channels import MovementChannels

if TYPE_CHECKING:
    from psgscore.detect.emg import PreparedEmg
    from psgscore.score.fragmentary import FragmentaryScore
    from psgscore.score.jerk_night import JerkNight, JerkScore

_WAVES_BEFORE_S, _WAVES_AFTER_S = 1.0, 2.0


def judge_short_bursts(
    score: Score, channels: MovementChannels, covers: frozenset[str], criteria: MovementCriteria
) -> tuple[JerkScore, FragmentaryScore, list[NotScored]]:
    """Judge the short bursts: hypnic jerks first, then what is left as fragmentary.

    Parameters
    ----------
    score : Score
        With leg movements and the sleep onsets.
    channels : MovementChannels
        What the bursts are looked for in.
    covers : frozenset of str
        What was scored, found or not; see `psgscore.score.night.Context`.
    criteria : MovementCriteria
        Every number.

    Returns
    -------
    jerks : JerkScore
    fragmentary : FragmentaryScore
    refused : list of NotScored
        EMG too slow for short bursts.
    """
    from psgscore.detect.bursts import burst_refusal, find_short_bursts  # noqa: PLC0415
    from psgscore.score.family import above_jerks, not_within  # noqa: PLC0415
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

    refusals = [burst_refusal(emg, criteria.short_bursts) for emg in channels.emgs]
    usable = fast_enough(channels, criteria)
    muscles = muscles_of({emg.label: emg.role for emg in usable})
    bursts = Events.concat([find_short_bursts(emg, criteria.short_bursts) for emg in usable])
    found = potentials(bursts, muscles, criteria.fragmentary)
    candidates = jerk_candidates(bursts, muscles, criteria.jerks)
    above = above_jerks(score.events, criteria.jerks)
    readable = readable_together(usable)
    night = replace(
        _jerk_night(score, channels, covers, criteria, candidates),
        n_muscles=count_muscles(muscles),
        potentials=not_within(found, above),
        outranked=above,
        readable=readable,
    )
    jerks = _jerks(candidates, night, channels.eeg, criteria)
    taken = jerks.events.counted().spans
    dark = FragmentaryNight(
        hypnogram=score.hypnogram,
        n_channels=len(usable),
        readable=readable,
        outranked=above | ({"hypnic jerk": taken} if len(taken) else {}),
    )
    refused = [one for one in refusals if one is not None]
    return jerks, score_fragmentary(found, dark, criteria.fragmentary), refused


def _jerks(
    candidates: Events, night: JerkNight, eeg: Sequence[Signal], criteria: MovementCriteria
) -> JerkScore:
    """Judge the candidates; what is a mere potential of a muscle is said to be one."""
    from psgscore.score.family import POTENTIAL, mere_potentials, with_reason  # noqa: PLC0415
    from psgscore.score.jerks import reasons_against, score_jerks  # noqa: PLC0415

    against = reasons_against(candidates, night, criteria.jerks)
    if eeg:
        # Waves cost much and say nothing of what is no jerk anyway.
        free = np.zeros(len(candidates), np.bool_) if against is None else against == ""
        asked = candidates.where(free)
        waves, looked = waves_around(asked, eeg[0], criteria.graphoelements)
        night = replace(night, waves=waves, waves_looked=looked)
    jerks = score_jerks(candidates, night, criteria.jerks, against=against)
    lesser = mere_potentials(jerks.events, criteria.fragmentary, criteria.jerks.lone_points)
    return replace(jerks, events=with_reason(jerks.events, lesser, POTENTIAL))


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


def fast_enough(channels: MovementChannels, criteria: MovementCriteria) -> list[PreparedEmg]:
    """Return the EMG that is fast enough for short bursts."""
    from psgscore.detect.bursts import burst_refusal  # noqa: PLC0415 - start-up time

    return [emg for emg in channels.emgs if burst_refusal(emg, criteria.short_bursts) is None]


def readable_together(emgs: Sequence[PreparedEmg]) -> Spans:
    """Return where at least one EMG can be read."""
    spans = [emg.spans for emg in emgs if len(emg.spans)]
    return as_spans(close_gaps(np.concatenate(spans))) if spans else as_spans([])
