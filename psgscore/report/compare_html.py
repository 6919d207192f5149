"""Tables of a comparison of scorings as one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from psgscore.report.parts import Fact, Section

_TEMPLATES = "psgscore.report"


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
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - start-up time
    from markupsafe import Markup  # noqa: PLC0415

    environment = Environment(
        loader=PackageLoader(_TEMPLATES, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    style = resources.files(_TEMPLATES).joinpath("templates", "report.css").read_text("utf-8")
    return environment.get_template("compare.html.j2").render(
        title=title, facts_of=facts, sections=sections, disclaimer=disclaimer, style=Markup(style)
    )
