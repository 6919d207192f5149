"""What the lab already said of a recording: its scoring files, else the recording's annotations."""

from __future__ import annotations

from dataclasses import replace

from psgscore.io.recording import Recording
from psgscore.io.scoring_files import read_scorings, scoring_from_annotations
from psgscore.io.scoring_fit import combine, fit_to_recording
from psgscore.model.finding import Finding
from psgscore.model.scoring import Scoring
from psgscore.options import Options


def given_scoring(recording: Recording, options: Options) -> Scoring:
    """Return the lab's scoring, cut to the recording.

    Parameters
    ----------
    recording : Recording
        Its annotations are taken where no file is named.
    options : Options
        Names the files, and how they are read.

    Raises
    ------
    PsgscoreError
        A file cannot be read or understood.
    """
    if options.scoring:
        files = read_scorings(
            options.scoring,
            stage_codes=options.stage_codes,
            start=recording.start,
            labels=options.labels,
            table=options.table,
        )
        scoring = combine(files)
        if recording.annotations:
            message = (
                f"the recording's own {len(recording.annotations)} annotations are not used, "
                "because scoring files were named"
            )
            unused = Finding("scoring.annotations-unused", message, severity="note")
            scoring = replace(scoring, findings=(*scoring.findings, unused))
    else:
        scoring = scoring_from_annotations(recording.annotations, source="annotations")
    return fit_to_recording(scoring, recording.duration_s)
