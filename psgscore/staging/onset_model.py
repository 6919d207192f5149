"""What each channel has learned of a person's wake and sleep from the scored epochs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import Bools, Floats
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.signal import Signal
from psgscore.model.staging import OnsetKind
from psgscore.staging.onset_features import (
    HOP_S,
    MIN_EYE_RATE_HZ,
    MIN_RATE_HZ,
    Course,
    eeg_course,
    eye_course,
)
from psgscore.staging.onset_hmm import States, learn_mixed, learn_plain

CONTRAST = float(np.log(2.0))
"""Alpha is usable where wake has at least twice the alpha power of sleep (80th percentiles):
people simulated without alpha have 0.8 to 1.2 times, those with 7 uV or more 7 times."""
_HIGH_PERCENTILE = 80

_MOST_EPOCHS = 40
_ENOUGH_EPOCHS = 4
_WAKE_S = 135.0
_LEARN_HOP_S = 1.0
_FEWEST_WINDOWS = 40
_EYE_STEPS = 4

# One window in so many seconds is new evidence: neighbours overlap, and alpha and theta wax
# and wane together for a while. Chosen so that the intervals hardly need widening.
_INDEPENDENT_S = {"alpha": 2.5, "non-alpha": 3.0}
_EYES_INDEPENDENT_S = 8.0
"""Slow eye movements begin long before sleep: they count, but little."""


Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Transition:
    """One wake-to-sleep transition and where its second is looked for.

    Parameters
    ----------
    epoch : int
        First epoch of sleep.
    awake_s : float
        From here on the person is awake.
    start_s, stop_s : float
        The onset is looked for in [start_s, stop_s].
    boundary_s : float
        Start of the epoch.
    half_s : float
        Half an epoch: by the rule that the state that fills most of an epoch names it,
        the onset is no further from `boundary_s`, if the scorer made no error.
    """

    epoch: int
    awake_s: float
    start_s: float
    stop_s: float
    boundary_s: float
    half_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What speaks for sleep at each step: log likelihood asleep over awake."""

    favours_sleep: Floats
    unreadable_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Eyes:
    """The EOGs, and how the eyes move about the transitions."""

    signals: tuple[Signal, ...]
    states: States

    def favours_sleep(self, start_s: float, n_steps: int) -> Floats:
        """Return the mean evidence of the eyes, none of an eye with a gap."""
        total = np.zeros(n_steps)
        # Windows of 4 s need not be taken every quarter of a second.
        n_coarse = -(-n_steps // _EYE_STEPS)
        for eye in self.signals:
            course = eye_course(eye, start_s, n_coarse, hop_s=_EYE_STEPS * HOP_S)
            if course is not None:
                coarse = _weighed(self.states, course, _EYES_INDEPENDENT_S)
                total += np.repeat(coarse, _EYE_STEPS)[:n_steps]
        return total / len(self.signals)


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """A channel that has learned the two states.

    Parameters
    ----------
    signal : Signal
        EEG in uV.
    kind : {"alpha", "non-alpha", "epoch"}
        What it tells them apart by; ``"epoch"``: it cannot.
    states : States, optional
        None where it cannot.
    reason : str
        Why it cannot.
    eyes : Eyes, optional
        Read along, for kind ``"non-alpha"``.
    """

    signal: Signal
    kind: OnsetKind
    states: States | None = None
    reason: str = ""
    eyes: Eyes | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels of all channels it reads."""
        eyes = self.eyes.signals if self.eyes else ()
        return (self.signal.label, *(eye.label for eye in eyes))

    def evidence(self, start_s: float, n_steps: int) -> Evidence | None:
        """Return the evidence on a grid of `HOP_S`, None where there is a gap."""
        course = eeg_course(self.signal, start_s, n_steps)
        if course is None or self.states is None:
            return None
        favours = _weighed(self.states, course, _INDEPENDENT_S[self.kind])
        if self.eyes is not None:
            favours += self.eyes.favours_sleep(start_s, n_steps)
        return Evidence(favours, float(np.sum(~course.readable)) * HOP_S)


def _weighed(states: States, course: Course, independent_s: float) -> Floats:
    """Return the evidence of each window, none where the signal cannot be read."""
    favours = states.favours_sleep(course.values) * (HOP_S / independent_s)
    return np.asarray(np.where(course.readable, favours, 0.0), np.float64)


def make_readers(
    hypnogram: Hypnogram,
    transitions: Sequence[Transition],
    eeg: Sequence[Signal],
    eog: Sequence[Signal],
) -> tuple[Reader, ...]:
    """Let each EEG learn the two states from the scored epochs of the recording."""
    eyes = _learn_eyes(transitions, tuple(eye for eye in eog if eye.rate_hz >= MIN_EYE_RATE_HZ))
    spans = _wake_spans(transitions), _sleep_spans(hypnogram)
    return tuple(_reader(signal, spans, eyes) for signal in eeg)


def _reader(signal: Signal, spans: tuple[list[Span], list[Span]], eyes: Eyes | None) -> Reader:
    if signal.rate_hz < MIN_RATE_HZ:
        reason = (
            f"{signal.label} is sampled at {signal.rate_hz:g} Hz, at least {MIN_RATE_HZ:g} Hz "
            "are needed"
        )
        return Reader(signal, "epoch", reason=reason)
    awake, asleep = (_learned(eeg_course, signal, some) for some in spans)
    if awake is None or asleep is None:
        reason = f"{signal.label} shows too little wake or light sleep to learn from"
        return Reader(signal, "epoch", reason=reason)
    high_awake, high_asleep = (
        np.percentile(course.level, _HIGH_PERCENTILE) for course in (awake, asleep)
    )
    if high_awake - high_asleep >= CONTRAST:
        return Reader(signal, "alpha", learn_mixed(awake.values, asleep.values))
    return Reader(signal, "non-alpha", learn_plain(awake.values, asleep.values), eyes=eyes)


def _wake_spans(transitions: Sequence[Transition]) -> list[Span]:
    """Return what is wake beyond doubt in the minutes before each transition.

    Long before, people read or look about: with open eyes there is no alpha.
    """
    ends = [(one, one.boundary_s - one.half_s) for one in transitions]
    return [(max(one.awake_s, last - _WAKE_S), last) for one, last in ends]


def _sleep_spans(hypnogram: Hypnogram) -> list[Span]:
    """Return the epochs of N1 clear of wake; with N2 where there are few.

    Sleep begins with N1; N2 has slow waves, by which theta is a smaller share.
    """
    stages, edges = hypnogram.stages, hypnogram.edges_s
    clear = _among_their_own(stages > Stage.W)
    found = np.flatnonzero((stages == Stage.N1) & clear)
    if found.size < _ENOUGH_EPOCHS:
        light = np.isin(stages, (Stage.N1, Stage.N2))
        found = np.flatnonzero(light & clear if np.any(light & clear) else light)
    if found.size > _MOST_EPOCHS:
        found = found[np.linspace(0, found.size - 1, _MOST_EPOCHS).round().astype(np.int64)]
    return [(float(edges[epoch]), float(edges[epoch + 1])) for epoch in found]


def _among_their_own(chosen: Bools) -> Bools:
    """Return where both neighbours are chosen too; the ends of the night count as such."""
    padded = np.concatenate([[True], chosen, [True]])
    both: Bools = padded[:-2] & padded[2:]
    return both


def _learn_eyes(transitions: Sequence[Transition], eyes: tuple[Signal, ...]) -> Eyes | None:
    """Learn how the eyes move in the minute before and after the transitions.

    Not further away: the eyes begin to roll well before sleep, and would be taken for its
    beginning.
    """
    before = [(one.start_s, one.boundary_s - one.half_s) for one in transitions]
    after = [(one.boundary_s + one.half_s, one.stop_s + one.half_s) for one in transitions]
    learned = []
    for spans in (before, after):
        courses = [_learned(eye_course, eye, spans) for eye in eyes]
        found = [course.values for course in courses if course is not None]
        learned.append(np.concatenate([np.zeros((0, 1)), *found]))
    if min(len(values) for values in learned) < _FEWEST_WINDOWS:
        return None
    return Eyes(eyes, learn_mixed(*learned))


def _learned(
    read: Callable[..., Course | None], signal: Signal, spans: Sequence[Span]
) -> Course | None:
    """Return the readable windows of all spans, None where there are too few."""
    courses = [
        read(signal, first + HOP_S, int(last - first), hop_s=_LEARN_HOP_S)
        for first, last in spans
        if last - first >= 1
    ]
    found = [course for course in courses if course is not None]
    if not found:
        return None
    readable = np.concatenate([course.readable for course in found])
    if np.sum(readable) < _FEWEST_WINDOWS:
        return None
    return Course(
        np.concatenate([course.values for course in found])[readable],
        np.concatenate([course.level for course in found])[readable],
        readable[readable],
    )
