"""The score an adjudication begins with, and what is said of it once it is signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from psgscore.model.events import Events
from psgscore.model.finding import Finding, NotScored
from psgscore.model.score import Score
from psgscore.model.staging import AUTOMATIC
from psgscore.model.subject import ADJUDICATED
from psgscore.report.texts import counted
from psgscore.review.binding import SCORINGS
from psgscore.review.differences import Dispute, Tally
from psgscore.review.disagreements import KINDS
from psgscore.review.rescoring import blinded, restless_criteria
from psgscore.score.night import Context, score_events

_KEPT_SETTINGS = ("respiratory_window", "age", "sex")
_OF_A_SCORING = ("scoring.", "lights.")


def adjudication_base(
    score: Score, given: Dispute, files: Sequence[tuple[str, str]], said: Sequence[str]
) -> Score:
    """Return what two scorers agree on, as a score; lights and gaps are those of the recording.

    Parameters
    ----------
    score : Score
        The score of the recording.
    given : Dispute
        The two scorings.
    files : sequence of (str, str)
        Name and SHA-256 of what each was read from.
    said : sequence of str
        What each says, see `SCORINGS`.
    """
    seen = blinded(score)
    names = " and ".join(name for name, _ in files)
    settings: Mapping[str, Any] = {
        **{name: one for name, one in seen.provenance.settings.items() if name in _KEPT_SETTINGS},
        "movements": ADJUDICATED,
        SCORINGS: list(said),
    }
    provenance = replace(
        seen.provenance,
        detection=None,
        scoring_inputs=(*seen.provenance.scoring_inputs, *files),
        stage_source="" if given.hypnogram is None else f"adjudicated from {names}",
        settings=settings,
    )
    context = Context(
        duration_s=seen.duration_s,
        start=seen.start,
        covers=given.covers,
        gaps=seen.gaps,
        unreadable=seen.unreadable,
        not_scored=tuple(_not_measured(given)),
        findings=tuple(one for one in seen.findings if not one.code.startswith(_OF_A_SCORING)),
        restless=restless_criteria(score),
        provenance=provenance,
    )
    events = Events.concat([seen.events, given.events])
    base = score_events(events, given.hypnogram, rules=provenance.rules, context=context)
    return replace(base, subject=seen.subject, scorer=given.scorer)


def _not_measured(given: Dispute) -> Iterator[NotScored]:
    others = sorted(set(given.kinds) - set(KINDS))
    if others:
        reason = "what two scorers marked is listed among the events, and not measured again"
        yield NotScored(f"numbers of other movements ({', '.join(others)})", reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What is said of a signed adjudication.

    Parameters
    ----------
    names : tuple of str
        The two scorers.
    tally : Tally
        How much was agreed and decided.
    staged : bool
        The two gave stages that could be put side by side.
    findings : tuple of Finding
        What was not put to adjudication.
    """

    names: tuple[str, ...]
    tally: Tally
    staged: bool
    findings: tuple[Finding, ...] = ()


def with_record(score: Score, record: Record) -> Score:
    """Return a signed score with who was adjudicated, and how much was left undecided."""
    findings = (*score.findings, *record.findings, *_findings(record), *_by_program(score))
    provenance = score.provenance
    if record.staged:
        counts = f"{counted(record.tally.epochs, 'epoch')} agreed, {decided_text(record.tally)}"
        source = f"adjudicated from {' and '.join(record.names)} ({counts})"
        provenance = replace(provenance, stage_source=source)
    return replace(score, findings=findings, provenance=provenance)


def decided_text(tally: Tally) -> str:
    """Say how many differences were decided."""
    done = tally.differences - tally.undecided
    return f"{done} of {counted(tally.differences, 'difference')} decided"


def _findings(record: Record) -> Iterator[Finding]:
    tally = record.tally
    yield Finding(
        "adjudication.counts",
        f"adjudicated from {' and '.join(record.names)}: {counted(tally.events, 'event')} and "
        f"{counted(tally.epochs, 'epoch')} agreed, {decided_text(tally)}",
        severity="note",
    )
    if tally.undecided:
        yield Finding(
            "adjudication.undecided",
            f"left undecided: {counted(tally.undecided, 'difference')}. For that "
            f"{counted(tally.open_epochs, 'epoch')} unscored, "
            f"{counted(tally.open_events, 'event')} not counted",
        )
    if tally.unscored_epochs:
        yield Finding(
            "adjudication.unscored",
            f"{counted(tally.unscored_epochs, 'epoch')} to which the two gave different stages, "
            "decided without a stage: unscored",
        )


def _by_program(score: Score) -> Iterator[Finding]:
    count = 0 if score.scorer is None else int(np.sum(score.scorer == AUTOMATIC))
    if count:
        yield Finding(
            "scoring.automatic-stages",
            f"{counted(count, 'epoch')} with the stage a program gave: neither scorer looked at it",
        )
