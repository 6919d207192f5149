"""REM sleep without atonia: every limit a row, and EMG with known activity."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psgscore.detect.emg import prepare_emg
from psgscore.detect.rem_activity import atonia_index
from psgscore.detect.rem_atonia import measure_rem_atonia
from psgscore.detect.rem_epochs import RemGrid, at_least, phasic_bursts
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.rem import AtoniaIndex, CutOff, Share
from psgscore.model.rem_criteria import REM_ATONIA
from psgscore.model.signal import Signal
from psgscore.simulate.emg import add_burst
from psgscore.simulate.noise import band, shaped_noise, stream

W, N2, R = (int(stage) for stage in (Stage.W, Stage.N2, Stage.R))
NREM_S, REM_S = 600.0, 900.0


def stages(*parts):
    """Build stages from (stage, epochs)."""
    return Hypnogram(np.concatenate([np.full(n, stage, np.int8) for stage, n in parts]))


NIGHT = stages((N2, 20), (R, 30))
"""Ten minutes of NREM sleep, fifteen of REM: REM begins at 600 s."""


def muscle(spans=(), *, rate_hz=256.0, rest_uv=1.0, nrem_uv=4.0, seed=1, seconds=1500.0):
    """Return EMG that rests in REM, with activity at (start, stop, RMS in uV)."""
    n = round(seconds * rate_hz)
    samples = shaped_noise((stream(seed, "rest"),), rate_hz, n, band(rate_hz, 10.0, 100.0)[None])
    samples *= np.float32(rest_uv)
    samples[: round(NREM_S * rate_hz)] *= np.float32(nrem_uv / rest_uv)
    for number, (start, stop, uv) in enumerate(spans):
        fill(samples, rate_hz, start, stop, uv, seed=seed + number + 10)
    return samples


def fill(samples, rate_hz, start_s, stop_s, uv, seed):
    """Make the EMG as large as `uv` from start to stop, at once."""
    first, last = round(start_s * rate_hz), round(stop_s * rate_hz)
    more = shaped_noise(
        (stream(seed, "more"),), rate_hz, last - first, band(rate_hz, 10.0, 100.0)[None]
    )
    samples[first:last] = more * np.float32(uv / np.sqrt(np.mean(more**2)))


def emg(samples, role="chin", rate_hz=256.0, unreadable=None, **more):
    label = {"chin": "Chin"}.get(role, role.replace(":", " "))
    signal = Signal(label, samples, rate_hz, "uV", **more)
    return prepare_emg(signal, unreadable, role=role)


def measured(spans=(), role="chin", hypnogram=NIGHT, *, left_out=None, **more):
    return measure_rem_atonia([emg(muscle(spans, **more), role)], hypnogram, left_out=left_out)


def channel(*args, **more):
    return measured(*args, **more).channels[0]


def in_minis(count, *, length_s=0.5, uv=8.0, epoch=3):
    """Return a burst in each of so many mini-epochs of one REM epoch."""
    start = NREM_S + 30 * epoch
    return [(start + 3 * k + 1.0, start + 3 * k + 1.0 + length_s, uv) for k in range(count)]


# --- the rules, on spans and flags --------------------------------------------------------


@pytest.mark.parametrize(
    ("length_s", "phasic"),
    [
        pytest.param(0.099999, False, id="under 0.1 s is no burst"),
        pytest.param(0.1, True, id="0.1 s is"),
        pytest.param(5.0, True, id="5.0 s is"),
        pytest.param(5.000001, False, id="over 5.0 s is not phasic"),
    ],
)
def test_the_length_of_a_burst(length_s, phasic):
    assert len(phasic_bursts(np.array([[10.0, 10.0 + length_s]]), REM_ATONIA)) == phasic


@pytest.mark.parametrize(
    ("held", "unknown", "least", "positive", "judged"),
    [
        pytest.param(4, 0, 5, False, True, id="4 of ten mini-epochs: not phasic"),
        pytest.param(5, 0, 5, True, True, id="5 of ten: phasic"),
        pytest.param(4, 1, 5, False, False, id="4 and one not known: cannot be said"),
        pytest.param(3, 1, 5, False, True, id="3 and one not known: not phasic for sure"),
        pytest.param(5, 5, 5, True, True, id="5 and five not known: phasic for sure"),
        pytest.param(0, 10, 5, False, False, id="nothing known"),
    ],
)
def test_parts_of_an_epoch(held, unknown, least, positive, judged):
    flags = np.zeros((1, 10), np.bool_)
    flags[0, :held] = True
    known = np.ones((1, 10), np.bool_)
    known[0, 10 - unknown :] = False
    found = at_least(flags, known, least)
    assert (found[0].tolist(), found[1].tolist()) == ([positive], [judged])


def grid_of(hypnogram=NIGHT, left_out=()):
    return RemGrid.of(hypnogram, np.array(left_out, float).reshape(-1, 2), REM_ATONIA)


@pytest.mark.parametrize(
    ("span", "minis"),
    [
        pytest.param((600.0, 600.1), [0], id="at the start of REM"),
        pytest.param((602.9, 603.1), [0, 1], id="0.1 s in each of two"),
        pytest.param((602.9, 603.3), [0, 1], id="0.1 s in the first, and more in the next"),
        pytest.param((602.900001, 603.3), [1], id="less than 0.1 s in the first"),
        pytest.param((602.94, 603.05), [0], id="neither 0.1 s: the larger part"),
        pytest.param((602.95, 603.05), [0, 1], id="half in each"),
        pytest.param((599.0, 601.0), [0], id="it began before REM"),
        pytest.param((599.5, 600.05), [], id="hardly any of it in REM"),
        pytest.param((604.0, 608.9), [1, 2], id="two"),
        pytest.param((604.0, 609.0), [1, 2], id="up to the edge"),
    ],
)
def test_which_mini_epochs_hold_a_burst(span, minis):
    assert np.flatnonzero(grid_of().hold(np.array([span]))).tolist() == minis


def test_the_mini_epochs_tile_the_epochs():
    grid = grid_of(stages((R, 1), (N2, 1), (R, 1)))
    spans = grid.mini_spans
    assert len(spans) == 20
    assert (spans[:, 1] - spans[:, 0] == 3.0).all()
    assert spans[[0, 9, 10, 19]].tolist() == [[0, 3], [27, 30], [60, 63], [87, 90]]


@pytest.mark.parametrize(
    ("span", "out"),
    [
        pytest.param((602.0, 602.5), [0], id="inside one"),
        pytest.param((602.0, 603.0), [0], id="up to the edge"),
        pytest.param((602.0, 603.000001), [0, 1], id="over it"),
    ],
)
def test_mini_epochs_that_are_left_out(span, out):
    assert np.flatnonzero(grid_of(left_out=[span]).left_out).tolist() == out


@pytest.mark.parametrize(
    ("count", "of", "words"),
    [
        pytest.param(17, 100, "below", id="17 %"),
        pytest.param(179, 1000, "below", id="17.9 %"),
        pytest.param(18, 100, "at or above", id="18 %"),
    ],
)
def test_the_cut_off(count, of, words):
    cut_off = CutOff(what="chin", share=Share(count, of), cut_off_percent=18.0, source="")
    assert cut_off.words == f"{words} the published cut-off of 18 % (context, not a diagnosis)"


@pytest.mark.parametrize(
    ("low", "words"),
    [
        pytest.param(91, "above 0.9", id="0.91"),
        pytest.param(90, "0.8 to 0.9", id="0.9 itself"),
        pytest.param(80, "0.8 to 0.9", id="0.8 itself"),
        pytest.param(79, "below 0.8", id="0.79"),
    ],
)
def test_the_bands_of_the_atonia_index(low, words):
    index = AtoniaIndex(
        label="Chin", seconds=150, low=low, middle=50, normal_above=0.9, abnormal_below=0.8
    )
    assert index.value == low / 100
    assert index.words == f"{words} (context, not a diagnosis)"


def test_an_atonia_index_of_nothing_is_none():
    index = AtoniaIndex(
        label="Chin", seconds=50, low=0, middle=50, normal_above=0.9, abnormal_below=0.8
    )
    assert (index.value, index.words) == (None, "")


# --- EMG with known activity --------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "phasic"),
    [
        pytest.param(4, 0, id="AASM: bursts in 4 of ten mini-epochs"),
        pytest.param(5, 1, id="AASM: in 5"),
        pytest.param(10, 1, id="AASM: in all"),
    ],
)
@pytest.mark.parametrize("role", ["chin", "leg:left", "arm:right"])
def test_an_aasm_phasic_epoch(count, phasic, role):
    found = channel(in_minis(count), role)
    assert (found.aasm_phasic.count, found.aasm_phasic.of) == (phasic, 30)
    assert (found.sinbar_phasic.count, found.sinbar_phasic.of) == (count, 300)
    assert found.sinbar_any.count == count


@pytest.mark.parametrize(
    ("uv", "sinbar", "aasm"),
    [
        pytest.param(1.2, 0, 0, id="1.2 times: nothing"),
        pytest.param(2.7, 6, 0, id="over 2 times: SINBAR"),
        pytest.param(3.1, 6, 0, id="3.1 times: not AASM"),
        pytest.param(5.0, 6, 1, id="over 4 times: AASM"),
        pytest.param(100.0, 6, 1, id="100 times"),
    ],
)
@pytest.mark.parametrize("rest_uv", [1.2, 2.0, 3.0])
def test_the_height_of_a_burst(uv, sinbar, aasm, rest_uv):
    spans = in_minis(6, length_s=1.0, uv=uv * rest_uv)
    found = channel(spans, rest_uv=rest_uv, nrem_uv=4 * rest_uv, role="leg:left")
    assert (found.sinbar_phasic.count, found.aasm_phasic.count) == (sinbar, aasm)
    assert found.background_uv == pytest.approx(rest_uv, rel=0.15)


@pytest.mark.parametrize(
    ("length_s", "phasic", "any_"),
    [
        pytest.param(0.05, 0, 0, id="0.05 s is too short"),
        pytest.param(0.15, 1, 1, id="0.15 s"),
        pytest.param(2.0, 1, 1, id="2 s"),
        pytest.param(4.8, 3, 3, id="4.8 s, in three mini-epochs"),
        pytest.param(5.3, 0, 3, id="5.3 s is not phasic, but activity"),
        pytest.param(12.0, 0, 5, id="12 s is neither phasic nor tonic"),
    ],
)
def test_the_length_of_activity(length_s, phasic, any_):
    start = NREM_S + 90.0 + (1.0 if length_s < 3 else 2.0)
    found = channel([(start, start + length_s, 6.0)])
    assert (found.sinbar_phasic.count, found.sinbar_any.count) == (phasic, any_)
    assert found.sinbar_tonic.count == 0


@pytest.mark.parametrize(
    ("seconds", "sinbar", "aasm"),
    [
        pytest.param(14, 0, 0, id="14 of 30 s"),
        pytest.param(15, 1, 0, id="half: SINBAR says at least, AASM more than"),
        pytest.param(16, 1, 1, id="16 of 30 s"),
        pytest.param(30, 1, 1, id="all of it"),
    ],
)
def test_tonic_activity(seconds, sinbar, aasm):
    start = NREM_S + 90.0
    found = channel([(start, start + seconds, 8.0)])
    assert (found.sinbar_tonic.count, found.sinbar_tonic.of) == (sinbar, 30)
    assert (found.aasm_tonic.count, found.aasm_tonic.of) == (aasm, 30)
    assert found.sinbar_phasic.count == 0
    # In a tonic epoch every mini-epoch holds activity.
    assert found.sinbar_any.count == (10 if sinbar else 5)


@pytest.mark.parametrize(
    ("uv", "sinbar", "aasm"),
    [
        pytest.param(1.7, 0, 0, id="under twice the background"),
        pytest.param(2.4, 1, 0, id="over twice, yet under the lowest NREM"),
        pytest.param(4.4, 1, 0, id="at the lowest NREM, within its margin"),
        pytest.param(6.0, 1, 1, id="over the lowest NREM"),
    ],
)
def test_what_tonic_activity_is_held_against(uv, sinbar, aasm):
    start = NREM_S + 90.0
    found = channel([(start, start + 30, uv)])
    assert (found.sinbar_tonic.count, found.aasm_tonic.count) == (sinbar, aasm)
    assert found.nrem_minimum_uv == pytest.approx(3.9, rel=0.1)


@pytest.mark.parametrize(("uv", "tonic"), [(9.0, 0), (11.0, 1)])
def test_ten_microvolts_are_tonic_whatever_the_background(uv, tonic):
    start = NREM_S + 90.0
    found = channel([(start, start + 30, uv)], rest_uv=7.0, nrem_uv=20.0)
    assert found.sinbar_tonic.count == tonic


def test_noise_that_never_changes_is_not_tonic():
    found = channel(rest_uv=2.0, nrem_uv=2.0)
    assert (found.aasm_tonic.count, found.sinbar_tonic.count, found.sinbar_any.count) == (0, 0, 0)


def test_a_twitch_upon_tonic_activity_is_phasic():
    start = NREM_S + 300.0
    spans = [(start, start + 240, 5.0), (start + 100.0, start + 100.6, 60.0)]
    found = measured(spans)
    (tonic,) = found.channels
    assert tonic.sinbar_tonic.count == 8
    assert tonic.sinbar_phasic.count <= 3
    rows = found.events.of_kind("RSWA:phasic")
    near = rows.where(np.abs(rows.start_s - start - 100) < 0.2)
    assert len(near) == 1
    assert near.measures["ratio"][0] == pytest.approx(12.0, rel=0.4)


def test_tonic_activity_that_fills_the_rem_period_is_seen_against_nrem():
    found = channel([(NREM_S, NREM_S + REM_S, 6.5)])
    assert found.background_uv == pytest.approx(6.5, rel=0.15)
    assert found.sinbar_tonic.count == 0
    assert found.aasm_tonic.percent == 100.0


@pytest.mark.parametrize(
    ("apart", "tonic"),
    [
        pytest.param(30, 6, id="15 min apart: one REM period, one background"),
        pytest.param(31, 0, id="more: each its own"),
    ],
)
def test_each_rem_period_has_its_background(apart, tonic):
    start = 30.0 * (20 + 20 + apart)
    samples = muscle([(start, start + 180.0, 3.0)], seconds=start + 180.0)
    hypnogram = stages((N2, 20), (R, 20), (N2, apart), (R, 6))
    found = measure_rem_atonia([emg(samples)], hypnogram).channels[0]
    assert (found.sinbar_tonic.count, found.sinbar_tonic.of) == (tonic, 26)


@pytest.mark.parametrize(
    ("epochs", "tonic"),
    [
        pytest.param(5, 5, id="150 s: held against the REM of the night"),
        pytest.param(6, 0, id="180 s: has its own background"),
    ],
)
def test_a_short_rem_period_is_held_against_the_whole_night(epochs, tonic):
    start = 30.0 * (20 + 30 + 40)
    samples = muscle([(start, start + 30 * epochs, 3.0)], seconds=start + 30 * epochs)
    hypnogram = stages((N2, 20), (R, 30), (N2, 40), (R, epochs))
    found = measure_rem_atonia([emg(samples)], hypnogram).channels[0]
    assert found.sinbar_tonic.count == tonic


def test_the_background_is_never_under_its_floor():
    spans = in_minis(6, length_s=1.0, uv=1.2)
    found = channel(spans, "leg:left", rest_uv=0.3, nrem_uv=0.5)
    assert (found.background_uv, found.sinbar_any.count) == (1.0, 0)
    larger = channel(in_minis(6, length_s=1.0, uv=3.0), "leg:left", rest_uv=0.3, nrem_uv=0.5)
    assert larger.sinbar_phasic.count == 6


def test_bursts_less_than_a_quarter_of_a_second_apart_are_one():
    start = NREM_S + 91.0
    for gap_s, length_s in ((0.15, 5.25), (0.5, 2.55)):
        first = (start, start + 2.55, 8.0)
        second = (start + 2.55 + gap_s, start + 5.1 + gap_s, 8.0)
        found = channel([first, second])
        assert (found.sinbar_phasic.count > 0) == (length_s < 5)
        assert found.sinbar_any.count >= 2


def test_rows_say_what_was_seen():
    found = measured([*in_minis(5, length_s=0.4, uv=8.0), (NREM_S + 300, NREM_S + 330, 9.0)])
    phasic = found.events.of_kind("RSWA:phasic")
    assert len(phasic) == 5
    assert set(phasic.channel) == {"Chin"}
    assert phasic.start_s == pytest.approx(NREM_S + 91.0 + 3 * np.arange(5), abs=0.03)
    assert phasic.duration_s == pytest.approx(0.4, abs=0.05)
    assert phasic.measures["active_s"] == pytest.approx(phasic.duration_s, abs=1e-5)
    assert phasic.measures["ratio"] == pytest.approx(11.5, rel=0.25)
    assert phasic.measures["peak_uv"] == pytest.approx(10.0, rel=0.25)
    assert phasic.measures["aasm"].tolist() == [1.0] * 5
    (tonic,) = found.events.of_kind("RSWA:tonic")
    assert (tonic.start_s, tonic.stop_s) == (NREM_S + 300, NREM_S + 330)
    assert tonic.measures["level_uv"] == pytest.approx(9.0, rel=0.1)
    assert (tonic.measures["sinbar"], tonic.measures["aasm"]) == (1.0, 1.0)
    assert found.excluded_by.tolist() == [""] * 6


def test_bursts_of_one_mini_epoch_are_one_row():
    start = NREM_S + 90.0
    found = measured([(start + 0.3, start + 0.6, 8.0), (start + 1.5, start + 2.0, 8.0)])
    (row,) = found.events
    assert (row.start_s, row.stop_s) == pytest.approx((start + 0.3, start + 2.0), abs=0.03)
    assert row.measures["active_s"] == pytest.approx(0.8, abs=0.06)


def test_activity_outside_rem_is_not_counted():
    spans = [(100.0 + 3 * k, 100.5 + 3 * k, 60.0) for k in range(30)]
    found = measured(spans)
    assert len(found.events) == 0
    assert found.channels[0].sinbar_any.count == 0


def test_what_is_left_out_is_in_no_number_but_stays_as_a_row():
    spans = in_minis(6)
    left_out = np.array([[spans[0][0] - 0.5, spans[1][1]]])
    found = measured(spans, left_out=left_out)
    one = found.channels[0]
    assert (one.left_out, one.mini_epochs, one.unreadable) == (2, 298, 0)
    assert (one.sinbar_phasic.count, one.sinbar_phasic.of) == (4, 298)
    # Four of eight known mini-epochs: the two left out could make it five.
    assert (one.aasm_phasic.count, one.aasm_phasic.of) == (0, 29)
    assert found.excluded_by.tolist() == ["in a stretch that was left out"] * 2 + [""] * 4


def test_what_cannot_be_read_is_in_no_number():
    samples = muscle(in_minis(6))
    hole = np.array([[NREM_S + 90.0, NREM_S + 94.0]])
    found = measure_rem_atonia([emg(samples, unreadable=hole)], NIGHT)
    one = found.channels[0]
    assert (one.unreadable, one.mini_epochs) == (2, 298)
    assert one.sinbar_phasic.count == 4
    assert one.aasm_phasic.of == 29
    assert not ((found.events.start_s > 690) & (found.events.start_s < 694)).any()


def test_a_gap_does_not_move_what_follows():
    samples = muscle(in_minis(5, epoch=20))
    cut = 900 * 256
    gapped = emg(samples, breaks=((cut, 1200.0),))
    later = stages((N2, 20), (R, 40))
    found = measure_rem_atonia([gapped], later)
    assert found.channels[0].unreadable == 100
    assert found.events.start_s == pytest.approx(1501.0 + 3 * np.arange(5), abs=0.03)
    assert (found.channels[0].aasm_phasic.count, found.channels[0].aasm_phasic.of) == (1, 30)


@pytest.mark.parametrize("rate_hz", [200.0, 256.0, 500.0, 512.0])
def test_any_rate(rate_hz):
    spans = in_minis(5)
    found = measure_rem_atonia([emg(muscle(spans, rate_hz=rate_hz), rate_hz=rate_hz)], NIGHT)
    one = found.channels[0]
    assert (one.sinbar_phasic.count, one.aasm_phasic.count, one.sinbar_any.count) == (5, 1, 5)
    assert found.events.start_s == pytest.approx([start for start, _, _ in spans], abs=0.03)


@pytest.mark.parametrize("rest_uv", [0.6, 1.0, 3.0])
@pytest.mark.parametrize("rate_hz", [200.0, 512.0])
def test_bursts_of_motor_units_are_found_and_nothing_else(rest_uv, rate_hz):
    samples = muscle(rest_uv=rest_uv, nrem_uv=5 * rest_uv, rate_hz=rate_hz, seed=5)
    rng = np.random.default_rng(3)
    times = NREM_S + 1.5 + 6.0 * np.arange(149) + rng.uniform(-0.5, 0.5, 149)
    for at in times:
        size = rest_uv * rng.uniform(7, 60)
        add_burst(samples, rate_hz, (at, at + rng.uniform(0.16, 0.9)), size, rng)
    found = measure_rem_atonia([emg(samples, "leg:left", rate_hz)], NIGHT).channels[0]
    truth = np.unique((times - NREM_S) // 3).size
    assert found.sinbar_phasic.count == pytest.approx(truth, rel=0.05)
    # Every 16th burst runs over the edge of its mini-epoch, at most.
    assert found.sinbar_phasic.count >= 0.95 * truth


def test_mains_and_heart_in_the_chin_are_no_activity():
    samples = muscle()
    seconds = np.arange(samples.size) / 256.0
    samples += (0.3 * np.sin(2 * np.pi * 50 * seconds)).astype(np.float32)
    for beat in np.arange(0.5, 1499.0, 0.97):
        first = round(beat * 256)
        samples[first : first + 8] += np.float32(2.0) * np.hanning(8).astype(np.float32)
    found = channel_of(samples)
    assert found.sinbar_any.count <= 3
    assert (found.sinbar_tonic.count, found.aasm_tonic.count) == (0, 0)


def channel_of(samples):
    return measure_rem_atonia([emg(samples)], NIGHT).channels[0]


# --- the atonia index ---------------------------------------------------------------------


def index_of(spans, **more):
    return measured(spans, **more).atonia_index


def test_the_atonia_index_of_atonia():
    index = index_of([])
    assert index.seconds == 900
    assert index.value == 1.0
    assert index.words.startswith("above 0.9")


@pytest.mark.parametrize(
    ("uv", "low", "middle"),
    [
        # The mean of the rectified EMG is 0.8 of its RMS; that of rest is 0.8 uV.
        pytest.param(1.9, 900, 0, id="0.7 uV over the minimum is low"),
        pytest.param(2.9, 870, 30, id="1.5 uV is left out"),
        pytest.param(4.5, 870, 0, id="2.8 uV is activity"),
    ],
)
def test_the_seconds_of_the_atonia_index(uv, low, middle):
    spans = [(NREM_S + 100 + 20 * k, NREM_S + 101 + 20 * k, uv) for k in range(30)]
    index = index_of(spans)
    assert (index.low, index.middle) == pytest.approx((low, middle), abs=2)
    if not middle:
        assert index.value == pytest.approx(low / 900, abs=0.003)


def test_tone_that_never_ends_is_taken_away_with_the_minimum():
    index = index_of([(NREM_S, NREM_S + REM_S, 3.0)])
    assert index.value == 1.0


def test_the_minimum_around_is_not_taken_across_a_gap_nor_beyond_half_a_minute():
    quiet = [(NREM_S, NREM_S + 400, 4.0), (NREM_S + 400, NREM_S + 402, 0.8)]
    spans = [*quiet, (NREM_S + 402, NREM_S + REM_S, 4.0)]
    found = emg(muscle(spans))
    over = 900 - atonia_index(found, grid_of()).low
    assert over == pytest.approx(60, abs=2)
    hole = np.array([[NREM_S + 395.0, NREM_S + 402.5]])
    cut = emg(muscle(spans), unreadable=hole)
    index = atonia_index(cut, grid_of())
    assert index.seconds == 892
    assert index.low == pytest.approx(892, abs=3)


# --- what cannot be measured --------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "hypnogram", "reason"),
    [
        pytest.param([], NIGHT, "no EMG", id="no channel"),
        pytest.param(["chin"], None, "no hypnogram", id="no stages"),
        pytest.param(["chin"], stages((N2, 50)), "has no REM sleep", id="no REM"),
        pytest.param(
            ["chin"],
            Hypnogram(np.full(75, R, np.int8), epoch_s=20.0),
            "epochs are 20 s long, the rule is of 30 s",
            id="epochs of 20 s",
        ),
    ],
)
def test_what_cannot_be_measured_at_all(roles, hypnogram, reason):
    found = measure_rem_atonia([emg(muscle(), role) for role in roles], hypnogram)
    (missing,) = found.not_scored
    assert reason in missing.reason
    assert (len(found.events), found.channels, found.atonia_index) == (0, (), None)


def reasons_of(found):
    return [f"{one.what}: {one.reason}" for one in found.not_scored]


def test_without_a_chin_the_limbs_are_still_measured():
    found = measured(in_minis(5), "leg:left")
    assert found.channels[0].aasm_phasic.count == 1
    assert found.channels[0].sinbar_tonic is None
    assert found.channels[0].aasm_tonic is None
    assert found.atonia_index is None
    assert any("no EMG of the chin" in text for text in reasons_of(found))
    assert any("readable: chin" in text for text in reasons_of(found))


def test_without_nrem_there_is_no_tonic_activity_by_aasm():
    found = measured([], hypnogram=stages((W, 20), (R, 30)))
    assert found.channels[0].aasm_tonic is None
    assert found.channels[0].sinbar_tonic.of == 30
    assert any("no NREM sleep" in text for text in reasons_of(found))


def test_a_channel_that_cannot_be_read_in_rem_is_said():
    found = measure_rem_atonia(
        [emg(muscle()), emg(muscle(), "leg:left", unreadable=np.array([[600.0, 1500.0]]))], NIGHT
    )
    assert [one.label for one in found.channels] == ["Chin"]
    assert "REM sleep without atonia, leg left: no REM sleep of it can be read" in reasons_of(found)


@pytest.mark.parametrize(
    ("arms", "lacking"),
    [
        pytest.param([], "arm left, arm right", id="no arm"),
        pytest.param(["arm:left"], "arm right", id="one arm"),
        pytest.param(["arm:unknown"], "arm left, arm right", id="an arm of no known side"),
    ],
)
def test_32_percent_needs_both_arms(arms, lacking):
    found = measure_rem_atonia([emg(muscle(), role) for role in ["chin", *arms]], NIGHT)
    assert [one.cut_off_percent for one in found.cut_offs] == [18.0]
    assert any(text.endswith(f"readable: {lacking}") for text in reasons_of(found))
    assert any("32 %" in text and "both arms" in text for text in reasons_of(found))


def test_chin_and_both_arms_together():
    chin = emg(muscle([(NREM_S + 33.5, NREM_S + 34.0, 8.0)]))
    left = emg(muscle([(NREM_S + 63.5, NREM_S + 64.0, 8.0)], seed=2), "arm:left")
    right = emg(
        muscle([(NREM_S + 63.2, NREM_S + 63.9, 8.0), (NREM_S + 93, NREM_S + 105, 8.0)], seed=3),
        "arm:right",
    )
    found = measure_rem_atonia([right, chin, left], NIGHT)
    alone, together = found.cut_offs
    assert (alone.share, alone.cut_off_percent) == (Share(1, 300), 18.0)
    # 12 s of activity of an arm is not phasic, and an arm only counts when it is.
    assert (together.share, together.cut_off_percent) == (Share(2, 300), 32.0)


@pytest.mark.parametrize(("epochs", "held"), [(9, False), (10, True)])
def test_less_than_five_minutes_of_rem_are_held_against_no_cut_off(epochs, held):
    found = measured(hypnogram=stages((N2, 20), (R, epochs)))
    assert len(found.cut_offs) == held
    assert any("less than 5 min" in text for text in reasons_of(found)) != held
    assert found.channels[0].sinbar_any.of == 10 * epochs


@settings(max_examples=8)
@given(scale=st.floats(0.7, 1.25), shift=st.integers(0, 500), order=st.permutations(range(3)))
def test_time_order_and_size(scale, shift, order):
    spans = in_minis(5)
    samples = muscle(spans)
    roles = ["chin", "leg:left", "leg:right"]
    plain = measure_rem_atonia([emg(samples, role) for role in roles], NIGHT)
    later = Hypnogram(NIGHT.stages, start_s=float(shift))
    moved = measure_rem_atonia(
        [emg(samples * np.float32(scale), roles[k], start_s=float(shift)) for k in order], later
    )
    assert moved.events.start_s - shift == pytest.approx(plain.events.start_s, abs=0.01)
    by_role = {one.role: one.sinbar_any for one in moved.channels}
    assert all(by_role[one.role] == one.sinbar_any for one in plain.channels)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mini_epoch_s", 4.0),
        ("mini_epoch_s", 2.5),
        ("min_burst_s", 5.1),
        ("max_burst_s", 30.0),
        ("aasm_mini_epochs", 11),
        ("sinbar_burst_ratio", 4.1),
        ("sinbar_burst_ratio", 1.0),
        ("aasm_tonic_share", 1.0),
        ("sinbar_tonic_share", 0.0),
        ("background_percentile", 50.0),
        ("nrem_percentile", -1.0),
        ("nrem_margin", 0.0),
        ("gap_s", -0.1),
        ("index_low_uv", 2.0),
        ("index_abnormal", 0.95),
    ],
)
def test_criteria_that_make_no_sense_are_refused(name, value):
    with pytest.raises(ValueError, match=r"\w"):
        replace(REM_ATONIA, **{name: value})
