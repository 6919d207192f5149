"""The report as plain values: nothing printed that is not known, nothing hidden that is."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from report_nights import STAGES, leg, nights, provenance, score_night, with_gaps

from psgscore.model.criteria import Criteria
from psgscore.model.finding import Finding, NotScored
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.score import SCOPES, Score, SleepMeasures
from psgscore.model.subject import Review
from psgscore.report.head import review_words
from psgscore.report.method import RULE_LABELS
from psgscore.report.parts import Headline, ReportView, Row, Table
from psgscore.report.view import DISCLAIMER, report_view

NIGHTS = nights()


def headline(view: ReportView, name: str) -> Headline:
    (found,) = [headline for headline in view.headlines if headline.name == name]
    return found


def tables(view: ReportView) -> dict[str, Table]:
    return {table.key: table for section in view.sections for table in section.tables}


def row(table: Table, label: str, place: int = 0) -> Row:
    at = [index for index, row in enumerate(table.rows) if row.label == label]
    assert len(at) == 1
    return table.rows[at[0] + place]


def alert_texts(score: Score, kind: str) -> str:
    return "\n".join(alert.text for alert in report_view(score).alerts if alert.kind == kind)


@pytest.mark.parametrize("name", NIGHTS)
def test_every_table_is_a_full_rectangle(name):
    for table in tables(report_view(NIGHTS[name])).values():
        left = 0
        for line in table.rows:
            assert len(line.cells) == len(table.columns)
            assert all(cell.text for cell in line.cells)
            assert (line.span > 0) == (left == 0)
            left = (line.span or left) - 1
        assert left == 0


@pytest.mark.parametrize("name", NIGHTS)
def test_the_four_numbers_are_always_there_and_say_why_they_are_not_known(name):
    view = report_view(NIGHTS[name])
    names = [headline.name for headline in view.headlines]
    assert names == ["PLMS index", "PLMW index", "PLMS-arousal index", "Sleep efficiency"]
    for found in view.headlines:
        assert found.readings
        for reading in found.readings:
            assert "nan" not in reading.value
            if reading.known:
                assert reading.value.split()[-1] in ("/h", "%")
                assert " in " in reading.basis
            else:
                assert reading.value == "not scored"
                assert reading.basis.startswith("because ")


def test_an_index_has_its_numerator_and_denominator_under_each_rule_set():
    score = NIGHTS["everything"]
    readings = headline(report_view(score), "PLMS index").readings
    assert [reading.rules for reading in readings] == ["WASM 2016", "AASM v3"]
    for reading, leg_score in zip(readings, score.legs, strict=True):
        rate = score.rate("plm", leg_score.criteria.name, "sleep")
        assert rate.count > 50
        assert reading.value == f"{rate.count / rate.hours:.1f} /h"
        assert reading.basis == f"{rate.count} movements in {rate.hours:.2f} h of sleep"


@pytest.mark.parametrize(
    ("name", "number", "reason"),
    [
        ("no legs", "PLMS index", "no leg movements were detected or imported"),
        ("no hypnogram", "PLMS index", "there is no hypnogram"),
        ("no hypnogram", "PLMW index", "there is no hypnogram"),
        ("no hypnogram", "PLMS-arousal index", "there is no hypnogram"),
        ("no hypnogram", "Sleep efficiency", "there is no hypnogram"),
        ("all wake", "PLMS index", "no readable sleep was recorded"),
        ("all unscored", "Sleep efficiency", "no epoch between lights off and on has a stage"),
        ("only movements", "PLMS-arousal index", "no arousals were scored"),
        ("one rule set", "PLMW index", "counts periodic movements in sleep only"),
    ],
)
def test_what_is_not_known_is_not_zero(name, number, reason):
    first = headline(report_view(NIGHTS[name]), number).readings[0]
    assert not first.known
    assert reason in first.basis


def test_without_a_hypnogram_movements_per_hour_of_recording_are_no_plms_index():
    first, *others = headline(report_view(NIGHTS["no hypnogram"]), "PLMS index").readings
    assert not first.known
    assert [reading.rules for reading in others] == ["WASM 2016", "AASM v3"]
    for reading in others:
        assert reading.basis.endswith("h of recording")
        assert reading.caveats[0] == "wake and sleep together: not a PLMS index"


def test_zero_movements_are_a_known_zero():
    reading = headline(report_view(NIGHTS["no movements"]), "PLMS index").readings[0]
    assert (reading.known, reading.value) == (True, "0.0 /h")
    assert reading.basis.startswith("0 movements in 2.")


@pytest.mark.parametrize(
    ("name", "caveat"),
    [
        ("only movements", "respiratory exclusion not possible"),
        ("one leg", "left leg only"),
    ],
)
def test_a_caveat_stands_beside_every_leg_index_it_touches(name, caveat):
    view = report_view(NIGHTS[name])
    for number in ("PLMS index", "PLMS-arousal index"):
        known = [reading for reading in headline(view, number).readings if reading.known]
        assert all(caveat in reading.caveats for reading in known)
    assert caveat in headline(view, "PLMS index").readings[0].caveats


def test_the_wasm_index_says_what_it_is_without_respiratory_movements():
    score = NIGHTS["everything"]
    without = score.rate("plm_without_respiratory", "wasm-2016", "sleep")
    wasm, aasm = headline(report_view(score), "PLMS index").readings
    assert f"{without.per_hour:.1f} /h without them" in wasm.caveats[0]
    assert aasm.caveats == ("respiratory-related movements left out",)
    arousal = headline(report_view(score), "PLMS-arousal index").readings[0]
    assert arousal.caveats == ("respiratory-related movements counted",)


@pytest.mark.parametrize(
    ("changes", "kind", "text"),
    [
        pytest.param(
            {"provenance": provenance(channels=(leg("right"),))},
            "warning",
            "Right leg only: scored as one leg",
            id="one leg",
        ),
        pytest.param(
            {"provenance": provenance(channels=(replace(leg("left"), role="leg:both"),))},
            "warning",
            "Both legs on one derivation",
            id="both legs on one derivation",
        ),
        pytest.param(
            {"provenance": provenance(channels=(leg("left"), replace(leg("right"), rate_hz=128)))},
            "warning",
            "Right Leg: sampled at 128 Hz, below the 200 Hz",
            id="low rate",
        ),
        pytest.param(
            {"provenance": provenance(channels=(leg("left", resting_uv=16.1), leg("right")))},
            "warning",
            "Left Leg: resting EMG of 16.1 uV, above 16 uV",
            id="high resting EMG",
        ),
        pytest.param(
            {"provenance": provenance(stage_source="automatic: psgscore")},
            "warning",
            "Sleep stages are automatic (automatic: psgscore)",
            id="automatic stages",
        ),
        pytest.param(
            {"not_scored": (NotScored("Right Leg", "one digital step is 31 uV"),)},
            "not scored",
            "Right Leg: one digital step is 31 uV",
            id="a leg that is not scorable",
        ),
        pytest.param(
            {"gaps": np.array([[5400.0, 5700.0], [6000.0, 6060.0]])},
            "warning",
            "2 gaps in the recording, 6.0 min in all",
            id="gaps",
        ),
        pytest.param(
            {
                "gaps": np.array([[5400.0, 5700.0]]),
                "unreadable": np.array([[5400.0, 5760.0]]),
            },
            "warning",
            "1.0 min without a readable leg channel, besides gaps",
            id="unreadable minutes are not gap minutes",
        ),
        pytest.param(
            {"findings": (Finding("lights.no-on", "lights on is not marked", severity="note"),)},
            "note",
            "lights on is not marked",
            id="lights",
        ),
        pytest.param(
            {"findings": (Finding("edf.broken", "channel unusable", "EMG", "error"),)},
            "warning",
            "EMG: channel unusable",
            id="an error among the findings",
        ),
        pytest.param(
            {"findings": (Finding("a.b", "one"), Finding("a.c", "two"))},
            "note",
            "2 warnings under Findings",
            id="warnings are pointed to",
        ),
        pytest.param(
            {"findings": (Finding("adjudication.undecided", "left undecided: 2"),)},
            "warning",
            "left undecided: 2",
            id="what was left undecided",
        ),
        pytest.param(
            {"findings": (Finding("review.begun-here", "nobody had scored LM"),)},
            "warning",
            "nobody had scored LM",
            id="what only the review looked for",
        ),
        pytest.param({"stages": None}, "not scored", "no hypnogram", id="no hypnogram"),
        pytest.param(
            {"covers": frozenset({"LM", "arousal"})},
            "not scored",
            "respiratory exclusion: no respiratory events were scored",
            id="no respiratory scoring",
        ),
        pytest.param(
            {"covers": frozenset({"LM", "respiratory"})},
            "not scored",
            "no arousals were scored",
            id="no arousal scoring",
        ),
        pytest.param(
            {"stages": [*STAGES[:-10], *[-1] * 10]},
            "warning",
            "4.0 min between lights off and on have no sleep stage",
            id="unscored minutes, those after lights on apart",
        ),
    ],
)
def test_the_alert_strip_says(changes, kind, text):
    assert text not in alert_texts(NIGHTS["everything"], kind)
    assert text in alert_texts(score_night(**changes), kind)


def test_stages_with_probabilities_are_automatic_whatever_their_source_is_called():
    score = NIGHTS["everything"]
    stages = score.hypnogram.stages
    automatic = Hypnogram(stages, probabilities=np.full((stages.size, 5), 0.2))
    assert "automatic" in alert_texts(replace(score, hypnogram=automatic), "warning")
    assert "automatic" not in alert_texts(score, "warning")


def test_a_good_night_has_no_warning():
    score = score_night(stages=STAGES)
    assert alert_texts(score, "warning") == ""


def test_alerts_come_the_gravest_first_and_once():
    score = with_gaps()
    twice = replace(score, not_scored=(*score.not_scored, *score.not_scored))
    kinds = [alert.kind for alert in report_view(twice).alerts]
    assert kinds == sorted(kinds, key=("not scored", "warning", "note").index)
    assert report_view(twice).alerts == report_view(score).alerts


def test_the_leg_table_has_the_columns_and_both_rule_sets_one_under_the_other():
    score = NIGHTS["everything"]
    table = tables(report_view(score))["legs"]
    assert table.columns == ("Total", "W", "Sleep", "N1", "N2", "N3", "NREM", "R")
    for place, rules in enumerate(("wasm-2016", "aasm-v3")):
        line = row(table, "PLM", place)
        assert line.sub == ("WASM 2016", "AASM v3")[place]
        for scope, cell in zip(SCOPES, line.cells, strict=True):
            rate = score.rate("plm", rules, scope)
            known = rate is not None and rate.per_hour is not None
            assert cell.text == (f"{rate.per_hour:.1f}" if known else "-")
            assert cell.note == (f"({rate.count})" if known else "")


def test_what_was_not_scored_is_a_dash_in_the_leg_table():
    table = tables(report_view(NIGHTS["only movements"]))["legs"]
    for label in ("PLM with arousal", "PLM, respiratory-related", "PLM without respiratory"):
        assert {cell.text for cell in row(table, label).cells} == {"-"}
    without_r = tables(report_view(NIGHTS["no REM"]))["legs"]
    assert row(without_r, "Readable hours").cells[-1].text == "0.00"
    assert row(without_r, "PLM").cells[-1].text == "-"
    no_stages = tables(report_view(NIGHTS["no hypnogram"]))["legs"]
    assert row(no_stages, "PLM").cells[0].text != "-"
    assert {cell.text for cell in row(no_stages, "PLM").cells[1:]} == {"-"}


@pytest.mark.parametrize(
    ("name", "unknown", "known"),
    [
        ("one leg", ("right leg", "bilateral"), ("left leg",)),
        ("legs not told apart", ("left leg", "right leg", "bilateral"), ()),
        ("everything", (), ("left leg", "right leg", "bilateral")),
    ],
)
def test_a_leg_that_was_not_recorded_has_no_zero(name, unknown, known):
    table = tables(report_view(NIGHTS[name]))["legs"]
    for label in unknown:
        for line in (row(table, f"PLM, {label}"), row(table, f"Candidates, {label}")):
            assert {cell.text for cell in line.cells} == {"-"}
    for label in known:
        assert row(table, f"PLM, {label}").cells[0].text != "-"


def test_hours_and_thirds_follow_the_clock_from_lights_off_to_lights_on():
    table = tables(report_view(NIGHTS["everything"]))["course"]
    spans = {line.label: line.sub for line in table.rows}
    assert spans["Hour 1"] == "22:31 to 23:31"
    assert spans["Hour 3"] == "00:31 to 01:29"
    assert spans["Third 3"] == "00:29 to 01:29"
    assert tables(report_view(NIGHTS["no clock"]))["course"].rows[0].sub == "+0:01 to +1:01"


def test_every_sleep_measure_is_printed_with_its_definition():
    table = tables(report_view(NIGHTS["everything"]))["sleep"]
    skipped = {"stage_min", "stage_percent_of_tst"}  # in the table of stages
    assert len(table.rows) == len({each.name for each in fields(SleepMeasures)} - skipped)
    assert all(len(line.cells[1].text) > 10 for line in table.rows)
    assert row(table, "Sleep onset latency (SOL)").cells[0].text == "19.0 min"
    no_sleep = tables(report_view(NIGHTS["all wake"]))["sleep"]
    assert row(no_sleep, "Sleep onset latency (SOL)").cells[0].text == "-"
    assert row(no_sleep, "Sleep efficiency").cells[0].text == "0.0 %"


def test_arousals_that_were_not_scored_are_not_zero():
    table = tables(report_view(NIGHTS["only movements"]))["sleep"]
    for label in ("Arousals", "Arousal index"):
        assert (row(table, label).cells[0].text, row(table, label).cells[0].note) == (
            "-",
            "not scored",
        )


def test_the_method_tells_what_was_used_not_what_is_usual():
    used = replace(provenance().detection, onset_rise_uv=7.5, amplitude_gain=1.25)
    view = report_view(score_night(provenance=provenance(detection=used)))
    (section,) = [section for section in view.sections if section.key == "method"]
    text = " ".join(section.texts)
    assert "resting level + 7.5 uV" in text
    assert "amplitude gain of 1.25" in text
    imported = report_view(score_night(provenance=provenance(detection=None)))
    (section,) = [section for section in imported.sections if section.key == "method"]
    assert "not detected by psgscore" in section.texts[0]


def test_margins_of_each_leg_come_from_its_own_movements():
    table = tables(report_view(NIGHTS["everything"]))["channels-measured"]
    left = row(table, "Left Leg")
    assert table.columns[-1] == "Within 2 uV of threshold"
    movements = NIGHTS["everything"].events.of_kind("LM:left")
    near = int(np.sum(movements.measures["onset_margin_uv"] <= 2.0))
    assert left.cells[-1].text == str(near)
    assert left.cells[-4].text == str(len(movements))


def test_rule_sets_are_compared_by_the_values_that_differ():
    table = tables(report_view(NIGHTS["everything"]))["rules"]
    shortest = row(table, "Shortest interval in a series, s")
    assert [cell.text for cell in shortest.cells[:2]] == ["10", "5"]
    labels = {line.label for line in table.rows}
    assert "Longest interval in a series, s" not in labels
    alone = tables(report_view(NIGHTS["one rule set"]))["rules"]
    assert {line.label for line in alone.rows} == set(RULE_LABELS.values())


def test_every_rule_has_a_label():
    assert set(RULE_LABELS) == {each.name for each in fields(Criteria)} - {"name", "title"}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("night-7.edf", "night-7"),
        ("/home/j/night-7.edf", "night-7"),
        ("C:\\Users\\J\\night 7.EDF", "night 7"),
        ("a.b.edf", "a.b"),
        ("", "Recording without a name"),
    ],
)
def test_the_title_is_the_stem_of_the_file_name(name, title):
    assert report_view(score_night(provenance=provenance(input_name=name))).title == title


def test_findings_hashes_context_signature_and_disclaimer_are_in_the_report():
    view = report_view(with_gaps())
    findings = tables(view)["findings-table"]
    assert [line.label for line in findings.rows] == ["error", "warning", "note"]
    (section,) = [section for section in view.sections if section.key == "provenance"]
    values = {fact.label: fact.value for fact in section.facts}
    assert len(values["Input SHA-256"]) == len(values["Criteria SHA-256"]) == 64
    assert values["Setting: respiratory window"] == "wide"
    assert all(fact.source for fact in view.context)
    assert view.signature == ("Reviewed by", "Date", "Signature")
    assert view.disclaimer == DISCLAIMER


@pytest.mark.parametrize(
    ("at", "words"),
    [
        pytest.param("2026-11-28T09:30:05Z", " at 2026-11-28 09:30:05 UTC", id="of the journal"),
        pytest.param("2026-11-28 09:30", " at 2026-11-28 09:30", id="no zone is added"),
        pytest.param("", "", id="not told"),
    ],
)
def test_the_time_of_signing_is_told_with_its_zone(at, words):
    assert review_words(Review(by="A. B.", at=at, edits=2)) == f"reviewed by A. B.{words}, 2 edits"


def test_figures_are_told_in_words():
    for name, said in (
        ("everything", "leg movements under WASM 2016"),
        ("no hypnogram", "No hypnogram."),
        ("no legs", "No leg movements scored."),
    ):
        figures = [one for part in report_view(NIGHTS[name]).sections for one in part.figures]
        assert said in figures[0].alt
