"""Pictures of movements: which, what is in them, and that they show what was recorded."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from movement_nights import movement_night, rows
from report_nights import score_night

from psgscore.burst_source import judge_short_bursts
from psgscore.detect.emg import prepare_emg
from psgscore.dsp.columns import low_high
from psgscore.leg_channels import LegResult
from psgscore.model.events import Events
from psgscore.model.jerk_criteria import GRAPHOELEMENTS
from psgscore.model.movement_criteria import MOVEMENTS
from psgscore.model.signal import Signal
from psgscore.model.snapshot import PERIODIC, SNAPSHOT_S, Snapshot, SnapshotChannel
from psgscore.movement_channels import MovementChannels, with_one_eeg
from psgscore.report.drawings import drawings
from psgscore.report.snapshot_figures import snapshot_figure, snapshot_figure_text
from psgscore.report.snapshot_section import snapshot_section
from psgscore.report.view import report_view
from psgscore.score.examples import MOST_JERKS, examples
from psgscore.snapshot_source import with_snapshots

NAN = float("nan")
SVG = "{http://www.w3.org/2000/svg}"
RATE_HZ = 200.0


def tiers(tier, times_s, channel="Left Leg"):
    times_s = np.asarray(times_s, np.float64)
    return Events.of(f"jerk:{tier}", times_s, times_s + 0.2, channel=channel)


def chosen(night, group):
    return [one.event.start_s for one in examples(night) if one.group == group]


def test_definite_jerks_come_before_probable_and_the_earliest_first():
    possible, definite = np.arange(50) * 60.0, 5000.0 + np.arange(3)
    probable = 6000.0 + np.arange(4)
    night = movement_night(
        tiers("possible", possible), tiers("probable", probable), tiers("definite", definite)
    )
    found = chosen(night, "jerk")
    assert found == [*definite, *probable, *possible[: MOST_JERKS - 7]]


def test_more_definite_jerks_than_are_drawn_leave_no_room():
    night = movement_night(tiers("definite", np.arange(30) * 60.0), tiers("possible", [9000.0]))
    assert chosen(night, "jerk") == [60.0 * k for k in range(MOST_JERKS)]


@pytest.mark.parametrize(
    ("count", "places"),
    [(0, []), (1, [0]), (2, [0, 1]), (3, [0, 1, 2]), (4, [0, 2, 3]), (9, [1, 4, 7])],
)
def test_of_another_kind_one_of_each_third_is_drawn(count, places):
    night = movement_night(rows("ALMA", *((600.0 * k, 600.0 * k + 8) for k in range(count))))
    assert chosen(night, "ALMA") == [600.0 * k for k in places]


def test_what_is_explained_otherwise_is_not_drawn():
    night = movement_night(rows("LMM", (100.0, 110.0), excluded_by="artefact"))
    assert chosen(night, "LMM") == []


def test_four_of_the_longest_series_are_drawn():
    night = movement_night()
    found = [one for one in examples(night) if one.group == PERIODIC]
    verdicts = night.legs[0].verdicts
    sizes = np.bincount(verdicts.series)[1:]
    series = verdicts.series[
        np.searchsorted(night.legs[0].movements.start_s, [one.event.start_s for one in found])
    ]
    assert set(series) == {1 + int(np.argmax(sizes))}
    assert [re.match(r"(\d+) of (\d+)", one.label)[0] for one in found] == [
        f"{place} of {sizes.max()}" for place in (8, 23, 38, 53)
    ]


def test_a_night_without_legs_or_movements_has_no_example():
    night = score_night(events=Events.empty(), stages=None, covers=frozenset())
    assert list(examples(night)) == []
    assert snapshot_section(night) is None


def test_columns_hold_every_sample_and_nothing_is_drawn_over_a_gap():
    samples = np.arange(100, dtype=np.float32)
    pieces = [(0.0, samples), (30.0, -samples)]
    low, high = low_high(pieces, 10.0, (0.0, 40.0), 20)
    assert (low[:5].tolist(), high[:5].tolist()) == ([0, 20, 40, 60, 80], [19, 39, 59, 79, 99])
    assert np.isnan(low[5:15]).all()
    assert np.isnan(high[5:15]).all()
    assert (low[15], high[15]) == (-19.0, 0.0)


@pytest.mark.parametrize("rate_hz", [25.0, 99.7, 256.0, 512.0])
@pytest.mark.parametrize("start_s", [0.0, 1.23456, 7.001])
def test_no_column_of_an_uninterrupted_signal_is_empty(rate_hz, start_s):
    samples = np.ones(round(60 * rate_hz), np.float32)
    low, high = low_high([(start_s, samples)], rate_hz, (10.0, 20.0), 240)
    assert low.size == min(240, int(10 * rate_hz))
    assert np.isfinite(low).all()
    assert np.isfinite(high).all()


def test_few_samples_stand_by_themselves():
    low, high = low_high([(0.0, np.arange(10, dtype=np.float32))], 1.0, (0.0, 10.0), 240)
    assert low.tolist() == high.tolist() == list(range(10))
    none, _ = low_high([], 1.0, (0.0, 10.0), 240)
    assert np.isnan(none).all()


@pytest.fixture(scope="module")
def recorded():
    """Return three prepared channels and an EEG; the left leg bursts at 1000 s."""
    rng = np.random.default_rng(8)

    def emg(label, role, breaks=()):
        samples = rng.standard_normal(round(1200 * RATE_HZ)) * 2
        if role == "leg:left":
            samples[round(1000 * RATE_HZ) : round(1000.2 * RATE_HZ)] *= 60
        signal = Signal(label, samples.astype(np.float32), RATE_HZ, "uV", breaks=breaks)
        return prepare_emg(signal, role=role)

    time_s = np.arange(round(1200 * RATE_HZ)) / RATE_HZ
    waves = 40 * np.sin(2 * np.pi * 5 * time_s) + 500 + 80 * np.sin(2 * np.pi * 50 * time_s)
    gap = ((round(600 * RATE_HZ), 5000.0),)
    return MovementChannels(
        emgs=(emg("Left Leg", "leg:left"), emg("Right Leg", "leg:right"), emg("Chin", "chin", gap)),
        eeg=(Signal("C3-M2", waves.astype(np.float32), RATE_HZ, "uV"),),
    )


def taken(channels, *found):
    return with_snapshots(movement_night(*found), (), channels, MOVEMENTS).snapshots


def test_a_jerk_is_shown_in_its_muscle_and_one_eeg_as_their_detectors_saw_them(recorded):
    (one, *_) = taken(recorded, tiers("definite", [1000.0]))
    emg, eeg = one.channels
    assert (one.from_s, one.to_s) == (995.1, 1005.1)
    assert (emg.label, eeg.label) == ("Left Leg", "C3-M2")
    detection = recorded.emgs[0].stretches[0].criteria
    assert emg.band_hz == (detection.high_pass_hz, detection.low_pass_hz)
    assert eeg.band_hz == (GRAPHOELEMENTS.low_hz, GRAPHOELEMENTS.high_hz)
    # The mains and the offset are outside the band, the waves of 5 Hz are in it.
    assert float(eeg.high.max()) == pytest.approx(40.0, rel=0.05)
    assert float(eeg.low.min()) == pytest.approx(-40.0, rel=0.05)
    (stretch,) = recorded.emgs[0].stretches
    first, last = (round((edge - stretch.start_s) * RATE_HZ) for edge in (one.from_s, one.to_s))
    shown = stretch.filtered[first:last]
    assert float(emg.high.max()) == pytest.approx(float(shown.max()), abs=0.5)
    assert float(emg.low.min()) == pytest.approx(float(shown.min()), abs=0.5)
    loud_s = 995.1 + (np.flatnonzero(emg.high > 50) + 0.5) * SNAPSHOT_S / emg.high.size
    assert (loud_s.min(), loud_s.max()) == pytest.approx((1000.0, 1000.2), abs=0.06)


def test_of_several_eeg_the_first_alone_is_looked_at_for_jerks_and_their_pictures(recorded):
    other = replace(recorded.eeg[0], label="C4-M1", samples=-recorded.eeg[0].samples)
    several = replace(recorded, eeg=(*recorded.eeg, other))
    let_go = with_one_eeg(several)
    assert [one.label for one in let_go.eeg] == ["C3-M2"]
    assert let_go.emgs is several.emgs
    jerk = tiers("definite", [1000.0])
    shown, expected = taken(let_go, jerk)[0], taken(several, jerk)[0]
    assert [one.label for one in shown.channels] == ["Left Leg", "C3-M2"]
    assert np.array_equal(shown.channels[1].high, expected.channels[1].high)
    night = movement_night()
    few, all_of_them = (
        judge_short_bursts(night, one, frozenset(), MOVEMENTS)[0].events
        for one in (let_go, several)
    )
    assert few.start_s.tolist() == all_of_them.start_s.tolist() != []
    assert few.kind.tolist() == all_of_them.kind.tolist()


@pytest.mark.parametrize(
    ("channel", "labels"),
    [
        ("Left Leg+Right Leg", ["Left Leg", "Right Leg", "C3-M2"]),
        ("Right Leg", ["Right Leg", "C3-M2"]),
    ],
)
def test_a_jerk_of_several_muscles_shows_each(recorded, channel, labels):
    (one, *_) = taken(recorded, tiers("possible", [1000.0], channel))
    assert [shown.label for shown in one.channels] == labels


def test_a_long_movement_is_shown_from_two_seconds_before(recorded):
    found = taken(recorded, rows("LMM", (800.0, 830.0)))
    assert [(one.from_s, one.to_s) for one in found if one.group == "LMM"] == []
    long = Events.of("LMM", [800.0], [830.0], channel="Left Leg+Chin")
    (one, *_) = taken(recorded, long)
    assert (one.group, one.from_s, one.to_s) == ("LMM", 798.0, 808.0)
    chin = next(shown for shown in one.channels if shown.label == "Chin")
    assert np.isnan(chin.low).all()  # the recording of it pauses from 600 s to 5000 s


def test_at_the_start_of_the_recording_there_is_nothing_before(recorded):
    (one, *_) = taken(recorded, tiers("possible", [1.0]))
    assert one.from_s == pytest.approx(-3.9)
    empty = np.isnan(one.channels[0].low)
    assert empty[: round(3.85 * 24)].all()
    assert not empty[round(3.95 * 24) :].any()


def test_marks_of_the_lab_without_emg_have_no_picture():
    assert taken(MovementChannels(emgs=()), tiers("possible", [1000.0])) == ()


def test_the_legs_alone_are_enough_for_a_series(recorded):
    legs = [LegResult(events=Events.empty(), emg=emg) for emg in recorded.emgs[:2]]
    found = with_snapshots(movement_night(), legs, None, MOVEMENTS).snapshots
    assert [one.group for one in found] == [PERIODIC] * 4
    assert {shown.label for one in found for shown in one.channels} == {"Left Leg", "Right Leg"}


def snapshot(**changes):
    values = np.linspace(-60, 60, 100, dtype=np.float32)
    whole = Snapshot(
        group="jerk",
        kind="jerk:definite",
        label="definite, N1",
        onset_s=104.0,
        stop_s=104.5,
        from_s=100.0,
        to_s=110.0,
        channels=(
            SnapshotChannel(
                label="Left Leg", unit="uV", band_hz=(10.0, 100.0), low=values - 5, high=values + 5
            ),
        ),
    )
    return replace(whole, **changes)


def drawn(one, start="22:00:00"):
    return ElementTree.fromstring(snapshot_figure(one, start=start))


def test_the_picture_shades_the_movement_where_it_is():
    picture = drawn(snapshot())
    (shade,) = picture.iter(f"{SVG}rect")
    axis = max(
        picture.iter(f"{SVG}line"), key=lambda one: float(one.get("x2")) - float(one.get("x1"))
    )
    left, right = float(axis.get("x1")), float(axis.get("x2"))
    per_s = (right - left) / 10
    assert (float(shade.get("x")) - left) / per_s == pytest.approx(4.0, abs=0.01)
    assert float(shade.get("width")) / per_s == pytest.approx(0.5, abs=0.01)
    texts = [one.text for one in picture.iter(f"{SVG}text")]
    assert {"22:01:44 hypnic jerk", "definite, N1, 0.50 s", "Left Leg", "50 uV", "0 s"} <= set(
        texts
    )


def test_the_scale_bar_is_as_long_as_it_says():
    picture = drawn(snapshot())
    (bar,) = [
        one
        for one in picture.iter(f"{SVG}line")
        if one.get("stroke") == "black" and one.get("stroke-width") is None
    ]
    length = float(bar.get("y2")) - float(bar.get("y1"))
    numbers = picture.find(f"{SVG}path").get("d")
    (first,) = re.findall(
        r"^M\S+ \S+v(\S+?)[lv]", numbers
    )  # the first column: 10 uV from top to bottom
    assert length / 50 == pytest.approx(float(first) / 10, rel=0.05)


def test_a_quiet_channel_is_not_blown_up_and_two_of_a_kind_share_a_scale():
    quiet = SnapshotChannel(
        label="Right Leg", unit="uV", band_hz=(10.0, 100.0), low=np.full(9, -1.0), high=np.ones(9)
    )
    alone = [one.text for one in drawn(snapshot(channels=(quiet,))).iter(f"{SVG}text")]
    beside = [
        one.text
        for one in drawn(snapshot(channels=(*snapshot().channels, quiet))).iter(f"{SVG}text")
    ]
    assert "10 uV" in alone
    assert beside.count("50 uV") == 2


def test_a_channel_that_could_not_be_read_is_an_empty_lane_and_said():
    nothing = SnapshotChannel(
        label="Chin", unit="uV", band_hz=(10.0, 100.0), low=np.full(9, NAN), high=np.full(9, NAN)
    )
    one = snapshot(channels=(nothing,))
    assert drawn(one).find(f"{SVG}path") is None
    assert "Chin not readable" in snapshot_figure_text(one, 0).alt


def test_a_movement_beyond_the_window_has_no_end_in_it():
    dashed = [
        one
        for one in drawn(snapshot(stop_s=400.0)).iter(f"{SVG}line")
        if one.get("stroke-dasharray")
    ]
    assert dashed == []
    assert "4.9 min" in snapshot_figure(snapshot(stop_s=400.0))


def test_hostile_labels_are_only_texts():
    channel = replace(snapshot().channels[0], label='<script>"&\x07\x00')
    picture = snapshot_figure(snapshot(channels=(channel,), label="</svg>"))
    words = [one.text for one in ElementTree.fromstring(picture).iter(f"{SVG}text")]
    assert '<script>"&\ufffd\ufffd' in words
    assert "</svg>, 0.50 s" in words


def test_columns_must_come_in_pairs():
    with pytest.raises(ValueError, match="one shape"):
        SnapshotChannel(label="x", unit="uV", band_hz=(1.0, 2.0), low=np.zeros(3), high=np.zeros(4))


def test_the_report_says_how_many_of_how_many_are_drawn(recorded):
    many = tiers("definite", [900.0 + 8 * k for k in range(30)])
    night = with_snapshots(movement_night(many), (), recorded, MOVEMENTS)
    section = snapshot_section(night)
    count = len(night.events.counted().of_kind("jerk"))
    assert count == 30
    assert f"hypnic jerk {MOST_JERKS} of {count}" in section.texts[0]
    assert "0.5 to 12 Hz (C3-M2)" in section.texts[2]
    assert [one.time_s for one in section.figures] == [one.onset_s for one in night.snapshots]
    assert {one.width for one in section.figures} == {"third"}


def test_every_figure_spoken_of_is_drawn_the_same_each_time_and_is_xml(recorded):
    night = with_snapshots(movement_night(tiers("definite", [1000.0])), (), recorded, MOVEMENTS)
    view = report_view(night)
    first, second = drawings(night, view), drawings(night, view)
    assert first == second
    assert list(first) == [figure.key for part in view.sections for figure in part.figures]
    assert any(key.startswith("snapshot-") for key in first)
    for svg in first.values():
        assert ElementTree.fromstring(svg).tag == f"{SVG}svg"
