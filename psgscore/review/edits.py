"""What a person can do to a score: values, one frozen type per kind of edit."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model._arrays import Words
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram


@dataclass(frozen=True, slots=True)
class Add:
    """A new event; seconds from the start of the recording, `channel` is a label or ""."""

    start_s: float
    stop_s: float
    kind: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Remove:
    """Take an event out; the journal keeps it."""

    id: str


@dataclass(frozen=True, slots=True)
class Move:
    """Put the edges of an event elsewhere."""

    id: str
    start_s: float
    stop_s: float


@dataclass(frozen=True, slots=True)
class Reject:
    """Keep an event in view, and count it for nothing."""

    id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Restore:
    """Bring back an event that was removed or rejected."""

    id: str


@dataclass(frozen=True, slots=True)
class Relabel:
    """Another kind (the side is part of it) or channel for an event."""

    id: str
    kind: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Restage:
    """Other stages (`Stage` values) for consecutive epochs."""

    first_epoch: int
    stages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Accept:
    """A stretch was looked at and is right."""

    start_s: float
    stop_s: float


@dataclass(frozen=True, slots=True)
class Dismiss:
    """What another scorer has there, and this review has not, is not taken over."""

    start_s: float
    stop_s: float
    kind: str


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last edit that is not taken back."""


@dataclass(frozen=True, slots=True)
class Redo:
    """Do again what was last taken back."""


@dataclass(frozen=True, slots=True)
class Sign:
    """The review is finished; `by` is the name that signs."""

    by: str


@dataclass(frozen=True, slots=True)
class Reopen:
    """Go on after a signature, as a new revision."""


Change = Add | Remove | Move | Reject | Restore | Relabel | Restage | Accept | Dismiss
Edit = Change | Undo | Redo | Sign | Reopen


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a journal.

    Parameters
    ----------
    n : int
        Its number, from 1.
    at : str
        When, ISO 8601 in UTC.
    by : str
        Who, "" where nobody said.
    edit : Edit
        What.
    why : str
        In the person's words, "" for none.
    """

    n: int
    at: str
    by: str
    edit: Edit
    why: str = ""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Base:
    """What a review starts from.

    Parameters
    ----------
    events : Events
        Row ``k`` has the id ``"e{k}"``; what entry ``n`` adds has the id ``"a{n}"``.
    hypnogram : Hypnogram or None
        None where there are no stages.
    scorer : ndarray of str or None
        Who staged each epoch, as in a `Score`.
    duration_s : float
        Length of the recording.
    """

    events: Events
    hypnogram: Hypnogram | None
    scorer: Words | None
    duration_s: float
