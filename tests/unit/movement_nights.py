"""Scored nights with other movements than those of the legs, made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from report_nights import DURATION_S, all_movements, other_events, score_night

from psgscore.model.events import Events
from psgscore.model.finding import NotScored
from psgscore.model.heart import HeartResponse
from psgscore.model.movement_criteria import MOVEMENTS
from psgscore.model.movements import JerkCount, MovementScore
from psgscore.model.score import Score
from psgscore.score.differential import with_differential
from psgscore.score.movement_rates import COUNTED, movement_rates
from psgscore.score.night import lights_span

MUSCLES = {"Left Leg": "leg:left", "Right Leg": "leg:right", "Chin": "chin"}
WHOLE = np.array([[0.0, DURATION_S]])
EVERY_KIND = tuple(COUNTED.values())
JERKS_LOOKED_FOR = (
    JerkCount(context="other", tier="possible", onset=-1, count=0, readable_s=float("nan")),
)


def jerks(
    onset_s: list[float], *, ms: float = 150.0, muscles: float = 2.0, context: str = "re-entry",
    tier: str = "probable",
) -> Events:  # fmt: skip
    onset = np.array(onset_s)
    return Events.of(
        f"jerk:{tier}",
        onset,
        onset + ms / 1000,
        channel="Chin",
        measures={"duration_ms": ms, "n_muscles": muscles},
        texts={"context": context},
    )


def potentials(
    onset_s: list[float], *, ms: float = 100.0, channels: tuple[str, ...] = ("Chin", "Left Leg"),
    excluded_by: str = "",
) -> Events:  # fmt: skip
    onset = np.array(onset_s)
    return Events.of(
        "fragmentary_potential",
        onset,
        onset + ms / 1000,
        channel=np.resize(np.array(channels), onset.size).tolist(),
        texts={"excluded_by": excluded_by},
    )


def rows(kind: str, *spans: tuple[float, float], excluded_by: str = "") -> Events:
    return Events.of(
        kind,
        [start for start, _ in spans],
        [stop for _, stop in spans],
        channel="L+R",
        texts={"excluded_by": excluded_by},
    )


def heart_response(**changes: Any) -> HeartResponse:
    times = np.arange(-9.75, 15.0, 0.5)
    rise = np.where(times > 0, 5.0 * np.exp(-((times - 4.0) ** 2) / 8.0), 0.0)
    whole = HeartResponse(
        times_s=times,
        mean_bpm=60.0 + rise,
        sem_bpm=np.full(times.size, 0.6),
        mean_rise_bpm=rise,
        sem_rise_bpm=np.full(times.size, 0.5),
        low_rise_bpm=rise - 1,
        high_rise_bpm=rise + 1,
        used=np.ones(40, np.bool_),
        left_out={"the heart rate cannot be read": 3},
    )
    return replace(whole, **changes)


def movement_night(
    *found: Events,
    legs: Events | None = None,
    looked_for: tuple[str, ...] = EVERY_KIND,
    not_scored: tuple[NotScored, ...] = (),
    night: dict[str, Any] | None = None,
    **movements: Any,
) -> Score:
    """Return a night as the wiring leaves it: rows, rates of what was looked for, the table."""
    legs = all_movements() if legs is None else legs
    events = Events.concat([legs, other_events(), *found])
    score = score_night(events=events, **(night or {}))
    known: dict[str, Any] = {
        "criteria": MOVEMENTS,
        "muscles": MUSCLES,
        "jerks": JERKS_LOOKED_FOR,
        "fragmentary_per_hour": 30.0,
    }
    lights = lights_span(events, score.duration_s)
    spans = dict.fromkeys(looked_for, WHOLE)
    rates = tuple(movement_rates(score.events, spans, score.hypnogram, lights))
    return with_differential(
        replace(
            score,
            rates=(*score.rates, *rates),
            not_scored=(*score.not_scored, *not_scored),
            movements=MovementScore(**(known | movements)),
        )
    )
