"""Nights of one person -> one self-contained HTML file."""

from __future__ import annotations

from psgscore.report.templating import template_environment, template_source
from psgscore.report.trend_figures import beside_svg, course_svg
from psgscore.report.trend_notes import BESIDE
from psgscore.report.trend_view import COURSE, Trend, trend_view


def render_trend(trend: Trend) -> str:
    """Render the trend page as one HTML document.

    Parameters
    ----------
    trend : Trend
        Nights and notes.

    Returns
    -------
    str
        HTML5 with its style and figures inside, nothing to load. The same nights give the
        same text; every text of a recording or of the notes is escaped.
    """
    from markupsafe import Markup  # noqa: PLC0415 - start-up time

    view = trend_view(trend)
    wanted = [figure.key for section in view.sections for figure in section.figures]
    # The drawings escape their texts themselves.
    drawings = {key: Markup(_drawing(key, trend)) for key in wanted}
    environment = template_environment()
    styles = (template_source(environment, name) for name in ("report.css", "trend.css"))
    template = environment.get_template("trend.html.j2")
    return template.render(view=view, drawings=drawings, style=Markup("".join(styles)))


def _drawing(key: str, trend: Trend) -> str:
    if key.startswith(BESIDE):
        movements = [(one, trend.values(one)) for one in trend.measures if one.movement]
        return beside_svg(trend.columns[int(key.removeprefix(BESIDE))], movements)
    wanted = key.removeprefix(COURSE)
    return course_svg(trend, next(one for one in trend.measures if one.key == wanted))
