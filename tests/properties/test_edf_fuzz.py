"""Damaged headers and annotations never cause an internal error."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psgscore.errors import PsgscoreError
from psgscore.io.edf import open_edf
from psgscore.io.edf_header import header_bytes, read_header
from psgscore.io.edf_tal import AnnotationReader

AWKWARD = Path(__file__).parents[1] / "data" / "awkward_edf"
WHOLE = (AWKWARD / "02_edfplus_utf8.edf").read_bytes()[:1024]
FAULTS = st.lists(st.tuples(st.integers(0, 1023), st.binary(min_size=1, max_size=12)), max_size=5)


@given(FAULTS, st.integers(0, 1024))
def test_a_header_is_read_or_refused(faults, size):
    head = bytearray(WHOLE)
    for place, data in faults:
        head[place : place + len(data)] = data
    head = bytes(head[:1024][:size])
    assert 256 <= header_bytes(head) <= 256 * 4097
    with suppress(PsgscoreError):
        header = read_header(head, 5000)
        assert header.n_records * header.record_bytes <= 5000


@given(st.lists(st.binary(max_size=80), max_size=4))
def test_any_bytes_are_annotations_or_damage(blocks):
    reader = AnnotationReader()
    reader.read_record(blocks)
    assert len(reader.record_onsets_s) == 1
    assert all(abs(note.onset_s) < 1e9 for note in reader.annotations)


@pytest.fixture(scope="module")
def case_path(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz") / "case.edf"


@settings(max_examples=200)
@given(st.sampled_from(["05_bdf.bdf", "39_two_ann_signals.edf"]), FAULTS, st.integers(0, 30_000))
def test_a_damaged_file_is_read_whole_or_refused(case_path, name, faults, size):
    data = bytearray((AWKWARD / name).read_bytes())
    for place, wrong in faults:
        data[place : place + len(wrong)] = wrong
    case_path.write_bytes(data[:size])
    with suppress(PsgscoreError):
        recording = open_edf(case_path)
        for channel in recording.channels:
            with suppress(PsgscoreError):
                assert recording.signal(channel.index).samples.size == channel.n_samples
