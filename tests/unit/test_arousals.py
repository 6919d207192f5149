"""The arousal detector: the limits of its rule, what only looks like an arousal, invariances."""

from __future__ import annotations

import time
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from psgscore.detect.arousals import (
    MEASURES,
    arousals_of,
    detect_arousals,
    search_arousals,
    sleep_before,
)
from psgscore.dsp.band_power import STEP_S, band_power
from psgscore.errors import NotScorableError, UnitError
from psgscore.model.eeg_criteria import AROUSAL_AASM
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.signal import Signal
from psgscore.simulate import PlanSettings, simulate_night

NIGHT_S = 600
RATES_HZ = (100.0, 128.0, 200.0, 256.0, 512.0)
ALPHA_BETA = ((9.0, 20.0), (22.0, 8.0))
N2 = Hypnogram(np.full(NIGHT_S // 30, int(Stage.N2)))
REM = Hypnogram(np.full(NIGHT_S // 30, int(Stage.R)))


def noise(rate_hz, seed=1, *, rms_uv=10.0, low_hz=0.5, slope=1.8):
    """The same noise at every rate: it ends below half of the lowest."""
    frequencies = np.arange(NIGHT_S * 50 + 1) / NIGHT_S
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi, frequencies.size)
    height = np.maximum(frequencies, 0.5) ** (-slope / 2)
    inside = (frequencies >= low_hz) & (frequencies <= 45)
    spectrum = np.where(inside, height * np.exp(1j * phase), 0)
    n_samples = round(NIGHT_S * rate_hz)
    padded = np.zeros(n_samples // 2 + 1, np.complex128)
    padded[: spectrum.size] = spectrum[: padded.size]
    samples = np.fft.irfft(padded, n_samples)
    return samples / samples.std() * rms_uv


def wave(times_s, span_s, tones):
    """Sines of (Hz, uV) from start to stop."""
    inside = (times_s >= span_s[0]) & (times_s < span_s[1])
    turns = 2 * np.pi * (times_s - span_s[0])
    return sum(np.where(inside, uv * np.sin(hz * turns), 0.0) for hz, uv in tones)


def eeg(*spans, rate_hz=256.0, seed=1, tones=ALPHA_BETA, label="C4-M1", gain=1.0):
    samples = noise(rate_hz, seed)
    times_s = np.arange(samples.size) / rate_hz
    for span in spans:
        samples = samples + wave(times_s, span, tones)
    return Signal(label, (gain * samples).astype(np.float32), rate_hz, "uV")


def chin_emg(*spans, rate_hz=256.0, seed=9, factor=4.0):
    samples = noise(rate_hz, seed, rms_uv=2.0, low_hz=10.0, slope=0.0)
    times_s = np.arange(samples.size) / rate_hz
    for start_s, stop_s in spans:
        samples[(times_s >= start_s) & (times_s < stop_s)] *= factor
    return Signal("Chin", samples.astype(np.float32), rate_hz, "uV")


def spans_of(events):
    return [pytest.approx((start, stop), abs=0.15) for start, stop in events.spans]


def table(*spans, rises=None):
    """Shifts as the search leaves them."""
    starts, stops = np.array(spans, np.float64).reshape(-1, 2).T
    rise = np.full(starts.size, np.nan) if rises is None else rises
    return Events.of("shift", starts, stops, channel="C4", measures={"chin_rise_s": rise})


def asleep(hypnogram):
    return hypnogram.spans(Stage.N1, Stage.N2, Stage.N3, Stage.R)


def rule(shifts, hypnogram=N2):
    return arousals_of(shifts, hypnogram, asleep(hypnogram), AROUSAL_AASM)


# The rule, on shifts whose edges are given.


@pytest.mark.parametrize(
    ("spans", "kept"),
    [
        pytest.param([(100, 102.9)], [], id="2.9 s is too short"),
        pytest.param([(100, 103.0)], [100], id="3.0 s is enough"),
        pytest.param([(100, 102.95)], [100], id="as long as edges can be told"),
        pytest.param([(100, 115.0)], [100], id="15 s is an arousal"),
        pytest.param([(100, 115.1)], [], id="over 15 s is an awakening"),
        pytest.param([(9.9, 15)], [], id="9.9 s of sleep before"),
        pytest.param([(10.0, 15)], [10], id="10 s of sleep before"),
        pytest.param([(100, 105), (114.9, 120)], [100], id="9.9 s between two"),
        pytest.param([(100, 105), (115.0, 120)], [100, 115], id="10 s between two"),
        pytest.param([(100, 102.9), (106, 110)], [106], id="a short shift disturbs no sleep"),
        pytest.param([(100, 120), (125, 130)], [], id="an awakening does"),
        pytest.param([(100, 104), (110, 114), (120, 124)], [100], id="sleep never stable again"),
        pytest.param([], [], id="nothing"),
    ],
)
def test_durations(spans, kept):
    assert rule(table(*spans)).start_s.tolist() == kept


@pytest.mark.parametrize(
    ("rise_s", "scored"),
    [
        pytest.param(0.9, False, id="0.9 s is too short"),
        pytest.param(1.0, True, id="1.0 s is enough"),
        pytest.param(0.0, False, id="no rise"),
        pytest.param(np.nan, False, id="chin not known"),
    ],
)
def test_only_r_asks_for_the_chin(rise_s, scored):
    shift = table((100, 105), rises=[rise_s])
    assert len(rule(shift, REM)) == scored
    assert len(rule(shift, N2)) == 1


def test_a_shift_in_r_without_chin_rise_disturbs_no_sleep():
    shifts = table((100, 105), (108, 112), rises=[0.0, 2.0])
    assert rule(shifts, REM).start_s.tolist() == [108]


def hypnogram_of(*stages):
    return Hypnogram(np.array([int(stage) for stage in stages]))


@pytest.mark.parametrize(
    ("start_s", "kept"),
    [
        pytest.param(20.0, 0, id="in wake"),
        pytest.param(35.0, 0, id="5 s after wake"),
        pytest.param(40.0, 1, id="10 s after wake"),
        pytest.param(59.0, 1, id="runs into wake"),
        pytest.param(100.0, 0, id="unscored"),
        pytest.param(129.9, 0, id="9.9 s after unscored"),
        pytest.param(130.0, 1, id="10 s after unscored"),
        pytest.param(151.0, 0, id="after the stages"),
    ],
)
def test_only_out_of_sleep(start_s, kept):
    night = hypnogram_of(Stage.W, Stage.N2, Stage.W, Stage.UNSCORED, Stage.N1)
    assert len(rule(table((start_s, start_s + 5)), night)) == kept


@pytest.mark.parametrize(("start_s", "kept"), [(57.0, 1), (57.2, 0)])
def test_nothing_counts_that_is_unscored(start_s, kept):
    night = hypnogram_of(Stage.N2, Stage.N2, Stage.UNSCORED)
    found = rule(table((start_s, start_s + 8)), night)
    assert found.stop_s.tolist() == [60.0] * kept


def test_a_gap_is_no_sleep():
    shifts = table((205, 210), (230, 235))
    recorded = np.array([[0.0, 190.0], [200.0, 600.0]])
    assert sleep_before(shifts, recorded).tolist() == [5.0, 20.0]
    assert sleep_before(shifts, np.zeros((0, 2))).tolist() == [0.0, 0.0]


# The same limits, on signals.


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    ("length_s", "scored"), [(2.9, False), (3.0, True), (8.0, True), (17.0, False)]
)
def test_length_in_a_signal(length_s, scored, seed):
    found = detect_arousals([eeg((200, 200 + length_s), seed=seed)], N2)
    assert spans_of(found) == ([(200, 200 + length_s)] if scored else [])


@pytest.mark.parametrize(
    ("between_s", "starts"), [(9.5, [200]), (9.9, [200]), (10.0, [200, 215]), (12.0, [200, 217])]
)
def test_sleep_between_two_in_a_signal(between_s, starts):
    second = 205 + between_s
    found = detect_arousals([eeg((200, 205), (second, second + 5))], N2)
    assert found.start_s.tolist() == [pytest.approx(start, abs=0.15) for start in starts]


@pytest.mark.parametrize(
    "tones",
    [
        pytest.param([(9.0, 15.0)], id="alpha"),
        pytest.param([(22.0, 8.0)], id="over 16 Hz"),
        pytest.param([(5.5, 25.0)], id="theta"),
    ],
)
def test_each_band_can_shift(tones):
    found = detect_arousals([eeg((200, 206), tones=tones)], N2)
    assert spans_of(found) == [(200, 206)]


@pytest.mark.parametrize(
    ("rise_s", "scored"), [(None, 0), (0.0, 0), (0.8, 0), (0.9, 0), (1.0, 1), (2.0, 1)]
)
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_r_asks_for_a_chin_rise_of_1_s(rise_s, scored, seed):
    rise = [(201.5, 201.5 + rise_s)] if rise_s else []
    chin = None if rise_s is None else chin_emg(*rise, seed=seed)
    found = detect_arousals([eeg((200, 205))], REM, chin)
    assert len(found) == scored
    assert len(detect_arousals([eeg((200, 205))], N2, chin)) == 1


@pytest.mark.parametrize("rise", [(190.0, 199.5), (204.2, 208.0)])
def test_the_chin_must_rise_within_the_arousal(rise):
    assert not len(detect_arousals([eeg((200, 205))], REM, chin_emg(rise)))


# What is no arousal.


def with_shapes(shape, times_s):
    signal = eeg()
    clock = np.arange(signal.samples.size) / signal.rate_hz
    samples = signal.samples.astype(np.float64)
    for time_s in times_s:
        samples = samples + shape(clock - time_s)
    return Signal(signal.label, samples.astype(np.float32), signal.rate_hz, "uV")


def spindle(hz, seconds):
    return lambda t: 40 * np.sin(2 * np.pi * hz * t) * (np.abs(t) < seconds / 2)


def k_complex(t):
    return 150 * (0.6 * np.exp(-0.5 * ((t - 0.38) / 0.16) ** 2) - np.exp(-0.5 * (t / 0.09) ** 2))


def slow_waves(t):
    return 100 * np.sin(2 * np.pi * 0.9 * t) * (np.abs(t) < 10)


@pytest.mark.parametrize(
    "look_alike",
    [
        *(pytest.param(spindle(hz, 1.2), id=f"{hz} Hz spindle") for hz in (11.5, 13, 15.5)),
        *(pytest.param(spindle(hz, 5.0), id=f"{hz} Hz, 5 s") for hz in (11.5, 13, 15.5)),
        pytest.param(k_complex, id="K-complex"),
        pytest.param(lambda t: sum(k_complex(t - k) for k in (0, 1.5, 3)), id="three of them"),
        pytest.param(slow_waves, id="20 s of slow waves"),
        pytest.param(lambda t: k_complex(t) + spindle(13, 1.5)(t - 1), id="K-complex, spindle"),
    ],
)
def test_look_alikes(look_alike):
    times_s = np.arange(60, 540, 37.3)
    assert not len(detect_arousals([with_shapes(look_alike, times_s)], N2))


def test_muscle_is_no_eeg():
    burst = chin_emg((200, 206), factor=8.0)
    signal = Signal("C4-M1", eeg().samples + burst.samples, 256.0, "uV")
    assert not len(detect_arousals([signal], N2))


def test_muscle_that_sets_in_does_not_end_an_arousal():
    muscle = chin_emg((202, 208), factor=8.0).samples
    samples = eeg((200, 203)).samples + muscle
    (found,) = detect_arousals([Signal("C4-M1", samples, 256.0, "uV")], N2)
    assert (found.start_s, found.stop_s) == pytest.approx((200, 208), abs=0.15)


def test_a_rise_of_the_chin_alone_is_no_arousal():
    for night in (N2, REM):
        assert not len(detect_arousals([eeg()], night, chin_emg((200, 205), (300, 310))))


@pytest.mark.parametrize("stage", [Stage.W, Stage.UNSCORED])
def test_nothing_outside_sleep(stage):
    night = Hypnogram(np.full(NIGHT_S // 30, int(stage)))
    assert not len(detect_arousals([eeg((200, 205), (400, 405))], night, chin_emg((200, 205))))


def test_a_lasting_change_of_spectrum_is_no_arousal():
    assert not len(detect_arousals([eeg((200, 600))], N2))


def test_a_quiet_night_is_quiet():
    signals = [eeg(seed=seed, label=f"C{seed}") for seed in (1, 2, 3)]
    assert not len(detect_arousals(signals, N2))


# Invariances, several channels, gaps.

SPANS = [(100.0, 104.0), (150.3, 153.6), (300.0, 306.0), (318.0, 325.0), (450.0, 463.0)]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_every_rate_gives_the_same_arousals(rate_hz):
    found = detect_arousals([eeg(*SPANS, rate_hz=rate_hz)], N2)
    assert spans_of(found) == SPANS
    in_rem = detect_arousals([eeg(*SPANS, rate_hz=rate_hz)], REM,
                             chin_emg(*SPANS[:3], rate_hz=rate_hz))  # fmt: skip
    assert spans_of(in_rem) == SPANS[:3]


@pytest.mark.parametrize("gain", [0.5, 2.0, -2.0])
def test_gain_and_polarity_do_not_matter(gain):
    plain = detect_arousals([eeg(*SPANS)], N2)
    assert detect_arousals([eeg(*SPANS, gain=gain)], N2) == plain


def test_channels_may_differ_in_rate_and_any_may_show_it():
    shown = eeg((200, 205), rate_hz=200.0, label="O1-M2")
    other = eeg(seed=4, rate_hz=128.0, label="F3-M2")
    found = detect_arousals([other, shown], N2)
    assert spans_of(found) == [(200, 205)]
    assert found.channel.tolist() == ["O1-M2"]


def test_the_order_of_channels_does_not_matter():
    pair = [eeg(*SPANS), eeg(*SPANS, seed=5, label="C3-M2")]
    assert detect_arousals(pair, N2) == detect_arousals(pair[::-1], N2)


def test_a_dead_channel_changes_nothing():
    dead = Signal("F3", np.zeros(NIGHT_S * 256, np.float32), 256.0, "uV")
    assert detect_arousals([dead, eeg(*SPANS)], N2) == detect_arousals([eeg(*SPANS)], N2)


def test_a_loose_electrode_is_no_arousal_and_hides_none():
    swinging = wave(np.arange(NIGHT_S * 256) / 256, (200, 206), [(4.0, 3000.0), (9.0, 900.0)])
    loose = Signal("F4", (eeg(seed=4).samples + swinging).astype(np.float32), 256.0, "uV")
    assert not len(detect_arousals([loose], N2))
    assert spans_of(detect_arousals([loose, eeg((201, 205))], N2)) == [(201, 205)]


def cut(signal, start_s, stop_s):
    first, last = (round(edge * signal.rate_hz) for edge in (start_s, stop_s))
    samples = np.delete(signal.samples, slice(first, last))
    return Signal(signal.label, samples, signal.rate_hz, signal.unit, breaks=((first, stop_s),))


def test_times_after_a_gap_are_true_and_sleep_before_it_does_not_count():
    # 7 s after the gap, the shift at 262 s is no arousal, but disturbs sleep.
    signal = cut(eeg((200, 205), (262, 268), (400, 405)), 240.0, 255.0)
    found = search_arousals([signal], N2)
    assert spans_of(found.events) == [(200, 205), (400, 405)]
    assert found.events.measures["sleep_before_s"][1] == pytest.approx(132, abs=0.2)
    (missing,) = found.not_scored
    assert "0.3 min" in missing.reason


def test_an_arousal_ends_at_a_gap():
    (found,) = detect_arousals([cut(eeg((200, 210)), 205.0, 230.0)], N2)
    assert found.stop_s <= 205.0


def test_a_later_start_of_the_signal_moves_nothing():
    whole = eeg((200, 205))
    late = Signal(whole.label, whole.samples[50 * 256 :], 256.0, "uV", 50.0)
    assert spans_of(detect_arousals([late], N2)) == [(200, 205)]


def test_measures():
    (found,) = detect_arousals([eeg((200, 205))], N2, chin_emg((201, 203)))
    assert tuple(found.measures) == MEASURES
    assert found.kind == "arousal"
    assert found.measures["shift_ratio"] == found.measures["alpha_ratio"] > 10
    assert found.measures["theta_ratio"] < 2
    assert found.measures["chin_rise_s"] == pytest.approx(2.0, abs=0.1)
    assert 4 < found.measures["chin_ratio"] < 7
    assert found.measures["sleep_before_s"] == pytest.approx(200, abs=0.1)


def test_no_chin_gives_unknown_measures():
    (found,) = detect_arousals([eeg((200, 205))], N2)
    assert np.isnan(found.measures["chin_rise_s"])


# What cannot be scored is said.


def reasons(*arguments):
    return {one.what: one.reason for one in search_arousals(*arguments).not_scored}


def test_r_without_chin_is_not_scored_and_says_so():
    assert "10.0 min" in reasons([eeg()], REM)["arousals in R"]
    assert "50 Hz" in reasons([eeg()], REM, chin_emg(rate_hz=50.0))["arousals in R"]
    assert reasons([eeg()], REM, chin_emg()) == {}
    assert reasons([eeg()], N2) == {}


def test_a_flat_chin_is_not_scored_and_says_so():
    flat = Signal("Chin", np.zeros(NIGHT_S * 256, np.float32), 256.0, "uV")
    assert "cannot be read" in reasons([eeg((200, 205))], REM, flat)["some arousals in R"]


def test_no_sleep_and_no_eeg_are_said():
    awake = Hypnogram(np.zeros(20))
    assert reasons([eeg()], awake) == {"arousals": "no epoch is scored as sleep"}
    dead = Signal("C4", np.zeros(NIGHT_S * 256, np.float32), 256.0, "uV")
    assert "10.0 min" in reasons([dead], N2)["arousals in part of the sleep"]


@pytest.mark.parametrize("unit", ["mV", "V", ""])
def test_only_microvolts(unit):
    strange = replace(eeg(), unit=unit)
    with pytest.raises(UnitError, match="needs uV"):
        detect_arousals([strange], N2)
    with pytest.raises(UnitError, match="needs uV"):
        detect_arousals([eeg()], N2, replace(chin_emg(), unit=unit))


def test_no_eeg_or_a_slow_one_cannot_be_scored():
    with pytest.raises(NotScorableError, match="no EEG"):
        detect_arousals([], N2)
    with pytest.raises(NotScorableError, match="64 Hz is too slow"):
        detect_arousals([eeg(rate_hz=64.0)], N2)


@pytest.mark.parametrize("n_samples", [0, 10, 256, 5000])
def test_a_short_recording_has_none(n_samples):
    short = Signal("C4", eeg().samples[:n_samples], 256.0, "uV")
    assert not len(detect_arousals([short], hypnogram_of(Stage.N2)))


# The page on arousals.


def test_the_page_gives_the_numbers_of_the_code():
    page = (Path(__file__).parents[2] / "docs" / "arousals.md").read_text("utf-8")
    for field in fields(AROUSAL_AASM):
        value = np.atleast_1d(getattr(AROUSAL_AASM, field.name))
        text = " to ".join(f"{number:g}" for number in value)
        assert f"| `{field.name}` | {text} |" in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"min_duration_s": 20.0},
        {"sleep_before_s": -1.0},
        {"keep_share": 0.8},
        {"baseline_s": 2.0},
        {"window_s": 0.1},
        {"alpha_ratio": 1.0},
    ],
)
def test_criteria_must_make_sense(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong)).split("_s")[0]):
        replace(AROUSAL_AASM, **wrong)


# Band powers.


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_band_power_is_the_mean_square_at_every_rate(rate_hz):
    times_s = np.arange(round(60 * rate_hz)) / rate_hz
    samples = 300 + wave(times_s, (0, 60), [(9.0, 10.0), (25.0, 4.0)])
    signal = Signal("a", samples.astype(np.float32), rate_hz, "uV")
    power = band_power(signal, [(3.5, 7.5), (7.5, 10.5), (16.5, 30.5)], 310, 1.0)
    assert np.isnan(power[:, [0, 2, 298, 309]]).all()
    assert np.isfinite(power[:, 3:297]).all()
    assert np.nanmean(power, axis=1) == pytest.approx([0, 50, 8], abs=0.6)
    assert pytest.approx(60.0) == 300 * STEP_S


# A night.


@pytest.fixture(scope="module")
def night():
    plan = PlanSettings(arousals_per_hour=25, arousal_share=0, respiratory_per_hour=0)
    return simulate_night(4, hours=2, plan=plan, channels=("C4-M1", "O1-M2", "Chin"))


def test_a_simulated_night(night):
    *signals, chin = night.signals
    truth = night.events.of_kind("arousal")
    found = detect_arousals(signals, night.hypnogram, chin)
    near = np.abs(found.start_s[:, None] - truth.start_s[None]) < 1.5
    assert near.any(axis=0).mean() > 0.8
    assert near.any(axis=1).mean() > 0.8


def test_it_takes_a_moment(night):
    *signals, chin = night.signals
    detect_arousals(signals, night.hypnogram, chin)
    begun = time.process_time()
    detect_arousals(signals, night.hypnogram, chin)
    # Two hours of two channels; 8 hours are to take less than 1.5 s.
    assert time.process_time() - begun < 1.0
