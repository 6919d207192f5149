"""``psgscore convert``: a scoring in another format."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from psgscore.cli_options import AS_IT_COMES, AsJson, HowToRead
from psgscore.cli_progress import print_result
from psgscore.errors import UsageError

if TYPE_CHECKING:
    from psgscore.io.recording import Recording


def convert(  # noqa: PLR0913 - the options of the command
    src: Path,
    dst: Path,
    /,
    *,
    to: Annotated[
        str | None,
        Parameter(
            help="edf, edf-embedded, nsrr-xml, luna, bids, csv, json or parquet; without it the "
            "ending of DST says which."
        ),
    ] = None,
    add: Annotated[
        tuple[Path, ...],
        Parameter(help="More of the same night, for example its events; may be given repeatedly."),
    ] = (),
    recording: Annotated[
        Path | None, Parameter(help="The recording: when it began, and what is copied.")
    ] = None,
    start: Annotated[
        str | None, Parameter(help="When the recording began: YYYY-MM-DD HH:MM:SS.")
    ] = None,
    how: HowToRead = AS_IT_COMES,
    as_json: AsJson = False,
) -> int:
    """Write a scoring in the format of another program, and say what that cannot hold.

    Parameters
    ----------
    src
        Scoring in any format psgscore reads, or a recording, whose annotations are taken.
    dst
        File to write.
    """
    import json  # noqa: PLC0415 - start-up time

    from psgscore.convert import convert_scoring  # noqa: PLC0415
    from psgscore.io.scoring_files import how_to_read  # noqa: PLC0415
    from psgscore.texts import convert_document, convert_text  # noqa: PLC0415

    told = how_to_read(**asdict(how), start=start_told(start))
    found = convert_scoring(
        (src, *add),
        dst,
        to=to,
        how=told,
        recording=_opened(recording, told.start),
        inputs=tuple(path for path in (how.labels, how.table) if path is not None),
    )
    if as_json:
        print_result(json.dumps(convert_document(found), indent=2, ensure_ascii=False))
    else:
        print_result(convert_text(found))
    return 0


def start_told(text: str | None) -> datetime | None:
    """Return what --start says, None where it was not given; UsageError where it says nothing."""
    from psgscore.io.formats.clock import moment  # noqa: PLC0415 - start-up time

    if text is None:
        return None
    found = moment(text)
    if found is None:
        raise UsageError(f"--start {text!r}: give date and time, 2024-03-14 22:30:00")
    return found


def _opened(path: Path | None, start: datetime | None) -> Recording | None:
    from psgscore.io.edf import open_edf  # noqa: PLC0415 - start-up time

    if path is None:
        return None
    recording = open_edf(path)
    if start is not None and recording.start is not None and start != recording.start:
        raise UsageError(
            f"--start says {start}, {path.name} that it began at {recording.start}: leave one out"
        )
    return recording
