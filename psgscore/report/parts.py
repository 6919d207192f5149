"""The plain values a report is made of: texts, tables and nothing to compute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from psgscore.report.wording import ENGLISH, Wording

AlertKind = Literal["not scored", "warning", "note"]
FigureWidth = Literal["full", "half", "third"]


@dataclass(frozen=True, slots=True)
class Alert:
    """One line of the alert strip: what changes the reading of this report.

    `word` is the kind in the language of the report; "" in English.
    """

    kind: AlertKind
    text: str
    word: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and its value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value of a headline number.

    Parameters
    ----------
    rules : str
        Title of the rule set, "" where there is none to name.
    value : str
        Formatted number with its unit, or ``"not scored"``.
    basis : str
        Numerator and denominator, or why there is no value.
    caveats : tuple of str
        What to keep in mind when reading it.
    known : bool
        False where `value` is not a number.
    """

    rules: str
    value: str
    basis: str
    caveats: tuple[str, ...] = ()
    known: bool = True


@dataclass(frozen=True, slots=True)
class Headline:
    """One of the numbers at the top: its name, definition and readings."""

    name: str
    definition: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell; `note` is printed small beside the text."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A table row.

    Parameters
    ----------
    label : str
        Row header.
    cells : tuple of Cell
        One per column.
    sub : str
        Second row header (the rule set), used where the table has two.
    note : str
        Explanation printed small under the label.
    span : int
        Rows the label stands for, this one and the following; 0: stands under an earlier label.
    section : str
        Heading printed above this row, "" for none.
    """

    label: str
    cells: tuple[Cell, ...]
    sub: str = ""
    note: str = ""
    span: int = 1
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: `heads` name the one or two row-header columns, `columns` the others."""

    key: str
    title: str
    heads: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    numeric: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureText:
    """What is said of a figure.

    Parameters
    ----------
    key : str
        Names the drawing.
    alt : str
        Replaces it for those who listen.
    caption : str
        Printed under it, "" for none.
    width : {"full", "half", "third"}
        Of the text; neighbours of the same part stand side by side.
    time_s : float or None
        The second of the recording it shows, None where it shows no single one.
    """

    key: str
    alt: str
    caption: str
    width: FigureWidth = "full"
    time_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the report: texts, then the figure, then facts, then tables."""

    key: str
    title: str
    texts: tuple[str, ...] = ()
    figures: tuple[FigureText, ...] = ()
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class SourcedFact:
    """A published fact and where it stands."""

    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture of the lab's own: its type, and the bytes of the file as Base64 text."""

    media_type: Literal["image/png", "image/jpeg", "image/svg+xml"]
    base64: str

    @property
    def data_uri(self) -> str:
        """The picture as an address that needs nothing to be loaded."""
        return f"data:{self.media_type};base64,{self.base64}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Whose report it is: printed above the title, "" or empty where nothing is to be said."""

    institution: str = ""
    lines: tuple[str, ...] = ()
    logo: Logo | None = None


NO_LETTERHEAD = Letterhead()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """A whole report in reading order.

    `wording` holds the fixed words a renderer prints around the rest, and `language` is the
    language of the labels (ISO 639-1). Before the signature a renderer leaves an empty box
    under the heading `wording.interpretation`, for the clinician to write in. `names` are words
    that the recording and the lab chose, such as channels: they are never translated.
    """

    title: str
    facts: tuple[Fact, ...]
    alerts: tuple[Alert, ...]
    headlines: tuple[Headline, ...]
    sections: tuple[Section, ...]
    context: tuple[SourcedFact, ...]
    signature: tuple[str, ...]
    disclaimer: str
    wording: Wording = ENGLISH
    language: str = "en"
    letterhead: Letterhead = NO_LETTERHEAD
    names: tuple[str, ...] = ()


def cells(*texts: str) -> tuple[Cell, ...]:
    """Return plain cells."""
    return tuple(Cell(text) for text in texts)
