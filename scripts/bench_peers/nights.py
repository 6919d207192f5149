"""Simulated nights, as files and with their truth: one seed, and only the resting EMG differs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench_peers.tools import AASM, CHIN, EEG, EOG, LEGS, WASM
from psgscore.io.edf_write import write_edf
from psgscore.model._arrays import Bools
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.score.night import Context, score_events
from psgscore.simulate import LegSettings, PlanSettings, SimulatedNight, simulate_night

LEVELS_UV = (0.5, 1.0, 1.6, 2.0, 4.0, 8.0)
RISEN_UV = 4.0
TIMED = "1.6 uV"
MIN_S, MAX_S = 0.5, 10.0
# Programs differ in which respiratory events take a movement out of the index; none do here.
PLAN = PlanSettings(respiratory_per_hour=0.0)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Truth:
    """What is true of one night.

    Parameters
    ----------
    legs : dict of Events
        Leg movements of 0.5 s and more, by side.
    hypnogram : Hypnogram
        The stages, which every tool is given.
    plms_per_h : dict
        PLMS index of the true movements, by rule set; None where it cannot be known.
    """

    legs: dict[str, Events]
    hypnogram: Hypnogram
    plms_per_h: dict[str, float | None]

    def in_sleep(self, events: Events) -> Bools:
        """Return which events begin in sleep."""
        return np.asarray(self.hypnogram.at(events.start_s) > Stage.W)


def resting(hours: float) -> dict[str, LegSettings]:
    """Return the legs of each night: steady ones, and one whose tone rises half way."""
    steady = {f"{level_uv:g} uV": LegSettings(resting_uv=level_uv) for level_uv in LEVELS_UV}
    steps = ((hours * 1800, RISEN_UV),)
    return steady | {f"1.6, then {RISEN_UV:g} uV": LegSettings(resting_uv=1.6, resting_steps=steps)}


def leg_night(path: Path, legs: LegSettings, *, seed: int, hours: float) -> Truth:
    """Write a night of two legs, with its stages inside, and return its truth."""
    night = simulate_night(seed, hours=hours, legs=legs, plan=PLAN, channels=tuple(LEGS.values()))
    return _written(path, night, with_stages=True)


def staging_night(path: Path, *, seed: int, hours: float) -> Truth:
    """Write a night of EEG, EOG and chin, without stages, and return its truth."""
    night = simulate_night(seed, hours=hours, plan=PLAN, channels=(EEG, EOG, CHIN))
    return _written(path, night, with_stages=False)


def _written(path: Path, night: SimulatedNight, *, with_stages: bool) -> Truth:
    hypnogram = night.hypnogram if with_stages else None
    write_edf(path, night.signals, start=night.start, hypnogram=hypnogram)
    return truth_of(night.events, night.hypnogram)


def truth_of(events: Events, hypnogram: Hypnogram) -> Truth:
    """Return what is true, from all true events."""
    moves = events.of_kind(*(f"LM:{side}" for side in LEGS)).lasting(MIN_S)
    context = Context(duration_s=float(hypnogram.edges_s[-1]))
    score = score_events(moves, hypnogram, context=context)
    rates = {rules: score.rate("plm", rules, "sleep") for rules in (WASM, AASM)}
    return Truth(
        legs={side: moves.of_kind(f"LM:{side}") for side in LEGS},
        hypnogram=hypnogram,
        plms_per_h={
            rules: None if rate is None else rate.per_hour for rules, rate in rates.items()
        },
    )
