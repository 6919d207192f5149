"""Where a review stands: the events and stages it makes, and what was done to get there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from psgscore.intervals import close_gaps
from psgscore.model._arrays import Bools, Ints, Spans, Words, as_spans
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.hypnogram import Hypnogram, Stages
from psgscore.model.movement_kinds import EXPLAINED_BY, RANKED
from psgscore.review.edits import Base, Change, Dismiss

REVIEW_ID, REJECTED_BY, MADE = "review_id", "review_rejected", "review"
"""Columns of words of the events of a review: id, why rejected, what a person did."""

REJECTED = "rejected in review"

REVIEWER = "reviewer"
"""Who staged an epoch that a person staged in this review."""

_CHANGES_NOTHING = ("accepted", "dismissed")
_LEG_MOVEMENT = next(kind.rank for kind in RANKED if kind.word == "LM")
_JUDGED_ANEW = tuple(kind.word for kind in RANKED if kind.rank <= _LEG_MOVEMENT)


@dataclass(frozen=True, slots=True)
class Row:
    """One event as it stands; `source` is its row in the base, -1 for one that was added."""

    id: str
    start_s: float
    stop_s: float
    kind: str
    channel: str
    source: int = -1
    removed: bool = False
    rejected: str = ""
    moved: bool = False
    relabelled: bool = False

    @property
    def made(self) -> str:
        """What a person did to it, "" for nothing."""
        if self.rejected:
            return "rejected"
        if self.source < 0:
            return "added"
        return "moved" if self.moved else "relabelled" if self.relabelled else ""


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, when (ISO 8601), after how many changes."""

    by: str
    at: str
    edits: int


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Parts:
    """What a replay knows; see `ReviewState`."""

    n: int
    rows: Sequence[Row]
    stages: Stages
    by_person: Bools
    epoch_s: float
    accepted_s: Sequence[tuple[float, float]]
    dismissed: Sequence[Dismiss]
    counts: Mapping[str, int]
    signatures: tuple[Signature, ...]
    signed: bool
    undo: Change | None
    redo: Change | None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class ReviewState:
    """Where a review stands.

    Parameters
    ----------
    n : int
        Entries of the journal.
    events : Events
        Every event that was not removed, with the columns `REVIEW_ID`, `REJECTED_BY` and
        `MADE`; what was moved, added or relabelled has no measures.
    hypnogram : Hypnogram or None
        None while nobody gave an epoch a stage.
    scorer : ndarray of str or None
        Who staged each epoch.
    accepted_s : ndarray, shape (n, 2)
        Stretches a person found right, joined.
    dismissed : frozenset of Dismiss
        What is not taken over from another scorer, times to 1 us.
    counts : mapping of str to int
        Changes that were not taken back, by what they do; no zeros.
    signatures : tuple of Signature
        In order; the last one holds while `signed`.
    signed : bool
        Nothing can be changed before it is reopened.
    undo, redo : Change or None
        What would be taken back, or done again, next.
    """

    n: int
    events: Events
    hypnogram: Hypnogram | None
    scorer: Words | None
    accepted_s: Spans
    dismissed: frozenset[Dismiss]
    counts: Mapping[str, int]
    signatures: tuple[Signature, ...]
    signed: bool
    undo: Change | None
    redo: Change | None

    @property
    def revision(self) -> int:
        """1 until a signed review is reopened, then one more each time."""
        return max(len(self.signatures) + (not self.signed), 1)

    @property
    def edits(self) -> int:
        """Changes that were not taken back; accepting and dismissing change nothing."""
        return sum(count for name, count in self.counts.items() if name not in _CHANGES_NOTHING)

    @property
    def standing(self) -> str:
        """``"automatic"`` before anything was done, ``"draft"``, ``"reviewed"`` once signed."""
        if self.signed:
            return "reviewed"
        return "draft" if self.n else "automatic"

    def for_rules(self) -> Events:
        """Return the events the rules see: without the rejected, precedence to be judged anew."""
        return judged_anew(self.events.where(self.events.text(REJECTED_BY) == ""))

    def rejected(self) -> Events:
        """Return the events that count for nothing because a person says so."""
        events = self.events.where(self.events.text(REJECTED_BY) != "")
        # A person's "artefact" is not the rule's: that one ends a series.
        reasons = [
            REJECTED if said == REJECTED else f"{REJECTED}: {said}"
            for said in events.text(REJECTED_BY).tolist()
        ]
        return events.with_text(EXCLUDED_BY, np.array(reasons, dtype=np.str_))


def judged_anew(events: Events) -> Events:
    """Return events without what only their precedence excludes: the rules work that out."""
    reasons = events.text(EXCLUDED_BY)
    anew = events.is_kind(*_JUDGED_ANEW) & np.isin(reasons, EXPLAINED_BY)
    return events.with_text(EXCLUDED_BY, np.where(anew, "", reasons)) if anew.any() else events


def reviewed(base: Base, parts: Parts) -> ReviewState:
    """Put a state together from what a replay knows."""
    return ReviewState(
        n=parts.n,
        events=_events(base.events, [row for row in parts.rows if not row.removed]),
        hypnogram=_hypnogram(base, parts),
        scorer=_scorer(base, parts),
        accepted_s=as_spans(close_gaps(as_spans(parts.accepted_s))),
        dismissed=frozenset(parts.dismissed),
        counts=dict(parts.counts),
        signatures=parts.signatures,
        signed=parts.signed,
        undo=parts.undo,
        redo=parts.redo,
    )


def _events(given: Events, rows: Sequence[Row]) -> Events:
    source = np.array([row.source for row in rows], np.int64)
    same = np.array([row.source >= 0 and row.made in ("", "rejected") for row in rows], np.bool_)
    same &= ~np.array([row.moved or row.relabelled for row in rows], np.bool_)
    texts = {name: _taken(words, source, same, "") for name, words in given.texts.items()}
    added = {
        REVIEW_ID: [row.id for row in rows],
        REJECTED_BY: [row.rejected for row in rows],
        MADE: [row.made for row in rows],
    }
    return Events(
        np.array([row.start_s for row in rows], np.float64),
        np.array([row.stop_s for row in rows], np.float64),
        np.array([row.kind for row in rows], np.str_),
        np.array([row.channel for row in rows], np.str_),
        {name: _taken(values, source, same, np.nan) for name, values in given.measures.items()},
        texts | {name: np.array(words, np.str_) for name, words in added.items()},
    )


def _taken(column: NDArray[Any], source: Ints, same: Bools, missing: float | str) -> NDArray[Any]:
    """Take the values of the rows that are as they were; `missing` for all others."""
    if not column.size:
        return np.full(source.shape, missing)
    return np.where(same, column[np.maximum(source, 0)], missing)


def _hypnogram(base: Base, parts: Parts) -> Hypnogram | None:
    given = base.hypnogram
    if not parts.by_person.any():
        return given
    if given is None:
        return Hypnogram(parts.stages, parts.epoch_s)
    probabilities = given.probabilities
    if probabilities is not None:
        probabilities = np.where(parts.by_person[:, np.newaxis], np.nan, probabilities)
    return replace(given, stages=parts.stages, probabilities=probabilities)


def _scorer(base: Base, parts: Parts) -> Words | None:
    if not parts.by_person.any():
        return base.scorer
    before = np.full(parts.stages.shape, "", np.str_) if base.scorer is None else base.scorer
    if base.scorer is None and base.hypnogram is not None:
        before = np.full(parts.stages.shape, "given", np.str_)
    staged: Words = np.where(parts.by_person, REVIEWER, before)
    return staged
