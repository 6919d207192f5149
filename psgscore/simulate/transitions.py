"""Falling asleep with a known second: EEG and EOG around transitions from wake to sleep."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from psgscore.model._arrays import Floats, Ints, Spans
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.signal import Signal
from psgscore.simulate.noise import stream
from psgscore.simulate.settings import require
from psgscore.simulate.transition_signals import DROWSY_S, TransitionPlan, render

EPOCH_S = 30.0
_FIRST_WAKE_S = (240.0, 420.0)
_BRIEF_S, _LONG_S = (25.0, 75.0), (75.0, 240.0)
_SLEEP_S = (100.0, 420.0)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedTransitions:
    """A stretch of recording in which a person falls asleep several times.

    Parameters
    ----------
    eeg : tuple of Signal
        O1-M2, O2-M1 and C4-M1 in uV.
    eog : tuple of Signal
        E1-M2 and E2-M2 in uV; they deflect in opposite directions.
    hypnogram : Hypnogram
        What a scorer without error would say: the state that fills most of an epoch.
    onset_epochs : ndarray of int, shape (n,)
        First epoch of sleep after wake, of each such transition of the hypnogram.
    onsets_s : ndarray, shape (n,)
        The true second of each, from the start of the recording.
    alpha_uv, alpha_hz : float
        RMS of a full alpha burst at O1, and its frequency.
    """

    eeg: tuple[Signal, ...]
    eog: tuple[Signal, ...]
    hypnogram: Hypnogram
    onset_epochs: Ints
    onsets_s: Floats
    alpha_uv: float
    alpha_hz: float


def simulate_transition(
    seed: int,
    *,
    rate_hz: float = 256.0,
    alpha: bool = True,
    minutes: float = 30.0,
    alpha_uv: float | None = None,
    eyes_open_share: float | None = None,
) -> SimulatedTransitions:
    """Simulate falling asleep, several times, at known seconds.

    Parameters
    ----------
    seed : int
        The same arguments give the same bytes; the truth does not depend on the rate.
    rate_hz : float
        50 to 1000.
    alpha : bool
        False for one of the people who show next to none with their eyes closed.
    minutes : float
        10 to 120, rounded to half minutes; 30 hold three to six transitions.
    alpha_uv : float, optional
        RMS of a full burst at O1, 0 to 100; else drawn, 7 to 20 uV (under 1 uV without
        alpha).
    eyes_open_share : float, optional
        How much of the first wake passes with open eyes and without alpha, 0 to 0.95; else
        drawn, 0.2 to 0.5.

    Returns
    -------
    SimulatedTransitions

    Raises
    ------
    UsageError
        A setting out of its range.

    Notes
    -----
    Sleep begins when alpha has gone for good and theta begins to rise. Alpha is narrow
    noise of 8.5 to 11.5 Hz that comes in bursts with pauses of up to 4 s, more and shorter
    ones in the last 40 s of wake, and comes back for 1 to 3 s at a time after the onset;
    within its first 15 s for 3 s at most, else sleep would not have begun. Theta takes 1 to
    10 s to rise, waxes and wanes, and comes in short trains while awake. The eyes roll slowly
    5 to 45 s before the onset and after it. Awakenings often begin with a movement.
    """
    require(50 <= rate_hz <= 1000, f"rate_hz must be 50 to 1000, not {rate_hz}")
    require(10 <= minutes <= 120, f"minutes must be 10 to 120, not {minutes}")
    require(alpha_uv is None or 0 <= alpha_uv <= 100, f"alpha_uv must be 0 to 100, not {alpha_uv}")
    open_share = 0.0 if eyes_open_share is None else eyes_open_share
    require(0 <= open_share <= 0.95, f"eyes_open_share must be 0 to 0.95, not {open_share}")
    strength = (7.0, 20.0) if alpha else (0.0, 1.0)
    plan = _plan(seed, rate_hz, minutes, strength, eyes_open_share)
    if alpha_uv is not None:
        plan = replace(plan, alpha_uv=alpha_uv)
    hypnogram = _hypnogram(plan)
    epochs, onsets = _truth(plan, hypnogram)
    eeg, eog = render(plan)
    return SimulatedTransitions(
        eeg=eeg,
        eog=eog,
        hypnogram=hypnogram,
        onset_epochs=epochs,
        onsets_s=onsets,
        alpha_uv=plan.alpha_uv,
        alpha_hz=plan.alpha_hz,
    )


def _plan(
    seed: int,
    rate_hz: float,
    minutes: float,
    strength_uv: tuple[float, float],
    open_share: float | None,
) -> TransitionPlan:
    rng = stream(seed, "falling asleep")
    duration = round(minutes * 2) * EPOCH_S
    alpha_uv = float(rng.uniform(*strength_uv))
    alpha_hz = float(rng.uniform(8.5, 11.5))
    wake, sleep = _wake_and_sleep(rng, duration)
    settled = np.minimum(sleep[:, 0] + rng.uniform(50, 180, len(sleep)), sleep[:, 1])
    n1 = np.column_stack([sleep[:, 0], settled])
    eyes_open = np.column_stack([wake[:, 0], wake[:, 0] + rng.uniform(0, 4, len(wake))])
    # Reading or looking about before the lights go out.
    drawn = float(rng.uniform(0.2, 0.5))
    eyes_open[0, 1] = (drawn if open_share is None else open_share) * wake[0, 1]
    closed = np.column_stack([eyes_open[:, 1], wake[:, 1]])
    bursts = [_bursts(rng, start, stop) for start, stop in closed]
    back = [_intrusions(rng, start, stop) for start, stop in n1]
    spans = np.concatenate([*bursts, *back])
    return TransitionPlan(
        seed=seed,
        rate_hz=rate_hz,
        duration_s=duration,
        wake=wake,
        eyes_open=eyes_open,
        n1=n1,
        n2=np.column_stack([settled, sleep[:, 1]]),
        alpha=spans[np.argsort(spans[:, 0])],
        alpha_uv=alpha_uv,
        alpha_hz=alpha_hz,
    )


def _wake_and_sleep(rng: np.random.Generator, duration: float) -> tuple[Spans, Spans]:
    """Return the stretches of wake, and those of sleep that follow each."""
    edges = [0.0, float(rng.uniform(*_FIRST_WAKE_S))]
    while True:
        woken = edges[-1] + float(rng.uniform(*_SLEEP_S))
        again = woken + float(rng.uniform(*(_BRIEF_S if rng.random() < 0.6 else _LONG_S)))
        if again > duration - _SLEEP_S[0]:
            break
        edges += [woken, again]
    pairs = np.array([*edges, duration])
    return pairs[:-1].reshape(-1, 2), np.column_stack([pairs[1::2], pairs[2::2]])


def _bursts(rng: np.random.Generator, start: float, stop: float) -> Floats:
    """Return alpha that comes and goes until `stop`, rows of start, stop, gain and ramp."""
    rows = []
    time = start
    while time < stop - 0.5:
        drowsy = time > stop - DROWSY_S
        last = min(time + float(rng.gamma(3.0, 1.3 if drowsy else 2.5)), stop)
        ramp = float(rng.uniform(0.3, 1.5) if last == stop else rng.uniform(0.2, 0.5))
        rows.append((time, last, float(rng.uniform(0.5 if drowsy else 0.7, 1.0)), ramp))
        time = last + float(np.clip(rng.exponential(1.6 if drowsy else 1.0), 0.6, 4.0))
    return np.array(rows).reshape(-1, 4)


def _intrusions(rng: np.random.Generator, start: float, stop: float) -> Floats:
    """Return alpha that comes back briefly after the onset, rows as those of `_bursts`."""
    rows = []
    time = start + float(rng.uniform(2.0, 20.0))
    while time + 3.0 < stop:
        last = time + float(rng.uniform(1.0, 3.0))
        rows.append((time, last, float(rng.uniform(0.5, 1.0)), 0.3))
        time = last + 12.0 + float(rng.exponential(15.0))
    return np.array(rows).reshape(-1, 4)


def _hypnogram(plan: TransitionPlan) -> Hypnogram:
    """Return the stage that fills most of each epoch, sleep against wake first."""
    starts = np.arange(0, plan.duration_s, EPOCH_S)

    def seconds(spans: Spans) -> Floats:
        inner = np.minimum(starts[:, None] + EPOCH_S, spans[:, 1]) - np.maximum(
            starts[:, None], spans[:, 0]
        )
        return np.asarray(np.maximum(inner, 0).sum(axis=1), np.float64)

    asleep = np.where(seconds(plan.n1) >= seconds(plan.n2), Stage.N1, Stage.N2)
    stages = np.where(seconds(plan.wake) > EPOCH_S / 2, Stage.W, asleep)
    return Hypnogram(stages.astype(np.int8), EPOCH_S)


def _truth(plan: TransitionPlan, hypnogram: Hypnogram) -> tuple[Ints, Floats]:
    """Pair the transitions of the hypnogram with the true second of each."""
    awake = hypnogram.stages == Stage.W
    epochs = np.flatnonzero(awake[:-1] & ~awake[1:]) + 1
    away = np.abs(plan.n1[:, 0] - epochs[:, None] * EPOCH_S)
    return epochs.astype(np.int64), plan.n1[np.argmin(away, axis=1), 0]
