"""Whole nights written as EDF+: what is read back, by whom, and what EDF cannot hold."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import edfio
import mne
import numpy as np
import pyedflib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.errors import UsageError
from psgscore.io.conformance import open_with_pyedflib, strict_viewers
from psgscore.io.edf import open_edf
from psgscore.io.edf_write import write_edf
from psgscore.io.recording import Gap
from psgscore.io.scoring_files import read_scoring
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.signal import Signal
from psgscore.simulate import simulate_night

START = datetime(2024, 3, 14, 22, 30, 0, 125000)


def ramp(rate_hz: float, seconds: float = 20.0, unit: str = "uV", **more) -> Signal:
    n_samples = round(rate_hz * seconds)
    samples = np.linspace(-300.0, 300.0, n_samples, dtype=np.float32)
    return Signal(f"S{rate_hz:g}", samples, rate_hz, unit, **more)


@pytest.mark.parametrize(
    "rate_hz", [0.1, 0.5, 1.0, 12.5, 100.0, 128.0, 200.0, 256.0, 512.0, 1000.0]
)
def test_every_rate_is_written_to_a_twentieth_of_a_microvolt(tmp_path, rate_hz):
    path, signals = tmp_path / "n.edf", [ramp(rate_hz), ramp(50.0)]
    write_edf(path, signals, start=START)
    recording = open_edf(path)
    assert recording.start == START
    assert recording.format == "EDF+C"
    assert not recording.findings
    for channel, signal in zip(recording.channels, signals, strict=True):
        assert (channel.label, channel.rate_hz) == (signal.label, signal.rate_hz)
        assert channel.resolution == pytest.approx(0.1)
        found = recording.signal(channel.index)
        assert np.abs(found.samples - signal.samples).max() <= 0.0501
    assert strict_viewers(path).opens


def test_all_libraries_read_the_same_samples(tmp_path):
    path, signal = tmp_path / "n.edf", ramp(128.0)
    write_edf(path, [signal, ramp(1.0, unit="%")], start=START)
    by_mne = mne.io.read_raw_edf(path, include=[signal.label], verbose="error").get_data()[0] * 1e6
    with pyedflib.EdfReader(str(path)) as reader:
        by_pyedflib = reader.readSignal(0)
    by_edfio = edfio.read_edf(path).get_signal(signal.label).data
    ours = open_edf(path).signal(0).samples
    for theirs in (by_mne, by_pyedflib, by_edfio, open_with_pyedflib(path).signal(0).samples):
        assert np.allclose(theirs, ours, atol=1e-4)
    assert edfio.read_edf(path).startdatetime == START


def test_voltages_beyond_the_range_clip_as_in_an_amplifier(tmp_path):
    samples = np.array([0.0, 15_000.0, -15_000.0, 3276.7, -3276.8] * 2, dtype=np.float32)
    write_edf(tmp_path / "n.edf", [Signal("Leg L", samples, 10.0, "uV")])
    found = open_edf(tmp_path / "n.edf").signal(0).samples[:5]
    assert found.tolist() == pytest.approx([0.0, 3276.7, -3276.8, 3276.7, -3276.8], abs=1e-3)


@pytest.mark.parametrize(
    ("low", "high"), [(85.0, 98.5), (0.0, 0.0), (-1e-4, 1e-4), (0.0, 1.2e6), (-99_000, 5), (7, 7)]
)
def test_other_units_keep_their_range_unclipped(tmp_path, low, high):
    samples = np.linspace(low, high, 50, dtype=np.float32)
    write_edf(tmp_path / "n.edf", [Signal("SpO2", samples, 5.0, "%")])
    recording = open_edf(tmp_path / "n.edf")
    first, last = recording.channels[0].physical_range
    assert first < low
    assert high < last
    step = (last - first) / 65535
    assert np.abs(recording.signal(0).samples - samples).max() <= step * 0.51 + 1e-6 * abs(high)
    assert strict_viewers(tmp_path / "n.edf").opens


def test_breaks_make_a_discontinuous_file_with_true_times(tmp_path):
    path = tmp_path / "n.edf"
    signals = [
        ramp(128.0, breaks=((640, 12.5), (1280, 3600.0))),
        ramp(1.0, unit="%", breaks=((5, 12.5), (10, 3600.0))),
    ]
    events = Events.of("arousal", [3601.0], [3604.5])
    write_edf(path, signals, start=START, events=events)
    recording = open_edf(path)
    assert recording.format == "EDF+D"
    assert recording.gaps == (Gap(5.0, 12.5), Gap(17.5, 3600.0))
    assert recording.signal(0).breaks == signals[0].breaks
    assert recording.start == START
    assert read_scoring(path).events == events
    by_mne = mne.read_annotations(path)
    assert by_mne.onset[by_mne.description == "arousal"].tolist() == [3601.0]


def test_a_simulated_night_comes_back(tmp_path):
    night = simulate_night(
        3, hours=0.25, gaps=[(300.0, 420.0)], channels=["Left Leg", "Chin", "Flow", "SpO2"]
    )
    path = tmp_path / "n.edf"
    write_edf(
        path, night.signals, start=night.start, events=night.events, hypnogram=night.hypnogram
    )
    recording, scoring = open_edf(path), read_scoring(path)
    assert recording.duration_s == night.duration_s
    assert [(gap.start_s, gap.stop_s) for gap in recording.gaps] == [(300.0, 420.0)]
    assert np.array_equal(scoring.hypnogram.stages, night.hypnogram.stages)
    moved, true = scoring.events.of_kind("LM"), night.events.of_kind("LM")
    assert np.array_equal(moved.start_s, true.start_s)
    assert moved.kind.tolist() == true.kind.tolist()
    for signal in night.signals:
        found = recording.signal(signal.label)
        assert found.breaks == signal.breaks
        assert found.samples.size == signal.samples.size


def test_stages_and_events_are_read_by_others(tmp_path):
    path = tmp_path / "n.edf"
    hypnogram = Hypnogram(np.array([Stage.W, Stage.R], np.int8))
    events = Events.of("LM:left", [5.25], [6.5], channel="Left Leg")
    write_edf(path, [ramp(100.0, 60.0)], start=START, events=events, hypnogram=hypnogram)
    with pyedflib.EdfReader(str(path)) as reader:
        onsets, durations, texts = reader.readAnnotations()
    wanted = {
        (0.0, 30.0, "Sleep stage W"),
        (30.0, 30.0, "Sleep stage R"),
        (5.25, 1.25, "LM@@Left Leg"),
    }
    assert set(zip(onsets.tolist(), durations.tolist(), texts.tolist(), strict=True)) == wanted


def test_no_patient_and_no_guess_of_the_date(tmp_path):
    write_edf(tmp_path / "n.edf", [ramp(100.0)])
    head = (tmp_path / "n.edf").read_bytes()[:256].decode("ascii")
    assert head[8:88].strip() == "X X X X"
    assert head[88:].startswith("Startdate X ")
    assert head[168:184] == "01.01.8500.00.00"


def test_the_same_night_gives_the_same_bytes(tmp_path):
    for name in ("a.edf", "b.edf"):
        write_edf(tmp_path / name, [ramp(256.0)], start=START)
    assert (tmp_path / "a.edf").read_bytes() == (tmp_path / "b.edf").read_bytes()


@pytest.mark.parametrize(
    ("signals", "start", "message"),
    [
        pytest.param([], None, "no signal to write", id="nothing"),
        pytest.param([ramp(100.0), ramp(50.0, 19.0)], None, "another length", id="lengths differ"),
        pytest.param(
            [ramp(100.0), ramp(50.0, breaks=((50, 5.0),))], None, "other breaks", id="breaks differ"
        ),
        pytest.param([ramp(100.0, start_s=1.0)], None, "begin at 0 s", id="late start"),
        pytest.param([ramp(100.0 / 3, 9.0)], None, "no data record fits", id="odd rate"),
        pytest.param(
            [Signal("S", np.array([1.0, np.nan]), 1.0, "uV")], None, "no numbers", id="NaN"
        ),
        pytest.param([Signal("L" * 17, np.zeros(10), 1.0, "uV")], None, "shorter", id="long label"),
        pytest.param([Signal("Bein äu", np.zeros(10), 1.0, "uV")], None, "ASCII", id="umlaut"),
        pytest.param([ramp(100.0)], datetime(1984, 1, 1), "begin in 1984", id="1984"),
        pytest.param([ramp(100.0)], datetime(2085, 1, 1), "begin in 2085", id="2085"),
    ],
)
def test_what_edf_cannot_hold_is_refused(tmp_path, signals, start, message):
    with pytest.raises(UsageError, match=message):
        write_edf(tmp_path / "n.edf", signals, start=start)
    assert not (tmp_path / "n.edf").exists()


@given(
    first=st.integers(1, 20),
    gap=st.integers(1, 5_000),
    second=st.integers(1, 20),
    microsecond=st.integers(0, 999_999),
    onset=st.floats(-10, 6_000),
)
def test_times_survive_to_the_microsecond(tmp_path_factory, first, gap, second, microsecond, onset):
    path = Path(tmp_path_factory.mktemp("n")) / "n.edf"
    start = datetime(2024, 3, 14, 22, 30, 0, microsecond)
    breaks = ((first * 8, float(first + gap)),)
    signal = Signal("S", np.zeros((first + second) * 8), 8.0, "uV", breaks=breaks)
    events = Events.of("arousal", [onset], [onset + 1.0])
    write_edf(path, [signal], start=start, events=events)
    recording = open_edf(path)
    assert recording.start == start
    assert recording.signal(0).breaks == breaks
    assert read_scoring(path).events == events
