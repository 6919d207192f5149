"""Heart beats, and what the heart rate does around movements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from psgscore.model._arrays import Bools, Floats, Spans, require_parallel
from psgscore.model.finding import NotScored


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class HeartBeats:
    """The R peaks of one ECG.

    Parameters
    ----------
    label : str
        Name of the channel.
    times_s : ndarray, shape (n,)
        R peaks, seconds from the start of the recording, sorted.
    readable : ndarray, shape (m, 2)
        Stretches in which beats can be told from noise, in seconds; no beat lies
        outside, and no interval between beats may cross from one to the next.
    reasons : tuple of str
        Why there are no beats at all; empty when there are.
    measures : mapping of str to float
        ``qrs_uv`` (usual peak within the band, of either sign), ``clearness`` (over the
        quiet between beats), ``unreadable_min``.
    """

    label: str
    times_s: Floats
    readable: Spans
    reasons: tuple[str, ...] = ()
    measures: Mapping[str, float] = field(default_factory=dict)

    @property
    def not_scored(self) -> NotScored | None:
        """Why the heart rate is not scored, None when it is."""
        if not self.reasons:
            return None
        return NotScored("heart rate", f"{self.label}: {'; '.join(self.reasons)}")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class HeartResponse:
    """The mean course of the heart rate around the onsets of movements.

    Parameters
    ----------
    times_s : ndarray, shape (k,)
        Middles of the steps, seconds from the onset.
    mean_bpm, sem_bpm : ndarray, shape (k,)
        Mean rate over the onsets, and its standard error (NaN with one onset).
    mean_rise_bpm, sem_rise_bpm : ndarray, shape (k,)
        The same after each onset's own baseline was taken away.
    low_rise_bpm, high_rise_bpm : ndarray, shape (k,)
        Quartiles of the rises.
    used : ndarray of bool, shape (n_onsets,)
        Which onsets the course is the mean of.
    left_out : mapping of str to int
        Reason and count of the onsets that are not in it.
    not_scored : NotScored or None
        Why there is no course; every number is NaN or None then.
    """

    times_s: Floats
    mean_bpm: Floats
    sem_bpm: Floats
    mean_rise_bpm: Floats
    sem_rise_bpm: Floats
    low_rise_bpm: Floats
    high_rise_bpm: Floats
    used: Bools
    left_out: Mapping[str, int]
    not_scored: NotScored | None = None

    def __post_init__(self) -> None:
        require_parallel(
            times_s=self.times_s,
            mean_bpm=self.mean_bpm,
            sem_bpm=self.sem_bpm,
            mean_rise_bpm=self.mean_rise_bpm,
            sem_rise_bpm=self.sem_rise_bpm,
            low_rise_bpm=self.low_rise_bpm,
            high_rise_bpm=self.high_rise_bpm,
        )
        if self.not_scored is None and not (self.times_s > 0).any():
            raise ValueError("a course has steps after the onset")

    @property
    def n(self) -> int:
        """How many onsets the course is the mean of."""
        return int(self.used.sum())

    @property
    def n_left_out(self) -> int:
        """How many onsets are not in it."""
        return sum(self.left_out.values())

    @property
    def peak_rise_bpm(self) -> float | None:
        """The highest mean rise from the onset on, None without a course."""
        return None if self.not_scored else float(self._after.max())

    @property
    def peak_latency_s(self) -> float | None:
        """When the mean rise is highest, seconds after the onset."""
        if self.not_scored:
            return None
        return float(self.times_s[self.times_s > 0][self._after.argmax()])

    @property
    def _after(self) -> Floats:
        return self.mean_rise_bpm[self.times_s > 0]
