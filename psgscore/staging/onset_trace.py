"""What a person sees of a transition from wake to sleep, as plain values for a figure."""

from __future__ import annotations

import numpy as np

from psgscore.model._arrays import Floats
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.signal import Signal
from psgscore.model.staging import OnsetTrace, SleepOnset
from psgscore.staging.onset_features import (
    ALPHA_HZ,
    EEG_WINDOW_S,
    THETA_HZ,
    TOTAL_HZ,
    band_power,
    spectra,
)

REACH_S = 60.0
"""Before and after the onset."""
SHOWN_HOP_S = 1.0
"""Half of a window: the usual overlap of a spectrogram."""
SHOWN_HZ = (0.5, 20.0)
_FLOOR_UV2 = 1e-4
# What one spectrum of 2 s can tell is far coarser; more digits would only fill files.
_POWER_DECIMALS = 1
_SHARE_DECIMALS = 3


def onset_trace(onset: SleepOnset, hypnogram: Hypnogram, eeg: Signal) -> OnsetTrace:
    """Return what `eeg` shows in the two minutes around an onset.

    Parameters
    ----------
    onset : SleepOnset
        One of `psgscore.staging.onset.sleep_onsets`.
    hypnogram : Hypnogram
        That it belongs to.
    eeg : Signal
        In uV; best the one the onset was read from, but any will do.

    Returns
    -------
    OnsetTrace
        NaN wherever the EEG has a gap, has ended or cannot be read.

    Raises
    ------
    UnitError
        The signal is not in uV.
    """
    eeg.require_unit("uV")
    first_s = round((onset.onset_s - REACH_S) / SHOWN_HOP_S) * SHOWN_HOP_S
    steps = np.arange(round(2 * REACH_S / SHOWN_HOP_S) + 1, dtype=np.float64)
    times = first_s + steps * SHOWN_HOP_S
    power, frequency = _power(eeg, times)
    alpha, theta, total = (band_power(power, frequency, b) for b in (ALPHA_HZ, THETA_HZ, TOTAL_HZ))
    shown = (frequency >= SHOWN_HZ[0]) & (frequency <= SHOWN_HZ[1])
    density = power[:, shown] * EEG_WINDOW_S
    edges = hypnogram.edges_s
    touched = np.flatnonzero((edges[1:] > times[0]) & (edges[:-1] < times[-1]))
    return OnsetTrace(
        onset=onset,
        label=eeg.label,
        times_s=times,
        frequencies_hz=frequency[shown],
        power_db=(10 * np.log10(density + _FLOOR_UV2)).round(_POWER_DECIMALS).T + 0.0,
        alpha_share=(alpha / total).round(_SHARE_DECIMALS),
        theta_share=(theta / total).round(_SHARE_DECIMALS),
        edges_s=edges[touched[0] : touched[-1] + 2] if touched.size else edges[:0],
        stages=tuple(Stage(int(stage)) for stage in hypnogram.stages[touched]),
    )


def _power(eeg: Signal, times: Floats) -> tuple[Floats, Floats]:
    """Return the spectrum at each time, NaN where there is no signal, and its bins in Hz."""
    frequency = np.arange(0.0, eeg.rate_hz / 2 + 0.25, 1 / EEG_WINDOW_S)
    power = np.full((times.size, frequency.size), np.nan)
    for piece in eeg.pieces():
        half_s = EEG_WINDOW_S / 2
        inside = (times >= piece.start_s + half_s) & (times <= piece.stop_s - half_s)
        places = np.flatnonzero(inside)
        if not places.size:
            continue
        found = spectra(piece, float(times[places[0]]), places.size, hop_s=SHOWN_HOP_S)
        if found is not None:
            n_bins = min(frequency.size, found[1].size)
            power[places, :n_bins] = found[0][:, :n_bins]
    return power, frequency
