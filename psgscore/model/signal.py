"""One channel at its own rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from psgscore.errors import UnitError
from psgscore.model._arrays import Floats, Samples, frozen


@dataclass(frozen=True, slots=True, eq=False)
class Signal:
    """One channel at its own rate, never resampled to another's.

    Parameters
    ----------
    label : str
        Name of the channel as the recording has it.
    samples : ndarray of float32, shape (n_samples,)
        Physical values in `unit`.
    rate_hz : float
        Samples per second.
    unit : str
        ``"uV"`` for every voltage; else the recording's own words, "" if it has none.
    start_s : float
        Time of the first sample, seconds from the start of the recording.
    breaks : tuple of (int, float)
        Where the recording was interrupted: index of the first sample after
        the gap, and its true time in seconds. The samples before and after a
        break are neighbours in `samples` but not in time.
    """

    label: str
    samples: Samples
    rate_hz: float
    unit: str
    start_s: float = 0.0
    breaks: tuple[tuple[int, float], ...] = ()

    def __post_init__(self) -> None:
        samples = np.ascontiguousarray(self.samples, dtype=np.float32)
        if samples.ndim != 1:
            raise ValueError(f"samples of {self.label!r} must have shape (n,), not {samples.shape}")
        if not (np.isfinite(self.rate_hz) and self.rate_hz > 0):
            raise ValueError(f"rate_hz of {self.label!r} must be above 0, not {self.rate_hz}")
        object.__setattr__(self, "samples", frozen(samples))

    @property
    def duration_s(self) -> float:
        """Seconds of signal, gaps not counted."""
        return float(self.samples.size / self.rate_hz)

    @property
    def stop_s(self) -> float:
        """Time just after the last sample, seconds from the start of the recording."""
        first, start_s = self.breaks[-1] if self.breaks else (0, self.start_s)
        return float(start_s + (self.samples.size - first) / self.rate_hz)

    def times_s(self, indices: Floats) -> Floats:
        """Return the true times of sample indices (fractions allowed), gaps included."""
        firsts = np.array([0, *(index for index, _ in self.breaks)], dtype=np.float64)
        starts = np.array([self.start_s, *(start_s for _, start_s in self.breaks)])
        piece = np.searchsorted(firsts, indices, side="right") - 1
        times: Floats = starts[piece] + (indices - firsts[piece]) / self.rate_hz
        return times

    def pieces(self) -> Iterator[Signal]:
        """Yield the uninterrupted stretches, each a Signal with its own start."""
        firsts = [0, *(index for index, _ in self.breaks), self.samples.size]
        starts = [self.start_s, *(start_s for _, start_s in self.breaks)]
        for first, last, start_s in zip(firsts[:-1], firsts[1:], starts, strict=True):
            if last > first:
                yield Signal(self.label, self.samples[first:last], self.rate_hz, self.unit, start_s)

    def require_unit(self, unit: str) -> None:
        """Raise UnitError unless the samples are in `unit`."""
        if self.unit != unit:
            found = f"the file says {self.unit!r}" if self.unit else "the file gives none"
            raise UnitError(
                f"channel {self.label!r}: this step needs {unit}, {found}. State the true unit "
                f'under [units] in a channel map and pass it with --channels: "{self.label}" = '
                f'"{unit}".'
            )
