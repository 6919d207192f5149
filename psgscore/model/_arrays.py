"""Array types and the small checks all values share."""

from __future__ import annotations

import math
from collections.abc import Sized
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Columns:
    """Says of an array type how many columns it has, so that an empty one can be read back."""

    n: int | None
    """None for any number."""


Floats = NDArray[np.float64]
Samples = NDArray[np.float32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Words = NDArray[np.str_]
Spans = Annotated[NDArray[np.float64], Columns(2)]
"""Half-open time spans, shape (n, 2): start and stop in seconds."""

Matrix = Annotated[NDArray[np.float64], Columns(None)]
"""Two dimensions, each of any length."""
StageShares = Annotated[NDArray[np.float64], Columns(5)]
"""A number for each of W, N1, N2, N3 and R, shape (n, 5)."""

MICROSECOND_DECIMALS = 6


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return a view of `array` that cannot be written through."""
    view = array.view()
    view.flags.writeable = False
    return view


def to_microsecond(seconds: ArrayLike) -> Floats:
    """Round times to 1 us, so that inclusive limits compare exactly."""
    rounded = np.asarray(seconds, dtype=np.float64).round(MICROSECOND_DECIMALS)
    return np.asarray(rounded)


def microseconds(seconds: float) -> float:
    """Round one time as `to_microsecond` rounds many, without an array around it."""
    return round(seconds * 1e6) / 1e6


def as_spans(spans: ArrayLike) -> Spans:
    """Return `spans` as a read-only (n, 2) array, also when it is empty."""
    return frozen(to_microsecond(spans).reshape(-1, 2))


def require_parallel(**columns: Sized | None) -> None:
    """Raise ValueError unless all columns that are there have the same length."""
    lengths = {name: len(column) for name, column in columns.items() if column is not None}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise ValueError(f"columns of one length are needed, not {said}")


def require_finite(**numbers: float | None) -> None:
    """Raise ValueError unless every number that is there is one."""
    for name, number in numbers.items():
        if number is not None and not math.isfinite(number):
            raise ValueError(f"{name} must be a number, not {number}")
