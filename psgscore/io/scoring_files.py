"""The lab's own scoring: stages and events from files or from a recording's annotations.

Finding codes (all begin with ``scoring.``): ``unknown-label``, ``plm-imported``,
``rk-stages``, ``stage-length``, ``stage-column``, ``columns-ignored``, ``off-grid``,
``longer``, ``shorter``, ``events-outside``, ``repeated``.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from psgscore.errors import ScoringFileError
from psgscore.io.channel_names import read_label
from psgscore.io.edf import EXTENSIONS, existing_file, open_edf
from psgscore.io.recording import Annotation
from psgscore.io.scoring_labels import OTHER, event_kind, stage_words
from psgscore.io.scoring_stages import StageRow, hypnogram_from_rows
from psgscore.io.scoring_tables import (
    NIGHT,
    WORD,
    event_rows,
    listed_stages,
    read_table,
    read_text,
    stage_rows,
)
from psgscore.model._arrays import Floats
from psgscore.model.events import Events
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.scoring import Scoring, covered
from psgscore.model.staging import AUTOMATIC, AUTOMATIC_NOTE


def read_scoring(path: str | os.PathLike[str], *, stage_codes: str | None = None) -> Scoring:
    """Read a scoring file.

    Parameters
    ----------
    path : path-like
        EDF+ annotations, a table with a header row (BIDS events, ``events.tsv`` of
        psgscore, ``kind,onset_s,duration_s``), or one stage per line. Further columns of
        events become measures if they hold numbers.
    stage_codes : str, optional
        What bare numbers mean: ``"yasa"`` (default), ``"boas"``, ``"rk"``, ``"dreams"``.

    Raises
    ------
    InputPathError
        No such file.
    ScoringFileError
        A line, code or time that cannot be understood.
    """
    file = existing_file(path)
    if file.suffix.lower() in EXTENSIONS:
        return scoring_from_annotations(open_edf(file).annotations, source=file.name)
    return _from_text(file, stage_codes)


def scoring_from_annotations(
    annotations: Sequence[Annotation], *, source: str = "annotations"
) -> Scoring:
    """Read stages and events from annotations.

    Parameters
    ----------
    annotations : sequence of Annotation
        Of a recording or a file.
    source : str
        Where they come from, for messages.

    Raises
    ------
    ScoringFileError
        A stage annotation whose stage is not known.
    """
    return _from_rows(annotations, {}, [], source)


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
    return Scoring(
        hypnogram=staged[0] if staged else None,
        events=events,
        covers=frozenset().union(*(scoring.covers for scoring in scorings)),
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
    kept = hypnogram.stages[first:last]
    return Hypnogram(kept, hypnogram.epoch_s, float(edges[first])), findings


def _from_text(file: Path, stage_codes: str | None) -> Scoring:
    text = read_text(file)
    if not text.strip():
        raise ScoringFileError(f"{file.name}: the file is empty")
    table = read_table(text, file.name)
    if table is None:
        listed = listed_stages(text, file.name, stage_codes)
        return _from_stages(listed, [], file.name)
    nights = {row[NIGHT] for row in table.rows} if NIGHT in table.columns else set()
    if len(nights) > 1:
        raise ScoringFileError(f"{file.name}: holds {len(nights)} nights: split it, one file each")
    if table.column(WORD) is not None:
        return _from_rows(*event_rows(table, file.name), file.name)
    rows, findings = stage_rows(table, file.name, stage_codes)
    if any(row.get("scorer") == AUTOMATIC for row in table.rows):
        findings.append(_automatic(file.name))
    return _from_stages(rows, findings, file.name)


def _automatic(source: str) -> Finding:
    message = "holds stages that a program made and no person reviewed: they count as automatic"
    return Finding("scoring.automatic-stages", message, source)


def _from_stages(rows: Sequence[StageRow], notes: Sequence[Finding], source: str) -> Scoring:
    """Put a list of nothing but stages together."""
    hypnogram, findings = hypnogram_from_rows(rows, source)
    return _scoring(hypnogram, Events.empty(), [*notes, *findings], source)


def _from_rows(
    notes: Sequence[Annotation],
    measures: Mapping[str, Sequence[float]],
    findings: Sequence[Finding],
    source: str,
) -> Scoring:
    """Tell stages and events apart; `measures` go with the notes, one value each."""
    rows, places = [], []
    words, rk = stage_words(), False
    for place, note in enumerate(notes):
        is_stage, stage = words.look_up(note.text)
        remark = not note.duration_s and words.is_remark(note.text)
        if is_stage and stage is None and not remark:
            raise ScoringFileError(
                f"{source}: unknown stage {note.text!r} at {note.onset_s:g} s: give it a stage "
                "psgscore knows, or remove it"
            )
        if stage is not None:
            rk = rk or words.is_rk(note.text)
            rows.append(StageRow(note.onset_s, note.duration_s, stage))
        elif note.text:
            places.append(place)
    hypnogram, misfits = hypnogram_from_rows(rows, source)
    found = [*findings, *misfits]
    if any(note.text.startswith(AUTOMATIC_NOTE) for note in notes):
        found.append(_automatic(source))
    if rk:
        message = "stages are Rechtschaffen and Kales: S3 and S4 were read as N3"
        found.append(Finding("scoring.rk-stages", message, source, "note"))
    columns = {name: np.asarray(values)[places] for name, values in measures.items()}
    events = _events([notes[place] for place in places], columns)
    return _scoring(hypnogram, events, found, source)


def _events(marks: Sequence[Annotation], measures: Mapping[str, Floats]) -> Events:
    start = np.array([mark.onset_s for mark in marks], dtype=np.float64)
    length = np.array([mark.duration_s or 0.0 for mark in marks], dtype=np.float64)
    return Events.of(
        [_with_side(event_kind(mark.text), mark.channel) for mark in marks],
        start,
        start + length,
        channel=[mark.channel for mark in marks],
        measures=measures,
    )


def _with_side(kind: str, channel: str) -> str:
    """Give a leg movement the side of the channel it was marked on."""
    role = read_label(channel).role if kind == "LM" and channel else ""
    side = role.partition(":")[2]
    return f"LM:{side}" if side in ("left", "right") else kind


def _scoring(
    hypnogram: Hypnogram | None, events: Events, findings: Sequence[Finding], source: str
) -> Scoring:
    found = list(findings)
    unknown = Counter(str(kind) for kind in events.of_kind(OTHER).kind)
    if unknown:
        listed = ", ".join(f"{word.partition(':')[2]!r} ({n})" for word, n in unknown.items())
        message = f"words that are not in the label table, kept but not used: {listed}"
        found.append(Finding("scoring.unknown-label", message, source, "note"))
    if events.is_kind("PLM").any():
        message = "imported PLM marks may be whole series: kept, not used; series are recomputed"
        found.append(Finding("scoring.plm-imported", message, source))
    return Scoring(
        hypnogram=hypnogram,
        events=events,
        covers=covered(events),
        findings=tuple(found),
    )
