"""From a journal to what it makes of its base: every edit in turn, undo and redo included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from psgscore.errors import EditError
from psgscore.review.changes import Before, Night
from psgscore.review.edits import Base, Change, Edit, Entry, Redo, Reopen, Restage, Sign, Undo
from psgscore.review.state import Parts, ReviewState, Signature, reviewed


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
class _Done:
    n: int
    change: Change
    before: Before


class Replay:
    """A journal being followed; each step costs what the edit touches, not what there is.

    Parameters
    ----------
    base : Base
        What the journal is about.
    """

    def __init__(self, base: Base) -> None:
        self._base = base
        self._night = Night(base)
        self._done: list[_Done] = []
        self._undone: list[_Done] = []
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
            self._night.check(edit)

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
            self._perform(last.n, last.change)
        elif isinstance(edit, Sign):
            self._signatures.append(Signature(edit.by, entry.at, sum(self._edits().values())))
            self._signed = True
        elif isinstance(edit, Reopen):
            self._signed = False
        else:
            self._undone.clear()
            self._perform(entry.n, edit)
        self.n += 1

    def state(self) -> ReviewState:
        """Return where the journal stands."""
        night = self._night
        return reviewed(
            self._base,
            Parts(
                n=self.n,
                rows=tuple(night.rows.values()),
                stages=night.stages.copy(),
                by_person=night.by_person.copy(),
                epoch_s=night.epoch_s,
                accepted_s=tuple(night.accepted),
                dismissed=tuple(night.dismissed),
                counts=self._edits(),
                signatures=tuple(self._signatures),
                signed=self._signed,
                undo=self._done[-1].change if self._done else None,
                redo=self._undone[-1].change if self._undone else None,
            ),
        )

    def _edits(self) -> Mapping[str, int]:
        return {name: count for name, count in self._counts.items() if count}

    def _perform(self, n: int, change: Change) -> None:
        before = self._night.do(change, n)
        self._count(change, 1)
        self._done.append(_Done(n, change, before))

    def _take_back(self, done: _Done) -> None:
        self._night.put_back(done.before)
        self._count(done.change, -1)
        self._undone.append(done)

    def _count(self, change: Change, sign: int) -> None:
        size = len(change.stages) if isinstance(change, Restage) else 1
        self._counts[change.counted] += sign * size
