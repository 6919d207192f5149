"""Where the samples lie and how wide they are, when the header does not say it right."""

from __future__ import annotations

import numpy as np
import pytest
from edf_bytes import Row, edf_bytes, leg_row, tal_row, timed

from psgscore.errors import RecordingError
from psgscore.io.edf import open_edf
from psgscore.io.edf_header import read_header

RAMP = np.arange(30) / 10
WIDE = (-8388608, 8388607, -8388608, 8388607)
NARROW = (-3276.8, 3276.7, -32768, 32767)


@pytest.fixture
def save(tmp_path):
    def write(data, name="night.edf"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def codes(recording):
    return {finding.code for finding in recording.findings}


def is_the_ramp(recording, n=30):
    assert recording.signal(0).samples == pytest.approx(np.arange(n) / 10, abs=1e-4)


# ---------------------------------------------------------------- width of samples


@pytest.mark.parametrize(
    ("name", "limits", "width", "fields", "expected"),
    [
        pytest.param("n.bdf", WIDE, 3, {}, ("BDF", True), id="name and limits and size"),
        pytest.param(
            "n.bdf", WIDE, 3, {"n_records": 5}, ("BDF", True), id="name and limits, cut off"
        ),
        pytest.param(
            "n.bdf", WIDE, 3, {"reserved": "EDF+C"}, ("BDF+C", True), id="against the word EDF+"
        ),
        pytest.param("n.bdf", NARROW, 3, {}, ("BDF", True), id="name and size"),
        pytest.param("n.edf", WIDE, 3, {}, ("BDF", True), id="limits and size"),
        pytest.param("n.rec", WIDE, 3, {}, ("BDF", True), id="limits and size, .rec"),
        pytest.param("n.edf", NARROW, 2, {}, ("EDF", False), id="EDF"),
        pytest.param(
            "n.edf", NARROW, 2, {"n_records": 2}, ("EDF", False), id="size is no evidence"
        ),
        pytest.param("n.bdf", NARROW, 2, {}, ("EDF", True), id="only the name"),
        pytest.param("n.edf", WIDE, 2, {}, ("EDF", False), id="only the limits"),
        pytest.param("n.edf", (0, 6553.5, 0, 65535), 2, {}, ("EDF", False), id="unsigned limits"),
        pytest.param("n.bdf", WIDE, 3, {"version": b"\xffBIOSEMI"}, ("BDF", False), id="BDF"),
        pytest.param(
            "n.edf", WIDE, 3, {"version": b"\xffBIOSEMI"}, ("BDF", True), id="BDF as .edf"
        ),
        pytest.param("n.bdf", WIDE, 3, {"reserved": "24BIT"}, ("BDF", False), id="24BIT"),
        pytest.param(
            "n.edf", NARROW, 2, {"version": b"\xffBIOSEMI"}, ("EDF", True), id="EDF marked as BDF"
        ),
    ],
)
def test_width(save, name, limits, width, fields, expected):
    row = leg_row(3, width=width, limits=limits)
    recording = open_edf(save(edf_bytes([row], **fields), name))
    assert (recording.format, "edf.sample-width" in codes(recording)) == expected
    low, high, first, last = limits
    line = (np.arange(30) - first) * (high - low) / (last - first) + low
    assert recording.signal(0).samples == pytest.approx(line, abs=2e-2)


def test_width_that_cannot_be_known_is_refused(save):
    path = save(edf_bytes([leg_row(3, limits=WIDE)]), "n.bdf")
    with pytest.raises(RecordingError, match=r"n\.bdf: .*24 bits.*16"):
        open_edf(path)


@pytest.mark.parametrize(
    "limits",
    [(-3276.8, 3276.7, -40000, 32767), (0, 6553.5, 0, 65535), (-1, 1, -8388608, 8388607)],
)
def test_digital_limits_no_sample_reaches_are_told(save, limits):
    assert "edf.digital-limits" in codes(open_edf(save(edf_bytes([leg_row(3, limits=limits)]))))


# ---------------------------------------------------------------- where the records begin


def padded(n_records, padding=b" " * 256, cut=0):
    data = edf_bytes([leg_row(3)], header_bytes=512 + len(padding), n_records=n_records)
    return data[:512] + padding + data[512 : len(data) - cut]


@pytest.mark.parametrize(
    ("data", "count"),
    [
        pytest.param(padded(3), 3, id="stated records fill the file"),
        pytest.param(padded(-1), 3, id="only the stated size gives whole records"),
        pytest.param(padded(-1, b"junk" * 64), 3, id="padding that is not blank"),
        pytest.param(padded(-1, b" " * 260), 3, id="both give whole records, padding blank"),
        pytest.param(padded(-1, bytes(260)), 3, id="padding of NULs"),
        pytest.param(padded(3, b" " * 300), 3, id="no multiple of 256"),
        pytest.param(padded(3, cut=5), 2, id="cut off"),
        pytest.param(padded(-1, cut=5), 2, id="cut off, record count unknown"),
    ],
)
def test_padding_behind_the_header_is_no_signal(save, data, count):
    recording = open_edf(save(data))
    assert "edf.header-size" in codes(recording)
    is_the_ramp(recording, 10 * count)


@pytest.mark.parametrize("n_records", [3, -1])
def test_a_wrong_header_size_that_fits_nothing_moves_no_data(save, n_records):
    recording = open_edf(save(edf_bytes([leg_row(3)], header_bytes=517, n_records=n_records)))
    assert "edf.header-size" in codes(recording)
    is_the_ramp(recording)


# ---------------------------------------------------------------- how many records


@pytest.mark.parametrize(
    ("n_records", "tail", "count", "code"),
    [
        pytest.param(3, 45, 3, "edf.trailing-bytes", id="surplus of 2.25 records"),
        pytest.param(2, 5, 2, "edf.trailing-bytes", id="surplus of 1.25 records"),
        pytest.param(3, 40, 5, "edf.record-count", id="surplus of whole records"),
        pytest.param(0, 5, 3, "edf.record-count", id="count 0"),
        pytest.param(-1, 5, 3, "edf.trailing-bytes", id="count unknown"),
        pytest.param(9, 5, 3, "edf.truncated", id="announced more"),
    ],
)
def test_bytes_behind_the_records(save, n_records, tail, count, code):
    data = edf_bytes([leg_row(3)], n_records=n_records) + b"\xa5" * tail
    recording = open_edf(save(data))
    assert recording.channels[0].n_samples == 10 * count
    assert code in codes(recording)
    assert recording.signal(0).samples[:20] == pytest.approx(RAMP[:20], abs=1e-4)


@pytest.mark.parametrize("tail", [b"\xa5", b"\0"])
@pytest.mark.parametrize("count", [1, 5])
def test_a_surplus_that_keeps_no_time_is_no_records(save, tail, count):
    recording = open_edf(save(timed(range(6)) + tail * 84 * count))
    assert codes(recording) == {"edf.trailing-bytes"}
    assert recording.duration_s == 6
    is_the_ramp(recording, 60)


def test_a_surplus_that_keeps_time_is_records(save):
    recording = open_edf(save(timed(range(6), n_records=2)))
    assert codes(recording) == {"edf.record-count"}
    is_the_ramp(recording, 60)


# ---------------------------------------------------------------- how many signals


def several(**fields):
    zero = (0, 100, 0, 1000)
    rows = [leg_row(3), leg_row(3, label="b", limits=zero), leg_row(3, label="c", limits=zero)]
    return edf_bytes(rows, **fields)


@pytest.mark.parametrize("stated", [0, 1, 2, 4, 5, 30, "", "x"])
def test_a_wrong_number_of_signals_is_found_out(save, stated):
    recording = open_edf(save(several(n_signals=stated)))
    assert [channel.label for channel in recording.channels] == ["Leg L", "b", "c"]
    assert "edf.signal-count" in codes(recording)
    is_the_ramp(recording)


@pytest.mark.parametrize("count", [1, 2, 4, 5, 30])
def test_a_header_size_for_other_signals_is_found_out(save, count):
    recording = open_edf(save(several(header_bytes=256 * (count + 1))))
    assert len(recording.channels) == 3
    assert "edf.header-size" in codes(recording)
    is_the_ramp(recording)


def test_two_numbers_of_signals_that_both_read_are_refused(save):
    # All text fields are full of numbers, and nothing tells one signal from two.
    data = edf_bytes([leg_row(3)], n_signals=1, header_bytes=768)
    data = data[:256] + b"1       " * 64 + bytes(60)
    with pytest.raises(RecordingError, match=r"1 signals in one place and 2 in another"):
        open_edf(save(data))


# ---------------------------------------------------------------- rewritten as a text


NOISE = np.random.default_rng(5).integers(-3000, 3000, (40, 100)).astype("<i2")


def noisy(rows=(), **fields):
    row = Row(samples=100, data=[line.tobytes() for line in NOISE])
    return edf_bytes([row, *rows], **fields)


def body(data):
    return data[:512], data[512:]


def crlf(data):
    head, rest = body(data)
    return head + rest.replace(b"\n", b"\r\n")


def latin1_saved_as_utf8(data):
    head, rest = body(data)
    return head + rest.decode("latin-1").encode("utf-8")


def unknown_characters_replaced(data):
    head, rest = body(data)
    return head + rest.decode("utf-8", "replace").encode("utf-8")


@pytest.mark.parametrize("n_records", [40, -1, 0])
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (crlf, "transferred as a text"),
        (latin1_saved_as_utf8, "saved as a text"),
        (unknown_characters_replaced, "saved as a text"),
    ],
)
def test_text_damage_is_refused(save, damage, message, n_records):
    path = save(damage(noisy(n_records=n_records)))
    with pytest.raises(RecordingError, match=rf"night\.edf: .*{message}"):
        open_edf(path)


def test_text_damage_with_a_tail_is_refused(save):
    with pytest.raises(RecordingError, match="transferred as a text"):
        open_edf(save(crlf(noisy([Row(label="b", samples=900, data=[b"\n\0" * 900] * 40)])) + b"x"))


@pytest.mark.parametrize("tail", [b"\r\n", b"\r\n" * 3, b"garbage\r\n", b"\xc3\xa4" * 99])
def test_a_tail_of_text_is_no_text_damage(save, tail):
    recording = open_edf(save(noisy() + tail))
    assert "edf.trailing-bytes" in codes(recording)
    assert recording.channels[0].n_samples == NOISE.size


def test_windows_line_ends_in_annotations_are_no_text_damage(save):
    notes = b"+0\x14\x14\0+1\x14" + b"a\r\n" * 80 + b"\x14\0"
    recording = open_edf(save(edf_bytes([tal_row([notes] * 3, 512)], n_records=1)))
    assert len(recording.annotations) == 3


@pytest.mark.parametrize("change", ["lost", "added"])
def test_bytes_lost_in_the_middle_show_in_the_annotation_signal(save, change):
    data = timed(range(20), n_records=-1)
    middle = 768 + 84 * 7 + 3
    data = data[:middle] + (b"" if change == "lost" else b"12345678") + data[middle + 8 :]
    if change == "added":
        data = data[:middle] + b"12345678" + data[middle:]
    with pytest.raises(RecordingError, match=r"night\.edf: from record \d+ of \d+ on, .* lost"):
        open_edf(save(data))


@pytest.mark.parametrize(
    ("begin", "message"),
    [
        (b"\x1f\x8b\x08", "gzip"),
        (b"PK\x03\x04", "zip"),
        (b"<!DOCTYPE html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1", "Git LFS"),
        (b"\xef\xbb\xbf0       ", "byte order mark"),
        (b"\xff\xfe0\x00", "UTF-16"),
    ],
)
def test_other_kinds_of_files_are_named(save, begin, message):
    with pytest.raises(RecordingError, match=message):
        open_edf(save(begin + noisy()[8:]))
    with pytest.raises(RecordingError, match=message):
        open_edf(save(begin))


def test_a_header_is_read_without_a_name():
    data = edf_bytes([leg_row(3)])
    assert read_header(data[:512], len(data)).n_records == 3
