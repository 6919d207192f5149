"""Two legs: which single-leg movements are one movement.

WASM 2016 joins movements that overlap or follow each other by less than 0.5 s,
offset to onset, and keeps extending the chain. AASM joins two movements of
different legs whose onsets lie less than 5 s apart. Both are values of
`Criteria.bilateral_by` and `Criteria.bilateral_s`.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from psgscore.intervals import close_gaps
from psgscore.model._arrays import Bools, microseconds
from psgscore.model.criteria import Criteria
from psgscore.model.events import Events

SIDES = ("left", "right")


def merge_marks(events: Events, criteria: Criteria) -> Events:
    """Join marks of the same leg less than `merge_gap_s` apart, then drop the too short.

    Parameters
    ----------
    events : Events
        Kinds ``"LM:left"``, ``"LM:right"`` and ``"LM"`` (leg unknown); others are ignored.
    criteria : Criteria
        Uses `merge_gap_s` and `min_duration_s`.

    Returns
    -------
    Events
        The movements of each leg.
    """
    legs = events.of_kind("LM")
    merged = []
    for kind in sorted({str(word) for word in legs.kind}):
        spans = close_gaps(legs.where(legs.kind == kind).spans, criteria.merge_gap_s)
        merged.append(Events.of(kind, spans[:, 0], spans[:, 1]))
    return Events.concat(merged).lasting(criteria.min_duration_s)


def join_legs(movements: Events, criteria: Criteria) -> Events:
    """Join the movements of both legs into one row each.

    Parameters
    ----------
    movements : Events
        Single-leg movements from `merge_marks`.
    criteria : Criteria
        Uses the `bilateral_*` values and `max_duration_s`.

    Returns
    -------
    Events
        Kind ``"LM:left"``, ``"LM:right"``, ``"LM:bilateral"`` or ``"LM"``; measures
        ``components`` (single-leg movements in it) and ``longest_part_s``.
    """
    groups = _by_gap if criteria.bilateral_by == "gap" else _by_onset
    parts = _Parts.of(movements)
    rows = [parts.joined(group) for group in groups(parts, criteria)]
    start, stop, kind, components, longest = zip(*rows, strict=True) if rows else ([],) * 5
    return Events.of(
        list(kind), start, stop, measures={"components": components, "longest_part_s": longest}
    )


def is_candidate(joined: Events, criteria: Criteria) -> tuple[Bools, list[str]]:
    """Say which joined movements are candidates (WASM: CLM, AASM: LM), and why others are not.

    Returns
    -------
    candidate : ndarray of bool, shape (n,)
    reasons : list of str
        "" for candidates.
    """
    if not len(joined):
        return np.zeros(0, np.bool_), []
    parts, longest = joined.measures["components"], joined.measures["longest_part_s"]
    one = criteria.max_duration_s
    both = criteria.bilateral_max_duration_s
    reasons = np.select(
        [
            (parts == 1) & (longest > one),
            longest > one,
            parts > criteria.bilateral_max_parts,
            (parts > 1) & (joined.duration_s > both),
        ],
        [
            f"longer than {one:g} s",
            f"one part longer than {one:g} s",
            f"more than {criteria.bilateral_max_parts} parts",
            f"bilateral, longer than {both:g} s",
        ],
        default="",
    )
    return reasons == "", [str(reason) for reason in reasons]


@dataclass(frozen=True, slots=True)
class _Parts:
    """Single-leg movements as plain numbers: one is looked at after the other."""

    start_s: list[float]
    stop_s: list[float]
    duration_s: list[float]
    kind: list[str]

    @classmethod
    def of(cls, movements: Events) -> _Parts:
        """Take the columns out of the table."""
        start, stop, duration = movements.start_s, movements.stop_s, movements.duration_s
        return cls(start.tolist(), stop.tolist(), duration.tolist(), movements.kind.tolist())

    def joined(self, rows: list[int]) -> tuple[float, float, str, int, float]:
        """Return start, stop, kind, number of parts and the longest part of a group."""
        sides = {self.kind[row].removeprefix("LM").removeprefix(":") for row in rows}
        if set(SIDES) <= sides:
            kind = "LM:bilateral"
        else:
            kind = self.kind[rows[0]] if len(sides) == 1 else "LM"
        return (
            min(self.start_s[row] for row in rows),
            max(self.stop_s[row] for row in rows),
            kind,
            len(rows),
            max(self.duration_s[row] for row in rows),
        )


def _by_gap(parts: _Parts, criteria: Criteria) -> Iterator[list[int]]:
    """Group a chain of movements whose gaps, offset to onset, stay under the limit."""
    group: list[int] = []
    reach = -math.inf
    for row, (start, stop) in enumerate(zip(parts.start_s, parts.stop_s, strict=True)):
        if group and microseconds(start - reach) >= criteria.bilateral_s:
            yield group
            group, reach = [], -math.inf
        group.append(row)
        reach = max(reach, stop)
    if group:
        yield group


def _by_onset(parts: _Parts, criteria: Criteria) -> Iterator[list[int]]:
    """Pair a movement with the next one if that is on the other leg and begins soon enough.

    A movement longer than an LM is not one, so it neither pairs nor stands between a pair.
    """
    rows: deque[int] = deque()
    for row, duration in enumerate(parts.duration_s):
        if duration > criteria.max_duration_s:
            yield [row]
        else:
            rows.append(row)
    while rows:
        row = rows.popleft()
        pairs = bool(rows) and _is_pair(parts, row, rows[0], criteria)
        yield [row, rows.popleft()] if pairs else [row]


def _is_pair(parts: _Parts, first: int, second: int, criteria: Criteria) -> bool:
    apart = microseconds(parts.start_s[second] - parts.start_s[first])
    return parts.kind[first] != parts.kind[second] and apart < criteria.bilateral_s
