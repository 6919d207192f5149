"""What a desk is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from psgscore.io.recording import Recording
from psgscore.model.criteria import DETECTION, LegMovementCriteria
from psgscore.model.finding import Finding
from psgscore.model.score import Score
from psgscore.review.adjudication import Dispute
from psgscore.review.disagreements import Other
from psgscore.review.journal import Journal
from psgscore.review.tracks import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a desk is made from.

    Parameters
    ----------
    recording : Recording
        With a channel map.
    base : Score
        What is reviewed; without its events for a blind scorer.
    tracks : tuple of Track
        What can be drawn.
    journal : Journal
        Open for writing, or for reading.
    readonly_why : str
        Why it is only read, "" where it is written.
    findings : tuple of Finding
        What was tolerated on the way.
    verify : callable
        Waits until the recording is known to be that of the score, or raises JournalError.
    others : tuple of Other
        Other scorers: one to compare with, or two between whom the reviewer decides.
    dispute : Dispute or None
        Those two side by side.
    detection : LegMovementCriteria
        How the legs are drawn.
    """

    recording: Recording
    base: Score
    tracks: tuple[Track, ...]
    journal: Journal
    readonly_why: str = ""
    findings: tuple[Finding, ...] = ()
    verify: Callable[[], None] = field(default=lambda: None)
    others: tuple[Other, ...] = ()
    dispute: Dispute | None = None
    detection: LegMovementCriteria = DETECTION
