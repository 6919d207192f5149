"""A finished score, counted once more: which movements stand behind its rates."""

from __future__ import annotations

from psgscore.model.score import LegScore, Score
from psgscore.score.legs import Night
from psgscore.score.night import lights_span
from psgscore.score.rates import Counted


def recount(score: Score, leg: LegScore) -> Counted:
    """Sort the movements of a rule set into the scopes its rates count them in.

    Parameters
    ----------
    score : Score
        A scored night.
    leg : LegScore
        One of its rule sets.
    """
    night = Night(
        events=score.events,
        hypnogram=score.hypnogram,
        covers=frozenset(),
        lights_s=lights_span(score.events, score.duration_s),
        unreadable=score.unreadable,
    )
    return Counted.of(leg, night)


def widest_scope(score: Score) -> str:
    """Return where periodic movements are counted: sleep, or all of a night without stages."""
    return "sleep" if score.hypnogram is not None else "total"
