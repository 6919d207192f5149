"""What a trace is drawn through: the EMG as it is scored, everything else as is usual."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.dsp.envelope import bridge_pops
from psgscore.dsp.filters import band_pass
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
        if self.scored is not None:
            whole, _ = bridge_pops(samples, rate_hz, self.scored.gate.pop_uv)
            limits = self.scored.high_pass_hz, self.scored.low_pass_hz
            return band_pass(whole, rate_hz, *limits)
        if (self.high_pass_hz is None and self.low_pass_hz is None) or samples.size < 2:
            return samples
        return self._smooth(samples, rate_hz)

    def _smooth(self, samples: Samples, rate_hz: float) -> Samples:
        """Filter with the squared response of a Butterworth filter: as if run there and back.

        The ends are mirrored through their points, so that they do not ring.
        """
        from scipy import fft  # noqa: PLC0415 - start-up time

        reach = min(samples.size - 1, max(round(rate_hz * self.margin_s), 1))
        before = 2 * samples[0] - samples[reach:0:-1]
        after = 2 * samples[-1] - samples[-2 : -reach - 2 : -1]
        whole = np.concatenate([before, samples, after])
        size = fft.next_fast_len(whole.size, real=True)
        spectrum = fft.rfft(whole, size)
        spectrum *= _gain(fft.rfftfreq(size, 1 / rate_hz), self.high_pass_hz, self.low_pass_hz)
        filtered: Samples = fft.irfft(spectrum, size)[reach : reach + samples.size]
        return filtered.astype(np.float32, copy=False)


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
