"""RobustSleepNet through a stand-in: what goes in, what comes out, what is refused."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import psgscore
from psgscore.errors import ConfigError, InputPathError, UsageError
from psgscore.io.edf_write import write_edf
from psgscore.io.rsn_backend import RobustSleepNet, network_input
from psgscore.simulate import simulate_night


class Session:
    """Scores an epoch as N3 where its channels are strong, as W where they are weak."""

    def __init__(self, shape=("batch", 21, "channels", 1800), epochs=21):
        self.shape, self.epochs, self.batches = list(shape), epochs, []

    def get_inputs(self):
        return [SimpleNamespace(name="x", shape=self.shape)]

    def run(self, _, given):
        (batch,) = given.values()
        self.batches.append(batch.shape)
        strength = batch.std(axis=(2, 3))[:, : self.epochs]
        scores = np.zeros((*strength.shape, 5), dtype=np.float32)
        scores[..., 3] = np.where(strength > 0.9, 5.0, -5.0)
        return [scores]


@pytest.fixture
def session(monkeypatch):
    made = Session()

    def start(path, providers):
        if b"broken" in Path(path).read_bytes():
            raise RuntimeError("no protobuf\nmore")
        return made

    monkeypatch.setitem(sys.modules, "onnxruntime", SimpleNamespace(InferenceSession=start))
    return made


@pytest.fixture(scope="module")
def night():
    return simulate_night(6, hours=0.5)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(b"network")
    return path


def test_channels_go_in_scaled_whatever_their_gain(night):
    eeg = night.signal("C4-M1")
    one = network_input([eeg], 60)
    other = network_input([replace(eeg, samples=eeg.samples * 1000)], 60)
    assert one.shape == (120, 1, 1800)
    assert np.abs(one - other).max() < 1e-3
    assert not one[:30].any()
    low, high = np.percentile(one[30:90], [25, 75])
    assert high - low == pytest.approx(1.0, abs=1e-3)
    assert np.median(one[30:90]) == pytest.approx(0.0, abs=1e-3)


def test_every_sequence_is_asked_and_averaged(night, file, session, tmp_path):
    write_edf(tmp_path / "night.edf", night.signals, start=night.start)
    found = psgscore.stage(tmp_path / "night.edf", backend=f"rsn:{file}")
    assert sum(batch[0] for batch in session.batches) == 120 - 21 + 1
    assert session.batches[0][1:] == (21, 4, 1800)
    assert found.backend == "user: RobustSleepNet net.onnx"
    assert found.hypnogram.probabilities.sum(axis=1) == pytest.approx(np.ones(60))


def test_a_missing_file_is_named(tmp_path, session):
    with pytest.raises(InputPathError, match=r"none\.onnx: no such file"):
        RobustSleepNet(tmp_path / "none.onnx")


def test_a_broken_file_is_one_line(file, session):
    file.write_bytes(b"broken")
    with pytest.raises(ConfigError, match=r"net\.onnx: is no network .* no protobuf$"):
        RobustSleepNet(file)


def test_another_network_is_refused(file, session):
    session.shape = [1, 3, 6000]
    with pytest.raises(ConfigError, match=r"takes an input of shape \[1, 3, 6000\]"):
        RobustSleepNet(file)


def test_one_epoch_out_of_21_is_refused(night, file, session, tmp_path):
    session.epochs = 1
    write_edf(tmp_path / "night.edf", night.signals, start=night.start)
    with pytest.raises(ConfigError, match='output mode "many"'):
        psgscore.stage(tmp_path / "night.edf", backend=f"rsn:{file}")


def test_without_onnxruntime_the_remedy_is_given(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(UsageError, match=r'pip install "psgscore\[rsn\]"'):
        RobustSleepNet(file)
