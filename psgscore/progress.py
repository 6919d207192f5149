"""How far long work has come: a callable that is told, so that the work knows no screen."""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]
"""Called with what begins now, and the share of the work that is done, 0 to 1."""


def silent(step: str, share: float) -> None:
    """Tell nobody."""


def part(progress: Progress, first: float, last: float) -> Progress:
    """Return a progress whose 0 to 1 are `first` to `last` of another."""
    return lambda step, share: progress(step, first + share * (last - first))
