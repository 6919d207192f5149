"""Arousals and respiratory events counted for themselves, and those that go with a movement."""

from __future__ import annotations

import numpy as np

from psgscore.intervals import counts_touching, total_s
from psgscore.model._arrays import Bools, as_spans
from psgscore.model.events import Events
from psgscore.model.hypnogram import SCOPE_STAGES
from psgscore.model.rem import Share
from psgscore.model.score import LegScore, Rate, Score
from psgscore.model.scoring import RESPIRATORY
from psgscore.score.architecture import begin_in, scope_spans
from psgscore.score.associate import arousal_windows, respiratory_windows
from psgscore.score.bilateral import is_candidate
from psgscore.score.night import lights_span
from psgscore.score.recount import recount, widest_scope


def event_rates(score: Score, name: str, events: Events) -> tuple[Rate, ...]:
    """Return how often events begin in each scope, between lights off and on.

    Parameters
    ----------
    score : Score
        A scored night.
    name : str
        Of the rates.
    events : Events
        For example its arousals.

    Returns
    -------
    tuple of Rate
        Without a hypnogram only ``"total"``. The hours are those with a stage, as those of
        the sleep measures: what a leg channel could not be read in is among them.
    """
    lights = lights_span(score.events, score.duration_s)
    spans = scope_spans(score.hypnogram, lights, as_spans([]))
    return tuple(
        Rate(
            name=name,
            rules="",
            scope=scope,
            count=int(np.sum(_inside(score, events, scope))),
            hours=total_s(spans[scope]) / 3600.0,
        )
        for scope in spans
    )


def arousals_with_plm(score: Score, leg: LegScore, arousals: Events) -> Share:
    """Return how many of the arousals in sleep go with a periodic movement of sleep."""
    counted = recount(score, leg)
    plm = counted.legs.verdicts.plm & counted.inside[widest_scope(score)]
    windows = arousal_windows(arousals, leg.criteria)
    closed = leg.criteria.arousal_gap_inclusive
    hit = counts_touching(windows, leg.movements.spans[plm], closed=closed) > 0
    inside = _inside(score, arousals, widest_scope(score))
    return Share(int(np.sum(hit & inside)), int(np.sum(inside)))


def respiratory_with_movement(score: Score, leg: LegScore, scope: str) -> Share:
    """Return how many respiratory events of a scope have a candidate in their window.

    Candidates that a rule set takes out for being respiratory-related are among them.
    """
    events = score.events.counted().of_kind(*RESPIRATORY)
    movements = leg.movements.spans[is_candidate(leg.movements, leg.criteria)[0]]
    windows = respiratory_windows(events, leg.criteria.respiratory_window)
    hit = counts_touching(windows, movements, closed=True) > 0
    inside = _inside(score, events, scope)
    return Share(int(np.sum(hit & inside)), int(np.sum(inside)))


def _inside(score: Score, events: Events, scope: str) -> Bools:
    lights = lights_span(score.events, score.duration_s)
    if score.hypnogram is None:
        inside: Bools = (events.start_s >= lights[0]) & (events.start_s < lights[1])
        return inside
    return begin_in(events.start_s, score.hypnogram, lights, SCOPE_STAGES[scope])
