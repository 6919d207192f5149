"""Signals and whole nights with known truth: for tests, documentation and the demo.

Everything is drawn from a seed, and what happens is drawn before anything is rendered:
the same seed gives the same truth at every sampling rate.
"""

from psgscore.simulate.emg import simulate_leg_emg
from psgscore.simulate.night import ARM_LABELS, LABELS, SimulatedNight, simulate_night
from psgscore.simulate.settings import FamilySettings, LegSettings, PlanSettings

__all__ = [
    "ARM_LABELS",
    "LABELS",
    "FamilySettings",
    "LegSettings",
    "PlanSettings",
    "SimulatedNight",
    "simulate_leg_emg",
    "simulate_night",
]
