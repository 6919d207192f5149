"""How irregular a stretch of signal is: one number per epoch and measure.

Every function takes epochs of shape (n_epochs, n_samples) and returns shape (n_epochs,);
a flat epoch gives NaN where the measure is not defined.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from psgscore.model._arrays import Floats, frozen

HIGUCHI_MAX_STEP = 10
PERMUTATIONS = 6
"""Orders of three neighbouring samples."""


def zero_crossings(epochs: Floats) -> Floats:
    """Count changes of sign; zero is positive."""
    negative = epochs < 0
    return _count(negative[:, 1:] != negative[:, :-1])


def hjorth(epochs: Floats) -> tuple[Floats, Floats]:
    """Return mobility and complexity (Hjorth 1970, Electroencephalogr Clin Neurophysiol 29:306)."""
    slope = np.diff(epochs, axis=1)
    bend = np.diff(slope, axis=1)
    slope_var = slope.var(axis=1)
    mobility = np.sqrt(slope_var / epochs.var(axis=1))
    complexity = np.sqrt(bend.var(axis=1) / slope_var) / mobility
    return mobility, complexity


def permutation_entropy(epochs: Floats) -> Floats:
    """Return the entropy of the order of three neighbours, 0 to 1 (Bandt & Pompe 2002).

    Of equal samples the earlier one counts as the smaller. Physical Review Letters 88:174102.
    """
    up = (epochs[:, :-1] <= epochs[:, 1:]).view(np.uint8)
    over = (epochs[:, :-2] <= epochs[:, 2:]).view(np.uint8)
    order = 4 * up[:, :-1] + 2 * up[:, 1:] + over
    row = np.arange(len(epochs))[:, None] * 8
    counts = np.bincount((order + row).reshape(-1), minlength=8 * len(epochs)).reshape(-1, 8)
    share = counts / max(order.shape[1], 1)
    bits = share * np.log2(np.where(share > 0, share, 1.0))
    entropy: Floats = np.abs(bits.sum(axis=1)) / np.log2(PERMUTATIONS)
    return entropy


def petrosian_dimension(epochs: Floats) -> Floats:
    """Return the fractal dimension by turning points (Petrosian 1995).

    Proc IEEE Symp Computer-Based Medical Systems, 212-217.
    """
    n = epochs.shape[1]
    up = epochs[:, :-1] <= epochs[:, 1:]
    turns = _count(up[:, 1:] != up[:, :-1])
    whole = np.log10(n)
    dimension: Floats = whole / (whole + np.log10(n / (n + 0.4 * turns)))
    return dimension


def higuchi_dimension(epochs: Floats, max_step: int = HIGUCHI_MAX_STEP) -> Floats:
    """Return the fractal dimension by curve length (Higuchi 1988, Physica D 31:277).

    The length at a step is the mean over its starting points: a sum of weighted
    differences, because the weight depends on the starting point only.
    """
    n = epochs.shape[1]
    lengths = np.empty((len(epochs), max_step))
    buffer = np.empty((len(epochs), n - 1))
    for step in range(1, max_step + 1):
        jump = np.subtract(epochs[:, step:], epochs[:, :-step], out=buffer[:, : n - step])
        np.abs(jump, out=jump)
        lengths[:, step - 1] = np.einsum("ij,j->i", jump, _higuchi_weights(n, step))
    against = np.log(1.0 / np.arange(1, max_step + 1))
    against -= against.mean()
    slope: Floats = np.log(lengths) @ against / (against @ against)
    return slope


@cache
def _higuchi_weights(n: int, step: int) -> Floats:
    """Return the weight of every difference at one step."""
    start = np.arange(n - step) % step
    n_jumps = (n - 1 - start) // step
    return frozen((n - 1) / (n_jumps * float(step) ** 3))


def _count(where: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
    counted: Floats = np.count_nonzero(where, axis=1).astype(np.float64)
    return counted
