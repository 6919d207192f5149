"""Labels of a report in another language: exact words and fixed patterns, nothing guessed."""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib import resources
from typing import Protocol

from psgscore.report.parts import Alert, Cell, Fact, Headline, ReportView, Row, Section, Table
from psgscore.report.settings import Language
from psgscore.report.wording import Wording

_HOLES = {"{#}": r"([-+0-9.,:% ]+?)", "{}": "(.+)"}
_ALSO = "also: "
_SVG_TEXT = re.compile(r"(<text\b[^>]*>)([^<]+)(?=</text>)")


class Words(Protocol):
    """Gives the words of a language for ours, or ours where it has none."""

    def label(self, text: str) -> str:
        """Return a label: a title, a head, the name of a value."""

    def cell(self, text: str) -> str:
        """Return the text of a value, which only a listed word of ours changes."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of one language by the English ones, as its TOML has them.

    A key may have holes: ``{#}`` is a number or a clock time, ``{}`` any text; what stands there
    is kept as it is. `colon` stands between a label and the value after it.
    """

    note: str
    labels: Mapping[str, str]
    cells: Mapping[str, str]
    colon: str = ": "


@dataclass(frozen=True, slots=True)
class Translator:
    """The words of a vocabulary, those in `names` left alone."""

    vocabulary: Vocabulary
    names: frozenset[str] = frozenset()

    def label(self, text: str) -> str:
        """Return a label; of "one: two", the label before the colon and the value after it."""
        if not text or text in self.names:
            return text
        found = looked_up(text, self.vocabulary.labels)
        if found is not None:
            return found
        pieces = text.split(": ")
        for place in range(len(pieces) - 1, 0, -1):
            known = looked_up(": ".join(pieces[:place]), self.vocabulary.labels)
            if known is not None:
                return known + self.vocabulary.colon + self.cell(": ".join(pieces[place:]))
        return text

    def cell(self, text: str) -> str:
        """Return a value; only the words of the list for values are other words."""
        if not text or text in self.names:
            return text
        found = looked_up(text, self.vocabulary.cells)
        return text if found is None else found


def looked_up(text: str, table: Mapping[str, str]) -> str | None:
    """Return the words for a text, None where the table has none."""
    if text in table:
        return table[text]
    # Of two patterns that fit, the one with more words of its own is meant.
    for english in sorted((one for one in table if "{" in one), key=len, reverse=True):
        found, other = _pattern(english).fullmatch(text), table[english]
        if found:
            return other.replace("{#}", "{}").format(*found.groups())
    return None


@cache
def _pattern(english: str) -> re.Pattern[str]:
    pieces = re.split(r"({#?})", english)
    return re.compile("".join(_HOLES.get(piece) or re.escape(piece) for piece in pieces))


@cache
def vocabulary(language: Language) -> Vocabulary:
    """Return the words of a language, none for English."""
    if language == "en":
        return Vocabulary("", {}, {})
    source = resources.files("psgscore.report").joinpath("languages", f"{language}.toml")
    found = tomllib.loads(source.read_text("utf-8"))
    return Vocabulary(**found)


def translated(view: ReportView, language: Language) -> ReportView:
    """Return the view with its labels in a language.

    Titles, heads, labels and fixed words are; sentences, and what the recording says, are not.
    The disclaimer stands in both languages.

    Parameters
    ----------
    view : ReportView
        In English.
    language : str
        ``"en"`` changes nothing.
    """
    if language == "en":
        return view
    known = vocabulary(language)
    found = reworded(view, Translator(known, frozenset(view.names)))
    return replace(
        found,
        language=language,
        wording=replace(found.wording, language_note=known.note),
        disclaimer=f"{found.disclaimer} ({view.disclaimer})",
    )


def translated_drawing(svg: str, view: ReportView) -> str:
    """Return a drawing with its words in the language of the view."""
    if view.language == "en":
        return svg
    words = Translator(vocabulary(view.language), frozenset(view.names))

    def one(found: re.Match[str]) -> str:
        text = html.unescape(found[2])
        label = words.label(text)
        return found[1] + (found[2] if label == text else html.escape(label, quote=False))

    return _SVG_TEXT.sub(one, svg)


def reworded(view: ReportView, words: Words) -> ReportView:
    """Return the view with every label and value as `words` has them, all else as it is."""
    return replace(
        view,
        facts=_facts(view.facts, words),
        alerts=tuple(_alert(alert, words) for alert in view.alerts),
        headlines=tuple(_headline(one, words) for one in view.headlines),
        sections=tuple(_section(section, words) for section in view.sections),
        signature=tuple(words.label(line) for line in view.signature),
        disclaimer=words.label(view.disclaimer),
        wording=_wording(view.wording, words),
    )


def _wording(wording: Wording, words: Words) -> Wording:
    ours = {field.name: getattr(wording, field.name) for field in fields(wording)}
    return Wording(**{name: words.label(text) for name, text in ours.items()})


def _alert(alert: Alert, words: Words) -> Alert:
    return replace(alert, word=words.label(alert.kind))


def _headline(headline: Headline, words: Words) -> Headline:
    return replace(
        headline,
        name=words.label(headline.name),
        definition=words.label(headline.definition),
        readings=tuple(replace(one, value=words.cell(one.value)) for one in headline.readings),
    )


def _section(section: Section, words: Words) -> Section:
    return replace(
        section,
        title=words.label(section.title),
        facts=_facts(section.facts, words),
        tables=tuple(_table(table, words) for table in section.tables),
    )


def _facts(facts: tuple[Fact, ...], words: Words) -> tuple[Fact, ...]:
    return tuple(Fact(words.label(fact.label), words.cell(fact.value)) for fact in facts)


def _table(table: Table, words: Words) -> Table:
    return replace(
        table,
        title=words.label(table.title),
        heads=tuple(words.label(head) for head in table.heads),
        columns=tuple(words.label(column) for column in table.columns),
        rows=tuple(_row(row, words) for row in table.rows),
    )


def _row(row: Row, words: Words) -> Row:
    return replace(
        row,
        label=words.label(row.label),
        sub=words.label(row.sub),
        section=words.label(row.section),
        note=_note(row.note, words),
        cells=tuple(Cell(words.cell(cell.text), words.cell(cell.note)) for cell in row.cells),
    )


def _note(note: str, words: Words) -> str:
    """Return the note of a row; after "also: " stand the labels of other rows."""
    if not note.startswith(_ALSO):
        return words.cell(note)
    others = (words.label(one) for one in note.removeprefix(_ALSO).split("; "))
    return words.label(_ALSO + "; ".join(others))
