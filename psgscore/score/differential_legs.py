"""Periodic leg movements, asleep and awake, beside their published patterns."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from psgscore.model.criteria import WASM_2016, Criteria
from psgscore.model.differential import Feature, Pattern
from psgscore.model.hypnogram import SLEEP, Stage
from psgscore.model.movement_criteria import MovementCriteria
from psgscore.model.restless import IntervalPeak
from psgscore.model.restless_criteria import RestlessCriteria
from psgscore.model.score import Rate, Score
from psgscore.score.differential_parts import (
    all_unknown,
    held,
    lasting,
    none_found,
    plural,
    share,
    stated,
    unknown,
    why_not,
)
from psgscore.score.differential_periodic import Periodic, no_time, periodic
from psgscore.score.restless import interval_peak

_SIDES = ("left", "right", "bilateral")


def plm_pattern(score: Score, criteria: MovementCriteria) -> Pattern:
    """Return what the night's periodic leg movements of sleep show."""
    limits = criteria.differential.plm_mode_s
    texts = _texts(score, f"(modal {limits[0]:g}-{limits[1]:g} s)")
    texts |= {
        "when": "N1/N2 > N3 > R",
        "muscles": "tibialis, one or both legs",
        "software says": "series and index",
    }
    key, title = "plm", "Periodic leg movements of sleep (PLM)"
    reason = no_time(score, "sleep")
    if reason:
        return Pattern(key=key, title=title, count=None, features=all_unknown(texts, reason))
    found = periodic(score, *SLEEP)
    software = _index(score, found, "sleep", texts["software says"])
    if not found.count:
        features = (*none_found(texts, except_for="software says"), software)
        return Pattern(key=key, title=title, count=0, features=features)
    peak = interval_peak(found.intervals_s, criteria.restless)
    features = (
        _burst(found, texts["burst"]),
        _recurrence(found, peak, limits, texts["recurrence"], criteria.restless),
        _stages(score, texts["when"], criteria.differential.min_stage_h),
        _sides(score, found, texts["muscles"], "sleep"),
        software,
    )
    return Pattern(key=key, title=title, count=found.count, features=features)


def rls_pattern(score: Score, criteria: MovementCriteria) -> Pattern:
    """Return what the night's periodic leg movements of wake show."""
    numbers = criteria.differential
    low, high = numbers.wake_mode_s
    texts = _texts(score, f"modal {low:g}-{high:g} s", interval=False)
    often = numbers.wake_often_s
    texts["burst"] += f", often {often[0]:g}-{often[1]:g} s"
    texts |= {
        "when": "wake before and between sleep",
        "muscles": "tibialis, mixed with voluntary movement",
        "software says": "PLMW index, apart",
    }
    key, title = "rls_wake", "Periodic leg movements of wake (PLMW), beside those of restless legs"
    reason = no_time(score, "W")
    if reason:
        return Pattern(key=key, title=title, count=None, features=all_unknown(texts, reason))
    found = periodic(score, Stage.W)
    software = _index(score, found, "W", texts["software says"])
    if not found.count:
        features = (*none_found(texts, except_for="software says"), software)
        return Pattern(key=key, title=title, count=0, features=features)
    shape = replace(
        criteria.restless,
        peak_from_s=criteria.immobilisation.peak_from_s,
        min_intervals=criteria.immobilisation.min_intervals,
    )
    peak = interval_peak(found.intervals_s, shape)
    # The density is no sharper than its bandwidth.
    sharp = float(np.exp(shape.bandwidth_ln))
    features = (
        _burst(found, texts["burst"], often),
        _recurrence(found, peak, (low / sharp, high * sharp), texts["recurrence"], shape),
        _wake(score, texts["when"]),
        _sides(score, found, texts["muscles"], "W"),
        software,
    )
    return Pattern(key=key, title=title, count=found.count, features=features)


def _texts(score: Score, mode: str, *, interval: bool = True) -> dict[str, str]:
    """Return the patterns of duration and recurrence, with the limits of the rule set."""
    rules: Criteria = score.legs[0].criteria if score.legs else WASM_2016
    every = f" every {rules.min_interval_s:g}-{rules.max_interval_s:g} s" if interval else ""
    return {
        "burst": f"{rules.min_duration_s:g}-{rules.max_duration_s:g} s",
        "recurrence": f">= {rules.min_movements},{every} {mode}",
    }


def _burst(found: Periodic, text: str, often_s: tuple[float, float] | None = None) -> Feature:
    """Hold the durations against the limits of the rule set."""
    durations_s, rules = found.durations_s, found.legs.criteria
    words, numbers = lasting(durations_s)
    if often_s is not None:
        percent = 100 * share((durations_s >= often_s[0]) & (durations_s <= often_s[1]))
        words += f"; {percent:.0f} % of {often_s[0]:g}-{often_s[1]:g} s"
        numbers["often_percent"] = percent
    middle = float(np.median(durations_s))
    return held(
        "burst", text, words, rules.min_duration_s <= middle <= rules.max_duration_s, numbers
    )


def _recurrence(
    found: Periodic,
    peak: IntervalPeak,
    limits_s: tuple[float, float],
    text: str,
    criteria: RestlessCriteria,
) -> Feature:
    """Hold the mode of the intervals within series against the usual one."""
    intervals = found.intervals_s
    mean = float(np.exp(np.log(intervals).mean())) if intervals.size else None
    numbers: dict[str, float | None] = {
        "intervals": float(intervals.size),
        "mode_s": peak.mode_s,
        "geometric_mean_s": mean,
    }
    words = f"{plural(found.count, 'movement')} in {found.series} series"
    if mean is not None:
        words += f"; interval geometric mean {mean:.1f} s"
    if peak.mode_s is None:
        reason = f"no mode: {plural(intervals.size, 'interval')}"
        few = peak.count < criteria.min_intervals
        reason += f", at least {criteria.min_intervals} needed" if few else " without a peak"
        return unknown("recurrence", text, reason, value=words, numbers=numbers)
    inside = limits_s[0] <= peak.mode_s <= limits_s[1]
    return held("recurrence", text, f"{words}, mode {peak.mode_s:.1f} s", inside, numbers)


def _stages(score: Score, text: str, min_stage_h: float) -> Feature:
    """Hold the indices of light sleep, N3 and R against their usual order."""
    rules = score.legs[0].criteria.name
    rates = {name: score.rate("plm", rules, name) for name in ("N1", "N2", "N3", "R")}
    known = {name: rate for name, rate in rates.items() if rate is not None}
    count = sum(rate.count for rate in known.values())
    shares = {name: 100 * rate.count / count for name, rate in known.items() if count}
    numbers: dict[str, float | None] = {f"{name}_percent": value for name, value in shares.items()}
    numbers |= {f"{name}_per_hour": rate.per_hour for name, rate in known.items()}
    words = ", ".join(f"{name} {value:.0f} %" for name, value in shares.items())
    words += "; per hour " + ", ".join(f"{name} {_per_hour(one)}" for name, one in known.items())
    light = [known[name] for name in ("N1", "N2") if name in known]
    groups = [light, [known["N3"]] if "N3" in known else [], [known["R"]] if "R" in known else []]
    hours = [sum(rate.hours for rate in group) for group in groups]
    index = [
        sum(rate.count for rate in group) / time
        for group, time in zip(groups, hours, strict=True)
        if time >= min_stage_h
    ]
    if len(index) < 2 or hours[0] < min_stage_h:
        reason = f"fewer than two of N1/N2, N3 and R last {60 * min_stage_h:g} min"
        if hours[0] < min_stage_h <= max(hours):
            reason = f"less than {60 * min_stage_h:g} min of N1/N2 to compare with"
        return unknown("when", text, reason, value=words, numbers=numbers)
    falls = all(later <= earlier for earlier, later in pairwise(index))
    return held("when", text, words, falls and index[-1] < index[0], numbers)


def _per_hour(rate: Rate) -> str:
    return "-" if rate.per_hour is None else f"{rate.per_hour:.1f}"


def _wake(score: Score, text: str) -> Feature:
    """Say how many movements lie in wake before sleep onset, and after it."""
    view = score.restless
    if view is None or view.plmw_before_sleep is None or view.plmw_after_onset is None:
        reason = why_not(score, "PLMW before and after sleep onset")
        if view is not None:
            reason = next(
                (one.reason for one in view.not_scored if one.what.startswith("PLMW")), reason
            )
        return unknown("when", text, reason)
    before, after = view.plmw_before_sleep, view.plmw_after_onset
    words = (
        f"before sleep onset {before.count} ({_per_hour(before)}/h), after it {after.count} "
        f"({_per_hour(after)}/h)"
    )
    numbers: dict[str, float | None] = {
        "before_sleep": float(before.count),
        "before_sleep_per_hour": before.per_hour,
        "after_onset": float(after.count),
        "after_onset_per_hour": after.per_hour,
    }
    if not (before.hours > 0 and after.hours > 0):
        where = "after" if before.hours > 0 else "before"
        reason = f"no wake with a readable leg {where} sleep onset"
        return unknown("when", text, reason, value=words, numbers=numbers)
    return held("when", text, words, before.count > 0 and after.count > 0, numbers)


def _sides(score: Score, found: Periodic, text: str, scope: str) -> Feature:
    """Say which legs move; a leg that was not recorded has no count of 0."""
    sides, rules = found.legs.verdicts.side[found.rows], found.legs.criteria.name
    counts = {side: int(np.sum(sides == side)) for side in _SIDES}
    told = {side: count for side, count in counts.items() if count}
    words = ", ".join(f"{side} {count}" for side, count in told.items())
    if np.any(sides == ""):
        words = f"{words}, " if words else ""
        words += f"leg not known {int(np.sum(sides == ''))}"
    numbers: dict[str, float | None] = {
        side: None if score.rate(f"plm_{side}", rules, scope) is None else float(count)
        for side, count in counts.items()
    }
    if scope == "sleep":
        return held("muscles", text, words, inside=True, numbers=numbers)
    reason = "movements on purpose look the same in the EMG of a leg"
    return unknown("muscles", text, reason, value=words, numbers=numbers)


def _index(score: Score, found: Periodic, scope: str, text: str) -> Feature:
    """State the index as it stands elsewhere in the report."""
    rate = score.rate("plm", found.legs.criteria.name, scope)
    per_hour = None if rate is None else rate.per_hour
    name = "PLMS" if scope == "sleep" else "PLMW"
    words = f"{found.series} series, " if scope == "sleep" else ""
    words += f"{name} index not known" if per_hour is None else f"{name} index {per_hour:.1f}/h"
    numbers: dict[str, float | None] = {"series": float(found.series), "per_hour": per_hour}
    return stated(text, f"{words} ({found.legs.criteria.title})", numbers)
