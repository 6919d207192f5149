"""A lab's report settings from TOML: read strictly, with the files they name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from psgscore.errors import ConfigError, did_you_mean
from psgscore.io.config import criteria_from_mapping, criteria_to_toml, load_toml
from psgscore.io.logo import read_logo
from psgscore.report.parts import Letterhead
from psgscore.report.settings import (
    ALWAYS,
    PLAIN,
    SECTIONS,
    TEMPLATES,
    Language,
    ReportSettings,
    Template,
)

_TEMPLATE_KINDS = (".j2", ".css", ".typ")
_INTRODUCTION = """\
# How a lab's reports look. Keep what is to change, drop the rest, and give the file
# to --report-settings. Paths are taken from the folder of this file.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFile:
    """The settings as they stand in the file, each with what it means."""

    institution: str = field(default="", metadata={"source": "printed above the title"})
    address: tuple[str, ...] = field(
        default=(), metadata={"source": "lines under the institution: address, telephone, mail"}
    )
    logo: str = field(
        default="",
        metadata={"source": "a PNG, JPEG or SVG file of at most 1 MB; put into the report"},
    )
    language: Language = field(
        default=PLAIN.language,
        metadata={"source": "of the labels: en, de, fr, es; explanations stay in English"},
    )
    without: tuple[str, ...] = field(
        default=(),
        metadata={
            "source": f"sections left out, any of {', '.join(SECTIONS)}; never "
            f"{', '.join(ALWAYS)}, the alert strip or the disclaimer"
        },
    )
    order: tuple[str, ...] = field(
        default=(), metadata={"source": "sections to print first, in this order"}
    )
    templates: str = field(
        default="",
        metadata={"source": f"a folder; {', '.join(TEMPLATES)} in it take the place of ours"},
    )


def load_report_settings(path: str | Path | None) -> ReportSettings:
    """Read the settings of a lab's reports.

    Parameters
    ----------
    path : str, Path or None
        TOML, see `default_settings_toml`. None: the report as it comes.

    Returns
    -------
    ReportSettings
        With logo and templates read.

    Raises
    ------
    ConfigError
        The file, or one it names, is missing or wrong.
    """
    if path is None:
        return PLAIN
    found = criteria_from_mapping(load_toml(path), ReportFile(), where=str(path))
    folder = Path(path).parent
    logo = read_logo(folder / found.logo) if found.logo else None
    plain = ReportSettings(
        letterhead=Letterhead(institution=found.institution, lines=found.address, logo=logo),
        language=found.language,
        templates=_templates(folder / found.templates) if found.templates else (),
    )
    try:
        return replace(plain, without=found.without, order=found.order)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


def default_settings_toml() -> str:
    """Return every setting with its default and what it means, ready to be changed."""
    return f"{_INTRODUCTION}\n{criteria_to_toml(ReportFile())}"


def _templates(folder: Path) -> tuple[Template, ...]:
    if not folder.is_dir():
        raise ConfigError(f"templates: {folder}: no such folder")
    names = sorted(one.name for one in folder.iterdir() if one.suffix in _TEMPLATE_KINDS)
    for name in names:
        if name not in TEMPLATES:
            raise ConfigError(
                f"templates: {folder / name} takes the place of nothing:"
                f"{did_you_mean(name, TEMPLATES)}"
            )
    if not names:
        raise ConfigError(f"templates: {folder}: none of {', '.join(TEMPLATES)} is in it")
    return tuple(_template(folder / name) for name in names)


def _template(path: Path) -> Template:
    try:
        return Template(path.name, path.read_text("utf-8-sig"), str(path))
    except UnicodeDecodeError:
        raise ConfigError(f"templates: {path}: not UTF-8: save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"templates: {path}: cannot be read: {error.strerror}") from None
