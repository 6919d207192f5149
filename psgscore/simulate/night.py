"""A whole simulated night: signals of many rates, and the truth about them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np

from psgscore.model._arrays import Spans, as_spans
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.signal import Signal
from psgscore.simulate.cardio import render_ecg, render_flow, render_spo2
from psgscore.simulate.eeg import render_eeg
from psgscore.simulate.emg import leg_truth, render_arm, render_chin, render_leg
from psgscore.simulate.eog import render_eog
from psgscore.simulate.episodes import PLACE_LABELS
from psgscore.simulate.movements import LEG_LABELS
from psgscore.simulate.plan import NightPlan, plan_night, touches
from psgscore.simulate.settings import (
    FamilySettings,
    LegSettings,
    PlanSettings,
    Span,
    require,
    require_spans,
)

START = datetime(2024, 3, 14, 22, 30)
LABELS = (
    "F3-M2", "C3-M2", "C4-M1", "O1-M2", "E1-M2", "E2-M2", "Chin",
    "Left Leg", "Right Leg", "ECG", "Flow", "SpO2",
)  # fmt: skip
ARM_LABELS = ("Left Arm", "Right Arm")
_CLEAR_OF_GAP_S = 2.0

Renderer = Callable[[NightPlan], Signal]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SimulatedNight:
    """Signals, and what is true of them.

    Parameters
    ----------
    signals : tuple of Signal
        Each at its own rate; a recording gap is a break of every signal.
    hypnogram : Hypnogram
        The true stages from second 0 to the end; epochs that lie in a gap are UNSCORED.
    events : Events
        The true events: ``LM:left`` and ``LM:right`` (those over 10 s too),
        ``burst:left`` and ``burst:right`` (0.1 to 0.3 s, no movements), ``arousal``,
        ``apnea:obstructive``, ``hypopnea``, ``lights_off``, ``lights_on``; where a family was
        asked for its kinds (``ALMA``, ``jerk:definite``, ``lookalike:speech``, ...).
        Measures: ``amplitude_uv`` and ``series``, see `simulate_leg_emg`; ``n_bursts``.
    start : datetime
        Clock time of second 0.
    duration_s : float
        From second 0 to the end, gaps included.
    gaps : ndarray, shape (n, 2)
        Seconds without recording.
    """

    signals: tuple[Signal, ...]
    hypnogram: Hypnogram
    events: Events
    start: datetime
    duration_s: float
    gaps: Spans

    def signal(self, label: str) -> Signal:
        """Return the signal with that label.

        Raises
        ------
        UsageError
            There is none.
        """
        found = [signal for signal in self.signals if signal.label == label]
        names = ", ".join(signal.label for signal in self.signals)
        require(len(found) == 1, f"no signal {label!r}; there are {names}")
        return found[0]


def simulate_night(  # noqa: PLR0913 - the settings of a night
    seed: int = 1,
    *,
    hours: float = 8.0,
    legs: LegSettings | tuple[LegSettings, LegSettings] | None = None,
    plan: PlanSettings | None = None,
    family: FamilySettings | None = None,
    gaps: Sequence[Span] = (),
    channels: Collection[str] = LABELS,
) -> SimulatedNight:
    """Simulate a night of polysomnography with known truth.

    Parameters
    ----------
    seed : int
        The same arguments give the same bytes; the truth does not depend on any rate.
    hours : float
        0.25 to 14, rounded to 30 s. A short night has everything in proportion.
    legs : LegSettings or pair of them, optional
        For both legs, or for left and right.
    plan : PlanSettings, optional
        How many movements, arousals and respiratory events there are.
    family : FamilySettings, optional
        The other movements of sleep, and what looks like them; none by default.
    gaps : sequence of (float, float)
        Interruptions of the recording, in whole seconds, inside the night.
    channels : collection of str
        Which of `LABELS` and `ARM_LABELS` to render; the truth is that of the whole night.

    Returns
    -------
    SimulatedNight

    Raises
    ------
    UsageError
        A setting out of its range.
    """
    pair = legs if isinstance(legs, tuple) else (legs or LegSettings(),) * 2
    sides = dict(zip(LEG_LABELS, pair, strict=True))
    known = (*LABELS, *ARM_LABELS)
    unknown = ", ".join(sorted(set(channels) - set(known)))
    require(not unknown, f"no channel {unknown}; there are {', '.join(known)}")
    night = plan_night(seed, hours, plan or PlanSettings(), family)
    cuts = _checked_gaps(gaps, night.duration_s)
    events = _visible(night.events, sides, cuts)
    renderers = _renderers(sides, events)
    signals = tuple(_cut(renderers[label](night), cuts) for label in known if label in channels)
    return SimulatedNight(
        signals=signals,
        hypnogram=_without_gaps(night.hypnogram, cuts),
        events=events,
        start=START,
        duration_s=night.duration_s,
        gaps=cuts,
    )


def _renderers(sides: dict[str, LegSettings], events: Events) -> dict[str, Renderer]:
    render: dict[str, Renderer] = {}
    for label in LABELS[:4]:
        render[label] = partial(render_eeg, label=label)
    for label in LABELS[4:6]:
        render[label] = partial(render_eog, label=label)
    for side, leg in sides.items():
        mine = events.of_kind(f"LM:{side}", f"burst:{side}")
        render[LEG_LABELS[side]] = partial(render_leg, side=side, leg=leg, movements=mine)
    for place, label in PLACE_LABELS.items():
        if label in ARM_LABELS:
            render[label] = partial(render_arm, place=place)
    return render | {
        "Chin": render_chin,
        "ECG": render_ecg,
        "Flow": render_flow,
        "SpO2": render_spo2,
    }


def _checked_gaps(gaps: Sequence[Span], duration_s: float) -> Spans:
    require_spans("gaps", gaps)
    cuts = as_spans(sorted(gaps))
    inner = cuts.ravel()
    require(bool((inner == np.round(inner)).all()), "gaps must be given in whole seconds")
    ordered = np.concatenate([[0.0], inner, [duration_s]])
    require(
        bool((np.diff(ordered) > 0).all()),
        f"gaps must lie inside the {duration_s:g} s of the night and apart from each other",
    )
    return cuts


def _visible(events: Events, sides: dict[str, LegSettings], cuts: Spans) -> Events:
    """Return the events that can be seen: no movement in a gap or where a leg shows none."""
    others = events.where(~events.is_kind("LM", "burst"))
    moved = Events.concat([leg_truth(events, side, leg) for side, leg in sides.items()])
    seen = Events.concat([others, moved])
    lights = seen.is_kind("lights_off", "lights_on")
    return seen.where(lights | ~touches(seen, cuts, _CLEAR_OF_GAP_S))


def _without_gaps(hypnogram: Hypnogram, cuts: Spans) -> Hypnogram:
    stages = hypnogram.stages.copy()
    starts, stops = hypnogram.edges_s[:-1], hypnogram.edges_s[1:]
    for start_s, stop_s in cuts:
        stages[(starts >= start_s) & (stops <= stop_s)] = Stage.UNSCORED
    return Hypnogram(stages, hypnogram.epoch_s)


def _cut(signal: Signal, cuts: Spans) -> Signal:
    """Take the samples of the gaps out and mark the breaks."""
    if not len(cuts):
        return signal
    edges = np.ceil(cuts * signal.rate_hz - 1e-6).astype(np.int64)
    kept = np.ones(signal.samples.size, np.bool_)
    breaks, removed = [], 0
    for first, last in edges:
        kept[first:last] = False
        removed += int(last - first)
        breaks.append((int(last) - removed, float(last / signal.rate_hz)))
    return Signal(
        signal.label, signal.samples[kept], signal.rate_hz, signal.unit, breaks=tuple(breaks)
    )
