"""Every label of a report is in every language, and nothing else is translated."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import get_args

import pytest
from label_nights import every_night
from report_nights import leg, nights, provenance, score_night

from psgscore.model.criteria import WASM_2016
from psgscore.model.score import DISCLAIMER
from psgscore.report.arrange import arranged
from psgscore.report.drawings import drawings
from psgscore.report.html import render_html
from psgscore.report.parts import ReportView
from psgscore.report.settings import Language, ReportSettings, Template
from psgscore.report.translate import Translator, Vocabulary, looked_up, reworded, vocabulary
from psgscore.report.view import report_view

OTHERS = [one for one in get_args(Language) if one != "en"]
OWN = (Template("report.css", "", "report.css"),)
# Abbreviations of the standards and units are the same in every language.
STANDARD = {"W", "N1", "N2", "N3", "R", "NREM", "LM", "PLM", "Hz", "dB"}
# Sentences, and numbers with their unit or their rule set, stay as they are.
SAID_OF_A_FIGURE = re.compile(r"[\d.]+ (s|uV)\b|left, |Sleep onset |between |no closer: ")
SVG_TEXT = re.compile(r"<text\b[^>]*>([^<]+)</text>")


class Recorder:
    """Words that change nothing and remember what they were asked for."""

    def __init__(self) -> None:
        self.labels: set[str] = set()
        self.cells: set[str] = set()

    def label(self, text: str) -> str:
        self.labels.add(text)
        return text

    def cell(self, text: str) -> str:
        self.cells.add(text)
        return text


@pytest.fixture(scope="module")
def printed():
    """Return the labels, the values and the words in drawings of every kind of night."""
    recorder, drawn, names = Recorder(), set(), set()
    for score in every_night().values():
        for settings in (ReportSettings(), ReportSettings(without=("sleep",), templates=OWN)):
            view = arranged(report_view(score), settings)
            reworded(view, recorder)
        names |= set(view.names)
        drawn |= {
            html.unescape(text)
            for svg in drawings(score, view).values()
            for text in SVG_TEXT.findall(svg)
        }
    return recorder.labels - names, recorder.cells - names, drawn - names


def has_words(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]", text)) and text not in STANDARD


@pytest.mark.parametrize("language", OTHERS)
def test_every_label_is_in_the_language(language, printed):
    labels, _, _ = printed
    words = Translator(vocabulary(language))
    missing = {one for one in labels if has_words(one) and not known(words, one)}
    assert missing == set()


@pytest.mark.parametrize("language", OTHERS)
def test_every_word_of_a_figure_is_in_the_language(language, printed):
    _, _, drawn = printed
    words = Translator(vocabulary(language))
    missing = {one for one in drawn if has_words(one) and not SAID_OF_A_FIGURE.match(one)}
    assert {one for one in missing if not known(words, one)} == set()


def known(words: Translator, label: str) -> bool:
    """Say whether a label has words of the language, or begins with such up to a colon."""
    table = words.vocabulary.labels
    pieces = label.split(": ")
    begun = [": ".join(pieces[:place]) for place in range(1, len(pieces) + 1)]
    return any(looked_up(one, table) is not None for one in begun)


@pytest.mark.parametrize("language", OTHERS)
def test_no_language_has_a_word_that_nothing_uses(language, printed):
    labels, cells, drawn = printed
    found = vocabulary(language)
    watched = Vocabulary("", Watched(found.labels), Watched(found.cells))
    for one in labels | drawn:
        Translator(watched).label(one)
    for one in cells:
        Translator(watched).cell(one)
    assert set(found.labels) - watched.labels.seen == set()
    assert set(found.cells) - watched.cells.seen == set()


class Watched(dict):
    """A table that remembers what was looked up and found."""

    def __init__(self, table) -> None:
        super().__init__(table)
        self.seen: set[str] = set()

    def __getitem__(self, key):
        self.seen.add(key)
        return super().__getitem__(key)


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_the_same_keys_and_the_same_holes(language):
    found, german = vocabulary(language), vocabulary("de")
    for mine, its in ((found.labels, german.labels), (found.cells, german.cells)):
        assert set(mine) == set(its)
        for english, other in mine.items():
            holes = re.findall(r"{#?}", english)
            assert re.findall(r"{#?}", other) == holes, english
            assert other.strip() == other != ""


def test_english_is_the_report_as_it_comes():
    view = report_view(nights()["everything"])
    assert arranged(view, ReportSettings()) is view
    assert arranged(view, ReportSettings(language="en", order=("legs",))).wording == view.wording


@pytest.fixture(scope="module")
def german() -> str:
    return render_html(nights()["everything"], ReportSettings(language="de"))


def test_a_report_says_its_language_once_and_that_explanations_are_in_english(german):
    assert '<html lang="de">' in german
    assert german.count(html.escape(vocabulary("de").note)) == 1
    assert vocabulary("de").note not in render_html(nights()["everything"])


def test_labels_values_and_figures_are_in_the_language(german):
    for words in (
        "PLMS-Index",
        "Schlafeffizienz",
        "Einschlaflatenz (SOL)",
        ">links<",
        "Hypnogramm",
    ):
        assert words in german
    for words in ("Sleep efficiency", ">left<", ">Hypnogram<", "Reviewed by", ">Lights off<"):
        assert words not in german


def test_the_disclaimer_stands_in_both_languages(german):
    (said,) = re.findall(r'<footer class="every-page">(.*?)</footer>', german)
    assert DISCLAIMER in said
    assert vocabulary("de").labels[DISCLAIMER] in said


@pytest.mark.parametrize("name", ["Arousals", "Sleep", "left", "Hour 1", "yes", "Setting: fill"])
def test_what_others_have_named_is_never_translated(name):
    score = score_night(
        provenance=provenance(
            input_name=name,
            channels=(replace(leg("left"), name=name), leg("right")),
            scoring_inputs=((name, "0"),),
        ),
        rules=(replace(WASM_2016, title=name),),
    )
    view = arranged(report_view(score), ReportSettings(language="de"))
    tables = {table.key: table for section in view.sections for table in section.tables}
    assert tables["channels"].rows[0].label == name
    assert tables["rules"].columns[0] == name
    assert {row.sub for row in tables["intervals"].rows} == {name}
    facts = {fact.value for section in view.sections for fact in section.facts}
    assert name in facts


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("Hour 2", "Stunde 2"),
        ("22:31 to 23:31", "22:31 bis 23:31"),
        ("night to day", "night to day"),
        ("Setting: respiratory window", "Einstellung: respiratory window"),
        ("Sleep well: yes", "Sleep well: yes"),
        ("Flag: possible nocturnal seizure: looked for, none found",
         "Markierung: möglicher nächtlicher Anfall: gesucht, keine gefunden"),
        ("PLMS per hour (count), Sleep", "PLMS pro Stunde (Anzahl), Sleep"),
        ("PLMS per hour of sleep, by hour from lights off (dark A, hatched B, light C, crossed D)",
         "PLMS pro Stunde Schlaf, je Stunde ab Licht aus "
         "(dunkel A, schraffiert B, hell C, gekreuzt D)"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_label_is_translated_as_a_whole_and_what_stands_in_it_is_kept(text, other):
    assert Translator(vocabulary("de")).label(text) == other


def test_a_word_of_a_label_is_no_word_of_a_value():
    words = Translator(vocabulary("de"))
    assert words.cell("Sleep") == "Sleep"
    assert words.cell("night to day") == "night to day"


@pytest.mark.parametrize("language", OTHERS)
def test_words_beside_the_rows_of_a_figure_have_the_room_of_the_english_ones(language):
    rows = ("left", "right", "both", "leg", "arousal", "auto. ar.", "resp.")
    longest = max(map(len, rows))
    assert all(len(vocabulary(language).labels[word]) <= longest for word in rows)


@pytest.mark.parametrize("language", OTHERS)
def test_everything_else_is_the_same_in_every_language(language):
    """Numbers, texts and the shape of the report."""
    plain = report_view(nights()["everything"])
    other = arranged(plain, ReportSettings(language=language))
    assert figures_of(other) == figures_of(plain)
    for mine, its in zip(other.sections, plain.sections, strict=True):
        assert (mine.key, mine.texts, mine.figures) == (its.key, its.texts, its.figures)
        for table, same in zip(mine.tables, its.tables, strict=True):
            assert (table.key, table.notes, len(table.rows)) == (
                same.key, same.notes, len(same.rows),
            )  # fmt: skip
    assert [alert.text for alert in other.alerts] == [alert.text for alert in plain.alerts]
    assert [alert.kind for alert in other.alerts] == [alert.kind for alert in plain.alerts]


def figures_of(view: ReportView) -> list[str]:
    """Return every number of the tables and the head."""
    cells = [
        cell.text + cell.note
        for section in view.sections
        for table in section.tables
        for row in table.rows
        for cell in row.cells
    ]
    values = [fact.value for section in view.sections for fact in section.facts]
    values += [fact.value for fact in view.facts]
    values += [one.value for headline in view.headlines for one in headline.readings]
    return [number for text in cells + values for number in re.findall(r"\d[\d.:]*", text)]
