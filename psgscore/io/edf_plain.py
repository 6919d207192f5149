"""Data records that hold nothing but the time they begin: read all at once.

Of the records of a night nearly all are so. Whatever is not plain is left to
`psgscore.io.edf_tal`, which reads one record after the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from psgscore.model._arrays import Bools, Floats

_END, _POINT, _PLUS, _ZERO = b"\x14.+0"
# Nine digits before the point stay under the longest time that is read. Fifteen in all and a
# power of ten are exact as float64, so that their quotient is the float nearest to the text.
_MOST_WHOLE, _MOST_DIGITS = 9, 15
_HEAD = 1 + _MOST_DIGITS + 1 + 1  # sign, digits, point, end mark


def plain_onsets(blocks: Sequence[NDArray[np.uint8]]) -> Floats:
    """Return when records begin, NaN for each that holds anything but a plain entry of that.

    Plain is ``+``, digits with a point among them or without, two bytes 0x14, and NULs up to the
    end of this and of every further annotation signal.

    Parameters
    ----------
    blocks : sequence of ndarray of uint8, shape (n_records, size)
        The annotation signals; the first one keeps the time.
    """
    first, *further = blocks
    if not first.shape[1]:
        return np.full(len(first), np.nan)
    head = first[:, :_HEAD]
    ends, points = (head == _END).argmax(axis=1), (head == _POINT).argmax(axis=1)
    layouts = ends * _HEAD + points
    onsets = np.full(len(first), np.nan)
    for layout in np.flatnonzero(np.bincount(layouts)).tolist():
        records = np.flatnonzero(layouts == layout)
        end, point = divmod(layout, _HEAD)
        onsets[records] = _onsets(first[records], end, point)
    for block in further:
        onsets[block.any(axis=1)] = np.nan
    return onsets


def _onsets(rows: NDArray[np.uint8], end: int, point: int) -> Floats:
    """Return the onsets of records whose first end mark, and point if any, are at one place."""
    digits_at = [place for place in range(1, end) if place != point]
    whole = (point or end) - 1
    decimals = len(digits_at) - whole
    in_place = not point or 1 < point < end - 1
    if not (in_place and 0 < whole <= _MOST_WHOLE and len(digits_at) <= _MOST_DIGITS):
        return np.full(len(rows), np.nan)
    plain = _framed(rows, end)
    value = np.zeros(len(rows), dtype=np.int64)
    for place in digits_at:  # few columns of many rows
        digit = rows[:, place] - np.uint8(_ZERO)  # what is no digit is over 9 then
        plain &= digit <= 9
        value = 10 * value + digit
    return np.where(plain, value / 10.0**decimals, np.nan)


def _framed(rows: NDArray[np.uint8], end: int) -> Bools:
    """Say which records have a sign, two end marks from `end` on, and nothing after them."""
    if rows.shape[1] < end + 2:
        return np.zeros(len(rows), dtype=np.bool_)
    marked = (rows[:, end] == _END) & (rows[:, end + 1] == _END)
    framed: Bools = (rows[:, 0] == _PLUS) & marked & ~rows[:, end + 2 :].any(axis=1)
    return framed
