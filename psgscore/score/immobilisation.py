"""The suggested immobilisation test: periodic leg movements awake, in bed, at rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from psgscore.intervals import (
    close_gaps,
    intersect,
    moments_inside,
    subtract,
    total_s,
)
from psgscore.model._arrays import Bools, Floats, Spans
from psgscore.model.criteria import WASM_2016, Criteria
from psgscore.model.finding import Finding, NotScored
from psgscore.model.hypnogram import SLEEP
from psgscore.model.restless import SitResult
from psgscore.model.restless_criteria import (
    IMMOBILISATION,
    RESTLESS,
    ImmobilisationCriteria,
    RestlessCriteria,
)
from psgscore.model.score import LegScore, Rate
from psgscore.score.legs import Night, score_legs
from psgscore.score.plm import intervals_s
from psgscore.score.restless import interval_peak, peak_not_scored

_WHAT = "index of the immobilisation test"
_REASONS = {
    "before lights off": "before the test",
    "after lights on": "after the test",
}


def immobilisation_test(
    night: Night,
    start_s: float,
    stop_s: float,
    *,
    rules: Criteria = WASM_2016,
    criteria: ImmobilisationCriteria = IMMOBILISATION,
    restless: RestlessCriteria = RESTLESS,
) -> SitResult:
    """Score a suggested immobilisation test.

    Every moment counts as wake, as the test asks for, unless the hypnogram says sleep:
    that is left out, and said.

    Parameters
    ----------
    night : Night
        Leg movements, what cannot be read, and stages where there are any; its lights
        are not used.
    start_s, stop_s : float
        Seconds from the start of the recording: where the test begins, and where it or
        the recording ends. Of more than `length_s` only the first `length_s` are scored.
    rules : Criteria
        Rule set of the series.
    criteria : ImmobilisationCriteria
        Length, bins, and what is published.
    restless : RestlessCriteria
        Density of the intervals.

    Returns
    -------
    SitResult

    Raises
    ------
    ValueError
        `stop_s` does not follow `start_s`.

    References
    ----------
    Montplaisir et al. 1998, Mov Disord 13:324-329. Michaud et al. 2001, J Sleep Res
    10:65-69.
    """
    if not stop_s > start_s:
        raise ValueError(f"stop_s must follow start_s: {start_s}, {stop_s}")
    end_s = min(stop_s, start_s + criteria.length_s)
    none = np.zeros((0, 2))
    sleep = none if night.hypnogram is None else night.hypnogram.spans(*SLEEP)
    sleep = intersect(sleep, [[start_s, end_s]])
    missing = intersect(night.unreadable, [[start_s, end_s]])
    awake = replace(
        night,
        hypnogram=None,
        covers=frozenset(one for one in night.covers if one.startswith("LM")),
        lights_s=(start_s, end_s),
        unreadable=close_gaps(np.concatenate([night.unreadable, sleep])),
    )
    legs = _with_reasons(score_legs(awake, rules), sleep)
    used = subtract([[start_s, end_s]], awake.unreadable)
    inside = moments_inside(legs.movements.start_s, used)
    rests = [
        NotScored(_WHAT, reason)
        for reason in _reasons(awake, total_s(used) / 3600.0, criteria.min_hours)
    ]
    shape = replace(
        restless, peak_from_s=criteria.peak_from_s, min_intervals=criteria.min_intervals
    )
    candidate = legs.verdicts.candidate & inside
    peak = interval_peak(
        intervals_s(legs.movements.start_s[candidate], awake.barriers(rules)), shape
    )
    bins = np.append(np.arange(start_s, end_s - 1e-6, criteria.bin_s), end_s)
    plm = legs.verdicts.plm & inside
    return SitResult(
        start_s=start_s,
        stop_s=end_s,
        legs=legs,
        plm=_rate("plm", legs, plm, used, "W"),
        lm=_rate("lm", legs, inside, used, "W"),
        course=tuple(_bins(legs, plm, used, bins)),
        interval=peak,
        published_index=criteria.published_index,
        published_interval_s=criteria.published_interval_s,
        min_hours=criteria.min_hours,
        criteria=criteria,
        restless=restless,
        findings=tuple(_findings(end_s - start_s, sleep, missing, criteria)),
        not_scored=(*rests, *peak_not_scored(peak, shape)),
    )


def _with_reasons(legs: LegScore, sleep: Spans) -> LegScore:
    """Say why movements outside the test do not count in its own words."""
    excluded = legs.verdicts.excluded_by.astype(object)
    for before, after in _REASONS.items():
        excluded[excluded == before] = after
    asleep = moments_inside(legs.movements.start_s, sleep)
    excluded[(excluded == "unreadable signal") & asleep] = "asleep"
    words = np.array(excluded.tolist(), dtype=np.str_)
    return replace(legs, verdicts=replace(legs.verdicts, excluded_by=words))


def _rate(name: str, legs: LegScore, chosen: Bools, used: Spans, scope: str) -> Rate:
    return Rate(
        name=name,
        rules=legs.criteria.name,
        scope=scope,
        count=int(chosen.sum()),
        hours=total_s(used) / 3600.0,
    )


def _bins(legs: LegScore, plm: Bools, used: Spans, edges: Floats) -> Iterator[Rate]:
    """Yield the periodic movements of each bin, named after its first and last minute."""
    onset = legs.movements.start_s
    for start_s, stop_s in pairwise(edges.tolist()):
        first, last = ((one - edges[0]) / 60.0 for one in (start_s, stop_s))
        chosen = plm & (onset >= start_s) & (onset < stop_s)
        part = intersect(used, [[start_s, stop_s]])
        yield _rate("plm", legs, chosen, part, f"minute {first:g} to {last:g}")


def _reasons(night: Night, hours: float, min_hours: float) -> Iterator[str]:
    if "LM" not in night.covers:
        yield "no leg movements were detected or imported"
    if hours < min_hours:
        yield f"only {60 * hours:.1f} min awake and readable, {60 * min_hours:g} are needed"


def _findings(
    length_s: float, sleep: Spans, missing: Spans, criteria: ImmobilisationCriteria
) -> Iterator[Finding]:
    if length_s < criteria.length_s - 1e-6:
        wanted = criteria.length_s / 60.0
        message = (
            f"the immobilisation test is {length_s / 60.0:.1f} min long, not {wanted:g}: "
            "its index is that of what was recorded"
        )
        yield Finding("sit.short", message)
    if len(sleep):
        message = f"{total_s(sleep) / 60.0:.1f} min of sleep were left out of the test"
        yield Finding("sit.asleep", message)
    if len(missing):
        message = f"{total_s(missing) / 60.0:.1f} min of the test cannot be read"
        yield Finding("sit.unreadable", message)
