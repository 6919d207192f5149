"""The recordings a server offers: which there are, and which are open."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from psgscore.errors import PsgscoreError
from psgscore.progress import Progress
from psgscore.review.desk import Desk
from psgscore.review.documents import Document, shown
from psgscore.review.opened import Opened

Levels = list[tuple[str, list[tuple[float, float, list[float]]]]]
CLOSED, OPENING, READY, FAILED = "closed", "opening", "ready", "failed"


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
                threading.Thread(target=self._open, args=(item,), daemon=True).start()
        return item.status()

    def leave(self, item: Item) -> Document:
        """Close a recording, so that another program may write its journal."""
        with self._lock:
            if item.state == READY and item.desk is not None:
                item.desk.close()
                item.desk, item.levels, item.state = None, None, CLOSED
                item.row = None  # what the worklist said of it is no longer true
        return item.status()

    def begin_all(self) -> None:
        """Begin to open every recording: where there is one, it is the one that is wanted."""
        for item in self._items.values():
            self.begin(item)

    def worklist(self) -> list[Document]:
        """Return a row per recording; those that are still looked at say so."""
        with self._lock:
            if not self._looking:
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
        """Write what a signed review gives."""
        with self._writing:
            files = self._doors.export(item.path, desk)
        folder = shown(str(files[0].parent)) if files else ""
        return {"files": [shown(one.name) for one in files], "folder": folder}

    def close(self) -> None:
        """Close everything that is open."""
        for item in self._items.values():
            if item.desk is not None:
                item.desk.close()

    def _open(self, item: Item) -> None:
        def told(step: str, share: float) -> None:
            item.step, item.share = step, share

        try:
            opened = self._doors.open(item.path, told)
            try:
                item.desk = Desk(opened, self.reviewer)
            except BaseException:
                opened.journal.close()
                raise
        except PsgscoreError as error:
            item.error, item.state = shown_whole(str(error)), FAILED
            return
        except Exception as error:  # noqa: BLE001 - one recording must not take the server along
            item.error = f"the recording cannot be opened: {type(error).__name__}"
            item.state = FAILED
            return
        item.share, item.state = 1.0, READY
        desk = item.desk
        try:
            levels = self._doors.levels(item.path, opened)
        except PsgscoreError:
            levels = []
        if item.desk is desk:  # nobody closed it meanwhile
            item.levels = levels


def shown_whole(text: str) -> str:
    """Return a message as a page may show it, however long."""
    return "".join(shown(text[k : k + 100]) for k in range(0, min(len(text), 2000), 100))


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
