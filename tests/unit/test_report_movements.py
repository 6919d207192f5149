"""What the report, the JSON and the alerts say of the movements besides leg movements."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from movement_nights import heart_response, jerks, movement_night, potentials, rows
from report_nights import nights, score_night

from psgscore.io.score_json import score_document, score_json, score_schema
from psgscore.model.events import Events
from psgscore.model.finding import NotScored
from psgscore.report.heart_figure import heart_figure, heart_svg
from psgscore.report.html import render_html
from psgscore.report.view import report_view
from psgscore.score.kind_summary import kind_summaries
from psgscore.score.movement_rates import COUNTED

NIGHTS = nights()
TRAINS = Events.concat(
    [
        rows("ALMA", (3010.0, 3020.0), (4100.0, 4108.0)),
        rows("ALMA", (5000.0, 5010.0), excluded_by="artefact"),
        rows("bruxism:phasic", (6000.0, 6005.0)),
        rows("bruxism:tonic", (6100.0, 6103.0)),
        rows("rhythmic_flag", (2600.0, 2615.0)),
        jerks([1230.0]),
        potentials([2410.0, 2435.0]),
    ]
)


def table(score, key):
    found = [t for s in report_view(score).sections for t in s.tables if t.key == key]
    return found[0] if found else None


def kind_row(score, title):
    (found,) = [row for row in table(score, "kinds").rows if row.label.startswith(title)]
    return found, [cell.text for cell in found.cells]


def section(score, key):
    return next((one for one in report_view(score).sections if one.key == key), None)


def facts(score, key):
    return {fact.label: fact.value for fact in section(score, key).facts}


# kinds -----------------------------------------------------------------------------------


def test_a_kind_has_its_count_rate_exclusions_and_length():
    score = movement_night(TRAINS)
    row, texts = kind_row(score, "Alternating")
    rate = score.rate("alma", "", "sleep")
    assert rate.count == 2
    assert texts == ["2", f"{2 / rate.hours:.1f}", "1", "10.0 s", "0.3 min"]
    assert row.cells[1].note == "(2)"
    assert row.cells[2].note == "(artefact 1)"
    assert kind_row(score, "Bruxism")[0].cells[0].note == "(1 phasic, 1 tonic)"


def test_looked_for_and_not_found_is_not_the_same_as_not_looked_for():
    missing = (NotScored("HFT and HFLM", "the legs are sampled at 100 Hz"),)
    score = movement_night(looked_for=("ALMA",), not_scored=missing)
    row, texts = kind_row(score, "Alternating")
    assert (row.note, texts[:2]) == ("looked for, none found", ["0", "0.0"])
    for title in ("Hypnagogic", "High-frequency"):
        row, texts = kind_row(score, title)
        assert row.note == "not looked for, because the legs are sampled at 100 Hz"
        assert set(texts) == {"-"}
    row, texts = kind_row(score, "Bruxism")
    assert row.note == "not looked for in this recording"
    assert set(texts) == {"-"}


def test_a_kind_that_could_nowhere_be_read_has_no_zero():
    score = movement_night(looked_for=())
    empty = replace(score_night().rates[0], name="alma", rules="", scope="total", count=0, hours=0)
    row, texts = kind_row(replace(score, rates=(*score.rates, empty)), "Alternating")
    assert "could be read" in row.note
    assert set(texts) == {"-"}


def test_events_before_lights_off_are_found_but_in_no_rate():
    row, texts = kind_row(movement_night(rows("ALMA", (10.0, 20.0))), "Alternating")
    assert texts[:2] == ["1", "0.0"]
    assert row.note == ""


def test_every_kind_that_was_looked_for_has_a_rate():
    score = movement_night(TRAINS)
    assert {one.name for one in score.rates if not one.rules} == set(COUNTED)
    assert all(one.count is not None for one in kind_summaries(score))


# alerts ----------------------------------------------------------------------------------


def flag_alerts(score):
    return [one for one in report_view(score).alerts if "seizure" in one.text]


def test_rhythmic_stretches_are_pointed_to_by_the_clock_and_never_named():
    score = movement_night(rows("rhythmic_flag", (2600.0, 2615.0), (5400.0, 5442.0)))
    (alert,) = flag_alerts(score)
    assert alert.kind == "warning"
    assert alert.text == (
        "Review for possible seizure or rhythmic disorder: 2 stretches of rhythmic activity, at "
        "23:13:20 for 15 s; 00:00:00 for 42 s. Flagged, not classified"
    )


def test_a_flag_that_something_explains_is_no_alert():
    assert not flag_alerts(movement_night(rows("rhythmic_flag", (1.0, 20.0), excluded_by="LMM")))
    assert not flag_alerts(movement_night())


def test_many_flags_are_counted_and_the_first_ten_timed():
    spans = [(2600.0 + 100 * k, 2615.0 + 100 * k) for k in range(14)]
    (alert,) = flag_alerts(movement_night(rows("rhythmic_flag", *spans)))
    assert "14 stretches" in alert.text
    assert "4 more in the event table" in alert.text
    assert alert.text.count(" for 15 s") == 10


# heart -----------------------------------------------------------------------------------


def test_the_heart_is_drawn_where_it_was_scored():
    score = movement_night(heart=heart_response())
    figure = heart_figure(score)
    assert "10 s before to 15 s after" in figure.alt
    assert "60.0 beats per minute before it" in figure.alt
    assert "40 periodic leg movements" in figure.caption
    assert "3 because the heart rate cannot be read" in figure.caption
    text = heart_svg(score)
    assert text == heart_svg(score)
    assert "seconds from the onset" in text
    assert 'id="' not in text  # no figure takes the id of another
    assert text in render_html(score)


def test_without_a_heart_rate_the_reason_stands_and_nothing_is_drawn():
    nothing = np.full(heart_response().times_s.size, np.nan)
    missing = NotScored("heart-rate response to movements", "3 onsets, at least 4 are needed")
    heart = heart_response(mean_bpm=nothing, sem_bpm=nothing, not_scored=missing)
    for score in (movement_night(heart=heart), movement_night()):
        assert heart_figure(score) is None
        with pytest.raises(ValueError, match="no heart-rate response"):
            heart_svg(score)
        assert 'id="heart-' not in render_html(score)
    said = facts(movement_night(heart=heart), "movements")["Heart-rate response to PLMS"]
    assert said == "not scored, because 3 onsets, at least 4 are needed"


# the table of movements, and restless legs -------------------------------------------------


def test_the_differential_is_a_section_without_a_verdict():
    score = movement_night(TRAINS)
    found = section(score, "differential")
    assert found.title == "Which movement is it?"
    assert any("cannot be excluded" in text for text in found.texts)
    assert len(found.tables[0].rows) == 25
    words = render_html(score)
    assert "Which movement is it?" in words
    assert not re.search(r"most likely|suggests|consistent with|recommend", words)


def test_a_pattern_that_was_not_scored_says_so_once():
    missing = NotScored("hypnic jerks", "no EMG can be used")
    rows_ = table(movement_night(jerks=(), not_scored=(missing,)), "differential-table").rows
    assert rows_[0].section == "Hypnic jerk: not scored, because no EMG can be used"
    assert [one.cells[1].text for one in rows_[:5]] == ["-"] * 5
    assert {one.cells[2].text for one in rows_[:5]} == {"cannot be known"}


def test_without_other_movements_there_is_no_such_section():
    for name in NIGHTS:
        assert section(NIGHTS[name], "differential") is None
        document = score_document(NIGHTS[name])
        assert document["movements"] is None
        assert document["derived"]["kinds"] == []


def test_the_restless_view_is_printed_in_full():
    score = NIGHTS["everything"]
    said = facts(score, "restless")
    assert said["PLMW before sleep onset, per hour"].startswith("25.3 (8 in")
    assert said["Interval peak of sleep"].startswith("25.0 s, half as dense at ")
    assert said["Geometric SD of the intervals"].startswith("factor ")
    assert said["Periodicity index, by movements"] != "-"
    course = table(score, "restless-course")
    assert [row.label for row in course.rows] == [
        "Hour 1", "Hour 2", "Hour 3", "Third 1", "Third 2", "Third 3",
    ]  # fmt: skip
    assert course.rows[0].cells[3].note == "(8)"
    assert sum(rate.count for rate in score.restless.wake_hours) == score.restless.plmw.count
    assert sum(rate.count for rate in score.restless.wake_thirds) == score.restless.plmw.count
    hours = sum(rate.hours for rate in score.restless.wake_hours)
    assert hours == pytest.approx(score.restless.plmw.hours)


@pytest.mark.parametrize("name", ["one rule set", "no hypnogram"])
def test_movements_of_wake_that_are_not_counted_have_no_course(name):
    score = NIGHTS[name]
    if score.hypnogram is None:
        assert score.restless.wake_hours == ()
    for row in table(score, "restless-course").rows:
        assert [cell.text for cell in row.cells[2:]] == ["-", "-"]
    assert any("PLMW" in text for text in section(score, "restless").texts)


# JSON and the whole page -------------------------------------------------------------------


@pytest.mark.parametrize(
    "score",
    [
        pytest.param(movement_night(TRAINS, heart=heart_response()), id="everything"),
        pytest.param(movement_night(looked_for=(), jerks=(), fragmentary_per_hour=None), id="not"),
        pytest.param(movement_night(night={"stages": None}), id="no stages"),
    ],
)
def test_the_document_follows_the_schema_and_is_the_same_again(score):
    text = score_json(score)
    document = json.loads(text)
    errors = Draft202012Validator(score_schema()).iter_errors(document)
    assert [error.json_path for error in errors] == []
    assert score_json(score) == text
    assert render_html(score) == render_html(score)
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", render_html(score), flags=re.DOTALL).split()
    for pattern in document["movements"]["differential"]["patterns"]:
        assert len(pattern["features"]) == 5


def test_the_document_tells_kinds_and_the_table():
    document = score_document(movement_night(TRAINS, looked_for=("ALMA",)))
    kinds = {one["name"]: one for one in document["derived"]["kinds"]}
    assert kinds["alma"]["count"] == 2
    assert kinds["alma"]["excluded"] == {"artefact": 1}
    assert kinds["hft"]["count"] is None
    assert kinds["hft"]["reason"]
    table_of = {one["key"]: one for one in document["movements"]["differential"]["patterns"]}
    assert table_of["hypnic_jerk"]["count"] == 1
    assert "No diagnosis" in " ".join(document["derived"]["notes"])
