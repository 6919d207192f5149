"""Score -> one self-contained HTML file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psgscore.model.score import Score
from psgscore.report.arrange import arranged
from psgscore.report.drawings import drawings
from psgscore.report.own_templates import explained, require_everything_said
from psgscore.report.settings import PLAIN, ReportSettings
from psgscore.report.view import report_view

if TYPE_CHECKING:
    from jinja2 import Environment


def render_html(score: Score, settings: ReportSettings = PLAIN) -> str:
    """Render the report of a night as one HTML document.

    Parameters
    ----------
    score : Score
        A scored night, whatever is missing in it.
    settings : ReportSettings
        How the lab wants its reports.

    Returns
    -------
    str
        HTML5 with its style and figures inside, nothing to load. The same score gives the
        same text; every text of the recording is escaped.

    Raises
    ------
    ConfigError
        A template of the lab's own is wrong, or leaves out what every report says.
    """
    from markupsafe import Markup  # noqa: PLC0415 - start-up time

    view = arranged(report_view(score), settings)
    # The drawings are our own, and hold no text of the recording that was left unescaped.
    pictures = {key: Markup(svg) for key, svg in drawings(score, view).items()}
    environment = _environment(settings)
    style = Markup(_source(environment, "report.css"))
    with explained(settings):
        template = environment.get_template("report.html.j2")
        text = template.render(view=view, drawings=pictures, style=style)
    require_everything_said(text, view, settings)
    return text


def _environment(settings: ReportSettings) -> Environment:
    from jinja2 import ChoiceLoader, FunctionLoader, PackageLoader, StrictUndefined  # noqa: PLC0415
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # noqa: PLC0415

    def own(name: str) -> tuple[str, str, None] | None:
        found = settings.template(name)
        return None if found is None else (found.text, found.path, None)

    # A template of somebody else's lays out a report, and does nothing else.
    return ImmutableSandboxedEnvironment(
        loader=ChoiceLoader(
            [FunctionLoader(own), PackageLoader("psgscore.report", "templates")],
        ),
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
