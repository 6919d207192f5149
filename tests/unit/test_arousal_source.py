"""Automatic arousals: only when asked for, named by their source, apart from a person's."""

from __future__ import annotations

import pytest

import psgscore
from psgscore.arousal_source import automatic_arousals
from psgscore.errors import UsageError
from psgscore.io import psgscoring_arousals
from psgscore.io.edf_write import write_edf
from psgscore.model.events import Events
from psgscore.simulate import simulate_night


@pytest.fixture(scope="module")
def night():
    return simulate_night(7, hours=1.0)


@pytest.fixture(scope="module")
def recording(night, tmp_path_factory):
    path = tmp_path_factory.mktemp("arousals") / "night.edf"
    write_edf(path, night.signals, start=night.start)
    return psgscore.open_recording(path)


@pytest.fixture
def network(monkeypatch):
    asked = []

    def run(path, hypnogram, channels):
        asked.append(channels)
        return psgscoring_arousals.PsgscoringRun(
            Events.of("arousal", [60.0], [65.0]), "the network"
        )

    monkeypatch.setattr(psgscoring_arousals, "run_psgscoring", run)
    return asked


def test_nothing_is_marked_unless_asked_for(night, recording):
    found = automatic_arousals(recording, night.hypnogram, "given")
    assert (len(found.events), found.source, found.findings) == (0, "", ())


def test_an_unknown_source_is_refused(night, recording):
    with pytest.raises(UsageError, match="there are given, rule, psgscoring"):
        automatic_arousals(recording, night.hypnogram, "magic")


def test_without_stages_there_is_a_reason(recording):
    found = automatic_arousals(recording, None, "rule")
    assert found.not_scored[0].reason == "there are no sleep stages to look in"


def test_the_rule_names_itself_and_its_events_are_of_their_own_kind(night, recording):
    found = automatic_arousals(recording, night.hypnogram, "rule")
    assert set(found.events.kind.tolist()) == {"automatic_arousal"}
    assert "low trust" in found.source
    assert found.source in found.findings[0].message


def test_the_network_gets_channels_as_they_are_stored(night, recording, network):
    found = automatic_arousals(recording, night.hypnogram, "psgscoring")
    labels = {name: recording.channels[k].label for name, k in network[0].items()}
    assert labels == {"eeg": "C3-M2", "eog": "E1-M2", "chin": "Chin"}
    assert found.source == "the network"
    assert found.events.kind.tolist() == ["automatic_arousal"]


def test_a_difference_of_two_channels_is_none_the_network_can_read(night, tmp_path, network):
    names = {"C4-M1": "C4", "E1-M2": "M1", "E2-M2": "E2-M2", "Chin": "Chin"}
    signals = [
        psgscore.Signal(names[one.label], one.samples, one.rate_hz, one.unit)
        for one in night.signals
        if one.label in names
    ]
    write_edf(tmp_path / "night.edf", signals, start=night.start)
    opened = psgscore.open_recording(tmp_path / "night.edf")
    found = automatic_arousals(opened, night.hypnogram, "psgscoring")
    assert not network
    assert "C4-M1 is a difference of channels" in found.not_scored[0].reason


def test_a_persons_arousals_come_first(night, tmp_path):
    lab = night.events.of_kind("arousal")
    path = tmp_path / "scored.edf"
    write_edf(path, night.signals, start=night.start, events=lab, hypnogram=night.hypnogram)
    score = psgscore.score_recording(path, psgscore.Options(arousals="rule"))
    assert len(score.events.of_kind("automatic_arousal")) == 0
    assert score.rate("plm_arousal", "wasm-2016", "sleep") is not None
