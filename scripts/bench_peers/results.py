"""What a tool found against what is true: hits, false ones, the index; and the same for stages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bench_peers.nights import MAX_S, Truth
from psgscore.agree.events import Hits, MatchRule, compare_events, together
from psgscore.model._arrays import as_spans
from psgscore.model.events import Events

MIN_IOU = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Movements in sleep, both legs, and the index.

    Parameters
    ----------
    hits : Hits
        Counts; the reference is the truth.
    index_error_per_h : float or None
        The tool's PLMS index less the true one under the same rules; None without
        either.
    """

    hits: Hits
    index_error_per_h: float | None

    @property
    def n_false(self) -> int:
        """Movements that were found and are none."""
        return self.hits.n_other - self.hits.n_hits


def judge(found: dict[str, Any], truth: Truth, rules: str) -> Judged:
    """Judge movements that begin in sleep, each leg by itself.

    True ones of over 10 s are neither asked for nor counted as false: the standards differ.
    """
    hits = together(_of_leg(found["legs"][side], truth, side) for side in truth.legs)
    index, true = found["plms_per_h"], truth.plms_per_h[rules]
    error = None if index is None or true is None else float(index) - true
    return Judged(hits=hits, index_error_per_h=error)


def _of_leg(spans: list[list[float]], truth: Truth, side: str) -> Hits:
    true = truth.legs[side]
    rows = as_spans(sorted((start, stop) for start, stop in spans))
    other = Events.of(f"LM:{side}", rows[:, 0], rows[:, 1])
    asked = truth.in_sleep(true) & (true.duration_s <= MAX_S)
    judged = (asked, truth.in_sleep(other))
    rule = MatchRule(min_iou=MIN_IOU)
    return compare_events(true, other, rule=rule, judged=judged).hits


def same_stages(stages: list[int], others: list[int]) -> float | None:
    """Return the share of epochs with the same stage; None where they cannot be compared."""
    if len(stages) != len(others) or not stages:
        return None
    return float(np.mean(np.asarray(stages) == np.asarray(others)))
