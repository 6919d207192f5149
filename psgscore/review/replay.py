"""From a journal to what it makes of its base: every edit in turn, undo and redo included."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from psgscore.errors import EditError
from psgscore.model._arrays import Bools, microseconds
from psgscore.model.hypnogram import Stage, Stages
from psgscore.review.edits import (
    Accept,
    Add,
    Base,
    Change,
    Dismiss,
    Edit,
    Entry,
    Move,
    Redo,
    Reject,
    Relabel,
    Remove,
    Reopen,
    Restage,
    Restore,
    Sign,
    Undo,
)
from psgscore.review.state import REJECTED, Parts, ReviewState, Row, Signature, reviewed

EPOCH_S = 30.0
MOST_EPOCHS = 100_000
_STAGES = frozenset(int(stage) for stage in Stage)


def apply(entries: Iterable[Entry], base: Base) -> ReviewState:
    """Return what a journal makes of its base.

    Raises
    ------
    EditError
        An entry that cannot follow those before it.
    """
    replay = Replay(base)
    for entry in entries:
        replay.step(entry)
    return replay.state()


@dataclass(frozen=True, slots=True, eq=False)
class _Before:
    """What has to be put back to take a change back."""

    row: tuple[str, Row | None] | None = None
    first_epoch: int = 0
    stages: Stages | None = None
    by_person: Bools | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Done:
    entry: Entry
    change: Change
    before: _Before


class Replay:
    """A journal being followed; each step costs what the edit touches, not what there is.

    Parameters
    ----------
    base : Base
        What the journal is about.
    """

    def __init__(self, base: Base) -> None:
        self._base = base
        events = base.events
        starts, stops = events.start_s.tolist(), events.stop_s.tolist()
        kinds, channels = events.kind.tolist(), events.channel.tolist()
        self._rows = {
            f"e{k}": Row(f"e{k}", starts[k], stops[k], kinds[k], channels[k], k)
            for k in range(len(events))
        }
        given = base.hypnogram
        self._epoch_s = given.epoch_s if given is not None else EPOCH_S
        if given is None:
            whole = min(int(base.duration_s // self._epoch_s), MOST_EPOCHS)
            self._stages = np.full(whole, int(Stage.UNSCORED), np.int8)
        else:
            self._stages = given.stages.copy()
        self._by_person = np.zeros(self._stages.size, np.bool_)
        self._done: list[_Done] = []
        self._undone: list[_Done] = []
        self._accepted: list[tuple[float, float]] = []
        self._dismissed: list[Dismiss] = []
        self._counts: Counter[str] = Counter()
        self._signatures: list[Signature] = []
        self._signed = False
        self.n = 0

    def check(self, edit: Edit) -> None:
        """Raise EditError unless the edit can come next."""
        if self._signed and not isinstance(edit, Reopen):
            raise EditError("the review is signed: reopen it as a new revision first")
        if isinstance(edit, Undo) and not self._done:
            raise EditError("there is nothing to undo")
        if isinstance(edit, Redo) and not self._undone:
            raise EditError("there is nothing to redo")
        if isinstance(edit, Reopen) and not self._signed:
            raise EditError("the review is not signed: there is nothing to reopen")
        if isinstance(edit, Sign) and not edit.by.strip():
            raise EditError("a signature needs a name")
        if isinstance(edit, Change):
            self._check(edit)

    def step(self, entry: Entry) -> None:
        """Follow one entry; the replay is as it was if that raises EditError."""
        edit = entry.edit
        if entry.n != self.n + 1:
            raise EditError(f"entry {entry.n} follows entry {self.n}")
        self.check(edit)
        if isinstance(edit, Undo):
            self._take_back(self._done.pop())
        elif isinstance(edit, Redo):
            last = self._undone.pop()
            self._perform(last.entry, last.change)
        elif isinstance(edit, Sign):
            self._signatures.append(Signature(edit.by, entry.at, sum(self._edits().values())))
            self._signed = True
        elif isinstance(edit, Reopen):
            self._signed = False
        else:
            self._undone.clear()
            self._perform(entry, edit)
        self.n += 1

    def state(self) -> ReviewState:
        """Return where the journal stands."""
        return reviewed(
            self._base,
            Parts(
                n=self.n,
                rows=tuple(self._rows.values()),
                stages=self._stages.copy(),
                by_person=self._by_person.copy(),
                epoch_s=self._epoch_s,
                accepted_s=tuple(self._accepted),
                dismissed=tuple(self._dismissed),
                counts=self._edits(),
                signatures=tuple(self._signatures),
                signed=self._signed,
                undo=self._done[-1].change if self._done else None,
                redo=self._undone[-1].change if self._undone else None,
            ),
        )

    def row(self, identifier: str) -> Row | None:
        """Return an event as it stands, removed ones too; None if there is none."""
        return self._rows.get(identifier)

    def _edits(self) -> Mapping[str, int]:
        return {name: count for name, count in self._counts.items() if count}

    # -- doing and taking back ------------------------------------------------------------

    def _perform(self, entry: Entry, change: Change) -> None:
        before = self._do(change, entry.n)
        self._count(change, 1)
        self._done.append(_Done(entry, change, before))

    def _take_back(self, done: _Done) -> None:
        before = done.before
        if before.row is not None:
            identifier, row = before.row
            if row is None:
                del self._rows[identifier]
            else:
                self._rows[identifier] = row
        elif before.stages is not None:
            span = slice(before.first_epoch, before.first_epoch + before.stages.size)
            self._stages[span], self._by_person[span] = before.stages, before.by_person
        elif isinstance(done.change, Dismiss):
            self._dismissed.pop()
        else:
            self._accepted.pop()
        self._count(done.change, -1)
        self._undone.append(done)

    def _count(self, change: Change, sign: int) -> None:
        size = len(change.stages) if isinstance(change, Restage) else 1
        self._counts[COUNTED[type(change)]] += sign * size

    def _do(self, change: Change, n: int) -> _Before:
        """Perform a change; `n` is the entry it came with, also when it is done again."""
        if isinstance(change, Restage):
            return self._restage(change)
        if isinstance(change, Accept):
            self._accepted.append((change.start_s, change.stop_s))
            return _Before()
        if isinstance(change, Dismiss):
            self._dismissed.append(Dismiss(*_times(change), change.kind))
            return _Before()
        if isinstance(change, Add):
            row = Row(f"a{n}", *_times(change), change.kind, change.channel)
        else:
            row = _changed(self._rows[change.id], change)
        before = _Before(row=(row.id, self._rows.get(row.id)))
        self._rows[row.id] = row
        return before

    def _restage(self, change: Restage) -> _Before:
        span = slice(change.first_epoch, change.first_epoch + len(change.stages))
        before = _Before(
            first_epoch=change.first_epoch,
            stages=self._stages[span].copy(),
            by_person=self._by_person[span].copy(),
        )
        self._stages[span] = change.stages
        self._by_person[span] = True
        return before

    # -- what cannot be done --------------------------------------------------------------

    def _check(self, change: Change) -> None:
        if isinstance(change, Add | Move | Accept | Dismiss):
            self._require_inside(change.start_s, change.stop_s)
        if isinstance(change, Restage):
            self._require_epochs(change)
        if isinstance(change, Remove | Move | Reject | Relabel):
            self._require_there(change)
        if isinstance(change, Restore):
            row = self._rows.get(change.id)
            if row is None or not (row.removed or row.rejected):
                raise EditError(f"event {change.id!r} is neither removed nor rejected")

    def _require_inside(self, start_s: float, stop_s: float) -> None:
        known = math.isfinite(start_s) and math.isfinite(stop_s)
        if not known or not 0 <= start_s < stop_s <= self._base.duration_s + 1e-6:
            raise EditError(
                f"from {start_s:g} to {stop_s:g} s is no stretch of a recording of "
                f"{self._base.duration_s:g} s"
            )

    def _require_epochs(self, change: Restage) -> None:
        last = change.first_epoch + len(change.stages)
        if not change.stages or not 0 <= change.first_epoch < last <= self._stages.size:
            raise EditError(
                f"epochs {change.first_epoch} to {last} are not among the "
                f"{self._stages.size} of the recording"
            )
        if not _STAGES.issuperset(change.stages):
            raise EditError("a stage is one of -1 (unscored), 0 (W), 1, 2, 3 (N1 to N3), 4 (R)")

    def _require_there(self, change: Remove | Move | Reject | Relabel) -> None:
        row = self._rows.get(change.id)
        if row is None or row.removed:
            raise EditError(f"there is no event {change.id!r}, or it was removed")
        if isinstance(change, Reject) and row.rejected:
            raise EditError(f"event {change.id!r} is rejected already")


def _times(change: Add | Move | Dismiss) -> tuple[float, float]:
    return microseconds(change.start_s), microseconds(change.stop_s)


def _changed(row: Row, change: Remove | Move | Reject | Restore | Relabel) -> Row:
    """Return an event as a change leaves it."""
    if isinstance(change, Remove):
        return replace(row, removed=True)
    if isinstance(change, Move):
        start_s, stop_s = _times(change)
        return replace(row, start_s=start_s, stop_s=stop_s, moved=True)
    if isinstance(change, Reject):
        return replace(row, rejected=change.reason or REJECTED)
    if isinstance(change, Restore):
        return replace(row, removed=False, rejected="")
    return replace(row, kind=change.kind, channel=change.channel, relabelled=True)


COUNTED: Mapping[type, str] = {
    Add: "added",
    Remove: "removed",
    Move: "moved",
    Reject: "rejected",
    Restore: "restored",
    Relabel: "relabelled",
    Restage: "restaged_epochs",
    Accept: "accepted",
    Dismiss: "dismissed",
}
"""What each kind of change is counted as."""
