"""Hypnic jerks: candidates judged by when they come and what comes with them.

An operational marker with three tiers, outside the clinical indices: no standard has a rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from psgscore.model._arrays import Bools, Floats, Ints, Words
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import NREM, SLEEP, Hypnogram, Stage
from psgscore.model.jerk_criteria import JERKS, JerkCriteria
from psgscore.score.associate import with_respiratory
from psgscore.score.jerk_context import (
    CONTEXT,
    OTHER,
    SLEEP_ONSET,
    JerkWindow,
    jerk_windows,
    place_jerks,
)
from psgscore.score.jerk_evidence import (
    after_arousal,
    among_potentials,
    arousal_evidence,
    heart_evidence,
    near_periodic,
    overlapped,
    wave_evidence,
)
from psgscore.score.jerk_night import JerkNight, JerkScore

WHAT = "hypnic jerks"
KIND = "jerk"
TIERS = ("definite", "probable", "possible")
EVIDENCE = ("ev_muscles", "ev_wave", "ev_arousal", "ev_heart")
STAGE_R, NO_STAGE = "stage R", "no sleep stage"
FAR_WAKE = "wake, no sleep onset near"
TRAIN = "run of bursts"
PERIODIC = "periodic leg movements"
FRAGMENTED = "fragmentary potentials"
RESPIRATORY = "respiratory event"
LED = "after an arousal"


def score_jerks(
    candidates: Events,
    night: JerkNight,
    criteria: JerkCriteria = JERKS,
    *,
    against: Words | None = None,
) -> JerkScore:
    """Judge the candidates.

    Parameters
    ----------
    candidates : Events
        See `psgscore.score.jerk_candidates.jerk_candidates`; a jerk is where it begins.
    night : JerkNight
        Stages, sleep onsets and what else was scored.
    criteria : JerkCriteria
        Windows and limits.
    against : ndarray of str, optional
        What `reasons_against` says of the same candidates and night, if it was asked before.

    Returns
    -------
    JerkScore
        *definite*: core, two muscles and one more point, at sleep onset; *probable*: core and
        one point, for a burst of one muscle away from any sleep onset `lone_points`;
        *possible*: the rest, and all where one muscle was recorded.

    Raises
    ------
    ValueError
        `heart_rise_bpm` does not have one value per candidate.
    """
    hypnogram = night.hypnogram
    missing = _cannot(night)
    if missing or hypnogram is None:
        return _unscored(night, missing)
    windows = jerk_windows(hypnogram, night.onsets, night.lights_off_s, criteria)
    context, onset, delays = place_jerks(candidates.start_s, windows, night.onsets)
    columns = _evidence(candidates, night, hypnogram, criteria)
    columns["points"] = np.nansum([columns[name] for name in EVIDENCE], axis=0)
    for number, name in enumerate(("onset_delay_s", "onset_low_s", "onset_high_s")):
        columns[name] = delays[:, number]
    tier = _tiers({**columns, **candidates.measures}, context, night, criteria)
    if against is None:
        against = _excluded_by(candidates, night, hypnogram, onset, criteria)
    events = Events(
        candidates.start_s,
        candidates.stop_s,
        np.char.add(f"{KIND}:", tier) if tier.size else np.zeros(0, np.str_),
        candidates.channel,
        {**candidates.measures, **columns},
        {CONTEXT: context, EXCLUDED_BY: against},
    )
    return JerkScore(
        events=events,
        onset=onset,
        windows=windows,
        readable=night.readable,
        not_scored=tuple(_missing(night, windows)),
    )


def reasons_against(
    candidates: Events, night: JerkNight, criteria: JerkCriteria = JERKS
) -> Words | None:
    """Return what excludes each candidate, "" where evidence has to be looked for.

    Parameters
    ----------
    candidates, night, criteria
        As for `score_jerks`; no evidence of `night` is used.

    Returns
    -------
    ndarray of str, shape (n,), or None
        None where no jerk can be scored at all.
    """
    hypnogram = night.hypnogram
    if hypnogram is None or _cannot(night):
        return None
    windows = jerk_windows(hypnogram, night.onsets, night.lights_off_s, criteria)
    _, onset, _ = place_jerks(candidates.start_s, windows, night.onsets)
    return _excluded_by(candidates, night, hypnogram, onset, criteria)


def _evidence(
    candidates: Events, night: JerkNight, hypnogram: Hypnogram, criteria: JerkCriteria
) -> dict[str, Floats]:
    start_s, n_jerks = candidates.start_s, len(candidates)
    together = candidates.measures.get("n_muscles", np.zeros(0)) >= 2
    alone = night.n_muscles < 2
    return {
        "ev_muscles": np.full(n_jerks, np.nan) if alone else together.astype(np.float64),
        "ev_wave": wave_evidence(start_s, night.waves, night.waves_looked, criteria),
        "ev_arousal": arousal_evidence(start_s, night.arousals, hypnogram, criteria),
        "ev_heart": heart_evidence(night.heart_rise_bpm, n_jerks, criteria),
    }


def _tiers(
    columns: Mapping[str, Floats], context: Words, night: JerkNight, criteria: JerkCriteria
) -> Words:
    core = columns.get("core", np.zeros(0)) > 0
    points, together = columns["points"], columns["ev_muscles"] == 1
    asked = np.where(~together & (context == OTHER), criteria.lone_points, 1)
    definite = core & together & (points >= 2) & (context == SLEEP_ONSET)
    probable = core & (points >= asked) & (night.n_muscles >= 2)
    words: Words = np.select([definite, probable], TIERS[:2], TIERS[2])
    return words


def _excluded_by(
    candidates: Events,
    night: JerkNight,
    hypnogram: Hypnogram,
    onset: Ints,
    criteria: JerkCriteria,
) -> Words:
    """Return the weightiest reason against each candidate, "" where there is none."""
    stage = hypnogram.at(candidates.start_s)
    bursts = candidates.measures.get("n_bursts", np.zeros(0))
    reasons = overlapped(candidates, night.outranked)
    reasons |= {
        STAGE_R: stage == Stage.R,
        NO_STAGE: stage == Stage.UNSCORED,
        FAR_WAKE: (stage == Stage.W) & (onset < 0),
        TRAIN: bursts > criteria.max_bursts,
        PERIODIC: near_periodic(candidates, night.periodic_spans, criteria),
        FRAGMENTED: _fragmented(candidates, night.potentials, hypnogram, criteria),
        LED: after_arousal(candidates, night.arousals, criteria),
    }
    if night.respiratory is not None:
        window = criteria.respiratory_window
        reasons[RESPIRATORY] = with_respiratory(candidates, night.respiratory, window)
    words: Words = np.select(list(reasons.values()), list(reasons), "")
    return words


def _fragmented(
    candidates: Events, potentials: Events | None, hypnogram: Hypnogram, criteria: JerkCriteria
) -> Bools:
    """Say which jerks lie among fragmentary potentials.

    What has the form of potentials outside NREM, as speech before falling asleep, says
    nothing of a jerk in sleep; among it no jerk of wake can be told from the rest.
    """
    if potentials is None:
        return np.zeros(len(candidates), np.bool_)
    nrem = potentials.where(np.isin(hypnogram.at(potentials.start_s), NREM))
    awake = hypnogram.at(candidates.start_s) == Stage.W
    among = among_potentials(candidates, nrem, criteria)
    among[awake] |= among_potentials(candidates.where(awake), potentials, criteria)
    return among


def _cannot(night: JerkNight) -> list[NotScored]:
    """Return why nothing at all can be scored."""
    if night.n_muscles < 1:
        return [NotScored(WHAT, "no EMG can be used")]
    if night.hypnogram is None:
        return [NotScored(WHAT, "there are no sleep stages, and a jerk is judged by them")]
    if not np.isin(night.hypnogram.stages, SLEEP).any():
        return [NotScored(WHAT, "no epoch is scored as sleep")]
    return []


def _missing(night: JerkNight, windows: tuple[JerkWindow, ...]) -> Iterator[NotScored]:
    """Yield what could not be looked at."""
    if not any(window.context == SLEEP_ONSET for window in windows):
        reason = "after lights off no first falling asleep after enough wake was recorded"
        yield NotScored(f"{WHAT} at sleep onset", reason)
    if night.n_muscles < 2:
        reason = "one muscle was recorded: a jerk is at most possible"
        yield NotScored(f"definite and probable {WHAT}", reason)
    for name, value in (
        ("vertex waves and K-complexes", night.waves),
        ("arousals", night.arousals),
        ("heart rate", night.heart_rise_bpm),
    ):
        if value is None:
            reason = f"not looked at: {name} were not scored".replace("rate were", "rate was")
            yield NotScored(f"{name} at {WHAT}", reason)
    for name, value in (
        ("respiratory events", night.respiratory),
        ("fragmentary potentials", night.potentials),
    ):
        if value is None:
            yield NotScored(f"exclusion of {WHAT} by {name}", f"{name} were not scored")


def _unscored(night: JerkNight, missing: list[NotScored]) -> JerkScore:
    return JerkScore(
        events=Events.empty(),
        onset=np.zeros(0, np.int64),
        windows=(),
        readable=night.readable,
        not_scored=tuple(missing),
    )
