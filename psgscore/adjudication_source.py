"""Opening an adjudication: the two scorings read, what they agree on made or found again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from psgscore.io.recording import Recording
from psgscore.io.score_read import read_score
from psgscore.model.events import Events
from psgscore.model.finding import Finding
from psgscore.model.score import Score
from psgscore.model.staging import AUTOMATIC_STAGES
from psgscore.opening import sha256_of
from psgscore.review.adjudicated_score import Record, adjudication_base
from psgscore.review.adjudication import dispute, scoring_sha256
from psgscore.review.binding import SCORINGS, binding_of
from psgscore.review.differences import Dispute, Other, Tally
from psgscore.review.opened import Seen
from psgscore.review_others import read_other
from psgscore.review_plan import Plan

_LIGHTS = (("lights_off", 0), ("lights_on", -1))


def to_decide(
    path: Path, paths: tuple[Path, Path], plan: Plan, recording: Recording, score: Score
) -> Seen:
    """Read two scorings of a recording, and put them side by side.

    Parameters
    ----------
    path : Path
        The recording.
    paths : (Path, Path)
        The scorings.
    plan : Plan
        How it is opened.
    recording : Recording
        The recording, opened.
    score : Score
        Its score, which gives lights, gaps and rules, and what journals are bound to.

    Raises
    ------
    PsgscoreError
        One of them cannot be read.
    """
    labels = plan.labels(path)
    read = [read_other(paths[k], labels[k], recording, score) for k in (0, 1)]
    said = [scoring_sha256(one.scoring) for one in read]
    # Sorted, an adjudication goes on whichever of the two is named first.
    settings = sorted(f"{paths[k].name}: {said[k]}" for k in (0, 1))
    # Masked, the order on the command line must not tell; what they say has an order of its own.
    order = sorted((0, 1), key=lambda k: said[k]) if plan.masked else (0, 1)
    first, second = (read[k] for k in order)
    if plan.masked:
        first, second = replace(first, name="A"), replace(second, name="B")
    given = dispute(first, second, recording.duration_s)
    base = _kept(plan.score_of(path), settings)
    kept = base is not None
    if base is None:
        files = sorted((one.name, sha256_of(one)) for one in paths)
        base = adjudication_base(score, given, files, settings)
    return Seen(
        base=base,
        kept=kept,
        others=(first, second),
        dispute=given,
        binding=binding_of(base),
        findings=_findings((first, second), given, base),
    )


def record_of(others: tuple[Other, ...], counted: Tally, base: Score) -> Record:
    """Return what is said of an adjudication that is signed: who is who is no secret then."""
    first, second = (replace(one, name=one.label) for one in others)
    given = dispute(first, second, base.duration_s)
    said = _findings((first, second), given, base)
    return Record(
        names=(first.name, second.name),
        tally=counted,
        staged=given.hypnogram is not None,
        # Whether stages are automatic is known by epoch, and said of what was signed.
        findings=tuple(one for one in said if one.code != AUTOMATIC_STAGES),
    )


def _kept(path: Path, settings: list[str]) -> Score | None:
    """Return the score an adjudication of these scorings began with, None before there is one."""
    if not path.is_file():
        return None
    base = read_score(path)
    return base if list(base.provenance.settings.get(SCORINGS, ())) == settings else None


def _findings(both: tuple[Other, Other], given: Dispute, base: Score) -> tuple[Finding, ...]:
    """Return what is to be known of two scorings that are put side by side."""
    return (*given.findings, *(found for one in both for found in _of_other(one, base)))


def _of_other(other: Other, score: Score) -> list[Finding]:
    """Return what was tolerated on reading a scorer, and where their lights are not used."""
    found = [replace(one, where=other.name) for one in other.findings]
    for kind, row in _LIGHTS:
        theirs, used = (_mark(one, kind, row) for one in (other.scoring.events, score.events))
        if theirs is not None and theirs != used:
            message = (
                f"{kind.replace('_', ' ')} is at {theirs:g} s here: the recording's own is used, "
                f"{'which has none' if used is None else f'at {used:g} s'}"
            )
            found.append(Finding("adjudication.lights", message, other.name))
    return found


def _mark(events: Events, kind: str, row: int) -> float | None:
    times = events.of_kind(kind).start_s
    return float(times[row]) if times.size else None
