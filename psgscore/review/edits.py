"""What a person can do to a score: values, one frozen type per kind of edit.

``word`` is what a journal and the page call it, ``counted`` what a change is counted as; the
types named in `Edit` are all there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, get_args

from psgscore.model._arrays import Words
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram


@dataclass(frozen=True, slots=True)
class Add:
    """A new event; seconds from the start of the recording, `channel` is a label or ""."""

    word: ClassVar[str] = "add"
    counted: ClassVar[str] = "added"
    start_s: float
    stop_s: float
    kind: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Remove:
    """Take an event out; the journal keeps it."""

    word: ClassVar[str] = "remove"
    counted: ClassVar[str] = "removed"
    id: str


@dataclass(frozen=True, slots=True)
class Move:
    """Put the edges of an event elsewhere."""

    word: ClassVar[str] = "move"
    counted: ClassVar[str] = "moved"
    id: str
    start_s: float
    stop_s: float


@dataclass(frozen=True, slots=True)
class Reject:
    """Keep an event in view, and count it for nothing."""

    word: ClassVar[str] = "reject"
    counted: ClassVar[str] = "rejected"
    id: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Restore:
    """Bring back an event that was removed or rejected."""

    word: ClassVar[str] = "restore"
    counted: ClassVar[str] = "restored"
    id: str


@dataclass(frozen=True, slots=True)
class Relabel:
    """Another kind (the side is part of it) or channel for an event."""

    word: ClassVar[str] = "relabel"
    counted: ClassVar[str] = "relabelled"
    id: str
    kind: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Restage:
    """Other stages (`Stage` values) for consecutive epochs."""

    word: ClassVar[str] = "restage"
    counted: ClassVar[str] = "restaged_epochs"
    first_epoch: int
    stages: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Accept:
    """A stretch was looked at and is right."""

    word: ClassVar[str] = "accept"
    counted: ClassVar[str] = "accepted"
    start_s: float
    stop_s: float


@dataclass(frozen=True, slots=True)
class Dismiss:
    """What another scorer has there, and this review has not, is not taken over."""

    word: ClassVar[str] = "dismiss"
    counted: ClassVar[str] = "dismissed"
    start_s: float
    stop_s: float
    kind: str


@dataclass(frozen=True, slots=True)
class Undo:
    """Take back the last edit that is not taken back."""

    word: ClassVar[str] = "undo"


@dataclass(frozen=True, slots=True)
class Redo:
    """Do again what was last taken back."""

    word: ClassVar[str] = "redo"


@dataclass(frozen=True, slots=True)
class Sign:
    """The review is finished; `by` is the name that signs."""

    word: ClassVar[str] = "sign"
    by: str


@dataclass(frozen=True, slots=True)
class Reopen:
    """Go on after a signature, as a new revision."""

    word: ClassVar[str] = "reopen"


Change = Add | Remove | Move | Reject | Restore | Relabel | Restage | Accept | Dismiss
Edit = Change | Undo | Redo | Sign | Reopen
KINDS: Mapping[str, type[Edit]] = {kind.word: kind for kind in get_args(Edit)}
"""Every kind of edit by its word."""


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
