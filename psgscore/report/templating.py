"""The templates of this package, and a lab's own in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psgscore.report.settings import PLAIN, ReportSettings

if TYPE_CHECKING:
    from jinja2 import Environment


def template_environment(settings: ReportSettings = PLAIN) -> Environment:
    """Return what renders a template: every text escaped, a missing value an error."""
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


def template_source(environment: Environment, name: str) -> str:
    """Return the text of a template as it is written."""
    if environment.loader is None:
        return ""
    return environment.loader.get_source(environment, name)[0]
