"""What counts as a transition, and when the signals are not asked or believed."""

from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from psgscore.errors import UnitError
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.signal import Signal
from psgscore.report.onset_figures import onset_figure, onset_figure_text
from psgscore.simulate.transitions import simulate_transition
from psgscore.staging.onset import sleep_onsets
from psgscore.staging.onset_hmm import first_runs, sample_paths
from psgscore.staging.onset_trace import onset_trace

LETTERS = {"W": 0, "1": 1, "2": 2, "3": 3, "R": 4, "?": -1}


def hypnogram(letters, **settings):
    return Hypnogram(np.array([LETTERS[letter] for letter in letters], np.int8), **settings)


@pytest.fixture(scope="module")
def simulated():
    return simulate_transition(3)


@pytest.fixture(scope="module")
def found(simulated):
    return sleep_onsets(simulated.hypnogram, simulated.eeg, simulated.eog)


def changed(signal, change):
    samples = signal.samples.copy()
    change(samples)
    return Signal(signal.label, samples, signal.rate_hz, signal.unit)


def around(simulated, place, before_s, after_s):
    """Return the samples around the epoch of an onset."""
    rate_hz = simulated.eeg[0].rate_hz
    epoch_s = 30.0 * simulated.onset_epochs[place]
    return slice(round((epoch_s - before_s) * rate_hz), round((epoch_s + after_s) * rate_hz))


@pytest.mark.parametrize(
    ("letters", "epochs"),
    [
        pytest.param("", [], id="no epochs"),
        pytest.param("?????", [], id="all unscored"),
        pytest.param("12312", [], id="no wake"),
        pytest.param("WWWW", [], id="no sleep"),
        pytest.param("WW12", [2], id="the first of the night"),
        pytest.param("W1W2WR", [1, 3, 5], id="every one, into any stage"),
        pytest.param("WW?12", [], id="after unscored it is unknown"),
        pytest.param("12?11", [], id="unscored within sleep"),
        pytest.param("?W1", [2], id="wake after unscored"),
        pytest.param("?1W1", [3], id="unscored, then sleep, then wake"),
    ],
)
def test_which_transitions_have_an_onset(letters, epochs):
    onsets = sleep_onsets(hypnogram(letters), ())
    assert [onset.epoch for onset in onsets] == epochs
    assert {onset.reason for onset in onsets} <= {"there is no EEG"}


def test_epoch_resolution_is_one_epoch_either_side():
    (onset,) = sleep_onsets(hypnogram("WW12", epoch_s=20.0, start_s=5.0), ())
    assert (onset.low_s, onset.onset_s, onset.high_s) == (25.0, 45.0, 65.0)
    assert (onset.kind, onset.channels) == ("epoch", ())


def test_the_same_recording_gives_the_same_intervals(simulated, found):
    assert sleep_onsets(simulated.hypnogram, simulated.eeg, simulated.eog) == found
    assert all(onset.low_s <= onset.onset_s <= onset.high_s for onset in found)
    assert [onset.epoch for onset in found] == simulated.onset_epochs.tolist()
    assert {(onset.kind, onset.channels) for onset in found} == {("alpha", ("O1-M2",))}


@pytest.mark.parametrize("factor", [-1.0, 0.5, 2.0])
def test_gain_and_polarity_do_not_matter(simulated, found, factor):
    eeg = changed(simulated.eeg[0], lambda samples: np.multiply(samples, factor, out=samples))
    other = sleep_onsets(simulated.hypnogram, [eeg])
    assert [one.onset_s for one in other] == pytest.approx([one.onset_s for one in found], abs=0.3)


def test_times_count_from_the_start_of_the_recording(simulated, found):
    later = [
        Signal(one.label, one.samples, one.rate_hz, one.unit, start_s=100.0)
        for one in simulated.eeg
    ]
    moved = Hypnogram(simulated.hypnogram.stages, start_s=100.0)
    shifted = [one.onset_s - 100.0 for one in sleep_onsets(moved, later)]
    assert shifted == pytest.approx([one.onset_s for one in found])


def test_the_first_readable_channel_is_read(simulated, found):
    where = around(simulated, 0, 30, 20)
    bad = changed(simulated.eeg[0], lambda samples: samples.__setitem__(where, 0.0))
    onsets = sleep_onsets(simulated.hypnogram, [bad, *simulated.eeg[1:]])
    assert onsets[0].channels == ("O2-M1",)
    assert [onset.channels for onset in onsets[1:]] == [one.channels for one in found[1:]]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        # The search begins 15 s before the epoch: its wake lasts one epoch only.
        pytest.param(0.0, "cannot be read for 34 s", id="flat"),
        pytest.param(np.nan, "cannot be read for 36 s", id="no numbers"),
        pytest.param(np.inf, "cannot be read for 36 s", id="infinite"),
        pytest.param(3e38, "cannot be read for 36 s", id="a jump"),
    ],
)
def test_a_stretch_that_cannot_be_read_gives_the_epoch(simulated, found, value, reason):
    where = around(simulated, 1, 30, 20)
    bad = changed(simulated.eeg[0], lambda samples: samples.__setitem__(where, value))
    onsets = sleep_onsets(simulated.hypnogram, [bad])
    assert onsets[1].kind == "epoch"
    assert re.search(reason, onsets[1].reason)
    # The rest of the recording is not lost.
    assert onsets[0].onset_s == pytest.approx(found[0].onset_s, abs=0.5)


def test_a_gap_at_the_transition_gives_the_epoch(simulated):
    where = around(simulated, 0, 20, 10)
    whole = simulated.eeg[0]
    samples = np.delete(whole.samples, np.arange(where.start, where.stop))
    gap = Signal(
        whole.label, samples, whole.rate_hz, "uV", breaks=((where.start, where.stop / 256),)
    )
    onsets = sleep_onsets(simulated.hypnogram, [gap])
    assert (onsets[0].kind, onsets[1].kind) == ("epoch", "alpha")
    assert "gap" in onsets[0].reason


@pytest.mark.parametrize(
    ("eeg", "reason"),
    [
        pytest.param(
            lambda one: Signal("EEG", one.samples[::4], 64.0, "uV"), "64 Hz", id="too slow"
        ),
        pytest.param(
            lambda one: Signal("EEG", 0 * one.samples, 256.0, "uV"), "too little", id="all flat"
        ),
        pytest.param(lambda one: Signal("EEG", one.samples[:0], 256.0, "uV"), "too", id="empty"),
        pytest.param(
            lambda one: Signal("EEG", one.samples[:7680], 256.0, "uV"), "too little", id="one epoch"
        ),
    ],
)
def test_a_channel_that_cannot_learn_says_why(simulated, eeg, reason):
    onsets = sleep_onsets(simulated.hypnogram, [eeg(simulated.eeg[0])])
    assert {onset.kind for onset in onsets} == {"epoch"}
    assert all(reason in onset.reason for onset in onsets)


def test_channels_that_disagree_give_the_epoch(simulated, found):
    place = int(np.argmax(np.diff(simulated.onset_epochs, prepend=0)))
    onset = round(found[place].onset_s * 256)
    # Half a minute of wake, alpha and all, is set over the beginning of sleep.
    copied = simulated.eeg[1].samples[onset - 40 * 256 : onset - 5 * 256]

    def linger(samples):
        samples[onset : onset + copied.size] = copied

    lingering = changed(simulated.eeg[1], linger)
    onsets = sleep_onsets(simulated.hypnogram, [simulated.eeg[0], lingering])
    assert onsets[place].kind == "epoch"
    assert re.fullmatch(r"O1-M2 and O2-M1 disagree by \d+ s", onsets[place].reason)


def test_wake_without_a_change_gives_the_epoch(simulated):
    # The transition is scored in the middle of sleep: nothing happens there.
    stages = simulated.hypnogram.stages.copy()
    middle = int(simulated.onset_epochs[0] + 5)
    stages[middle] = Stage.W
    onsets = sleep_onsets(Hypnogram(stages), simulated.eeg[:1])
    (scored,) = [onset for onset in onsets if onset.epoch == middle + 1]
    assert scored.kind == "epoch"
    assert "no clear change" in scored.reason


def test_noise_gives_the_epoch(simulated):
    samples = np.random.default_rng(1).standard_normal(simulated.eeg[0].samples.size) * 20
    noise = Signal("noise", samples.astype(np.float32), 256.0, "uV")
    onsets = sleep_onsets(simulated.hypnogram, [noise])
    assert {onset.kind for onset in onsets} == {"epoch"}


def test_a_signal_in_other_units_is_refused(simulated):
    wrong = replace(simulated.eeg[0], unit="mV")
    with pytest.raises(UnitError, match="uV"):
        sleep_onsets(simulated.hypnogram, [wrong])


def test_paths_follow_the_evidence():
    favours = np.repeat([-1.0, 1.0], 100)
    paths = sample_paths(favours, 0.01, 0.9)
    assert np.mean(paths[:95]) < 0.02
    assert np.mean(paths[105:]) > 0.98
    assert (paths == sample_paths(favours, 0.01, 0.9)).all()


@pytest.mark.parametrize(
    ("path", "first"),
    [
        pytest.param("....#####.....", 4, id="five in a row"),
        pytest.param("....####.#....", 4, id="four of five"),
        pytest.param("....###..#....", 7, id="three of five: none that may begin"),
        pytest.param("..#..#####....", 5, id="the first must itself be asleep"),
        pytest.param("#####.........", 0, id="from the start"),
        pytest.param(".......#####..", 7, id="too late"),
    ],
)
def test_the_first_run_is_eighty_percent_asleep(path, first):
    asleep = np.array([letter == "#" for letter in path])[:, None]
    assert first_runs(asleep, 5, 0.8, 7).tolist() == [min(first, 7)]


@pytest.fixture(scope="module")
def trace(simulated, found):
    return onset_trace(found[0], simulated.hypnogram, simulated.eeg[0])


def test_the_trace_shows_what_happens(simulated, trace):
    true_s = simulated.onsets_s[0]
    before = (trace.times_s > true_s - 30) & (trace.times_s < true_s - 2)
    after = (trace.times_s > true_s + 2) & (trace.times_s < true_s + 30)
    assert np.median(trace.alpha_share[before]) > 3 * np.median(trace.alpha_share[after])
    assert np.median(trace.theta_share[before]) < np.median(trace.theta_share[after])
    assert trace.power_db.shape == (trace.frequencies_hz.size, trace.times_s.size)
    assert (trace.frequencies_hz[0], trace.frequencies_hz[-1]) == (0.5, 20.0)
    alpha = (trace.frequencies_hz >= 8) & (trace.frequencies_hz <= 12)
    difference = trace.power_db[:, before].mean(axis=1) - trace.power_db[:, after].mean(axis=1)
    assert alpha[np.argmax(difference)]
    assert len(trace.stages) == len(trace.edges_s) - 1


def test_the_trace_has_no_number_where_there_is_no_signal(simulated, found):
    whole = simulated.eeg[0]
    onset = round(found[0].onset_s * 256)
    short = Signal(whole.label, whole.samples[: onset + 10 * 256], 256.0, "uV")
    trace = onset_trace(found[0], simulated.hypnogram, short)
    late = trace.times_s > found[0].onset_s + 10
    assert np.isnan(trace.alpha_share[late]).all()
    assert np.isnan(trace.power_db[:, late]).all()
    assert np.isfinite(trace.alpha_share[trace.times_s < found[0].onset_s + 8]).all()
    assert onset_figure(trace).startswith("<svg")


def test_the_figure_is_the_same_each_time_and_can_be_searched(trace):
    drawn = onset_figure(trace, start="22:30:00")
    assert drawn == onset_figure(trace, start="22:30:00")
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", drawn)
    assert {"stage", "Hz", "% of power", "dB", "alpha", "theta", "W", "N1"} <= set(texts)
    assert any(text.startswith("Sleep onset 22:3") for text in texts)
    assert 'id="' not in drawn  # several stand in one page
    assert len(drawn) < 20_000


def test_the_median_and_the_interval_stand_at_their_seconds(trace):
    onset, (first, last) = trace.onset, trace.times_s[[0, -1]]
    picture = ElementTree.fromstring(onset_figure(trace))
    lines = [one.attrib for one in picture.iter("{http://www.w3.org/2000/svg}line")]
    # The frame below the shares runs from the first to the last second.
    left, right = max(
        ((float(one["x1"]), float(one["x2"])) for one in lines), key=lambda ends: ends[1] - ends[0]
    )
    scale = (last - first) / (right - left)
    drawn_s = [
        first + (float(one["x1"]) - left) * scale
        for one in lines
        if one["x1"] == one["x2"] and one.get("stroke-width") == "1.6"
    ]
    assert drawn_s == pytest.approx([onset.onset_s, onset.onset_s], abs=0.01)
    (shade,) = picture.iter("{http://www.w3.org/2000/svg}rect")
    assert first + (float(shade.get("x")) - left) * scale == pytest.approx(onset.low_s, abs=0.01)
    assert float(shade.get("width")) * scale == pytest.approx(onset.high_s - onset.low_s, abs=0.01)


def test_the_spectrogram_shows_the_power_of_its_windows(trace):
    png = re.findall(r"base64,([^\"]+)", onset_figure(trace))[0]
    read = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    image = np.asarray(read, float)[::-1]
    shown = trace.power_db
    assert image.shape[:2] == shown.shape
    light = image.sum(axis=2)  # the palette only gets lighter
    assert light[shown >= 23].min() > light[shown <= 20].max()
    assert light[shown <= -8].max() < light[shown >= -5].min()


def test_a_hostile_label_is_only_text(trace):
    reason = "EEG </text><script>alert(1)</script> & \x00\x1b is not there " + "so " * 60
    onset = replace(trace.onset, kind="epoch", reason=reason)
    drawn = onset_figure(replace(trace, onset=onset))
    words = "".join(ElementTree.fromstring(drawn).itertext())
    assert "<script>" not in drawn
    assert "</text><script>alert(1)</script> &" in words


def test_the_figure_says_its_numbers_in_words(trace, found):
    text = onset_figure_text(trace)
    assert text.key == f"onset-{found[0].epoch}"
    assert "loss of alpha" in text.alt
    assert "N1" in text.alt
    assert "5 % to 95 %" in text.caption


def test_the_figure_says_why_there_is_only_an_epoch(simulated):
    onset = sleep_onsets(simulated.hypnogram, ())[0]
    trace = onset_trace(onset, simulated.hypnogram, simulated.eeg[0])
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", onset_figure(trace))
    assert "no closer: there is no EEG" in texts
    assert "there is no EEG" in onset_figure_text(trace).alt
    assert "do not tell more" in onset_figure_text(trace).caption


@pytest.mark.parametrize("rate_hz", [1.0, 10.0, 64.0, 99.5, 250.0])
def test_any_signal_can_be_drawn(simulated, found, rate_hz):
    samples = np.random.default_rng(1).standard_normal(round(1800 * rate_hz)) * 20
    odd = Signal("EEG", samples.astype(np.float32), rate_hz, "uV")
    assert onset_figure(onset_trace(found[0], simulated.hypnogram, odd)).startswith("<svg")
