"""Opening a recording for review: its score found or made, its journal opened, its legs' rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psgscore.errors import JournalBusyError, JournalError, PsgscoreError, UsageError
from psgscore.in_child import in_child
from psgscore.io.atomic import atomic_outputs
from psgscore.io.recording import Recording
from psgscore.io.score_read import read_score, score_from_json, score_text
from psgscore.model.criteria import DETECTION
from psgscore.model.score import Score
from psgscore.model.scoring import Scoring, covered
from psgscore.opening import open_recording, sha256_of
from psgscore.options import Options
from psgscore.progress import Progress, silent
from psgscore.review.catalog import Catalog
from psgscore.review.desk import Opened
from psgscore.review.journal import ENDING, Binding, Journal, journal_path
from psgscore.review.replay import apply
from psgscore.review.rescoring import base_of, base_sha256, blinded, covers_of_score
from psgscore.review.watch import Watch

BASE = ".review.base.json"
LEVEL_STEP_S = 2.0
_GO_ON = (
    "the edits of this review refer to that score and no other. To go on with it, use the "
    "version of psgscore that wrote it, or put the file back from a backup if it is damaged; to "
    "begin anew, give another output folder. The journal stays as it is"
)
Level = tuple[str, list[tuple[float, float, list[float]]]]
"""Name of a leg, and of every stretch its start, the seconds between two values, and those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How recordings are opened for review.

    Parameters
    ----------
    options : Options
        How a recording without a score is scored.
    folder : Path or None
        Where journals and results lie; None for beside each recording.
    reviewer : str
        Who reviews.
    blind : bool
        Nothing automatic is shown.
    second : Path or None
        Journal or scoring of another scorer.
    """

    options: Options
    folder: Path | None = None
    reviewer: str = ""
    blind: bool = False
    second: Path | None = None

    def __post_init__(self) -> None:
        if self.blind and not self.reviewer.strip():
            raise UsageError("a blind scorer needs a name of their own: give --reviewer")

    def folder_of(self, recording: Path) -> Path:
        """Return where what belongs to a recording lies."""
        return recording.parent if self.folder is None else self.folder

    def journal_of(self, recording: Path) -> Path:
        """Return its journal."""
        scorer = re.sub(r"[^\w-]+", "_", self.reviewer.strip()) if self.blind else ""
        return journal_path(self.folder_of(recording), recording.stem, scorer)


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
    if plan.blind:
        base = blinded(base)
    second = _second(plan.second, recording, base)
    catalog = Catalog.of(recording, base.provenance.detection)
    # Last, because nobody gives its lock back if something fails after it.
    journal, why = _journal(plan.journal_of(path), base, blind=plan.blind)
    return Opened(
        recording=recording,
        base=base,
        catalog=catalog,
        journal=journal,
        readonly_why=why,
        verify=lambda: watch.require(base.provenance.input_sha256),
        still=lambda: watch.require_if_touched(base.provenance.input_sha256),
        second=second,
    )


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

    score = score_recording(path, options)
    with atomic_outputs(folder) as out:
        out.write_text(f"{path.stem}{BASE}", score_json(score))


def _journal(path: Path, base: Score, *, blind: bool) -> tuple[Journal, str]:
    binding = binding_of(base, blind=blind)
    try:
        return Journal.open(path, binding), ""
    except JournalBusyError as error:
        return Journal.open(path, binding, write=False), str(error)


def binding_of(base: Score, *, blind: bool) -> Binding:
    """Return what a journal of a score is about."""
    return Binding(
        input_name=base.provenance.input_name,
        input_sha256=base.provenance.input_sha256,
        criteria_sha256=base.provenance.criteria_sha256,
        base_sha256=base_sha256(base_of(base)),
        blind=blind,
    )


def _second(path: Path | None, recording: Recording, base: Score) -> tuple[str, Scoring] | None:
    """Read what another scorer says: a journal of this recording, or any scoring."""
    if path is None:
        return None
    from psgscore.io.scoring_files import read_scorings  # noqa: PLC0415 - start-up time
    from psgscore.io.scoring_fit import combine, fit_to_recording  # noqa: PLC0415

    if not path.name.endswith(ENDING):
        scoring = combine(read_scorings((path,), start=recording.start))
        return path.name, fit_to_recording(scoring, recording.duration_s)
    for blind in (True, False):
        seen = blinded(base) if blind else base
        try:
            journal = Journal.open(path, binding_of(seen, blind=blind), write=False)
        except JournalError:
            if not blind:
                raise
            continue
        break
    state = apply(journal.entries(), base_of(seen))
    events = state.for_rules()
    covers = covers_of_score(seen) | covered(events)
    return path.name, Scoring(hypnogram=state.hypnogram, events=events, covers=covers)


def leg_levels(path: Path, options: Options, score: Score) -> list[Level]:
    """Return the resting level of every leg over the night, as the detector follows it."""
    return in_child(_levels, path, options.channels, score.provenance.detection)


def _levels(path: Path, channels: Any, detection: Any) -> list[Level]:
    from psgscore.io.channels import derive  # noqa: PLC0415 - only in the child
    from psgscore.leg_channels import read_emg  # noqa: PLC0415

    recording = open_recording(path, channels)
    found = []
    for leg in recording.channel_map.legs if recording.channel_map else ():
        try:
            emg = read_emg(leg, derive(recording, leg), detection or DETECTION).emg
        except PsgscoreError:
            continue
        pieces = []
        for stretch in () if emg is None else emg.stretches:
            every = stretch.envelope.steps(LEVEL_STEP_S)
            values = [round(float(one), 2) for one in stretch.rest[::every]]
            pieces.append((stretch.start_s, every * stretch.envelope.step_s, values))
        found.append((leg.name, pieces))
    return found
