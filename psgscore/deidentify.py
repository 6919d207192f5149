"""``psgscore deidentify``: where the copy goes, what it is called, and the report on it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psgscore._version import __version__
from psgscore.errors import OutputError, RecordingError, UsageError
from psgscore.io.atomic import atomic_outputs
from psgscore.io.deidentify_header import Wishes
from psgscore.io.deidentify_words import allow_list
from psgscore.io.edf import open_edf
from psgscore.io.edf_deidentify import Deidentified, deidentify_edf
from psgscore.io.recording import Recording
from psgscore.opening import sha256_of

REMAINS = (
    "the samples of every signal, and with them what a heart, a brain or a sound channel can tell",
    "the time of day the recording began",
    "onset and duration of every annotation",
    "channel labels, rates, calibration",
)
"""What a copy still holds; said in every report."""

_SUFFIXES = {2: (".edf", ".rec"), 3: (".bdf",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the copy goes.

    Parameters
    ----------
    output : Path or None
        The file, or an existing folder; None for the current folder. Without a file name the
        copy is called after its own content.
    in_place : bool
        Put the copy where the recording was.
    """

    output: Path | None = None
    in_place: bool = False


def deidentify(
    rec: str | os.PathLike[str],
    place: Place,
    *,
    date_shift: int | None = None,
    keep: Sequence[str] = (),
    allow: Path | None = None,
) -> tuple[Path, dict[str, Any], list[str]]:
    """Write a copy of a recording without what tells whose it is.

    Parameters
    ----------
    rec : path-like
        EDF, EDF+, BDF or BDF+.
    place : Place
        Where the copy goes.
    date_shift : int, optional
        Days the start date moves; without it 1 January 1985 stands in.
    keep : sequence of str
        ``"sex"`` keeps the sex an EDF+ patient field states.
    allow : Path, optional
        Annotation texts and words that may stay, besides the shipped ones.

    Returns
    -------
    path : Path
        The copy.
    report : dict
        Plain values; nothing in it tells whose recording it was.
    removed : list of str
        The texts that are gone. **They may name the patient.**

    Raises
    ------
    PsgscoreError
        See `psgscore.errors`.
    """
    allowed = allow_list(allow)
    recording = open_edf(rec)
    folder, name = _destination(recording, place)
    wishes = Wishes(date_shift=date_shift, keep_sex="sex" in keep)
    with atomic_outputs(folder) as out:
        suffix = _SUFFIXES[_width(recording)][0]
        path = out.path(name or f"deidentified{suffix}")
        try:
            done = deidentify_edf(recording, path, wishes, allowed)
        except RecordingError as error:
            raise RecordingError(f"{recording.name}: {error}") from None
        digest = sha256_of(path)
        if not name:
            name = f"deidentified-{digest[:8]}{suffix}"
            out.rename(path.name, name)
    shown = None if place.in_place else name
    return folder / name, _report(done, recording, shown, digest), list(done.removed)


def _destination(recording: Recording, place: Place) -> tuple[Path, str]:
    """Return folder and name of the copy, "" for a name after its content."""
    path, output = Path(recording.path or ""), place.output
    if place.in_place:
        if output is not None:
            raise UsageError("--in-place and --output exclude each other: give one of them")
        return _own_place(path)
    if output is None or output.is_dir():
        return output or Path(), ""
    if output.exists() and output.samefile(path):
        raise OutputError(f"{output}: is the recording itself: give another name, or --in-place")
    suffixes = _SUFFIXES[_width(recording)]
    if output.suffix.lower() not in suffixes:
        bits = 8 * _width(recording)
        raise OutputError(
            f"{output}: a recording of {bits} bits must be called {' or '.join(suffixes)}: give "
            "such a name, or an existing folder"
        )
    return output.parent, output.name


def _own_place(path: Path) -> tuple[Path, str]:
    """Return the place of the recording; refused where its bytes have a second name."""
    real = path.resolve()
    if real.stat().st_nlink > 1:
        raise OutputError(
            f"{path}: has other names (hard links) that would keep the original: remove them first"
        )
    return real.parent, real.name


def _width(recording: Recording) -> int:
    return 2 if recording.format.startswith("EDF") else 3


def _report(
    done: Deidentified, recording: Recording, name: str | None, digest: str
) -> dict[str, Any]:
    header = done.header
    fields = sorted({*header.kept, *header.removed})
    return {
        "psgscore": __version__,
        "output": name,
        "sha256": digest,
        "format": done.format,
        "records": done.n_records,
        "channels": len(header.labels),
        "duration_s": recording.duration_s,
        "patient": "removed, sex kept" if header.sex_kept else "removed",
        "recording": "removed",
        "start_date": header.date,
        "start_time": "kept" if header.clock_known else "unknown",
        "header_fields": {
            what: {"kept": header.kept[what], "removed": header.removed[what]} for what in fields
        },
        "labels": {
            "known": len(header.labels) - len(header.unknown_labels) - len(header.replaced_labels),
            "unknown": list(header.unknown_labels),
            "replaced": list(header.replaced_labels),
        },
        "annotations": {
            "kept": done.notes["kept"],
            "replaced": done.notes["replaced"],
            "channel_removed": done.notes["channel removed"],
            "shortened": done.notes["shortened"],
            "damaged_left_out": done.damaged_notes,
        },
        "bytes_left_out": done.bytes_dropped,
        "remains": list(REMAINS),
        "findings": [
            {"severity": one.severity, "code": one.code, "message": one.message}
            for one in done.findings
        ],
        # Their messages may repeat a label: the codes say enough.
        "reading": sorted({one.code for one in recording.findings}),
    }
