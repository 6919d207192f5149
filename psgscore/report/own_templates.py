"""A lab's own templates: where they are wrong, and what they may not leave out."""

from __future__ import annotations

import html
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from psgscore.errors import ConfigError
from psgscore.report.parts import ReportView, Section
from psgscore.report.settings import ReportSettings

_SHOWN = 60
_OF_VALUES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What an expression of a template may raise."""


@contextmanager
def explained(settings: ReportSettings) -> Iterator[None]:
    """Tell an error in a template of the lab's own by its file and line.

    Raises
    ------
    ConfigError
        In place of whatever the template raised. Our own templates have no excuse: their
        errors pass.
    """
    from jinja2 import TemplateError, TemplateSyntaxError  # noqa: PLC0415 - start-up time

    try:
        yield
    except TemplateSyntaxError as error:
        where = f"{error.filename or error.name}, line {error.lineno}"
        raise ConfigError(f"templates: {where}: {error.message}") from None
    except (TemplateError, *_OF_VALUES) as error:
        if not settings.templates:
            raise
        raise ConfigError(f"templates: {_where(error, settings)}: {error}") from None


def require_everything_said(text: str, view: ReportView, settings: ReportSettings) -> None:
    """Refuse a report in which a lab's own template leaves out what every report says.

    Raises
    ------
    ConfigError
        A text of the view is not in the report. Sections are left out by settings, which the
        report then tells.
    """
    own = [one for one in settings.templates if one.name.endswith(".j2")]
    if not own:
        return
    said = _spaced(html.unescape(text))
    for what, words in _must_say(view):
        if _spaced(words) not in said:
            short = words if len(words) <= _SHOWN else f"{words[:_SHOWN]}..."
            raise ConfigError(
                f"templates: {', '.join(one.path for one in own)}: the report has no longer "
                f'{what} "{short}": a template may place it elsewhere, not leave it out; '
                "sections are left out by 'without' in the report settings"
            )


def _where(error: BaseException, settings: ReportSettings) -> str:
    """Return file and line of the innermost frame in one of the templates, else all of them."""
    paths = [one.path for one in settings.templates]
    frames = [one for one in traceback.extract_tb(error.__traceback__) if one.filename in paths]
    return f"{frames[-1].filename}, line {frames[-1].lineno}" if frames else ", ".join(paths)


def _must_say(view: ReportView) -> Iterator[tuple[str, str]]:
    yield "the disclaimer", view.disclaimer
    yield from (("the alert", alert.text) for alert in view.alerts)
    for headline in view.headlines:
        yield "the number", headline.name
        for one in headline.readings:
            yield from ((f"under {headline.name!r}", text) for text in (one.value, one.basis))
            yield from (("the caveat", text) for text in one.caveats)
    for section in view.sections:
        yield from _of_section(section)


def _of_section(section: Section) -> Iterator[tuple[str, str]]:
    yield "the section", section.title
    yield from (("the text", text) for text in section.texts)
    yield from (("the value", fact.value) for fact in section.facts)
    for table in section.tables:
        yield "the table", table.title
        yield from (("the note", note) for note in table.notes)


def _spaced(text: str) -> str:
    return " ".join(text.split())
