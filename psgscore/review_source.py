"""Opening a recording for review: its score found or made, its journal opened, its legs' rest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from psgscore.errors import JournalBusyError, JournalError, PsgscoreError
from psgscore.in_child import in_child
from psgscore.io.atomic import atomic_outputs
from psgscore.io.recording import Recording
from psgscore.io.score_read import read_score, score_from_json, score_text
from psgscore.model.criteria import DETECTION, LegMovementCriteria
from psgscore.model.score import Score
from psgscore.opening import open_recording, sha256_of
from psgscore.options import Options
from psgscore.progress import Progress, silent
from psgscore.review.binding import Binding, binding_of
from psgscore.review.catalog import Catalog
from psgscore.review.journal import Journal
from psgscore.review.opened import Opened, Seen
from psgscore.review.rescoring import blinded
from psgscore.review.watch import Watch
from psgscore.review_plan import BASE, Plan

LEVEL_STEP_S = 2.0
_GO_ON = (
    "the edits of this review refer to that score and no other. To go on with it, use the "
    "version of psgscore that wrote it, or put the file back from a backup if it is damaged; to "
    "begin anew, give another output folder. The journal stays as it is"
)
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
    watch = Watch(path, sha256_of)
    recording = open_recording(path, plan.options.channels)
    folder = plan.folder_of(path)
    base, text = _base(path, folder, plan, progress)
    if abs(base.duration_s - recording.duration_s) > 1e-3:
        raise JournalError(
            f"{path.name}: lasts {recording.duration_s:g} s, and its score {base.duration_s:g} s: "
            "it is the score of another recording. Give another output folder"
        )
    if text:
        with atomic_outputs(folder) as out:
            out.write_text(f"{path.stem}{BASE}", text)
    seen = _seen(path, plan, recording, base)
    catalog = Catalog.of(recording, base.provenance.detection)
    # Last, because nobody gives its lock back if something fails after it.
    journal, why = _journal(plan.journal_of(path), seen.binding)
    if not (seen.kept or why):
        _keep(plan.score_of(path), seen.base, journal)
    return Opened(
        recording=recording,
        base=seen.base,
        detection=base.provenance.detection or DETECTION,
        catalog=catalog,
        journal=journal,
        readonly_why=why,
        findings=seen.findings,
        verify=lambda: watch.require(base.provenance.input_sha256),
        still=lambda: watch.require_if_touched(base.provenance.input_sha256),
        others=seen.others,
        dispute=seen.dispute,
    )


def _seen(path: Path, plan: Plan, recording: Recording, base: Score) -> Seen:
    """Return what the reviewer is shown of a score, and of other scorers."""
    if plan.adjudicate is not None:
        from psgscore.adjudication_source import to_decide  # noqa: PLC0415 - start-up time

        return to_decide(path, plan.adjudicate, plan, recording, base)
    shown = blinded(base) if plan.blind else base
    seen = Seen(base=shown, binding=binding_of(shown, blind=plan.blind))
    if plan.second is None:
        return seen
    from psgscore.review_others import read_other  # noqa: PLC0415 - start-up time

    other = read_other(plan.second, plan.labels(path)[0], recording, base)
    return replace(seen, others=(other,))


def _keep(path: Path, base: Score, journal: Journal) -> None:
    """Put what a journal begins with beside it; the journal is given back if that fails."""
    from psgscore.io.score_json import score_json  # noqa: PLC0415 - start-up time

    try:
        with atomic_outputs(path.parent) as out:
            out.write_text(path.name, score_json(base))
    except BaseException:
        journal.close()
        raise


def _base(path: Path, folder: Path, plan: Plan, progress: Progress) -> tuple[Score, str]:
    """Return the score to review, and its text where reviews do not keep it yet."""
    kept, found = folder / f"{path.stem}{BASE}", folder / f"{path.stem}.score.json"
    if kept.is_file():
        return read_base(kept), ""
    if found.is_file() and not plan.options.scoring:
        try:
            text = score_text(found)
            score = score_from_json(text, found.name)
        except PsgscoreError:
            score = None
        if score is not None and score.review.state == "automatic":
            return score, text
    progress("scoring the recording", 0.1)
    in_child(_score_to, path, plan.options, folder)
    return read_score(kept), ""


def read_base(path: Path) -> Score:
    """Read the score that a review began with; no other can take its place.

    Raises
    ------
    ScoreFileError
        Another version wrote it, or it is damaged: says how the review can go on.
    """
    return read_score(path, advice=_GO_ON)


def _score_to(path: Path, options: Options, folder: Path) -> None:
    """Score a recording into the file that reviews start from."""
    from psgscore.io.score_json import score_json  # noqa: PLC0415 - only in the child
    from psgscore.pipeline import score_recording  # noqa: PLC0415

    score = score_recording(path, replace(options, by_hand=True))
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
