"""What happens in a simulated night, drawn before anything is rendered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.model._arrays import Bools, Floats, Spans
from psgscore.model.events import Events
from psgscore.model.hypnogram import SLEEP, Hypnogram, Stage, Stages
from psgscore.simulate.episodes import Episode
from psgscore.simulate.family import draw_family, episode_events
from psgscore.simulate.hypnogram import EPOCH_S, draw_stages
from psgscore.simulate.movements import (
    Together,
    draw_movements,
    movement_events,
    scattered_times,
)
from psgscore.simulate.noise import stream
from psgscore.simulate.settings import (
    MAX_HOURS,
    MIN_HOURS,
    FamilySettings,
    PlanSettings,
    require,
)

APNEA, HYPOPNEA = "apnea:obstructive", "hypopnea"
_SLEEP_BEFORE_AROUSAL_S = 10.0
_BETWEEN_BREATHING_EVENTS_S = 25.0
_BEATS_GRID_HZ = 4.0
_HEART_PER_MIN = {Stage.W: 68, Stage.N1: 62, Stage.N2: 59, Stage.N3: 57, Stage.R: 64}


@dataclass(frozen=True, slots=True, eq=False)
class NightPlan:
    """Everything that happens in a night, in seconds from its start.

    Parameters
    ----------
    seed : int
        Every stream of random numbers starts from it.
    hypnogram : Hypnogram
        From second 0 to the end.
    events : Events
        ``LM:left``, ``burst:right``, ``arousal``, ``apnea:obstructive``, ``hypopnea``,
        ``lights_off``, ``lights_on``; the kinds of the episodes.
    episodes : tuple of Episode or None
        Movements besides those of the legs; None in a night that was not asked for any.
    """

    seed: int
    hypnogram: Hypnogram
    events: Events
    episodes: tuple[Episode, ...] | None = None

    @property
    def duration_s(self) -> float:
        """Length of the night."""
        return self.hypnogram.stop_s

    def stages_at(self, times_s: Floats) -> Stages:
        """Return the stage at each time, that of the last epoch after the end."""
        return self.hypnogram.at(np.minimum(times_s, self.duration_s - EPOCH_S / 2))

    def heart_beats_s(self) -> Floats:
        """Return the times of the R peaks.

        The heart beats by stage, faster for some seconds after an arousal, and with
        the breath.
        """
        rng = stream(self.seed, "heart")
        times = np.arange(0, self.duration_s, 1 / _BEATS_GRID_HZ)
        per_min = np.array([_HEART_PER_MIN[Stage(stage)] for stage in range(5)], np.float64)
        rate = per_min[self.stages_at(times)]
        # About 15 s until a new stage has its rate.
        kernel = np.ones(61) / 61
        rate = np.convolve(np.pad(rate, 30, mode="edge"), kernel, mode="valid")
        rate += 2.5 * np.sin(2 * np.pi * 0.25 * times) + rng.normal(0, 1.5, times.size)
        faster = [time for one in self.episodes or () for time in one.heart_s]
        for start_s in (*self.events.of_kind("arousal").start_s, *faster):
            since = times - start_s
            near = slice(*np.searchsorted(since, [0.0, 15.0]))
            rate[near] += 12 * np.exp(-(((since[near] - 4) / 3.5) ** 2))
        phase = np.cumsum(rate / 60) / _BEATS_GRID_HZ
        beats: Floats = np.interp(np.arange(1, int(phase[-1])), phase, times)
        return beats


def plan_night(
    seed: int, hours: float, settings: PlanSettings, family: FamilySettings | None = None
) -> NightPlan:
    """Draw a night; the same arguments give the same night.

    Raises
    ------
    UsageError
        `hours` is not in 0.25 to 14, or `seed` is negative.
    """
    require(
        MIN_HOURS <= hours <= MAX_HOURS,
        f"hours must be {MIN_HOURS:g} to {MAX_HOURS:g}, not {hours:g}",
    )
    require(seed >= 0, f"seed must not be negative, not {seed}")
    drawn = draw_stages(stream(seed, "stages"), round(hours * 3600 / EPOCH_S))
    breathing = _breathing_events(stream(seed, "breathing"), settings, drawn.hypnogram)
    movements = draw_movements(seed, settings, drawn.hypnogram, breathing)
    lights = [drawn.lights_off_s, drawn.lights_on_s]
    events = Events.concat(
        [
            movement_events(movements),
            breathing,
            _arousals(stream(seed, "arousals"), settings, drawn.hypnogram, movements, breathing),
            Events.of(["lights_off", "lights_on"], lights, lights),
        ]
    )
    if family is None:
        return NightPlan(seed, drawn.hypnogram, events)
    episodes = draw_family(seed, family, drawn.hypnogram, events)
    events = Events.concat([events, episode_events(episodes)])
    return NightPlan(seed, drawn.hypnogram, events, episodes)


def _breathing_events(
    rng: np.random.Generator, settings: PlanSettings, hypnogram: Hypnogram
) -> Events:
    sleep = hypnogram.spans(*SLEEP)
    kinds, starts, stops = [], [], []
    free_from = 60.0
    for time in scattered_times(rng, sleep, settings.respiratory_per_hour):
        duration, kind = rng.uniform(12, 35), APNEA if rng.random() < 0.5 else HYPOPNEA
        asleep = np.isin(hypnogram.at([time, time + duration]), SLEEP).all()
        if time >= free_from and asleep:
            kinds.append(kind)
            starts.append(time)
            stops.append(time + duration)
            free_from = time + duration + _BETWEEN_BREATHING_EVENTS_S
    return Events.of(kinds, starts, stops)


def _arousals(
    rng: np.random.Generator,
    settings: PlanSettings,
    hypnogram: Hypnogram,
    movements: list[Together],
    breathing: Events,
) -> Events:
    """Draw the arousals: with movements, after respiratory events, and on their own."""
    moved = np.array([group[0].start_s for group in movements if group[0].kind == "LM"])
    moved = moved[rng.random(moved.size) < settings.arousal_share]
    breathed = breathing.stop_s[rng.random(len(breathing)) < 0.6]
    alone = scattered_times(rng, hypnogram.spans(*SLEEP), settings.arousals_per_hour)
    starts = np.concatenate([moved + rng.uniform(0, 0.4, moved.size), breathed, alone])
    durations = np.clip(rng.lognormal(np.log(5), 0.35, starts.size), 3.2, 13)
    order = np.argsort(starts)
    kept: list[tuple[float, float]] = []
    for start, duration in zip(starts[order], durations[order], strict=True):
        earlier = kept[-1][1] if kept else -np.inf
        span = (start - _SLEEP_BEFORE_AROUSAL_S, start, start + duration)
        asleep = np.isin(hypnogram.at(span), SLEEP).all()
        if asleep and start >= earlier + _SLEEP_BEFORE_AROUSAL_S:
            kept.append((start, start + duration))
    spans = np.array(kept, np.float64).reshape(-1, 2)
    return Events.of("arousal", spans[:, 0], spans[:, 1])


def touches(events: Events, spans: Spans, margin_s: float) -> Bools:
    """Return which events come within `margin_s` of any span."""
    near = np.zeros(len(events), np.bool_)
    for start_s, stop_s in spans:
        near |= (events.start_s < stop_s + margin_s) & (events.stop_s > start_s - margin_s)
    return near
