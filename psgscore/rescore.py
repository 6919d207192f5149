"""The rules alone: an event table in, a `Score` out."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from psgscore._version import __version__
from psgscore.errors import NotScorableError
from psgscore.io.scoring_files import read_scorings
from psgscore.io.scoring_fit import combine
from psgscore.model.criteria import Criteria
from psgscore.model.finding import Finding
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

    Raises
    ------
    NotScorableError
        The files hold neither leg movements nor stages.
    PsgscoreError
        A file cannot be read or understood.
    """
    scoring = combine(read_scorings(paths, stage_codes=stage_codes, labels=labels, table=table))
    if "LM" not in scoring.covers and scoring.hypnogram is None:
        raise NotScorableError(Path(paths[0]).name, ("it holds neither leg movements nor stages",))
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
        covers=scoring.covers | none_found,
        gaps=gaps,
        unreadable=unreadable,
        findings=(*scoring.findings, *_unknown_length(scoring)),
        provenance=provenance,
    )
    chosen = [with_respiratory_window(rule, respiratory_window) for rule in rules]
    return score_events(scoring.events, scoring.hypnogram, rules=chosen, context=context)


def _unknown_length(scoring: Scoring) -> list[Finding]:
    """Say so where nothing tells how long the recording was: hours need that."""
    if scoring.hypnogram is not None or lights_of(scoring.events)[1] is not None:
        return []
    message = (
        "neither stages nor lights on say how long the recording was: hours end with the last "
        "event, so every index per hour is likely too high; give the stages, or mark lights on"
    )
    return [Finding("rescore.unknown-length", message)]
