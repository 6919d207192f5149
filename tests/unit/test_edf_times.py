"""When the records began, when their onsets are missing, out of line, or another clock's."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from edf_bytes import edf_bytes, leg_row, tal_row, timed

from psgscore.errors import RecordingError
from psgscore.io.edf import open_edf


@pytest.fixture
def save(tmp_path):
    def write(data, name="night.edf"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def codes(recording):
    return {finding.code for finding in recording.findings}


def gaps(recording):
    return [(gap.start_s, gap.stop_s) for gap in recording.gaps]


def onsets(*changes, n=30, step_s=1.0):
    """Return regular onsets with some of them changed."""
    found = [k * step_s for k in range(n)]
    for record, onset in changes:
        found[record] = onset
    return found


# ---------------------------------------------------------------- onsets out of line


@pytest.mark.parametrize("reserved", ["EDF+C", "EDF+D"])
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param([(7, 3600)], "edf.stray-onset", id="far ahead"),
        pytest.param([(7, 7.5)], "edf.stray-onset", id="a little ahead"),
        pytest.param([(7, 0)], "edf.record-overlap", id="back to 0"),
        pytest.param([(7, -500)], "edf.record-overlap", id="before the start"),
        pytest.param([(7, 3600), (8, 3601)], "edf.stray-onset", id="two in line with each other"),
        pytest.param([(7, 3600), (20, 99)], "edf.stray-onset", id="two apart"),
        pytest.param([(0, 3600)], "edf.stray-onset", id="the first"),
        pytest.param([(29, 5)], "edf.record-overlap", id="the last, behind"),
    ],
)
def test_a_stray_onset_gets_the_time_its_neighbours_imply(save, reserved, changes, code):
    recording = open_edf(save(timed(onsets(*changes), reserved)))
    assert codes(recording) == {code}
    assert recording.gaps == ()
    assert recording.start == datetime(2020, 1, 1, 22)
    assert recording.duration_s == 30
    assert recording.signal(0).breaks == ()


def test_true_gaps_are_kept_beside_a_stray_onset(save):
    later = [k + 100.0 for k in range(10, 30)]
    recording = open_edf(save(timed([*range(5), 4000, *range(6, 10), *later], "EDF+D")))
    assert codes(recording) == {"edf.stray-onset", "edf.gap"}
    assert gaps(recording) == [(10, 110)]
    assert recording.duration_s == 130


def test_a_stray_onset_is_told_with_its_record(save):
    recording = open_edf(save(timed(onsets((7, 3600)))))
    (finding,) = recording.findings
    assert "1 record(s), number 7 first" in finding.message


def test_onsets_that_contradict_each_other_are_refused(save):
    rng = np.random.default_rng(3)
    with pytest.raises(RecordingError, match=r"night\.edf: \d+ of 40 record onsets contradict"):
        open_edf(save(timed(rng.uniform(0, 5000, 40).round(2).tolist())))


@pytest.mark.parametrize(
    ("step_s", "reserved", "record_s"),
    [(0.5, "EDF+C", 1), (0.5, "EDF+D", 1), (2, "EDF+C", 1), (1, "EDF+C", 10), (1000, "EDF+C", 1)],
)
def test_records_at_another_pace_than_they_last_are_refused(save, step_s, reserved, record_s):
    data = timed(onsets(step_s=step_s), reserved, record_s=record_s)
    message = rf"lasts {record_s} s by the header, but one begins every {step_s} s"
    with pytest.raises(RecordingError, match=message):
        open_edf(save(data))


def test_records_apart_in_an_interrupted_file_are_apart(save):
    recording = open_edf(save(timed(onsets(step_s=60, n=4), "EDF+D")))
    assert gaps(recording) == [(1, 60), (61, 120), (121, 180)]


@pytest.mark.parametrize(
    ("said", "start"), [([0.25] * 5, 250_000), ([0] * 5, 0), ([None, 3, 3, 3], 0)]
)
def test_onsets_that_stand_still_are_no_times(save, said, start):
    recording = open_edf(save(timed(said)))
    assert codes(recording) == {"edf.record-onset-missing"}
    assert recording.start == datetime(2020, 1, 1, 22, 0, 0, start)
    assert recording.duration_s == len(said)


# ---------------------------------------------------------------- missing onsets


@pytest.mark.parametrize(
    ("said", "reserved", "severity"),
    [
        ([0, None, 2], "EDF+C", "note"),
        ([None] * 3, "EDF+C", "note"),
        ([0, None, 2], "EDF+D", "warning"),
        ([None] * 3, "EDF+D", "warning"),
    ],
)
def test_missing_onsets_are_told(save, said, reserved, severity):
    recording = open_edf(save(timed(said, reserved)))
    (finding,) = recording.findings
    assert (finding.code, finding.severity) == ("edf.record-onset-missing", severity)
    assert recording.duration_s == 3


@pytest.mark.parametrize("reserved", ["EDF+C", "EDF+D"])
def test_edf_plus_without_annotation_signal_is_told(save, reserved):
    recording = open_edf(save(edf_bytes([leg_row(3)], reserved=reserved)))
    assert codes(recording) == {"edf.record-onset-missing"}


def test_plain_files_owe_no_onsets(save):
    assert codes(open_edf(save(edf_bytes([leg_row(3), tal_row([b""] * 3)])))) == {
        "edf.annotations-in-plain"
    }


@pytest.mark.parametrize(
    ("first_s", "start", "told"),
    [
        (0.999, datetime(2020, 1, 1, 22, 0, 0, 999_000), False),
        (1, datetime(2020, 1, 1, 22, 0, 1), True),
        (3600, datetime(2020, 1, 1, 23), True),
        (-0.5, datetime(2020, 1, 1, 21, 59, 59, 500_000), True),
    ],
)
def test_a_first_onset_beyond_a_second_is_told(save, first_s, start, told):
    recording = open_edf(save(timed([first_s + k for k in range(5)])))
    assert recording.start == start
    assert codes(recording) == ({"edf.first-onset"} if told else set())


def test_a_first_onset_is_told_in_annotation_files_too(save):
    recording = open_edf(save(edf_bytes([tal_row([b"+90\x14\x14\0"])], reserved="EDF+C")))
    assert codes(recording) == {"edf.first-onset"}
    assert recording.start == datetime(2020, 1, 1, 22, 1, 30)


# ---------------------------------------------------------------- clocks


@pytest.mark.parametrize("ms_per_s", [1, -1, 0.05, -0.2, 8])
@pytest.mark.parametrize("record_s", [1, 30])
def test_drift_is_one_finding_and_times_are_true(save, ms_per_s, record_s):
    true_s = record_s * (1 + ms_per_s / 1000)
    notes = {300: f"+{300 * true_s:.4f}\x14mark\x14\0".encode()}
    tals = [f"+{k * true_s:.4f}\x14\x14\0".encode() + notes.get(k, b"") for k in range(400)]
    rows = [leg_row(400), tal_row(tals)]
    recording = open_edf(save(edf_bytes(rows, reserved="EDF+C", record_s=record_s)))
    assert codes(recording) == {"edf.clock-drift"}
    assert recording.gaps == ()
    assert recording.duration_s == pytest.approx(400 * true_s, abs=0.005)
    signal = recording.signal(0)
    assert signal.times_s(np.array([3000.0])) == pytest.approx(recording.annotations[0].onset_s)


def test_a_gap_and_a_stray_onset_show_beside_a_drift(save):
    said = [round(k * 1.001 + (50 if k >= 100 else 0), 4) for k in range(200)]
    said[40] = 999.0
    recording = open_edf(save(timed(said, "EDF+D")))
    assert codes(recording) == {"edf.clock-drift", "edf.gap", "edf.stray-onset"}
    ((start_s, stop_s),) = gaps(recording)
    assert start_s == pytest.approx(100.1, abs=0.01)
    assert stop_s == 150.1


def test_a_record_duration_cut_to_eight_characters_is_no_gap(save):
    said = [k / 3 for k in range(40_000)]
    tals = [f"+{one:.6f}\x14\x14\0".encode() for one in said]
    rows = [leg_row(len(said), samples=1), tal_row(tals, 16)]
    rows[0].data = [b"\0\0"] * len(said)
    recording = open_edf(save(edf_bytes(rows, reserved="EDF+C", record_s="0.333333")))
    (finding,) = recording.findings
    assert (finding.code, finding.severity) == ("edf.clock-drift", "note")
    assert recording.gaps == ()
    assert recording.channels[0].rate_hz == pytest.approx(3, rel=1e-8)


def test_onsets_that_jitter_are_no_gaps(save):
    jitter = np.random.default_rng(4).uniform(0, 0.03, 200)
    recording = open_edf(save(timed([round(k + j, 3) for k, j in enumerate(jitter)])))
    assert codes(recording) == {"edf.clock-drift"}
    assert recording.gaps == ()
    assert recording.duration_s == pytest.approx(200, abs=0.05)


@pytest.mark.parametrize("missing_s", [0.008, 0.04])
def test_a_short_gap_alone_is_a_gap(save, missing_s):
    said = [k + (missing_s if k >= 20 else 0) for k in range(40)]
    recording = open_edf(save(timed(said, "EDF+D")))
    assert gaps(recording) == [(20, 20 + missing_s)]


@pytest.mark.parametrize(("record_s", "decimals"), [(0.5, 0), (1.5, 0), (0.25, 1), (0.125, 2)])
def test_rounded_onsets_are_no_gaps(save, record_s, decimals):
    unit = 10.0**-decimals
    said = [round(np.floor(k * record_s / unit + 1e-9) * unit, 6) for k in range(80)]
    recording = open_edf(save(timed(said, record_s=record_s)))
    assert codes(recording) == {"edf.record-onset-rounded"}
    assert recording.gaps == ()
    assert recording.duration_s == 80 * record_s


def test_a_gap_shows_between_rounded_onsets(save):
    said = [k // 2 + (60 if k >= 40 else 0) for k in range(80)]
    recording = open_edf(save(timed(said, "EDF+D", record_s=0.5)))
    assert gaps(recording) == [(20, 80)]
