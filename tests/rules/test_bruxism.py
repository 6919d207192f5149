"""Bruxism: every limit a row, EMG with known bursts, and what looks like it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from psgscore.detect.bruxism import (
    AROUSAL,
    AWAKENING,
    MAYBE_AROUSAL,
    MAYBE_MOVEMENT,
    bruxism_not_scored,
    episodes_of,
    find_bruxism,
)
from psgscore.detect.emg import PreparedEmg, prepare_emg
from psgscore.intervals import match_one_to_one
from psgscore.model.chin_criteria import BRUXISM
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.signal import Signal
from psgscore.score.precedence import with_precedence
from psgscore.simulate import simulate_night
from psgscore.simulate.noise import band, shaped_noise, stream
from psgscore.simulate.settings import FamilySettings

W, N1, N2, R = (int(stage) for stage in (Stage.W, Stage.N1, Stage.N2, Stage.R))
UNSCORED = int(Stage.UNSCORED)
ASLEEP = Hypnogram(np.full(10, N2, np.int8))
NO_AROUSALS = Events.empty()
PHASIC, TONIC = "bruxism:phasic", "bruxism:tonic"


def chin(spans=(), *, rest_uv=4.0, rate_hz=256.0, seconds=300.0, seed=1, **more):
    """Return a chin EMG at rest, as large as so many times the rest from start to stop."""
    n = round(seconds * rate_hz)
    samples = rest_uv * noise(n, rate_hz, seed)
    for number, (start, stop, ratio) in enumerate(spans):
        first, last = round(start * rate_hz), round(stop * rate_hz)
        part = noise(last - first, rate_hz, seed + number + 10)
        samples[first:last] = part * np.float32(ratio * rest_uv / np.sqrt(np.mean(part**2)))
    unreadable = more.pop("unreadable", None)
    return prepare_emg(Signal("Chin", samples, rate_hz, "uV", **more), unreadable, role="chin")


def noise(n, rate_hz, seed):
    return shaped_noise((stream(seed, "chin"),), rate_hz, n, band(rate_hz, 10.0, 100.0)[None])


def row(count, *, length_s=0.8, pause_s=0.8, ratio=8.0, start_s=100.0):
    """Return so many bursts, one after the other."""
    starts = start_s + (length_s + pause_s) * np.arange(count)
    return [(float(one), float(one + length_s), ratio) for one in starts]


def found(spans, hypnogram=ASLEEP, arousals=NO_AROUSALS, **more):
    return find_bruxism(chin(spans, **more), hypnogram, arousals)


def kinds(*spans):
    return episodes_of(np.array(spans, float).reshape(-1, 2))[1]


# --- the rules, on spans ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        pytest.param(2, [], id="2 phasic bursts are none"),
        pytest.param(3, [PHASIC], id="3 are an episode"),
        pytest.param(9, [PHASIC], id="9 are one episode"),
    ],
)
def test_how_many_bursts(count, expected):
    assert kinds(*[(10 + 2 * k, 11 + 2 * k) for k in range(count)]) == expected


@pytest.mark.parametrize(
    ("length_s", "expected"),
    [
        pytest.param(2.0, [], id="exactly 2 s is a phasic burst, and one is not enough"),
        pytest.param(2.000001, [TONIC], id="over 2 s is tonic"),
        pytest.param(20.0, [TONIC], id="20 s is tonic"),
    ],
)
def test_one_long_burst(length_s, expected):
    assert kinds((10, 10 + length_s)) == expected


def test_bursts_of_exactly_2_s_are_phasic():
    assert kinds((10, 12), (13, 15), (16, 18)) == [PHASIC]


@pytest.mark.parametrize(
    ("quiet_s", "expected"),
    [
        pytest.param(2.999999, [PHASIC], id="under 3 s of quiet: one episode"),
        pytest.param(3.0, [PHASIC, PHASIC], id="3 s of quiet: a new one"),
    ],
)
def test_the_quiet_before_a_new_episode(quiet_s, expected):
    first = [(10.0, 10.5), (11.0, 11.5), (12.0, 12.5)]
    later = [(a + 2.5 + quiet_s, b + 2.5 + quiet_s) for a, b in first]
    assert kinds(*first, *later) == expected


def test_three_bursts_with_3_s_of_quiet_among_them_are_no_sequence():
    assert kinds((10, 10.5), (11, 11.5), (14.5, 15)) == []


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([(10, 13), (14, 15), (16, 17), (18, 19)], [PHASIC], id="3 phasic and a tonic"),
        pytest.param([(10, 13), (14, 15), (16, 17)], [TONIC], id="2 phasic and a tonic"),
        pytest.param([(10, 13), (14, 17)], [TONIC], id="two tonic bursts are one episode"),
    ],
)
def test_a_mixed_episode(spans, expected):
    assert kinds(*spans) == expected
    assert episodes_of(np.array(spans, float))[0].tolist() == [[0, len(spans)]]


# --- EMG with known bursts ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        pytest.param([], [], id="rest"),
        pytest.param(row(2), [], id="2 bursts"),
        pytest.param(row(3), [PHASIC], id="3 bursts"),
        pytest.param(row(4, length_s=0.2), [], id="bursts of 0.2 s are too short"),
        pytest.param(row(4, length_s=0.3), [PHASIC], id="bursts of 0.3 s"),
        pytest.param(row(3, length_s=1.9), [PHASIC], id="bursts of 1.9 s"),
        pytest.param(row(1, length_s=1.9), [], id="one of 1.9 s"),
        pytest.param(row(1, length_s=2.1), [TONIC], id="one of 2.1 s"),
        pytest.param(row(2, length_s=1.0, pause_s=2.8) + row(1, start_s=107.4), [PHASIC],
                     id="2.8 s apart are in sequence"),
        pytest.param(row(3, length_s=1.0, pause_s=3.2), [], id="3.2 s apart are not"),
        pytest.param(row(1, length_s=5.0, ratio=1.6), [], id="1.6 times the background"),
        pytest.param(row(1, length_s=5.0, ratio=2.6), [TONIC], id="2.6 times"),
        pytest.param(row(4, ratio=1.6), [], id="phasic, 1.6 times"),
        pytest.param(row(4, ratio=2.8), [PHASIC], id="phasic, 2.8 times"),
        pytest.param(row(1, length_s=12.0, ratio=60.0), [TONIC], id="12 s of clenching"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("rest_uv", [2.5, 4.0, 12.0])
def test_bursts_of_known_size_and_length(spans, expected, rest_uv):
    events = found(spans, rest_uv=rest_uv)
    assert events.kind.tolist() == expected
    assert (events.text(EXCLUDED_BY) == "").all()
    if expected:
        assert events.start_s[0] == pytest.approx(spans[0][0], abs=0.06)
        assert events.stop_s[0] == pytest.approx(spans[-1][1], abs=0.06)


def test_what_is_measured():
    (event,) = found(row(4, length_s=1.0, ratio=8.0))
    assert event.channel == "Chin"
    assert event.measures["n_bursts"] == 4
    assert event.measures["longest_ms"] == pytest.approx(1000, abs=60)
    assert event.measures["background_uv"] == pytest.approx(4.0, rel=0.1)
    assert event.measures["ratio"] == pytest.approx(8.0, rel=0.12)
    assert event.measures["peak_ratio"] > event.measures["ratio"]


@pytest.mark.parametrize(
    ("stage", "count"),
    [
        pytest.param(N2, 1, id="N2"),
        pytest.param(N1, 1, id="N1"),
        pytest.param(W, 0, id="wake: speech and chewing"),
        pytest.param(R, 0, id="R: activity of REM sleep"),
        pytest.param(UNSCORED, 0, id="no stage"),
    ],
)
@pytest.mark.parametrize("spans", [row(5), row(1, length_s=4.0)], ids=["phasic", "tonic"])
def test_the_stage_of_the_onset(stage, count, spans):
    stages = np.full(10, N2, np.int8)
    stages[3:5] = stage  # 90 to 150 s
    assert len(found(spans, Hypnogram(stages))) == count


def test_the_tone_of_an_awakening_is_no_bruxism():
    stages = np.full(10, N2, np.int8)
    stages[4] = W  # 120 to 150 s
    rise = [(118.0, 150.0, 2.6)]
    assert not len(found(rise, Hypnogram(stages)).counted())
    begun = found([(115.0, 122.0, 2.6)], Hypnogram(stages))
    assert begun.text(EXCLUDED_BY).tolist() == [AWAKENING]
    assert len(found([(115.0, 122.0, 8.0)], Hypnogram(stages)).counted()) == 1


@pytest.mark.parametrize(
    "higher", [pytest.param((120.0, 300.0), id="up"), pytest.param((0.0, 120.0), id="down")]
)
def test_a_step_of_the_tone_in_sleep_is_no_bruxism(higher):
    assert not len(found([(*higher, 2.6)]))


def test_the_slack_chin_of_rem_sleep_is_no_background_of_the_sleep_before_it():
    stages = np.full(10, N2, np.int8)
    stages[4:] = R  # from 120 s
    events = found([(0.0, 120.0, 4.0), (108.0, 114.0, 30.0)], Hypnogram(stages), rest_uv=1.0)
    assert events.kind.tolist() == [TONIC]
    assert events.spans[0] == pytest.approx([108.0, 114.0], abs=0.06)


def test_a_short_bout_of_sleep_is_held_against_its_own_tone():
    stages = np.array([W, W, W, W, N1, R, R, R, R, R], np.int8)
    tone = [(0.0, 120.0, 10.0), (120.0, 130.0, 5.0), (136.0, 150.0, 5.0)]
    assert not len(found([*tone, (130.0, 136.0, 5.0)], Hypnogram(stages), rest_uv=1.2).counted())
    clenched = found([*tone, (130.0, 136.0, 30.0)], Hypnogram(stages), rest_uv=1.2).counted()
    assert clenched.kind.tolist() == [TONIC]
    assert clenched.duration_s[0] == pytest.approx(6.0, abs=0.1)


# --- arousals -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratio", "arousals", "reason"),
    [
        pytest.param(2.5, [(100, 106)], AROUSAL, id="a mere rise in an arousal"),
        pytest.param(2.5, [(106.5, 112)], AROUSAL, id="beside an arousal"),
        pytest.param(2.5, [(108, 115)], "", id="2 s before an arousal"),
        pytest.param(2.5, [], "", id="no arousal there"),
        pytest.param(4.0, [(100, 106)], "", id="more than an arousal does"),
    ],
)
@pytest.mark.parametrize("phasic", [False, True])
def test_a_rise_with_an_arousal(ratio, arousals, reason, phasic):
    spans = row(4, length_s=1.2, pause_s=0.4, ratio=ratio) if phasic else [(100, 106, ratio)]
    table = None
    if arousals is not None:
        table = Events.of("arousal", [a for a, _ in arousals], [b for _, b in arousals])
    events = found(spans, arousals=table)
    assert events.text(EXCLUDED_BY).tolist() == [reason]
    assert len(events.counted()) == (reason == "")


@pytest.mark.parametrize(
    ("spans", "reason"),
    [
        pytest.param(row(4, length_s=1.2, pause_s=0.4, ratio=2.5), MAYBE_AROUSAL, id="low"),
        pytest.param(row(4, length_s=1.2, pause_s=0.4, ratio=4.0), "", id="phasic, tall"),
        pytest.param([(100, 106, 4.0)], MAYBE_MOVEMENT, id="tonic, tall"),
        pytest.param([(100, 106, 30.0)], MAYBE_MOVEMENT, id="tonic, very tall"),
    ],
)
def test_without_scored_arousals_tonic_is_told_not_counted(spans, reason):
    events = found(spans, arousals=None)
    assert events.text(EXCLUDED_BY).tolist() == [reason]


@pytest.mark.parametrize(
    ("uv", "count"),
    [pytest.param(2.8, 0, id="under 3 uV over"), pytest.param(5.0, 1, id="3 uV over and more")],
)
def test_a_slack_chin_that_doubles_by_a_few_microvolts_is_no_bruxism(uv, count):
    assert len(found([(100.0, 106.0, uv)], rest_uv=1.0)) == count


def test_a_jerk_upon_the_tone_of_an_arousal_is_no_clench():
    arousal = Events.of("arousal", [100.0], [106.0])
    events = found([(100.0, 106.0, 2.5), (100.2, 100.4, 60.0)], arousals=arousal)
    assert not len(events.counted())


# --- what cannot be scored ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("emg", "hypnogram", "arousals", "words"),
    [
        pytest.param(None, ASLEEP, NO_AROUSALS, "no EMG of the chin", id="no chin"),
        pytest.param("none", ASLEEP, NO_AROUSALS, "no stretch of Chin", id="nothing readable"),
        pytest.param("chin", None, NO_AROUSALS, "no hypnogram", id="no stages"),
        pytest.param("chin", Hypnogram(np.array([W, R])), NO_AROUSALS, "no NREM", id="no NREM"),
        pytest.param("chin", ASLEEP, None, "no arousals were scored", id="no arousals"),
    ],
)
def test_what_is_not_scored(emg, hypnogram, arousals, words):
    made = {
        None: None,
        "none": PreparedEmg(label="Chin", role="chin", rate_hz=256.0, stretches=()),
        "chin": chin(row(4), seconds=150),
    }[emg]
    (missing,) = bruxism_not_scored(made, hypnogram, arousals)
    assert words in missing.reason
    if made is not None and arousals is not None:
        assert not len(find_bruxism(made, hypnogram, arousals))


def test_nothing_is_missing_where_all_is_there():
    assert bruxism_not_scored(chin(seconds=60), ASLEEP, NO_AROUSALS) == ()


def test_no_episode_reaches_across_a_gap_or_an_unreadable_stretch():
    spans = row(4, length_s=1.0, pause_s=0.5)
    hole = np.array([[102.5, 103.0]])
    assert len(found(spans)) == 1
    assert not len(found(spans, unreadable=hole))
    broken = (round(102.75 * 256), 110.0)
    assert not len(found(spans, breaks=(broken,)))


# --- properties ---------------------------------------------------------------------------


@settings(max_examples=10)
@given(shift=st.integers(0, 900), scale=st.floats(0.5, 3.0))
def test_time_and_size(shift, scale):
    spans = [*row(4), (150.0, 154.0, 6.0)]
    plain = found(spans)
    later = Hypnogram(ASLEEP.stages, start_s=float(shift))
    moved = found(spans, later, rest_uv=4.0 * scale, start_s=float(shift))
    assert moved.kind.tolist() == plain.kind.tolist() == [PHASIC, TONIC]
    assert moved.start_s - shift == pytest.approx(plain.start_s, abs=0.02)


@pytest.mark.parametrize("rate_hz", [200.0, 256.0, 500.0])
def test_the_rate_does_not_matter(rate_hz):
    events = found([*row(4), (150.0, 154.0, 6.0)], rate_hz=rate_hz)
    assert events.kind.tolist() == [PHASIC, TONIC]
    assert events.start_s == pytest.approx([100.0, 150.0], abs=0.06)


def test_steady_tone_holds_no_bruxism():
    assert not len(find_bruxism(chin(seconds=1800.0), Hypnogram(np.full(60, N2)), NO_AROUSALS))


@pytest.mark.parametrize(("seed", "amplitude"), [(7, 0.5), (8, 1.0), (9, 2.0)])
@pytest.mark.parametrize("scored", [True, False], ids=["arousals scored", "none scored"])
def test_a_night_with_everything_that_looks_alike(seed, amplitude, scored):
    family = FamilySettings(amplitude=amplitude)
    night = simulate_night(seed, hours=2.0, family=family, channels=("Chin",))
    emg = prepare_emg(night.signal("Chin"), role="chin")
    arousals = night.events.of_kind("arousal") if scored else None
    others = night.events.of_kind("LMM", "RMD", "rhythmic_flag")
    events = with_precedence(
        Events.concat([find_bruxism(emg, night.hypnogram, arousals), others])
    ).counted()
    if not scored:
        assert not len(events.of_kind(TONIC))
    for kind in (PHASIC, TONIC) if scored else (PHASIC,):
        true, mine = night.events.of_kind(kind), events.of_kind(kind)
        pairs = match_one_to_one(true.spans, mine.spans, 0.5)
        assert len(pairs) == len(true) == len(mine)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("min_ratio", 1.0),
        ("min_ratio", 3.1),
        ("min_burst_s", 2.1),
        ("min_burst_s", 0.0),
        ("min_phasic_bursts", 1),
        ("quiet_s", 0.1),
        ("dip_s", -0.1),
        ("local_s", 5.0),
        ("local_percentile", 50.0),
        ("background_gain", 0.9),
        ("arousal_gap_s", -1.0),
    ],
)
def test_criteria_that_make_no_sense_are_refused(name, value):
    with pytest.raises(ValueError, match=r"\w"):
        replace(BRUXISM, **{name: value})
