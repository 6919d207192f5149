"""Score -> one PDF that can be filed: typst lays out what the view holds, as data."""

from __future__ import annotations

import json
from base64 import b64decode
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from psgscore.errors import ConfigError
from psgscore.io.plain_values import plain
from psgscore.model.score import Score
from psgscore.report.arrange import arranged
from psgscore.report.drawings import drawings
from psgscore.report.parts import ReportView
from psgscore.report.settings import PLAIN, ReportSettings
from psgscore.report.view import report_view

if TYPE_CHECKING:
    import typst

_TEMPLATE = "report.typ"
_NO_DATE = 0
"""PDF/A wants a date: the first second of 1970, so that the same score gives the same bytes."""
_REMEMBERED = 10
"""Documents of which typst keeps what it worked out: 70 MB for a night."""
_LOGOS = {"image/png": "png", "image/jpeg": "jpg", "image/svg+xml": "svg"}
_MUST_USE = ("disclaimer", "alerts", "headlines", "sections")
"""Parts of the view that a template of the lab's own has to print."""


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
        A template of the lab's own is wrong, or leaves out what every report says.
    """
    import typst  # noqa: PLC0415 - start-up time

    view = arranged(report_view(score), settings)
    own = settings.template(_TEMPLATE)
    if own is not None:
        _require_used(own.text, own.path)
    shipped = resources.files("psgscore.report").joinpath("templates", _TEMPLATE)
    try:
        return typst.compile(
            shipped.read_bytes() if own is None else own.text.encode(),
            format="pdf",
            sys_inputs={"report": json.dumps(_document(score, view))},
            font_paths=_fonts(),
            pdf_standards=["ua-1", "a-2a"],
            timestamp=_NO_DATE,
        )
    except typst.TypstError as error:
        if own is None:
            raise
        raise ConfigError(f"templates: {own.path}: {error.diagnostic or error.message}") from None
    finally:
        _forget()


def _forget() -> None:
    """Let typst forget a document: no other will be like it, and a batch makes thousands.

    It has no switch for that; empty documents, which cost 1 ms each, push the real one out.
    """
    import typst  # noqa: PLC0415 - start-up time

    for _ in range(_REMEMBERED + 1):
        typst.compile(b"", format="pdf", font_paths=_fonts())


def _document(score: Score, view: ReportView) -> dict[str, Any]:
    """Return all that the template prints."""
    logo = view.letterhead.logo
    return {
        "view": plain(view),
        "drawings": drawings(score, view),
        "logo": None if logo is None else list(b64decode(logo.base64)),
        "logo_format": None if logo is None else _LOGOS[logo.media_type],
    }


def _require_used(source: str, path: str) -> None:
    for part in _MUST_USE:
        if f"view.{part}" not in source:
            raise ConfigError(
                f"templates: {path}: does not print view.{part}: a template may place it "
                "elsewhere, not leave it out"
            )


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Return DejaVu, which comes with this package: the same letters on every machine."""
    import typst  # noqa: PLC0415 - start-up time

    with resources.as_file(resources.files("psgscore.report").joinpath("fonts")) as folder:
        return typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder]
        )
