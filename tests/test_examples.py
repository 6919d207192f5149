"""Every example runs by itself and prints what its text promises."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
PROMISED = {
    "01_score_a_night": ["wasm-2016: ", "aasm-v3: "],
    "02_rules_on_events": [
        "WASM 2016 series: [1, 1, 1, 1, 2, 2, 2, 2]",
        "AASM v3 series: [1, 1, 1, 1, 0, 1, 1, 1]",
    ],
    "03_own_rule_set": ["wasm-2016 4 periodic movements", "at-least-five 0 periodic movements"],
    "04_detector_on_an_array": ["to 62.0"],
    "05_to_mne": ["256 Hz: ", " movements of the left leg"],
    "06_stage_a_night": ["psgscore EEG+EOG+chin: ", "epoch "],
    "07_movements_of_sleep": ["jerk:", "left out, ", "not scored: heart rate"],
}


def test_every_example_is_here():
    assert [example.stem for example in EXAMPLES] == sorted(PROMISED)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(example):
    if "mne" in example.stem and importlib.util.find_spec("mne") is None:
        pytest.skip("mne is not installed")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(example)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=_environment(),
    )
    assert done.returncode == 0, done.stderr
    for text in PROMISED[example.stem]:
        assert text in done.stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_example_is_short(example):
    assert len(example.read_text("utf-8").splitlines()) < 40


def _environment():
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return os.environ | {"PYTHONPATH": path}
