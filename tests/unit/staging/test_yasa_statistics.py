"""Our sleep measures and those of yasa: equal, or apart by exactly what their definitions say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgscore.model.hypnogram import SLEEP, Hypnogram, Stage
from psgscore.score import architecture
from psgscore.score.architecture import sleep_measures

yasa = pytest.importorskip("yasa", reason="install psgscore[yasa] to compare with yasa")
pytestmark = pytest.mark.filterwarnings("ignore")  # yasa's and its libraries'

WORDS = {
    Stage.W: "WAKE",
    Stage.N1: "N1",
    Stage.N2: "N2",
    Stage.N3: "N3",
    Stage.R: "REM",
    Stage.UNSCORED: "UNS",
}
SCORED = tuple(stage for stage in WORDS if stage is not Stage.UNSCORED)
ROUNDED = 1e-4  # yasa rounds to four decimals
EPOCHS_S = (20, 30)


def nights_of(stages):
    """Return a strategy: runs of stages, as nights have them, some of 5 or 10 minutes and more."""
    run = st.tuples(st.sampled_from(stages), st.integers(1, 25))
    runs = st.lists(run, min_size=1, max_size=25)
    return runs.map(lambda found: [stage for stage, length in found for _ in range(length)])


def both(stages, epoch_s=30):
    """Return our measures and yasa's of a night that is all between lights off and on."""
    hypnogram = Hypnogram(np.array(stages, np.int8), epoch_s=float(epoch_s))
    ours = sleep_measures(hypnogram, (0.0, hypnogram.stop_s), None)
    words = [WORDS[stage] for stage in stages]
    return ours, yasa.Hypnogram(words, freq=f"{epoch_s}s").sleep_statistics()


def same(ours, theirs):
    """Say whether two numbers are the same; what yasa cannot know is NaN, and None here."""
    if ours is None or math.isnan(theirs):
        return ours is None and math.isnan(theirs)
    return ours == pytest.approx(theirs, abs=ROUNDED)


@given(stages=nights_of(SCORED), epoch_s=st.sampled_from(EPOCHS_S))
def test_equal_where_the_definitions_are(stages, epoch_s):
    ours, theirs = both(stages, epoch_s)
    assert same(ours.trt_min, theirs["TIB"])
    assert same(ours.tst_min, theirs["TST"])
    assert same(ours.sol_min, theirs["SOL"])
    assert same(ours.waso_spt_min, theirs["WASO"])
    assert same(ours.sleep_efficiency_percent, theirs["SE"])
    for stage in SCORED:
        assert same(ours.stage_min[stage.name], theirs[WORDS[stage]])
    for stage in SLEEP:
        assert same(ours.stage_percent_of_tst[stage.name], theirs[f"%{WORDS[stage]}"])


@given(stages=nights_of(SCORED), epoch_s=st.sampled_from(EPOCHS_S))
def test_waso_is_that_of_yasa_and_the_last_wake(stages, epoch_s):
    ours, theirs = both(stages, epoch_s)
    if ours.waso_min is None:
        assert math.isnan(theirs["WASO"])
        return
    asleep = np.flatnonzero(np.isin(stages, SLEEP))
    last_wake_min = (len(stages) - 1 - asleep[-1]) * epoch_s / 60
    assert ours.waso_min == pytest.approx(theirs["WASO"] + last_wake_min, abs=ROUNDED)
    assert ours.sol_min + ours.waso_min + ours.tst_min == pytest.approx(ours.trt_min)
    assert theirs["SPT"] == pytest.approx(ours.tst_min + ours.waso_spt_min, abs=ROUNDED)


@given(stages=nights_of(SCORED), epoch_s=st.sampled_from(EPOCHS_S))
def test_rem_latency_is_that_of_yasa_less_sleep_onset_latency(stages, epoch_s):
    ours, theirs = both(stages, epoch_s)
    if ours.rem_latency_min is None:
        assert math.isnan(theirs["Lat_REM"])
        return
    expected = theirs["Lat_REM"] - theirs["SOL"]
    assert ours.rem_latency_min == pytest.approx(expected, abs=2 * ROUNDED)


@given(stages=nights_of(SCORED), epoch_s=st.sampled_from(EPOCHS_S))
def test_persistent_sleep_is_that_of_yasa_at_its_five_minutes(stages, epoch_s):
    ours, theirs = both(stages, epoch_s)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(architecture, "PERSISTENT_SLEEP_S", 300.0)
        at_five = both(stages, epoch_s)[0].persistent_sleep_latency_min
    assert same(at_five, theirs["SOL_5min"])
    if ours.persistent_sleep_latency_min is not None:
        assert ours.persistent_sleep_latency_min >= at_five


@given(stages=nights_of(tuple(WORDS)), epoch_s=st.sampled_from(EPOCHS_S))
def test_awakenings_are_the_fragmentation_index_times_the_hours_of_sleep(stages, epoch_s):
    ours, theirs = both(stages, epoch_s)
    if not ours.tst_min:
        assert math.isnan(theirs["SFI"])
        assert ours.awakenings == 0
        return
    hours = ours.tst_min / 60
    assert ours.awakenings == pytest.approx(theirs["SFI"] * hours, abs=ROUNDED * max(hours, 1))


@given(stages=nights_of(tuple(WORDS)), epoch_s=st.sampled_from(EPOCHS_S))
def test_unscored_time_is_out_of_our_denominator_and_in_that_of_yasa(stages, epoch_s):
    ours, theirs = both(stages, epoch_s)
    scored = ours.trt_min - ours.unscored_min
    assert ours.unscored_min == pytest.approx(theirs.get("UNS", 0.0), abs=ROUNDED)
    assert same(ours.tst_min, theirs["TST"])
    assert same(ours.waso_spt_min, theirs["WASO"])
    if scored <= 0:
        assert ours.sleep_efficiency_percent is None
        assert theirs["SE"] == 0
        return
    expected = theirs["SE"] * ours.trt_min / scored
    assert ours.sleep_efficiency_percent == pytest.approx(expected, abs=ROUNDED * len(stages))


@given(stages=nights_of(tuple(WORDS)), epoch_s=st.sampled_from(EPOCHS_S))
def test_a_latency_across_unscored_time_is_unknown_here_and_a_number_in_yasa(stages, epoch_s):
    ours, theirs = both(stages, epoch_s)
    asleep = np.flatnonzero(np.isin(stages, SLEEP))
    if not asleep.size:
        assert ours.sol_min is None
        return
    crossed = Stage.UNSCORED in stages[: asleep[0]]
    assert (ours.sol_min is None) == crossed
    assert crossed or same(ours.sol_min, theirs["SOL"])
    if Stage.R in stages:
        first = stages.index(Stage.R)
        crossed = Stage.UNSCORED in stages[asleep[0] : first]
        expected = None if crossed else theirs["Lat_REM"] - asleep[0] * epoch_s / 60
        assert ours.rem_latency_min == pytest.approx(expected, abs=ROUNDED)


def test_the_example_of_yasa():
    """yasa's own example: N1 0.5 min after lights off, REM to the end but for two epochs."""
    codes = [0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 2, 3, 3, 4, 4, 4, 4, 0, 0]
    ours, theirs = both([Stage(code) for code in codes])
    assert (ours.sol_min, ours.tst_min, ours.sleep_efficiency_percent) == (1.0, 8.0, 80.0)
    assert (ours.waso_min, ours.waso_spt_min, theirs["WASO"]) == (1.0, 0.0, 0.0)
    assert (ours.rem_latency_min, theirs["Lat_REM"]) == (6.0, 7.0)
