"""Score -> one PDF that can be filed: typst lays out what the view holds, as data."""

from __future__ import annotations

import base64
import json
from importlib import resources
from pathlib import Path
from typing import Any

from psgscore.io.plain_values import plain
from psgscore.model.score import Score
from psgscore.report.arrange import arranged
from psgscore.report.drawings import drawings
from psgscore.report.own_templates import explained_typst
from psgscore.report.parts import Logo
from psgscore.report.settings import PLAIN, ReportSettings
from psgscore.report.view import report_view

_FORMATS = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}
_NO_DATE = 0
"""PDF/A wants a date: the first second of 1970, so that the same score gives the same bytes."""


def render_pdf(score: Score, settings: ReportSettings = PLAIN) -> bytes:
    """Render the report of a night as a PDF.

    Parameters
    ----------
    score : Score
        A scored night, whatever is missing in it.
    settings : ReportSettings
        How the lab wants its reports.

    Returns
    -------
    bytes
        Tagged, as PDF/UA-1 (readable with a screen reader) and PDF/A-2a (readable in fifty
        years) ask for. The same score gives the same bytes.

    Raises
    ------
    ConfigError
        The template of the lab's own is wrong, or names nothing of what every report says.
    """
    import typst  # noqa: PLC0415 - start-up time

    view = arranged(report_view(score), settings)
    document = {
        "view": plain(view),
        "drawings": drawings(score, view),
        "logo": _logo(view.letterhead.logo),
    }
    source = resources.files("psgscore.report").joinpath("templates", "report.typ")
    own = settings.template("report.typ")
    with resources.as_file(source) as ours, explained_typst(own):
        return typst.compile(
            ours if own is None else Path(own.path),
            format="pdf",
            sys_inputs={"report": json.dumps(document)},
            font_paths=[_fonts()],
            ignore_system_fonts=True,
            pdf_standards=["ua-1", "a-2a"],
            timestamp=_NO_DATE,
        )


def _logo(logo: Logo | None) -> dict[str, Any] | None:
    """Return a logo as typst takes it: the name of its format, and its bytes as numbers."""
    if logo is None:
        return None
    return {"format": _FORMATS[logo.media_type], "bytes": list(base64.b64decode(logo.base64))}


def _fonts() -> Path:
    """Return the folder of DejaVu, which comes with matplotlib: the same on every machine."""
    import matplotlib as mpl  # noqa: PLC0415 - start-up time

    return Path(mpl.get_data_path()) / "fonts" / "ttf"
