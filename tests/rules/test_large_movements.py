"""Large muscle group movements: every limit a row, EMG of several regions, look-alikes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psgscore.detect.emg import prepare_emg
from psgscore.detect.large_movements import (
    find_large_movements,
    large_movements_not_scored,
    lasting,
)
from psgscore.errors import UnitError
from psgscore.intervals import match_one_to_one
from psgscore.model.chin_criteria import LARGE_MOVEMENTS
from psgscore.model.events import EXCLUDED_BY
from psgscore.model.signal import Signal
from psgscore.simulate import simulate_night
from psgscore.simulate.noise import band, shaped_noise, stream
from psgscore.simulate.settings import FamilySettings, PlanSettings

RATE_HZ = 256.0
LABELS = {"leg:left": "L", "leg:right": "R", "chin": "Chin", "arm:left": "AL", "arm:right": "AR"}
REST_UV = {"leg:left": 1.5, "leg:right": 1.5, "chin": 4.0, "arm:left": 1.5, "arm:right": 1.5}
LEGS = ("leg:left", "leg:right")
BODY = (*LEGS, "chin")
CHILDREN = replace(LARGE_MOVEMENTS, max_duration_s=30.0)


def noise(n, seed, low_hz=10.0, high_hz=100.0):
    return shaped_noise((stream(seed, "x"),), RATE_HZ, n, band(RATE_HZ, low_hz, high_hz)[None])


def muscle(role, spans=(), *, seconds=240.0, **more):
    """Return an EMG at rest, with activity at (start, stop, RMS in uV)."""
    seed = list(LABELS).index(role)
    samples = np.float32(REST_UV[role]) * noise(round(seconds * RATE_HZ), seed)
    for number, (start, stop, uv) in enumerate(spans):
        first, last = round(start * RATE_HZ), round(stop * RATE_HZ)
        samples[first:last] += np.float32(uv) * noise(last - first, 100 * seed + number + 7)
    unreadable = more.pop("unreadable", None)
    return prepare_emg(Signal(LABELS[role], samples, RATE_HZ, "uV", **more), unreadable, role=role)


def brain(spans=(), *, seconds=240.0, rate_hz=RATE_HZ, hum_uv=0.0, label="C4-M1", unit="uV"):
    """Return EEG with artefact at (start, stop, slow uV peak to peak, fast RMS in uV)."""
    t_s = np.arange(round(seconds * rate_hz)) / rate_hz
    samples = 10 * np.random.default_rng(5).standard_normal(t_s.size) * 0.3
    samples += hum_uv * np.sqrt(2) * np.sin(2 * np.pi * 50 * t_s)
    for start, stop, slow_uv, fast_uv in spans:
        inside = (t_s >= start) & (t_s < stop)
        fast = np.random.default_rng(6).standard_normal(inside.sum())
        slow = slow_uv / 2 * np.sin(2 * np.pi * 1.3 * t_s[inside])
        # White noise to 128 Hz: about three quarters of its power lie above 30 Hz.
        samples[inside] += slow + fast * fast_uv / np.sqrt(0.75)
    return Signal(label, samples.astype(np.float32), rate_hz, unit)


def moved(*roles, span=(100.0, 110.0), uv=80.0, eeg=(), resting=("leg:left", "chin"), **more):
    """Find large movements where these muscles move, and those others rest."""
    muscles = [muscle(role, [(*span, uv)], **more) for role in roles]
    muscles += [muscle(role, **more) for role in resting if role not in roles]
    return find_large_movements(muscles, eeg)


# --- the rules, on spans ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("length_s", "criteria", "reasons"),
    [
        pytest.param(2.999999, LARGE_MOVEMENTS, [], id="under 3 s is none"),
        pytest.param(3.0, LARGE_MOVEMENTS, [""], id="3 s is one"),
        pytest.param(45.0, LARGE_MOVEMENTS, [""], id="45 s is one"),
        pytest.param(45.000001, LARGE_MOVEMENTS, ["longer than 45 s"], id="over 45 s: a row apart"),
        pytest.param(30.0, CHILDREN, [""], id="children: 30 s"),
        pytest.param(30.000001, CHILDREN, ["longer than 30 s"], id="children: over 30 s"),
    ],
)
def test_how_long(length_s, criteria, reasons):
    assert lasting(np.array([[10.0, 10.0 + length_s]]), criteria)[1] == reasons


# --- regions ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "count"),
    [
        pytest.param((), 0, id="rest"),
        pytest.param(("leg:left",), 0, id="one leg"),
        pytest.param(LEGS, 0, id="both legs are two channels, but one region"),
        pytest.param(("chin",), 0, id="the chin alone"),
        pytest.param(("arm:left", "arm:right"), 0, id="both arms"),
        pytest.param(("leg:left", "chin"), 1, id="a leg and the chin"),
        pytest.param(BODY, 1, id="legs and chin"),
        pytest.param(("leg:right", "arm:left"), 1, id="a leg and an arm"),
        pytest.param(("chin", "arm:right"), 1, id="chin and an arm"),
    ],
)
def test_two_regions_have_to_move(roles, count):
    events = moved(*roles)
    assert len(events) == count
    if count:
        assert set(events.channel[0].split("+")) == {LABELS[role] for role in roles}
        assert events.measures["n_channels"].tolist() == [len(roles)]
        assert events.spans[0] == pytest.approx([100.0, 110.0], abs=0.1)
        assert events.measures["peak_uv"][0] == pytest.approx(110, abs=35)


@pytest.mark.parametrize(
    ("length_s", "reasons"),
    [
        pytest.param(2.7, [], id="2.7 s"),
        pytest.param(3.3, [""], id="3.3 s"),
        pytest.param(44.5, [""], id="44.5 s"),
        pytest.param(46.0, ["longer than 45 s"], id="46 s"),
    ],
)
def test_the_length_of_a_movement(length_s, reasons):
    events = moved(*BODY, span=(100.0, 100.0 + length_s))
    assert events.text(EXCLUDED_BY).tolist() == reasons


@pytest.mark.parametrize(
    ("chin_uv", "count"),
    [
        pytest.param(6.9, 0, id="the chin at twice its tone, as in an arousal"),
        pytest.param(11.3, 0, id="at three times"),
        pytest.param(17.0, 0, id="a rise of 13 uV"),
        pytest.param(40.0, 1, id="far beyond"),
    ],
)
def test_an_arousal_with_a_leg_movement_is_none(chin_uv, count):
    legs = [muscle(role, [(100.0, 109.0, 120.0)]) for role in LEGS]
    tone = muscle("chin", [(100.0, 109.0, chin_uv)])
    assert len(find_large_movements([*legs, tone])) == count


@pytest.mark.parametrize(
    ("pause_s", "count"),
    [
        pytest.param(0.5, 1, id="a pause of 0.5 s"),
        pytest.param(1.6, 0, id="a pause of 1.6 s: two of 2 s, neither long enough"),
    ],
)
def test_a_pause(pause_s, count):
    spans = [(100.0, 102.0, 80.0), (102.0 + pause_s, 104.0 + pause_s, 80.0)]
    assert len(find_large_movements([muscle(role, spans) for role in BODY])) == count


@pytest.mark.parametrize("rate_hz", [0.7, 1.8, 3.0, 5.5])
@pytest.mark.parametrize("uv", [40.0, 300.0])
def test_a_rhythm_of_bursts_is_none(rate_hz, uv):
    starts = 100 + np.arange(round(15 * rate_hz)) / rate_hz
    bursts = [(float(one), float(one + 0.42 / rate_hz), uv) for one in starts]
    assert not len(find_large_movements([muscle(role, bursts) for role in BODY]))


def test_speech_beside_a_movement_does_not_hide_it():
    words = [(60 + 0.6 * k, 60.25 + 0.6 * k, 60.0) for k in range(65)]
    legs = [muscle(role, [(100.0, 110.0, 80.0)]) for role in LEGS]
    (event,) = find_large_movements([*legs, muscle("chin", [*words, (100.0, 110.0, 80.0)])])
    assert (event.start_s, event.stop_s) == pytest.approx((100.0, 110.0), abs=0.1)


# --- the EEG ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("eeg", "count"),
    [
        pytest.param(brain(), 0, id="quiet"),
        pytest.param(brain([(100, 110, 600, 40)]), 1, id="large and broad-band"),
        pytest.param(brain([(100, 110, 600, 0)]), 0, id="slow waves, however large"),
        pytest.param(brain([(100, 110, 200, 12)]), 0, id="200 uV and muscle"),
        pytest.param(brain([(100, 102, 600, 40)]), 0, id="2 s of it"),
        pytest.param(brain([(100, 110, 600, 0)], hum_uv=30), 0, id="slow waves and mains hum"),
        pytest.param(brain([(100, 110, 600, 40)], rate_hz=80), 0, id="80 Hz shows nothing fast"),
    ],
)
def test_legs_with_an_artefact_in_the_eeg(eeg, count):
    events = moved(*LEGS, eeg=[eeg])
    assert len(events) == count
    assert events.channel.tolist() == ["L+R+C4-M1"] * count


def test_an_artefact_of_the_eeg_alone_is_none():
    assert not len(moved(eeg=[brain([(100, 110, 600, 40)])]))


def test_an_eeg_in_another_unit_is_refused():
    with pytest.raises(UnitError):
        moved(*LEGS, eeg=[brain(unit="")])


# --- gaps, and what cannot be scored ------------------------------------------------------


def test_no_movement_reaches_across_a_gap_or_an_unreadable_stretch():
    span, hole = (100.0, 110.0), np.array([[104.0, 104.5]])
    muscles = [muscle(role, [(*span, 80.0)]) for role in LEGS]
    cut = find_large_movements([*muscles, muscle("chin", [(*span, 80.0)], unreadable=hole)])
    assert cut.spans == pytest.approx(np.array([[100.0, 104.0], [104.5, 110.0]]), abs=0.1)
    broken = (round(104.0 * RATE_HZ), 204.0)
    apart = find_large_movements([muscle(role, [(*span, 80.0)], breaks=(broken,)) for role in BODY])
    assert apart.spans == pytest.approx(np.array([[100.0, 104.0], [204.0, 210.0]]), abs=0.1)


@pytest.mark.parametrize(
    ("roles", "eeg", "reason"),
    [
        pytest.param((), [], "no EMG", id="nothing"),
        pytest.param((), [brain()], "no EMG", id="only EEG"),
        pytest.param(LEGS, [], "readable is only: leg", id="only legs"),
        pytest.param(LEGS, [brain(rate_hz=80)], "readable is only: leg", id="the EEG is too slow"),
        pytest.param(LEGS, [brain()], None, id="legs and EEG"),
        pytest.param(("leg:left", "chin"), [], None, id="a leg and the chin"),
    ],
)
def test_what_is_not_scored(roles, eeg, reason):
    found = large_movements_not_scored([muscle(role, seconds=30) for role in roles], eeg)
    assert (found is None) == (reason is None)
    assert found is None or reason in found.reason


# --- properties and nights ----------------------------------------------------------------


@settings(max_examples=8)
@given(shift=st.integers(0, 900), order=st.permutations(range(3)))
def test_time_and_order(shift, order):
    plain = moved(*BODY, eeg=[brain([(100, 110, 600, 40)])])
    later = [muscle(role, [(100.0, 110.0, 80.0)], start_s=float(shift)) for role in BODY]
    eeg = replace(brain([(100, 110, 600, 40)]), start_s=float(shift))
    again = find_large_movements([later[k] for k in order], [eeg])
    assert again.start_s - shift == pytest.approx(plain.start_s, abs=1e-5)
    assert again.channel.tolist() == plain.channel.tolist()
    assert again.measures["peak_uv"] == pytest.approx(plain.measures["peak_uv"])


def simulated(seed, **more):
    night = simulate_night(
        seed, hours=2.0, channels=("C4-M1", "Left Leg", "Right Leg", "Chin"), **more
    )
    labels = {"leg:left": "Left Leg", "leg:right": "Right Leg", "chin": "Chin"}
    emgs = [prepare_emg(night.signal(label), role=role) for role, label in labels.items()]
    return night, find_large_movements(emgs, [night.signal("C4-M1")])


@pytest.mark.parametrize(("seed", "amplitude"), [(17, 0.5), (18, 1.0), (19, 2.0)])
def test_a_night_with_everything_that_looks_alike(seed, amplitude):
    night, found = simulated(seed, family=FamilySettings(amplitude=amplitude))
    true = night.events.of_kind("LMM")
    pairs = match_one_to_one(true.spans, found.counted().spans, 0.5)
    assert len(pairs) == len(true) == len(found)


def test_a_night_of_leg_movements_with_arousals_holds_none():
    plan = PlanSettings(
        periodic_share=0.8, bilateral_share=1.0, arousal_share=1.0, long_per_hour=20.0
    )
    night, found = simulated(3, plan=plan)
    assert len(night.events.of_kind("LM")) > 200
    assert len(night.events.of_kind("arousal")) > 50
    assert not len(found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("min_duration_s", 46.0),
        ("min_duration_s", 0.0),
        ("min_regions", 0),
        ("min_regions", 5),
        ("min_ratio", 1.0),
        ("min_rise_uv", 0.0),
        ("background_gain", 0.9),
        ("gap_s", 3.0),
        ("block_s", 0.0),
        ("block_share", 1.1),
        ("min_active_share", 0.0),
        ("eeg_range_uv", 0.0),
        ("eeg_fast_hz", 50.0),
        ("eeg_fast_ratio", 0.9),
    ],
)
def test_criteria_that_make_no_sense_are_refused(name, value):
    with pytest.raises(ValueError, match=r"\w"):
        replace(LARGE_MOVEMENTS, **{name: value})
