"""Damaged headers and annotations never cause an internal error."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from psgscore.errors import PsgscoreError
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
