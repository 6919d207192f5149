"""The periodic leg movements of one state, as the index of that state counts them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from psgscore.intervals import moments_inside
from psgscore.model._arrays import Bools, Floats, to_microsecond
from psgscore.model.hypnogram import Stage
from psgscore.model.score import LegScore, Score
from psgscore.score.differential_parts import NO_STAGES, why_not
from psgscore.score.legs import counted_stages
from psgscore.score.night import lights_span


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Periodic:
    """The periodic movements of a night that begin in some stages, under the first rule set."""

    legs: LegScore
    rows: Bools

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.rows.sum())

    @property
    def durations_s(self) -> Floats:
        """How long each lasts."""
        return self.legs.movements.duration_s[self.rows]

    @property
    def intervals_s(self) -> Floats:
        """Intervals between neighbours of one series that are both in these stages."""
        periodic = np.flatnonzero(self.legs.verdicts.plm)
        start, series = self.legs.movements.start_s[periodic], self.legs.verdicts.series[periodic]
        mine = self.rows[periodic]
        both = (series[1:] == series[:-1]) & mine[1:] & mine[:-1]
        found: Floats = to_microsecond(np.diff(start))[both]
        return found

    @property
    def series(self) -> int:
        """How many series they are of."""
        return int(np.unique(self.legs.verdicts.series[self.rows]).size)


def periodic(score: Score, *stages: Stage) -> Periodic:
    """Return what the index of those stages counts: readable, between lights off and on."""
    legs = score.legs[0]
    off, on = lights_span(score.events, score.duration_s)
    start = legs.movements.start_s
    rows = legs.verdicts.plm & (start >= off) & (start < on)
    rows &= ~moments_inside(start, score.unreadable)
    if score.hypnogram is not None:
        staged = counted_stages(legs.movements, score.hypnogram, legs.criteria)
        rows &= np.isin(staged, stages)
    return Periodic(legs=legs, rows=rows)


def no_time(score: Score, scope: str) -> str:
    """Return why there are no periodic movements in a scope, "" where there may be some."""
    if not score.legs:
        return why_not(score, "leg movements")
    if score.hypnogram is None:
        return NO_STAGES
    rules = score.legs[0].criteria
    if scope == "W" and rules.eligible != "any_stage":
        return "this rule set counts periodic movements in sleep only"
    rate = score.rate("plm", rules.name, scope)
    where = "wake" if scope == "W" else "sleep"
    return "" if rate is not None and rate.hours > 0 else f"no {where} with a readable leg"
