"""Score -> one self-contained HTML file."""

from __future__ import annotations

from psgscore.model.score import Score
from psgscore.report.arrange import arranged
from psgscore.report.drawings import drawings
from psgscore.report.own_templates import explained, require_everything_said
from psgscore.report.settings import PLAIN, ReportSettings
from psgscore.report.templating import template_environment, template_source
from psgscore.report.view import report_view


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
    environment = template_environment(settings)
    style = Markup(template_source(environment, "report.css"))
    with explained(settings):
        template = environment.get_template("report.html.j2")
        text = template.render(view=view, drawings=pictures, style=style)
    require_everything_said(text, view, settings)
    return text
