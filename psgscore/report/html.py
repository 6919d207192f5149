"""Score -> one self-contained HTML file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psgscore.model.score import Score
from psgscore.report.drawings import drawings
from psgscore.report.view import report_view

if TYPE_CHECKING:
    from jinja2 import Environment


def render_html(score: Score) -> str:
    """Render the report of a night as one HTML document.

    Parameters
    ----------
    score : Score
        A scored night, whatever is missing in it.

    Returns
    -------
    str
        HTML5 with its style and figures inside, nothing to load. The same score gives the
        same text; every text of the recording is escaped.
    """
    from markupsafe import Markup  # noqa: PLC0415 - start-up time

    view = report_view(score)
    # The drawings are our own, and hold no text of the recording that was left unescaped.
    drawn = {key: Markup(svg) for key, svg in drawings(score, view).items()}
    environment = _environment()
    style = Markup(_source(environment, "report.css"))
    template = environment.get_template("report.html.j2")
    return template.render(view=view, drawings=drawn, style=style)


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415

    return Environment(
        loader=PackageLoader("psgscore.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _source(environment: Environment, name: str) -> str:
    if environment.loader is None:
        return ""
    return environment.loader.get_source(environment, name)[0]
