"""``psgscore trend``: several nights of one person on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from psgscore.cli_options import Folder
from psgscore.cli_progress import print_result, progress_bar


def trend(
    folder: Path,
    /,
    *,
    notes: Annotated[
        Path | None, Parameter(help="Notes (CSV): a column night, and any columns you like.")
    ] = None,
    output: Folder = Path(),
) -> int:
    """Put several nights of one person side by side: how the numbers spread and what is noted.

    Parameters
    ----------
    folder
        Folder with the scores (STEM.score.json) of the nights, in it or below it.
    """
    from psgscore.texts import trend_text  # noqa: PLC0415 - start-up time
    from psgscore.trend import run_trend  # noqa: PLC0415

    with progress_bar() as step:
        result = run_trend(folder, notes, output, progress=step)
    print_result(trend_text(result))
    return 0
