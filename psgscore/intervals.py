"""Half-open intervals in time: arrays in, arrays out.

Spans are float arrays of shape (n, 2), start and stop in seconds, sorted by start.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from psgscore.model._arrays import Bools, Floats, Ints, Spans, to_microsecond


def runs(mask: Bools) -> Ints:
    """Return the runs of true values as half-open index pairs, shape (n_runs, 2)."""
    padded = np.concatenate([[False], np.asarray(mask, dtype=np.bool_), [False]])
    edges: Ints = np.flatnonzero(padded[1:] != padded[:-1]).astype(np.int64)
    return edges.reshape(-1, 2)


def close_gaps(spans: ArrayLike, gap: float = 0.0) -> Spans:
    """Join spans that overlap, touch, or lie less than `gap` apart (exactly `gap`: not joined).

    Parameters
    ----------
    spans : array_like, shape (n, 2)
        In any order.
    gap : float
        In the unit of the spans; 0 joins those that overlap or touch.

    Returns
    -------
    ndarray, shape (m, 2)
        Sorted and disjoint.
    """
    array = np.asarray(spans, dtype=np.float64).reshape(-1, 2)
    if not len(array):
        return array
    array = array[np.argsort(array[:, 0], kind="stable")]
    reach = np.maximum.accumulate(array[:, 1])
    distance = to_microsecond(array[1:, 0] - reach[:-1])
    first = np.concatenate([[True], (distance >= gap) & (distance > 0)])
    last = np.concatenate([first[1:], [True]])
    return np.column_stack([array[first, 0], reach[last]])


def total_s(spans: ArrayLike) -> float:
    """Return the summed length of disjoint spans."""
    array = np.asarray(spans, dtype=np.float64).reshape(-1, 2)
    return float(np.sum(array[:, 1] - array[:, 0]))


def clip(spans: ArrayLike, start: float, stop: float) -> Spans:
    """Return the parts of the spans that lie in [start, stop)."""
    array = np.clip(np.asarray(spans, dtype=np.float64).reshape(-1, 2), start, stop)
    return array[array[:, 1] > array[:, 0]]


def intersect(first: ArrayLike, second: ArrayLike) -> Spans:
    """Return the stretches that belong to both of two sets of spans."""
    one, other = np.asarray(first, dtype=np.float64).reshape(-1, 2), close_gaps(second)
    low = np.searchsorted(other[:, 1], one[:, 0], side="right")
    high = np.searchsorted(other[:, 0], one[:, 1], side="left")
    counts = np.clip(high - low, 0, None)
    rows = np.repeat(np.arange(len(one)), counts)
    columns = np.arange(counts.sum()) + np.repeat(low - np.cumsum(counts) + counts, counts)
    starts = np.maximum(one[rows, 0], other[columns, 0])
    stops = np.minimum(one[rows, 1], other[columns, 1])
    return close_gaps(np.column_stack([starts, stops])[stops > starts])


def subtract(spans: ArrayLike, removed: ArrayLike) -> Spans:
    """Return the parts of `spans` that lie in none of `removed`."""
    holes = close_gaps(removed)
    edges = np.concatenate([[-np.inf], holes.ravel(), [np.inf]]).reshape(-1, 2)
    return intersect(spans, edges)


def moments_inside(times_s: ArrayLike, spans: ArrayLike) -> Bools:
    """Say which moments lie in one of disjoint, sorted spans: start included, stop not."""
    times = np.asarray(times_s, dtype=np.float64)
    array = np.asarray(spans, dtype=np.float64).reshape(-1, 2)
    row = np.searchsorted(array[:, 0], times, side="right") - 1
    inside: Bools = row >= 0
    inside[inside] = times[inside] < array[row[inside], 1]
    return inside


def spans_inside(spans: ArrayLike, stretches: ArrayLike) -> Bools:
    """Say which spans lie whole in one of disjoint, sorted stretches."""
    each, whole = (np.asarray(one, np.float64).reshape(-1, 2) for one in (spans, stretches))
    row = np.searchsorted(whole[:, 0], each[:, 0], side="right") - 1
    inside: Bools = row >= 0
    inside[inside] = each[inside, 1] <= whole[row[inside], 1]
    return inside


def first_hits(spans: Ints, hits: Bools) -> tuple[Bools, Ints]:
    """Find the first hit in each of some runs.

    Parameters
    ----------
    spans : ndarray of int, shape (n, 2)
        Half-open index pairs.
    hits : ndarray of bool, shape (m,)
        What the indices point to.

    Returns
    -------
    held : ndarray of bool, shape (n,)
        Which runs hold a hit.
    firsts : ndarray of int, shape (held.sum(),)
        Index of the first hit in each of those.
    """
    places = np.flatnonzero(hits)
    at = np.searchsorted(places, spans[:, 0])
    held: Bools = at < places.size
    held[held] = places[at[held]] < spans[held, 1]
    return held, places[at[held]]


def counts_touching(spans: ArrayLike, windows: ArrayLike, *, closed: bool) -> Ints:
    """Count, for each span, the windows it overlaps.

    Parameters
    ----------
    spans, windows : array_like, shape (n, 2) and (m, 2)
        In any order; windows may overlap each other.
    closed : bool
        True counts a window that only touches an end of the span.

    Returns
    -------
    ndarray of int, shape (n,)
    """
    span = np.asarray(spans, dtype=np.float64).reshape(-1, 2)
    starts, stops = _sorted_ends(windows)
    begun = np.searchsorted(starts, span[:, 1], side="right" if closed else "left")
    over = np.searchsorted(stops, span[:, 0], side="left" if closed else "right")
    counts: Ints = (begun - over).astype(np.int64)
    return counts


def counts_before(times_s: ArrayLike, windows: ArrayLike) -> tuple[Ints, Ints]:
    """Count the windows that have begun before each time, and those that are over by then.

    The windows begun before the later of two times, less those over by the earlier, are the
    windows `counts_touching` counts in between (``closed=False``).
    """
    times = np.asarray(times_s, dtype=np.float64)
    starts, stops = _sorted_ends(windows)
    begun = np.searchsorted(starts, times, side="left")
    over = np.searchsorted(stops, times, side="right")
    return begun.astype(np.int64), over.astype(np.int64)


def _sorted_ends(windows: ArrayLike) -> tuple[Floats, Floats]:
    window = to_microsecond(np.asarray(windows, dtype=np.float64).reshape(-1, 2))
    return np.sort(window[:, 0]), np.sort(window[:, 1])


def match_one_to_one(first: ArrayLike, second: ArrayLike, min_ratio: float = 0.2) -> Ints:
    """Pair the spans of two scorings, each at most once, best overlap first.

    Parameters
    ----------
    first, second : array_like, shape (n, 2) and (m, 2)
        Spans sorted by start.
    min_ratio : float
        Smallest intersection over union of a pair.

    Returns
    -------
    ndarray of int, shape (n_pairs, 2)
        Row numbers in `first` and `second`, sorted.
    """
    a = np.asarray(first, dtype=np.float64).reshape(-1, 2)
    b = np.asarray(second, dtype=np.float64).reshape(-1, 2)
    rows, columns, ratios = overlapping_pairs(a, b)
    used_a, used_b = np.zeros(len(a), np.bool_), np.zeros(len(b), np.bool_)
    pairs = []
    for best in np.lexsort((columns, rows, -ratios)):
        row, column = rows[best], columns[best]
        if ratios[best] >= min_ratio and not (used_a[row] or used_b[column]):
            used_a[row] = used_b[column] = True
            pairs.append((int(row), int(column)))
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def overlapping_pairs(a: Spans, b: Spans) -> tuple[Ints, Ints, Floats]:
    """Return the pairs that share time, found by bisection, and their overlap ratios.

    Parameters
    ----------
    a, b : ndarray, shape (n, 2) and (m, 2)
        Spans sorted by start.

    Returns
    -------
    rows, columns : ndarray of int, shape (n_pairs,)
        Row numbers in `a` and in `b`.
    ratios : ndarray of float64, shape (n_pairs,)
        Intersection over union.
    """
    if not len(a) or not len(b):
        none = np.zeros(0, np.int64)
        return none, none, np.zeros(0)
    reach = np.maximum.accumulate(b[:, 1])
    low = np.searchsorted(reach, a[:, 0], side="right")
    high = np.searchsorted(b[:, 0], a[:, 1], side="left")
    counts = np.clip(high - low, 0, None)
    rows = np.repeat(np.arange(len(a)), counts)
    columns = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    columns = columns + np.repeat(low, counts)
    shared = np.minimum(a[rows, 1], b[columns, 1]) - np.maximum(a[rows, 0], b[columns, 0])
    union = (a[rows, 1] - a[rows, 0]) + (b[columns, 1] - b[columns, 0]) - shared
    keep = (shared > 0) & (union > 0)
    return rows[keep], columns[keep], shared[keep] / union[keep]
