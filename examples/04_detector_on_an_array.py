"""Detect leg movements in any array of microvolts."""

import numpy as np

import psgscore

rate_hz = 256
emg = np.random.default_rng(0).normal(0, 2, 120 * rate_hz).astype("float32")
emg[60 * rate_hz : 62 * rate_hz] *= 25
signal = psgscore.Signal("Left Leg", emg, rate_hz, "uV")
for movement in psgscore.detect_leg_movements(signal):
    peak_uv = movement.measures["peak_uv"]
    print(f"{movement.start_s:.2f} to {movement.stop_s:.2f} s, peak {peak_uv:.0f} uV")
