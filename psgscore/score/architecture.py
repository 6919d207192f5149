"""Sleep architecture: the measures of a night's hypnogram, each with its definition."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from psgscore.intervals import clip, intersect, subtract, total_s
from psgscore.model._arrays import Bools, Floats, Spans
from psgscore.model.events import Events
from psgscore.model.hypnogram import SCOPE_STAGES, SLEEP, Hypnogram, Stage, Stages
from psgscore.model.score import SleepMeasures

PERSISTENT_SLEEP_S = 600.0

DEFINITIONS = {
    "lights_off_s": "Lights off, or the start of the recording where it is not marked.",
    "lights_on_s": "Lights on, or the end of the recording where it is not marked.",
    "trt_min": "Total recording time: lights off to lights on.",
    "tst_min": "Total sleep time: N1 + N2 + N3 + R between lights off and on.",
    "sol_min": "Sleep onset latency: lights off to the first epoch of any sleep stage.",
    "rem_latency_min": "Sleep onset to the first epoch of stage R.",
    "persistent_sleep_latency_min": "Lights off to the first 10 minutes of unbroken sleep.",
    "waso_min": "Wake after sleep onset, up to lights on (SOL + WASO + TST = TRT if all scored).",
    "waso_spt_min": "WASO-SPT: wake from sleep onset to the end of the last sleep.",
    "sleep_efficiency_percent": "TST over TRT, unscored time taken out of TRT.",
    "unscored_min": "Time between lights off and on without a stage; in no other number.",
    "stage_min": "Minutes of each stage between lights off and on.",
    "stage_percent_of_tst": "Minutes of each sleep stage over TST.",
    "awakenings": "Changes from sleep to wake, one epoch to the next.",
    "stage_shifts": "Changes of stage between neighbouring scored epochs.",
    "arousals": "Arousals that begin in sleep.",
    "arousal_index": "Arousals that begin in sleep, per hour of sleep.",
}


@dataclass(frozen=True, slots=True)
class StagedWindow:
    """The epochs between lights off and on: starts, stops (clipped) and stages."""

    start_s: Floats
    stop_s: Floats
    stages: Stages

    @classmethod
    def of(cls, hypnogram: Hypnogram, lights_s: tuple[float, float]) -> StagedWindow:
        """Cut the hypnogram to the time between lights off and lights on."""
        off, on = lights_s
        edges = np.clip(hypnogram.edges_s, off, on)
        inside = edges[1:] > edges[:-1]
        return cls(edges[:-1][inside], edges[1:][inside], hypnogram.stages[inside])

    def part(self, start: int, stop: int) -> StagedWindow:
        """Return the epochs from index `start` up to `stop`."""
        return StagedWindow(
            self.start_s[start:stop], self.stop_s[start:stop], self.stages[start:stop]
        )

    def first(self, *stages: Stage) -> float | None:
        """Return the start of the first epoch in any of the stages."""
        hits = np.flatnonzero(np.isin(self.stages, stages))
        return float(self.start_s[hits[0]]) if hits.size else None

    def last_stop(self, *stages: Stage) -> float:
        """Return the end of the last epoch in any of the stages, minus infinity without one."""
        hits = np.flatnonzero(np.isin(self.stages, stages))
        return float(self.stop_s[hits[-1]]) if hits.size else -np.inf

    def minutes(self, *stages: Stage, after_s: float = -np.inf, before_s: float = np.inf) -> float:
        """Return the minutes in any of the stages, of epochs that begin in a time."""
        chosen = np.isin(self.stages, stages) & (self.start_s >= after_s)
        chosen &= self.start_s < before_s
        return float(np.sum((self.stop_s - self.start_s)[chosen])) / 60.0

    def scored_between(self, start_s: float, stop_s: float) -> bool:
        """Say whether every second from `start_s` to `stop_s` has a stage."""
        scored = self.stages != Stage.UNSCORED
        spans = np.column_stack([self.start_s[scored], self.stop_s[scored]])
        return bool(total_s(clip(spans, start_s, stop_s)) >= stop_s - start_s - 1e-6)


def sleep_measures(
    hypnogram: Hypnogram, lights_s: tuple[float, float], arousals: Events | None
) -> SleepMeasures:
    """Measure the sleep between lights off and lights on.

    Parameters
    ----------
    hypnogram : Hypnogram
        Stages of the night.
    lights_s : tuple of float
        Lights off and lights on, seconds from the start of the recording.
    arousals : Events or None
        None where arousals were not scored.

    Returns
    -------
    SleepMeasures
        A latency across unscored time is None: it cannot be known.
    """
    window = StagedWindow.of(hypnogram, lights_s)
    off, on = lights_s
    trt, tst = (on - off) / 60.0, window.minutes(*SLEEP)
    scored = window.minutes(Stage.W, *SLEEP)
    onset, first_r = window.first(*SLEEP), window.first(Stage.R)
    stage_min = {stage.name: window.minutes(stage) for stage in (Stage.W, *SLEEP)}
    shifts = [
        (before, after)
        for before, after in pairwise(window.stages.tolist())
        if before != after and Stage.UNSCORED not in (before, after)
    ]
    in_sleep = None
    if arousals is not None:
        in_sleep = int(np.sum(begin_in(arousals.start_s, hypnogram, lights_s, SLEEP)))
    return SleepMeasures(
        lights_off_s=off,
        lights_on_s=on,
        trt_min=trt,
        tst_min=tst,
        sol_min=_latency_min(window, off, onset),
        rem_latency_min=_latency_min(window, onset, first_r),
        persistent_sleep_latency_min=_latency_min(window, off, _persistent_sleep_s(window)),
        waso_min=None if onset is None else window.minutes(Stage.W, after_s=onset),
        waso_spt_min=None
        if onset is None
        else window.minutes(Stage.W, after_s=onset, before_s=window.last_stop(*SLEEP)),
        sleep_efficiency_percent=100.0 * tst / scored if scored else None,
        unscored_min=max(trt - scored, 0.0),
        stage_min=stage_min,
        stage_percent_of_tst={
            stage.name: 100.0 * stage_min[stage.name] / tst if tst else None for stage in SLEEP
        },
        awakenings=sum(before in SLEEP and after == Stage.W for before, after in shifts),
        stage_shifts=len(shifts),
        arousals=in_sleep,
        arousal_index=None if in_sleep is None or not tst else in_sleep / (tst / 60.0),
    )


def begin_in(
    start_s: Floats,
    hypnogram: Hypnogram,
    lights_s: tuple[float, float],
    stages: tuple[Stage, ...],
) -> Bools:
    """Say which events begin in one of the stages, between lights off and lights on."""
    off, on = lights_s
    inside: Bools = (start_s >= off) & (start_s < on)
    return inside & np.isin(hypnogram.at(start_s), stages)


def scope_spans(
    hypnogram: Hypnogram | None, lights_s: tuple[float, float], unreadable: Spans
) -> dict[str, Spans]:
    """Return the readable stretches each scope of a rate stands for.

    Without a hypnogram there is only ``"total"``; with one, ``"total"`` is the scored time.
    """
    lights = subtract([lights_s], unreadable)
    if hypnogram is None:
        return {"total": lights}
    return {
        name: intersect(hypnogram.spans(*group), lights) for name, group in SCOPE_STAGES.items()
    }


def _latency_min(window: StagedWindow, start_s: float | None, stop_s: float | None) -> float | None:
    if start_s is None or stop_s is None or not window.scored_between(start_s, stop_s):
        return None
    return (stop_s - start_s) / 60.0


def _persistent_sleep_s(window: StagedWindow) -> float | None:
    """Return where the first 10 minutes of unbroken sleep begin."""
    asleep = np.isin(window.stages, SLEEP)
    begin: float | None = None
    for start, stop, sleeping in zip(window.start_s, window.stop_s, asleep, strict=True):
        if not sleeping:
            begin = None
            continue
        begin = float(start) if begin is None else begin
        if stop - begin >= PERSISTENT_SLEEP_S:
            return begin
    return None
