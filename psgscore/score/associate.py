"""Which movements go with an arousal or a respiratory event."""

from __future__ import annotations

import numpy as np

from psgscore.intervals import counts_touching
from psgscore.model._arrays import Bools, Spans, as_spans
from psgscore.model.criteria import Criteria, RespiratoryWindow
from psgscore.model.events import Events


def arousal_windows(arousals: Events, criteria: Criteria) -> Spans:
    """Return the arousals, longer by the allowed gap at either end."""
    reach = np.array([-criteria.arousal_gap_s, criteria.arousal_gap_s])
    return as_spans(arousals.spans + reach)


def with_arousal(movements: Events, arousals: Events, criteria: Criteria) -> Bools:
    """Say which movements overlap an arousal or lie within the allowed gap of one.

    Whichever comes first does not matter. `criteria.arousal_gap_inclusive` decides
    whether a gap of exactly `arousal_gap_s` counts.
    """
    windows = arousal_windows(arousals, criteria)
    found = counts_touching(movements.spans, windows, closed=criteria.arousal_gap_inclusive)
    return found > 0


def respiratory_windows(respiratory: Events, window: RespiratoryWindow) -> Spans:
    """Return the window around each respiratory event, or around its end."""
    first = respiratory.start_s if window.anchor == "event" else respiratory.stop_s
    return as_spans(np.column_stack([first - window.before_s, respiratory.stop_s + window.after_s]))


def with_respiratory(movements: Events, respiratory: Events, window: RespiratoryWindow) -> Bools:
    """Say which movements touch the window around (the end of) a respiratory event.

    Both ends of the window belong to it.
    """
    windows = respiratory_windows(respiratory, window)
    return counts_touching(movements.spans, windows, closed=True) > 0
