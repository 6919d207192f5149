"""What the rules of one kind of movement need to know of the others."""

from __future__ import annotations

import numpy as np

from psgscore.model._arrays import Bools, Spans, as_spans
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.movement_kinds import RANKED
from psgscore.model.score import LegScore
from psgscore.score.jerk_context import OTHER

CONTEXT = "context"
"""The column of words that says where a hypnic jerk stands: at sleep onset, re-entry, other."""
POTENTIAL = "fragmentary potential"
_JERK_RANK = next(kind.rank for kind in RANKED if kind.word == "jerk")


def above_jerks(events: Events) -> dict[str, Spans]:
    """Return where movements of a higher rank than a hypnic jerk are, by what they are called.

    Parameters
    ----------
    events : Events
        Of the night, their precedence settled; see `psgscore.score.precedence`.
    """
    counted = events.counted()
    spans = {
        kind.title: counted.of_kind(kind.word).spans for kind in RANKED if kind.rank < _JERK_RANK
    }
    return {title: found for title, found in spans.items() if len(found)}


def periodic_spans(legs: LegScore | None) -> Spans:
    """Return each periodic series, from its first movement to the end of its last."""
    if legs is None:
        return as_spans([])
    series = legs.verdicts.series
    return as_spans(
        [
            (
                legs.movements.start_s[series == number].min(),
                legs.movements.stop_s[series == number].max(),
            )
            for number in np.unique(series[series > 0])
        ]
    )


def mere_potentials(jerks: Events, potentials: Events) -> Bools:
    """Say which jerks are nothing but a fragmentary potential.

    A short burst of one muscle far from any sleep onset, with nothing that speaks for a
    jerk, has the form of both: it is taken for the lesser, for a jerk is of several muscles.

    Parameters
    ----------
    jerks : Events
        With the measures of `psgscore.score.jerks` and the text `CONTEXT`.
    potentials : Events
        Fragmentary potentials, excluded or not.
    """
    nothing = jerks.measures.get("points", np.zeros(0)) == 0
    at = np.searchsorted(potentials.start_s, jerks.start_s - 1e-6)
    there = at < len(potentials)
    if len(potentials):
        starts = potentials.start_s[np.minimum(at, len(potentials) - 1)]
        there &= np.abs(starts - jerks.start_s) < 1e-3
    lesser: Bools = nothing & there & (jerks.text(CONTEXT) == OTHER)
    return lesser


def with_reason(events: Events, hit: Bools, reason: str) -> Events:
    """Say why some events do not count, where no reason stands yet."""
    words = events.text(EXCLUDED_BY)
    return events.with_text(EXCLUDED_BY, np.where(hit & (words == ""), reason, words))
