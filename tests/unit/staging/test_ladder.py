"""Staging with whatever channels there are, and with whatever of them is good."""

from __future__ import annotations

import ctypes
import mmap
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from psgscore.errors import NotScorableError, UnitError
from psgscore.model.eeg_criteria import STAGING_GATE
from psgscore.model.hypnogram import Stage
from psgscore.simulate import simulate_night
from psgscore.stager import stage_model
from psgscore.staging.ladder import StagingSignals, stage_signals
from psgscore.staging.resample import resample

HOURS = 3
N_EPOCHS = HOURS * 120


@pytest.fixture(scope="module")
def night():
    return simulate_night(8, hours=HOURS)


@pytest.fixture(scope="module")
def signals(night):
    return StagingSignals(
        eeg=(night.signal("C4-M1"), night.signal("C3-M2")),
        eog=night.signal("E1-M2"),
        chin=night.signal("Chin"),
    )


def staged(signals, person=None):
    return stage_signals(
        signals,
        start_s=0.0,
        n_epochs=N_EPOCHS,
        models=stage_model,
        gate=STAGING_GATE,
        person=person,
    )


def stages(found):
    good = found.reasons == ""
    given = np.full(N_EPOCHS, int(Stage.UNSCORED))
    given[good] = found.probabilities[good].argmax(axis=1)
    return given


@pytest.fixture(scope="module")
def whole(signals):
    return staged(signals)


def spoiled(signal, first_s, last_s, values=0.0):
    samples = signal.samples.copy()
    samples[round(first_s * signal.rate_hz) : round(last_s * signal.rate_hz)] = values
    return replace(signal, samples=samples)


def test_simulated_stages_are_found(night, whole):
    """A sanity check: the simulator is no sleeper."""
    assert (stages(whole) == night.hypnogram.stages).mean() > 0.85
    assert [role for role, _ in whole.channels] == ["EEG", "EEG", "EOG", "chin"]


@pytest.mark.parametrize(
    ("changes", "least"),
    [
        pytest.param({"eog": None}, 0.75, id="no EOG"),
        pytest.param({"chin": None}, 0.8, id="no chin"),
        pytest.param({"eog": None, "chin": None}, 0.7, id="EEG alone"),
    ],
)
def test_missing_channels_take_a_step_down_the_ladder(night, signals, changes, least):
    found = staged(replace(signals, **changes))
    assert (stages(found) == night.hypnogram.stages).mean() > least
    assert set(found.reasons.tolist()) == {""}


def test_an_eog_in_place_of_an_eeg_never_gives_n1_and_says_so(signals):
    found = staged(StagingSignals(eeg=(), eog=signals.eog))
    assert int(Stage.N1) not in stages(found)
    assert found.channels == (("EOG for EEG", "E1-M2"),)
    assert found.findings[0].code == "staging.eog-for-eeg"


def test_emg_alone_is_refused(signals):
    with pytest.raises(NotScorableError, match="neither EEG nor EOG"):
        staged(StagingSignals(eeg=(), chin=signals.chin))


def test_an_eeg_of_another_unit_is_refused(signals):
    with pytest.raises(UnitError):
        staged(StagingSignals(eeg=(replace(signals.eeg[0], unit="mA"),)))


def test_a_night_of_bad_signal_is_refused_with_the_reason(signals):
    flat = spoiled(signals.eeg[0], 0, HOURS * 3600)
    with pytest.raises(NotScorableError, match=r"C4-M1: flat in 360 epochs"):
        staged(StagingSignals(eeg=(flat,), chin=signals.chin))


@pytest.mark.parametrize(
    "values", [pytest.param(0.0, id="flat"), pytest.param(2e4, id="beyond all scales")]
)
def test_the_good_half_does_not_care_what_the_other_half_holds(signals, whole, values):
    half_s = HOURS * 1800
    bad = StagingSignals(
        eeg=tuple(spoiled(one, half_s, 2 * half_s, values) for one in signals.eeg),
        eog=spoiled(signals.eog, half_s, 2 * half_s, values),
        chin=spoiled(signals.chin, half_s, 2 * half_s, values),
    )
    found = stages(staged(bad))
    assert set(found[N_EPOCHS // 2 :].tolist()) == {int(Stage.UNSCORED)}
    other = stages(staged(replace(bad, chin=signals.chin, eog=signals.eog)))
    assert np.array_equal(found, other)
    assert (found == stages(whole))[: N_EPOCHS // 2].mean() > 0.9


def test_one_good_eeg_is_enough(signals, whole):
    bad = spoiled(signals.eeg[0], 0, HOURS * 1800)
    found = staged(replace(signals, eeg=(bad, signals.eeg[1])))
    assert set(found.reasons.tolist()) == {""}
    assert (stages(found) == stages(whole)).mean() > 0.93


def test_a_bad_chin_costs_its_epochs_the_chin_only(signals, whole):
    found = staged(replace(signals, chin=spoiled(signals.chin, 0, 1800)))
    assert set(found.reasons.tolist()) == {""}
    assert any(f.code == "staging.bad-epochs" and f.where == "Chin" for f in found.findings)
    assert (stages(found) == stages(whole)).mean() > 0.85


def test_two_eeg_are_averaged_in_the_logarithm(signals, whole):
    one, other = (staged(replace(signals, eeg=(eeg,))).probabilities for eeg in signals.eeg)
    product = np.sqrt(one * other)
    expected = product / product.sum(axis=1, keepdims=True)
    assert whole.probabilities == pytest.approx(expected, abs=1e-9)


def test_age_and_sex_are_used_where_known(signals, whole):
    found = staged(signals, person=(70.0, True))
    assert not np.allclose(found.probabilities, whole.probabilities)
    assert found.probabilities.sum(axis=1) == pytest.approx(np.ones(N_EPOCHS))


def held_mb():
    ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * mmap.PAGESIZE / 1e6


@pytest.mark.skipif(sys.platform != "linux", reason="other systems tell memory in other ways")
def test_a_staged_night_leaves_no_large_transform_behind(signals, whole):
    resample(np.zeros(8 * 3600 * 256, dtype=np.float32), 256.0)
    after_a_night = held_mb()
    staged(signals)
    assert after_a_night - held_mb() > 20.0
