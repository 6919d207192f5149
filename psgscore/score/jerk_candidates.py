"""From short bursts to what may be a jerk: bursts close together, seen in how many muscles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from psgscore.model._arrays import Bools, Ints, Words, microseconds, to_microsecond
from psgscore.model.events import Events
from psgscore.model.jerk_criteria import JERKS, JerkCriteria

KIND = "jerk_candidate"
BOTH_LEGS = "leg:both"


def muscles_of(roles: Mapping[str, str]) -> dict[str, str]:
    """Return the muscle each channel shows, so that none counts twice.

    Parameters
    ----------
    roles : mapping of str to str
        Label and role of every EMG, such as ``{"L Leg": "leg:left", "Chin1": "chin"}``.

    Returns
    -------
    dict of str to str
        Two derivations with the same role are one muscle; those whose role says
        ``unknown``, or that have none, are one each. A derivation across both
        legs is a muscle of its own where no other leg is recorded, else ``""``: whatever
        it shows is counted on the other.
    """
    other_leg = any(role.startswith("leg:") and role != BOTH_LEGS for role in roles.values())
    muscles = {}
    for label, role in roles.items():
        known = bool(role) and not role.endswith(":unknown")
        muscles[label] = role if known else label
        if role == BOTH_LEGS and other_leg:
            muscles[label] = ""
    return muscles


def count_muscles(muscles: Mapping[str, str]) -> int:
    """Return how many muscles were recorded, from what `muscles_of` gives."""
    return len({muscle for muscle in muscles.values() if muscle})


def muscle_column(events: Events, muscles: Mapping[str, str]) -> Words:
    """Return the muscle of each row; a channel not known is a muscle of its own."""
    words, inverse = np.unique(events.channel, return_inverse=True)
    names = np.array([muscles.get(str(word), str(word)) for word in words], dtype=np.str_)
    return names[inverse] if words.size else np.zeros(0, np.str_)


def jerk_candidates(
    bursts: Events, muscles: Mapping[str, str], criteria: JerkCriteria = JERKS
) -> Events:
    """Join the short bursts of all channels to candidates.

    Parameters
    ----------
    bursts : Events
        Of all EMG channels, with the measures of `psgscore.detect.bursts`.
    muscles : mapping of str to str
        The muscle of each channel; see `muscles_of`.
    criteria : JerkCriteria
        Durations, amplitude and distances.

    Returns
    -------
    Events
        Kind ``"jerk_candidate"``; the channel is the labels joined by ``+``. Bursts of
        `min_duration_s` up to (not including) `max_duration_s` that lie less than `join_s`
        apart, from the end of one to the onset of the next, are one candidate,
        whichever channels they are on. Measures: ``core`` (1 when the largest burst, by peak
        times duration, lasts `core_min_s` to `core_max_s`, both included), ``n_muscles``
        (most distinct muscles with onsets within `muscles_s`), ``n_bursts`` (most bursts of one
        channel),
        ``duration_ms`` and ``peak_uv`` of the largest burst, ``onset_spread_ms`` (between the
        onsets of those muscles, 0 for one).
    """
    fit = bursts.where(_fits(bursts, criteria))
    if not len(fit):
        return Events.empty()
    first = _group_starts(fit, criteria.join_s)
    stops = np.append(first[1:], len(fit))
    group = np.repeat(np.arange(first.size), stops - first)
    largest = _largest(fit, group)
    duration_s = fit.duration_s[largest]
    core = (duration_s >= criteria.core_min_s) & (duration_s <= criteria.core_max_s)
    names, labels = muscle_column(fit, muscles).tolist(), fit.channel.tolist()
    parts = [slice(a, b) for a, b in zip(first.tolist(), stops.tolist(), strict=True)]
    onset_s = fit.start_s.tolist()
    rows = [_muscles_together(onset_s[one], names[one], criteria.muscles_s) for one in parts]
    n_muscles, spread_s = np.array(rows).T
    channels = [labels[one] for one in parts]
    return Events.of(
        KIND,
        fit.start_s[first],
        np.maximum.reduceat(fit.stop_s, first),
        channel=["+".join(sorted(set(one))) for one in channels],
        measures={
            "core": core,
            "n_muscles": n_muscles,
            "n_bursts": [max(Counter(one).values()) for one in channels],
            "duration_ms": np.round(1000 * duration_s, 3),
            "peak_uv": fit.measures["peak_uv"][largest],
            "onset_spread_ms": np.round(1000 * spread_s, 3),
        },
    )


def _fits(bursts: Events, criteria: JerkCriteria) -> Bools:
    if not len(bursts):
        return np.zeros(0, np.bool_)
    duration_s, peak_uv = bursts.duration_s, bursts.measures["peak_uv"]
    short = (duration_s >= criteria.min_duration_s) & (duration_s < criteria.max_duration_s)
    floor = np.maximum(
        criteria.min_peak_uv, criteria.baseline_ratio * bursts.measures["baseline_uv"]
    )
    fits: Bools = short & (peak_uv >= np.round(floor, 6))
    return fits


def _group_starts(bursts: Events, join_s: float) -> Ints:
    """Return the first row of each group of bursts less than `join_s` apart."""
    reach = np.maximum.accumulate(bursts.stop_s)
    apart = to_microsecond(bursts.start_s[1:] - reach[:-1]) >= join_s
    starts: Ints = np.flatnonzero(np.concatenate([[True], apart])).astype(np.int64)
    return starts


def _largest(bursts: Events, group: Ints) -> Ints:
    """Return the row of the largest burst of each group, by peak times duration.

    The one of the highest peak would often be one cut short by chance.
    """
    size = bursts.measures["peak_uv"] * bursts.duration_s
    order = np.lexsort((-bursts.duration_s, -size, group))
    firsts = np.flatnonzero(np.concatenate([[True], np.diff(group[order]) > 0]))
    rows: Ints = order[firsts].astype(np.int64)
    return rows


def _muscles_together(
    onset_s: list[float], muscles: list[str], within_s: float
) -> tuple[int, float]:
    """Return the most distinct muscles with onsets within a time, and how far these spread."""
    best, spread_s = 1, 0.0
    for row in range(len(onset_s) if len(set(muscles)) > 1 else 0):
        first_of: dict[str, float] = {}
        for later in range(row, len(onset_s)):
            delay = microseconds(onset_s[later] - onset_s[row])
            if delay > within_s:
                break
            if muscles[later]:
                first_of.setdefault(muscles[later], delay)
        needed = max(first_of.values(), default=0.0)
        if len(first_of) > best or (len(first_of) == best > 1 and needed < spread_s):
            best, spread_s = len(first_of), needed
    return best, spread_s
