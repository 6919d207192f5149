"""What a scorer, person or lab software, already said of the recording."""

from __future__ import annotations

from dataclasses import dataclass, field

from psgscore.model._arrays import Spans, as_spans
from psgscore.model.events import Events
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Hypnogram

AROUSAL = ("arousal",)
AUTOMATIC_AROUSAL = ("automatic_arousal",)
RESPIRATORY = ("apnea", "hypopnea", "RERA", "respiratory")
_COVERING = {
    "LM": ("LM",),
    "arousal": AROUSAL,
    "automatic_arousal": AUTOMATIC_AROUSAL,
    "respiratory": RESPIRATORY,
}


GAP, UNREADABLE = "gap", "unreadable"
"""Stretches of a score that are written with its events: without signal, without a leg to read."""


def with_stretches(events: Events, gaps: Spans, unreadable: Spans) -> Events:
    """Return the events of a score with its gaps and its unreadable stretches among them."""
    tables = [events]
    for kind, spans in ((GAP, gaps), (UNREADABLE, unreadable)):
        there = events.of_kind(kind).spans.tolist()
        new = as_spans([span for span in spans.tolist() if span not in there])
        tables.append(Events.of(kind, new[:, 0], new[:, 1]))
    return Events.concat(tables)


def stretches_of(events: Events) -> tuple[Spans, Spans]:
    """Return the gaps and the unreadable stretches that are written among events."""
    counted = events.counted()
    gaps, unreadable = (as_spans(counted.of_kind(kind).spans) for kind in (GAP, UNREADABLE))
    return gaps, unreadable


def covered(events: Events) -> frozenset[str]:
    """Return what must have been scored, because some of it is among the events."""
    return frozenset(name for name, kinds in _COVERING.items() if events.is_kind(*kinds).any())


def arousals_of(events: Events, covers: frozenset[str]) -> Events | None:
    """Return the arousals of a person, else those of a program, else None: nobody looked."""
    for name, kinds in (("arousal", AROUSAL), ("automatic_arousal", AUTOMATIC_AROUSAL)):
        if name in covers:
            return events.counted().of_kind(*kinds)
    return None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scoring:
    """Stages and events read from scoring files or from the recording's annotations.

    Parameters
    ----------
    hypnogram : Hypnogram or None
        None when no stages were found: not the same as all UNSCORED.
    events : Events
        Everything else, in psgscore's words (``"arousal"``, ``"apnea:obstructive"``,
        ``"LM:left"``, ``"lights_off"``, ...).
    covers : frozenset of str
        ``"arousal"`` and ``"respiratory"`` when those were scored, also when none was
        found. Without that, a number that needs them is unknown, not 0.
    findings : tuple of Finding
        Unknown words, epochs outside the recording, ...
    """

    hypnogram: Hypnogram | None = None
    events: Events = field(default_factory=Events.empty)
    covers: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
