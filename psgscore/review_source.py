"""Opening a recording for review: its score found or made, its journal opened, its legs' rest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from psgscore.adjudication_source import Seen, to_decide
from psgscore.errors import JournalBusyError, JournalError, PsgscoreError
from psgscore.in_child import in_child
from psgscore.io.atomic import atomic_outputs
from psgscore.io.recording import Recording
from psgscore.io.score_json import score_json
from psgscore.io.score_read import read_score
from psgscore.model.criteria import DETECTION, LegMovementCriteria
from psgscore.model.score import Score
from psgscore.opening import open_recording, sha256_of
from psgscore.options import Options
from psgscore.progress import Progress, silent
from psgscore.review.binding import Binding
from psgscore.review.journal import Journal
from psgscore.review.opened import Opened
from psgscore.review.rescoring import blinded
from psgscore.review.tracks import tracks_of
from psgscore.review_others import binding_of, read_other
from psgscore.review_plan import BASE, Plan

LEVEL_STEP_S = 2.0
Value = TypeVar("Value")
Level = tuple[str, list[tuple[float, float, list[float]]]]
"""Name of a leg, and of every stretch its start, the seconds between two values, and those."""


def open_review(path: Path, plan: Plan, progress: Progress = silent) -> Opened:
    """Open a recording for review; score it first if nobody has.

    Raises
    ------
    PsgscoreError
        The recording, its score or its journal cannot be used.
    """
    progress("opening the recording", 0.0)
    recording = open_recording(path, plan.options.channels)
    folder = plan.folder_of(path)
    base, whole = _base(path, folder, plan, progress)
    if abs(base.duration_s - recording.duration_s) > 1e-3:
        raise JournalError(
            f"{path.name}: lasts {recording.duration_s:g} s, and its score {base.duration_s:g} s: "
            "it is the score of another recording. Give another output folder"
        )
    checked = in_background(lambda: sha256_of(path))
    if not whole:
        with atomic_outputs(folder) as out:
            out.write_text(f"{path.stem}{BASE}", score_json(base))
    seen = _seen(path, plan, recording, base)
    journal, why = _journal(plan.journal_of(path), seen.binding)
    if not (seen.kept or why):
        _keep(plan.score_of(path), seen.base, journal)
    return Opened(
        recording=recording,
        base=seen.base,
        detection=base.provenance.detection or DETECTION,
        tracks=tracks_of(recording, base.provenance.detection),
        journal=journal,
        readonly_why=why,
        findings=seen.findings,
        verify=lambda: _require_same(path, base, checked.result()),
        others=seen.others,
        dispute=seen.dispute,
    )


def _keep(path: Path, base: Score, journal: Journal) -> None:
    """Put what a journal begins with beside it; the journal is given back if that fails."""
    try:
        with atomic_outputs(path.parent) as out:
            out.write_text(path.name, score_json(base))
    except BaseException:
        journal.close()
        raise


def _seen(path: Path, plan: Plan, recording: Recording, base: Score) -> Seen:
    """Return what the reviewer is shown of a score, and of other scorers."""
    if plan.adjudicate is not None:
        return to_decide(path, plan.adjudicate, plan, recording, base)
    seen = blinded(base) if plan.blind else base
    labels = plan.labels(path)
    others = (read_other(plan.second, labels[0], recording, base),) if plan.second else ()
    return Seen(base=seen, binding=binding_of(seen, blind=plan.blind), others=others)


def _require_same(path: Path, base: Score, sha256: str) -> None:
    if sha256 != base.provenance.input_sha256:
        raise JournalError(
            f"{path.name}: is not the file its score was made from: give another output folder"
        )


def _base(path: Path, folder: Path, plan: Plan, progress: Progress) -> tuple[Score, bool]:
    """Return the score to review, and whether it lies where reviews keep it."""
    kept, found = folder / f"{path.stem}{BASE}", folder / f"{path.stem}.score.json"
    if kept.is_file():
        return read_score(kept), True
    if found.is_file() and not plan.options.scoring:
        try:
            score = read_score(found)
        except PsgscoreError:
            score = None
        if score is not None and score.review.state == "automatic":
            return score, False
    progress("scoring the recording", 0.1)
    in_child(_score_to, path, plan.options, folder)
    return read_score(kept), True


def _score_to(path: Path, options: Options, folder: Path) -> None:
    """Score a recording into the file that reviews start from."""
    from psgscore.pipeline import score_recording  # noqa: PLC0415 - only in the child

    score = score_recording(path, options)
    with atomic_outputs(folder) as out:
        out.write_text(f"{path.stem}{BASE}", score_json(score))


def _journal(path: Path, binding: Binding) -> tuple[Journal, str]:
    try:
        return Journal.open(path, binding), ""
    except JournalBusyError as error:
        return Journal.open(path, binding, write=False), str(error)


def leg_levels(path: Path, options: Options, detection: LegMovementCriteria) -> list[Level]:
    """Return the resting level of every leg over the night, as the detector follows it."""
    return in_child(_levels, path, options.channels, detection)


def _levels(path: Path, channels: Any, detection: LegMovementCriteria) -> list[Level]:
    from psgscore.io.channels import derive  # noqa: PLC0415 - only in the child
    from psgscore.leg_channels import read_emg  # noqa: PLC0415

    recording = open_recording(path, channels)
    found = []
    for leg in recording.channel_map.legs if recording.channel_map else ():
        try:
            emg = read_emg(leg, derive(recording, leg), detection).emg
        except PsgscoreError:
            continue
        pieces = []
        for stretch in () if emg is None else emg.stretches:
            every = stretch.envelope.steps(LEVEL_STEP_S)
            values = [round(float(one), 2) for one in stretch.rest[::every]]
            pieces.append((stretch.start_s, every * stretch.envelope.step_s, values))
        found.append((leg.name, pieces))
    return found


def in_background(work: Callable[[], Value]) -> Future[Value]:
    """Begin work beside everything else; its result or error comes with the future."""
    future: Future[Value] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except PsgscoreError as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future
