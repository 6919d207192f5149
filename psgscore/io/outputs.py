"""Writing a score: every file by its writer, all of them or none."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from psgscore.io.atomic import OutputFolder, atomic_outputs
from psgscore.io.recording import Recording
from psgscore.io.score_json import score_json
from psgscore.io.sidecars import EVENT_SIDECAR, MOVEMENT_SIDECAR
from psgscore.io.tables import events_tsv, movements_tsv
from psgscore.model.score import Score

Writer = Callable[[OutputFolder, str, Score, Recording | None], None]


def _events(out: OutputFolder, stem: str, score: Score, _: Recording | None) -> None:
    out.write_text(f"{stem}.events.tsv", events_tsv(score))
    out.write_text(f"{stem}.events.json", json.dumps(EVENT_SIDECAR, indent=2) + "\n")


def _movements(out: OutputFolder, stem: str, score: Score, _: Recording | None) -> None:
    out.write_text(f"{stem}.movements.tsv", movements_tsv(score))
    out.write_text(f"{stem}.movements.json", json.dumps(MOVEMENT_SIDECAR, indent=2) + "\n")


def _score(out: OutputFolder, stem: str, score: Score, _: Recording | None) -> None:
    out.write_text(f"{stem}.score.json", score_json(score))


def _annotations(out: OutputFolder, stem: str, score: Score, recording: Recording | None) -> None:
    from psgscore.io.edf_write import write_annotations_edf  # noqa: PLC0415 - start-up time

    write_annotations_edf(out.path(f"{stem}.annotations.edf"), score, recording)


def _embedded(out: OutputFolder, stem: str, score: Score, recording: Recording | None) -> None:
    from psgscore.io.edf_write import embed_annotations  # noqa: PLC0415 - start-up time

    if recording is not None and recording.path is not None:
        name = f"{stem}.annotated{recording.path.suffix.lower()}"
        embed_annotations(recording, score, out.path(name))


def _report(out: OutputFolder, stem: str, score: Score, _: Recording | None) -> None:
    from psgscore.report.html import render_html  # noqa: PLC0415 - start-up time

    out.write_text(f"{stem}.report.html", render_html(score))


WRITERS: Mapping[str, Writer] = {
    "events": _events,
    "movements": _movements,
    "score": _score,
    "annotations": _annotations,
    "embedded": _embedded,
    "report": _report,
}


def write_score(
    score: Score,
    folder: Path,
    stem: str,
    *,
    kinds: Sequence[str],
    recording: Recording | None = None,
) -> tuple[Path, ...]:
    """Write the chosen files of a score into a folder.

    Parameters
    ----------
    score : Score
        What to write.
    folder : Path
        Made if it is missing.
    stem : str
        Beginning of every file name.
    kinds : sequence of str
        Keys of `WRITERS`.
    recording : Recording, optional
        Gives the clock to the annotation file, and the signals to the embedded copy.

    Returns
    -------
    tuple of Path
        What was written.

    Raises
    ------
    OutputError
        The folder cannot be written; nothing is left behind.
    """
    with atomic_outputs(folder) as out:
        for kind in kinds:
            WRITERS[kind](out, stem, score, recording)
    return out.written
