"""One recording on the desk: its journal followed, its numbers kept up to date."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice

from psgscore.errors import EditError
from psgscore.model.events import Events
from psgscore.model.finding import Finding, NotScored
from psgscore.model.scoring import Scoring, covered
from psgscore.progress import Progress, silent
from psgscore.review.changes import EPOCH_S
from psgscore.review.differences import Disagreement, Tally
from psgscore.review.documents import (
    Document,
    adjudication_document,
    drawable_document,
    entry_document,
    events_document,
    hypnogram_document,
    indices_document,
    movements_document,
    review_document,
    shown,
    shown_whole,
    spans_document,
)
from psgscore.review.edits import Add, Dismiss, Edit, Entry, Relabel, Reopen, Sign
from psgscore.review.indices import Index, indices_of
from psgscore.review.opened import Opened
from psgscore.review.pages import Page, Pages
from psgscore.review.replay import Replay
from psgscore.review.rescoring import Rescoring, base_of
from psgscore.review.state import ReviewState
from psgscore.review.uncertain import uncertain
from psgscore.review.why import why
from psgscore.score.night import lights_span

_SIDES = {"leg:left": "LM:left", "leg:right": "LM:right"}


class ConflictError(EditError):
    """The journal has gone on since the page last looked; `document` says where it stands."""

    def __init__(self, reason: str, document: Document) -> None:
        super().__init__(reason)
        self.document = document


class Desk:
    """One recording under review; may be used by several threads.

    Parameters
    ----------
    opened : Opened
        What it is about.
    reviewer : str
        Who edits, "" for nobody named.
    progress : callable
        Told how far the journal has been read.
    """

    def __init__(self, opened: Opened, reviewer: str = "", progress: Progress = silent) -> None:
        self.opened = opened
        self.reviewer = reviewer
        self.pages = Pages(opened.catalog)
        self._lock = threading.RLock()
        self._rescoring = Rescoring.of(opened.base)
        self._replay = Replay(base_of(opened.base))
        self._indices: tuple[Index, ...] = ()
        self._follow()
        self._automatic = _by_key(self._indices)
        opened.journal.follow(self._replay, progress)
        if self._replay.n:  # else it stands where it began
            self._follow()
        self._before = _by_key(self._indices)

    @property
    def state(self) -> ReviewState:
        """Where the review stands."""
        return self._state

    def edit(self, expected: int, edit: Edit, why_text: str = "") -> Document:
        """Do one edit: it is on the disk, and the numbers are new, when this returns.

        Raises
        ------
        ConflictError
            The journal does not end where the page thinks.
        EditError
            The edit makes no sense.
        JournalError
            The journal cannot be written.
        """
        self.opened.verify()
        with self._lock:
            if expected != self._replay.n:
                raise ConflictError(
                    f"the review has {self._replay.n} entries, not {expected}: somebody edits it "
                    "in another window",
                    self.document(),
                )
            if isinstance(edit, Dismiss) and not self.opened.others:
                raise EditError("there is no other scorer: nothing can be dismissed")
            edit = self._with_label(edit)
            self._replay.check(edit)
            entry = Entry(self._replay.n + 1, _now(), self.reviewer, edit, why_text)
            self.opened.journal.append(entry)
            self._replay.step(entry)
            self._follow()
            return self.document()

    def require_untouched(self) -> None:
        """Raise JournalError if recording or journal are not what was opened."""
        self.opened.verify()
        with self._lock:
            self.opened.journal.require_untouched()

    def page(self, page: Page) -> bytes:
        """Return a page of signals, of the recording that was opened and no other."""
        self.opened.still()
        return self.pages.page(page)

    def sign(self, expected: int, by: str) -> ReviewState:
        """Sign where the review stands; see `edit`."""
        with self._lock:
            self.edit(expected, Sign(by.strip()))
            return self._state

    def reopen(self, expected: int, why_text: str) -> Document:
        """Begin a new revision; see `edit`."""
        return self.edit(expected, Reopen(), why_text)

    def document(self, since: int = -1) -> Document:
        """Return what changes with edits; only that nothing did if the page has it already."""
        with self._lock:
            state, scored = self._state, self._scored
            if since == state.n:
                return {"n": state.n, "changed": False}
            return {
                "n": state.n,
                "changed": True,
                "review": review_document(state, self.opened.base.duration_s),
                "events": events_document(state, scored, self.opened.catalog.tracks),
                "movements": {
                    leg.criteria.name: movements_document(leg, scored.events) for leg in scored.legs
                },
                "hypnogram": hypnogram_document(state),
                "indices": indices_document(self._automatic, self._before, self._indices),
                "not_scored": [_texts(one) for one in scored.not_scored],
                "adjudication": adjudication_document(self.tally()),
                "recompute_ms": round(self._took_ms, 1),
            }

    def about(self) -> Document:
        """Return what does not change."""
        base, opened = self.opened.base, self.opened
        findings = (*base.findings, *opened.journal.findings, *opened.findings)
        return {
            "name": shown(opened.recording.name),
            "duration_s": base.duration_s,
            "start_clock": base.start,
            "readonly": bool(opened.readonly_why),
            "readonly_why": opened.readonly_why,
            "epoch_s": EPOCH_S if base.hypnogram is None else base.hypnogram.epoch_s,
            "gaps": spans_document(base.gaps),
            "unreadable": spans_document(base.unreadable),
            "lights_s": list(lights_span(self._scored.events, base.duration_s)),
            "rules": [{"name": one.name, "title": one.title} for one in base.provenance.rules],
            **drawable_document(opened.catalog),
            "leg_lines": {
                "onset_rise_uv": opened.detection.onset_rise_uv,
                "offset_rise_uv": opened.detection.offset_rise_uv,
            },
            "findings": [_texts(one) for one in findings],
            "not_scored": [_texts(one) for one in base.not_scored],
        }

    def why(self, identifier: str, rules: str) -> Document:
        """Return why an event counts as it does; KeyError if there is none."""
        with self._lock:
            events = Events.concat([self._scored.events, self._state.rejected()])
            title, lines = why(identifier, events, self._scored, rules)
        return {"event": identifier, "title": title, "lines": [asdict(one) for one in lines]}

    def uncertain(self) -> list[Document]:
        """Return what a person should look at first."""
        with self._lock:
            staging = self.opened.base.staging
            found = uncertain(self._state, self._scored, () if staging is None else staging.review)
        return [asdict(one) for one in found]

    def disagreements(self) -> Document:
        """Return where other scorers differ from this review, or from each other."""
        others, dispute = self.opened.others, self.opened.dispute
        with self._lock:
            state, events = self._state, self._scored.events
        found: tuple[Disagreement, ...] = ()
        if dispute is not None:
            from psgscore.review.decided import undecided  # noqa: PLC0415 - start-up time

            found = undecided(dispute, state)
        elif others:
            from psgscore.review.disagreements import disagreements  # noqa: PLC0415

            covers = self._rescoring.covers | covered(events)
            here = Scoring(hypnogram=state.hypnogram, events=events, covers=covers)
            found = disagreements(state, here, others[0].scoring)
        return {
            "others": [{"name": shown(one.name)} for one in others],
            "items": [{**asdict(one), "text": shown(one.text)} for one in found],
        }

    def tally(self) -> Tally | None:
        """Return how far an adjudication has come, None for any other review."""
        dispute = self.opened.dispute
        if dispute is None:
            return None
        from psgscore.review.decided import tally  # noqa: PLC0415 - start-up time

        return tally(dispute, self._state)

    def history(self, first: int, most: int) -> Document:
        """Return entries of the journal from a number on."""
        entries = list(islice(self.opened.journal.entries(first), most))
        more = bool(entries) and entries[-1].n < self._state.n
        told = [entry_document(one) for one in entries]
        return {"entries": told, "next": entries[-1].n + 1 if more else None}

    def close(self) -> None:
        """Give the journal back."""
        self.pages.close()
        self.opened.journal.close()

    def _follow(self) -> None:
        self._before = _by_key(self._indices)
        self._state = self._replay.state()
        began_s = time.perf_counter()
        self._scored = self._rescoring(self._state)
        self._took_ms = 1000 * (time.perf_counter() - began_s)
        self._indices = indices_of(self._scored)

    def _with_label(self, edit: Edit) -> Edit:
        """Return an edit with the label of a channel in place of its id."""
        if not isinstance(edit, Add | Relabel) or not edit.channel:
            return edit
        try:
            track = self.opened.catalog.track(edit.channel)
        except KeyError:
            raise EditError("there is no such channel") from None
        role, own = track.derivation.role, _SIDES.get(track.derivation.role)
        if edit.kind.partition(":")[0] == "LM" and own is not None and edit.kind != own:
            raise EditError(f"{edit.kind} cannot be seen on a channel of {role}")
        if isinstance(edit, Add):
            return Add(edit.start_s, edit.stop_s, edit.kind, track.derivation.name)
        return Relabel(edit.id, edit.kind, track.derivation.name)


def _by_key(indices: Sequence[Index]) -> dict[str, Index]:
    return {one.key: one for one in indices}


def _texts(one: Finding | NotScored) -> Document:
    return {key: shown_whole(value) for key, value in asdict(one).items()}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
