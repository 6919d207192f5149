"""``psgscore deidentify``: a copy of a recording without what tells whose it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from psgscore.cli_options import AsJson
from psgscore.cli_progress import print_result, progress_bar


def deidentify(  # noqa: PLR0913 - the options of the command
    rec: Path,
    /,
    *,
    output: Annotated[
        Path | None,
        Parameter(name=["--output", "-o"], help="The copy, or a folder for it."),
    ] = None,
    in_place: Annotated[
        bool, Parameter(negative=(), help="Put the copy where the recording was.")
    ] = False,
    date_shift: Annotated[
        int | None, Parameter(help="Days the start date moves; without it 1 January 1985.")
    ] = None,
    keep: Annotated[
        tuple[Literal["sex"], ...], Parameter(help="Keep the sex of an EDF+ patient field.")
    ] = (),
    allow: Annotated[
        Path | None, Parameter(help="Texts and words that may stay, one per line.")
    ] = None,
    list_removed: Annotated[
        bool, Parameter(negative=(), help="List the removed texts; they may name the patient.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Copy a recording without what tells whose it is; signals bit for bit.

    Parameters
    ----------
    rec
        EDF, EDF+, BDF or BDF+ recording.
    """
    from psgscore.deidentify import Place, deidentify  # noqa: PLC0415 - start-up time
    from psgscore.texts import deidentify_text  # noqa: PLC0415

    with progress_bar() as step:
        step("copying the recording", 0.0)
        path, report, removed = deidentify(
            rec,
            Place(output=output, in_place=in_place),
            date_shift=date_shift,
            keep=keep,
            allow=allow,
        )
    if list_removed:
        report["removed_texts"] = removed
    document = json.dumps(report, indent=2, ensure_ascii=False)
    wrote = "in place" if in_place else str(path)
    print_result(document if as_json else deidentify_text(report, wrote))
    return 0
