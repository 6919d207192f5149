"""Score -> one PDF that can be filed: typst lays out what the view holds, as data."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from psgscore.io.plain_values import plain
from psgscore.model.score import Score
from psgscore.report.html import _drawing
from psgscore.report.view import report_view

_NO_DATE = 0
"""PDF/A wants a date: the first second of 1970, so that the same score gives the same bytes."""


def render_pdf(score: Score) -> bytes:
    """Render the report of a night as a PDF.

    Parameters
    ----------
    score : Score
        A scored night, whatever is missing in it.

    Returns
    -------
    bytes
        Tagged, as PDF/UA-1 (readable with a screen reader) and PDF/A-2a (readable in fifty
        years) ask for. The same score gives the same bytes.
    """
    import typst  # noqa: PLC0415 - start-up time

    view = report_view(score)
    keys = [figure.key for section in view.sections for figure in section.figures]
    document = {"view": plain(view), "drawings": {key: _drawing(key, score) for key in keys}}
    source = resources.files("psgscore.report").joinpath("templates", "report.typ")
    with resources.as_file(source) as template:
        return typst.compile(
            template,
            format="pdf",
            sys_inputs={"report": json.dumps(document)},
            font_paths=[_fonts()],
            ignore_system_fonts=True,
            pdf_standards=["ua-1", "a-2a"],
            timestamp=_NO_DATE,
        )


def _fonts() -> Path:
    """Return the folder of DejaVu, which comes with matplotlib: the same on every machine."""
    import matplotlib as mpl  # noqa: PLC0415 - start-up time

    return Path(mpl.get_data_path()) / "fonts" / "ttf"
