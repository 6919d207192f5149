"""What a signed review gives: the whole score of it, and the files that are written of that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from psgscore.adjudication_source import record_of
from psgscore.errors import PsgscoreError
from psgscore.explaining_source import find_explaining
from psgscore.in_child import in_child
from psgscore.io.outputs import write_score
from psgscore.io.recording import Recording
from psgscore.io.score_read import read_score
from psgscore.leg_channels import LegResult, score_legs
from psgscore.model._arrays import Words
from psgscore.model.criteria import DETECTION
from psgscore.model.events import Events
from psgscore.model.finding import NotScored
from psgscore.model.hypnogram import Stage
from psgscore.model.score import Score
from psgscore.model.scoring import arousals_of, covered
from psgscore.model.subject import ADJUDICATED, IMPORTED, MARKED, Review
from psgscore.movement_channels import MovementChannels, read_movement_channels
from psgscore.movement_source import score_movements
from psgscore.onset_source import onsets_of
from psgscore.opening import open_recording
from psgscore.review.adjudicated_score import Record, with_record
from psgscore.review.binding import binding_of
from psgscore.review.confirmed import confirmed
from psgscore.review.desk import Desk
from psgscore.review.journal import ENDING, Journal
from psgscore.review.replay import apply
from psgscore.review.rescoring import Rescoring, base_of, blinded
from psgscore.review.state import MADE, REJECTED_BY, REVIEW_ID, REVIEWER, ReviewState
from psgscore.review_plan import Plan
from psgscore.score.differential import with_differential
from psgscore.score.doubt import index_ranges
from psgscore.score.movement_rates import COUNTED
from psgscore.snapshot_source import with_snapshots

KINDS = ("events", "movements", "score", "summary", "annotations", "report", "pdf")
_EXPLAINING = ("ALMA", "HFT", "HFLM", "RMD", "rhythmic_flag", "LMM", "bruxism")
_AFTERWARDS = ("jerk", "EFM", "fragmentary_potential", "RSWA", "ACC")
_NUMBERS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "jerk": ("counts of hypnic jerks", {"jerks": ()}),
    "EFM": ("fragmentary myoclonus", {"fragmentary_per_hour": None}),
    "fragmentary_potential": ("fragmentary myoclonus", {"fragmentary_per_hour": None}),
    "RSWA": ("muscle activity in REM sleep", {"rem": None}),
    "ACC": ("bursts of the accelerometers", {"accelerometers": ()}),
}
"""What is counted of each kind, and a `MovementScore` without that."""

_OTHERS = "movements besides leg movements"


def write_reviewed(path: Path, desk: Desk, plan: Plan) -> Sequence[Path]:
    """Write report, tables and score of a signed review.

    Parameters
    ----------
    path : Path
        The recording.
    desk : Desk
        Whose review is signed.
    plan : Plan
        Where results lie.

    Returns
    -------
    sequence of Path
        What was written; every revision has files of its own.
    """
    state, journal = desk.state, desk.opened.journal.path
    number = "" if state.revision == 1 else f"-{state.revision}"
    stem = f"{journal.name.removesuffix(ENDING)}.reviewed{number}"
    files, counted = (plan.score_of(path), journal), desk.tally()
    record = None
    if counted is not None:
        record = record_of(desk.opened.others, counted, desk.opened.base)
    seen = _Seen(blind=plan.blind, record=record)
    return in_child(_write, path, plan.options.channels, files, stem, seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """How the base was reviewed: by one who did not see it, or as an adjudication."""

    blind: bool
    record: Record | None


def _write(
    path: Path, channels: Any, files: tuple[Path, Path], stem: str, seen: _Seen
) -> Sequence[Path]:
    """Score and write; the base and the journal are read again, in a process of its own."""
    recording = open_recording(path, channels)
    base, folder = read_score(files[0]), files[1].parent
    if seen.blind:
        base = blinded(base)
    journal = Journal.open(files[1], binding_of(base, blind=seen.blind), write=False)
    score = reviewed_score(base, apply(journal.entries(), base_of(base)), recording)
    if seen.record is not None:
        score = with_record(score, seen.record)
    kinds = KINDS if score.hypnogram is None else (*KINDS, "hypnogram")
    return write_score(score, folder, stem, kinds=kinds, recording=recording, inputs=(path,))


def reviewed_score(base: Score, state: ReviewState, recording: Recording) -> Score:
    """Return the whole score of a signed review.

    Parameters
    ----------
    base : Score
        What was reviewed.
    state : ReviewState
        Where the review stands, signed.
    recording : Recording
        With its channel map: other movements and sleep onsets are read from it again, since
        they go by the stages and leg movements that a person changed.
    """
    last = state.signatures[-1]
    review = Review(by=last.by, at=last.at, edits=state.edits)
    if not state.edits:
        return confirmed(replace(base, review=review), base, state)
    rescoring = Rescoring.of(base)
    score, missing = _with_others(base, state, recording, rescoring)
    score = replace(
        score,
        events=_told(Events.concat([score.events, state.rejected()])),
        subject=base.subject,
        review=review,
        staging=base.staging,
        scorer=_scorer(state),
        not_scored=(*score.not_scored, *missing, *_not_again(base)),
    )
    if base.hypnogram is None and score.hypnogram is not None:
        score = replace(score, provenance=replace(score.provenance, stage_source="this review"))
    by_hand = base.provenance.settings.get("movements") != ADJUDICATED
    if by_hand and not base.events.is_kind("LM").any():
        score = _marked_by_hand(score)
    return confirmed(_with_ranges(score, state, rescoring), base, state)


def _marked_by_hand(score: Score) -> Score:
    """Return the score without a word of the detector: a person marked every leg movement."""
    settings = {**score.provenance.settings, "movements": MARKED}
    return replace(score, provenance=replace(score.provenance, detection=None, settings=settings))


def _with_others(
    base: Score, state: ReviewState, recording: Recording, rescoring: Rescoring
) -> tuple[Score, tuple[NotScored, ...]]:
    """Score leg movements, onsets, and what else goes by them; say what cannot be."""
    onsets, traces = onsets_of(recording, state.hypnogram)
    score = replace(rescoring(state), onsets=onsets, onset_traces=traces)
    if base.movements is None:
        return score, ()
    touched = _touched(base, state)
    try:
        legs, channels = _channels(base, recording)
    except PsgscoreError as error:
        return score, (NotScored(_OTHERS, str(error)),)
    if channels is None:
        reason = "the leg channels are not those of the score: give its channel map"
        return score, (NotScored(_OTHERS, reason),)
    criteria, events = base.movements.criteria, state.for_rules()
    covers = rescoring.covers | covered(events)
    explaining = find_explaining(
        channels,
        state.hypnogram,
        arousals_of(events, covers),
        criteria,
        marked=_imported(base),
    )
    anew = [kind for kind in _EXPLAINING if kind not in touched]
    kept = events.where(~events.is_kind(*anew, *_AFTERWARDS))
    again = Events.concat([kept, explaining.events.of_kind(*anew)])
    score = rescoring.score(again, state.hypnogram)
    # What was missing of them before the review may be there by now: it is said anew.
    left = tuple(one for one in score.not_scored if one not in base.movements.not_scored)
    score = replace(score, not_scored=left, onsets=onsets, onset_traces=traces)
    score = score_movements(score, channels, explaining, covers, criteria)
    decided = [kind for kind in _AFTERWARDS if kind in touched]
    score, missing = _as_decided(score, events.of_kind(*decided), decided)
    return with_snapshots(score, legs, channels, criteria), missing


def _as_decided(
    score: Score, decided: Events, kinds: Sequence[str]
) -> tuple[Score, tuple[NotScored, ...]]:
    """Let what a person said of some kinds stand, without the numbers that do not know of it."""
    if not kinds or score.movements is None:
        return score, ()
    movements, missing = score.movements, []
    for kind in kinds:
        what, without = _NUMBERS[kind]
        movements = replace(movements, **without)
        reason = "a person changed them, and they are not counted anew: see the table of events"
        missing.append(NotScored(what, reason))
    events = Events.concat([score.events.where(~score.events.is_kind(*kinds)), decided])
    stale = {name for name, kind in COUNTED.items() if kind.partition(":")[0] in kinds}
    rates = tuple(one for one in score.rates if one.name not in stale)
    whole = replace(score, events=events, rates=rates, movements=movements)
    return with_differential(whole), tuple(dict.fromkeys(missing))


def _touched(base: Score, state: ReviewState) -> set[str]:
    """Return the kinds of events, without sub-kinds, that a person changed."""
    now = state.events
    left = set(now.text(REVIEW_ID).tolist())
    changed = now.kind[now.text(MADE) != ""].tolist()
    gone = [kind for row, kind in enumerate(base.events.kind.tolist()) if f"e{row}" not in left]
    was = [
        base.events.kind[int(one[1:])]
        for one in now.text(REVIEW_ID)[now.text(MADE) == "relabelled"].tolist()
        if one.startswith("e")
    ]
    return {str(kind).partition(":")[0] for kind in (*changed, *gone, *was)}


def _imported(base: Score) -> bool:
    return base.provenance.settings.get("movements") == IMPORTED


def _channels(base: Score, recording: Recording) -> tuple[list[LegResult], MovementChannels | None]:
    """Read the channels again; None where the legs are not those the score rests on."""
    detection = base.provenance.detection or DETECTION
    legs: list[LegResult] = []
    if not _imported(base) and recording.channel_map is not None:
        found = score_legs(recording, recording.channel_map.legs, detection)
        legs = [one for one in found if one.channel is not None]
    names = {one.channel.name for one in legs if one.channel is not None}
    if base.movements is None or names != {one.name for one in base.provenance.channels}:
        return legs, None
    return legs, read_movement_channels(recording, legs, detection, base.movements.criteria)


def _scorer(state: ReviewState) -> Words | None:
    """Return who staged each epoch as a score says it: the reviewer is a person like any."""
    if state.scorer is None:
        return None
    given: Words = np.where(state.scorer == REVIEWER, "given", state.scorer)
    if state.hypnogram is None:
        return given
    return np.where(state.hypnogram.stages == Stage.UNSCORED, "", given)


def _told(events: Events) -> Events:
    """Return events without the columns that only a review needs."""
    texts = {name: words for name, words in events.texts.items() if name not in _OWN}
    return replace(events, texts=texts)


_OWN = (REVIEW_ID, REJECTED_BY, MADE)


def _not_again(base: Score) -> tuple[NotScored, ...]:
    if not base.sensitivity:
        return ()
    reason = "it was worked out before the review, and the movements have changed since"
    return (NotScored("how far the indices move with their thresholds", reason),)


def _with_ranges(score: Score, state: ReviewState, rescoring: Rescoring) -> Score:
    """Add what the doubts of the automatic stages that are left do to the numbers."""
    probabilities = None if score.hypnogram is None else score.hypnogram.probabilities
    if score.staging is None or probabilities is None:
        return score
    events = state.for_rules()
    ranges = index_ranges(score, lambda one: rescoring.score(events, one), probabilities)
    return replace(score, ranges=ranges)
