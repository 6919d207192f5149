"""What other scorers say, and where they differ: the values, which need no comparison to load."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from psgscore.model._arrays import Spans, Words, as_spans
from psgscore.model.events import Events
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.scoring import Scoring
from psgscore.review.edits import Dismiss

EVENT, KIND, STAGE = "event", "kind", "stage"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Other:
    """Another scorer of the night.

    Parameters
    ----------
    name : str
        What the page calls them.
    label : str
        What they are called in what is signed.
    scoring : Scoring
        What they say.
    automatic_s : ndarray, shape (n, 2)
        Where their stages are a program's that they did not look at.
    findings : tuple of Finding
        What was tolerated on reading it.
    """

    name: str
    label: str
    scoring: Scoring
    automatic_s: Spans = field(default_factory=lambda: as_spans([]))
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What one scorer has where another has something else.

    Parameters
    ----------
    start_s, stop_s : float
        Where.
    kind : str
        Of the event, "" for a stage.
    stage : str
        Its name, "" for an event.
    """

    start_s: float
    stop_s: float
    kind: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One difference.

    Parameters
    ----------
    start_s, stop_s : float
        Where.
    what : str
        `EVENT` that not everybody has, `KIND` of an event, or `STAGE`.
    text : str
        Who says what.
    kind : str
        What the event is compared as, "" for a stage.
    event : str
        Its id in this review, "" where it has none.
    epoch : int or None
        Of the hypnogram of this review.
    claims : tuple of Claim or None
        What each of the other scorers has, None for nothing.
    """

    start_s: float
    stop_s: float
    what: str
    text: str
    kind: str = ""
    event: str = ""
    epoch: int | None = None
    claims: tuple[Claim | None, ...] = ()

    @property
    def dismissal(self) -> Dismiss:
        """The edit that leaves it as this review has it."""
        return Dismiss(self.start_s, self.stop_s, self.kind)


def in_order(found: list[Disagreement]) -> tuple[Disagreement, ...]:
    """Return differences in order of time."""
    return tuple(sorted(found, key=lambda one: (one.start_s, one.stop_s, one.what, one.kind)))


def said(others: Sequence[Other], words: Sequence[str]) -> str:
    """Return who says what."""
    return ", ".join(f"{who.name}: {word}" for who, word in zip(others, words, strict=True))


def alone(
    claim: Claim, kind: str, text: str, claims: tuple[Claim | None, ...], event: str = ""
) -> Disagreement:
    """Return the difference that an event is which not everybody has; see `Disagreement`."""
    return Disagreement(
        start_s=claim.start_s,
        stop_s=claim.stop_s,
        what=EVENT,
        text=text,
        kind=kind,
        event=event,
        claims=claims,
    )


def claims_of(events: Events) -> list[Claim]:
    """Return what a scorer says with some events."""
    rows = zip(events.start_s.tolist(), events.stop_s.tolist(), events.kind.tolist(), strict=True)
    return [Claim(start_s=start, stop_s=stop, kind=kind) for start, stop, kind in rows]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Dispute:
    """Two scorings side by side.

    Parameters
    ----------
    events : Events
        What both have, its edges half way between theirs.
    hypnogram : Hypnogram or None
        The stages both gave, UNSCORED where they differ; None where not both gave stages.
    scorer : ndarray of str or None
        Who staged each epoch, as in a `Score`.
    covers : frozenset of str
        What both looked for, in the words of a scoring.
    kinds : tuple of str
        The same as it is compared.
    differences : tuple of Disagreement
        What is to be decided, in order of time.
    findings : tuple of Finding
        What is not decided here, and why.
    """

    events: Events
    hypnogram: Hypnogram | None
    scorer: Words | None
    covers: frozenset[str]
    kinds: tuple[str, ...]
    differences: tuple[Disagreement, ...]
    findings: tuple[Finding, ...]

    @property
    def epochs(self) -> int:
        """Epochs that both gave the same stage."""
        if self.hypnogram is None:
            return 0
        return int(np.sum(self.hypnogram.stages != Stage.UNSCORED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How far an adjudication has come.

    Parameters
    ----------
    events, epochs : int
        What both scorers agree on.
    differences : int
        What was to be decided.
    open_events, open_epochs : int
        What is not decided yet.
    unscored_epochs : int
        Epochs that were decided, and have no stage.
    """

    events: int
    epochs: int
    differences: int
    open_events: int
    open_epochs: int
    unscored_epochs: int

    @property
    def undecided(self) -> int:
        """Differences that are not decided."""
        return self.open_events + self.open_epochs
