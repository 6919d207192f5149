"""Intervals by the stage of the later movement, with and without respiratory-related ones."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from psgscore.model._arrays import Bools, Floats
from psgscore.model.criteria import Criteria
from psgscore.model.score import Statistic
from psgscore.score.plm import intervals_s
from psgscore.score.rates import WITHOUT_RESPIRATORY, Counted


def stage_intervals(counted: Counted) -> Iterator[Statistic]:
    """Yield how long the intervals are, by the stage of the later of two candidates.

    The earlier one lies in any stage the rule set counts, so that every interval of a night
    is in one stage. Across a gap, unreadable or unscored time there is none.

    Parameters
    ----------
    counted : Counted
        The movements of one rule set.
    """
    verdicts = counted.legs.verdicts
    eligible = verdicts.candidate & _eligible(counted)
    chosen = {"": eligible}
    if verdicts.respiratory is not None:
        chosen[WITHOUT_RESPIRATORY] = eligible & ~verdicts.respiratory
    for suffix, candidates in chosen.items():
        intervals = _to_the_one_before(counted, candidates)
        for scope, inside in counted.inside.items():
            if counted.defined("plm", scope):
                known = intervals[inside & ~np.isnan(intervals)]
                for name, value, unit in _summary(known, counted.legs.criteria):
                    yield Statistic(
                        name=f"{name}{suffix}",
                        rules=counted.rules,
                        scope=scope,
                        value=value,
                        unit=unit,
                    )
    yield from _share_in_series(counted)


def _eligible(counted: Counted) -> Bools:
    return counted.inside["sleep" if counted.sleep_only else "total"]


def _to_the_one_before(counted: Counted, candidates: Bools) -> Floats:
    """Return each candidate's interval from the one before it, NaN where there is none."""
    intervals = np.full(candidates.size, np.nan)
    start = counted.legs.movements.start_s[candidates]
    intervals[candidates] = intervals_s(start, counted.barriers)
    return intervals


def _summary(intervals: Floats, criteria: Criteria) -> tuple[tuple[str, float | None, str], ...]:
    logs = np.log(intervals[intervals > 0])
    short = int(np.sum(intervals < criteria.min_interval_s))
    long = int(np.sum(intervals > criteria.max_interval_s))
    return (
        ("interval_short_count", float(short), ""),
        ("interval_in_range_count", float(intervals.size - short - long), ""),
        ("interval_long_count", float(long), ""),
        ("interval_geometric_mean_s", float(np.exp(logs.mean())) if logs.size else None, "s"),
        ("interval_geometric_sd", float(np.exp(logs.std(ddof=1))) if logs.size > 1 else None, ""),
    )


def _share_in_series(counted: Counted) -> Iterator[Statistic]:
    """Yield the share of candidates in series, respiratory-related movements left out."""
    verdicts = counted.legs.verdicts
    respiratory, without = verdicts.respiratory, verdicts.plm_without_respiratory
    if respiratory is None or without is None:
        return
    for scope, inside in counted.inside.items():
        if counted.defined("plm", scope):
            candidates = int(np.sum(verdicts.candidate & ~respiratory & inside))
            periodic = int(np.sum(without & inside))
            value = periodic / candidates if candidates else None
            yield Statistic(
                name=f"pi_count{WITHOUT_RESPIRATORY}", rules=counted.rules, scope=scope, value=value
            )
