"""What stands in the report: each part against numbers counted by hand, on all kinds of night."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from movement_nights import heart_response, jerks, movement_night
from report_nights import (
    ALL,
    STAGES,
    all_movements,
    leg,
    movements,
    nights,
    other_events,
    provenance,
    score_night,
)

from psgscore.model.criteria import AASM_V3, WASM_2016
from psgscore.model.events import Events
from psgscore.model.finding import Finding, NotScored
from psgscore.model.hypnogram import Stage
from psgscore.model.rem import AtoniaIndex, CutOff, RemAtonia, RemChannel, Share
from psgscore.model.score import ChannelUsed
from psgscore.model.staging import IndexRange
from psgscore.model.subject import Subject
from psgscore.report.definitions import ALL as DEFINITIONS
from psgscore.report.definitions import BY_LABEL, measure_labels
from psgscore.report.glance import glance_section
from psgscore.report.series_section import SHOWN
from psgscore.report.staging_section import _NAMES
from psgscore.report.view import report_view

NIGHTS = nights()
ORDER = (
    "overview", "glance", "sleep", "staging", "legs", "sides", "course", "series", "intervals",
    "associations", "reference", "movements", "rswa", "restless", "differential", "quality",
    "method", "findings", "definitions", "provenance", "onsets",
)  # fmt: skip
AUTOMATIC = Events.of("automatic_arousal", [2401.0, 2501.0, 9100.0], [2406.0, 2505.0, 9110.0])


def share(count, of):
    return Share(count, of)


def rem_atonia(**changes):
    chin = RemChannel(
        label="Chin", role="chin", background_uv=1.2, nrem_minimum_uv=3.4, epochs=60,
        mini_epochs=580, unreadable=8, left_out=12, sinbar_phasic=share(29, 580),
        sinbar_any=share(58, 580), sinbar_tonic=share(6, 60), aasm_phasic=share(3, 60),
        aasm_tonic=None,
    )  # fmt: skip
    whole = {
        "events": Events.empty(),
        "channels": (chin,),
        "atonia_index": AtoniaIndex(
            label="Chin", seconds=1000, low=810, middle=100, normal_above=0.9, abnormal_below=0.8
        ),
        "cut_offs": (
            CutOff(what="chin, any activity in REM sleep", share=share(58, 580),
                   cut_off_percent=18.0, source="Frauscher et al. 2012"),
        ),
        "not_scored": (NotScored("arms: cut-off", "no arm was recorded"),),
    }  # fmt: skip
    return RemAtonia(**(whole | changes))


def full_night():
    """Return a night with every kind of movement, automatic arousals and a chin."""
    return movement_night(
        jerks([1230.0]),
        AUTOMATIC,
        rem=rem_atonia(),
        heart=heart_response(),
        channels=(ChannelUsed(name="Chin", role="chin", rate_hz=256.0, unit="uV", reason="chin"),),
        night={"covers": ALL | {"automatic_arousal"}},
    )


def staged_night():
    """Return a night with every number that rests on automatic stages."""
    ranges = [
        IndexRange(name=name, rules=rules, scope=scope, value=1.0, low=0.5, high=2.0)
        for name, rules, scopes in (
            ("plm", "wasm-2016", ("sleep", "W", "NREM", "R")),
            ("plm_arousal", "aasm-v3", ("sleep",)),
            *((name, "", ("total",)) for name in _NAMES if not name.startswith("plm")),
        )
        for scope in scopes
    ]
    return replace(score_night(), ranges=tuple(ranges))


MORE = {"full": full_night(), "staged": staged_night()}
EVERY = NIGHTS | MORE


def section(score, key):
    return next((one for one in report_view(score).sections if one.key == key), None)


def table(score, key):
    found = [one for part in report_view(score).sections for one in part.tables if one.key == key]
    return found[0] if found else None


def line(one, label):
    (found,) = [row for row in one.rows if row.label == label]
    return found


def texts(row):
    return [cell.text for cell in row.cells]


# order -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
def test_sections_stand_in_order_and_have_names_of_their_own(name):
    sections = report_view(EVERY[name]).sections
    keys = [one.key for one in sections]
    assert keys == [key for key in ORDER if key in keys]
    assert {"glance", "sleep", "legs", "sides", "course", "series", "intervals"} <= set(keys)
    assert {"associations", "reference", "rswa", "quality", "definitions"} <= set(keys)
    tables = [one.key for part in sections for one in part.tables]
    assert len(set(tables)) == len(tables)


@pytest.mark.parametrize("name", EVERY)
def test_no_section_is_empty(name):
    for one in report_view(EVERY[name]).sections:
        assert one.texts or one.tables or one.facts or one.figures, one.key


@pytest.mark.parametrize("name", EVERY)
def test_nothing_says_nan_or_none(name):
    for part in report_view(EVERY[name]).sections:
        for one in part.tables:
            said = [cell.text + cell.note for row in one.rows for cell in row.cells]
            assert not [text for text in said if "nan" in text.split() or text == "None"]


# at a glance -----------------------------------------------------------------------------


def test_the_glance_prints_each_index_with_count_and_hours():
    score = NIGHTS["everything"]
    one = table(score, "glance-legs")
    assert one.columns == ("WASM 2016", "AASM v3")
    for label, name, scope in (
        ("PLMS index", "plm", "sleep"),
        ("PLMS-arousal index", "plm_arousal", "sleep"),
        ("PLMS without respiratory", "plm_without_respiratory", "sleep"),
        ("LM index in sleep", "lm", "sleep"),
        ("Isolated candidates", "isolated_clm", "sleep"),
    ):
        for cell, rules in zip(line(one, label).cells, ("wasm-2016", "aasm-v3"), strict=True):
            rate = score.rate(name, rules, scope)
            assert cell.text == f"{rate.per_hour:.1f}"
            assert cell.note == f"({rate.count} / {rate.hours:.2f} h)"
    # 20 min before sleep and 10 within, less the minute before lights off.
    wake = line(one, "PLMW index").cells
    assert (wake[0].text, wake[0].note) == ("16.6", "(8 / 0.48 h)")
    assert (wake[1].text, wake[1].note) == ("-", "(sleep only)")


def test_the_glance_counts_series_intervals_and_sides():
    one = table(NIGHTS["everything"], "glance-legs")
    score = NIGHTS["everything"]
    assert (
        texts(line(one, "Series"))[0]
        == f"{score.statistic('series_count', 'wasm-2016', 'sleep').value:.0f}"
    )
    sides = [score.rate(f"plm_{side}", "wasm-2016", "sleep").count
             for side in ("left", "right", "bilateral")]  # fmt: skip
    assert texts(line(one, "PLM left / right / both"))[0] == " / ".join(map(str, sides))
    median = score.statistic("imi_median_s", "wasm-2016", "sleep").value
    assert texts(line(one, "Interval, median / mean"))[0].startswith(f"{median:.1f} / ")


def test_the_glance_of_sleep_says_what_the_measures_say():
    score = NIGHTS["everything"]
    one = table(score, "glance-sleep")
    sleep = score.sleep
    first = {row.label: row.cells[0].text for row in one.rows}
    second = {row.cells[1].text: row.cells[2] for row in one.rows}
    assert len(one.rows) <= 8
    assert first["TST"] == f"{sleep.tst_min:.1f} min"
    assert first["Sleep efficiency"] == f"{sleep.sleep_efficiency_percent:.1f} %"
    assert first["WASO"] == f"{sleep.waso_min:.1f} min"
    assert second["N2"].text == f"{sleep.stage_min['N2']:.1f} min"
    assert second["N2"].note == f"({sleep.stage_percent_of_tst['N2']:.1f} %)"
    assert second["Arousal index"].text == f"{sleep.arousal_index:.1f} /h"


@pytest.mark.parametrize("name", EVERY)
def test_every_unknown_of_the_glance_says_why(name):
    for one in glance_section(EVERY[name]).tables:
        for row in one.rows:
            for cell in row.cells:
                assert cell.text != "-" or cell.note or row.label == "Series", (row.label, cell)


@pytest.mark.parametrize(
    ("name", "keys", "text"),
    [
        ("everything", ["glance-sleep", "glance-legs"], ""),
        ("no hypnogram", ["glance-legs"], "Sleep: not scored, because there is no hypnogram."),
        ("no legs", ["glance-sleep"], "no leg movements were detected or imported"),
        ("no legs and no hypnogram", [], "Leg movements: not scored"),
        ("four rule sets", ["glance-sleep", "glance-legs"], ""),
    ],
)
def test_a_missing_table_of_the_glance_is_a_sentence(name, keys, text):
    one = glance_section(NIGHTS[name])
    assert [part.key for part in one.tables] == keys
    assert text in " ".join(one.texts)
    columns = len(one.tables[-1].columns) if "glance-legs" in keys else len(NIGHTS[name].legs)
    assert columns == len(NIGHTS[name].legs)


def test_without_stages_the_glance_never_says_plms():
    one = table(NIGHTS["no hypnogram"], "glance-legs")
    assert texts(line(one, "PLMS index")) == ["-", "-"]
    rate = NIGHTS["no hypnogram"].rate("plm", "wasm-2016", "total")
    assert line(one, "PLM, whole recording").cells[0].text == f"{rate.per_hour:.1f}"


def test_automatic_arousals_have_a_row_of_their_own():
    score = MORE["full"]
    row = line(table(score, "glance-legs"), "PLMS, automatic arousal")
    assert "low trust" in row.note
    rate = score.rate("plm_automatic_arousal", "wasm-2016", "sleep")
    assert row.cells[0].text == f"{rate.per_hour:.1f}"
    assert not [
        r for r in table(NIGHTS["everything"], "glance-legs").rows if "automatic" in r.label
    ]


# left and right --------------------------------------------------------------------------


def test_sides_add_up_and_have_their_own_durations():
    events = Events.concat(
        [
            movements([2400.0 + 60.0 * k for k in range(6)], "left", duration_s=1.0),
            movements([2430.0 + 60.0 * k for k in range(6)], "right", duration_s=3.0),
        ]
    )
    one = table(score_night(events=events, rules=(WASM_2016,)), "sides-table")
    assert [(row.label, row.sub) for row in one.rows] == [
        ("WASM 2016", "Left"), ("", "Right"), ("", "Bilateral")
    ]  # fmt: skip
    assert [row.cells[2].text for row in one.rows] == ["50.0", "50.0", "0.0"]
    assert [row.cells[3].text for row in one.rows] == ["1.0", "3.0", "-"]
    assert [row.cells[1].note.split()[0] for row in one.rows] == ["(6", "(6", "(0"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("one leg", "the movements come from the left leg only"),
        ("legs not told apart", "the legs are not told apart"),
        ("no legs", "no leg movements were detected or imported"),
        ("no movements", "there is no leg movement"),
    ],
)
def test_where_sides_are_not_known_a_sentence_says_why(name, reason):
    one = section(NIGHTS[name], "sides")
    assert one.tables == ()
    assert one.texts == (f"Left and right leg: not compared, because {reason}.",)


def test_both_legs_on_one_derivation_are_not_compared():
    both = provenance(channels=(replace(leg("left"), role="leg:both"),))
    one = section(score_night(provenance=both), "sides")
    assert "both legs on one derivation" in one.texts[0]


# series ----------------------------------------------------------------------------------


def series_night(n_series, size=4, **changes):
    onsets = [2400.0 + 300.0 * s + 20.0 * k for s in range(n_series) for k in range(size)]
    return score_night(
        events=Events.concat([movements(onsets), other_events()]),
        stages=[Stage.N2] * 360,
        rules=(WASM_2016,),
        **changes,
    )


def test_a_series_is_told_by_the_clock_with_its_members():
    one = table(series_night(2), "series-1")
    first, second = one.rows
    assert (first.label, first.sub) == ("1", "23:10:00")
    # 2400 s to the end of the movement at 2460 s; three intervals of 20 s in 60 s.
    assert texts(first)[:5] == ["23:11:02", "1.0", "4", "180.0", "20.0"]
    assert texts(first)[6:] == ["N2 4", "1"]
    assert (second.label, second.sub) == ("2", "23:15:00")


def test_stages_are_those_at_the_onsets_in_the_order_they_come():
    stages = [Stage.N1] * 81 + [Stage.N2] * 279
    events = movements([2400.0, 2420.0, 2440.0, 2460.0])
    one = table(score_night(events=events, stages=stages, rules=(WASM_2016,)), "series-1")
    assert texts(one.rows[0])[6] == "N1 2, N2 2"


def test_series_run_asleep_and_awake_only_where_the_rules_count_awake():
    score = NIGHTS["everything"]
    wasm, aasm = table(score, "series-1"), table(score, "series-2")
    assert texts(wasm.rows[0])[6].startswith("W ")
    assert not any(texts(row)[6].startswith("W") for row in aasm.rows)
    assert "asleep and awake" in wasm.notes[-1]
    assert "Series in sleep." in aasm.notes[-1]


def test_the_longest_series_are_shown_in_time_order_and_the_rest_is_counted():
    starts = [60.0 + 300.0 * k for k in range(SHOWN + 5)]
    onsets = [start + 20.0 * k for start in starts for k in range(4)]
    onsets += [start + 80.0 for start in starts[-2:]]
    score = score_night(
        events=movements(sorted(onsets)), stages=[Stage.N2] * 360, rules=(WASM_2016,)
    )
    n = int(score.statistic("series_count", "wasm-2016", "sleep").value)
    one = table(score, "series-1")
    assert (n, len(one.rows)) == (SHOWN + 5, SHOWN)
    assert f"The {SHOWN} longest of {n} series, in time order" in one.notes[0]
    assert "movements.tsv" in one.notes[0]
    # The two of five movements, and the first of those of four.
    numbers = [int(row.label) for row in one.rows]
    assert numbers == [*range(1, SHOWN - 1), n - 1, n]
    assert [texts(row)[2] for row in one.rows] == ["4"] * (SHOWN - 2) + ["5"] * 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("no legs", "Periodic series: not scored"),
        ("no movements", "WASM 2016: no periodic series."),
        ("one movement", "AASM v3: no periodic series."),
    ],
)
def test_no_series_is_a_sentence(name, text):
    one = section(NIGHTS[name], "series")
    assert one.tables == ()
    assert text in " ".join(one.texts)


def test_what_a_series_cannot_know_is_not_zero():
    rows = table(NIGHTS["only movements"], "series-1").rows
    assert {texts(row)[7] for row in rows} == {"-"}
    assert {texts(row)[6] for row in table(NIGHTS["no hypnogram"], "series-1").rows} == {"-"}
    assert {texts(row)[5] for row in table(NIGHTS["one leg"], "series-1").rows} == {"-"}


def test_series_with_automatic_arousals_say_so():
    score = score_night(
        events=Events.concat([all_movements(), AUTOMATIC]),
        covers=frozenset({"LM", "automatic_arousal"}),
    )
    one = table(score, "series-1")
    assert {row.cells[7].note for row in one.rows} == {"(automatic)"}
    assert "low trust" in one.notes[-1]


# arousals and respiratory events ---------------------------------------------------------


def test_shares_of_movements_and_of_arousals_are_counted_both_ways():
    events = Events.concat(
        [
            movements([2400.0, 2420.0, 2440.0, 2460.0], duration_s=2.0),
            Events.of(
                "arousal",
                # within 0.5 s after the first; over the second; before the last; far away
                [2402.5, 2421.0, 2455.0, 5000.0],
                [2406.0, 2425.0, 2459.4, 5005.0],
            ),
        ]
    )
    one = table(score_night(events=events, stages=[Stage.N2] * 360), "associations-table")
    # The gap of exactly 0.5 s counts under WASM here, not under AASM; 0.6 s under neither.
    assert texts(line(one, "Share of PLM with arousal, %")) == ["50.0", "25.0"]
    assert line(one, "Share of PLM with arousal, %").cells[0].note == "(2 of 4)"
    assert texts(line(one, "Share of arousals with PLM, %")) == ["50.0", "25.0"]
    assert line(one, "Share of arousals with PLM, %").cells[1].note == "(1 of 4)"
    assert texts(line(one, "With an arousal: at most apart")) == ["0.5 s", "0.5 s"]


def test_windows_and_respiratory_shares_are_those_of_each_rule_set():
    events = Events.concat(
        [
            movements([2400.0, 2420.0, 2440.0, 2460.0, 2480.0], duration_s=2.0),
            Events.of("apnea", [2400.0, 2600.0], [2412.0, 2612.0]),
        ]
    )
    one = table(score_night(events=events, stages=[Stage.N2] * 360), "associations-table")
    window = line(one, "Respiratory-related: touches")
    assert texts(window) == [
        "the event's end, from -2 s to +10.25 s",
        "the event, from -0.5 s to +0.5 s",
    ]
    # WASM: 2420 s lies within 10.25 s of the end; AASM: 2400 s lies in the event.
    related = line(one, "Movements, respiratory-related").cells
    assert [cell.note.split()[0] for cell in related] == ["(1", "(1"]
    assert texts(line(one, "Respiratory-related movements are")) == ["counted", "left out"]
    plm = line(one, "PLM, as the rule set counts them").cells
    without = line(one, "PLM without respiratory").cells
    assert [cell.note.split()[0] for cell in plm] == ["(5", "(4"]
    assert [cell.note.split()[0] for cell in without] == ["(4", "(4"]
    assert texts(line(one, "Share of respiratory events with a movement, %")) == ["50.0", "50.0"]


def test_arousals_by_stage_agree_with_the_sleep_measures():
    score = NIGHTS["everything"]
    one = table(score, "events-by-stage")
    sleep = line(one, "Arousals").cells[one.columns.index("Sleep")]
    assert sleep.text == f"{score.sleep.arousal_index:.1f}"
    assert sleep.note == f"({score.sleep.arousals})"
    assert line(one, "Respiratory events").cells[0].note == "(2)"


@pytest.mark.parametrize(
    ("covers", "missing", "rows"),
    [
        pytest.param({"LM"}, ("no arousals", "no respiratory"), (), id="neither"),
        pytest.param({"LM", "arousal"}, ("no respiratory",), ("Arousals",), id="arousals"),
        pytest.param(
            {"LM", "respiratory"}, ("no arousals",), ("Respiratory events",), id="respiratory"
        ),
        pytest.param(
            {"LM", "automatic_arousal"},
            ("no arousals", "no respiratory"),
            ("Automatic arousals",),
            id="automatic arousals are no arousals",
        ),
    ],
)
def test_what_was_not_scored_has_a_reason_and_no_row(covers, missing, rows):
    score = score_night(events=all_movements(), covers=frozenset(covers))
    one = section(score, "associations")
    said = " ".join(one.texts)
    for words in missing:
        assert f"not scored, because {words}" in said
    assert len(one.texts) == len(missing)
    found = [row.section for part in one.tables[:1] for row in part.rows if row.section]
    assert tuple(found) == rows


def test_scored_and_none_found_is_a_zero():
    score = score_night(events=all_movements())
    one = table(score, "associations-table")
    assert texts(line(one, "PLM with arousal")) == ["0.0", "0.0"]
    assert texts(line(one, "Share of arousals with PLM, %")) == ["-", "-"]
    assert line(one, "Share of arousals with PLM, %").cells[0].note == "(0 of 0)"


# cycles ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in EVERY if EVERY[name].cycles])
def test_every_periodic_movement_is_in_one_cycle_or_in_none(name):
    score = EVERY[name]
    one = table(score, "cycles")
    for place, leg_score in enumerate(score.legs):
        counts = [int(row.cells[5 + place].text) for row in one.rows]
        assert sum(counts) == int(leg_score.verdicts.plm.sum())
    assert len(one.rows) == len(score.cycles) + bool(score.legs)


def test_cycles_are_told_by_the_clock_and_incomplete_ones_say_why():
    first, second, outside = table(NIGHTS["everything"], "cycles").rows
    # N1 from 20 min on, 100 min of NREM, 30 min of R; then 10 min of wake, 20 min of N2.
    assert (first.label, first.sub, first.note) == ("1", "22:50", "")
    assert texts(first)[:5] == ["140.0", "100.0", "30.0", "10.0", "0.0"]
    assert second.note == "incomplete: no REM period ends it"
    assert texts(second)[1] == "19.0"
    assert outside.label == "In no cycle"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("no hypnogram", "not scored, because there is no hypnogram"),
        ("all wake", "Sleep cycles: none"),
        ("all unscored", "Sleep cycles: none"),
    ],
)
def test_no_cycle_is_a_sentence(name, text):
    assert table(NIGHTS[name], "cycles") is None
    assert text in " ".join(section(NIGHTS[name], "sleep").texts)


# signal quality --------------------------------------------------------------------------


def test_every_channel_has_its_quality_filter_and_remarks():
    findings = (
        Finding("leg.quality", "it is flat for 3.0 min, taken out as unreadable", "Left Leg"),
        Finding("leg.not-scorable", "it is flat for 99 % of the time", "Old Leg", "error"),
    )
    used = provenance(channels=(leg("left", unreadable_min=3.0), leg("right")))
    score = score_night(provenance=used, findings=findings, gaps=np.array([[5400.0, 5700.0]]))
    score = replace(score, movements=MORE["full"].movements)
    one = table(score, "quality-table")
    left = dict(zip(one.columns, texts(line(one, "Left Leg")), strict=True))
    assert left["Unreadable, min"] == "3.0"
    assert left["Resting, uV"] == "1.6"
    assert left["Filter"] == "10 to 100 Hz, no notch"
    assert left["Remarks"] == "it is flat for 3.0 min, taken out as unreadable"
    assert dict(zip(one.columns, texts(line(one, "Right Leg")), strict=True))["Remarks"] == "none"
    refused = dict(zip(one.columns, texts(line(one, "Old Leg")), strict=True))
    assert (refused["Role"], refused["Rate, Hz"]) == ("leg, not used", "-")
    assert "99 %" in refused["Remarks"]
    assert line(one, "Chin").cells[0].text == "chin"
    assert one.notes[-1] == "Gaps in the recording, all channels: 5.0 min."


def test_imported_movements_have_no_signal_quality():
    one = section(NIGHTS["nothing known of the run"], "quality")
    assert one.tables == ()
    assert "not measured, because no signal was read" in one.texts[0]


def test_a_filter_that_was_not_used_is_not_printed():
    one = table(score_night(provenance=provenance(detection=None)), "quality-table")
    assert texts(line(one, "Left Leg"))[one.columns.index("Filter")] == "-"


# REM sleep without atonia ----------------------------------------------------------------


def test_activity_in_rem_sleep_has_denominators_and_context():
    score = MORE["full"]
    shares = table(score, "rem").rows[0]
    assert texts(shares) == ["5.0", "10.0", "10.0", "5.0", "-"]
    assert [cell.note for cell in shares.cells][:2] == ["(29 of 580)", "(6 of 60)"]
    assert texts(table(score, "rem-counted").rows[0]) == ["60", "580", "8", "12", "1.2", "3.4"]
    cut_off, index = table(score, "rem-cut-offs").rows
    assert texts(cut_off)[:2] == ["10.0 %", "cut-off 18 %"]
    assert "context, not a diagnosis" in texts(cut_off)[2]
    assert texts(index)[0] == "0.90"
    assert texts(index)[3].startswith("810 of 900 s")
    assert section(score, "rswa").texts == (
        "Not scored: arms: cut-off, because no arm was recorded.",
    )


@pytest.mark.parametrize(
    ("score", "text"),
    [
        pytest.param(NIGHTS["everything"], "no signal was looked at", id="not looked at"),
        pytest.param(
            movement_night(
                rem=rem_atonia(
                    channels=(), atonia_index=None, cut_offs=(),
                    not_scored=(NotScored("REM sleep without atonia", "no REM sleep"),),
                )
            ),
            "because no REM sleep",
            id="no REM",
        ),
    ],
)  # fmt: skip
def test_no_rem_sleep_is_a_sentence(score, text):
    one = section(score, "rswa")
    assert one.tables == ()
    assert text in " ".join(one.texts)


# definitions -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
def test_every_measure_that_is_printed_is_defined(name):
    view = report_view(EVERY[name])
    titles = [leg_score.criteria.title for leg_score in EVERY[name].legs]
    others = [one for one in view.sections if one.key != "definitions"]
    assert {label for label in measure_labels(others, titles) if label not in BY_LABEL} == set()


def test_only_what_is_printed_is_defined():
    one = table(NIGHTS["no legs"], "definitions-table")
    labels = {row.label for row in one.rows}
    assert "TST" in labels
    assert "PLMS index" not in labels
    assert "SINBAR phasic" in {row.label for row in table(MORE["full"], "definitions-table").rows}


def test_no_label_has_two_definitions_and_each_has_a_source():
    labels = [label for one in DEFINITIONS for label in one.labels]
    assert len(set(labels)) == len(labels)
    for one in DEFINITIONS:
        assert one.text.endswith(".")
        assert one.formula
        assert one.source


def test_every_definition_is_of_something_that_can_be_printed():
    printed = set()
    for score in EVERY.values():
        titles = [leg_score.criteria.title for leg_score in score.legs]
        printed |= set(measure_labels(report_view(score).sections, titles))
    printed |= {"Bursts of the accelerometer", "With arousal, per hour of sleep", "REM epochs"}
    unused = {one.labels for one in DEFINITIONS if not printed.intersection(one.labels)}
    assert unused <= {("Chin, any activity in REM sleep", "Chin any or arms phasic in REM sleep")}


# published values ------------------------------------------------------------------------


def published(age, sex="", **changes):
    return replace(score_night(**changes), subject=Subject(age_years=age, sex=sex))


def test_without_an_age_there_is_no_published_value():
    one = section(NIGHTS["everything"], "reference")
    assert one.tables == ()
    assert "because the age of the person is not known" in one.texts[0]


def test_this_night_stands_beside_the_published_value():
    score = published(67.0)
    one = table(score, "reference-table")
    efficiency = line(one, "Sleep efficiency")
    assert texts(efficiency)[0] == f"{score.sleep.sleep_efficiency_percent:.1f} %"
    assert texts(efficiency)[1] == "79.7 % (44.5 to 90.9)"
    assert "older than 60" in texts(efficiency)[3]
    assert texts(line(one, "Arousal index"))[1] == "27.1 /h"
    plms = line(one, "PLMS index")
    assert plms.cells[0].text == f"{score.rate('plm', 'aasm-v3', 'sleep').per_hour:.1f} /h"
    assert plms.cells[0].note == "(AASM v3)"
    words = " ".join(cell.text for row in one.rows for cell in row.cells).lower()
    assert "normal" not in words


def test_an_age_the_head_holds_back_is_printed_nowhere_else():
    for part in report_view(published(97.0)).sections:
        said = " ".join((*part.texts, *(one.title for one in part.tables)))
        assert "97" not in said
    assert table(published(97.0), "reference-table") is not None


def test_a_published_index_of_aasm_stands_beside_no_other():
    one = table(published(40.0, rules=(WASM_2016,)), "reference-table")
    cell = line(one, "PLMS index").cells[0]
    assert (cell.text, cell.note) == ("-", "(there is no PLMS index under AASM)")


def test_what_no_study_gives_is_said():
    assert "Sleep efficiency" in table(published(45.0), "reference-table").notes[0]
    one = section(published(3.0), "reference")
    assert one.tables == ()
    assert one.texts == ("No published value is at hand for the age of the person.",)


# what is said is true --------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERY)
def test_no_text_says_sleep_where_there_are_no_stages(name):
    if EVERY[name].hypnogram is not None:
        return
    for part in report_view(EVERY[name]).sections:
        for one in part.tables:
            if part.key not in ("definitions", "provenance"):
                said = " ".join((one.title, *one.notes)).lower()
                for words in ("in sleep", "of sleep", "the stage at"):
                    assert words not in said, (one.key, words)


def test_nights_without_a_clock_count_from_the_start():
    score = NIGHTS["no clock"]
    assert table(score, "cycles").rows[0].sub == "+0:20"
    assert table(score, "series-1").rows[0].sub.startswith("+0:")
    starts = [row.sub for row in table(score, "series-1").rows]
    assert all(one < other for one, other in pairwise(starts))


def test_all_kinds_of_night_have_both_rule_sets_side_by_side():
    one = table(score_night(rules=(AASM_V3, WASM_2016)), "glance-legs")
    assert one.columns == ("AASM v3", "WASM 2016")
    assert len(STAGES) == 360
