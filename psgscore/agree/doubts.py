"""How well a stager knows its own doubts: calibration, and errors a review would find."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from psgscore.model._arrays import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Calibration:
    """Whether stages given with a confidence of p are right in a share p of epochs.

    Parameters
    ----------
    edges : ndarray of float64, shape (n_bins + 1,)
        Bins of confidence, half-open, the last one closed.
    counts : ndarray of int, shape (n_bins,)
        Epochs in each bin.
    confidence, correct : ndarray of float64, shape (n_bins,)
        Mean confidence and share of right epochs in each bin, NaN in an empty one.
    error : float or None
        Expected calibration error: the mean distance of the two, weighted by epochs.
    brier : float or None
        Mean squared distance of confidence from 1 (right) or 0 (wrong); 0 is best.

    References
    ----------
    Guo et al. 2017, On calibration of modern neural networks, ICML; Brier 1950, Mon
    Weather Rev 78:1-3.
    """

    edges: Floats
    counts: Ints
    confidence: Floats
    correct: Floats
    error: float | None
    brier: float | None


def calibration(confidence: ArrayLike, correct: ArrayLike, *, n_bins: int = 10) -> Calibration:
    """Compare confidences with how often the stages were right.

    Parameters
    ----------
    confidence : array_like of float, shape (n_epochs,)
        Probability of the stage given, 0 to 1; epochs with NaN are left out.
    correct : array_like of bool, shape (n_epochs,)
        Whether that stage is right.
    n_bins : int
        Bins of equal width.

    Raises
    ------
    ValueError
        Shapes that differ, or a confidence outside 0 to 1.
    """
    sure = np.asarray(confidence, dtype=np.float64)
    right = np.asarray(correct, dtype=np.bool_)
    if sure.ndim != 1 or sure.shape != right.shape:
        raise ValueError(f"confidence and correct differ in shape: {sure.shape}, {right.shape}")
    known = ~np.isnan(sure)
    sure, right = sure[known], right[known].astype(np.float64)
    # Sums of rounded probabilities end a hair above 1.
    if np.any((sure < 0) | (sure > 1 + 1e-9)):
        raise ValueError(f"confidence must be 0 to 1, found {sure.min():g} to {sure.max():g}")
    place = np.minimum((sure * n_bins).astype(np.int64), n_bins - 1)
    counts = np.bincount(place, minlength=n_bins)
    sums = [np.bincount(place, weights=values, minlength=n_bins) for values in (sure, right)]
    mean, share = (
        np.divide(total, counts, out=np.full(n_bins, np.nan), where=counts > 0) for total in sums
    )
    n = sure.size
    return Calibration(
        edges=np.linspace(0.0, 1.0, n_bins + 1),
        counts=counts.astype(np.int64),
        confidence=mean,
        correct=share,
        error=float(np.sum(np.abs(sums[0] - sums[1]))) / n if n else None,
        brier=float(np.mean((sure - right) ** 2)) if n else None,
    )


def errors_caught(
    order: Iterable[int], wrong: ArrayLike, share: float, *, known: ArrayLike | None = None
) -> float | None:
    """Return the share of all errors that reviewing the first epochs of a list finds.

    Parameters
    ----------
    order : iterable of int
        Epochs, most doubtful first; a short list is simply read to its end.
    wrong : array_like of bool, shape (n_epochs,)
        Epochs with the wrong stage.
    share : float
        How much of the night is reviewed, 0 to 1, of the known epochs.
    known : array_like of bool, shape (n_epochs,), optional
        Epochs whose right stage is known; the others cost nothing and prove nothing.

    Returns
    -------
    float or None
        None without errors.

    Raises
    ------
    ValueError
        `share` is outside 0 to 1, or `order` names an epoch that is not there.
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError(f"share must be 0 to 1, not {share}")
    is_known = np.ones(np.shape(wrong), np.bool_) if known is None else np.asarray(known, np.bool_)
    is_wrong = np.asarray(wrong, dtype=np.bool_) & is_known
    listed = np.array(list(dict.fromkeys(order)), dtype=np.int64)
    if listed.size and not (listed.min() >= 0 and listed.max() < is_wrong.size):
        raise ValueError(f"order names epochs outside 0 to {is_wrong.size - 1}")
    if not is_wrong.any():
        return None
    listed = listed[is_known[listed]]
    # 30 % of 10 epochs is 3 epochs, whatever 0.3 * 10 is in binary.
    n_reviewed = int(share * int(is_known.sum()) + 1e-9)
    return float(np.sum(is_wrong[listed[:n_reviewed]])) / int(is_wrong.sum())
