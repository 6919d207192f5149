"""Which EEG, EOG and chin a night is staged from."""

from __future__ import annotations

import pytest

from psgscore.io.staging_channels import choose_staging_channels
from tests.unit.channel_nights import mapped_night


def chosen(*labels, slow=()):
    night = mapped_night(labels, {label: {"rate_hz": 64.0} for label in slow})
    return choose_staging_channels(night, 80.0)


def names(derivations):
    return [one.name for one in derivations]


@pytest.mark.parametrize(
    ("labels", "eeg"),
    [
        pytest.param(["F3-M2", "C3-M2", "C4-M1", "O1-M2"], ["C3-M2", "C4-M1"], id="central first"),
        pytest.param(["O1-M2", "F3-M2"], ["F3-M2"], id="then frontal"),
        pytest.param(["O2-A1"], ["O2-A1"], id="then occipital"),
        pytest.param(["C3", "C4", "M1", "M2"], ["C3-M2", "C4-M1"], id="contralateral mastoids"),
        pytest.param(["C3", "A2", "A1"], ["C3-A2"], id="A for M"),
        pytest.param(["C3", "C4"], ["C3", "C4"], id="no mastoid"),
        pytest.param(["C3", "C3-M2", "M2"], ["C3-M2"], id="the same lead twice counts once"),
        pytest.param(["EEG Fpz-Cz", "EEG Pz-Oz"], ["EEG Fpz-Cz"], id="bipolar with Cz"),
        pytest.param(["C4-P4", "C4-M1"], ["C4-M1"], id="referential before bipolar"),
        pytest.param(["EEG"], ["EEG"], id="an EEG of no place"),
    ],
)
def test_eeg(labels, eeg):
    assert names(chosen(*labels).eeg) == eeg


def test_slow_channels_are_left_out():
    found = chosen("C4-M1", "F4-M1", "E1-M2", slow=("C4-M1", "E1-M2"))
    assert (names(found.eeg), found.eog) == (["F4-M1"], None)


@pytest.mark.parametrize(
    ("labels", "eog"),
    [
        (["E2-M1", "E1-M2"], "E1-M2"),
        (["ROC", "LOC"], "LOC"),
        (["E1", "E2", "M1", "M2"], "E1-M2"),
        (["EOG horizontal"], "EOG horizontal"),
    ],
)
def test_the_left_eye_comes_first(labels, eog):
    assert chosen(*labels).eog.name == eog


def test_sleep_onset_is_read_from_occipital_before_central_eeg():
    assert names(chosen("C4-M1", "O1-M2", "F3-M2").onset_eeg) == ["O1-M2", "C4-M1"]


def test_the_chin_is_that_of_the_channel_map():
    assert chosen("C4-M1", "Chin1-Chin2").chin.name == "Chin1-Chin2"
    assert chosen("C4-M1").chin is None
