"""Which movements a simulated night holds, before any signal exists."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from psgscore.model._arrays import Floats, Spans
from psgscore.model.events import Events
from psgscore.model.hypnogram import SLEEP, Hypnogram, Stage
from psgscore.simulate.noise import stream
from psgscore.simulate.settings import PlanSettings

LEG_LABELS = {"left": "Left Leg", "right": "Right Leg"}

# Movements stay clear of the limits of the rules, so that the truth is beyond dispute.
_SHORTEST_S, _LONGEST_S = 0.6, 9.5
_LONGEST_AWAKE_S = 6.0
_APART_S = 2.0
_EDGE_S = 2.0
_LIGHT = (Stage.N1, Stage.N2)
_FEWEST, _MOST = 4, 60
# Of the series as they come out: many are cut short by a change of stage.
_MEAN_LENGTH = 11


@dataclass(frozen=True, slots=True)
class Movement:
    """One movement, or burst too short to be one, of one leg."""

    kind: str
    side: str
    start_s: float
    stop_s: float
    amplitude_uv: float
    series: int = 0


Together = tuple[Movement, ...]


def draw_movements(
    seed: int, settings: PlanSettings, hypnogram: Hypnogram, respiratory: Events
) -> list[Together]:
    """Draw all movements; what moves together is one tuple.

    Between two of them no leg moves for at least 2 s: whatever was drawn too close to
    one drawn before is left out.
    """
    diary = _Diary(_EDGE_S, hypnogram.stop_s - _EDGE_S)
    wanted = (
        _after_breathing(_Drawer(seed, "respiratory", settings), respiratory),
        _in_series(_Drawer(seed, "series", settings), hypnogram),
        _isolated(_Drawer(seed, "isolated", settings), hypnogram),
        _long(_Drawer(seed, "long", settings), hypnogram),
        _bursts(_Drawer(seed, "bursts", settings), hypnogram),
    )
    return sorted(
        (group for groups in wanted for group in groups if diary.take(group)),
        key=lambda group: group[0].start_s,
    )


def movement_events(groups: Sequence[Together]) -> Events:
    """Return the truth table: ``LM:left``, ``burst:right``, ..., one row per leg."""
    rows = [movement for group in groups for movement in group]
    return Events.of(
        [f"{row.kind}:{row.side}" for row in rows],
        [row.start_s for row in rows],
        [row.stop_s for row in rows],
        channel=[LEG_LABELS[row.side] for row in rows],
        measures={
            "amplitude_uv": [row.amplitude_uv for row in rows],
            "series": [row.series for row in rows],
        },
    )


def scattered_times(rng: np.random.Generator, spans: Spans, per_hour: float) -> Floats:
    """Draw times inside `spans` at a mean rate."""
    lengths = spans[:, 1] - spans[:, 0]
    total = float(lengths.sum())
    places = np.sort(rng.uniform(0, total, rng.poisson(per_hour * total / 3600)))
    ends = np.cumsum(lengths)
    span = np.searchsorted(ends, places, side="right")
    times: Floats = spans[span, 1] - (ends[span] - places)
    return times


class _Diary:
    """Takes a group of movements only when no leg moves shortly before or after it."""

    def __init__(self, first_s: float, last_s: float) -> None:
        self._first_s, self._last_s = first_s, last_s
        self._taken: list[tuple[float, float]] = []

    def take(self, group: Together) -> bool:
        start = min(movement.start_s for movement in group)
        stop = max(movement.stop_s for movement in group)
        at = bisect_left(self._taken, (start, stop))
        before = self._taken[at - 1][1] if at else -np.inf
        after = self._taken[at][0] if at < len(self._taken) else np.inf
        free = before + _APART_S <= start and stop + _APART_S <= after
        free = free and self._first_s <= start and stop <= self._last_s
        if free:
            insort(self._taken, (start, stop))
        return free


class _Drawer:
    """Draws single movements: sides, durations, amplitudes."""

    def __init__(self, seed: int, name: str, settings: PlanSettings) -> None:
        self.rng = stream(seed, "movements", name)
        self.settings = settings

    def movement(self, start_s: float, longest_s: float = _LONGEST_S) -> Together:
        """Draw a movement of one leg or both; the second leg follows within 0.4 s."""
        duration = float(np.clip(self.rng.lognormal(np.log(2.4), 0.4), _SHORTEST_S, longest_s))
        first = self._one("LM", start_s, duration)
        lag, ratio = self.rng.uniform(0.05, 0.38), self.rng.uniform(0.7, 1.2)
        amplitude = first.amplitude_uv * float(self.rng.uniform(0.6, 1.0))
        if self.rng.random() >= self.settings.bilateral_share:
            return (first,)
        second = replace(
            first,
            side="left" if first.side == "right" else "right",
            start_s=start_s + lag,
            stop_s=start_s + lag + float(np.clip(duration * ratio, _SHORTEST_S, longest_s)),
            amplitude_uv=max(amplitude, self.settings.amplitude_uv[0]),
        )
        return (first, second)

    def lasting(self, kind: str, start_s: float, duration_s: float) -> Together:
        """Draw a movement of one leg with a given duration."""
        return (self._one(kind, start_s, duration_s),)

    def _one(self, kind: str, start_s: float, duration_s: float) -> Movement:
        side = "left" if self.rng.random() < 0.5 else "right"
        low, high = self.settings.amplitude_uv
        middle, spread = np.sqrt(low * high), np.log(high / low) / 4
        amplitude = float(np.clip(self.rng.lognormal(np.log(middle), spread), low, high))
        return Movement(kind, side, start_s, start_s + duration_s, amplitude)


def _in_series(drawer: _Drawer, hypnogram: Hypnogram) -> Iterator[Together]:
    """Draw the periodic series of light sleep, which run on into N3, and of wake."""
    settings = drawer.settings
    series = 0
    for stages, share, interval_s, longest_s in (
        (_LIGHT, settings.periodic_share, settings.interval_s, _LONGEST_S),
        ((Stage.W,), settings.wake_share, settings.wake_interval_s, _LONGEST_AWAKE_S),
    ):
        runs_on = (*stages, Stage.N3) if stages == _LIGHT else stages
        free_from = 0.0
        for start, stop in hypnogram.spans(*stages):
            time = max(float(start), free_from)
            while share > 0:
                time += _quiet(drawer, share, interval_s, time / hypnogram.stop_s)
                if time >= stop:
                    break
                kept = _while_in(hypnogram, _onsets(drawer, time, interval_s), runs_on)
                if kept.size < _FEWEST:
                    continue
                series += 1
                for onset in kept:
                    group = drawer.movement(float(onset), longest_s)
                    yield tuple(replace(movement, series=series) for movement in group)
                time = free_from = float(kept[-1]) + interval_s


def _quiet(drawer: _Drawer, share: float, interval_s: float, part_of_night: float) -> float:
    """Draw the time before a series: short early in the night, longer later."""
    now = float(np.clip(share * (1.4 - 0.8 * part_of_night), 0.01, 0.95))
    return float(drawer.rng.exponential(_MEAN_LENGTH * interval_s * (1 - now) / now))


def _onsets(drawer: _Drawer, start_s: float, interval_s: float) -> Floats:
    """Draw the onsets of one series of 4 to 60 movements."""
    length = int(np.clip(drawer.rng.lognormal(np.log(11), 0.8), _FEWEST, _MOST))
    steps = drawer.rng.lognormal(np.log(interval_s), drawer.settings.interval_spread, length - 1)
    shortest = 0.55 * interval_s
    onsets: Floats = start_s + np.concatenate([[0.0], np.cumsum(np.clip(steps, shortest, 85.0))])
    return onsets


def _while_in(hypnogram: Hypnogram, onsets: Floats, stages: tuple[Stage, ...]) -> Floats:
    inside = np.isin(hypnogram.at(onsets), stages)
    return onsets if inside.all() else onsets[: int(np.argmin(inside))]


def _isolated(drawer: _Drawer, hypnogram: Hypnogram) -> Iterator[Together]:
    sleep = hypnogram.spans(*SLEEP)
    for time in scattered_times(drawer.rng, sleep, drawer.settings.isolated_per_hour):
        yield drawer.movement(float(time))


def _long(drawer: _Drawer, hypnogram: Hypnogram) -> Iterator[Together]:
    night = hypnogram.spans(*Stage)
    for time in scattered_times(drawer.rng, night, drawer.settings.long_per_hour):
        yield drawer.lasting("LM", float(time), float(drawer.rng.uniform(10.8, 20.0)))


def _bursts(drawer: _Drawer, hypnogram: Hypnogram) -> Iterator[Together]:
    night = hypnogram.spans(*Stage)
    for time in scattered_times(drawer.rng, night, drawer.settings.bursts_per_hour):
        yield drawer.lasting("burst", float(time), float(drawer.rng.uniform(0.1, 0.3)))


def _after_breathing(drawer: _Drawer, respiratory: Events) -> Iterator[Together]:
    for stop in respiratory.stop_s:
        delay, chance = drawer.rng.uniform(-0.3, 1.5), drawer.rng.random()
        if chance < drawer.settings.respiratory_share:
            yield drawer.movement(float(stop + delay))
