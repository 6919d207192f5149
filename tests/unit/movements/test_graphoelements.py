"""Vertex waves and K-complexes on simulated EEG: what is found, what not, where it was looked."""

from __future__ import annotations

import numpy as np
import pytest

from psgscore.detect.graphoelements import (
    K_COMPLEX,
    VERTEX_WAVE,
    find_graphoelements,
    looked_at,
)
from psgscore.errors import NotScorableError, UnitError
from psgscore.model.jerk_criteria import GraphoelementCriteria
from psgscore.model.signal import Signal
from psgscore.simulate.noise import frequencies_hz, shaped_noise, stream

RATE_HZ = 256.0
AT = 60.0
WHOLE = np.array([[30.0, 90.0]])


def times(seconds=120.0, rate_hz=RATE_HZ):
    return np.arange(round(seconds * rate_hz)) / rate_hz


def background(rms_uv=8.0, *, seed=1, seconds=120.0, rate_hz=RATE_HZ):
    """Return EEG without any rhythm, weaker the faster."""
    frequency = frequencies_hz(rate_hz)
    density = np.where(frequency >= 0.5, 1 / np.maximum(frequency, 0.5) ** 1.8, 0.0)
    n_samples = round(seconds * rate_hz)
    noise = shaped_noise((stream(seed, "background"),), rate_hz, n_samples, density[None])
    return noise * np.float32(rms_uv / np.std(noise))


def vertex(peak_uv, at_s=AT, *, width_s=0.05, **more):
    return -peak_uv * np.exp(-0.5 * ((times(**more) - at_s) / width_s) ** 2)


def k_complex(peak_uv, at_s=AT, *, slower=1.0, positive=0.6, **more):
    since = (times(**more) - at_s) / slower
    late = positive * np.exp(-0.5 * ((since - 0.38) / 0.16) ** 2)
    return peak_uv * (late - np.exp(-0.5 * (since / 0.09) ** 2))


def found_in(samples, spans=WHOLE, rate_hz=RATE_HZ, **more):
    signal = Signal("C4-M1", samples.astype(np.float32), rate_hz, "uV", **more)
    return find_graphoelements(signal, np.asarray(spans, float))


def kinds(found):
    return found.kind.tolist()


@pytest.mark.parametrize("rate_hz", [100.0, 200.0, 256.0, 512.0])
def test_a_clear_vertex_wave_is_found_where_it_is(rate_hz):
    samples = background(rate_hz=rate_hz) + vertex(120.0, rate_hz=rate_hz)
    (found,) = found_in(samples, rate_hz=rate_hz)
    # By the slow waves around it a sharp one may be the first half of a K-complex.
    assert found.kind in {VERTEX_WAVE, K_COMPLEX}
    assert found.start_s < AT < found.stop_s
    assert found.measures["peak_to_peak_uv"] == pytest.approx(120, rel=0.3)


@pytest.mark.parametrize("rate_hz", [100.0, 200.0, 256.0, 512.0])
def test_a_clear_k_complex_is_found_where_it_is_and_is_no_vertex_wave(rate_hz):
    samples = background(rate_hz=rate_hz) + k_complex(120.0, rate_hz=rate_hz)
    (found,) = found_in(samples, rate_hz=rate_hz)
    assert found.kind == K_COMPLEX
    assert found.start_s < AT < found.stop_s
    assert 0.5 <= found.duration_s <= 2.0


# Over an EEG that is all but flat, limits are those of the criteria alone.
STILL_UV = 0.5


@pytest.mark.parametrize(
    ("peak_uv", "found"),
    [pytest.param(40.0, [], id="40 uV"), pytest.param(75.0, [VERTEX_WAVE], id="75 uV")],
)
def test_the_smallest_vertex_wave(peak_uv, found):
    assert kinds(found_in(background(STILL_UV) + vertex(peak_uv))) == found


@pytest.mark.parametrize(
    ("peak_uv", "found"),
    [pytest.param(40.0, False, id="under 75 uV"), pytest.param(60.0, True, id="over 75 uV")],
)
def test_the_smallest_k_complex(peak_uv, found):
    rows = found_in(background(STILL_UV) + k_complex(peak_uv))
    assert (K_COMPLEX in kinds(rows)) == found


@pytest.mark.parametrize(
    ("slower", "found"),
    [
        pytest.param(0.4, False, id="shorter than 0.5 s"),
        pytest.param(1.0, True, id="about 1 s"),
        pytest.param(4.0, False, id="longer than 2 s"),
    ],
)
def test_how_long_a_k_complex_lasts(slower, found):
    rows = found_in(background(STILL_UV) + k_complex(120.0, slower=slower))
    assert (K_COMPLEX in kinds(rows)) == found


def test_a_vertex_wave_lasts_less_than_half_a_second():
    (found,) = found_in(background(STILL_UV) + vertex(75.0))
    assert (found.kind, found.duration_s < 0.5) == (VERTEX_WAVE, True)


def test_a_wave_must_be_negative():
    assert kinds(found_in(background(STILL_UV) - vertex(100.0))) == []


@pytest.mark.parametrize("peak_uv", [700.0, 3000.0])
def test_what_no_eeg_reaches_is_no_wave(peak_uv):
    assert kinds(found_in(background() + vertex(peak_uv))) == []
    assert K_COMPLEX not in kinds(found_in(background() + k_complex(peak_uv)))


@pytest.mark.parametrize(
    ("hz", "height_uv"),
    [
        pytest.param(10.0, 60.0, id="alpha"),
        pytest.param(5.0, 60.0, id="theta"),
        pytest.param(13.0, 60.0, id="sigma"),
        pytest.param(1.0, 120.0, id="slow waves"),
    ],
)
@pytest.mark.parametrize("length_s", [10.0, 60.0], ids=["a train", "throughout"])
def test_waves_in_trains_do_not_stand_out(hz, height_uv, length_s):
    since = times() - AT
    envelope = np.clip((length_s / 2 - np.abs(since)) / 0.3, 0, 1)
    assert (
        kinds(found_in(background() + height_uv * envelope * np.sin(2 * np.pi * hz * since))) == []
    )


def test_muscle_in_the_eeg_is_no_wave():
    rng = np.random.default_rng(4)
    burst = 150.0 * rng.standard_normal(times().size) * (np.abs(times() - AT) < 0.3)
    assert kinds(found_in(background() + burst)) == []


@pytest.mark.parametrize("rms_uv", [5.0, 10.0, 20.0])
def test_background_alone_has_hardly_any(rms_uv):
    samples = background(rms_uv, seconds=1200.0)
    assert len(found_in(samples, [(20.0, 1180.0)])) <= 2


# --- where it was looked -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("offset_s", "count"),
    [pytest.param(-1.0, 1, id="it begins within"), pytest.param(0.3, 0, id="it began before")],
)
def test_only_what_begins_in_a_window_is_given(offset_s, count):
    samples = background() + vertex(120.0)
    assert len(found_in(samples, [(AT + offset_s, AT + offset_s + 2.0)])) == count


def test_overlapping_windows_give_a_wave_once():
    samples = background() + vertex(120.0)
    assert len(found_in(samples, [(58.0, 61.0), (59.0, 62.0), (58.0, 61.0)])) == 1


@pytest.mark.parametrize(
    ("span", "looked"),
    [
        pytest.param((10.0, 12.0), True, id="inside"),
        pytest.param((0.0, 2.0), True, id="from the start"),
        pytest.param((-0.5, 1.0), False, id="from before it"),
        pytest.param((119.0, 121.0), False, id="beyond the end"),
        pytest.param((59.0, 61.0), False, id="across a gap"),
    ],
)
def test_what_was_not_recorded_was_not_looked_at(span, looked):
    breaks = ((round(60 * RATE_HZ), 60.5),)
    signal = Signal("C4-M1", background(seconds=119.0), RATE_HZ, "uV", breaks=breaks)
    assert looked_at(signal, np.array([span])).tolist() == [looked]


def test_too_slow_or_without_a_unit_is_refused():
    with pytest.raises(NotScorableError, match="64 Hz is too slow"):
        found_in(background(rate_hz=64.0), rate_hz=64.0)
    with pytest.raises(UnitError):
        find_graphoelements(Signal("C4-M1", background(), RATE_HZ, "V"), WHOLE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"vertex_isolation": 0.9},
        {"isolation_s": -1.0},
        {"k_min_s": 3.0},
        {"vertex_max_s": 0.0},
        {"vertex_min_uv": 600.0},
        {"k_min_uv": 0.0},
        {"background_s": 1.0},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_impossible_criteria_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong)).split("_", maxsplit=1)[0]):
        GraphoelementCriteria(**wrong)
