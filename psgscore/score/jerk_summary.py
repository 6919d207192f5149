"""How many hypnic jerks of which tier: in the night, and around each sleep onset."""

from __future__ import annotations

from collections.abc import Iterator

from psgscore.intervals import clip, total_s
from psgscore.model._arrays import Bools, Spans
from psgscore.model.events import EXCLUDED_BY
from psgscore.model.movements import JerkCount
from psgscore.score.jerk_context import CONTEXT, CONTEXTS, OTHER, JerkWindow
from psgscore.score.jerk_night import JerkScore
from psgscore.score.jerks import KIND, TIERS, WHAT


def jerk_summary(score: JerkScore) -> tuple[JerkCount, ...]:
    """Count the jerks that nothing excludes: per context, then per sleep onset.

    Returns
    -------
    tuple of JerkCount
        One per context and tier, then one per window and tier; empty where nothing
        was scored.
    """
    if any(one.what == WHAT for one in score.not_scored):
        return ()
    counts: list[JerkCount] = []
    for context in CONTEXTS:
        windows = [window for window in score.windows if window.context == context]
        seconds = [_readable_s(window, score.readable) for window in windows]
        readable_s = float("nan") if context == OTHER else float(sum(seconds))
        mine = score.events.text(CONTEXT) == context
        counts += _per_tier(score, mine, context, -1, readable_s)
    for window in score.windows:
        mine = score.onset == window.onset
        readable_s = _readable_s(window, score.readable)
        counts += _per_tier(score, mine, window.context, window.onset, readable_s)
    return tuple(counts)


def _per_tier(
    score: JerkScore, mine: Bools, context: str, onset: int, readable_s: float
) -> Iterator[JerkCount]:
    for tier in TIERS:
        rows = mine & (score.events.text(EXCLUDED_BY) == "")
        rows &= score.events.kind == f"{KIND}:{tier}"
        count = None if readable_s == 0 else int(rows.sum())
        yield JerkCount(context=context, tier=tier, onset=onset, count=count, readable_s=readable_s)


def _readable_s(window: JerkWindow, readable: Spans | None) -> float:
    if readable is None:
        return window.stop_s - window.start_s
    return total_s(clip(readable, window.start_s, window.stop_s))
