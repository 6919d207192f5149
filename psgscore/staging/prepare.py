"""One channel as the models know it: microvolts, 100 Hz, 0.4 to 30 Hz."""

from __future__ import annotations

import numpy as np

from psgscore.model._arrays import Floats
from psgscore.model.signal import Signal
from psgscore.staging.filtering import band_pass_kernel, zero_phase
from psgscore.staging.resample import MODEL_RATE_HZ, resample


def prepare(signal: Signal) -> Floats:
    """Bring one channel to the rate and the band of the staging models.

    Parameters
    ----------
    signal : Signal
        EEG, EOG or chin EMG in uV, at its own rate. The models know absolute
        amplitudes: values in another unit are refused, never scaled by guess.

    Returns
    -------
    ndarray of float64, shape (n,)
        uV at 100 Hz; sample 0 lies at ``signal.start_s``. Each uninterrupted stretch is
        resampled and filtered on its own and stands at its true time; what was not
        recorded is NaN.

    Raises
    ------
    UnitError
        The signal is not in uV.

    References
    ----------
    Vallat & Walker 2021, An open-source, high-performance tool for automated sleep
    staging, eLife 10:e70092.
    """
    signal.require_unit("uV")
    if not signal.breaks:
        return _filtered(signal)
    whole = np.full(round((signal.stop_s - signal.start_s) * MODEL_RATE_HZ), np.nan)
    for piece in signal.pieces():
        first = round((piece.start_s - signal.start_s) * MODEL_RATE_HZ)
        place = whole[first:]
        values = _filtered(piece)[: place.size]
        place[: values.size] = values
    return whole


def _filtered(piece: Signal) -> Floats:
    kernel = band_pass_kernel(MODEL_RATE_HZ)
    values = zero_phase(resample(piece.samples, piece.rate_hz), kernel)
    if values.size > kernel.size:
        # Mirrored oddly about its ends the signal is antisymmetric there, so the true
        # value is 0; rounding must not decide its sign, for crossings of zero are counted.
        values[[0, -1]] = 0.0
    return values
