"""EDF+: annotations in a file of their own, or inside a copy of the recording."""

from __future__ import annotations

from psgscore.errors import UsageError
from psgscore.io.atomic import OutputFolder
from psgscore.io.scoring_write.written import About, WrittenFormat
from psgscore.model.scoring import Scoring


def write_sidecar(out: OutputFolder, name: str, scoring: Scoring, about: About) -> None:
    """Write one annotation per epoch and event, on the clock of the recording."""
    from psgscore.io.edf_write_marks import scoring_annotations  # noqa: PLC0415 - start-up time
    from psgscore.io.edf_write_notes import write_notes_edf  # noqa: PLC0415

    write_notes_edf(out.path(name), scoring_annotations(scoring), about.start)


def write_embedded(out: OutputFolder, name: str, scoring: Scoring, about: About) -> None:
    """Write a copy of the recording with the annotations inside.

    Raises
    ------
    UsageError
        There is no recording.
    """
    from psgscore.io.edf_embed import embed_annotations  # noqa: PLC0415 - start-up time

    if about.recording is None:
        raise UsageError("a copy with the annotations inside needs the recording: --recording REC")
    embed_annotations(about.recording, scoring, out.path(name))


SIDECAR = WrittenFormat(
    name="edf",
    title="EDF+ annotations",
    endings=(".edf",),
    write=write_sidecar,
    endings_only=True,
)
EMBEDDED = WrittenFormat(
    name="edf-embedded",
    title="copy of the recording with the annotations inside",
    endings=(".edf", ".bdf"),
    write=write_embedded,
    endings_only=True,
)
