"""Pages of signals: extremes per column, windows from the disk, the filters of the detector."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.dsp.filters import band_pass
from psgscore.io.edf_window import read_window
from psgscore.io.edf_write import write_edf
from psgscore.model.criteria import DETECTION
from psgscore.model.signal import Signal
from psgscore.opening import open_recording
from psgscore.review.catalog import Catalog
from psgscore.review.display_filters import DisplayFilter, as_scored
from psgscore.review.pages import Page, Pages
from psgscore.review.tiles import columns, tile
from psgscore.review.tracks import tracks_of


def signal(samples, rate_hz=10.0, start_s=0.0):
    return Signal("x", np.asarray(samples, np.float32), rate_hz, "uV", start_s)


def test_columns_hold_the_extremes():
    found = columns([signal([0, 5, -5, 1, 2, 3])], 0.0, 0.6, 2)
    assert found.tolist() == [[-5.0, 1.0], [5.0, 3.0]]


def test_columns_between_samples_lie_on_the_line():
    found = columns([signal([0.0, 10.0], rate_hz=1.0)], 0.0, 1.0, 4)
    assert found.tolist() == [[0.0, 2.5, 5.0, 7.5], [2.5, 5.0, 7.5, 10.0]]


def test_nothing_is_drawn_where_there_is_no_signal():
    pieces = [signal([1] * 10), signal([2] * 10, start_s=3.0)]
    found = columns(pieces, -1.0, 6.0, 6)
    assert np.isnan(found[0]).tolist() == [True, False, True, True, False, True]
    assert found[0][[1, 4]].tolist() == [1.0, 2.0]


@given(
    samples=st.lists(st.floats(-1e3, 1e3, width=32), min_size=1, max_size=60),
    rate_hz=st.sampled_from([1.0, 7.0, 10.0, 256.0]),
    start_s=st.floats(-3, 3),
    span_s=st.floats(0.01, 20),
    px=st.integers(1, 50),
)
def test_every_column_holds_its_samples_and_no_other_value(samples, rate_hz, start_s, span_s, px):
    one = signal(samples, rate_hz)
    low, high = columns([one], start_s, span_s, px)
    times = np.arange(len(samples)) / rate_hz
    edges = start_s + np.arange(px + 1) * (span_s / px)
    for k in range(px):
        inside = one.samples[(times >= edges[k] + 1e-9) & (times < edges[k + 1] - 1e-9)]
        if inside.size:
            assert low[k] <= inside.min()
            assert high[k] >= inside.max()
    known = ~np.isnan(low)
    assert (np.isnan(high) == ~known).all()
    assert (low[known] <= high[known]).all()
    slack = 1e-3
    assert (low[known] >= one.samples.min() - slack).all()
    assert (high[known] <= one.samples.max() + slack).all()


def test_the_bytes_of_a_page():
    data = tile([np.array([[1, 2], [3, 4]], np.float32)], 5.0, 30.0, 2)
    assert data[:32] == struct.pack("<4sIIIdd", b"PST1", 1, 2, 0, 5.0, 30.0)
    assert np.frombuffer(data, "<f4", offset=32).tolist() == [1, 2, 3, 4]


def noise(n, rate_hz=256.0, seed=1):
    return np.random.default_rng(seed).normal(0, 20, n).astype(np.float32), rate_hz


@pytest.mark.parametrize(("hertz", "gain"), [(0.05, 0.0), (2.0, 1.0), (10.0, 1.0), (100.0, 0.0)])
def test_display_filter_lets_its_band_through_and_moves_nothing(hertz, gain):
    t = np.arange(256 * 60) / 256
    wave = np.sin(2 * np.pi * hertz * t).astype(np.float32)
    through = DisplayFilter(0.3, 35.0)(wave, 256.0)
    middle = slice(256 * 20, 256 * 40)
    assert np.allclose(through[middle], gain * wave[middle], atol=0.03)


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    legs = [noise(256 * 120, seed=k)[0] for k in (1, 2)]
    path = tmp_path_factory.mktemp("pages") / "a.edf"
    signals = [
        Signal("Left Leg", legs[0], 256.0, "uV"),
        Signal("Right Leg", legs[1], 256.0, "uV"),
        Signal("C3-M2", legs[0] * 2, 256.0, "uV"),
        Signal("SpO2", np.full(120, 95, np.float32), 1.0, "%"),
    ]
    write_edf(path, signals)
    return open_recording(path)


def test_legs_are_drawn_as_they_are_scored(recording):
    tracks = tracks_of(recording)
    leg = tracks[0]
    assert leg.filter == as_scored(DETECTION)
    whole = recording.signal("Left Leg")
    limits = DETECTION.high_pass_hz, DETECTION.low_pass_hz
    expected = replace(whole, samples=band_pass(whole.samples, 256.0, *limits))
    with_pages = Pages(Catalog.of(recording))
    for start_s in (0.0, 33.3, 110.0):
        page = Page((leg.id,), start_s, 10.0, 500)
        drawn = np.frombuffer(with_pages.page(page), "<f4", offset=32).reshape(2, 500)
        there = columns([expected], start_s, 10.0, 500)
        assert np.allclose(drawn, there, atol=2e-3)
    with_pages.close()


def test_neighbouring_pages_join(recording):
    pages = Pages(Catalog.of(recording))
    names = tuple(track.id for track in tracks_of(recording))
    whole = np.frombuffer(pages.page(Page(names, 40.0, 20.0, 400)), "<f4", offset=32)
    parts = [
        np.frombuffer(pages.page(Page(names, start_s, 10.0, 200)), "<f4", offset=32)
        for start_s in (40.0, 50.0)
    ]
    pages.close()
    whole = whole.reshape(len(names), 2, 400)
    joined = np.concatenate([one.reshape(len(names), 2, 200) for one in parts], axis=2)
    assert np.allclose(whole, joined, atol=0.05)


def test_a_window_is_what_the_whole_channel_holds(recording):
    tracks = tracks_of(recording)
    (pieces,) = read_window(recording, [tracks[0].derivation], 30.5, 33.0)
    (piece,) = pieces
    assert piece.start_s <= 30.5
    assert piece.stop_s >= 33.0
    assert piece.samples.size <= 256 * 5
    first = round(piece.start_s * 256)
    whole = recording.signal("Left Leg").samples
    assert np.array_equal(piece.samples, whole[first : first + piece.samples.size])
    assert read_window(recording, [tracks[0].derivation], 500, 510) == [[]]


def test_a_window_across_a_gap(tmp_path):
    samples, rate_hz = noise(256 * 60)
    broken = Signal("Left Leg", samples, rate_hz, "uV", breaks=((256 * 20, 50.0),))
    write_edf(tmp_path / "a.edf", [broken])
    recording = open_recording(tmp_path / "a.edf")
    (pieces,) = read_window(recording, [tracks_of(recording)[0].derivation], 15.0, 55.0)
    assert pieces[0].start_s <= 15.0
    assert [pieces[0].stop_s, pieces[1].start_s] == [20.0, 50.0]
    pages = Pages(Catalog.of(recording))
    drawn = np.frombuffer(pages.page(Page(("c0",), 15.0, 40.0, 8)), "<f4", offset=32)[:8]
    pages.close()
    assert np.isnan(drawn).tolist() == [False, *[True] * 6, False]
    whole = recording.signal("Left Leg").samples
    assert np.array_equal(pieces[1].samples[:256], whole[256 * 20 : 256 * 21])


def test_slow_and_unknown_channels_are_drawn_as_they_are(recording):
    by_label = {track.derivation.name: track for track in tracks_of(recording)}
    assert by_label["SpO2"].filter.text == "as recorded"
    assert by_label["C3-M2"].filter.text == "0.3 to 35 Hz"
