"""When sleep began, to the second: an interval for every wake-to-sleep transition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import Floats
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.signal import Signal
from psgscore.model.staging import OnsetKind, SleepOnset
from psgscore.staging.onset_features import EOG_WINDOW_S, HOP_S
from psgscore.staging.onset_hmm import first_runs, sample_paths
from psgscore.staging.onset_model import Reader, Transition, make_readers

RUN_S = 15.0
ASLEEP_SHARE = 0.8
"""Sleep begins with the first run of 15 s of which 80 % are not wake."""
REACH_S = 30.0
"""How far the onset may lie beyond where a scorer without error would let it: experts differ."""
MAX_DISAGREEMENT_S = 15.0
MAX_INTERVAL_S = 30.0

LAG_S = {"alpha": 0.3, "non-alpha": 1.0}
"""How late the median of the paths is, median over simulated transitions: the logarithm of a
share changes only when most of a window has changed, and theta takes seconds to rise."""
WIDENING_S = {"alpha": 0.5, "non-alpha": 0.5}
"""Added at both ends of an interval. On simulated transitions the drawn onsets alone hold the true
second nine times out of ten unless the scorer is an epoch off; where there is alpha, half a second
about mends that too. This and `LAG_S` were found by ``measure_sleep_onset.py --calibrate`` in
``scripts``, on other seeds than the accuracy is measured on."""

_SCORER_SCALE_S = 10.0
"""The odds of an onset outside its epoch fall by e in so many seconds."""
_MEAN_STAY_S = 60.0
_FIRST_AWAKE = 0.9
_MAX_UNREADABLE_S = 5.0
_AT_LIMIT = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """Onsets drawn from one channel, seconds; and whether they run into the limits."""

    reader: Reader
    onsets_s: Floats
    at_limit: bool


def sleep_onsets(
    hypnogram: Hypnogram, eeg: Sequence[Signal], eog: Sequence[Signal] = ()
) -> tuple[SleepOnset, ...]:
    """Find when sleep began at every transition from wake to sleep.

    Parameters
    ----------
    hypnogram : Hypnogram
        Scored or staged epochs. A transition is an epoch of sleep right after one of
        wake; after an unscored one it is not known whether sleep begins.
    eeg : sequence of Signal
        In uV, in order of preference: occipital, else central. An onset is read from the
        first that can be read; the others must agree.
    eog : sequence of Signal
        In uV; read along where the person shows no alpha.

    Returns
    -------
    tuple of SleepOnset
        One per transition, in order of time; where the signals do not tell, kind
        ``"epoch"`` with the reason.

    Raises
    ------
    UnitError
        A signal is not in uV.

    Notes
    -----
    In windows of 2 s, every 0.25 s, the shares of alpha and theta are compared with those of
    this person's wake shortly before sleep and of N1. Paths between wake and sleep are
    drawn from their probability given all windows (a hidden Markov model of two states);
    each has its onset, the first run of 15 s of which 80 % are not wake. Median and 5 % and
    95 % of these, the latter widened by a constant found on simulated transitions
    (``scripts/measure_sleep_onset.py``), are the estimate.
    """
    for signal in (*eeg, *eog):
        signal.require_unit("uV")
    transitions = _transitions(hypnogram)
    readers = make_readers(hypnogram, transitions, eeg, eog) if transitions else ()
    return tuple(_onset(one, readers) for one in transitions)


def _transitions(hypnogram: Hypnogram) -> list[Transition]:
    stages = hypnogram.stages
    asleep = stages > Stage.W
    found = np.flatnonzero((stages[:-1] == Stage.W) & asleep[1:]) + 1
    return [_transition(hypnogram, int(epoch)) for epoch in found]


def _transition(hypnogram: Hypnogram, epoch: int) -> Transition:
    """Return where to look: in this wake and this sleep, not in those before and after."""
    stages, edges, half_s = hypnogram.stages, hypnogram.edges_s, hypnogram.epoch_s / 2
    others = np.flatnonzero(stages[:epoch] != Stage.W)
    first = int(others[-1]) + 1 if others.size else 0
    slept_before = others.size > 0 and stages[first - 1] > Stage.W
    awake = np.flatnonzero(stages[epoch:] <= Stage.W)
    last = epoch + int(awake[0]) if awake.size else len(stages)
    # Wake fills most of its first epoch, so that it lasts in the middle of it.
    earliest = edges[first] + (half_s if slept_before else EOG_WINDOW_S / 2)
    latest = edges[last] - max(RUN_S, half_s) - (EOG_WINDOW_S / 2 if not awake.size else 0.0)
    boundary = float(edges[epoch])
    return Transition(
        epoch,
        float(earliest),
        max(boundary - half_s - REACH_S, float(earliest)),
        min(boundary + half_s + REACH_S, float(latest)),
        boundary,
        half_s,
    )


def _onset(transition: Transition, readers: Sequence[Reader]) -> SleepOnset:
    """Return the onset as the best kind of channel shows it."""
    tried = [(reader, _read(reader, transition)) for reader in readers]
    kinds: tuple[OnsetKind, ...] = ("alpha", "non-alpha")
    for kind in kinds:
        readings = [
            one for reader, one in tried if isinstance(one, _Reading) and reader.kind == kind
        ]
        if readings:
            return _judged(transition, readings, kind)
    reasons = [one for _, one in tried if isinstance(one, str)]
    return _by_epoch(transition, reasons[0] if reasons else "there is no EEG")


def _read(reader: Reader, transition: Transition) -> _Reading | str:
    """Return the onsets drawn from a channel, or why it cannot be read here."""
    if reader.kind == "epoch":
        return reader.reason
    label = reader.signal.label
    n_starts = max(int((transition.stop_s - transition.start_s) / HOP_S) + 1, 1)
    n_run = round(RUN_S / HOP_S)
    evidence = reader.evidence(transition.start_s, n_starts + n_run)
    if evidence is None:
        return f"{label} has a gap or ends within a minute of the epoch"
    if evidence.unreadable_s > _MAX_UNREADABLE_S:
        return f"{label} cannot be read for {evidence.unreadable_s:.0f} s around the epoch"
    favours = evidence.favours_sleep + _scorer(transition, evidence.favours_sleep.size)
    paths = sample_paths(favours, HOP_S / _MEAN_STAY_S, _FIRST_AWAKE)
    steps = first_runs(paths, n_run, ASLEEP_SHARE, n_starts)
    onsets = steps.astype(np.float64) * HOP_S
    onsets += transition.start_s - 0.5 * HOP_S - LAG_S[reader.kind]
    at_limit = max(np.mean(steps == 0), np.mean(steps == n_starts)) > _AT_LIMIT
    return _Reading(reader, onsets, bool(at_limit))


def _scorer(transition: Transition, n_steps: int) -> Floats:
    """Return what the epochs say: nothing within half an epoch, ever more beyond it."""
    away = transition.start_s + np.arange(n_steps) * HOP_S - transition.boundary_s
    beyond: Floats = np.where(np.abs(away) > transition.half_s, np.sign(away), 0.0)
    return beyond * (HOP_S / _SCORER_SCALE_S)


def _judged(transition: Transition, readings: Sequence[_Reading], kind: OnsetKind) -> SleepOnset:
    """Return the onset of the first channel, unless it is uncertain or another disagrees."""
    first = readings[0]
    low, middle, high = (float(q) for q in np.quantile(first.onsets_s, (0.05, 0.5, 0.95)))
    low, high = low - WIDENING_S[kind], high + WIDENING_S[kind]
    if first.at_limit:
        reason = f"{first.reader.signal.label} shows no clear change near the epoch"
        return _by_epoch(transition, reason)
    if high - low > MAX_INTERVAL_S:
        reason = f"{first.reader.signal.label} leaves an interval of {high - low:.0f} s"
        return _by_epoch(transition, reason)
    for other in readings[1:]:
        apart = abs(float(np.median(other.onsets_s)) - middle)
        if apart > MAX_DISAGREEMENT_S:
            labels = f"{first.reader.signal.label} and {other.reader.signal.label}"
            return _by_epoch(transition, f"{labels} disagree by {apart:.0f} s")
    return SleepOnset(
        epoch=transition.epoch,
        onset_s=middle,
        low_s=low,
        high_s=high,
        kind=kind,
        channels=first.reader.labels,
    )


def _by_epoch(transition: Transition, reason: str) -> SleepOnset:
    boundary_s, epoch_s = transition.boundary_s, 2 * transition.half_s
    return SleepOnset(
        epoch=transition.epoch,
        onset_s=boundary_s,
        low_s=boundary_s - epoch_s,
        high_s=boundary_s + epoch_s,
        kind="epoch",
        reason=reason,
    )
