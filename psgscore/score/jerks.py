"""Hypnic jerks: candidates judged by when they come and what comes with them.

An operational marker with three tiers, outside the clinical indices: no standard has a rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from psgscore.model._arrays import Bools, Floats, Ints, Spans, Words, as_spans
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import NREM, SLEEP, Hypnogram, Stage
from psgscore.model.jerk_criteria import JERKS, JerkCriteria
from psgscore.model.staging import SleepOnset
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


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class JerkNight:
    """What is known about the night besides the bursts; None is "not scored", never "none".

    Parameters
    ----------
    hypnogram : Hypnogram or None
        Sleep stages.
    n_muscles : int
        Distinct muscles recorded at a sufficient rate; see `count_muscles`.
    onsets : tuple of SleepOnset
        Every change from wake to sleep, in order of time.
    lights_off_s : float, optional
        Without it the recording begins with lights off.
    waves : Events, optional
        Vertex waves and K-complexes; `waves_looked` are the spans in which they were
        looked for and the EEG could be read (by default everywhere).
    arousals, respiratory : Events, optional
        As scored.
    potentials : Events, optional
        Fragmentary potentials in any stage, see `psgscore.score.fragmentary.potentials`.
        Against a jerk in sleep only those of NREM speak, against one in wake all.
    heart_rise_bpm : ndarray, shape (n_candidates,), optional
        By how much the heart rate rises within `heart_after_s`; NaN where not known.
    periodic_spans : ndarray, shape (n, 2)
        From the first to the last movement of each periodic series, seconds.
    outranked : mapping of str to ndarray of shape (n, 2)
        Spans in which something of higher precedence was scored, by the reason that is
        to stand in `excluded_by`, the weightiest first.
    readable : ndarray, shape (n, 2), optional
        Where at least one EMG can be read; by default everywhere.
    """

    hypnogram: Hypnogram | None
    n_muscles: int
    onsets: tuple[SleepOnset, ...] = ()
    lights_off_s: float | None = None
    waves: Events | None = None
    waves_looked: Spans | None = None
    arousals: Events | None = None
    respiratory: Events | None = None
    potentials: Events | None = None
    heart_rise_bpm: Floats | None = None
    periodic_spans: Spans = field(default_factory=lambda: as_spans([]))
    outranked: Mapping[str, Spans] = field(default_factory=dict)
    readable: Spans | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class JerkScore:
    """Every candidate with its tier, also those that something excludes.

    Parameters
    ----------
    events : Events
        Kinds ``"jerk:definite"``, ``"jerk:probable"``, ``"jerk:possible"``. Measures: those
        of the candidates; ``ev_muscles``, ``ev_wave``, ``ev_arousal``, ``ev_heart`` (1, 0,
        or NaN where it could not be looked at); ``points``, their sum; ``onset_delay_s``
        (jerk minus sleep onset), ``onset_low_s`` and ``onset_high_s`` (smallest and largest
        it may be, given the uncertainty of the sleep onset; NaN away from one). Texts:
        ``context`` (``"sleep onset"``, ``"re-entry"`` or ``"other"``) and ``excluded_by``,
        why it is no hypnic jerk, "" for one that counts.
    onset : ndarray of int, shape (n,)
        Index of the sleep onset it belongs to, -1 for none.
    windows : tuple of JerkWindow
        The times around sleep onsets that were looked at.
    readable : ndarray, shape (n, 2), or None
        See `JerkNight`.
    not_scored : tuple of NotScored
        What is missing, and why.
    """

    events: Events
    onset: Ints
    windows: tuple[JerkWindow, ...]
    readable: Spans | None
    not_scored: tuple[NotScored, ...]


def score_jerks(candidates: Events, night: JerkNight, criteria: JerkCriteria = JERKS) -> JerkScore:
    """Judge the candidates.

    Parameters
    ----------
    candidates : Events
        See `psgscore.score.jerk_candidates.jerk_candidates`; a jerk is where it begins.
    night : JerkNight
        Stages, sleep onsets and what else was scored.
    criteria : JerkCriteria
        Windows and limits.

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
    excluded_by = _excluded_by(candidates, night, hypnogram, onset, criteria)
    events = Events(
        candidates.start_s,
        candidates.stop_s,
        np.char.add(f"{KIND}:", tier) if tier.size else np.zeros(0, np.str_),
        candidates.channel,
        {**candidates.measures, **columns},
        {CONTEXT: context, EXCLUDED_BY: excluded_by},
    )
    return JerkScore(
        events=events,
        onset=onset,
        windows=windows,
        readable=night.readable,
        not_scored=tuple(_missing(night, windows)),
    )


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
    among |= awake & among_potentials(candidates, potentials, criteria)
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
