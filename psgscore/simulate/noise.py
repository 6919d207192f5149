"""Noise with a given spectrum, and short shapes added at exact times."""

from __future__ import annotations

import zlib
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from psgscore.model._arrays import Floats, Ints, Samples

HOP_S = 1.0
_BLOCKS_AT_ONCE = 256
_VALUES_AT_ONCE = 500_000

Shape = Callable[[Floats, slice], Floats]


def stream(seed: int, *names: str) -> np.random.Generator:
    """Return a random stream of its own for each purpose, so that none shifts another."""
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])


def block_samples(rate_hz: float) -> int:
    """Return the length of a noise block, an even number of samples."""
    return 2 * round(HOP_S * rate_hz)


def block_times_s(n_samples: int, rate_hz: float) -> Floats:
    """Return the centres of the blocks that `shaped_noise` adds up."""
    hop = block_samples(rate_hz) // 2
    times: Floats = np.arange(-(-n_samples // hop) + 1) * hop / rate_hz
    return times


def frequencies_hz(rate_hz: float) -> Floats:
    """Return the frequencies at which `shaped_noise` takes its spectrum."""
    size = block_samples(rate_hz)
    bins: Floats = np.arange(size // 2 + 1) * rate_hz / size
    return bins


def band(rate_hz: float, low_hz: float, high_hz: float) -> Floats:
    """Return the density (per Hz) of flat noise of unit RMS between two frequencies.

    Nothing is left above 0.45 of the rate, where a recorder's own filter ends.
    """
    frequency = frequencies_hz(rate_hz)
    high_hz = min(high_hz, 0.45 * rate_hz)
    edges = np.clip(frequency - low_hz + 0.5, 0, 1) * np.clip(high_hz - frequency + 0.5, 0, 1)
    density: Floats = edges / (edges.sum() * frequency[1])
    return density


def shaped_noise(
    rngs: tuple[np.random.Generator, ...],
    rate_hz: float,
    n_samples: int,
    density: Floats,
    states: Ints | None = None,
) -> Samples:
    """Return Gaussian noise whose spectrum changes from block to block.

    Parameters
    ----------
    rngs : tuple of Generator
        One source each, of equal power. Channels that share one are correlated.
    rate_hz : float
        Samples per second.
    n_samples : int
        Length.
    density : ndarray, shape (n_states, n_frequencies)
        Power per Hz at `frequencies_hz`, in the unit squared.
    states : ndarray of int, shape (n_blocks,), optional
        Row of `density` at each of `block_times_s`; row 0 throughout by default.

    Returns
    -------
    ndarray of float32, shape (n_samples,)

    Notes
    -----
    Blocks of 2 s, half overlapping, are independent and weighted by a sine: their
    squares add up to 1, so that the power is the same everywhere.
    """
    from scipy import fft  # noqa: PLC0415 - start-up time

    size = block_samples(rate_hz)
    hop = size // 2
    power = density * frequencies_hz(rate_hz)[1] / 2
    gains = (size * np.sqrt(power / (2 * len(rngs)))).astype(np.float32)
    gains[:, [0, -1]] = 0.0
    n_blocks = -(-n_samples // hop) + 1
    rows = np.zeros(n_blocks, np.int64) if states is None else states
    window = np.sin(np.pi * (np.arange(size, dtype=np.float32) + 0.5) / size)
    halves = np.empty((n_blocks, hop), np.float32)
    carried = np.zeros(hop, np.float32)
    for first in range(0, n_blocks, _BLOCKS_AT_ONCE):
        some = rows[first : first + _BLOCKS_AT_ONCE]
        shape = (some.size, 2 * (hop + 1))
        parts = rngs[0].standard_normal(shape, np.float32)
        for rng in rngs[1:]:
            parts += rng.standard_normal(shape, np.float32)
        blocks = fft.irfft(parts.view(np.complex64) * gains[some], size, axis=1) * window
        half = halves[first : first + some.size]
        half[:] = blocks[:, :hop]
        half[0] += carried
        half[1:] += blocks[:-1, hop:]
        carried = blocks[-1, hop:].copy()
    return halves.reshape(-1)[hop : hop + n_samples]


def add_shapes(
    samples: Samples, rate_hz: float, times_s: ArrayLike, reach_s: float, shape: Shape
) -> None:
    """Add one short shape per time to `samples`, in place and between the samples.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
        Changed.
    rate_hz : float
        Samples per second.
    times_s : array_like, shape (k,)
        Where the shapes stand, seconds from the first sample.
    reach_s : float
        A shape is over this long before and after its time.
    shape : callable
        Called with seconds from the time, shape (m, width), and the slice of the m
        shapes they belong to; returns values of the same shape.
    """
    times = np.asarray(times_s, np.float64)
    width = 2 * int(np.ceil(reach_s * rate_hz)) + 1
    at_once = max(_VALUES_AT_ONCE // width, 1)
    for first in range(0, times.size, at_once):
        rows = slice(first, first + at_once)
        centre = np.round(times[rows] * rate_hz).astype(np.int64)
        index = centre[:, None] + np.arange(-(width // 2), width // 2 + 1)
        values = shape(index / rate_hz - times[rows, None], rows)
        inside = (index >= 0) & (index < samples.size)
        np.add.at(samples, index[inside], values[inside].astype(np.float32))
