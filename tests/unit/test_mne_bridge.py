"""To mne and back: volts, types, times, gaps, annotations."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import mne
import numpy as np
import pytest

from psgscore.errors import UsageError
from psgscore.io.edf import open_edf
from psgscore.io.edf_write import write_edf
from psgscore.io.mne_bridge import from_mne, to_mne
from psgscore.io.recording import Annotation, Gap
from psgscore.model.events import Events
from psgscore.model.signal import Signal

AWKWARD = Path(__file__).parents[1] / "data" / "awkward_edf"
START = datetime(2024, 3, 14, 22, 30, 0, 250000)


def written(tmp_path, *, gap: bool = False):
    breaks = {rate: ((10 * rate, 30.0),) if gap else () for rate in (100, 1)}
    wave = np.sin(np.arange(2000) / 7).astype(np.float32) * 200
    signals = [
        Signal("Left Leg", wave, 100.0, "uV", breaks=breaks[100]),
        Signal("C3-M2", wave[::-1], 100.0, "uV", breaks=breaks[100]),
        Signal("Aux 7", wave / 2, 100.0, "uV", breaks=breaks[100]),
        Signal("SpO2", np.linspace(90, 98, 20), 1.0, "%", breaks=breaks[1]),
    ]
    events = Events.of("LM:left", [2.25], [4.5], channel="Left Leg")
    write_edf(tmp_path / "a.edf", signals, start=START, events=events)
    return open_edf(tmp_path / "a.edf")


def test_one_raw_per_rate_in_volts(tmp_path):
    recording = written(tmp_path)
    fast, slow = recording.to_mne()
    assert (fast.info["sfreq"], slow.info["sfreq"]) == (100.0, 1.0)
    assert fast.ch_names == ["Left Leg", "C3-M2", "Aux 7"]
    assert fast.get_channel_types() == ["emg", "eeg", "bio"]
    assert slow.get_channel_types() == ["misc"]
    assert np.allclose(fast.get_data()[0] * 1e6, recording.signal("Left Leg").samples)
    assert np.allclose(slow.get_data()[0], recording.signal("SpO2").samples)
    assert fast.info["meas_date"] == START.replace(tzinfo=UTC)
    assert list(fast.annotations.description) == ["LM@@Left Leg"]
    assert (fast.annotations.onset[0], fast.annotations.duration[0]) == (2.25, 2.25)


def test_what_mne_reads_from_the_file_itself_is_the_same(tmp_path):
    fast, _ = written(tmp_path).to_mne()
    theirs = mne.io.read_raw_edf(tmp_path / "a.edf", include=fast.ch_names, verbose="error")
    assert np.allclose(theirs.get_data(), fast.get_data(), atol=1e-10)


@pytest.mark.parametrize("gap", [False, True], ids=["continuous", "with a gap"])
def test_there_and_back_again(tmp_path, gap):
    recording = written(tmp_path, gap=gap)
    back = from_mne(recording.to_mne()[0])
    assert back.start == START
    assert back.duration_s == recording.duration_s
    assert back.gaps == recording.gaps == ((Gap(10.0, 30.0),) if gap else ())
    assert back.annotations == (Annotation(2.25, 2.25, "LM", "Left Leg"),)
    for channel in back.channels:
        mine, found = recording.signal(channel.label), back.signal(channel.label)
        assert (found.unit, found.rate_hz, found.breaks) == ("uV", 100.0, mine.breaks)
        assert channel.n_samples == mine.samples.size
        assert np.allclose(found.samples, mine.samples, atol=1e-4)
    again = back.to_mne()[0]
    assert np.allclose(again.get_data(), recording.to_mne()[0].get_data(), atol=1e-10)


def test_a_gap_is_marked_where_mne_filters_stop(tmp_path):
    fast, slow = written(tmp_path, gap=True).to_mne()
    for raw in (fast, slow):
        mark = raw.annotations[raw.annotations.description == "BAD_ACQ_SKIP"]
        assert (mark.onset.tolist(), mark.duration.tolist()) == ([10.0], [20.0])
        assert raw.n_times == 40 * raw.info["sfreq"]
    assert not fast.get_data()[:, 1000:3000].any()
    assert np.allclose(
        fast.get_data()[0, 3000:] * 1e6, written(tmp_path, gap=True).signal(0).samples[1000:]
    )


def test_channels_without_calibration_are_left_out():
    recording = open_edf(AWKWARD / "12_phys_min_eq_max.edf")
    names = [name for raw in to_mne(recording) for name in raw.ch_names]
    kept = [channel.label for channel in recording.channels if channel.resolution is not None]
    assert names == kept
    assert len(kept) < len(recording.channels)


def test_a_label_that_occurs_again_gets_a_number():
    recording = open_edf(AWKWARD / "17_duplicate_labels.edf")
    labels = [channel.label for channel in recording.channels]
    assert len(set(labels)) < len(labels)
    names = [name for raw in to_mne(recording) for name in raw.ch_names]
    assert len(names) == len(labels)


def test_annotations_outside_the_recording_are_left_out():
    (raw, _) = to_mne(open_edf(AWKWARD / "40c_ann_after_end.edf"))
    assert len(raw.annotations) == 0


def raw_array(**more) -> mne.io.RawArray:
    data = np.vstack([np.full(1000, 5e-6), np.arange(1000.0), np.full(1000, 2e-3)])
    info = mne.create_info(["EMG L", "SpO2", "Resp"], 100.0, ["emg", "misc", "resp"])
    return mne.io.RawArray(data, info, verbose="error", **more)


def test_other_formats_come_in_through_mne(tmp_path):
    raw = raw_array()
    raw.set_meas_date(datetime(2023, 5, 6, 7, 8, 9, tzinfo=UTC))
    raw.set_annotations(mne.Annotations([1.5, 4.0], [0.0, 2.0], ["Lights off", "arousal@@C3"]))
    raw.save(tmp_path / "a_raw.fif", verbose="error")
    recording = from_mne(mne.io.read_raw_fif(tmp_path / "a_raw.fif", verbose="error"))
    assert recording.start == datetime(2023, 5, 6, 7, 8, 9)
    assert [channel.unit for channel in recording.channels][:2] == ["V", ""]
    emg, spo2 = recording.signals([0, 1])
    assert (emg.unit, spo2.unit) == ("uV", "")
    assert emg.samples == pytest.approx(5.0)
    assert spo2.samples[-1] == 999.0
    assert recording.annotations == (
        Annotation(1.5, None, "Lights off"),
        Annotation(4.0, 2.0, "arousal", "C3"),
    )


def test_channels_come_in_the_order_asked_for():
    spo2, emg = from_mne(raw_array()).signals(["SpO2", "EMG L"])
    assert (spo2.label, emg.label) == ("SpO2", "EMG L")
    assert (spo2.samples[1], emg.samples[1]) == (1.0, pytest.approx(5.0))


def test_a_cropped_raw_keeps_its_clock():
    raw = raw_array()
    raw.set_meas_date(datetime(2023, 5, 6, 7, 8, 9, tzinfo=UTC))
    raw.set_annotations(mne.Annotations([5.0], [1.0], ["arousal"]))
    recording = from_mne(raw.crop(4.0))
    assert recording.start == datetime(2023, 5, 6, 7, 8, 13)
    assert recording.annotations == (Annotation(1.0, 1.0, "arousal"),)
    assert recording.signal("SpO2").samples[0] == 400.0


def test_an_unknown_start_stays_unknown():
    assert from_mne(raw_array()).start is None
    assert from_mne(raw_array()).to_mne()[0].info["meas_date"] is None


def test_without_mne_the_user_is_told_what_to_install(tmp_path, monkeypatch):
    recording = written(tmp_path)
    monkeypatch.setitem(sys.modules, "mne", None)
    with pytest.raises(UsageError, match=r'pip install "psgscore\[mne\]"'):
        recording.to_mne()
