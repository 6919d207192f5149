"""Where exactly a burst begins or ends, finer than the window its amplitude was taken in."""

from __future__ import annotations

import numpy as np

from psgscore.model._arrays import Samples

_BURST_S_PER_REACH = 3
_RINGING = 0.25
"""The band-pass rings beside a burst: what is under this share of it is not yet the burst."""


def refine_edge(samples: Samples, index: int, reach: int, rest: float, *, rising: bool) -> int:
    """Return the sample at which the amplitude most likely changes.

    A running RMS smears an edge over its window. Near the coarse edge the samples are
    taken as quiet noise (standard deviation `rest`) on one side and as the burst's on
    the other; the change point that makes them most likely is returned.

    Parameters
    ----------
    samples : ndarray of float32, shape (n,)
        Filtered signal.
    index : int
        The coarse edge.
    reach : int
        How far the edge may move, in samples.
    rest : float
        Standard deviation at rest, in the unit of the samples.
    rising : bool
        True for an onset, False for an end.

    Returns
    -------
    int
        Index of the first sample after the change.
    """
    first, last = max(index - reach, 0), min(index + reach, samples.size)
    body = (index, index + _BURST_S_PER_REACH * reach)
    if not rising:
        body = (index - _BURST_S_PER_REACH * reach, index)
    inside = samples[max(body[0], 0) : body[1]].astype(np.float64)
    near = samples[first:last].astype(np.float64)
    if not inside.size or not near.size or first == last:
        return index
    burst = max(float(np.mean(inside**2)), 4.0 * rest**2)
    quiet = max(rest**2, burst * _RINGING**2)
    # Log-likelihood gained per sample by calling it quiet rather than burst.
    gain = 0.5 * np.log(burst / quiet) - 0.5 * near**2 * (1.0 / quiet - 1.0 / burst)
    score = np.concatenate([[0.0], np.cumsum(gain if rising else -gain)])
    return first + int(np.argmax(score))
