"""What a desk is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from psgscore.io.recording import Recording
from psgscore.model.criteria import DETECTION, LegMovementCriteria
from psgscore.model.finding import Finding
from psgscore.model.score import Score
from psgscore.review.binding import Binding
from psgscore.review.catalog import Catalog
from psgscore.review.differences import Dispute, Other
from psgscore.review.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a desk is made from.

    Parameters
    ----------
    recording : Recording
        With a channel map.
    base : Score
        What is reviewed; without its events for a blind scorer.
    catalog : Catalog
        What can be drawn.
    journal : Journal
        Open for writing, or for reading.
    readonly_why : str
        Why it is only read, "" where it is written.
    findings : tuple of Finding
        What was tolerated on the way.
    verify : callable
        Waits until the recording is known to be that of the score, or raises JournalError.
    still : callable
        Does so only if the recording was touched since it was opened.
    others : tuple of Other
        Other scorers: one to compare with, or two between whom the reviewer decides.
    dispute : Dispute or None
        Those two side by side.
    detection : LegMovementCriteria
        How the legs are drawn.
    """

    recording: Recording
    base: Score
    catalog: Catalog
    journal: Journal
    readonly_why: str = ""
    findings: tuple[Finding, ...] = ()
    verify: Callable[[], None] = field(default=lambda: None)
    still: Callable[[], None] = field(default=lambda: None)
    others: tuple[Other, ...] = ()
    dispute: Dispute | None = None
    detection: LegMovementCriteria = DETECTION


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Seen:
    """What a reviewer is shown to begin with.

    Parameters
    ----------
    base : Score
        What is reviewed: for an adjudication, what two scorers agree on.
    binding : Binding
        What the journal must be about.
    kept : bool
        The base lies where it is kept.
    others : tuple of Other
        Other scorers, under the names the page gives them; two for an adjudication.
    dispute : Dispute or None
        The two of an adjudication side by side.
    findings : tuple of Finding
        What was tolerated on the way.
    """

    base: Score
    binding: Binding
    kept: bool = True
    others: tuple[Other, ...] = ()
    dispute: Dispute | None = None
    findings: tuple[Finding, ...] = ()
