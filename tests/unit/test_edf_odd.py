"""Odd files of the field: read right with a finding, or refused with the reason."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from edf_bytes import Row, edf_bytes, leg_row, tal_row

from psgscore.errors import CalibrationError, RecordingError
from psgscore.io.edf import open_edf

WIDE = (-262144, 262143, -8388608, 8388607)
COUNTS = np.arange(40)


@pytest.fixture
def save(tmp_path):
    def write(data, name="night.edf"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def codes(recording):
    return {finding.code for finding in recording.findings}


def wide_row(n_records, samples=10):
    row = Row(samples=samples, limits=WIDE)
    row.data = [
        b"".join(struct.pack("<i", k * samples + i)[:3] for i in range(samples))
        for k in range(n_records)
    ]
    return row


def counts(recording):
    signal = recording.signal(0)
    steps = (signal.samples - signal.samples[0]) / recording.channels[0].resolution
    return np.rint(steps).astype(int).tolist()


# ---------------------------------------------------------------- 16 or 24 bits


def test_a_bdf_that_calls_itself_edf_is_24_bits_by_name_and_limits(save):
    recording = open_edf(save(edf_bytes([wide_row(4)]), "night.bdf"))
    assert (recording.format, codes(recording)) == ("BDF", {"edf.sample-width"})
    assert counts(recording) == COUNTS.tolist()


def test_limits_and_size_together_tell_24_bits(save):
    assert counts(open_edf(save(edf_bytes([wide_row(4)]), "night.edf"))) == COUNTS.tolist()


def test_one_sign_alone_does_not_tell_24_bits(save):
    recording = open_edf(save(edf_bytes([leg_row(4)]), "night.bdf"))
    assert (recording.format, counts(recording)) == ("EDF", COUNTS.tolist())
    row = leg_row(4, limits=(0, 6553.5, 0, 65535))
    recording = open_edf(save(edf_bytes([row])))
    assert (recording.format, codes(recording)) == ("EDF", {"edf.digital-limits"})


# ---------------------------------------------------------------- where the data are


def test_a_file_sent_in_text_mode_is_refused(save):
    row = Row(samples=1000)
    rng = np.random.default_rng(1)
    row.data = [rng.integers(-3000, 3000, 1000).astype("<i2").tobytes() for _ in range(8)]
    whole = edf_bytes([row])
    with pytest.raises(RecordingError, match=r"text mode.*copy it again in binary mode"):
        open_edf(save(whole.replace(b"\n", b"\r\n")))
    assert open_edf(save(whole)).findings == ()


def test_padding_behind_the_header_is_no_signal_when_only_it_gives_whole_records(save):
    head = edf_bytes([leg_row(4)], n_records=-1, header_bytes=512 + 70)
    recording = open_edf(save(head[:512] + b" " * 70 + head[512:]))
    assert counts(recording) == COUNTS.tolist()


def test_a_little_more_than_announced_that_is_no_whole_record_is_garbage(save):
    row = leg_row(40)
    recording = open_edf(save(edf_bytes([row]) + b"\x55" * 53))
    assert recording.channels[0].n_samples == 400
    assert codes(recording) == {"edf.trailing-bytes"}


def test_much_more_than_announced_is_a_stale_count(save):
    recording = open_edf(save(edf_bytes([leg_row(40)], n_records=1) + b"\x55" * 3))
    assert recording.channels[0].n_samples == 400
    assert "edf.record-count" in codes(recording)


def test_the_number_of_signals_that_leaves_numbers_in_the_number_fields_is_taken(save):
    rows = [leg_row(4, label=f"C{k}") for k in range(4)]
    for count in ("1", "2", "3"):
        recording = open_edf(save(edf_bytes(rows, n_signals=count)))
        assert len(recording.channels) == 4
        assert "edf.signal-count" in codes(recording)


# ---------------------------------------------------------------- times of the records


def timed(onsets, reserved="EDF+C", **fields):
    tals = [b"" if one is None else f"{one:+g}".encode() + b"\x14\x14\0" for one in onsets]
    return edf_bytes([leg_row(len(onsets)), tal_row(tals)], reserved=reserved, **fields)


@pytest.mark.parametrize("stray", [500.0, 1.0, 4.5])
def test_one_stray_record_time_moves_nothing(save, stray):
    recording = open_edf(save(timed([0, 1, 2, stray, 4, 5, 6])))
    assert codes(recording) == {"edf.record-onset-stray"}
    assert (recording.gaps, recording.duration_s) == ((), 7)


def test_a_stray_first_time_does_not_move_the_start(save):
    recording = open_edf(save(timed([900, 1, 2, 3, 4, 5])))
    assert (recording.start.minute, recording.gaps, recording.duration_s) == (0, (), 6)
    assert "edf.record-onset-stray" in codes(recording)


def test_a_gap_that_later_records_bear_out_is_a_gap(save):
    recording = open_edf(save(timed([0, 1, 62, 63, 64])))
    assert [(gap.start_s, gap.stop_s) for gap in recording.gaps] == [(2, 62)]


def test_a_late_first_record_moves_the_start_and_says_so(save):
    recording = open_edf(save(timed([90, 91, 92])))
    assert recording.start.minute == 1
    assert codes(recording) == {"edf.first-onset"}


def test_records_that_do_not_say_when_they_began_are_counted(save):
    recording = open_edf(save(timed([0, None, 2, None])))
    assert codes(recording) == {"edf.record-onset-missing"}


def test_two_clocks_that_run_apart_are_no_thousand_gaps(save):
    onsets = [round(k * 1.001, 3) for k in range(400)]
    recording = open_edf(save(timed(onsets)))
    assert codes(recording) == {"edf.clock-drift"}
    assert (recording.gaps, recording.duration_s) == ((), 400)


# ---------------------------------------------------------------- fields


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({"reserved": "EDF+"}, "edf.reserved", id="EDF+ of no kind"),
        pytest.param({"reserved": "edf+c"}, "edf.reserved", id="lower case"),
        pytest.param(
            {"reserved": "EDF+C", "recording": "Startdate 02-JAN-2020 X X X"},
            "edf.start-contradiction",
            id="two dates",
        ),
    ],
)
def test_a_field_that_is_not_as_the_standard_has_it_is_said(save, changes, code):
    row = tal_row([f"+{k}\x14\x14\0".encode() for k in range(4)])
    recording = open_edf(save(edf_bytes([leg_row(4), row], **changes)))
    assert recording.format == "EDF+C"
    assert codes(recording) == {code}


def test_decimal_commas_are_read_and_said(save):
    row = leg_row(4, limits=("-3276,8", "3276,7", -32768, 32767))
    recording = open_edf(save(edf_bytes([row])))
    assert codes(recording) == {"edf.decimal-comma"}
    assert recording.signal(0).samples[1] == pytest.approx(0.1)


def test_what_follows_a_nul_in_a_label_is_no_text(save):
    recording = open_edf(save(edf_bytes([leg_row(4, label=b"Leg L\0%s#@")])))
    assert recording.channels[0].label == "Leg L"
    assert codes(recording) == {"edf.text-nul"}


def test_the_physical_range_is_sorted(save):
    recording = open_edf(save(edf_bytes([leg_row(4, limits=(3276.7, -3276.8, -32768, 32767))])))
    assert recording.channels[0].physical_range == (-3276.8, 3276.7)


def test_a_missing_limit_is_said_in_words(save):
    recording = open_edf(save(edf_bytes([leg_row(4, limits=("", 3276.7, -32768, 32767))])))
    with pytest.raises(CalibrationError, match=r"physical limits no number to 3276\.7 for"):
        recording.signal(0)


# ---------------------------------------------------------------- annotations


@pytest.mark.parametrize(
    ("raw", "onset_s", "text"),
    [
        pytest.param(b"1.5\x14here\x14\0", 1.5, "here", id="no sign"),
        pytest.param(b"+1,5\x14here\x14\0", 1.5, "here", id="decimal comma"),
        pytest.param(b"+1.5\x14here\0", 1.5, "here", id="no end mark"),
        pytest.param("+1.5\x14here\x14".encode("utf-16-le") + b"\0\0", 1.5, "here", id="UTF-16"),
        pytest.param(b"+1.5\x14" + "here".encode("utf-16-le") + b"\x14\0", 1.5, "here", id="mixed"),
    ],
)
def test_odd_annotations_are_read_and_said(save, raw, onset_s, text):
    row = tal_row([b"+0\x14\x14\0" + raw])
    recording = open_edf(save(edf_bytes([leg_row(1), row], reserved="EDF+C")))
    (note,) = recording.annotations
    assert (note.onset_s, note.text) == (onset_s, text)
    assert codes(recording) == {"edf.annotation-form"}
