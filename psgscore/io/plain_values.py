"""Values of the model as the plain values that JSON has; `typed_values` leads back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import PurePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psgscore.model.heart import HeartResponse
from psgscore.model.hypnogram import Stage
from psgscore.model.rem import AtoniaIndex, CutOff, Share
from psgscore.model.score import Rate
from psgscore.model.subject import Review

SHOWN: Mapping[type, tuple[str, ...]] = {
    AtoniaIndex: ("value", "words"),
    CutOff: ("words",),
    HeartResponse: ("n", "peak_rise_bpm", "peak_latency_s"),
    Rate: ("per_hour",),
    Review: ("state",),
    Share: ("percent",),
}
"""Properties written beside the fields they follow from; nothing reads them back."""

STAGE_CODES = np.dtype(np.int8)
"""What arrays of stages are made of, and nothing else; they are written by name."""
_STAGE_NAMES = {stage.value: stage.name for stage in Stage}


def plain(value: Any) -> Any:
    """Turn a value into what JSON has; what is not finite becomes None, a stage its name."""
    if is_dataclass(value):
        names = (*(field.name for field in fields(value)), *SHOWN.get(type(value), ()))
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(one) for one in value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, np.ndarray):
        return _array(value)
    return _scalar(value)


def _array(array: NDArray[Any]) -> Any:
    if array.dtype == STAGE_CODES:
        return [_STAGE_NAMES[code] for code in array.tolist()]
    if array.dtype == np.float32:
        # The fewest digits that lead back to it: 0.1, not 0.10000000149011612.
        array = array.astype(np.str_).astype(np.float64)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        known = np.isfinite(array)
        array = array.astype(np.object_)
        array[~known] = None
    return array.tolist()


def _scalar(value: Any) -> str | int | float | None:
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, PurePath):
        return value.as_posix()
    raise TypeError(f"a score cannot hold {type(value).__name__}: {value!r}")
