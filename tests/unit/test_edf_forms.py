"""Header fields and annotations that are not written as the standards demand."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from edf_bytes import Row, edf_bytes, leg_row, tal_row

from psgscore.errors import CalibrationError
from psgscore.io.edf import open_edf

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


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("limits", "fields"),
    [
        pytest.param(("-3276,8", "3276,7", -32768, 32767), {}, id="physical limits"),
        pytest.param((-3276.8, 3276.7, "-32768,0", "32767,0"), {}, id="digital limits"),
        pytest.param(NARROW, {"record_s": "1,0"}, id="record duration"),
        pytest.param(NARROW, {"n_records": "3,0"}, id="record count"),
    ],
)
def test_decimal_commas_are_told(save, limits, fields):
    recording = open_edf(save(edf_bytes([leg_row(3, limits=limits)], **fields)))
    assert codes(recording) == {"edf.decimal-comma"}
    assert recording.signal(0).samples == pytest.approx(np.arange(30) / 10, abs=1e-3)


@pytest.mark.parametrize("limits", [("-32,768", "32,767"), ("-32,000", "32,000"), (-0.5, 0.5)])
def test_digital_limits_that_are_no_whole_numbers_are_not_used(save, limits):
    recording = open_edf(save(edf_bytes([leg_row(3, limits=(-1, 1, *limits))])))
    assert codes(recording) == {"edf.no-calibration"}
    with pytest.raises(CalibrationError, match=r"digital limits \[no number, no number\]"):
        recording.signal(0)


def test_both_pairs_of_limits_reversed_is_told(save):
    recording = open_edf(save(edf_bytes([leg_row(3, limits=(3276.7, -3276.8, 32767, -32768))])))
    assert codes(recording) == {"edf.digital-limits"}
    assert recording.channels[0].physical_range == (-3276.8, 3276.7)
    assert recording.signal(0).samples == pytest.approx(np.arange(30) / 10, abs=1e-3)


def test_the_physical_range_of_inverted_limits_is_sorted(save):
    recording = open_edf(save(edf_bytes([leg_row(3, limits=(3276.7, -3276.8, -32768, 32767))])))
    assert recording.channels[0].physical_range == (-3276.8, 3276.7)


def test_no_error_says_none(save):
    recording = open_edf(save(edf_bytes([leg_row(3, limits=("", 5, -32768, 32767))])))
    with pytest.raises(CalibrationError, match=r"\[no number, 5\] for .* \[-32768, 32767\]"):
        recording.signal(0)


def test_hard_blanks_pad_like_blanks(save):
    row = leg_row(3, label=b"Leg L\xa0\xa0", unit=b"uV\xa0", samples=10)
    row.samples = b"10\xa0\xa0"
    recording = open_edf(save(edf_bytes([row])))
    assert recording.channels[0].label == "Leg L"
    assert recording.channels[0].unit == "uV"


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize(
    ("raw", "label", "code"),
    [
        (b"Leg\0L\0\0\0", "Leg L", "edf.control-characters"),
        (b"Leg\0\0\0old", "Leg old", "edf.control-characters"),
        (b"Leg\r\nL", "Leg L", "edf.control-characters"),
        (b"Leg L\0\0\0", "Leg L", None),
        (b"", "", "edf.label-missing"),
    ],
)
def test_labels(save, raw, label, code):
    recording = open_edf(save(edf_bytes([leg_row(3, label=raw)])))
    assert recording.channels[0].label == label
    assert codes(recording) == ({code} if code else set())


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("EDF Annotations", False),
        ("BDF Annotations", False),
        ("edf annotations", True),
        ("EDF Annotation", True),
        ("EDF Annotations2", True),
        (b"EDF\0Annotations", False),
    ],
)
def test_spellings_of_the_annotation_label_are_told(save, label, told):
    rows = [leg_row(1), tal_row([b"+0\x14\x14\0+1\x14here\x14\0"], label=label)]
    recording = open_edf(save(edf_bytes(rows, reserved="EDF+C")))
    assert [note.text for note in recording.annotations] == ["here"]
    assert ("edf.annotation-label" in codes(recording)) == told


@pytest.mark.parametrize(
    ("reserved", "format_", "severity"),
    [
        ("EDF+C", "EDF+C", None),
        ("EDF+D extra", "EDF+D", None),
        ("EDF+", "EDF+C", "warning"),
        ("edf+c", "EDF+C", "note"),
        ("Edf+D", "EDF+D", "note"),
        ("EDF+d", "EDF+D", "note"),
        ("EDF +C", "EDF+C", "note"),
        ("EDF", "EDF", None),
    ],
)
def test_spellings_of_the_kind(save, reserved, format_, severity):
    rows = [leg_row(1), tal_row([b"+0\x14\x14\0"])]
    recording = open_edf(save(edf_bytes(rows, reserved=reserved)))
    assert recording.format == format_
    found = [one.severity for one in recording.findings if one.code == "edf.plus-kind"]
    assert found == ([severity] if severity else [])


# ---------------------------------------------------------------- start


@pytest.mark.parametrize(
    ("reserved", "day", "recording", "start", "code"),
    [
        ("EDF+C", "01.01.20", "Startdate 01-JAN-2020 X X X", (2020, 1, 1), None),
        ("EDF+C", "02.01.20", "Startdate 01-JAN-2020 X X X", (2020, 1, 1), "edf.start-date"),
        ("EDF+C", "01.01.21", "Startdate 01-JAN-2020 X X X", (2020, 1, 1), "edf.start-date"),
        ("EDF+C", "01.01.90", "Startdate 01-JAN-2090 X X X", (2090, 1, 1), None),
        ("EDF+C", "01.01.yy", "Startdate 01-JAN-2090 X X X", (2090, 1, 1), None),
        ("EDF+C", "", "Startdate 01-JAN-2020 X X X", (2020, 1, 1), None),
        ("EDF+C", "01.01.20", "Startdate X X X X", (2020, 1, 1), None),
        ("", "02.01.20", "Startdate 01-JAN-2020 X X X", (2020, 1, 2), "edf.start-date"),
        ("", "02.01.20", "anything", (2020, 1, 2), None),
        ("", "2.1.20", "", (2020, 1, 2), "edf.start-form"),
        ("", "2.1.2020", "", (2020, 1, 2), "edf.start-form"),
        ("", "02/01/20", "", (2020, 1, 2), "edf.start-form"),
    ],
)
def test_start_dates(save, reserved, day, recording, start, code):
    rows = [leg_row(1), tal_row([b"+0\x14\x14\0"])] if reserved else [leg_row(1)]
    found = open_edf(save(edf_bytes(rows, reserved=reserved, date=day, recording=recording)))
    assert found.start == datetime(*start, 22)
    assert codes(found) == ({code} if code else set())


def test_a_time_in_another_form_is_told(save):
    found = open_edf(save(edf_bytes([leg_row(1)], time="22:00:00")))
    assert found.start == datetime(2020, 1, 1, 22)
    assert codes(found) == {"edf.start-form"}


# ---------------------------------------------------------------- annotations


def notes_of(save, tal, **fields):
    rows = [leg_row(1), tal_row([tal], 128)]
    recording = open_edf(save(edf_bytes(rows, reserved="EDF+C", **fields)))
    return [(n.onset_s, n.duration_s, n.text) for n in recording.annotations], codes(recording)


@pytest.mark.parametrize(
    ("tal", "note"),
    [
        pytest.param(b"5\x14x\x14\0", (5, None, "x"), id="no sign"),
        pytest.param(b"+5,25\x14x\x14\0", (5.25, None, "x"), id="comma in onset"),
        pytest.param(b"+5\x151,5\x14x\x14\0", (5, 1.5, "x"), id="comma in duration"),
        pytest.param(b"+5\x15\x14x\x14\0", (5, None, "x"), id="empty duration"),
        pytest.param(b"+5\x15+1\x14x\x14\0", (5, 1, "x"), id="sign in duration"),
        pytest.param(b"+5\x15-1\x14x\x14\0", (5, None, "x"), id="negative duration"),
        pytest.param(b"+5\x14x\0", (5, None, "x"), id="no end mark"),
        pytest.param(b" +5 \x14x\x14\0", (5, None, "x"), id="blanks"),
        pytest.param(b"+.5\x14x\x14\0", (0.5, None, "x"), id="no digit before the point"),
        pytest.param(b"+5\x14" + b"x" * 119, (5, None, "x" * 119), id="unterminated at the end"),
    ],
)
def test_odd_forms_are_read_and_told(save, tal, note):
    assert notes_of(save, b"+0\x14\x14\0" + tal) == ([note], {"edf.annotation-form"})


def test_a_time_keeping_entry_behind_a_note_is_found(save):
    tals = [f"+{k}.5\x14x\x14\0+{k}\x14\x14\0".encode() for k in range(3)]
    rows = [leg_row(3), tal_row(tals)]
    recording = open_edf(save(edf_bytes(rows, reserved="EDF+C")))
    assert codes(recording) == {"edf.annotation-form"}
    assert len(recording.annotations) == 3


def entry16(onset, text, encoding="utf-16-le"):
    """Return an entry of which only the text is UTF-16, as programs with wide strings do."""
    return onset + b"\x14" + text.encode(encoding) + b"\x14\0"


@pytest.mark.parametrize(
    "tal",
    [
        pytest.param(
            b"+0\x14\x14\0" + entry16(b"+5\x151", "Müde") + entry16(b"+6", "W"), id="texts only"
        ),
        pytest.param(
            b"+0\x14\x14\0" + entry16(b"+5\x151", "Müde", "utf-16") + entry16(b"+6", "W"),
            id="byte order mark",
        ),
        pytest.param("+0\x14\x14\0+5\x151\x14Müde\x14\0+6\x14W\x14\0".encode("utf-16-le"), id="LE"),
        pytest.param("+0\x14\x14\0+5\x151\x14Müde\x14\0+6\x14W\x14\0".encode("utf-16-be"), id="BE"),
        pytest.param("+0\x14\x14\0+5\x151\x14Müde\x14\0+6\x14W\x14\0".encode("utf-16"), id="BOM"),
    ],
)
def test_utf16_texts_are_read_whole(save, tal):
    found = [(5, 1, "Müde"), (6, None, "W")]
    assert notes_of(save, tal) == (found, {"edf.annotation-text"})


@pytest.mark.parametrize("text", ["Leg — left", "Atmung 睡眠 flach", "W"])
def test_utf16_of_other_alphabets(save, text):
    tal = b"+0\x14\x14\0" + entry16(b"+5", text)
    assert notes_of(save, tal) == ([(5, None, text)], {"edf.annotation-text"})


@pytest.mark.parametrize(
    "tal",
    [
        b"+5\x14ab\x14\0\0\0+6\x14cd\x14\0",
        b"\0\0+5\x14ab\x14\0+6\x14cd\x14\0",
        b"+5\x14ab\x14\0\0+6\x14\x14\0+6\x14cd\x14\0",
    ],
)
def test_blank_bytes_between_entries_make_no_utf16(save, tal):
    found = [(5, None, "ab"), (6, None, "cd")]
    assert notes_of(save, b"+0\x14\x14\0" + tal) == (found, set())


def test_an_unterminated_entry_makes_no_utf16(save):
    found, told = notes_of(save, b"+0\x14\x14\0+5\x14a\0+6\x14b\x14\0")
    assert found == [(5, None, "a"), (6, None, "b")]
    assert told == {"edf.annotation-form"}


def test_one_finding_names_all_encodings(save):
    tal = b"+0\x14\x14\0+1\x14M\xfcde\x14\0" + entry16(b"+5", "Leg")
    rows = [Row(samples=1, data=[b"\0\0"]), tal_row([tal])]
    recording = open_edf(save(edf_bytes(rows, reserved="EDF+C")))
    (finding,) = recording.findings
    assert finding.message.endswith("Latin-1 and UTF-16")
