"""Reading at a place of a file, by the system's own call and without one."""

from __future__ import annotations

import os

import numpy as np
import pytest

from psgscore.io import edf_records, positioned
from psgscore.io.edf import open_edf
from psgscore.io.edf_write import write_edf
from psgscore.io.positioned import seek_and_fill, seek_and_read, seek_and_write
from psgscore.model.signal import Signal


@pytest.mark.parametrize(("place", "size"), [(0, 5), (3, 4), (7, 9), (10, 1), (99, 4)])
def test_both_ways_read_the_same(tmp_path, place, size):
    path = tmp_path / "a"
    path.write_bytes(b"0123456789")
    with path.open("rb", buffering=0) as file:
        expected = b"0123456789"[place : place + size]
        for read in (seek_and_read, positioned.read_at):
            assert read(file.fileno(), size, place) == expected
        for fill in (seek_and_fill, positioned.read_into):
            buffer = bytearray(size)
            assert fill(file.fileno(), memoryview(buffer), place) == len(expected)
            assert buffer == expected.ljust(size, b"\0")


def test_both_ways_write_the_same(tmp_path):
    for name, write in (("a", seek_and_write), ("b", positioned.write_at)):
        path = tmp_path / name
        path.write_bytes(b"0123456789")
        with path.open("r+b", buffering=0) as file:
            assert write(file.fileno(), b"abc", 4) == 3
        assert path.read_bytes() == b"0123abc789"


@pytest.mark.parametrize("n_channels", [1, 40])
def test_a_recording_is_the_same_without_the_calls_of_the_system(tmp_path, monkeypatch, n_channels):
    random, path = np.random.default_rng(1), tmp_path / "a.edf"
    samples = random.normal(0, 20, (n_channels, 512 * 30)).astype(np.float32)
    write_edf(path, [Signal(f"EEG {k}", one, 512.0, "uV") for k, one in enumerate(samples)])
    recording = open_edf(path)
    (expected,) = recording.signals([0])
    asked = []

    def counted(call):
        return lambda *given: asked.append(1) or call(*given)

    monkeypatch.setattr(edf_records, "read_at", counted(seek_and_read))
    monkeypatch.setattr(edf_records, "read_into", counted(seek_and_fill))
    monkeypatch.delattr(os, "posix_fadvise")
    (found,) = recording.signals([0])
    assert asked
    assert found.samples.tobytes() == expected.samples.tobytes()
