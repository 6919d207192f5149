"""The recordings a server offers: which there are, and which are open."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from psgscore.errors import PsgscoreError
from psgscore.progress import Progress
from psgscore.review.desk import Desk
from psgscore.review.documents import Document, shown, shown_whole
from psgscore.review.opened import Opened

Levels = list[tuple[str, list[tuple[float, float, list[float]]]]]
CLOSED, OPENING, READY, FAILED = "closed", "opening", "ready", "failed"


class NotWrittenError(PsgscoreError):
    """A review is signed, and its files could not be written; `document` says where it stands."""

    def __init__(self, reason: str, document: Document) -> None:
        super().__init__(f"It is signed, but its files could not be written: {reason}")
        self.document = document


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What the server needs of the rest of the program.

    Parameters
    ----------
    open : callable
        Opens a recording for review; told how far it is.
    levels : callable
        Returns the resting level of the legs.
    export : callable
        Writes what a signed review gives; returns the files.
    row : callable
        Describes a recording for the worklist.
    """

    open: Callable[[Path, Progress], Opened]
    levels: Callable[[Path, Opened], Levels]
    export: Callable[[Path, Desk], Sequence[Path]]
    row: Callable[[Path], Document]


@dataclass(slots=True, eq=False)
class Item:
    """One recording, by an id that says nothing of where it lies."""

    path: Path
    rid: str = field(default_factory=lambda: f"r{secrets.token_hex(8)}")
    state: str = CLOSED
    step: str = ""
    share: float = 0.0
    error: str = ""
    desk: Desk | None = None
    levels: Levels | None = None
    measured: Desk | None = None
    settled: threading.Event = field(default_factory=threading.Event)
    row: Document | None = None

    def status(self) -> Document:
        """Say how far opening is."""
        return {
            "state": self.state,
            "step": self.step,
            "share": round(self.share, 3),
            "error": self.error,
        }


class Hub:
    """The recordings of one server.

    Parameters
    ----------
    paths : sequence of Path
        The recordings.
    doors : Doors
        The rest of the program.
    reviewer : str
        Who reviews.
    """

    def __init__(self, paths: Sequence[Path], doors: Doors, reviewer: str = "") -> None:
        self._doors, self.reviewer = doors, reviewer
        self._lock = threading.Lock()
        self._items = {item.rid: item for item in map(Item, paths)}
        self._writing = threading.Lock()
        self._looking = False

    def item(self, rid: str) -> Item:
        """Return a recording; KeyError if there is none."""
        return self._items[rid]

    def begin(self, item: Item) -> Document:
        """Begin to open a recording, unless it is open or being opened; return the status."""
        with self._lock:
            if item.state in (CLOSED, FAILED):
                item.state, item.step, item.share, item.error = OPENING, "opening", 0.0, ""
                item.settled.clear()
                threading.Thread(target=self._open, args=(item,), daemon=True).start()
        return item.status()

    def leave(self, item: Item) -> Document:
        """Close a recording, so that another program may write its journal."""
        with self._lock:
            if item.state == READY and item.desk is not None:
                item.desk.close()
                item.desk, item.levels, item.measured, item.state = None, None, None, CLOSED
                item.row = None  # what the worklist said of it is no longer true
        return item.status()

    def levels(self, item: Item) -> Levels | None:
        """Return the resting levels of the legs; they are worked out from the first question on.

        By then the page is drawn, and what needs all of the recording is in nobody's way.
        """
        desk = item.desk
        with self._lock:
            first = desk is not None and item.measured is not desk
            item.measured = desk
        if first and desk is not None:
            for work in (self._verify, self._measure):
                threading.Thread(target=work, args=(item, desk), daemon=True).start()
        return item.levels

    def begin_all(self) -> None:
        """Begin to open every recording: where there is one, it is the one that is wanted."""
        for item in self._items.values():
            self.begin(item)

    def worklist(self, *, look: bool = True) -> list[Document]:
        """Return a row per recording; those that are still looked at say so.

        Without `look` nothing is looked at: the names are all that is wanted.
        """
        with self._lock:
            if look and not self._looking:
                self._looking = True
                threading.Thread(target=self._look, daemon=True).start()
        return [
            {"rid": item.rid, "pending": item.row is None, "name": shown(item.path.name)}
            | (item.row or {})
            for item in self._items.values()
        ]

    def _look(self) -> None:
        """Look at every recording; large scores take a moment each."""
        try:
            for item in self._items.values():
                item.row = self._doors.row(item.path)
        finally:
            self._looking = False

    def export(self, item: Item, desk: Desk) -> Document:
        """Write what a signed review gives.

        Raises
        ------
        NotWrittenError
            The disk does not take it, or the recording cannot be scored again.
        JournalError
            Recording or journal are not what was opened.
        """
        desk.require_untouched()
        with self._writing:
            try:
                files = self._doors.export(item.path, desk)
            except PsgscoreError as error:
                raise NotWrittenError(str(error), desk.document()) from None
        # The page does not know where the server was started: "." would say nothing.
        folder = shown_whole(str(files[0].parent.absolute())) if files else ""
        return {"files": [shown(one.name) for one in files], "folder": folder}

    def close(self) -> None:
        """Close everything that is open."""
        for item in self._items.values():
            if item.desk is not None:
                item.desk.close()

    def _open(self, item: Item) -> None:
        try:
            item.desk = self._opened(item)
        except PsgscoreError as error:
            item.error = shown_whole(str(error))
        else:
            item.share, item.state = 1.0, READY
        finally:
            # Whatever it was, nobody waits for ever; what is no error of ours goes to the log.
            if item.desk is None:
                item.error = item.error or "psgscore failed to open the recording: see its log"
                item.state = FAILED
            item.settled.set()

    def _verify(self, item: Item, desk: Desk) -> None:
        """Find out whether it is the file of its score before the first edit has to wait for it."""
        with suppress(PsgscoreError):  # an edit says it
            desk.opened.verify()

    def _measure(self, item: Item, desk: Desk) -> None:
        try:
            levels = self._doors.levels(item.path, desk.opened)
        except PsgscoreError:
            levels = []
        if item.desk is desk:  # nobody closed it meanwhile
            item.levels = levels

    def _opened(self, item: Item) -> Desk:
        def told(step: str, share: float) -> None:
            item.step, item.share = step, share

        opened = self._doors.open(item.path, told)
        try:
            return Desk(opened, self.reviewer, told)
        except BaseException:
            opened.journal.close()
            raise


def levels_document(levels: Levels | None, ids: Mapping[str, str]) -> Document:
    """Return resting levels by track; not ready while they are worked out."""
    found = [
        {
            "channel": ids[name],
            "pieces": [
                {"start_s": start_s, "step_s": step_s, "rest_uv": values}
                for start_s, step_s, values in pieces
            ],
        }
        for name, pieces in levels or []
        if name in ids
    ]
    return {"levels": found, "ready": levels is not None}
