"""The figures of the night: every mark stands at the value of the score."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from movement_nights import heart_response, movement_night
from report_nights import ALL, DURATION_S, movements, nights, other_events, score_night

from psgscore.model.cycles import SleepCycle
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.staging import StagingResult
from psgscore.report.axes import blocks, hatched, round_values, stairs, uprights
from psgscore.report.figure_texts import hypnodensity_figure, interval_figure, overview_figure
from psgscore.report.figures import overview_svg, staging_svg
from psgscore.report.heart_figure import heart_svg
from psgscore.report.interval_figure import interval_histograms_svg
from psgscore.report.marks import Box, steps
from psgscore.report.staging_section import staging_section

NAN = float("nan")
SVG = "{http://www.w3.org/2000/svg}"
BOX = Box(10.0, 20.0, 100.0, 50.0, (0.0, 1000.0), (0.0, 10.0))
NIGHTS = nights()
CYCLE = SleepCycle(
    number=1,
    start_s=1200.0,
    stop_s=6000.0,
    rem_start_s=4800.0,
    nrem_min=60.0,
    rem_min=20.0,
    wake_min=0.0,
    unscored_min=0.0,
)


def parts(svg, name):
    return [one.attrib for one in ElementTree.fromstring(svg).iter(f"{SVG}{name}")]


def texts(svg):
    return [one.text for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", NIGHTS)
def test_every_figure_of_every_night_is_xml_without_nan(name):
    for svg in (overview_svg(NIGHTS[name]), interval_histograms_svg(NIGHTS[name])):
        ElementTree.fromstring(svg)
        assert "nan" not in re.sub(r">[^<]*<", "", svg)
        assert "inf" not in re.sub(r">[^<]*<", "", svg)


@pytest.mark.parametrize(
    ("low", "high", "most", "whole", "values"),
    [
        (0.0, 10.0, 5, False, [0, 2, 4, 6, 8, 10]),
        (0.0, 1.0, 4, False, [0, 0.5, 1.0]),
        (0.0, 1.4, 4, True, [0, 1]),
        (0.0, 53.0, 5, True, [0, 20, 40]),
        (-10.25, 15.25, 8, False, [-10, -5, 0, 5, 10, 15]),
        (57.8, 63.9, 6, False, [58, 60, 62]),
        (0.0, 0.0, 4, True, [0]),
    ],
)
def test_ticks_stand_at_round_values(low, high, most, whole, values):
    assert round_values(low, high, most, whole=whole) == values


@given(st.floats(0.01, 1e5), st.integers(3, 9))
def test_there_are_never_more_ticks_than_there_is_room_for(high, most):
    ticks = round_values(0.0, high, most)
    assert 2 <= len(ticks) <= most + 1
    assert ticks[0] == 0
    assert ticks[-1] <= high * (1 + 1e-9)


def test_one_mark_for_movements_at_one_place_and_none_outside():
    times = np.array([-5.0, 0.0, 100.0, 100.2, 1000.0, 1000.1])
    assert uprights(BOX, times, 0.0, 5.0) == "M10 70v-25M20 70v-25M110 70v-25"


def test_blocks_are_cut_to_the_panel():
    spans = np.array([[-50.0, 100.0], [900.0, 2000.0], [3000.0, 4000.0]])
    assert blocks(BOX, spans, 0.0, 10.0) == "M10 70V20H20V70zM100 70V20H110V70z"


@given(
    st.tuples(st.floats(-50, 500), st.floats(-50, 500)),
    st.tuples(st.floats(0.1, 300), st.floats(0.1, 100)),
    st.sampled_from(["/", "\\", "//", "/\\"]),
)
def test_hatching_stays_inside(corner, size, words):
    path = hatched(corner, size, words)
    ends = np.array(re.findall(r"[ML](\S+?) ([^ML]+)", path), np.float64).reshape(-1, 2)
    low, high = np.array(corner) - 0.01, np.add(corner, size) + 0.01
    assert ((ends >= low) & (ends <= high)).all()
    if min(size) > 8:
        assert len(ends) >= 2 * len(set(words))


def test_steps_begin_and_end_on_the_ground_and_break_where_nothing_is_known():
    edges = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    tops = np.array([5.0, 5.0, NAN, 2.5])
    assert steps(edges, tops, 10.0) == "M0 10v-5h2V10zM3 10v-7.5h1V10z"
    assert steps(edges, tops) == "M0 5h2M3 2.5h1"
    assert steps(edges, np.full(4, NAN), 10.0) == ""


def test_a_histogram_reaches_as_high_as_its_counts():
    edges = np.array([0.0, 250.0, 500.0, 750.0, 1000.0])
    assert stairs(BOX, edges, np.array([0, 4, 10, 0])) == "M35 70v-20h25v-30h25V70z"
    assert stairs(BOX, edges, np.zeros(4, np.int64)) == ""


def axis(svg):
    """Return left and right of the panels."""
    edges = (
        re.fullmatch(r"M([\d.]+) [\d.]+V[\d.]+H([\d.]+)", one["d"]) for one in parts(svg, "path")
    )
    left, right = next(one.groups() for one in edges if one)
    return float(left), float(right)


def test_movements_stand_at_their_onsets():
    onsets = [1000.0, 5000.0, 9000.0]
    svg = overview_svg(score_night(events=movements(onsets), covers=frozenset({"LM"})))
    left, right = axis(svg)
    drawn = [re.findall(r"M([\d.]+) [\d.]+v-", one["d"]) for one in parts(svg, "path")]
    (places,) = [one for one in drawn if len(one) == 3]
    seconds = [(float(one) - left) / (right - left) * DURATION_S for one in places]
    assert seconds == pytest.approx(onsets, abs=0.06 / (right - left) * DURATION_S)


def test_the_bars_are_as_high_as_the_indices():
    score = NIGHTS["one rule set"]
    svg = overview_svg(score)
    bars = [
        one
        for one in parts(svg, "rect")
        if one.get("stroke-width") == "0.8" and one["fill"] != "none"
    ]
    rates = [score.rate("plm", "aasm-v3", f"hour {k}").per_hour for k in (1, 2, 3)]
    heights = [float(one["height"]) for one in bars]
    assert max(rates) > 0
    assert np.array(heights) / max(heights) == pytest.approx(np.array(rates) / max(rates), abs=1e-3)


def test_gaps_are_hatched_where_they_are():
    svg = overview_svg(NIGHTS["gaps"])
    left, right = axis(svg)
    bands = [one for one in parts(svg, "rect") if one["fill"] == "#f2f2f2"]
    spans = {
        tuple(
            round((edge - left) / (right - left) * DURATION_S, -1)
            for edge in (float(one["x"]), float(one["x"]) + float(one["width"]))
        )
        for one in bands
    }
    assert spans == {(5400.0, 5700.0), (6600.0, 7200.0)}


def test_lights_outside_the_recording_are_not_drawn():
    late = Events.of("lights_on", [DURATION_S + 50], [DURATION_S + 50])
    svg = overview_svg(score_night(events=Events.concat([movements([3000.0]), late])))
    assert not any("lights on" in (words or "") for words in texts(svg))


def staged(probabilities, stages):
    hypnogram = Hypnogram(np.array(stages, np.int8), probabilities=np.array(probabilities))
    staging = StagingResult(
        hypnogram=hypnogram,
        confidence=np.nanmax(np.nan_to_num(hypnogram.probabilities, nan=-1.0), axis=1),
        reasons=np.array([""] * len(stages)),
        backend="psgscore eeg",
        channels=(("EEG", "C4-M1"),),
        review=(),
        findings=(),
    )
    score = score_night(
        stages=[Stage(one) for one in stages], events=other_events(), duration_s=120.0
    )
    return replace(score, staging=staging)


# W, N1, N2, N3, R
FOUR = [[0.1, 0.1, 0.2, 0.5, 0.1], [0.0, 0.0, 0.0, 0.0, 1.0], [NAN] * 5, [1.0, 0.0, 0.0, 0.0, 0.0]]
FOUR_STAGES = [3, 4, -1, 0]


def test_the_layers_of_the_probabilities_add_up_from_n3_to_wake():
    svg = staging_svg(staged(FOUR, FOUR_STAGES))
    layers = [
        one["d"] for one in parts(svg, "path") if one["fill"].startswith("#") and "h" in one["d"]
    ]
    assert len(layers) == 5
    heights = []
    for path in layers:  # wake first, N3 last and on top
        assert path.count("M") == 2  # broken where nothing is known
        heights.append(-float(re.match(r"M\S+ \S+?v(-[\d.]+)", path)[1] if "v" in path else 0))
    assert np.array(heights) / heights[0] == pytest.approx([1.0, 0.9, 0.8, 0.7, 0.5], abs=0.001)


def test_stage_r_is_told_by_lines_and_in_words():
    score = staged(FOUR, FOUR_STAGES)
    svg = staging_svg(score)
    left, right = axis(svg)
    lined = next(one["d"] for one in parts(svg, "path") if one.get("stroke") == "#b3450a")
    seconds = (np.array(re.findall(r"M([\d.]+)", lined), float) - left) / (right - left) * 120
    assert ((seconds >= 0) & (seconds < 60.1)).all()  # likely in the first two epochs only
    assert "upright lines" in hypnodensity_figure(score)[0].caption
    assert "R 37 %" in hypnodensity_figure(score)[0].alt
    assert staging_section(score).figures[0].key == "hypnodensity"


@pytest.mark.parametrize("probabilities", [None, np.full((4, 5), NAN)])
def test_without_probabilities_there_is_no_such_figure(probabilities):
    score = staged(FOUR, FOUR_STAGES)
    hypnogram = replace(score.staging.hypnogram, probabilities=probabilities)
    score = replace(score, staging=replace(score.staging, hypnogram=hypnogram))
    assert hypnodensity_figure(score) == ()
    ElementTree.fromstring(staging_svg(score))


def test_intervals_without_respiratory_movements_are_drawn_dotted_and_named():
    apnoea = Events.of("apnea", [3025.0], [3038.0])
    events = Events.concat([movements([3000.0, 3020.0, 3040.0, 3060.0, 3080.0]), apnoea])
    both = score_night(events=events, covers=ALL)
    svg = interval_histograms_svg(both)
    dotted = [one for one in parts(svg, "path") if one.get("stroke-dasharray") == "1 1.6"]
    assert len(dotted) == 2  # linear and logarithmic
    assert "WASM 2016, respiratory left out" in texts(svg)
    assert "Dotted" in interval_figure(both).caption
    unknown = score_night(events=events, covers=frozenset({"LM"}))
    assert "left out" not in interval_histograms_svg(unknown)
    assert "Dotted" not in interval_figure(unknown).caption


def test_the_curve_of_the_heart_passes_through_its_values():
    heart = heart_response()
    svg = heart_svg(movement_night(heart=heart))
    ElementTree.fromstring(svg)
    curve = next(one["d"] for one in parts(svg, "path") if one.get("stroke-width") == "1.4")
    points = np.array(re.findall(r"[ML](\S+?) ([^ML]+)", curve), float)
    assert len(points) == heart.times_s.size
    slope = np.polyfit(points[:, 1], heart.mean_bpm, 1)
    assert slope[0] < 0  # more beats stand higher
    assert np.polyval(slope, points[:, 1]) == pytest.approx(heart.mean_bpm, abs=0.1)


def test_an_unknown_stretch_of_the_heart_is_not_drawn():
    heart = heart_response()
    holed = heart.mean_bpm.copy()
    holed[5:8] = NAN
    svg = heart_svg(movement_night(heart=heart_response(mean_bpm=holed)))
    curve = next(one["d"] for one in parts(svg, "path") if one.get("stroke-width") == "1.4")
    assert curve.count("M") == 2
    assert len([one for one in parts(svg, "path") if one["fill"] == "#d9d9d9"]) == 2


def test_cycles_stand_where_they_are_dashed_where_they_are_not_whole():
    score = NIGHTS["everything"]
    whole, broken = replace(CYCLE, number=7), replace(CYCLE, number=8, incomplete="no REM period")
    later = {"start_s": 9000.0, "stop_s": DURATION_S, "rem_start_s": None}
    svg = overview_svg(replace(score, cycles=(whole, replace(broken, **later))))
    left, right = axis(svg)
    boxes = [one for one in parts(svg, "rect") if one["fill"] == "none"]
    spans = [
        [(edge - left) / (right - left) * DURATION_S for edge in (first, first + width)]
        for first, width in ((float(one["x"]), float(one["width"])) for one in boxes)
    ]
    assert np.array(spans) == pytest.approx(np.array([[1200, 6000], [9000, 10800]]), abs=0.3)
    assert ["stroke-dasharray" in one for one in boxes] == [False, True]
    assert {"7", "8"} <= set(texts(svg))
    assert "2 sleep cycles" in overview_figure(replace(score, cycles=(whole, broken))).alt


def test_a_night_without_cycles_has_no_row_of_them():
    none = replace(NIGHTS["everything"], cycles=())
    assert not any("cycles" in (words or "") for words in texts(overview_svg(none)))
    assert "cycle" not in overview_figure(none).alt
