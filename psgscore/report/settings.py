"""How a lab wants its reports: whose they are, their language, what is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from psgscore.errors import ConfigError, did_you_mean
from psgscore.report.parts import NO_LETTERHEAD, Letterhead

Language = Literal["en", "de", "fr", "es"]

SECTIONS = (
    "overview",
    "glance",
    "sleep",
    "staging",
    "legs",
    "sides",
    "course",
    "series",
    "intervals",
    "sensitivity",
    "associations",
    "reference",
    "movements",
    "snapshots",
    "rswa",
    "restless",
    "differential",
    "quality",
    "definitions",
    "onsets",
)
"""Keys of the sections a lab may leave out, in the order they are printed."""
ALWAYS = ("method", "findings", "provenance")
"""Keys of the sections no report is without: they say what its numbers are worth."""
TEMPLATES = ("report.html.j2", "parts.html.j2", "report.css", "report.typ")
"""Files of a template folder; each that is there takes the place of the shipped one."""


def _require_sections(field: str, keys: tuple[str, ...], known: Iterable[str]) -> None:
    choices = tuple(known)
    for place, key in enumerate(keys):
        if key not in choices:
            near = did_you_mean(key, choices)
            others = f" There are {', '.join(choices)}." if near.endswith("?") else ""
            raise ConfigError(f"{field}: no section {key!r},{near}{others}")
        if key in keys[:place]:
            raise ConfigError(f"{field}: {key!r} is there twice")


@dataclass(frozen=True, slots=True)
class Template:
    """A template of the lab's own: its name, its text, and its path for messages."""

    name: str
    text: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """How a lab wants its reports.

    Parameters
    ----------
    letterhead : Letterhead
        Institution, address and logo.
    language : str
        Of the labels: ``"en"``, ``"de"``, ``"fr"`` or ``"es"``. Explanations are in English.
    without : tuple of str
        Keys of the sections left out, of `SECTIONS`.
    order : tuple of str
        Keys of the sections to print first, in this order; the others follow in theirs.
    templates : tuple of Template
        Templates that take the place of those shipped.

    Raises
    ------
    ConfigError
        A section that does not exist, is named twice, or cannot be left out.
    """

    letterhead: Letterhead = NO_LETTERHEAD
    language: Language = "en"
    without: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    templates: tuple[Template, ...] = ()

    def __post_init__(self) -> None:
        for key in self.without:
            if key in ALWAYS:
                raise ConfigError(
                    f"without: {key!r} cannot be left out: the alert strip, findings, method and "
                    "provenance say what the numbers are worth, and no report is without them"
                )
        _require_sections("without", self.without, SECTIONS)
        _require_sections("order", self.order, (*SECTIONS, *ALWAYS))

    def template(self, name: str) -> Template | None:
        """Return the lab's own template of that name, None where the shipped one holds."""
        return next((one for one in self.templates if one.name == name), None)


PLAIN = ReportSettings()
