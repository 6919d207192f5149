"""How far the PLM index of a night moves with its thresholds, and with its series."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from psgscore.model._arrays import Ints
from psgscore.model.criteria import Criteria, LegMovementCriteria
from psgscore.model.events import Events
from psgscore.model.score import Rate
from psgscore.model.sensitivity import IndexSensitivity, Swing
from psgscore.model.sensitivity_criteria import SENSITIVITY, SensitivityCriteria
from psgscore.score.legs import Night, score_legs
from psgscore.score.precedence import with_precedence
from psgscore.score.rates import Counted, leg_rates

Detect = Callable[[LegMovementCriteria], Events]
AnyCriteria = TypeVar("AnyCriteria", Criteria, LegMovementCriteria)
_SEED = 2016
_OF_DETECTION = ("onset_rise_uv", "offset_rise_uv", "resting_percentile", "quiet_s")
_OF_RULES = ("max_duration_s", "min_interval_s", "max_interval_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """How the movements of a night were found, and how to find them with other thresholds.

    Parameters
    ----------
    criteria : LegMovementCriteria
        As used.
    again : callable
        Returns the single-leg movements under other thresholds.
    """

    criteria: LegMovementCriteria
    again: Detect


@dataclass(frozen=True, slots=True)
class _Moved:
    """One threshold with its two moved settings, as the criteria they make."""

    threshold: str
    settings: tuple[float, float, float]
    detection: tuple[LegMovementCriteria, LegMovementCriteria] | None
    rules: tuple[Criteria, Criteria]


def plm_sensitivity(
    night: Night,
    rules: Sequence[Criteria],
    detector: Detector | None,
    criteria: SensitivityCriteria = SENSITIVITY,
) -> tuple[IndexSensitivity, ...]:
    """Score a night again with each threshold moved by its plausible uncertainty.

    Parameters
    ----------
    night : Night
        As it was scored.
    rules : sequence of Criteria
        Rule sets; each has an index of its own.
    detector : Detector or None
        None where the movements were given: then only the rules have thresholds.
    criteria : SensitivityCriteria
        By how much.

    Returns
    -------
    tuple of IndexSensitivity
        One per rule set that has a PLM index: of sleep, or of the whole night where there
        are no stages.
    """
    again = _Again(night, detector)
    found = []
    for rule in rules:
        value = again.index(rule, None)
        if value is not None:
            moved = _moved(rule, detector, criteria)
            swings = tuple(_swing(one, value, again.index) for one in moved)
            found.append(_sensitivity(night, rule, value, swings, criteria))
    return tuple(found)


class _Again:
    """Scores a night again; what was detected or scored once is not done twice."""

    def __init__(self, night: Night, detector: Detector | None) -> None:
        self._night, self._detector = night, detector
        self._events: dict[LegMovementCriteria | None, Events] = {None: night.events}
        self._indices: dict[tuple[Criteria, int], float | None] = {}

    def index(self, rule: Criteria, detection: LegMovementCriteria | None) -> float | None:
        """Return the PLM index under a rule set and, unless None, other thresholds."""
        events = self._detected(detection)
        key = (rule, id(events))
        if key not in self._indices:
            night = replace(self._night, events=events)
            rate = _plm_rate(Counted.of(score_legs(night, rule), night), _scope(night))
            self._indices[key] = None if rate is None else rate.per_hour
        return self._indices[key]

    def _detected(self, detection: LegMovementCriteria | None) -> Events:
        if detection is None or self._detector is None:
            return self._night.events
        if detection not in self._events:
            self._events[detection] = self._with(self._detector.again(detection))
        return self._events[detection]

    def _with(self, movements: Events) -> Events:
        """Return the events of the night with other leg movements in place of its own."""
        events = self._night.events
        if np.array_equal(movements.spans, events.of_kind("LM").spans):
            return events
        others = events.where(~events.is_kind("LM"))
        return with_precedence(Events.concat([movements, others]))


def _scope(night: Night) -> str:
    return "total" if night.hypnogram is None else "sleep"


def _plm_rate(counted: Counted, scope: str) -> Rate | None:
    rates = (one for one in leg_rates(counted) if (one.name, one.scope) == ("plm", scope))
    return next(rates, None)


def _moved(
    rule: Criteria, detector: Detector | None, criteria: SensitivityCriteria
) -> Iterator[_Moved]:
    """Yield every threshold that was used, moved to either side."""
    if detector is not None:
        yield from _moved_detection(rule, detector.criteria, criteria)
    for name in _OF_RULES:
        yield _of_rule(rule, name, getattr(criteria, name))
    yield _of_rule(rule, "bilateral_s", rule.bilateral_s * criteria.bilateral_share)


def _moved_detection(
    rule: Criteria, used: LegMovementCriteria, by: SensitivityCriteria
) -> Iterator[_Moved]:
    gain = used.amplitude_gain
    factors = (1.0 - by.amplitude_share, 1.0 + by.amplitude_share)
    yield _Moved(
        "amplitude_gain",
        (gain, gain * factors[0], gain * factors[1]),
        (amplified(used, factors[0]), amplified(used, factors[1])),
        (rule, rule),
    )
    for name in _OF_DETECTION:
        setting, low, high = _around(getattr(used, name), getattr(by, name))
        changed = (_changed(used, name, low), _changed(used, name, high))
        yield _Moved(name, (setting, low, high), changed, (rule, rule))
    # The shortest movement is a threshold of the detector and of the rules: one number.
    setting, low, high = _around(rule.min_duration_s, by.min_duration_s)
    yield _Moved(
        "min_duration_s",
        (setting, low, high),
        (replace(used, min_duration_s=low), replace(used, min_duration_s=high)),
        (replace(rule, min_duration_s=low), replace(rule, min_duration_s=high)),
    )


def _changed(criteria: AnyCriteria, name: str, setting: float) -> AnyCriteria:
    changes: dict[str, Any] = {name: setting}
    return replace(criteria, **changes)


def amplified(criteria: LegMovementCriteria, factor: float) -> LegMovementCriteria:
    """Return thresholds that find in an EMG what `criteria` find in one `factor` times as large."""
    return replace(
        criteria,
        onset_rise_uv=criteria.onset_rise_uv / factor,
        offset_rise_uv=criteria.offset_rise_uv / factor,
        resting_floor_uv=criteria.resting_floor_uv / factor,
    )


def _around(setting: float, step: float) -> tuple[float, float, float]:
    """Return a setting and its two neighbours; a small one is never moved below its half."""
    return setting, max(setting - step, setting / 2.0), setting + step


def _of_rule(rule: Criteria, name: str, step: float) -> _Moved:
    setting, low, high = _around(getattr(rule, name), step)
    changed = (_changed(rule, name, low), _changed(rule, name, high))
    return _Moved(name, (setting, low, high), None, changed)


def _swing(
    moved: _Moved,
    value: float,
    index: Callable[[Criteria, LegMovementCriteria | None], float | None],
) -> Swing:
    detection = moved.detection or (None, None)
    at = [index(rule, how) for rule, how in zip(moved.rules, detection, strict=True)]
    setting, low, high = moved.settings
    return Swing(
        threshold=moved.threshold,
        setting=setting,
        low_setting=low,
        high_setting=high,
        # The hours do not depend on a threshold: where there is an index, there is one always.
        at_low=value if at[0] is None else at[0],
        at_high=value if at[1] is None else at[1],
    )


def _sensitivity(
    night: Night,
    rule: Criteria,
    value: float,
    swings: tuple[Swing, ...],
    criteria: SensitivityCriteria,
) -> IndexSensitivity:
    moves = [(one.at_low - value, one.at_high - value) for one in swings]
    down = math.hypot(*(min(*move, 0.0) for move in moves))
    up = math.hypot(*(max(*move, 0.0) for move in moves))
    counted = Counted.of(score_legs(night, rule), night)
    scope = _scope(night)
    series = counted.legs.verdicts.series[counted.inside[scope] & counted.legs.verdicts.plm]
    rate = _plm_rate(counted, scope)
    hours = 0.0 if rate is None else rate.hours
    sampled = sampled_index(series, hours, criteria)
    return IndexSensitivity(
        rules=rule.name,
        scope=scope,
        value=value,
        low=max(value - down, 0.0),
        high=value + up,
        sampled_low=None if sampled is None else sampled[0],
        sampled_high=None if sampled is None else sampled[1],
        swings=tuple(sorted(swings, key=lambda one: (-one.width, one.threshold))),
    )


def sampled_index(
    series: Ints, hours: float, criteria: SensitivityCriteria = SENSITIVITY
) -> tuple[float, float] | None:
    """Return the confidence interval of an index over the series it consists of.

    Parameters
    ----------
    series : ndarray of int, shape (n,)
        Number of the series of each periodic movement.
    hours : float
        Denominator of the index.
    criteria : SensitivityCriteria
        Number of draws, confidence, fewest series.

    Returns
    -------
    tuple of float or None
        Percentiles of a Poisson bootstrap: every series is drawn a Poisson(1) number of
        times, so that their number varies as well as which they are. None with fewer than
        `min_series` series, or without hours.
    """
    sizes = np.unique(series, return_counts=True)[1]
    if sizes.size < criteria.min_series or hours <= 0:
        return None
    drawn = np.random.default_rng(_SEED).poisson(1.0, (criteria.draws, sizes.size)) @ sizes
    tail = (1.0 - criteria.confidence) / 2.0
    low, high = np.quantile(drawn / hours, [tail, 1.0 - tail])
    return float(low), float(high)
