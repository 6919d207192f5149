"""Tables of a comparison of scorings as one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Sequence

from psgscore.report.parts import Fact, Section
from psgscore.report.templating import template_environment, template_source


def render_comparison(
    title: str, facts: Sequence[Fact], sections: Sequence[Section], disclaimer: str
) -> str:
    """Render tables as an HTML document that looks like the report.

    Parameters
    ----------
    title : str
        What was compared.
    facts : sequence of Fact
        Head of the page.
    sections : sequence of Section
        In reading order.
    disclaimer : str
        Stands on every page.

    Returns
    -------
    str
        HTML5 with its style inside, nothing to load. Every text is escaped.
    """
    from markupsafe import Markup  # noqa: PLC0415 - start-up time

    environment = template_environment()
    style = template_source(environment, "report.css")
    return environment.get_template("compare.html.j2").render(
        title=title, facts_of=facts, sections=sections, disclaimer=disclaimer, style=Markup(style)
    )
