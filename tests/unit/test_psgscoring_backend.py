"""Arousals by psgscoring: what is asked, what is made of the answer, what can go wrong."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from psgscore import errors
from psgscore.io import psgscoring_arousals as backend
from psgscore.io._psgscoring_worker import is_clear, without_gaps
from psgscore.io.edf_write import write_edf
from psgscore.io.psgscoring_arousals import psgscoring_arousals, run_psgscoring
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.signal import Signal
from psgscore.simulate import PlanSettings, simulate_night

CHANNELS = {"eeg": "C4-M1", "eog": "E1-M2", "chin": "Chin"}
STAGES = Hypnogram(np.array([0, 2, -1, 4, 3], np.int8))


@pytest.fixture
def worker(tmp_path, monkeypatch):
    """Return a function that sets what the other process does; it keeps the request."""

    def install(code):
        script = tmp_path / "worker.py"
        kept = f"import json, sys\nrequest = json.load(sys.stdin)\nopen({str(tmp_path)!r}"
        kept += " + '/request.json', 'w').write(json.dumps(request))\n"
        script.write_text(kept + code, "utf-8")
        monkeypatch.setattr(backend, "_WORKER", (sys.executable, str(script)))
        return tmp_path / "request.json"

    return install


def saying(answer):
    return f"sys.stdout.write({json.dumps(answer)!r})"


def event(start_s, stop_s, confidence=0.5):
    return {"start_s": start_s, "stop_s": stop_s, "confidence": confidence}


def answer(*events):
    return {"events": list(events), "channel": "C4-M1", "version": "0.37.0"}


def test_the_answer_becomes_events_and_only_those_out_of_sleep(worker):
    rows = [event(5, 9), event(40, 45, 0.9), event(70, 75), event(95, 99), event(151, 155)]
    request = worker(saying(answer(*rows)))
    run = run_psgscoring("night.edf", STAGES, CHANNELS)
    assert run.source == "psgscoring 0.37.0, unet_v1"
    assert run.events.spans.tolist() == [[40, 45], [95, 99]]
    assert set(run.events.kind) == {"arousal"}
    assert set(run.events.channel) == {"C4-M1"}
    assert run.events.measures["confidence"].tolist() == [0.9, 0.5]
    asked = json.loads(request.read_text("utf-8"))
    assert asked["stages"] == [0, 2, -1, 4, 3]
    assert asked["channels"] == CHANNELS
    assert asked["weight"] == "unet_v1"
    assert asked["path"].endswith("night.edf")


def test_stages_are_sent_from_second_0_in_epochs_of_30_s(worker):
    request = worker(saying(answer()))
    late = Hypnogram(np.full(6, int(Stage.N2)), epoch_s=20.0, start_s=30.0)
    assert not len(psgscoring_arousals("a.edf", late, **CHANNELS, weight="unet_v2"))
    asked = json.loads(request.read_text("utf-8"))
    assert asked["stages"] == [-1, 2, 2, 2, 2]
    assert asked["weight"] == "unet_v2"


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        ({"error": "UsageError", "message": "not here"}, errors.UsageError, "not here"),
        ({"error": "ChannelError", "message": "no channel"}, errors.ChannelError, "no channel"),
        (
            {"error": "NotScorableError", "what": "arousals", "message": "too short"},
            errors.NotScorableError,
            "arousals: not scorable: too short",
        ),
        ({"error": "Unheard", "message": "of"}, errors.PsgscoreError, "of"),
    ],
)
def test_errors_of_the_worker_are_raised_here(worker, said, kind, text):
    worker(saying(said))
    with pytest.raises(kind, match=text):
        psgscoring_arousals("a.edf", STAGES, **CHANNELS)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("raise MemoryError('too large')", "exit code 1.*MemoryError: too large"),
        ("sys.exit(9)", "exit code 9.*it said nothing"),
        ("sys.stdout.write('Loading model')", "without a result"),
    ],
)
def test_a_crash_is_told_with_its_last_words(worker, code, text):
    worker(code)
    with pytest.raises(errors.PsgscoreError, match=text):
        psgscoring_arousals("a.edf", STAGES, **CHANNELS)


def test_a_worker_that_never_ends_is_stopped(worker, monkeypatch):
    worker("import time; time.sleep(60)")
    monkeypatch.setattr(backend, "_LONGEST_S", 0.5)
    with pytest.raises(errors.PsgscoreError, match="did not finish"):
        psgscoring_arousals("a.edf", STAGES, **CHANNELS)


def test_without_the_package_the_remedy_is_told(tmp_path, monkeypatch):
    # A package of that name that cannot be imported stands for none at all.
    (tmp_path / "psgscoring.py").write_text("raise ImportError('No module psgscoring')", "utf-8")
    command = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
    command += "from psgscore.io._psgscoring_worker import main; main()"
    monkeypatch.setattr(backend, "_WORKER", (sys.executable, "-c", command))
    with pytest.raises(errors.UsageError, match=r'pip install "psgscore\[psgscoring\]"'):
        psgscoring_arousals("a.edf", STAGES, **CHANNELS)


FAKE_NETWORK = """
def available(weight):
    return (weight == "unet_v1", None if weight == "unet_v1" else "no onnxruntime")

def detect_arousals_unet(eeg, sf_eeg, eog, sf_eog, emg, sf_emg, hypno, **options):
    print("this must not reach stdout")
    if len(hypno) < 3:
        return {"success": False, "events": [], "summary": {}, "error": "too short"}
    sizes = [round(len(x) / hz) for x, hz in ((eeg, sf_eeg), (eog, sf_eog), (emg, sf_emg))]
    assert sizes == [900, 900, 900], sizes
    event = {"onset_s": 100.0, "end_s": 105.5, "duration_s": 5.5, "confidence": 0.75}
    return {"success": True, "events": [event], "summary": {}, "error": None}
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Put a stand-in for psgscoring in the way of the true worker."""
    folder = tmp_path / "psgscoring"
    folder.mkdir()
    (folder / "__init__.py").write_text('__version__ = "0.0.1"\n', "utf-8")
    (folder / "arousal_unet.py").write_text(FAKE_NETWORK, "utf-8")
    command = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
    command += "from psgscore.io._psgscoring_worker import main; main()"
    monkeypatch.setattr(backend, "_WORKER", (sys.executable, "-c", command))


@pytest.fixture(scope="module")
def night():
    plan = PlanSettings(arousals_per_hour=20, arousal_share=0, respiratory_per_hour=0)
    return simulate_night(4, hours=0.25, plan=plan, channels=tuple(CHANNELS.values()))


@pytest.fixture(scope="module")
def night_edf(tmp_path_factory, night):
    path = tmp_path_factory.mktemp("psgscoring") / "night.edf"
    write_edf(path, night.signals, start=night.start)
    return path


def all_n2(n_epochs=30):
    return Hypnogram(np.full(n_epochs, int(Stage.N2)))


@pytest.mark.usefixtures("package")
def test_the_worker_reads_the_file_and_asks_the_network(night_edf):
    run = run_psgscoring(night_edf, all_n2(), CHANNELS)
    assert run.events.spans.tolist() == [[100.0, 105.5]]
    assert run.source == "psgscoring 0.0.1, unet_v1"


@pytest.mark.usefixtures("package")
@pytest.mark.parametrize(
    ("changed", "kind", "text"),
    [
        ({"weight": "unet_v2"}, errors.UsageError, "no onnxruntime"),
        (
            {"weight": "unet_v9"},
            errors.UsageError,
            "no weight 'unet_v9': there are unet_v1, unet_v2",
        ),
        ({"eeg": "C9"}, errors.ChannelError, "no channel 'C9'"),
        ({"path": "nowhere.edf"}, errors.InputPathError, "nowhere.edf"),
        ({"hypnogram": all_n2(2)}, errors.NotScorableError, "too short"),
    ],
)
def test_what_can_go_wrong_in_the_worker(night_edf, changed, kind, text):
    asked = {"path": night_edf, "hypnogram": all_n2(), **CHANNELS, **changed}
    with pytest.raises(kind, match=text):
        psgscoring_arousals(asked.pop("path"), asked.pop("hypnogram"), **asked)


def test_samples_stand_at_their_true_times():
    broken = Signal("C4", np.array([1, 2, 3, 6], np.float32), 1.0, "uV", 1.0, ((2, 5.0),))
    assert without_gaps(broken, 8.0).tolist() == [3, 1, 2, 3, 3, 3, 6, 3]


@pytest.mark.parametrize(
    ("start_s", "clear"), [(90, True), (95.1, False), (105, False), (119.9, False), (120, True)]
)
def test_nothing_is_kept_at_a_gap(start_s, clear):
    assert is_clear(start_s, start_s + 5, [(100.0, 110.0)]) is clear


def test_the_true_package(night, night_edf):
    pytest.importorskip("psgscoring")
    pytest.importorskip("onnxruntime")
    run = run_psgscoring(night_edf, night.hypnogram, CHANNELS)
    assert run.source.startswith("psgscoring 0.")
    truth = night.events.of_kind("arousal")
    near = np.abs(run.events.start_s[:, None] - truth.start_s[None]) < 3
    assert near.any(axis=0).sum() >= len(truth) // 2
