"""The shipped models: what they are, where they come from, what they say."""

from __future__ import annotations

import hashlib
import importlib.util
import tomllib
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from sample_features import features

import psgscore.staging
from psgscore.errors import ConfigError
from psgscore.io import stage_models
from psgscore.io.stage_models import (
    STAGE_MODELS,
    load_stage_model,
    stage_model_checksums,
    stage_model_name,
)
from psgscore.simulate import simulate_night
from psgscore.staging.prepare import prepare
from psgscore.staging.trees import probabilities

ROOT = Path(__file__).parents[3]
FOLDER = Path(psgscore.staging.__file__).parent / "models"
GOLDEN = Path(__file__).with_name("night_seed1_1h.probabilities.tsv")
SIGNALS = {"eeg": "C4-M1", "eog": "E1-M2", "emg": "Chin"}


@pytest.fixture(scope="module")
def build():
    """Return the script that makes the models, as a module."""
    path = ROOT / "scripts" / "build_stage_models.py"
    spec = importlib.util.spec_from_file_location("build_stage_models", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_names_tell_the_channels():
    assert stage_model_name() == "eeg"
    assert stage_model_name(eog=True, emg=True, demo=True) == "eeg+eog+emg+demo"
    assert len(set(STAGE_MODELS)) == 8
    assert {path.stem for path in FOLDER.glob("*.npz")} == set(STAGE_MODELS)


def test_the_files_are_those_that_were_built(build):
    sums = stage_model_checksums()
    assert set(sums) == {f"{name}.npz" for name in STAGE_MODELS}
    for name, expected in sums.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == expected
    table = tomllib.loads((FOLDER / "sources.toml").read_text("utf-8"))
    assert (table["source"], table["source_sha256"]) == (build.WHEEL, build.WHEEL_SHA256)


def test_all_models_together_are_small():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 10e6


def test_writing_a_model_again_gives_the_same_bytes(build):
    data = (FOLDER / "eeg.npz").read_bytes()
    with np.load(FOLDER / "eeg.npz") as arrays:
        assert build.npz_bytes(dict(arrays)) == data


def test_rounding_down_keeps_every_decision(build):
    thresholds = np.concatenate([np.random.default_rng(0).normal(size=500), [0.0, 1e-35, -1e-35]])
    rounded = build._rounded_down(thresholds)
    near = thresholds.astype(np.float32)
    for step in (-np.inf, near, np.inf):
        values = np.nextafter(near, np.float32(step)) if np.isscalar(step) else step
        assert ((values <= rounded) == (values.astype(float) <= thresholds)).all()


@pytest.mark.filterwarnings("ignore")
def test_the_files_hold_what_the_wheel_holds(build):
    yasa = pytest.importorskip("yasa", reason="install psgscore[yasa] to compare with yasa")
    if import_module("importlib.metadata").version("yasa") != "0.8.1":
        pytest.skip("the models are those of yasa 0.8.1")
    member = Path(yasa.__file__).parent.parent / build.MEMBER.format(name="eeg+eog+emg+demo")
    data = build.npz_bytes(build.convert(member.read_bytes()))
    assert data == (FOLDER / "eeg+eog+emg+demo.npz").read_bytes()


@pytest.mark.parametrize("name", STAGE_MODELS)
def test_the_features_are_the_models_own(name):
    parts = name.split("+")
    channel = np.random.default_rng(0).normal(0, 10, 6000)
    person = {"age": 50, "male": True} if "demo" in parts else {}
    names, _ = features(**{part: channel for part in parts if part != "demo"}, **person)
    model = load_stage_model(name)
    assert names == model.names
    assert sorted(model.classes) == ["N1", "N2", "N3", "R", "W"]
    assert model.tree_class.size == 2000


def test_an_unknown_model_is_refused():
    with pytest.raises(ConfigError, match="no staging model 'emg'"):
        load_stage_model("emg")


def test_a_damaged_file_is_refused(monkeypatch, tmp_path):
    (tmp_path / "eeg.npz").write_bytes((FOLDER / "eeg.npz").read_bytes()[:-1] + b"?")
    (tmp_path / "sources.toml").write_bytes((FOLDER / "sources.toml").read_bytes())
    monkeypatch.setattr(stage_models, "_folder", lambda: tmp_path)
    with pytest.raises(ConfigError, match="damaged"):
        load_stage_model.__wrapped__("eeg")


def test_the_licence_of_the_models_is_told():
    notices = (ROOT / "THIRD_PARTY_NOTICES.md").read_text("utf-8")
    assert "Copyright (c) 2018, Raphael Vallat" in notices
    assert "Redistributions in binary form must reproduce" in notices
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "THIRD_PARTY_NOTICES.md" in project["project"]["license-files"]
    assert (
        "/THIRD_PARTY_NOTICES.md"
        in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    )


def simulated_hour():
    night = simulate_night(1, hours=1.0, channels=tuple(SIGNALS.values()))
    channels = {name: prepare(night.signal(label)) for name, label in SIGNALS.items()}
    return probabilities(features(**channels)[1], load_stage_model("eeg+eog+emg"))


def test_the_golden_hour():
    assert simulated_hour() == pytest.approx(np.loadtxt(GOLDEN, skiprows=1), abs=1e-6)
