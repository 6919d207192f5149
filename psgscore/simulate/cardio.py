"""ECG, airflow and oxygen saturation."""

from __future__ import annotations

import numpy as np

from psgscore.model.signal import Signal
from psgscore.simulate.artefacts import QRS, deflections
from psgscore.simulate.noise import add_shapes, band, shaped_noise, stream
from psgscore.simulate.plan import APNEA, HYPOPNEA, NightPlan

ECG_RATE_HZ, FLOW_RATE_HZ, SPO2_RATE_HZ = 256.0, 32.0, 1.0
_R_PEAK_UV = 1000.0
_HEART_CYCLE = ((-0.16, 0.022, 0.12), *QRS, (0.24, 0.045, 0.28))
_LEFT_OF_BREATH = {APNEA: 0.04, HYPOPNEA: 0.45}
_DESATURATION_DELAY_S = 18.0


def render_ecg(night: NightPlan) -> Signal:
    """Render the ECG in uV: P wave, QRS complex and T wave of every beat."""
    n_samples = round(night.duration_s * ECG_RATE_HZ)
    rng = stream(night.seed, "ecg")
    density = 64.0 * band(ECG_RATE_HZ, 1.0, 60.0)[None]
    samples = shaped_noise((rng,), ECG_RATE_HZ, n_samples, density)
    add_shapes(
        samples,
        ECG_RATE_HZ,
        night.heart_beats_s(),
        0.4,
        lambda t_s, _: _R_PEAK_UV * deflections(t_s, _HEART_CYCLE),
    )
    return Signal("ECG", samples, ECG_RATE_HZ, "uV")


def render_flow(night: NightPlan) -> Signal:
    """Render nasal pressure in cmH2O: breaths, absent in apnoeas, less in hypopnoeas."""
    n_samples = round(night.duration_s * FLOW_RATE_HZ)
    times = np.arange(n_samples) / FLOW_RATE_HZ
    rng = stream(night.seed, "flow")
    seconds = np.arange(int(night.duration_s) + 1)
    pace_hz = 0.25 * np.exp(0.06 * rng.standard_normal(seconds.size))
    depth = np.exp(0.08 * rng.standard_normal(seconds.size))
    for event in night.events.of_kind(*_LEFT_OF_BREATH):
        asked = (seconds >= event.start_s) & (seconds < event.stop_s)
        depth[asked] *= _LEFT_OF_BREATH[event.kind]
    phase = np.cumsum(np.interp(times, seconds, pace_hz)) / FLOW_RATE_HZ
    breath = np.sin(2 * np.pi * phase) + 0.25 * np.sin(4 * np.pi * phase + 0.6)
    flow = breath * np.interp(times, seconds, depth) + 0.02 * rng.standard_normal(n_samples)
    return Signal("Flow", flow.astype(np.float32), FLOW_RATE_HZ, "cmH2O")


def render_spo2(night: NightPlan) -> Signal:
    """Render oxygen saturation in %: a dip after each respiratory event."""
    times = np.arange(int(night.duration_s), dtype=np.float64)
    rng = stream(night.seed, "spo2")
    slow = np.interp(times, times[::60], rng.normal(0, 0.4, times[::60].size))
    saturation = 96.0 + slow
    for event in night.events.of_kind(*_LEFT_OF_BREATH):
        depth = rng.uniform(3, 8) * (1.0 if event.kind == APNEA else 0.6)
        since = times - event.stop_s - _DESATURATION_DELAY_S
        saturation -= depth * np.exp(-0.5 * (since / 9.0) ** 2)
    whole = np.clip(np.round(saturation), 50, 100)
    return Signal("SpO2", whole.astype(np.float32), SPO2_RATE_HZ, "%")
