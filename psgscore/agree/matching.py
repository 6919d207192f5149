"""Which events of two scorings are the same one: optimal one-to-one pairs.

A pair is allowed where two events overlap enough, or begin close enough together. Of all
ways to pair each event at most once, one with the most pairs is taken, and among those one
with the largest sum of overlaps (or the smallest sum of distances). The pairs that could
compete fall into groups that share no event; each group is an assignment problem of its own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from psgscore.intervals import overlapping_pairs
from psgscore.model._arrays import Floats, Ints, to_microsecond

MIN_IOU = 0.2
"""Smallest intersection over union of a pair, as in the published comparisons of scorers."""

ONSET_TOLERANCE_S = 0.5
"""Largest distance of two onsets of one event."""

# 2 s of 10 s are a ratio of 0.2, whatever their quotient is in binary.
_SLACK = 1e-9


def match_by_overlap(first: ArrayLike, second: ArrayLike, min_iou: float = MIN_IOU) -> Ints:
    """Pair the events of two scorings that overlap.

    Parameters
    ----------
    first, second : array_like, shape (n, 2) and (m, 2)
        Spans in seconds, sorted by start. A span without length overlaps nothing.
    min_iou : float
        Smallest intersection over union of a pair, above 0 and at most 1.

    Returns
    -------
    ndarray of int, shape (n_pairs, 2)
        Row numbers in `first` and `second`, sorted: as many pairs as possible, and of
        those the ones that overlap most.

    Raises
    ------
    ValueError
        `min_iou` is out of range.
    """
    if not 0.0 < min_iou <= 1.0:
        raise ValueError(f"the smallest overlap must be above 0 and at most 1, not {min_iou:g}")
    return best_pairs(*overlapping_enough(first, second, min_iou))


def overlapping_enough(
    first: ArrayLike, second: ArrayLike, min_iou: float = MIN_IOU
) -> tuple[Ints, Ints, Floats]:
    """Return every pair that is allowed; see `match_by_overlap`.

    Returns
    -------
    rows, columns : ndarray of int, shape (n_pairs,)
        Row numbers in `first` and in `second`.
    ratios : ndarray of float64, shape (n_pairs,)
        Intersection over union.
    """
    a, b = (np.asarray(spans, np.float64).reshape(-1, 2) for spans in (first, second))
    rows, columns, ratios = overlapping_pairs(a, b)
    keep = ratios >= min_iou - _SLACK
    return rows[keep], columns[keep], ratios[keep]


def match_by_onset(
    first_s: ArrayLike, second_s: ArrayLike, tolerance_s: float = ONSET_TOLERANCE_S
) -> Ints:
    """Pair the events of two scorings that begin together.

    Parameters
    ----------
    first_s, second_s : array_like, shape (n,) and (m,)
        Onsets in seconds, sorted.
    tolerance_s : float
        Largest distance of a pair, itself included, to 1 us.

    Returns
    -------
    ndarray of int, shape (n_pairs, 2)
        Row numbers in `first_s` and `second_s`, sorted: as many pairs as possible, and of
        those the ones that lie closest.

    Raises
    ------
    ValueError
        `tolerance_s` is not above 0.
    """
    if not tolerance_s > 0.0:
        raise ValueError(f"the tolerance of onsets must be above 0 s, not {tolerance_s:g}")
    a, b = to_microsecond(first_s), to_microsecond(second_s)
    low = np.searchsorted(b, to_microsecond(a - tolerance_s), side="left")
    high = np.searchsorted(b, to_microsecond(a + tolerance_s), side="right")
    counts = np.clip(high - low, 0, None)
    rows = np.repeat(np.arange(a.size), counts)
    columns = np.arange(counts.sum()) + np.repeat(low - np.cumsum(counts) + counts, counts)
    nearness = 1.0 - np.abs(b[columns] - a[rows]) / tolerance_s
    return best_pairs(rows, columns, np.clip(nearness, 0.0, 1.0))


def best_pairs(rows: Ints, columns: Ints, worth: Floats) -> Ints:
    """Choose pairs that share nothing: as many as possible, then worth as much as possible.

    Parameters
    ----------
    rows, columns : ndarray of int, shape (n_pairs,)
        The pairs that are allowed.
    worth : ndarray of float64, shape (n_pairs,)
        Of each pair, 0 to 1.

    Returns
    -------
    ndarray of int, shape (n_chosen, 2)
        Sorted.
    """
    if not rows.size:
        return np.zeros((0, 2), np.int64)
    group = _groups(rows, columns)
    order = np.argsort(group, kind="stable")
    cuts = np.flatnonzero(np.diff(group[order])) + 1
    chosen = np.concatenate(
        [_best_of(rows, columns, worth, members) for members in np.split(order, cuts)]
    )
    pairs = np.column_stack([rows[chosen], columns[chosen]]).astype(np.int64)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]


def _groups(rows: Ints, columns: Ints) -> Ints:
    """Return the number of the connected component each pair belongs to."""
    from scipy.sparse import coo_array  # noqa: PLC0415 - start-up time
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    n_rows = int(rows.max()) + 1
    size = n_rows + int(columns.max()) + 1
    edges = coo_array((np.ones(rows.size), (rows, n_rows + columns)), shape=(size, size))
    _, label = connected_components(edges, directed=False)
    group: Ints = label[rows].astype(np.int64)
    return group


def _best_of(rows: Ints, columns: Ints, worth: Floats, members: Ints) -> Ints:
    """Return which pairs of one group are chosen."""
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415 - start-up time

    if members.size == 1:
        return members
    mine, row = np.unique(rows[members], return_inverse=True)
    theirs, column = np.unique(columns[members], return_inverse=True)
    # One pair more is worth more than all overlaps together, so the count comes first.
    one_more = min(mine.size, theirs.size) + 1.0
    table = np.zeros((mine.size, theirs.size))
    table[row, column] = one_more + worth[members]
    place = np.full(table.shape, -1, np.int64)
    place[row, column] = members
    chosen: Ints = place[linear_sum_assignment(table, maximize=True)]
    return chosen[chosen >= 0]
