"""Bursts of acceleration with known truth, and what is no burst."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psgscore.detect.accelerometer import find_accelerometer_bursts
from psgscore.intervals import match_one_to_one
from psgscore.model.accelerometer_criteria import ACCELEROMETER
from psgscore.model.signal import Signal

GRAVITY = np.array([0.1, 0.3, 0.95])
SPANS = [(60.0 + 40 * k, 60.7 + 40 * k + 0.3 * (k % 9)) for k in range(60)]


def shake(times, spans, size, axis):
    """Return a leg that shakes at 2 to 6 Hz, its axes out of step."""
    moved = np.zeros(times.size)
    for number, (start, stop) in enumerate(spans):
        inside = (times >= start) & (times < stop)
        since, left = times[inside] - start, stop - times[inside]
        edges = np.clip(np.minimum(since, left) / 0.05 + 0.2, 0, 1)
        moved[inside] += size * edges * np.sin(2 * np.pi * (2 + number * 1.7 % 4) * since + axis)
    return moved


def sensor(spans=(), seconds=2500.0, rate_hz=50.0, *, size=0.08, noise=0.002, posture=()):
    """Return three axes in g: gravity, breath, heart, noise, and the leg."""
    rng = np.random.default_rng(7)
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    axes = []
    for axis, rest in enumerate(GRAVITY):
        values = rest + rng.normal(0, noise, times.size) + shake(times, spans, size, axis)
        values += 0.003 * np.sin(2 * np.pi * 0.25 * times + axis)
        values += 0.001 * np.sin(2 * np.pi * 1.1 * times + axis)
        for at_s, lasts_s in posture:
            turned = 0.5 - 0.5 * np.cos(np.pi * np.clip((times - at_s) / lasts_s, 0, 1))
            values += turned * (GRAVITY[axis - 1] - rest)
        axes.append(values)
    return axes


def signals(axes, rate_hz=50.0, unit="g", **more):
    return [
        Signal(f"Acc {name}", np.asarray(values, np.float32), rate_hz, unit, **more)
        for name, values in zip("XYZ", axes, strict=False)
    ]


def found_in(spans=(), *, rate_hz=50.0, **more):
    axes = sensor(spans, rate_hz=rate_hz, **more)
    return find_accelerometer_bursts(signals(axes, rate_hz), kind="ACC:left")


@pytest.mark.parametrize("rate_hz", [20.0, 25.0, 32.0, 50.0, 100.0, 200.0])
@pytest.mark.parametrize("size", [0.04, 0.3, 1.5])
def test_bursts_are_found_at_any_rate_and_size(rate_hz, size):
    found = found_in(SPANS, rate_hz=rate_hz, size=size)
    pairs = match_one_to_one(np.array(SPANS), found.events.spans)
    assert len(pairs) >= 0.95 * len(SPANS)
    assert len(found.events) - len(pairs) <= 0.05 * len(SPANS)
    truth = np.array(SPANS)[pairs[:, 0]]
    error = np.abs(found.events.spans[pairs[:, 1]] - truth)
    assert np.percentile(error, 90) <= 0.12
    assert set(found.events.kind) == {"ACC:left"}
    assert set(found.events.channel) == {"Acc X+Acc Y+Acc Z"}


@pytest.mark.parametrize("n_axes", [1, 2, 3])
def test_one_axis_is_enough(n_axes):
    found = find_accelerometer_bursts(signals(sensor(SPANS)[:n_axes]))
    assert len(match_one_to_one(np.array(SPANS), found.events.spans)) >= 0.95 * len(SPANS)
    assert set(found.events.kind) == {"ACC"}


@pytest.mark.parametrize(
    ("unit", "per_g"),
    [("g", 1.0), ("mg", 1000.0), ("m/s2", 9.80665), ("m/s^2", 9.80665), ("a.u.", 517.0)],
)
def test_the_unit_is_only_a_scale(unit, per_g):
    axes = sensor(SPANS)
    plain = find_accelerometer_bursts(signals(axes))
    other = find_accelerometer_bursts(signals([axis * per_g for axis in axes], unit=unit))
    assert other.events.start_s == pytest.approx(plain.events.start_s, abs=0.021)
    assert other.unit == unit
    assert other.resting == pytest.approx(plain.resting * per_g, rel=1e-3)
    assert bool(other.warnings) == (unit == "a.u.")


@pytest.mark.parametrize(
    ("length_s", "expected"),
    [
        pytest.param(0.2, 0, id="0.2 s is too short"),
        pytest.param(0.3, 0, id="0.3 s"),
        pytest.param(0.4, 0, id="0.4 s"),
        pytest.param(0.6, 1, id="0.6 s"),
        pytest.param(0.8, 1, id="0.8 s"),
        pytest.param(14.0, 1, id="14 s: how long is for the reader to judge"),
    ],
)
def test_length_of_a_burst(length_s, expected):
    found = found_in([(120.0, 120.0 + length_s)], seconds=300.0).events
    assert len(found) == expected
    if expected:
        assert found.duration_s[0] == pytest.approx(length_s, abs=0.1)


@pytest.mark.parametrize(("gap_s", "expected"), [(0.3, 1), (0.8, 2)])
def test_half_a_second_of_quiet_parts_two_bursts(gap_s, expected):
    spans = [(120.0, 121.0), (121.0 + gap_s, 122.0 + gap_s)]
    assert len(found_in(spans, seconds=300.0, rate_hz=100.0).events) == expected


@pytest.mark.parametrize("lasts_s", [0.02, 0.3, 1.0, 3.0])
def test_a_change_of_posture_is_one_burst_at_most(lasts_s):
    found = found_in(seconds=600.0, posture=[(200.0, lasts_s), (400.0, lasts_s)]).events
    assert len(found) <= 2
    near = np.abs(found.start_s[:, None] - np.array([200.0, 400.0])).min(axis=1, initial=np.inf)
    assert (near <= 1.0).all()
    assert (found.duration_s <= lasts_s + 1.2).all()


def test_lying_differently_changes_nothing_that_follows():
    found = found_in(SPANS, posture=[(50.0, 0.5), (1245.0, 0.5)])
    assert len(match_one_to_one(np.array(SPANS), found.events.spans)) >= 0.95 * len(SPANS)


def test_rest_breath_and_heart_are_no_bursts():
    assert len(found_in(seconds=7200.0).events) == 0


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        pytest.param(0.004, 0, id="a tremble under the floor"),
        pytest.param(0.03, 1, id="over it"),
    ],
)
def test_the_floor_where_nothing_moves_at_all(size, expected):
    found = found_in([(120.0, 122.0)], seconds=300.0, size=size, noise=0.0001)
    assert len(found.events) == expected


def test_coarse_steps_are_no_bursts():
    coarse = [np.round(axis / 0.03) * 0.03 for axis in sensor(SPANS, size=0.5)]
    found = find_accelerometer_bursts(signals(coarse, unit="a.u."))
    pairs = match_one_to_one(np.array(SPANS), found.events.spans)
    assert len(found.events) - len(pairs) <= 3
    assert len(pairs) >= 0.9 * len(SPANS)


def test_a_noisier_night_has_a_higher_threshold():
    found = found_in([(300.0, 302.0)], seconds=600.0, size=0.05, noise=0.03)
    assert len(found.events) == 0
    assert len(found_in([(300.0, 302.0)], seconds=600.0, size=0.8, noise=0.03).events) == 1


def test_measures_say_how_much():
    (event,) = found_in([(120.0, 123.0)], seconds=300.0, size=0.1).events
    # Three axes out of step: RMS of the vector is 0.1 * sqrt(3 / 2).
    assert event.measures["peak"] == pytest.approx(0.122, rel=0.3)
    assert event.measures["resting"] == pytest.approx(0.004, rel=0.4)
    expected = event.measures["peak"] / event.measures["resting"]
    assert event.measures["ratio"] == pytest.approx(expected)


def test_a_gap_is_never_crossed_and_times_after_it_are_true():
    axes = sensor([(119.0, 121.0), (200.0, 202.0)], seconds=300.0)
    found = find_accelerometer_bursts(signals(axes, breaks=((120 * 50, 1120.0),)))
    assert found.readable.tolist() == [[0.0, 120.0], [1120.0, 1300.0]]
    assert found.events.start_s == pytest.approx([119.0, 1120.0, 1200.0], abs=0.1)
    assert found.events.stop_s == pytest.approx([120.0, 1121.0, 1202.0], abs=0.1)


def still(value=0.5):
    return np.full(50 * 100, value, np.float32)


def one(values, rate_hz=50.0, unit="g", start_s=0.0):
    return Signal("Acc X", np.asarray(values, np.float32), rate_hz, unit, start_s)


NOISE = sensor(seconds=100.0)[0]


@pytest.mark.parametrize(
    ("axes", "reason"),
    [
        pytest.param([], "one to three axes, not 0", id="no axis"),
        pytest.param([one(NOISE)] * 4, "one to three axes, not 4", id="four axes"),
        pytest.param([one(NOISE, unit="")], "unit is not known", id="no unit"),
        pytest.param([one(NOISE, 19.9)], "19.9 Hz is too slow", id="too slow"),
        pytest.param([one(still())], "flat", id="flat"),
        pytest.param([one(NOISE > 0.1)], "only 2 distinct", id="two values"),
        pytest.param([one(np.arange(5000) % 7)], "only 7 distinct", id="seven values"),
        pytest.param([one(NOISE[:60])], "next to no signal", id="a second"),
        pytest.param([one(NOISE), one(NOISE, 25.0)], "differ", id="axes of two rates"),
        pytest.param([one(NOISE), one(NOISE, unit="mg")], "differ", id="axes of two units"),
        pytest.param([one(NOISE), one(NOISE, start_s=1.0)], "differ", id="axes of two starts"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_reason(axes, reason):
    found = find_accelerometer_bursts(axes)
    assert len(found.events) == 0
    assert found.resting is None
    assert found.not_scored.what == "accelerometer bursts"
    assert reason in found.not_scored.reason


def test_what_can_just_be_read_is():
    assert find_accelerometer_bursts([one(NOISE, 20.0)]).not_scored is None
    assert find_accelerometer_bursts([one(np.arange(5000) % 8)]).not_scored is None


def test_a_dead_axis_is_said():
    found = find_accelerometer_bursts([*signals(sensor(SPANS)[:2]), one(np.zeros(125000))])
    assert found.warnings == ("Acc X is flat: movement along it is not seen",)
    assert len(found.events) >= 57


@settings(max_examples=10)
@given(
    start_s=st.floats(-100, 50000),
    scale=st.floats(1.0, 50.0),
    order=st.permutations(range(3)),
)
def test_bursts_move_with_the_signal_and_axes_have_no_order(start_s, scale, order):
    axes = sensor(SPANS[:6], seconds=400.0)
    plain = find_accelerometer_bursts(signals(axes, unit="counts"))
    mixed = [axes[k] * scale for k in order]
    moved = find_accelerometer_bursts(signals(mixed, unit="counts", start_s=start_s))
    assert moved.events.start_s - start_s == pytest.approx(plain.events.start_s, abs=0.021)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("min_rate_hz", 0.0),
        ("envelope_s", 0.6),
        ("smoothing_s", 0.1),
        ("offset_ratio", 5.1),
        ("offset_ratio", 1.0),
        ("floor_g", -0.1),
        ("resting_percentile", 100.0),
        ("resting_passes", 0),
        ("quiet_s", 0.0),
        ("ringing_share", 1.0),
        ("min_levels", 1),
        ("resting_window_s", 0.0),
    ],
)
def test_criteria_that_make_no_sense_are_refused(name, value):
    with pytest.raises(ValueError, match=r"\w"):
        replace(ACCELEROMETER, **{name: value})
