"""Every rate, statistic and histogram of a night's leg movements under one rule set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from psgscore.intervals import intersect, runs, total_s
from psgscore.model._arrays import Bools, Floats, Spans
from psgscore.model.criteria import PERIODICITY
from psgscore.model.hypnogram import SCOPE_STAGES
from psgscore.model.score import Histogram, LegScore, Rate, Statistic
from psgscore.model.verdicts import LegVerdicts
from psgscore.score.architecture import scope_spans
from psgscore.score.legs import Night, counted_stages
from psgscore.score.plm import intervals_s

INTERVAL_EDGES_S = np.arange(0.0, 90.1, 2.0)
LOG_INTERVAL_EDGES = np.round(np.arange(0.0, 6.05, 0.1), 1)
WITHOUT_RESPIRATORY = "_without_respiratory"
"""Ending of the names of histograms that leave respiratory-related movements out."""
INTERVAL_SCOPES = ("total", "W", "sleep")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Counted:
    """The movements of a `LegScore` with what counting them needs.

    Parameters
    ----------
    legs : LegScore
        Movements and verdicts.
    scopes : mapping of str to ndarray
        Readable stretches of each scope.
    inside : mapping of str to ndarray of bool
        Which movements are counted in each scope.
    sleep_only : bool
        The rule set numbers series in sleep only, and sleep is known.
    sides : tuple of str
        Sides that can be told apart: a leg that was not recorded has no count of 0.
    lights_s : tuple of float
        Lights off and lights on.
    barriers : ndarray, shape (n, 2)
        Stretches no interval may cross.
    """

    legs: LegScore
    scopes: Mapping[str, Spans]
    inside: Mapping[str, Bools]
    sleep_only: bool
    sides: tuple[str, ...]
    lights_s: tuple[float, float]
    barriers: Spans

    @classmethod
    def of(cls, legs: LegScore, night: Night) -> Counted:
        """Sort the movements of a night into the scopes they are counted in."""
        scopes = scope_spans(night.hypnogram, night.lights_s, night.unreadable)
        off, on = night.lights_s
        start = legs.movements.start_s
        counted = (start >= off) & (start < on) & night.readable(start)
        if night.hypnogram is None:
            inside = {"total": counted}
        else:
            stages = counted_stages(legs.movements, night.hypnogram, legs.criteria)
            inside = {
                scope: counted & np.isin(stages, group) for scope, group in SCOPE_STAGES.items()
            }
        sleep_only = night.hypnogram is not None and legs.criteria.eligible != "any_stage"
        return cls(
            legs=legs,
            scopes=scopes,
            inside=inside,
            sleep_only=sleep_only,
            sides=night.sides,
            lights_s=night.lights_s,
            barriers=night.barriers(legs.criteria),
        )

    @property
    def rules(self) -> str:
        """Name of the rule set."""
        return self.legs.criteria.name

    def defined(self, name: str, scope: str) -> bool:
        """Say whether a rate exists: a sleep-only rule set has no periodic movements of wake."""
        return not (self.sleep_only and name.startswith("plm") and scope in ("W", "total"))


def leg_rates(counted: Counted) -> Iterator[Rate]:
    """Yield every rate of one rule set, by scope, by hour and by third of the night."""
    for name, mask in _masks(counted).items():
        for scope, spans in counted.scopes.items():
            if counted.defined(name, scope):
                count = int(np.sum(mask & counted.inside[scope]))
                hours = total_s(spans) / 3600.0
                yield Rate(name=name, rules=counted.rules, scope=scope, count=count, hours=hours)
    yield from _course(counted)


def leg_statistics(counted: Counted) -> Iterator[Statistic]:
    """Yield durations by scope, and series and interval statistics of one rule set."""
    duration = counted.legs.movements.duration_s
    for name, mask in (
        ("clm", counted.legs.verdicts.candidate),
        ("plm", counted.legs.verdicts.plm),
    ):
        for scope, inside in counted.inside.items():
            if counted.defined(name, scope):
                yield from _durations(counted.rules, name, scope, duration[mask & inside])
    for scope in INTERVAL_SCOPES:
        if scope in counted.scopes:
            yield from _intervals(counted, scope)
            if counted.defined("plm", scope):
                yield from _series(counted, scope)


def leg_histograms(counted: Counted) -> Iterator[Histogram]:
    """Yield the interval histograms of one rule set: 2-s bins and logarithmic bins.

    Where the rule set counts respiratory-related movements and knows them, also those of the
    intervals between the others, as if the respiratory-related were not there.
    """
    scope = "sleep" if "sleep" in counted.scopes else "total"
    yield from _histograms(counted.rules, _known_intervals(counted, scope), "")
    related = counted.legs.verdicts.respiratory
    if related is not None and counted.legs.criteria.respiratory != "excluded":
        others = _known_intervals(counted, scope, left_out=related)
        yield from _histograms(counted.rules, others, WITHOUT_RESPIRATORY)


def _histograms(rules: str, intervals: Floats, ending: str) -> Iterator[Histogram]:
    for name, values, edges in (
        ("imi_linear", intervals, INTERVAL_EDGES_S),
        ("imi_log", np.log(intervals[intervals > 0]), LOG_INTERVAL_EDGES),
    ):
        counts = np.histogram(values, bins=edges)[0].astype(np.int64)
        yield Histogram(name=name + ending, rules=rules, edges=edges, counts=counts)


def night_parts(lights_s: tuple[float, float]) -> list[tuple[str, float, float]]:
    """Return the hours and the thirds of a night from lights off: name, start and stop."""
    off, on = lights_s
    third = (on - off) / 3.0
    parts = [
        (f"hour {k + 1}", off + 3600.0 * k, off + 3600.0 * (k + 1))
        for k in range(int(-(-(on - off) // 3600)))
    ]
    return parts + [(f"third {k + 1}", off + third * k, off + third * (k + 1)) for k in range(3)]


def periodicity_of_intervals(intervals: Floats) -> float | None:
    """Return the share of intervals in runs of at least 3 with 10 < interval <= 90 s.

    Parameters
    ----------
    intervals : ndarray, shape (n,)
        In time order; NaN where no interval is defined (it ends a run, and is not counted).

    Returns
    -------
    float or None
        None without intervals.

    References
    ----------
    Ferri et al. 2006, Sleep 29:759-769.
    """
    with np.errstate(invalid="ignore"):
        fits = (intervals > PERIODICITY.above_interval_s) & (
            intervals <= PERIODICITY.max_interval_s
        )
    lengths = [stop - start for start, stop in runs(fits)]
    known = int(np.sum(~np.isnan(intervals)))
    periodic = sum(length for length in lengths if length >= PERIODICITY.min_intervals)
    return periodic / known if known else None


def _masks(counted: Counted) -> dict[str, Bools]:
    """Return which movements each rate counts; a rate that cannot be known is not in it."""
    verdicts, movements = counted.legs.verdicts, counted.legs.movements
    candidate, plm = verdicts.candidate, verdicts.plm
    short = _short_interval(counted) & candidate & ~plm
    masks = {
        "lm": np.ones(len(movements), np.bool_),
        "clm": candidate,
        "plm": plm,
        "isolated_clm": candidate & ~plm & ~short,
        "short_interval_clm": short,
    }
    for side in counted.sides:
        masks[f"clm_{side}"] = candidate & (verdicts.side == side)
        masks[f"plm_{side}"] = plm & (verdicts.side == side)
    if verdicts.arousal is not None:
        masks["lm_arousal"] = verdicts.arousal
        masks["plm_arousal"] = plm & verdicts.arousal
    if verdicts.automatic_arousal is not None:
        masks["lm_automatic_arousal"] = verdicts.automatic_arousal
        masks["plm_automatic_arousal"] = plm & verdicts.automatic_arousal
    return masks | _respiratory_masks(verdicts)


def _respiratory_masks(verdicts: LegVerdicts) -> dict[str, Bools]:
    respiratory, without = verdicts.respiratory, verdicts.plm_without_respiratory
    if respiratory is None or without is None:
        return {}
    masks = {
        "lm_respiratory": respiratory,
        "clm_without_respiratory": verdicts.candidate & ~respiratory,
        "plm_respiratory": verdicts.plm & respiratory,
        "plm_without_respiratory": without,
    }
    if verdicts.arousal is not None:
        masks["plm_without_respiratory_arousal"] = without & verdicts.arousal
    return masks


def _short_interval(counted: Counted) -> Bools:
    """Say which candidates follow another one by less than the shortest interval."""
    candidate = counted.legs.verdicts.candidate
    intervals = intervals_s(counted.legs.movements.start_s[candidate], counted.barriers)
    short = np.zeros(candidate.size, np.bool_)
    with np.errstate(invalid="ignore"):
        short[candidate] = intervals < counted.legs.criteria.min_interval_s
    return short


def _course(counted: Counted) -> Iterator[Rate]:
    """Yield the periodic movements by hour and by third of the night from lights off."""
    scope = "sleep" if "sleep" in counted.scopes else "total"
    start = counted.legs.movements.start_s
    plm = counted.legs.verdicts.plm & counted.inside[scope]
    for name, begin, end in night_parts(counted.lights_s):
        hours = total_s(intersect(counted.scopes[scope], [[begin, end]])) / 3600.0
        count = int(np.sum(plm & (start >= begin) & (start < end)))
        yield Rate(name="plm", rules=counted.rules, scope=name, count=count, hours=hours)


def _durations(rules: str, name: str, scope: str, values: Floats) -> Iterator[Statistic]:
    summaries = {
        "mean": float(np.mean(values)) if values.size else None,
        "median": float(np.median(values)) if values.size else None,
        "sd": float(np.std(values, ddof=1)) if values.size > 1 else None,
    }
    for kind, value in summaries.items():
        yield Statistic(
            name=f"{name}_duration_{kind}_s", rules=rules, scope=scope, value=value, unit="s"
        )


def _known_intervals(counted: Counted, scope: str, left_out: Bools | None = None) -> Floats:
    intervals = _scope_intervals(counted, scope, left_out)
    return intervals[~np.isnan(intervals)]


def _scope_intervals(counted: Counted, scope: str, left_out: Bools | None = None) -> Floats:
    """Return the intervals between the candidates counted in a scope, NaN across a barrier."""
    chosen = counted.legs.verdicts.candidate & counted.inside[scope]
    if left_out is not None:
        chosen = chosen & ~left_out
    return intervals_s(counted.legs.movements.start_s[chosen], counted.barriers)


def _intervals(counted: Counted, scope: str) -> Iterator[Statistic]:
    intervals = _scope_intervals(counted, scope)
    known = intervals[~np.isnan(intervals)]
    logs = np.log(known[known > 0])
    candidates = int(np.sum(counted.legs.verdicts.candidate & counted.inside[scope]))
    periodic = int(np.sum(counted.legs.verdicts.plm & counted.inside[scope]))
    values: dict[str, tuple[float | None, str]] = {
        "imi_count": (float(known.size), ""),
        "imi_geometric_mean_s": (float(np.exp(logs.mean())) if logs.size else None, "s"),
        "imi_sd_ln": (float(logs.std(ddof=1)) if logs.size > 1 else None, "ln s"),
        "imi_median_s": (float(np.median(known)) if known.size else None, "s"),
        "pi_interval": (periodicity_of_intervals(intervals), ""),
    }
    if counted.defined("plm", scope):
        values["pi_count"] = (periodic / candidates if candidates else None, "")
    for name, (value, unit) in values.items():
        yield Statistic(name=name, rules=counted.rules, scope=scope, value=value, unit=unit)


def _series(counted: Counted, scope: str) -> Iterator[Statistic]:
    """Yield how many series have members in a scope, and how long they are there."""
    numbers = counted.legs.verdicts.series[counted.inside[scope]]
    sizes = np.unique(numbers[numbers > 0], return_counts=True)[1]
    values = {
        "series_count": float(sizes.size),
        "series_longest": float(sizes.max()) if sizes.size else None,
        "series_mean_movements": float(sizes.mean()) if sizes.size else None,
    }
    for name, value in values.items():
        yield Statistic(name=name, rules=counted.rules, scope=scope, value=value)
