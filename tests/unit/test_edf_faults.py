"""What the reader tolerates is a finding, what it cannot read is refused with the reason."""

from __future__ import annotations

from datetime import datetime

import edfio
import mne
import numpy as np
import pyedflib
import pytest
from edf_bytes import Row, edf_bytes, leg_row, tal_row, timed

from psgscore.errors import CalibrationError, InputPathError, RecordingError, UnitError
from psgscore.io.edf import open_edf
from psgscore.io.edf_records import Column, RecordFile, to_physical


@pytest.fixture
def save(tmp_path):
    def write(data, name="night.edf"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def codes(recording):
    return {finding.code for finding in recording.findings}


# ---------------------------------------------------------------- other libraries


def _made_by_edfio(path, record_s, rates, *, bdf=False, notes=()):
    rng = np.random.default_rng(7)
    kinds = (edfio.BdfSignal, edfio.Bdf, edfio.EdfAnnotation) if bdf else None
    signal, night, note = kinds or (edfio.EdfSignal, edfio.Edf, edfio.EdfAnnotation)
    signals = [
        signal(
            rng.normal(0, 200, int(rate * 12)),
            sampling_frequency=rate,
            label=f"C{k}",
            physical_dimension="uV",
            physical_range=(-3000, 3000),
        )
        for k, rate in enumerate(rates)
    ]
    made = night(
        signals,
        data_record_duration=record_s,
        annotations=[note(*one) for one in notes] or None,
    )
    made.write(path)
    return path


FILES = [
    pytest.param(1, (100, 10), False, (), id="EDF"),
    pytest.param(2, (200, 128, 1), False, (), id="three rates"),
    pytest.param(0.5, (256, 32), False, (), id="half-second records"),
    pytest.param(12, (100,), False, (), id="one record"),
    pytest.param(1, (512, 64), True, (), id="BDF"),
    pytest.param(
        1, (100,), False, ((0.25, None, "Lights off"), (3.5, 2.0, "Apnée")), id="annotations"
    ),
]


@pytest.mark.parametrize(("record_s", "rates", "bdf", "notes"), FILES)
def test_agrees_with_pyedflib_edfio_and_mne(tmp_path, record_s, rates, bdf, notes):
    path = tmp_path / ("night.bdf" if bdf else "night.edf")
    _made_by_edfio(path, record_s, rates, bdf=bdf, notes=notes)
    recording = open_edf(path)
    ours = recording.signals(range(len(rates)))
    assert [signal.rate_hz for signal in ours] == list(rates)
    step_uv = recording.channels[0].resolution
    assert recording.findings == ()
    theirs = edfio.read_bdf(path) if bdf else edfio.read_edf(path)
    with pyedflib.EdfReader(str(path)) as reader:
        for k, signal in enumerate(ours):
            assert signal.samples == pytest.approx(reader.readSignal(k), abs=step_uv / 4 + 2e-4)
            assert signal.samples == pytest.approx(theirs.signals[k].data, abs=step_uv / 4 + 2e-4)
        found = [(n.onset_s, n.duration_s, n.text) for n in recording.annotations]
        onsets, _, texts = reader.readAnnotations()
    assert found == list(notes)
    assert [(one[0], one[2]) for one in notes] == list(zip(onsets, texts, strict=True))
    read = mne.io.read_raw_bdf if bdf else mne.io.read_raw_edf
    raw = read(path, include=["C0"], verbose="error")
    fastest = ours[0].samples
    assert raw.get_data("C0")[0] * 1e6 == pytest.approx(fastest, abs=step_uv / 4 + 2e-4)


def test_sub_second_start_moves_start_and_annotations_alike(save):
    tals = [b"+0.5\x14\x14\0+2.0\x151\x14x\x14\0", b"+1.5\x14\x14\0", b"+2.5\x14\x14\0"]
    recording = open_edf(save(edf_bytes([leg_row(3), tal_row(tals)], reserved="EDF+C")))
    assert recording.start == datetime(2020, 1, 1, 22, 0, 0, 500_000)
    assert [note.onset_s for note in recording.annotations] == [1.5]
    assert recording.gaps == ()
    assert recording.duration_s == 3


# ---------------------------------------------------------------- refusals

HEAD = edf_bytes([leg_row(3)])


@pytest.mark.parametrize(
    ("name", "data", "error", "fragment"),
    [
        ("missing.edf", None, InputPathError, "no such file"),
        ("x" * 300 + ".edf", None, InputPathError, "no such file"),
        ("notes.txt", b"hello", InputPathError, r"psgscore reads \.edf"),
        ("empty.edf", b"", RecordingError, "empty"),
        ("words.edf", b"not an EDF " * 90, RecordingError, "not an EDF"),
        ("zeros.edf", bytes(2000), RecordingError, "not an EDF"),
        ("short.edf", HEAD[:100], RecordingError, "100 bytes"),
        ("half.edf", HEAD[:300], RecordingError, "header is damaged"),
        (
            "dur.edf",
            edf_bytes([leg_row(3)], record_s=0),
            RecordingError,
            "duration of a data record",
        ),
        ("blank.edf", edf_bytes([leg_row(3)], record_s=""), RecordingError, "blank"),
        ("neg.edf", edf_bytes([leg_row(3)], record_s=-1), RecordingError, "'-1'"),
        ("tiny.edf", edf_bytes([leg_row(3)], record_s="1e-300"), RecordingError, "1e-300"),
        ("name.edf", edf_bytes([leg_row(3)], record_s="Secret_N"), RecordingError, "no number"),
        (
            "spr.edf",
            edf_bytes([Row(samples="ten", data=[bytes(20)])]),
            RecordingError,
            "samples per record",
        ),
        (
            "spr-.edf",
            edf_bytes([Row(samples=-10, data=[bytes(20)])]),
            RecordingError,
            "samples per record",
        ),
        (
            "ns.edf",
            edf_bytes([leg_row(3)], n_signals="", header_bytes=""),
            RecordingError,
            "number of signals",
        ),
        ("many.edf", edf_bytes([leg_row(3)], n_signals=9999), None, ""),
    ],
)
def test_bad_input(tmp_path, name, data, error, fragment):
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    if error is None:
        assert "edf.signal-count" in codes(open_edf(path))
        return
    with pytest.raises(error, match=fragment) as caught:
        open_edf(path)
    assert "Secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_directory_is_refused(tmp_path):
    with pytest.raises(InputPathError, match="is a directory"):
        open_edf(tmp_path)


def test_no_finding_repeats_the_patient(save):
    data = edf_bytes([leg_row(3)], n_records=-1, header_bytes=1, version="Secret", date="Secret")
    found = open_edf(save(data)).findings
    assert len(found) >= 4
    assert not [one for one in found if "Secret" in one.message]


# ---------------------------------------------------------------- units


def test_unknown_unit_is_kept_and_refused_where_microvolts_are_needed(save):
    recording = open_edf(save(edf_bytes([leg_row(2, samples=200, unit="NV")])))
    assert "edf.unit-unknown" in codes(recording)
    signal = recording.signal("Leg L")
    assert signal.unit == "NV"
    with pytest.raises(UnitError, match=r"'Leg L'.*'NV'.*\[units\].*\"Leg L\" = \"uV\""):
        signal.require_unit("uV")


# ---------------------------------------------------------------- awkward headers


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"n_signals": ""}, "edf.signal-count"),
        ({"n_signals": "abc"}, "edf.signal-count"),
        ({"n_signals": 0}, "edf.signal-count"),
        ({"header_bytes": 99999}, "edf.header-size"),
        ({"header_bytes": ""}, "edf.header-size"),
        ({"header_bytes": -256}, "edf.header-size"),
        ({"header_bytes": "1e308"}, "edf.header-size"),
        ({"n_records": ""}, "edf.record-count-unknown"),
        ({"n_records": -1}, "edf.record-count-unknown"),
        ({"n_records": "99999999"}, "edf.truncated"),
        ({"n_records": "1e308"}, "edf.record-count-unknown"),
        ({"n_records": 1}, "edf.record-count"),
        ({"n_records": 2.5}, "edf.record-count-unknown"),
        ({"date": "32.13.20"}, "edf.start-unknown"),
        ({"time": "25.00.00"}, "edf.start-unknown"),
        ({"patient": b"J\xf6rg"}, None),
    ],
)
def test_samples_survive_a_damaged_header(save, fields, code):
    recording = open_edf(save(edf_bytes([leg_row(3)], **fields)))
    assert code is None or code in codes(recording)
    assert recording.signal(0).samples == pytest.approx(np.arange(30) / 10, abs=1e-4)


def test_more_records_than_announced_are_never_taken_for_wider_samples(save):
    recording = open_edf(save(edf_bytes([leg_row(3)], n_records=2)))
    assert recording.format == "EDF"
    assert recording.signal(0).samples == pytest.approx(np.arange(30) / 10, abs=1e-4)


def test_a_longer_header_is_believed_when_the_records_fill_the_file(save):
    data = edf_bytes([leg_row(3)], header_bytes=768)
    recording = open_edf(save(data[:512] + bytes(256) + data[512:]))
    assert "edf.header-size" in codes(recording)
    assert recording.signal(0).samples == pytest.approx(np.arange(30) / 10, abs=1e-4)


def test_a_negative_header_size_never_moves_the_data(save):
    data = edf_bytes([leg_row(3)], header_bytes=-256, n_records=(512 + 60 + 256) // 20)
    assert open_edf(save(data)).signal(0).samples[0] == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("limits", [("-3276,8", "3276,7"), ("-3.277E3", "+3.277e3")])
def test_numbers_as_programs_write_them(save, limits):
    recording = open_edf(save(edf_bytes([leg_row(3, limits=(*limits, -32768, 32767))])))
    assert recording.signal(0).samples == pytest.approx(np.arange(30) / 10, abs=0.11)


@pytest.mark.parametrize(
    "limits",
    [
        ("", 1, -1, 1),
        ("nan", 1, -1, 1),
        ("inf", 1, -1, 1),
        (-1, 1, "", ""),
        (0, 0, -1, 1),
        (-1, 1, 5, 5),
        ("-1e300", "1e300", -1, 1),
        (0, "1e-300", -1, 1),
    ],
)
def test_a_channel_without_calibration_is_refused_and_the_rest_read(save, limits):
    rows = [leg_row(3), leg_row(3, label="bad", limits=limits)]
    recording = open_edf(save(edf_bytes(rows)))
    assert "edf.no-calibration" in codes(recording)
    assert recording.signal("Leg L").samples.size == 30
    with pytest.raises(CalibrationError, match="'bad'"):
        recording.signal("bad")


def test_a_channel_without_samples_is_refused_and_the_rest_read(save):
    empty = Row(label="none", samples=0, data=[b""] * 3)
    recording = open_edf(save(edf_bytes([leg_row(3), empty])))
    assert "edf.no-samples" in codes(recording)
    assert recording.signal("Leg L").samples.size == 30
    with pytest.raises(CalibrationError, match="'none'"):
        recording.signal("none")


def test_huge_counts_reserve_no_memory(save):
    rows = [Row(label=f"C{k}", samples=99999999) for k in range(200)]
    recording = open_edf(save(edf_bytes(rows, n_records=99999999)))
    assert {"edf.truncated", "edf.no-records"} <= codes(recording)
    signals = recording.signals(range(200))
    assert [signal.samples.size for signal in signals] == [0] * 200


@pytest.mark.parametrize("label", ["EDF Annotations", "EDF  Annotations", "edf annotations"])
def test_annotation_signals_are_known_by_any_spelling(save, label):
    row = tal_row([b"+0\x14\x14\0+1\x14here\x14\0"])
    row.label = label
    recording = open_edf(save(edf_bytes([leg_row(1), row], reserved="EDF+C")))
    assert [channel.label for channel in recording.channels] == ["Leg L"]
    assert [note.text for note in recording.annotations] == ["here"]


# ---------------------------------------------------------------- record onsets


def test_jumping_onsets_are_a_gap_even_in_a_continuous_file(save):
    recording = open_edf(save(timed([0, 1, 62, 63])))
    assert {"edf.gap", "edf.gap-in-continuous"} <= codes(recording)
    (gap,) = recording.gaps
    assert (gap.start_s, gap.stop_s) == (2, 62)
    assert recording.duration_s == 64
    assert recording.signal(0).breaks == ((20, 62.0),)


def test_a_gap_in_a_discontinuous_file_is_no_contradiction(save):
    recording = open_edf(save(timed([0, 1, 62], reserved="EDF+D")))
    assert "edf.gap" in codes(recording)
    assert "edf.gap-in-continuous" not in codes(recording)


def test_overlapping_onsets_are_told_and_no_gap(save):
    recording = open_edf(save(timed([0, 1, 1.5, 3])))
    assert "edf.record-overlap" in codes(recording)
    assert recording.gaps == ()
    assert recording.duration_s == 4


@pytest.mark.parametrize("onsets", [[None] * 3, [0, None, 2], [None, 1, 2]])
def test_records_without_time_keeping_follow_on(save, onsets):
    recording = open_edf(save(timed(onsets)))
    assert recording.gaps == ()
    assert recording.duration_s == 3


def test_a_first_record_without_time_is_dated_by_the_next(save):
    recording = open_edf(save(timed([None, 1.25, 2.25])))
    assert recording.start == datetime(2020, 1, 1, 22, 0, 0, 250_000)
    assert recording.gaps == ()


def test_negative_onsets(save):
    tals = [b"-2\x14\x14\0-1.5\x14before\x14\0", b"-1\x14\x14\0"]
    recording = open_edf(save(edf_bytes([leg_row(2), tal_row(tals)], reserved="EDF+C")))
    assert recording.start == datetime(2020, 1, 1, 21, 59, 58)
    assert [note.onset_s for note in recording.annotations] == [0.5]


@pytest.mark.parametrize(
    ("raw", "text", "code"),
    [
        ("Wadenkrampf ä".encode(), "Wadenkrampf ä", None),
        ("Wadenkrampf ä".encode("latin-1"), "Wadenkrampf ä", "edf.annotation-text"),
        (b"x" * 200, "x" * 200, None),
        (b"LM@@Leg L", "LM", None),
    ],
)
def test_texts(save, raw, text, code):
    row = tal_row([b"+0\x14\x14\0+0.5\x14" + raw + b"\x14\0"], size=256)
    recording = open_edf(save(edf_bytes([leg_row(1), row], reserved="EDF+C")))
    assert [note.text for note in recording.annotations] == [text]
    assert codes(recording) == ({code} if code else set())


@pytest.mark.parametrize(
    "tal", [b"+\x14x\x14", b"+1e9\x14x\x14", b"one\x14x\x14", b"+5\x15x\x14y\x14", b"+5"]
)
def test_damaged_entries_are_counted_and_the_rest_read(save, tal):
    row = tal_row([b"+0\x14\x14\0" + tal + b"\0+0.5\x14good\x14\0"])
    recording = open_edf(save(edf_bytes([leg_row(1), row], reserved="EDF+C")))
    assert [note.text for note in recording.annotations] == ["good"]
    assert codes(recording) == {"edf.bad-annotation"}


# ---------------------------------------------------------------- bytes


@pytest.mark.parametrize("sizes", [(6, 20000, 4, 8, 0, 30000, 2), (2, 4, 6)])
@pytest.mark.parametrize("wanted", [(0,), (2, 3), (3, 2), (0, 6), (6, 6), (4, 2), (1, 2, 5)])
def test_both_ways_of_reading_give_the_same_bytes(tmp_path, sizes, wanted):
    rng = np.random.default_rng(3)
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    columns = [Column(int(offsets[k % len(sizes)]), sizes[k % len(sizes)]) for k in wanted]
    records = rng.integers(0, 256, (70, sum(sizes)), dtype=np.uint8)
    path = tmp_path / "records"
    path.write_bytes(b"head" + records.tobytes())
    file = RecordFile(path=path, data_offset=4, record_bytes=sum(sizes), n_records=70)
    expected = [records[:, c.offset : c.offset + c.size] for c in columns]
    with path.open("rb", buffering=0) as stream:
        for strategy in (file._spans, file._chunks):
            got = [
                [part.copy() for part in parts] for _, parts in strategy(stream.fileno(), columns)
            ]
            for k, want in enumerate(expected):
                assert np.array_equal(np.concatenate([parts[k] for parts in got]), want)


@pytest.mark.parametrize("strategy", ["_spans", "_chunks"])
def test_a_file_that_got_shorter_is_an_error(tmp_path, strategy):
    path = tmp_path / "records"
    path.write_bytes(bytes(95))
    file = RecordFile(path=path, data_offset=0, record_bytes=10, n_records=10)
    with (
        path.open("rb", buffering=0) as stream,
        pytest.raises(RecordingError, match="in the middle of a record"),
    ):
        list(getattr(file, strategy)(stream.fileno(), [Column(2, 8)]))


@pytest.mark.parametrize("value", [0, 1, -1, 8388607, -8388608, -65536, 256])
def test_24_bit_sign(value):
    raw = np.frombuffer(value.to_bytes(3, "little", signed=True), np.uint8).reshape(1, 3)
    out = np.empty((1, 1), np.float32)
    to_physical(raw, 3, 1.0, 0.0, out)
    assert out[0, 0] == value


@pytest.mark.parametrize("offset", [0.0, 3.0, 0.25, -1000.3])
def test_physical_values_are_right_to_float32(offset):
    digital = np.arange(-32768, 32768, dtype="<i2")
    out = np.empty((1, digital.size), np.float32)
    to_physical(digital.view(np.uint8).reshape(1, -1), 2, 0.1, offset, out)
    assert out[0] == pytest.approx(digital * 0.1 + offset, rel=3e-7, abs=1e-6)
