"""What a scorer, person or lab software, already said of the recording."""

from __future__ import annotations

from dataclasses import dataclass, field

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
