"""What the review server asks of the rest of the program: the worklist, and what signing writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from psgscore.errors import InputPathError, PsgscoreError, UsageError
from psgscore.io.edf import EXTENSIONS, existing_file
from psgscore.io.score_read import read_score
from psgscore.model.score import Score
from psgscore.opening import moment_s, open_recording
from psgscore.review.desk import Desk
from psgscore.review.documents import Document, known, shown, shown_whole
from psgscore.review.hub import Doors, Hub
from psgscore.review.indices import indices_of
from psgscore.review.lines import entries_in
from psgscore.review.replay import apply
from psgscore.review.rescoring import Rescoring, base_of, blinded
from psgscore.review.server import Address
from psgscore.review.setting import Setting
from psgscore.review.state import ReviewState
from psgscore.review_plan import Plan
from psgscore.review_source import leg_levels, open_review, read_base

_MOST_FINDINGS = 5
_INDICES = ("plm/", "sleep/tst_min", "sleep/sleep_efficiency_percent")
_ORDER = ("error", "warning", "note")


def doors(plan: Plan) -> Doors:
    """Return what the server needs, for recordings opened by a plan."""
    return Doors(
        open=lambda path, progress: open_review(path, plan, progress),
        levels=lambda path, opened: leg_levels(path, plan.options, opened.detection),
        export=lambda path, desk: _export(path, desk, plan),
        row=lambda path: row_of(path, plan),
    )


def _export(path: Path, desk: Desk, plan: Plan) -> Sequence[Path]:
    from psgscore.reviewed import write_reviewed  # noqa: PLC0415 - start-up time

    return write_reviewed(path, desk, plan)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """How a server is run.

    Parameters
    ----------
    address : Address
        Where it listens.
    at : str or None
        Where the page begins, as a person says it.
    idle_exit_s : float
        Seconds without a request after which it leaves.
    """

    address: Address
    at: str | None = None
    idle_exit_s: float = 1800.0


def run_review(path: Path, plan: Plan, served: Served, told: Callable[[str], None]) -> None:
    """Serve a recording, or a folder of them, until it is over.

    Parameters
    ----------
    path : Path
        The recording or the folder.
    plan : Plan
        How they are opened.
    served : Served
        How the server is run.
    told : callable
        Told the address that opens the page, once.

    Raises
    ------
    PsgscoreError
        There is no recording, or the address cannot be used.
    """
    from psgscore.review.app import ReviewApp  # noqa: PLC0415 - an optional library
    from psgscore.review.server import Stopper, listen, serve  # noqa: PLC0415

    paths = recordings_in(path)
    _require_one(path, plan)
    if plan.folder is not None:
        plan.folder.mkdir(parents=True, exist_ok=True)
    at_s = None
    if served.at is not None and not path.is_dir():
        at_s = moment_s(served.at, open_recording(path, plan.options.channels))
    listening, access, url = listen(served.address)
    hub, stop = Hub(paths, doors(plan), plan.reviewer), Stopper()
    setting = Setting(
        reviewer=plan.reviewer,
        blind=plan.blind,
        folder=path.is_dir(),
        others=tuple(map(shown, plan.names(path))),
        idle_exit_s=served.idle_exit_s,
    )
    app = ReviewApp(hub, setting, stop).guarded(access)
    told(url if at_s is None else f"{url}&t={at_s:g}")
    if len(paths) == 1:
        hub.begin_all()
    try:
        serve(app, listening, access, stop, idle_exit_s=served.idle_exit_s)
    finally:
        hub.close()


def _require_one(path: Path, plan: Plan) -> None:
    """Raise unless an adjudication is of one recording, and its scorings are there."""
    if plan.adjudicate is not None and path.is_dir():
        raise UsageError(
            f"{path}: is a folder, and two scorings are of one recording: give that recording"
        )
    for one in plan.adjudicate or ():
        existing_file(one)


def recordings_in(path: Path) -> tuple[Path, ...]:
    """Return the recordings of a folder, or the one that a path is.

    Raises
    ------
    InputPathError
        There is none.
    """
    if not path.is_dir():
        return (path,)
    found = sorted(
        one for one in path.iterdir() if one.suffix.lower() in EXTENSIONS and _is_recording(one)
    )
    if not found:
        raise InputPathError(f"{path}: no recording in this folder ({', '.join(EXTENSIONS)})")
    return tuple(found)


def _is_recording(path: Path) -> bool:
    """Say whether a file is a recording and not what psgscore wrote beside one."""
    own = (".annotations", ".hypnogram", ".annotated")
    return path.is_file() and not path.stem.lower().endswith(own)


def row_of(path: Path, plan: Plan) -> Document:
    """Return what the worklist says of a recording; what cannot be read says why."""
    row: Document = {
        "name": shown(path.name),
        "size_bytes": path.stat().st_size if path.is_file() else None,
        "state": "not scored",
        "by": "",
        "at": "",
        "edits": 0,
        "duration_s": None,
        "quality": [],
        "findings": 0,
        "legs": None,
        "indices": [],
        "error": "",
    }
    try:
        return row | _scored_row(path, plan)
    except PsgscoreError as error:
        return row | {"state": "unreadable", "error": shown_whole(str(error))}


def _scored_row(path: Path, plan: Plan) -> Document:
    kept, scored = plan.score_of(path), plan.folder_of(path) / f"{path.stem}.score.json"
    if kept.is_file():
        score = read_base(kept)
    elif scored.is_file() and plan.adjudicate is None:
        score = read_score(scored)
    else:
        return {}
    seen = blinded(score) if plan.blind else score
    state = _state_of(plan.journal_of(path), seen)
    signed = state.signatures[-1] if state is not None and state.signed else None
    found = sorted(score.findings, key=lambda one: _ORDER.index(one.severity))
    return {
        "state": "automatic" if state is None else state.standing,
        "by": "" if signed is None else signed.by,
        "at": "" if signed is None else signed.at,
        "edits": 0 if state is None else state.edits,
        "duration_s": score.duration_s,
        "quality": [
            {
                "severity": one.severity,
                "message": shown_whole(one.message),
                "where": shown_whole(one.where),
            }
            for one in found[:_MOST_FINDINGS]
        ],
        "findings": len(found),
        "legs": len(score.provenance.channels),
        # As the page shows them: a number from before the review is not that of a signed night.
        "indices": list(_indices(seen if state is None else Rescoring.of(seen)(state))),
    }


def _indices(score: Score) -> Iterator[Document]:
    for one in indices_of(score):
        if one.key.startswith(_INDICES):
            yield {
                "key": one.key,
                "label": one.label,
                "rules": one.rules,
                "unit": one.unit,
                "value": known(one.value),
            }


def _state_of(path: Path, score: Score) -> ReviewState | None:
    """Return where a review stands that this server need not have open; None if not begun."""
    if not path.is_file():
        return None
    return apply(entries_in(path), base_of(score))
