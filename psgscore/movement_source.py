"""The movements of sleep besides leg movements: from prepared channels to rows of a score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from psgscore.burst_source import fast_enough, judge_short_bursts, readable_together
from psgscore.explaining_source import Explaining
from psgscore.intervals import close_gaps, intersect
from psgscore.model._arrays import Spans
from psgscore.model.events import Events
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import NREM, SLEEP, Hypnogram
from psgscore.model.movement_criteria import MovementCriteria
from psgscore.model.movement_kinds import ARTEFACT
from psgscore.model.movements import MovementScore
from psgscore.model.score import Score
from psgscore.model.scoring import AROUSAL, RESPIRATORY
from psgscore.movement_channels import MovementChannels

if TYPE_CHECKING:
    from psgscore.model.accelerometer import AccelerometerBursts
    from psgscore.model.heart import HeartResponse
    from psgscore.model.rem import RemAtonia
    from psgscore.score.fragmentary import FragmentaryScore
    from psgscore.score.jerk_night import JerkScore


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
    from psgscore.score.movement_rates import movement_rates  # noqa: PLC0415
    from psgscore.score.night import lights_span  # noqa: PLC0415
    from psgscore.score.precedence import with_precedence  # noqa: PLC0415

    found = _found(score, channels, covers, criteria)
    events = with_precedence(Events.concat([score.events, *found.tables]))
    readable = {
        **explaining.readable,
        **_readable(channels, score.hypnogram, found.fragmentary, criteria),
    }
    lights_s = lights_span(score.events, score.duration_s)
    missing = [*score.not_scored, *explaining.not_scored, *found.not_scored]
    whole = replace(
        score,
        events=events,
        rates=(*score.rates, *movement_rates(events, readable, score.hypnogram, lights_s)),
        movements=_movement_score(found, channels, criteria),
        not_scored=tuple(dict.fromkeys(missing)),
    )
    return with_differential(whole)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Found:
    """What the detectors and the judges of the movements gave.

    Parameters
    ----------
    jerks, fragmentary, rem, heart
        As each was scored; `heart` is None without periodic movements or without an ECG.
    refused : tuple of NotScored
        EMG too slow for short bursts.
    accelerometers : tuple of AccelerometerBursts
        One per leg that has one.
    """

    jerks: JerkScore
    fragmentary: FragmentaryScore
    rem: RemAtonia
    heart: HeartResponse | None
    refused: tuple[NotScored, ...]
    accelerometers: tuple[AccelerometerBursts, ...]

    @property
    def tables(self) -> tuple[Events, ...]:
        """The events of each."""
        return (
            self.jerks.events,
            self.fragmentary.runs,
            self.fragmentary.potentials,
            self.rem.events,
            *(one.events for one in self.accelerometers),
        )

    @property
    def not_scored(self) -> tuple[NotScored, ...]:
        """What each could not score, and why."""
        heart = self.heart.not_scored if self.heart else None
        return (
            *self.refused,
            *self.jerks.not_scored,
            *self.fragmentary.not_scored,
            *self.rem.not_scored,
            *([heart] if heart else []),
        )


def _found(
    score: Score, channels: MovementChannels, covers: frozenset[str], criteria: MovementCriteria
) -> _Found:
    jerks, fragmentary, refused = judge_short_bursts(score, channels, covers, criteria)
    return _Found(
        jerks=jerks,
        fragmentary=fragmentary,
        rem=_rem(score, channels, covers, criteria),
        heart=_heart(score, channels, criteria),
        refused=tuple(refused),
        accelerometers=tuple(channels.accelerometers.values()),
    )


def _movement_score(
    found: _Found, channels: MovementChannels, criteria: MovementCriteria
) -> MovementScore:
    from psgscore.score.jerk_summary import jerk_summary  # noqa: PLC0415 - start-up time

    return MovementScore(
        criteria=criteria,
        channels=channels.used,
        muscles={emg.label: emg.role for emg in channels.emgs},
        jerks=jerk_summary(found.jerks),
        fragmentary_per_hour=found.fragmentary.per_hour,
        rem=found.rem,
        beats=channels.beats,
        heart=found.heart,
        accelerometers=found.accelerometers,
    )


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
        usable = fast_enough(channels, criteria)
        found["fragmentary_potential"] = intersect(nrem, readable_together(usable))
    for kind, one in channels.accelerometers.items():
        if one.not_scored is None:
            found[kind] = one.readable
    return found
