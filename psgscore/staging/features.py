"""The features of Vallat & Walker 2021, one row per 30-s epoch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from psgscore.model._arrays import Floats, Samples
from psgscore.staging.complexity import (
    higuchi_dimension,
    hjorth,
    permutation_entropy,
    petrosian_dimension,
    zero_crossings,
)
from psgscore.staging.resample import MODEL_RATE_HZ
from psgscore.staging.smoothing import centred_mean, past_mean, robust_scale
from psgscore.staging.spectrum import BANDS_HZ, band_powers, median_spectrum

EPOCH_S = 30.0

Columns = dict[str, Floats]
"""The features of one channel, shape (n_epochs,) each."""

Features = tuple[tuple[str, ...], Samples]
"""Column names in the models' order, and the matrix."""

_EPOCH_SAMPLES = round(EPOCH_S * MODEL_RATE_HZ)
_BLOCK = 32  # epochs at once: fits the processor's cache
_SHAPE = ("std", "iqr", "skew", "kurt", "nzc", "hmob", "hcomp", "perm", "higuchi", "petrosian")
_RATIOS = ("dt", "ds", "db", "at")
_MEASURES = {
    "eeg": sorted((*_SHAPE, "abspow", *BANDS_HZ, *_RATIOS)),
    "eog": sorted((*_SHAPE, "abspow", *BANDS_HZ)),
    "emg": sorted((*_SHAPE, "abspow")),
}


def channel_features(kind: str, samples: Floats) -> Columns:
    """Compute the features of one channel of a night.

    Parameters
    ----------
    kind : {"eeg", "eog", "emg"}
        An EEG is measured more than the others.
    samples : ndarray of float64, shape (n_samples,)
        Through `psgscore.staging.prepare`: uV at 100 Hz. What follows the last whole epoch
        of 30 s is left out.

    Returns
    -------
    dict of str to ndarray of float64, shape (n_epochs,)
        Each measure three times: raw; ``_c7min_norm``, the triangular mean of 15 epochs,
        robustly scaled over the night; ``_p2min_norm``, the mean of the last 4 epochs, scaled
        alike. NaN where a measure is not defined: in every epoch with a sample that is not
        finite, in flat ones some.
    """
    whole = samples[: samples.size // _EPOCH_SAMPLES * _EPOCH_SAMPLES]
    raw = _measures(whole.reshape(-1, _EPOCH_SAMPLES), _MEASURES[kind])
    table = {
        "": raw,
        "_c7min_norm": robust_scale(centred_mean(raw)),
        "_p2min_norm": robust_scale(past_mean(raw)),
    }
    return {
        f"{kind}_{measure}{suffix}": values[:, index]
        for index, measure in enumerate(_MEASURES[kind])
        for suffix, values in table.items()
    }


def features(
    eeg: Columns,
    eog: Columns | None = None,
    emg: Columns | None = None,
    age: float | None = None,
    male: bool | None = None,
) -> Features:
    """Put the features of a night together, as the models want them.

    Parameters
    ----------
    eeg, eog, emg : dict of str to ndarray
        `channel_features` of channels that begin at the same time.
    age : float, optional
        Years. Age and sex belong together: both or neither.
    male : bool, optional

    Returns
    -------
    names : tuple of str
        In the models' order: EEG, time, EOG, EMG, person. Time is ``time_hour`` and
        ``time_norm``, 0 to 1 over the night; a person is ``age`` and ``male``.
    matrix : ndarray of float32, shape (n_epochs, n_features)
        float32 because the models were trained on it.

    Raises
    ------
    ValueError
        Channels of different numbers of epochs; only one of age and sex.

    Notes
    -----
    A night shorter than the 15-epoch window is no special case: the means run over the
    epochs there are, and a single epoch has normalised features of 0 and a
    ``time_norm`` of 0, as in yasa. Stages of so short a stretch mean little.

    References
    ----------
    Vallat & Walker 2021, An open-source, high-performance tool for automated sleep
    staging, eLife 10:e70092.
    """
    if (age is None) != (male is None):
        raise ValueError("age and male go together: give both or neither")
    given = {"eeg": eeg, "eog": eog or {}, "emg": emg or {}}
    counts = {kind: one.size for kind, part in given.items() for one in part.values()}
    if len(set(counts.values())) > 1:
        raise ValueError(f"channels differ in their number of epochs: {counts}")
    n_epochs = counts["eeg"]
    person = {} if age is None or male is None else {"age": age, "male": male}
    columns = eeg | _time_columns(n_epochs) | given["eog"] | given["emg"]
    columns |= {name: np.full(n_epochs, float(value)) for name, value in person.items()}
    names = tuple(columns)
    matrix = np.empty((n_epochs, len(names)), dtype=np.float32)
    for index, column in enumerate(columns.values()):
        matrix[:, index] = column
    return names, matrix


def _time_columns(n_epochs: int) -> Columns:
    epoch = np.arange(n_epochs, dtype=np.float64)
    hours = epoch * (EPOCH_S / 3600)
    return {"time_hour": hours, "time_norm": epoch / max(n_epochs - 1, 1)}


def _measures(epochs: Floats, wanted: list[str]) -> Floats:
    """Return the measures of every epoch, NaN rows where a sample is not finite."""
    found = np.full((len(epochs), len(wanted)), np.nan)
    for first in range(0, len(epochs), _BLOCK):
        block = epochs[first : first + _BLOCK]
        whole = np.isfinite(block).all(axis=1)
        if not whole.any():
            continue
        with np.errstate(divide="ignore", invalid="ignore"):  # flat epochs
            one = _shape(block[whole]) | band_powers(median_spectrum(block[whole], MODEL_RATE_HZ))
        values = np.stack([one[measure] for measure in wanted], axis=1)
        found[first + np.flatnonzero(whole)] = np.where(np.isfinite(values), values, np.nan)
    return found


def _shape(epochs: NDArray[np.float64]) -> dict[str, Floats]:
    """Return what does not need the spectrum."""
    n = epochs.shape[1]
    centred = epochs - epochs.mean(axis=1, keepdims=True)
    squared = centred * centred
    second = squared.mean(axis=1)
    third = np.einsum("ij,ij->i", squared, centred) / n
    fourth = np.einsum("ij,ij->i", squared, squared) / n
    ranked = np.sort(epochs, axis=1)  # faster than the partition in np.percentile
    mobility, complexity = hjorth(epochs)
    return {
        "std": np.sqrt(second * (n / (n - 1))),
        "iqr": _quantile(ranked, 0.75) - _quantile(ranked, 0.25),
        "skew": third / second**1.5,
        "kurt": fourth / second**2 - 3,
        "nzc": zero_crossings(epochs),
        "hmob": mobility,
        "hcomp": complexity,
        "perm": permutation_entropy(epochs),
        "higuchi": higuchi_dimension(epochs),
        "petrosian": petrosian_dimension(epochs),
    }


def _quantile(ranked: Floats, share: float) -> Floats:
    """Return a quantile of each sorted row, interpolated between ranks."""
    place = share * (ranked.shape[1] - 1)
    below = int(place)
    low, high = ranked[:, below], ranked[:, min(below + 1, ranked.shape[1] - 1)]
    quantile: Floats = low + (place - below) * (high - low)
    return quantile
