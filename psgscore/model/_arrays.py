"""Array types and the small checks all values share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Words = NDArray[np.str_]
Spans = NDArray[np.float64]
"""Half-open time spans, shape (n, 2): start and stop in seconds."""

MICROSECOND_DECIMALS = 6


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return a view of `array` that cannot be written through."""
    view = array.view()
    view.flags.writeable = False
    return view


def to_microsecond(seconds: ArrayLike) -> Floats:
    """Round times to 1 us, so that inclusive limits compare exactly."""
    rounded = np.round(np.asarray(seconds, dtype=np.float64), MICROSECOND_DECIMALS)
    return np.asarray(rounded, dtype=np.float64)


def microseconds(seconds: float) -> float:
    """Round one time as `to_microsecond` rounds many, without an array around it."""
    return round(seconds * 1e6) / 1e6


def as_spans(spans: ArrayLike) -> Spans:
    """Return `spans` as a read-only (n, 2) array, also when it is empty."""
    return frozen(to_microsecond(spans).reshape(-1, 2))
