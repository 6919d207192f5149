"""A signal on the epoch grid: every sample at its true time, gaps marked."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from psgscore.model._arrays import Bools, Floats, Samples
from psgscore.model.signal import Signal

EPOCH_S = 30.0
_SAMPLES_AT_ONCE = 1 << 18  # of holes: their places take 8 bytes each, and a night may be one hole


@dataclass(frozen=True, slots=True, eq=False)
class GridSignal:
    """A signal without breaks from second `start_s` on, a whole number of epochs long.

    Parameters
    ----------
    signal : Signal
        Samples in gaps are a straight line from one side to the other, so that no
        filter meets a jump.
    missing_s : ndarray, shape (n_epochs,)
        Seconds of each epoch that the recording does not have.
    """

    signal: Signal
    missing_s: Floats

    def epochs(self, first: int, last: int) -> Samples:
        """Return the samples of some epochs, shape (last - first, samples of an epoch)."""
        size = int(EPOCH_S * self.signal.rate_hz)
        starts = np.round(np.arange(first, last) * EPOCH_S * self.signal.rate_hz).astype(np.int64)
        rows: Samples = self.signal.samples[starts[:, np.newaxis] + np.arange(size)]
        return rows

    def without(self, bad: Bools) -> GridSignal:
        """Return it with straight lines in place of some epochs: no filter meets what was there."""
        if not bad.any():
            return self
        edges = np.round(np.arange(bad.size + 1) * EPOCH_S * self.signal.rate_hz).astype(np.int64)
        kept = np.repeat(~bad, np.diff(edges))[: self.signal.samples.size]
        samples = _bridged(self.signal.samples.copy(), kept)
        signal = Signal(self.signal.label, samples, self.signal.rate_hz, self.signal.unit)
        return GridSignal(signal, self.missing_s)


def _bridged(samples: Samples, known: Bools) -> Samples:
    """Draw straight lines through what is not known, in place."""
    steps = np.flatnonzero(known[1:] != known[:-1])
    # The known sample of each pair where a hole begins or ends: a line needs no other.
    borders = np.where(known[steps], steps, steps + 1)
    if not borders.size:
        return samples
    levels = samples[borders]
    for first in range(0, samples.size, _SAMPLES_AT_ONCE):
        holes = first + np.flatnonzero(~known[first : first + _SAMPLES_AT_ONCE])
        samples[holes] = np.interp(holes, borders, levels)
    return samples


def on_grid(signal: Signal, start_s: float, n_epochs: int) -> GridSignal:
    """Cut a signal to whole epochs.

    Parameters
    ----------
    signal : Signal
        May have breaks, start late and end early.
    start_s : float
        Start of the first epoch, seconds from the start of the recording.
    n_epochs : int
    """
    size = int(np.ceil(n_epochs * EPOCH_S * signal.rate_hz))
    offset = round((start_s - signal.start_s) * signal.rate_hz)
    if not signal.breaks and offset >= 0 and offset + size <= signal.samples.size:
        whole = signal.samples[offset : offset + size]
        signal = Signal(signal.label, whole, signal.rate_hz, signal.unit)
        return GridSignal(signal, np.zeros(n_epochs))
    samples = np.zeros(size, dtype=np.float32)
    known: Bools = np.zeros(size, dtype=np.bool_)
    for piece in signal.pieces():
        first = round((piece.start_s - start_s) * signal.rate_hz)
        inside = piece.samples[max(-first, 0) : max(size - first, 0)]
        place = max(first, 0)
        samples[place : place + inside.size] = inside
        known[place : place + inside.size] = True
    samples = _bridged(samples, known)
    edges = np.round(np.arange(n_epochs + 1) * EPOCH_S * signal.rate_hz).astype(np.int64)
    have = [np.count_nonzero(known[a:b]) for a, b in pairwise(np.minimum(edges, size))]
    missing_s = np.maximum(np.diff(edges) - have, 0) / signal.rate_hz
    return GridSignal(Signal(signal.label, samples, signal.rate_hz, signal.unit), missing_s)
