"""EDF+ files that hold annotations only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path

from psgscore._version import __version__
from psgscore.io.edf_write_bytes import FIRST_DAY, LAST_DAY, annotation_text
from psgscore.io.recording import Annotation


def write_notes_edf(
    path: Path,
    notes: Sequence[Annotation],
    start: datetime | None,
    additional: Sequence[str] = (),
) -> None:
    """Write annotations as an EDF+ file without signals.

    Parameters
    ----------
    path : Path
        Written over.
    notes : sequence of Annotation
        In their order.
    start : datetime or None
        Clock time of second 0, to the microsecond. None, and a day EDF cannot say (1985 to
        2084), give the EDF+ stand-in: ``Startdate X``, 1 January 1985.
    additional : sequence of str
        Words at the end of the recording field of the header.
    """
    import edfio  # noqa: PLC0415 - start-up time

    edf = edfio.Edf(
        [],
        # An iterator, because edfio refuses an empty list, and a score can be empty.
        annotations=iter(
            [
                edfio.EdfAnnotation(note.onset_s, note.duration_s, annotation_text(note))
                for note in notes
            ]
        ),
        recording=edfio.Recording(
            startdate=statable_day(start),
            equipment_code=f"psgscore_{__version__}",
            additional=additional,
        ),
        starttime=time() if start is None else start.time(),
    )
    edf.write(path)


def statable_day(start: datetime | None) -> date | None:
    """Return the day if an EDF header can say it."""
    return start.date() if start is not None and FIRST_DAY <= start.date() <= LAST_DAY else None
