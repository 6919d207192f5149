"""What the rules of one kind of movement need to know of the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from psgscore.model._arrays import Bools, Spans, as_spans
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.jerk_criteria import JERKS, FragmentaryCriteria, JerkCriteria
from psgscore.model.movement_kinds import RANKED
from psgscore.model.score import LegScore
from psgscore.score.jerk_context import CONTEXT, OTHER
from psgscore.score.jerk_evidence import overlapped

POTENTIAL = "fragmentary potential"
RISEN_CHIN = "risen tone of the chin"
_JERK_RANK = next(kind.rank for kind in RANKED if kind.word == "jerk")


def above_jerks(events: Events, criteria: JerkCriteria = JERKS) -> dict[str, Spans]:
    """Return where movements of a higher rank than a hypnic jerk are, by what they are called.

    Parameters
    ----------
    events : Events
        Of the night, their precedence settled; see `psgscore.score.precedence`.
    criteria : JerkCriteria
        Uses `arousal_lead_s`: what begins that soon after the chin's tone rises may be a jerk
        that woke the sleeper.
    """
    counted = events.counted()
    spans = {
        kind.title: counted.of_kind(kind.word).spans for kind in RANKED if kind.rank < _JERK_RANK
    }
    # What rose and may be an arousal or a movement is no bruxism, but no jerk comes later in it.
    risen = events.of_kind("bruxism").spans + np.array([criteria.arousal_lead_s, 0.0])
    spans[RISEN_CHIN] = risen[risen[:, 1] > risen[:, 0]]
    return {title: found for title, found in spans.items() if len(found)}


def not_within(events: Events, outranked: Mapping[str, Spans]) -> Events:
    """Return the events that share no time with any of some spans."""
    within = overlapped(events, outranked)
    return events.where(~np.any([*within.values(), np.zeros(len(events), np.bool_)], axis=0))


def periodic_spans(scores: Iterable[LegScore]) -> Spans:
    """Return each periodic series of any rule set, from its first movement to its last's end."""
    spans = []
    for legs in scores:
        moves, series = legs.movements, legs.verdicts.series
        for number in np.unique(series[series > 0]):
            mine = series == number
            spans.append((moves.start_s[mine].min(), moves.stop_s[mine].max()))
    return as_spans(spans)


def mere_potentials(jerks: Events, criteria: FragmentaryCriteria, lone_points: int) -> Bools:
    """Say which jerks are nothing but a fragmentary potential.

    A burst of one muscle no longer than a potential, far from any sleep onset and with less
    evidence than that asks for, is taken for the lesser: a jerk is of several muscles.

    Parameters
    ----------
    jerks : Events
        With the measures of `psgscore.score.jerks` and the text `CONTEXT`.
    criteria : FragmentaryCriteria
        Uses `max_duration_s`. One shorter than `min_duration_s` is no jerk either.
    lone_points : int
        See `psgscore.model.jerk_criteria.JerkCriteria`.
    """
    nothing = jerks.measures.get("points", np.zeros(0)) < lone_points
    nothing &= jerks.measures.get("ev_muscles", np.zeros(0)) != 1
    longest_ms = 1000 * criteria.max_duration_s
    short = jerks.measures.get("duration_ms", np.zeros(0)) <= longest_ms
    lesser: Bools = nothing & short & (jerks.text(CONTEXT) == OTHER)
    return lesser


def with_reason(events: Events, hit: Bools, reason: str) -> Events:
    """Say why some events do not count, where no reason stands yet."""
    words = events.text(EXCLUDED_BY)
    return events.with_text(EXCLUDED_BY, np.where(hit & (words == ""), reason, words))
