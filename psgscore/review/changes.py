"""What each kind of change does to the events and stages of a night, and when it cannot."""

from __future__ import annotations

import math
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
    Move,
    Reject,
    Relabel,
    Remove,
    Restage,
    Restore,
)
from psgscore.review.state import REJECTED, Row

EPOCH_S = 30.0
MOST_EPOCHS = 100_000
_STAGES = frozenset(int(stage) for stage in Stage)


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """What has to be put back to take a change back."""

    row: tuple[str, Row | None] | None = None
    first_epoch: int = 0
    stages: Stages | None = None
    by_person: Bools | None = None
    dismissed: bool = False


class Night:
    """Events, stages and accepted stretches while changes are made to them, one at a time.

    Parameters
    ----------
    base : Base
        What they are before the first.
    """

    def __init__(self, base: Base) -> None:
        events = base.events
        starts, stops = events.start_s.tolist(), events.stop_s.tolist()
        kinds, channels = events.kind.tolist(), events.channel.tolist()
        self.rows = {
            f"e{k}": Row(f"e{k}", starts[k], stops[k], kinds[k], channels[k], k)
            for k in range(len(events))
        }
        given = base.hypnogram
        self.epoch_s = given.epoch_s if given is not None else EPOCH_S
        if given is None:
            whole = min(int(base.duration_s // self.epoch_s), MOST_EPOCHS)
            self.stages = np.full(whole, int(Stage.UNSCORED), np.int8)
        else:
            self.stages = given.stages.copy()
        self.by_person = np.zeros(self.stages.size, np.bool_)
        self.accepted: list[tuple[float, float]] = []
        self.dismissed: list[Dismiss] = []
        self._duration_s = base.duration_s

    def do(self, change: Change, n: int) -> Before:
        """Make a change; `n` is the entry it came with, also when it is made again."""
        if isinstance(change, Restage):
            return self._restage(change)
        if isinstance(change, Accept):
            self.accepted.append((change.start_s, change.stop_s))
            return Before()
        if isinstance(change, Dismiss):
            self.dismissed.append(Dismiss(*_times(change), change.kind))
            return Before(dismissed=True)
        if isinstance(change, Add):
            row = Row(f"a{n}", *_times(change), change.kind, change.channel)
        else:
            row = _changed(self.rows[change.id], change)
        before = Before(row=(row.id, self.rows.get(row.id)))
        self.rows[row.id] = row
        return before

    def put_back(self, before: Before) -> None:
        """Undo the last change that is not undone; `before` is what making it returned."""
        if before.row is not None:
            identifier, row = before.row
            if row is None:
                del self.rows[identifier]
            else:
                self.rows[identifier] = row
        elif before.stages is not None:
            span = slice(before.first_epoch, before.first_epoch + before.stages.size)
            self.stages[span], self.by_person[span] = before.stages, before.by_person
        elif before.dismissed:
            self.dismissed.pop()
        else:
            self.accepted.pop()

    def _restage(self, change: Restage) -> Before:
        span = slice(change.first_epoch, change.first_epoch + len(change.stages))
        before = Before(
            first_epoch=change.first_epoch,
            stages=self.stages[span].copy(),
            by_person=self.by_person[span].copy(),
        )
        self.stages[span] = change.stages
        self.by_person[span] = True
        return before

    # -- what cannot be done --------------------------------------------------------------

    def check(self, change: Change) -> None:
        """Raise EditError unless the change can be made."""
        if isinstance(change, Add | Move | Accept | Dismiss):
            self._require_inside(change.start_s, change.stop_s)
        if isinstance(change, Restage):
            self._require_epochs(change)
        if isinstance(change, Remove | Move | Reject | Relabel):
            self._require_there(change)
        if isinstance(change, Restore):
            row = self.rows.get(change.id)
            if row is None or not (row.removed or row.rejected):
                raise EditError(f"event {change.id!r} is neither removed nor rejected")

    def _require_inside(self, start_s: float, stop_s: float) -> None:
        known = math.isfinite(start_s) and math.isfinite(stop_s)
        if not known or not 0 <= start_s < stop_s <= self._duration_s + 1e-6:
            raise EditError(
                f"from {start_s:g} to {stop_s:g} s is no stretch of a recording of "
                f"{self._duration_s:g} s"
            )

    def _require_epochs(self, change: Restage) -> None:
        last = change.first_epoch + len(change.stages)
        if not change.stages or not 0 <= change.first_epoch < last <= self.stages.size:
            raise EditError(
                f"epochs {change.first_epoch} to {last} are not among the "
                f"{self.stages.size} of the recording"
            )
        if not _STAGES.issuperset(change.stages):
            raise EditError("a stage is one of -1 (unscored), 0 (W), 1, 2, 3 (N1 to N3), 4 (R)")

    def _require_there(self, change: Remove | Move | Reject | Relabel) -> None:
        row = self.rows.get(change.id)
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
