"""Several nights of one person: notes, order, what sets them apart, the page and the table."""

from __future__ import annotations

import csv
import io
import re
import statistics
from contextlib import suppress
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_nights import leg, nights, provenance
from trend_nights import night_score, trend_nights

from psgscore.cli import main
from psgscore.errors import InputPathError, NotScorableError, PsgscoreError, UsageError
from psgscore.io.night_notes import read_notes
from psgscore.io.outputs import write_score
from psgscore.model.criteria import AASM_V3, WASM_2016
from psgscore.model.finding import Finding, NotScored
from psgscore.model.hypnogram import Stage
from psgscore.model.score import DISCLAIMER
from psgscore.model.subject import Review
from psgscore.report.trend_html import render_trend
from psgscore.report.trend_svg import cut, ticks, width_px
from psgscore.report.trend_view import Trend, trend_view
from psgscore.score.summary import COLUMNS, summary_row
from psgscore.score.trend_measures import trend_measures
from psgscore.score.trend_nights import TrendNight, in_order, not_comparable, note_columns
from psgscore.trend import run_trend, trend_csv, trend_of

NIGHTS = nights()


def notes_file(tmp_path, text, encoding="utf-8", name="notes.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def trend_with(tmp_path, text, n=4, **night):
    return trend_of(trend_nights(n, **night), read_notes(notes_file(tmp_path, text)))


def all_text(view):
    return repr(view)


# notes: the file --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param("night,caffeine\na,yes\nb,no\n", "utf-8", id="commas"),
        pytest.param("night;caffeine\r\na;yes\r\nb;no\r\n", "utf-8", id="semicolons, CR LF"),
        pytest.param("night\tcaffeine\na\tyes\nb\tno", "utf-8", id="tabs, no last line feed"),
        pytest.param("night,caffeine\na,yes\nb,no\n", "utf-8-sig", id="UTF-8 with BOM"),
        pytest.param("night;caffeine\na;yes\nb;no\n", "utf-16", id="UTF-16 with BOM"),
        pytest.param(" Night , caffeine ,\n a , yes ,\n\n b,no,\n,,\n", "utf-8", id="blanks"),
        pytest.param('"night","caffeine"\n"a","yes"\n"b","no"\n', "utf-8", id="quotes"),
        pytest.param("caffeine,night\nyes,a\nno,b\n", "utf-8", id="in any order"),
    ],
)
def test_notes_are_read_however_they_are_written(tmp_path, text, encoding):
    found = read_notes(notes_file(tmp_path, text, encoding))
    assert found.columns == ("caffeine",)
    assert [(row.night, dict(row.cells)) for row in found.rows] == [
        ("a", {"caffeine": "yes"}),
        ("b", {"caffeine": "no"}),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", ["is empty", "night"], id="empty"),
        pytest.param("\n \n", ["is empty"], id="blank"),
        pytest.param("nacht,x\na,1\n", ["no column 'night'", "nacht, x"], id="no column night"),
        pytest.param("night,x,x\na,1,2\n", ["column 'x'", "more than once"], id="column twice"),
        pytest.param("night,,x\na,1,2\n", ["column 2 has no name"], id="column without a name"),
        pytest.param("night,x\na,1\na,2\n", ["night 'a'", "more than once"], id="night twice"),
        pytest.param("night,x\na,1,2\n", ["line 2", "3 cells", "2 columns"], id="too many cells"),
        pytest.param("night,x\na,1\n,2\n", ["line 3", "which night"], id="no night"),
        pytest.param('night,x\na,"1\n', ["is it a CSV"], id="a quote without end"),
        pytest.param("x" * 200_000, ["is it a CSV"], id="one endless cell"),
        pytest.param("night,date\na,14/3/24\n", ["line 2", "14/3/24", "2024-03-14"], id="a date"),
        pytest.param("night,date\na,2024-02-30\n", ["2024-02-30"], id="no such day"),
    ],
)
def test_wrong_notes_are_refused_with_where_and_what_to_do(tmp_path, text, words):
    with pytest.raises(UsageError) as error:
        read_notes(notes_file(tmp_path, text))
    assert str(error.value).startswith("notes.csv")
    assert all(word in str(error.value) for word in words), error.value


def test_notes_that_are_not_there(tmp_path):
    with pytest.raises(InputPathError, match=r"none\.csv"):
        read_notes(tmp_path / "none.csv")


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("notes") / "notes.csv"
    path.write_text(text, "utf-8", errors="replace")
    with suppress(PsgscoreError):
        assert all(row.night for row in read_notes(path).rows)


# notes: which night a row means -----------------------------------------------------------


@pytest.mark.parametrize(
    "word",
    [
        pytest.param("night-2", id="file name"),
        pytest.param("night-2.score.json", id="with its ending"),
        pytest.param("recording-2", id="recording"),
        pytest.param("recording-2.edf", id="file of the recording"),
    ],
)
def test_a_row_names_a_night(tmp_path, word):
    trend = trend_with(tmp_path, f"night,x\n{word},7\n", 3)
    assert [night.notes.get("x") for night in trend.nights] == [None, "7", None]
    assert trend.without_notes == ("night-1", "night-3")
    assert trend.without_score == ()


def test_a_row_may_name_a_study_id_or_a_date_in_the_file_name(tmp_path):
    found = [
        TrendNight(name="n_20240314_x", score=night_score(1)),
        TrendNight(name="other", score=night_score(2, study_id="S-9")),
    ]
    notes = read_notes(notes_file(tmp_path, "night,x\n2024-03-14,1\nS-9,2\n"))
    assert [night.notes["x"] for night in trend_of(found, notes).nights] == ["1", "2"]


def test_an_exact_file_name_wins_over_a_recording_of_that_name(tmp_path):
    found = [
        TrendNight(name="recording-2", score=night_score(1)),
        TrendNight(name="b", score=night_score(2)),
    ]
    notes = read_notes(notes_file(tmp_path, "night,x\nrecording-2,1\n"))
    assert [n.notes.get("x") for n in trend_of(found, notes).nights] == [None, "1"]


def test_a_row_for_two_nights_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"line 2: night 'S-1' is more than one.*night-1, night-2"):
        trend_with(tmp_path, "night,x\nS-1,1\n", 2, study_id="S-1")


def test_two_rows_for_one_night_are_refused(tmp_path):
    with pytest.raises(UsageError, match=r"line 3: night 'recording-1' is night-1, as in line 2"):
        trend_with(tmp_path, "night,x\nnight-1,1\nrecording-1,2\n", 2)


def test_nights_without_a_score_and_without_notes_are_said(tmp_path):
    view = trend_view(trend_with(tmp_path, "night,x\nnight-1,1\nlost,2\n", 2))
    texts = [(alert.kind, alert.text) for alert in view.alerts]
    assert ("note", "Nothing is noted of night-2") in texts
    assert ("warning", "The notes name nights of which there is no score: lost") in texts


# notes: what a column is ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "kind", "groups"),
    [
        pytest.param(["1", "2.5", "-3", ""], "number", (), id="numbers"),
        pytest.param(["1", "0", "1", "0"], "groups", ("0", "1"), id="two numbers are two groups"),
        pytest.param(["1", "1.0", "1", ""], "number", (), id="one number"),
        pytest.param(["yes", "No", "YES", "no"], "groups", ("No", "yes"), id="case is no group"),
        pytest.param(["yes", "?", "no", "n/a"], "groups", ("no", "yes"), id="unknown is no group"),
        pytest.param(["a", "b", "c", ""], "text", (), id="three texts"),
        pytest.param(["1", "2", "some", ""], "text", (), id="numbers and a text"),
        pytest.param(["", "-", "?", "unknown"], "text", (), id="nothing noted"),
        pytest.param(["nan", "inf", "1", "2"], "text", (), id="no numbers to compute with"),
        pytest.param(["1,5", "2,5", "3,5", ""], "text", (), id="decimal comma between commas"),
    ],
)
def test_kinds_of_columns(cells, kind, groups):
    found = [
        TrendNight(name=str(k), score=NIGHTS["everything"], notes={"x": cell})
        for k, cell in enumerate(cells)
    ]
    (column,) = note_columns(found, ["x"], decimal_comma=False)
    assert (column.kind, column.groups) == (kind, groups)
    assert len(column.values) == 4


def test_a_decimal_comma_counts_where_cells_are_not_parted_by_commas(tmp_path):
    trend = trend_with(tmp_path, "night;x\nnight-1;0,25\nnight-2;0,5\nnight-3;1,0\n", 3)
    assert trend.columns[0].values == (0.25, 0.5, 1.0)


# order ------------------------------------------------------------------------------------


def names(found):
    return [night.name for night in found]


def test_nights_stand_by_name_with_numbers_by_their_value():
    score = NIGHTS["everything"]
    mixed = ["night-10", "night-2", "Night-1", "a", "night-02"]
    ordered, by_date = in_order([TrendNight(name=name, score=score) for name in mixed])
    assert names(ordered) == ["a", "Night-1", "night-02", "night-2", "night-10"]
    assert not by_date


def test_dates_of_the_notes_win_if_every_night_has_one(tmp_path):
    rows = "night,date\nnight-1,2024-03-09\nnight-2,01.03.2024\nnight-3,2024-3-5\n"
    trend = trend_with(tmp_path, rows, 3)
    assert names(trend.nights) == ["night-2", "night-3", "night-1"]
    assert trend.nights[0].date == "2024-03-01"
    assert "date in the notes" in all_text(trend_view(trend).facts)
    trend = trend_with(tmp_path, rows.replace(",2024-3-5", ","), 3)
    assert names(trend.nights) == ["night-1", "night-2", "night-3"]
    assert "file name" in all_text(trend_view(trend).facts)


# what sets nights apart -------------------------------------------------------------------


def differing(**changes):
    one = night_score(1)
    return [
        TrendNight(name="a", score=one),
        TrendNight(name="b", score=replace(one, **changes)),
    ]


def test_equal_nights_are_comparable():
    assert list(not_comparable(trend_nights(3))) == []


@pytest.mark.parametrize(
    ("what", "found"),
    [
        ("psgscore version", differing(provenance=provenance(version="0.0.9"))),
        ("criteria", differing(provenance=provenance(criteria_sha256="0" * 64))),
        ("rule sets", differing(provenance=provenance(rules=(WASM_2016,)))),
        ("legs", differing(provenance=provenance(channels=(leg("left"),)))),
        ("movements", differing(provenance=provenance(settings={"movements": "imported"}))),
        (
            "sleep stages",
            differing(provenance=provenance(stage_source="Automatic stages, unreviewed")),
        ),
        ("lights", differing(findings=(Finding("lights.no-off", "x", severity="note"),))),
        ("review", differing(review=Review(by="somebody"))),
        ("sleep stages", differing(hypnogram=None)),
    ],
)
def test_what_sets_nights_apart_is_said_at_the_top(what, found):
    texts = [text for text in not_comparable(found) if text.startswith(f"{what}: ")]
    assert len(texts) == 1
    assert "(a)" in texts[0]
    assert "(b)" in texts[0]
    warnings = [alert.text for alert in trend_view(trend_of_any(found)).alerts]
    assert f"Not comparable: the nights differ in {texts[0]}" in warnings


def trend_of_any(found):
    """Put nights together that share a recording, which a folder of scores may not."""
    other = replace(found[1].score.provenance, input_sha256="1" * 64)
    return trend_of([found[0], replace(found[1], score=replace(found[1].score, provenance=other))])


@pytest.mark.parametrize("kind", ["arousal", "respiratory"])
def test_what_was_scored_in_some_nights_only_sets_them_apart(kind):
    covers = frozenset({"LM", "arousal", "respiratory"}) - {kind}
    found = [
        TrendNight(name="a", score=night_score(1)),
        TrendNight(name="b", score=night_score(2, covers=covers)),
    ]
    assert any(f"{kind}" in text and "not scored (b)" in text for text in not_comparable(found))


# what is followed -------------------------------------------------------------------------


def test_a_measure_equals_the_summary_of_its_night():
    keys = {
        "wasm-2016-plms": "wasm_2016_plms_per_hour",
        "wasm-2016-plmw": "wasm_2016_plmw_per_hour",
        "wasm-2016-plms_arousal": "wasm_2016_plms_arousal_per_hour",
        "aasm-v3-plms": "aasm_v3_plms_per_hour",
        "tst_min": "tst_min",
        "sleep_efficiency_percent": "sleep_efficiency_percent",
        "waso_min": "waso_min",
        "arousal_index": "arousals_per_hour",
    }
    for score in (*NIGHTS.values(), night_score(2)):
        row = summary_row(score)
        for one in trend_measures([NIGHTS["everything"]]):
            if one.key in keys:
                assert one.value(score) == row[keys[one.key]], one.key


@pytest.mark.parametrize("name", NIGHTS)
def test_whatever_is_not_known_has_a_reason(name):
    for one in trend_measures([NIGHTS["everything"], NIGHTS["four rule sets"]]):
        if one.value(NIGHTS[name]) is None:
            assert one.reason(NIGHTS[name]), one.key


@pytest.mark.parametrize(
    ("key", "score", "reason"),
    [
        ("wasm-2016-plms", NIGHTS["no hypnogram"], "there is no hypnogram"),
        ("wasm-2016-plms", NIGHTS["one rule set"], "this rule set was not used"),
        ("wasm-2016-plms", NIGHTS["all wake"], "no sleep with a readable leg"),
        ("wasm-2016-plms_arousal", NIGHTS["only movements"], "no arousals were scored"),
        ("wasm-2016-plms", NIGHTS["no legs"], "no leg movements were detected or imported"),
        ("rem_latency_min", NIGHTS["no REM"], "there is no stage R"),
        ("waso_min", NIGHTS["all unscored"], "no epoch between lights off and on has a stage"),
        (
            "jerks",
            replace(NIGHTS["everything"], not_scored=(NotScored("hypnic jerks", "no EMG"),)),
            "no EMG",
        ),
    ],
)
def test_the_reason_is_the_true_one(key, score, reason):
    measure = next(one for one in trend_measures([NIGHTS["everything"]]) if one.key == key)
    assert measure.value(score) is None
    assert reason in measure.reason(score)


def test_jerks_are_definite_and_probable_of_the_whole_night():
    measure = next(one for one in trend_measures([night_score(1)]) if one.key == "jerks")
    # Two places, two tiers of 3; no place is counted that has no window.
    assert measure.value(night_score(3)) == 12
    score = night_score(3)
    jerks = tuple(
        replace(one, count=None, readable_s=0.0) if one.context == "sleep onset" else one
        for one in score.movements.jerks
    )
    unread = replace(score, movements=replace(score.movements, jerks=jerks))
    assert measure.value(unread) is None
    assert "cannot be read" in measure.reason(unread)


# the page ---------------------------------------------------------------------------------


class Page(HTMLParser):
    """Collects the text, the tags and what they point to; checks that tags are closed."""

    VOID = frozenset({"meta", "br", "path", "circle", "rect"})

    def __init__(self, text):
        super().__init__()
        self.words, self.tags, self.open, self.links = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


NOTES = "night,date,caffeine,units,remark\n" + "".join(
    f"night-{k},2024-03-{k:02d},{'yes' if k % 2 else 'no'},{k % 5},said {k}\n" for k in range(1, 10)
)


@pytest.fixture(scope="module")
def nine(tmp_path_factory):
    return trend_with(tmp_path_factory.mktemp("nine"), NOTES, 9)


def test_the_page_holds_every_night_and_loads_nothing(nine):
    text = render_trend(nine)
    page = Page(text)
    assert not page.open
    assert page.links == []
    assert DISCLAIMER in page.text
    for k in range(1, 10):
        assert f"night-{k} " in page.text
        assert f"said {k}" in page.text
    assert text == render_trend(nine)
    assert re.search(r"url\(|@import|<script", text) is None


def test_every_drawing_is_xml_with_a_dot_per_night(nine):
    drawings = re.findall(r"<svg.*?</svg>", render_trend(nine), re.DOTALL)
    courses = len([one for one in nine.measures if any(v is not None for v in nine.values(one))])
    assert len(drawings) == courses + 2
    for drawing in drawings[:courses]:
        tree = ElementTree.fromstring(drawing)
        assert len(tree.findall("{*}circle")) == 9


@pytest.mark.parametrize("n", [2, 9, 40, 90])
def test_nothing_in_a_drawing_lies_outside_of_it(n):
    score = night_score(1)
    said = {"drug": "a long text that has no end \u811a" * 3, "a long heading of a column": "yes"}
    found = tuple(
        TrendNight(name=f"a/long/folder/night-{k}", score=score, notes=said if k % 2 else {})
        for k in range(n)
    )
    columns = note_columns(found, [*said, "none"], decimal_comma=False)
    text = render_trend(Trend(nights=found, by_date=False, notes="x.csv", columns=columns))
    for drawing in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        tree = ElementTree.fromstring(drawing)
        width, height = map(float, tree.get("viewBox").split()[2:])
        for text in tree.findall("{*}text"):
            x, y, long = float(text.get("x")), float(text.get("y")), width_px(text.text or "")
            if text.get("transform"):
                ends = (y - long, y) if text.get("text-anchor") == "start" else (y, y + long)
                assert ends[0] >= 0
                assert ends[1] <= height + 1
                continue
            left = {"start": x, "middle": x - long / 2, "end": x - long}[text.get("text-anchor")]
            assert left >= 0
            assert left + long <= width + 1
            assert 0 <= y <= height


HOSTILE = '<script>alert("x")</script>&\u811a\x07'


def test_hostile_texts_are_texts(tmp_path):
    name = "<b>&amp;"
    found = [
        TrendNight(name=f"{name}{k}", score=night_score(k, study_id=HOSTILE + str(k)))
        for k in (1, 2, 3)
    ]
    notes = read_notes(
        notes_file(
            tmp_path, f"night\t{name}\n" + "".join(f"{name}{k}\t<i>{k}\n" for k in (1, 2, 3))
        )
    )
    text = render_trend(trend_of(found, notes))
    page = Page(text)
    assert not {"script", "b", "i"} & set(page.tags)
    assert f"{name}1" in page.text
    for drawing in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        ElementTree.fromstring(drawing)


def test_a_night_without_a_number_is_a_gap_with_its_reason():
    found = trend_nights(4)
    found[1] = replace(found[1], score=night_score(2, stages=None))
    trend = trend_of(found)
    view = trend_view(trend)
    section = next(one for one in view.sections if one.key == "section-wasm-2016-plms")
    assert section.texts == ("Not scored in night-2, because there is no hypnogram.",)
    drawing = next(
        one
        for one in re.findall(r"<svg.*?</svg>", render_trend(trend), re.DOTALL)
        if "not scored" in one
    )
    tree = ElementTree.fromstring(drawing)
    assert len(tree.findall("{*}circle")) == 3
    # Nights 1 | 3 and 4: one line, and none across the gap.
    lines = [one for one in tree.findall("{*}path") if one.get("stroke-linejoin")]
    assert [one.get("d").count("L") for one in lines] == [1]
    table = next(one for one in view.sections if one.key == "spread-section").tables[0]
    assert table.rows[0].cells[0].text == "3 of 4"


def test_what_no_night_has_is_said_and_not_drawn():
    covers = frozenset({"LM", "respiratory"})
    view = trend_view(trend_of(trend_nights(2, covers=covers)))
    spread = next(one for one in view.sections if one.key == "spread-section")
    text = (
        "Not scored in any night: PLMS-arousal index, WASM 2016, because no arousals were scored."
    )
    assert text in spread.texts
    assert "section-wasm-2016-plms_arousal" not in [one.key for one in view.sections]


def rows_of(view, key):
    for section in view.sections:
        for table in section.tables:
            if table.key == key:
                return {row.label: [cell.text for cell in row.cells] for row in table.rows}
    raise KeyError(key)


def test_groups_stand_beside_each_other_with_their_difference(nine):
    view = trend_view(nine)
    cells = rows_of(view, "beside-0")["Hypnic jerks, definite and probable"]
    # Nights 2, 4, 6, 8 and 1, 3, 5, 7, 9, four counts of the number of the night each.
    assert cells[:3] == ["20.0", "20.0", "0.0"]
    assert re.fullmatch(r"-\d+\.\d to \+\d+\.\d", cells[3])
    along = rows_of(view, "beside-1")["Hypnic jerks, definite and probable"]
    assert along[0] == "9"
    assert "Differences with an interval on this page: 12." in all_text(view)


def test_groups_one_after_the_other_are_said_to_be(tmp_path):
    rows = "night,drug\n" + "".join(
        f"night-{k},{'none' if k < 5 else 'some'}\n" for k in range(1, 9)
    )
    view = trend_view(trend_with(tmp_path, rows, 8))
    assert "The nights with none all lie before those with some" in all_text(view)
    view = trend_view(trend_with(tmp_path, rows.replace("night-1,none", "night-1,some"), 8))
    assert "all lie" not in all_text(view)


def test_too_few_nights_in_a_group_have_no_interval(tmp_path):
    rows = "night,x\nnight-1,a\nnight-2,b\nnight-3,b\nnight-4,b\n"
    cells = rows_of(trend_view(trend_with(tmp_path, rows)), "beside-0")
    assert cells["PLMS index, WASM 2016, /h"][3] == "-"


def test_no_causal_word_no_test_and_no_advice(nine):
    page = Page(render_trend(nine)).text.casefold()
    words = ("significan", "p-value", "p =", "effect", "because of", "caus", "should", "recommend")
    assert [word for word in words if word in page.replace("causes", "")] == []


def test_nights_needed_follow_from_the_nights_at_hand(nine):
    cells = rows_of(trend_view(nine), "power")
    (measure,) = (one for one in nine.measures if one.key == "wasm-2016-plms")
    values = nine.values(measure)
    assert cells[measure.name][0] == f"{statistics.stdev(values):.1f}"
    assert re.fullmatch(r"\d+ \(\d+ to (\d+|over 1000)\)", cells[measure.name][1])
    jerks = cells["Hypnic jerks, definite and probable"]
    assert jerks[1] == jerks[2] == "-"
    assert "treated as independent" in all_text(trend_view(nine))


@pytest.mark.parametrize(("n", "said"), [(4, True), (5, False)])
def test_fewer_than_five_nights_cannot_say_how_many_are_needed(n, said):
    view = trend_view(trend_of(trend_nights(n)))
    assert ("cannot be said: an SD takes at least 5 nights" in all_text(view)) == said
    assert ("PMID 19022704" in all_text(view)) == said
    assert (rows_of(view, "power")["PLMS index, WASM 2016, /h"][1] == "-") == said


# drawing ----------------------------------------------------------------------------------


@given(st.floats(-1e5, 1e5), st.floats(0, 1e5))
def test_ticks_are_few_round_and_around_the_values(low, extent):
    marks = ticks(low, low + extent)
    assert marks[0] <= low + 1e-6 * max(1, abs(low))
    assert marks[-1] >= low + extent - 1e-6 * max(1, abs(low) + extent)
    assert 2 <= len(marks) <= 8
    assert len(set(marks)) == len(marks)


@given(st.text(max_size=40), st.floats(20, 300))
def test_a_cut_text_fits(words, room):
    found = cut(words, room)
    assert width_px(found) <= max(room, width_px("\u2026"))
    assert found == words or "\u2026" in found


# the table and the command ----------------------------------------------------------------


def test_the_table_holds_the_summary_of_every_night_and_its_notes(nine):
    head, *body = csv.reader(io.StringIO(trend_csv(nine), newline=""), strict=True)
    assert head[:3] == ["night", "order", "date"]
    assert head[3 : 3 + len(COLUMNS)] == [column.name for column in COLUMNS]
    assert head[3 + len(COLUMNS) :] == ["note_caffeine", "note_units", "note_remark"]
    assert [row[:3] for row in body] == [
        [f"night-{k}", str(k), f"2024-03-{k:02d}"] for k in range(1, 10)
    ]
    for row, night in zip(body, nine.nights, strict=True):
        cells = dict(zip(head, row, strict=True))
        expected = summary_row(night.score)
        assert float(cells["tst_min"]) == expected["tst_min"]
        assert float(cells["wasm_2016_plms_per_hour"]) == expected["wasm_2016_plms_per_hour"]
        assert cells["note_remark"] == night.notes["remark"]


def test_nights_of_different_rule_sets_share_one_header():
    found = [
        TrendNight(name="a", score=night_score(1, rules=(AASM_V3,))),
        TrendNight(name="b", score=night_score(2, rules=(replace(WASM_2016, name="mine"),))),
    ]
    head, first, second = csv.reader(io.StringIO(trend_csv(trend_of(found)), newline=""))
    assert len(head) == len(first) == len(second)
    place = head.index("own_mine_plms_per_hour")
    assert first[place] == ""
    assert float(second[place]) > 0


def write_nights(folder, n):
    for night in trend_nights(n):
        write_score(night.score, folder, night.name, kinds=("score",))


def run(capsys, *words):
    code = main([str(word) for word in words])
    return code, *capsys.readouterr()


def test_the_command_reads_a_folder_and_writes_page_and_table(capsys, tmp_path):
    write_nights(tmp_path / "scores", 2)
    write_score(
        night_score(3), tmp_path / "scores" / "deeper", "night-3", kinds=("score", "summary")
    )
    notes = notes_file(tmp_path, "night,x\nnight-1,1\nnight-2,2\nnight-3,3\n")
    code, out, err = run(
        capsys, "trend", tmp_path / "scores", "--notes", notes, "-o", tmp_path / "out"
    )
    assert (code, err) == (0, "")
    assert out.startswith("3 nights, night-1 to night-3\n")
    assert "PLMS index, WASM 2016: mean" in out
    assert DISCLAIMER in out
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == ["trend.csv", "trend.html"]
    first = [(tmp_path / "out" / name).read_bytes() for name in ("trend.csv", "trend.html")]
    run(capsys, "trend", tmp_path / "scores", "--notes", notes, "-o", tmp_path / "out")
    assert first == [(tmp_path / "out" / name).read_bytes() for name in ("trend.csv", "trend.html")]


def test_a_score_read_from_a_file_gives_the_page_of_the_score(tmp_path):
    write_nights(tmp_path, 2)
    result = run_trend(tmp_path, None, tmp_path / "out")
    assert trend_csv(result.trend) == trend_csv(trend_of(trend_nights(2)))


def test_equal_file_names_are_told_apart_by_their_folders(tmp_path):
    write_score(night_score(1), tmp_path / "a", "night", kinds=("score",))
    write_score(night_score(2), tmp_path / "b", "night", kinds=("score",))
    result = run_trend(tmp_path, None, tmp_path / "out")
    assert names(result.trend.nights) == ["a/night", "b/night"]


@pytest.mark.parametrize(("n", "words"), [(0, "none was found"), (1, r"one was found \(night-1\)")])
def test_fewer_than_two_nights_are_refused_with_what_to_do(tmp_path, capsys, n, words):
    (tmp_path / "scores").mkdir()
    write_nights(tmp_path / "scores", n)
    code, out, err = run(capsys, "trend", tmp_path / "scores", "-o", tmp_path / "out")
    assert (code, out) == (3, "")
    assert re.search(rf"at least 2 nights, and {words}: score more nights.*psgscore score", err)
    assert not (tmp_path / "out").exists()


def test_one_recording_twice_is_refused(tmp_path):
    found = trend_nights(2)
    found.append(replace(found[0], name="again"))
    with pytest.raises(
        NotScorableError, match="night-1 and again are scores of the same recording"
    ):
        trend_of(found)


@pytest.mark.parametrize("kind", ["missing", "file"])
def test_no_folder(tmp_path, kind):
    path = tmp_path / kind
    if kind == "file":
        path.write_text("x")
    with pytest.raises(InputPathError, match="folder"):
        run_trend(path, None, tmp_path / "out")


def test_a_damaged_score_is_named(tmp_path, capsys):
    write_nights(tmp_path, 2)
    (tmp_path / "night-2.score.json").write_text("{")
    code, _, err = run(capsys, "trend", tmp_path, "-o", tmp_path / "out")
    assert code
    assert "night-2.score.json" in err


def test_notes_are_never_overwritten(tmp_path, capsys):
    write_nights(tmp_path / "scores", 2)
    notes = notes_file(tmp_path, "night,x\nnight-1,1\n", name="trend.csv")
    code, _, err = run(capsys, "trend", tmp_path / "scores", "--notes", notes, "-o", tmp_path)
    assert code == 2
    assert "would be overwritten" in err
    assert notes.read_text() == "night,x\nnight-1,1\n"


def test_all_stages_unscored_have_no_sleep_number():
    stages = [Stage.UNSCORED] * 360
    trend = trend_of([*trend_nights(2), TrendNight(name="z", score=night_score(9, stages=stages))])
    (tst,) = (one for one in trend.measures if one.key == "tst_min")
    assert trend.values(tst)[2] is None
