"""The rules alone: an event table in, a `Score` out."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from psgscore._version import __version__
from psgscore.errors import NotScorableError, UsageError
from psgscore.io.scoring_files import read_scorings
from psgscore.io.scoring_fit import combine
from psgscore.model.criteria import Criteria
from psgscore.model.finding import NotScored
from psgscore.model.score import Provenance, Score
from psgscore.model.scoring import Scoring, stretches_of
from psgscore.opening import sha256_of
from psgscore.score.night import Context, score_events, with_respiratory_window
from psgscore.stages_used import lights_of


def rescore_events(  # noqa: PLR0913 - all by keyword
    paths: Sequence[str | os.PathLike[str]],
    *,
    rules: Sequence[Criteria],
    stage_codes: str | None = None,
    respiratory_window: str = "wide",
    none_found: frozenset[str] = frozenset(),
    labels: str | os.PathLike[str] | None = None,
    table: str | os.PathLike[str] | None = None,
    duration_s: float | None = None,
) -> Score:
    """Score the movements that scoring files hold.

    Parameters
    ----------
    paths : sequence of path-like
        The event table, and files with more of the same night (stages).
    rules : sequence of Criteria
        Rule sets, side by side.
    stage_codes : str, optional
        What bare stage numbers mean.
    respiratory_window : str
        ``"wide"`` or ``"narrow"``, for rule sets that flag respiratory movements.
    none_found : frozenset of str
        What was scored without finding any.
    labels, table : path-like, optional
        Words of the user's, and what the columns of the files are; see `read_scoring`.
    duration_s : float, optional
        Length of the recording. Without it stages or lights on tell where hours end; where
        those are missing too, nothing is counted per hour.

    Raises
    ------
    NotScorableError
        The files hold neither leg movements nor stages.
    UsageError
        The recording is said to end before the scoring does.
    PsgscoreError
        A file cannot be read or understood.
    """
    scoring = combine(read_scorings(paths, stage_codes=stage_codes, labels=labels, table=table))
    if "LM" not in scoring.covers and scoring.hypnogram is None:
        raise NotScorableError(Path(paths[0]).name, ("it holds neither leg movements nor stages",))
    _require_length(scoring, duration_s)
    provenance = Provenance(
        version=__version__,
        input_name=Path(paths[0]).name,
        input_sha256=sha256_of(paths[0]),
        scoring_inputs=tuple((Path(path).name, sha256_of(path)) for path in paths[1:]),
        channels=(),
        detection=None,
        criteria_sha256="",
        stage_source="" if scoring.hypnogram is None else "imported",
        settings={
            "respiratory_window": respiratory_window,
            "none_found": sorted(none_found),
        },
    )
    gaps, unreadable = stretches_of(scoring.events)
    context = Context(
        duration_s=duration_s,
        covers=scoring.covers | none_found,
        gaps=gaps,
        unreadable=unreadable,
        findings=scoring.findings,
        provenance=provenance,
    )
    chosen = [with_respiratory_window(rule, respiratory_window) for rule in rules]
    score = score_events(scoring.events, scoring.hypnogram, rules=chosen, context=context)
    return score if _length_known(scoring, duration_s) else _without_hours(score)


def _require_length(scoring: Scoring, duration_s: float | None) -> None:
    ends = scoring.events.stop_s.tolist()
    ends += [] if scoring.hypnogram is None else [scoring.hypnogram.stop_s]
    last_s = max(ends, default=0.0)
    if duration_s is not None and not last_s <= duration_s < math.inf:
        raise UsageError(
            f"a recording of {duration_s / 3600:g} h cannot hold what is scored at "
            f"{last_s / 3600:.4g} h: give its length in hours"
        )


def _length_known(scoring: Scoring, duration_s: float | None) -> bool:
    """Whether anything tells how long the recording was: hours need that."""
    lights_on_s = lights_of(scoring.events)[1]
    return duration_s is not None or scoring.hypnogram is not None or lights_on_s is not None


def _without_hours(score: Score) -> Score:
    """Return the score without what is counted per hour of a night that nobody knows the end of."""
    reason = (
        "neither stages nor lights on say how long the recording was: give the stages, mark lights "
        "on, or say --hours"
    )
    missing = NotScored("everything per hour", reason)
    return replace(score, rates=(), restless=None, not_scored=(*score.not_scored, missing))
