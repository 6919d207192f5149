"""What holds for every simulated night."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from psgscore.model.hypnogram import SLEEP
from psgscore.simulate import LegSettings, PlanSettings, simulate_leg_emg
from psgscore.simulate.plan import plan_night

SHARES = st.floats(0, 1)
PLANS = st.builds(
    PlanSettings,
    periodic_share=SHARES,
    wake_share=SHARES,
    bilateral_share=SHARES,
    interval_s=st.floats(15, 40),
    isolated_per_hour=st.floats(0, 60),
    long_per_hour=st.floats(0, 20),
    bursts_per_hour=st.floats(0, 60),
    respiratory_per_hour=st.floats(0, 60),
)
SEEDS = st.integers(0, 2**32)
HOURS = st.floats(0.25, 14)


@settings(max_examples=40)
@given(seed=SEEDS, hours=HOURS, plan=PLANS)
def test_movements_of_one_leg_are_a_second_apart(seed, hours, plan):
    night = plan_night(seed, hours, plan)
    for side in ("left", "right"):
        mine = night.events.of_kind(f"LM:{side}", f"burst:{side}")
        assert (mine.start_s[1:] - mine.stop_s[:-1] >= 1.0).all()
        if len(mine):
            assert mine.start_s[0] >= 1.0
            assert mine.stop_s[-1] <= night.duration_s - 1.0


@settings(max_examples=40)
@given(seed=SEEDS, hours=HOURS, plan=PLANS)
def test_legs_move_together_or_well_apart(seed, hours, plan):
    moved = plan_night(seed, hours, plan).events.of_kind("LM", "burst")
    for other, event in zip(moved, list(moved)[1:], strict=False):
        together = other.channel != event.channel and event.start_s - other.start_s < 0.4
        assert together or event.start_s - other.stop_s >= 1.0
        assert not together or event.start_s < other.stop_s


@settings(max_examples=40)
@given(seed=SEEDS, hours=HOURS, plan=PLANS)
def test_durations_stay_clear_of_the_limits_of_the_rules(seed, hours, plan):
    events = plan_night(seed, hours, plan).events
    moved, bursts = events.of_kind("LM").duration_s, events.of_kind("burst").duration_s
    usual = (moved >= 0.55) & (moved <= 9.55)
    assert (usual | ((moved >= 10.5) & (moved <= 20.5))).all()
    assert ((bursts >= 0.1) & (bursts <= 0.3)).all()


@settings(max_examples=40)
@given(seed=SEEDS, hours=HOURS, plan=PLANS)
def test_arousals_and_breathing_events_happen_in_sleep_one_at_a_time(seed, hours, plan):
    night = plan_night(seed, hours, plan)
    for table, apart_s in (
        (night.events.of_kind("arousal"), 10.0),
        (night.events.of_kind("apnea", "hypopnea"), 20.0),
    ):
        assert np.isin(night.hypnogram.at(table.start_s), SLEEP).all()
        assert (table.start_s[1:] - table.stop_s[:-1] >= apart_s - 1e-6).all()
    assert (night.events.of_kind("arousal").duration_s >= 3.0).all()


@settings(max_examples=15)
@given(seed=SEEDS, rate_hz=st.floats(50, 1000), resting_uv=st.floats(0.3, 8))
def test_any_rate_gives_the_same_truth_and_a_finite_signal(seed, rate_hz, resting_uv):
    leg = LegSettings(rate_hz=rate_hz, resting_uv=resting_uv)
    signal, truth = simulate_leg_emg(seed, hours=0.25, leg=leg)
    _, usual = simulate_leg_emg(seed, hours=0.25)
    assert truth == usual
    assert signal.samples.size == round(900 * rate_hz)
    assert np.isfinite(signal.samples).all()
