"""Where exactly a burst begins or ends, finer than the window its amplitude was taken in."""

from __future__ import annotations

import numpy as np

from psgscore.model._arrays import Bools, Floats, Ints, Samples

_BURST_S_PER_REACH = 3
_RINGING = 0.25
"""The band-pass rings beside a burst: what is under this share of it is not yet the burst."""


def refine_edges(
    samples: Samples, indices: Ints, reach: int, rest: Floats, *, rising: bool
) -> Ints:
    """Return the samples at which the amplitude most likely changes.

    A running RMS smears an edge over its window. Near each coarse edge the samples are
    taken as quiet noise (standard deviation `rest`) on one side and as the burst's on
    the other; the change point that makes them most likely is returned.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
        Filtered signal.
    indices : ndarray of int, shape (m,)
        The coarse edges, 0 to n.
    reach : int
        How far an edge may move, in samples.
    rest : ndarray of float64, shape (m,)
        Standard deviation at rest, in the unit of the samples.
    rising : bool
        True for onsets, False for ends.

    Returns
    -------
    ndarray of int, shape (m,)
        Indices of the first sample after the change.
    """
    if not (indices.size and samples.size and reach):
        return indices
    near, known = _windows(samples, indices - reach, 2 * reach)
    length = _BURST_S_PER_REACH * reach
    body, inside = _windows(samples, indices if rising else indices - length, length)
    count = inside.sum(axis=1)
    mean = np.sum(body**2, axis=1) / np.maximum(count, 1)
    burst = np.maximum(mean, 4.0 * rest**2)[:, np.newaxis]
    quiet = np.maximum((rest**2)[:, np.newaxis], burst * _RINGING**2)
    # Log-likelihood gained per sample by calling it quiet rather than burst.
    gain = np.square(near)
    gain *= 0.5
    gain *= 1.0 / quiet - 1.0 / burst
    np.subtract(0.5 * np.log(burst / quiet), gain, out=gain)
    if not rising:
        np.negative(gain, out=gain)
    score = _summed(gain, known, reach - indices)
    found: Ints = indices - reach + score.argmax(axis=1)
    return np.where((count > 0) & known.any(axis=1), found, indices)


def _summed(gain: Floats, known: Bools, firsts: Ints) -> Floats:
    """Return what has been gained before each place, and after the last one.

    Outside the signal there is no edge; the first place inside it has gained nothing yet.
    """
    score = np.zeros((len(gain), gain.shape[1] + 1))
    if known.all():
        np.cumsum(gain, axis=1, out=score[:, 1:])
        return score
    np.cumsum(np.where(known, gain, 0.0), axis=1, out=score[:, 1:])
    score[:, 0] = -np.inf
    score[:, 1:][~known] = -np.inf
    score[np.arange(len(score)), np.clip(firsts, 0, gain.shape[1])] = 0.0
    return score


def refine_edge(samples: Samples, index: int, reach: int, rest: float, *, rising: bool) -> int:
    """Return where one edge lies; see `refine_edges`."""
    found = refine_edges(samples, np.array([index]), reach, np.array([rest]), rising=rising)
    return int(found[0])


def _windows(samples: Samples, firsts: Ints, length: int) -> tuple[Floats, Bools]:
    """Return stretches of the signal as rows, and which of their samples it has."""
    if firsts.min() >= 0 and firsts.max() + length <= samples.size:
        rows = np.lib.stride_tricks.sliding_window_view(samples, length)[firsts]
        return rows.astype(np.float64), np.ones(rows.shape, np.bool_)
    places = firsts[:, np.newaxis] + np.arange(length)
    known: Bools = (places >= 0) & (places < samples.size)
    values = samples[np.clip(places, 0, max(samples.size - 1, 0))].astype(np.float64)
    return np.where(known, values, 0.0), known
