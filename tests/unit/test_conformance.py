"""EDFlib is asked whether it opens a file, quietly, and gives its own reading of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyedflib
import pytest

from psgscore.errors import InputPathError, RecordingError
from psgscore.io.conformance import open_with_pyedflib, strict_viewers
from psgscore.io.edf import open_edf

AWKWARD = Path(__file__).parents[1] / "data" / "awkward_edf"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("01_base.edf", ""),
        ("05_bdf.bdf", ""),
        ("02_edfplus_utf8.edf", ""),
        ("04_edfplusD_gap100s.edf", "discontinuous"),
        ("06_truncated_last_record.edf", "fewer data records"),
        ("07_nrec_minus1.edf", "Number of Datarecords"),
        ("12_phys_min_eq_max.edf", "Physical Maximum"),
        ("16_unit_mu_latin1.edf", "Physical Dimension"),
        ("18_nonascii_label_latin1.edf", "label"),
        ("22c_startdate_blank.edf", "startdate"),
        ("24e_edfplus_lowercase_month.edf", "Recordingfield"),
        ("32_trailing_garbage.edf", ""),
    ],
)
def test_the_verdict_of_strict_viewers_is_one_line(name, reason):
    verdict = strict_viewers(AWKWARD / name)
    assert verdict.opens == (reason == "")
    assert reason in verdict.reason
    assert verdict.opens == (verdict.reason == "")
    assert "\n" not in verdict.reason
    assert str(AWKWARD) not in verdict.reason


@pytest.mark.parametrize("name", sorted(path.name for path in AWKWARD.iterdir()))
def test_asking_prints_nothing_and_closes_the_file(name, capfd):
    strict_viewers(AWKWARD / name)
    assert pyedflib.get_number_of_open_files() == 0
    printed = capfd.readouterr()
    assert printed.out + printed.err == ""


def test_it_can_be_asked_while_pyedflib_says_the_same():
    for path in AWKWARD.iterdir():
        if path.name == "06_truncated_last_record.edf":
            continue  # pyedflib prints to the terminal
        try:
            pyedflib.EdfReader(str(path)).close()
            opens = True
        except OSError:
            opens = False
        assert strict_viewers(path).opens == opens, path.name


@pytest.mark.parametrize(
    "content", [b"", b"0", b"0" * 256, b"\xff" * 3000, b"no EDF at all\n" * 99]
)
def test_what_is_no_edf_file_does_not_open(tmp_path, content):
    (tmp_path / "a.edf").write_bytes(content)
    assert not strict_viewers(tmp_path / "a.edf").opens


def test_paths_are_checked_first(tmp_path):
    with pytest.raises(InputPathError):
        strict_viewers(tmp_path)
    with pytest.raises(InputPathError):
        open_with_pyedflib(tmp_path / "none.edf")


@pytest.mark.parametrize(
    "name",
    ["01_base.edf", "02_edfplus_utf8.edf", "05_bdf.bdf", "16_unit_mV.edf", "20_recdur_0.5.edf",
     "39_two_ann_signals.edf", "43_dig_12bit.edf"],
)  # fmt: skip
def test_the_second_opinion_agrees_with_our_reader(name):
    ours, theirs = open_edf(AWKWARD / name), open_with_pyedflib(AWKWARD / name)
    assert theirs.format == ours.format
    assert (theirs.start, theirs.duration_s) == (ours.start, ours.duration_s)
    assert theirs.annotations == ours.annotations
    for one, other in zip(theirs.channels, ours.channels, strict=True):
        assert (one.label, one.rate_hz, one.unit) == (other.label, other.rate_hz, other.unit)
        assert one.n_samples == other.n_samples
        assert one.resolution == pytest.approx(other.resolution)
        mine, yours = ours.signal(other.index), theirs.signal(one.index)
        assert mine.unit == yours.unit
        assert np.allclose(mine.samples, yours.samples, rtol=1e-6, atol=1e-3)


def test_the_second_opinion_reads_channels_in_the_order_asked_for():
    recording = open_with_pyedflib(AWKWARD / "01_base.edf")
    second, first = recording.signals([1, 0])
    assert (second.label, first.label) == (recording.channels[1].label, recording.channels[0].label)
    assert np.array_equal(first.samples, recording.signal(0).samples)


def test_the_second_opinion_refuses_what_edflib_refuses():
    with pytest.raises(RecordingError, match=r"07_nrec_minus1\.edf: .*Number of Datarecords"):
        open_with_pyedflib(AWKWARD / "07_nrec_minus1.edf")


def test_a_fraction_of_the_first_second(real_data):
    path = real_data("recordings/subsecond_start.edf")
    assert open_with_pyedflib(path).start == open_edf(path).start
