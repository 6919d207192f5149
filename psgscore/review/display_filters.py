"""What a trace is drawn through: the EMG as it is scored, everything else as is usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psgscore.dsp.envelope import bridge_pops
from psgscore.dsp.filters import band_pass_taps
from psgscore.model._arrays import Floats, Samples
from psgscore.model.criteria import LegMovementCriteria

_ORDER = 2
_LONGEST_MARGIN_S = 30.0
_EMG_MARGIN_S = 2.0


@dataclass(frozen=True, slots=True)
class DisplayFilter:
    """What a trace is drawn through.

    Parameters
    ----------
    high_pass_hz, low_pass_hz : float or None
        None for no limit.
    scored : LegMovementCriteria or None
        Drawn through the detector's own filter, with its limits.
    """

    high_pass_hz: float | None = None
    low_pass_hz: float | None = None
    scored: LegMovementCriteria | None = None

    @property
    def text(self) -> str:
        """The limits in words."""
        low, high = self.high_pass_hz, self.low_pass_hz
        if low is None and high is None:
            return "as recorded"
        if low is None:
            return f"up to {high:g} Hz"
        limits = f"from {low:g} Hz" if high is None else f"{low:g} to {high:g} Hz"
        return f"{limits}, as scored" if self.scored else limits

    @property
    def margin_s(self) -> float:
        """Seconds on either side without which the ends of a page would look otherwise."""
        if self.scored:
            return _EMG_MARGIN_S
        if self.high_pass_hz is None:
            return 0.0 if self.low_pass_hz is None else 1.0
        return min(3.0 / self.high_pass_hz, _LONGEST_MARGIN_S)

    def __call__(self, samples: Samples, rate_hz: float) -> Samples:
        """Return the filtered samples of an uninterrupted piece; nothing moves in time."""
        if self.scored is not None and samples.size:
            whole, _ = bridge_pops(samples, rate_hz, self.scored.gate.pop_uv)
            limits = self.scored.high_pass_hz, self.scored.low_pass_hz
            return _convolved(whole, band_pass_taps(rate_hz, *limits).astype(np.float32))
        if (self.high_pass_hz is None and self.low_pass_hz is None) or samples.size < 2:
            return samples
        return self._smooth(samples, rate_hz)

    def _smooth(self, samples: Samples, rate_hz: float) -> Samples:
        """Filter with the squared response of a Butterworth filter: as if run there and back.

        The ends are mirrored through their points, so that they do not ring.
        """
        reach = min(samples.size - 1, max(round(rate_hz * self.margin_s), 1))
        before = 2 * samples[0] - samples[reach:0:-1]
        after = 2 * samples[-1] - samples[-2 : -reach - 2 : -1]
        whole = np.concatenate([before, samples, after])
        size = _fast_length(whole.size)
        frequencies_hz = np.arange(size // 2 + 1, dtype=np.float64) * (rate_hz / size)
        gain = _gain(frequencies_hz, self.high_pass_hz, self.low_pass_hz)
        return _multiplied(whole, size, gain)[reach : reach + samples.size]


def _convolved(samples: Samples, taps: Samples) -> Samples:
    """Do what the detector's `band_pass` does, for a page at once.

    Not by calling it: the library it takes for whole nights is 0.1 s away, and a person waits.
    """
    half = taps.size // 2
    mirrored = np.pad(samples, half, mode="reflect" if samples.size > half else "edge")
    size = _fast_length(mirrored.size)
    return _multiplied(mirrored, size, np.fft.rfft(taps, size))[2 * half : mirrored.size]


def _multiplied(samples: Samples, size: int, response: NDArray[Any]) -> Samples:
    """Return samples whose spectrum was multiplied by a response."""
    spectrum = np.fft.rfft(samples, size)
    spectrum *= response
    filtered: Samples = np.fft.irfft(spectrum, size).astype(np.float32, copy=False)
    return filtered


def _fast_length(at_least: int) -> int:
    """Return the next length without a prime factor above 5: of those the transform is fast."""
    fast: list[int] = [
        3**threes * 5**fives
        for threes in range(at_least.bit_length())
        for fives in range(at_least.bit_length())
        if 3**threes * 5**fives < 2 * at_least
    ]
    return min(one << (-(-at_least // one) - 1).bit_length() for one in fast)


def as_scored(criteria: LegMovementCriteria) -> DisplayFilter:
    """Return the filter of the detector as one to draw through."""
    return DisplayFilter(criteria.high_pass_hz, criteria.low_pass_hz, criteria)


def _gain(frequencies_hz: Floats, high_pass_hz: float | None, low_pass_hz: float | None) -> Samples:
    power = 2 * _ORDER
    gain = np.ones(frequencies_hz.size)
    if low_pass_hz is not None:
        gain /= 1 + (frequencies_hz / low_pass_hz) ** power
    if high_pass_hz is not None:
        part = (frequencies_hz / high_pass_hz) ** power
        gain *= part / (1 + part)
    return gain.astype(np.float32)
