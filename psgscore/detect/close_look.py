"""A close look at parts of an EMG: a running RMS much shorter than a movement's envelope.

The envelope of a `PreparedEmg` only tells where to look, so that a night costs little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.detect.emg import EmgStretch
from psgscore.model._arrays import Bools, Floats, Ints, Samples


@dataclass(frozen=True, slots=True, eq=False)
class Close:
    """The parts of a stretch looked at closely, one after the other.

    `power` is the square of the running RMS, in the uV a scorer sees: 0 at the
    ends of every part, so that none runs into the next. `sample` is where each value lies in
    the stretch.
    """

    power: Floats
    sample: Ints

    @classmethod
    def of(cls, stretch: EmgStretch, parts: Ints, window_s: float) -> Close:
        """Take a look over `window_s` at parts given by their first and last samples."""
        sample = inside(parts)
        gain = stretch.criteria.amplitude_gain
        squares = np.square(gain * stretch.filtered[sample].astype(np.float64))
        power = np.convolve(squares, _window(window_s * stretch.rate_hz), mode="same")
        ends = np.cumsum(parts[:, 1] - parts[:, 0])
        power[np.concatenate([[0], ends[:-1], ends - 1])] = 0.0
        return cls(power, sample)

    def reaching(self, parts: Ints, asked_uv: Floats) -> Close:
        """Return those of its parts whose running RMS anywhere reaches what is asked of each."""
        lengths = parts[:, 1] - parts[:, 0]
        ends = np.cumsum(lengths)
        tall = np.maximum.reduceat(self.power, ends - lengths) >= asked_uv**2
        if tall.all():
            return self
        rows = inside(np.column_stack([ends - lengths, ends])[tall])
        return Close(self.power[rows], self.sample[rows])


def whole(stretch: EmgStretch, close: Close, spans: Ints) -> Bools:
    """Say which spans neither begin nor end where the stretch does."""
    before, after = close.sample[spans[:, 0] - 1], close.sample[spans[:, 1]]
    kept: Bools = (before > 0) & (after < stretch.filtered.size - 1)
    return kept


def frequency_hz(stretch: EmgStretch, close: Close, spans: Ints) -> Floats:
    """Return the average frequency of each burst, from how alike neighbouring samples are."""
    if not len(spans):
        return np.zeros(0)
    lengths = spans[:, 1] - spans[:, 0]
    # A burst lies within one part: its samples follow each other, and one more comes after.
    samples = close.sample[spans[:, 0]]
    values = stretch.filtered[inside(np.column_stack([samples, samples + lengths + 1]))]
    first = np.cumsum(lengths + 1) - lengths - 1
    pairs = np.column_stack([first, first + lengths]).ravel()
    products = values[:-1] * values[1:]
    sums = (
        np.add.reduceat(np.append(one, 0.0), pairs, dtype=np.float64)[::2]
        for one in (products, np.square(values))
    )
    likeness = np.divide(*sums)
    turns: Floats = np.arccos(np.clip(likeness, -1.0, 1.0)) / (2 * np.pi)
    return turns * stretch.rate_hz


def inside(spans: Ints) -> Ints:
    """Return the indices inside each of some spans, one after the other."""
    lengths = spans[:, 1] - spans[:, 0]
    ends = np.cumsum(lengths)
    found: Ints = np.arange(int(lengths.sum())) + np.repeat(spans[:, 1] - ends, lengths)
    return found


def joined(spans: Ints, gap: float) -> Ints:
    """Return sorted index pairs with those less than `gap` apart joined."""
    if len(spans) < 2:
        return spans
    reach = np.maximum.accumulate(spans[:, 1])
    first = np.concatenate([[True], spans[1:, 0] - reach[:-1] >= gap])
    last = np.concatenate([first[1:], [True]])
    return np.column_stack([spans[first, 0], reach[last]])


def over(what: np.ufunc, values: Floats | Samples, spans: Ints) -> Floats:
    """Reduce the values of each span; spans are sorted, disjoint and not empty."""
    if not len(spans):
        return np.zeros(0)
    edges = spans.ravel()
    # What is after the last edge goes with it: none is given where the values end.
    edges = edges[:-1] if edges[-1] == values.size else edges
    reduced: Floats = what.reduceat(values, edges, dtype=np.float64)[::2]
    return reduced


def highest_within(values: Floats, size: int) -> Floats:
    """Return the highest value of a centred window, odd in length, around each place."""
    highest, width = np.pad(values, size // 2, mode="edge"), 1
    while width < size:
        # The highest of two windows that overlap or touch is that of both.
        shift = min(width, size - width)
        highest = np.maximum(highest[:-shift], highest[shift:])
        width += shift
    return highest


def _window(n_samples: float) -> Floats:
    """Return a window of so many samples, odd in length: its ends count in part."""
    middle = 2 * int((n_samples - 1) // 2) + 1
    end = (n_samples - middle) / 2
    return np.concatenate([[end], np.ones(middle), [end]]) / n_samples
