"""Scorings put together, and fitted to the recording they belong to.

Finding codes (all begin with ``scoring.``): ``repeated``, ``longer``, ``shorter``,
``events-outside``, ``epoch-offset``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from psgscore.errors import ScoringFileError
from psgscore.io.scoring_plm import movements_missing
from psgscore.model.events import Events
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.scoring import Scoring

_GRID_TOLERANCE_S = 0.01


def combine(scorings: Sequence[Scoring]) -> Scoring:
    """Put several scorings of one recording together: stages of one, events of all.

    An event that an earlier scoring holds too (same kind, start and stop) counts once,
    with a finding.

    Raises
    ------
    ScoringFileError
        More than one gives stages, and they differ.
    """
    staged = [scoring.hypnogram for scoring in scorings if scoring.hypnogram is not None]
    for other in staged[1:]:
        same = other.start_s == staged[0].start_s and other.epoch_s == staged[0].epoch_s
        if not (same and np.array_equal(other.stages, staged[0].stages)):
            raise ScoringFileError("two of the scorings give stages, and they differ: name one")
    findings = [finding for scoring in scorings for finding in scoring.findings]
    events, n_repeated = _each_once([scoring.events for scoring in scorings])
    if n_repeated:
        message = f"{n_repeated} events stand in more than one of the scorings: counted once"
        findings.append(Finding("scoring.repeated", message))
    covers: frozenset[str] = frozenset().union(*(scoring.covers for scoring in scorings))
    missing = movements_missing(events) if "LM" in covers else None
    if missing is not None:
        covers -= {"LM"}
        findings.append(missing)
    return Scoring(
        hypnogram=staged[0] if staged else None,
        events=events,
        covers=covers,
        findings=tuple(findings),
    )


def fit_to_recording(scoring: Scoring, duration_s: float) -> Scoring:
    """Cut a hypnogram to the recording, and say what did not fit.

    Parameters
    ----------
    scoring : Scoring
        As read.
    duration_s : float
        Length of the recording.

    Returns
    -------
    Scoring
        Epochs outside the recording are dropped, with a finding; what the hypnogram does
        not reach stays unscored, with a finding; events outside are kept, with a finding.

    Raises
    ------
    ScoringFileError
        No epoch lies within the recording.
    """
    findings = list(scoring.findings)
    outside = (scoring.events.start_s < 0) | (scoring.events.start_s >= duration_s)
    if outside.any():
        message = f"{int(outside.sum())} events lie outside the recording: kept, not counted"
        findings.append(Finding("scoring.events-outside", message))
    hypnogram = scoring.hypnogram
    if hypnogram is not None:
        hypnogram, misfits = _fitted(hypnogram, duration_s)
        findings += misfits
    return replace(scoring, hypnogram=hypnogram, findings=tuple(findings))


def _each_once(tables: Sequence[Events]) -> tuple[Events, int]:
    """Join tables without the events an earlier table holds; return how many those were."""
    known: set[tuple[float, float, str]] = set()
    kept, n_repeated = [], 0
    for table in tables:
        keys = list(
            zip(table.start_s.tolist(), table.stop_s.tolist(), table.kind.tolist(), strict=True)
        )
        new = np.array([key not in known for key in keys], dtype=np.bool_)
        kept.append(table.where(new))
        n_repeated += int((~new).sum())
        known.update(keys)
    return Events.concat(kept), n_repeated


def _fitted(hypnogram: Hypnogram, duration_s: float) -> tuple[Hypnogram, list[Finding]]:
    edges = hypnogram.edges_s
    inside = np.flatnonzero((edges[1:] > 0) & (edges[:-1] < duration_s))
    if not inside.size:
        raise ScoringFileError(
            f"the hypnogram ({edges[0]:g} to {edges[-1]:g} s) lies outside the recording "
            f"(0 to {duration_s:g} s): is it of another night?"
        )
    findings = []
    first, last = int(inside[0]), int(inside[-1]) + 1
    cut_s = (len(hypnogram) - (last - first)) * hypnogram.epoch_s
    scored = hypnogram.stages != int(Stage.UNSCORED)
    lost = int(scored[:first].sum() + scored[last:].sum())
    if cut_s:
        message = (
            f"the hypnogram reaches {cut_s / 60:.1f} min beyond the recording "
            f"({lost} scored epochs): cut off"
        )
        findings.append(Finding("scoring.longer", message))
    missing_s = max(edges[first], 0.0) + max(duration_s - edges[last], 0.0)
    if missing_s >= hypnogram.epoch_s:
        message = f"{missing_s / 60:.1f} min of the recording have no stage: unscored"
        findings.append(Finding("scoring.shorter", message))
    apart_s = float(edges[first]) % hypnogram.epoch_s
    if min(apart_s, hypnogram.epoch_s - apart_s) > _GRID_TOLERANCE_S:
        message = (
            f"epochs of the scoring begin {apart_s:g} s after those counted from the start of the "
            "recording: taken as they are"
        )
        findings.append(Finding("scoring.epoch-offset", message, severity="note"))
    kept = hypnogram.stages[first:last]
    return Hypnogram(kept, hypnogram.epoch_s, float(edges[first])), findings
