"""The validation scripts: measures per recording and pooled, and no run lost to one file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import psgscore
from psgscore.io.edf_write import write_edf
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.staging import StagingResult
from psgscore.staging.review import review_list

SCRIPTS = Path(__file__).parents[2] / "scripts"
HUMAN = [0] * 20 + [1] * 5 + [2] * 40 + [3] * 20 + [4] * 15
WRONG = 5
HEADER = "recording,scoring,predicted,group"


@pytest.fixture(scope="module")
def script():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(SCRIPTS))
        import validate_staging  # noqa: PLC0415

        yield validate_staging


@pytest.fixture(scope="module")
def recording(tmp_path_factory):
    """Return a short recording; its own stages play no part."""
    night = psgscore.simulate_night(1, hours=0.25)
    path = tmp_path_factory.mktemp("night") / "night.edf"
    write_edf(path, night.signals, start=night.start)
    return path


def fake_stage(opened) -> StagingResult:
    """Return the stages of `HUMAN` with the first five of N3 called N2, and known as unsure."""
    assert opened.channels
    stages = np.array(HUMAN, np.int8)
    sure = np.full(stages.size, 0.95)
    first = HUMAN.index(3)
    stages[first : first + WRONG], sure[first : first + WRONG] = 2, 0.5
    rows = np.repeat((1 - sure)[:, None] / 4, 5, axis=1)
    rows[np.arange(stages.size), stages] = sure
    hypnogram = Hypnogram(stages, probabilities=rows)
    reasons = np.full(stages.size, "")
    return StagingResult(
        hypnogram=hypnogram,
        confidence=sure,
        reasons=reasons,
        backend="fake",
        channels=(),
        review=review_list(hypnogram, rows, reasons),
        findings=(),
    )


def manifest(folder, recording, *rows, header):
    (folder / "night.edf").write_bytes(recording.read_bytes())
    (folder / "human.txt").write_text("\n".join(map(str, HUMAN)), "utf-8")
    (folder / "other.txt").write_text("\n".join(map(str, [2, *HUMAN[1:]])), "utf-8")
    path = folder / "manifest.csv"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


@pytest.fixture
def run(script, capsys, tmp_path, recording):
    """Return a function that judges the rows of a manifest: exit code, stdout, stderr."""

    def judged(*rows, options=("--json",), stage=fake_stage, header=HEADER):
        path = manifest(tmp_path, recording, *rows, header=header)
        code = script.main([str(path), *options], stage=stage)
        return code, *capsys.readouterr()

    return judged


def test_a_stager_is_judged_with_its_doubts(run):
    code, out, err = run("night.edf,human.txt,,healthy")
    assert (code, err) == (0, "")
    found = json.loads(out)
    (one,) = found["recordings"]
    assert one["epochs"] == len(HUMAN)
    assert one["accuracy"] == pytest.approx(1 - WRONG / len(HUMAN))
    assert one["confusion"][3] == [0, 0, WRONG, 20 - WRONG, 0]
    assert one["errors_caught"]["10%"] == {"review_list": 1.0, "confidence_alone": 1.0}
    assert [bin_["right"] for bin_ in one["calibration"]["bins"]] == [0.0, 1.0]
    assert found["groups"]["healthy"]["kappa"] == found["pooled"]["kappa"] == one["kappa"]


def test_predicted_stages_are_taken_instead_of_the_stager(run):
    code, out, _ = run("gone.edf,human.txt,other.txt", stage=None)
    found = json.loads(out)["pooled"]
    assert code == 0
    assert found["confusion"][0] == [19, 0, 1, 0, 0]
    # No probabilities: nothing is known of its doubts.
    assert found["calibration"] == {"error": None, "brier": None, "bins": []}
    assert found["errors_caught"]["20%"]["review_list"] is None


def test_nights_are_pooled_whatever_their_order(run):
    rows = ["night.edf,human.txt,,a", "night.edf,human.txt,other.txt,b"]
    found = [json.loads(run(*order)[1]) for order in (rows, rows[::-1])]
    assert found[0]["pooled"] == found[1]["pooled"]
    assert found[0]["groups"] == found[1]["groups"]
    assert found[0]["pooled"]["epochs"] == 2 * len(HUMAN)
    assert np.trace(found[0]["pooled"]["confusion"]) == 2 * len(HUMAN) - WRONG - 1


def crashes(opened):
    raise RuntimeError("the model\nbroke")


@pytest.mark.parametrize(
    ("row", "stage", "said"),
    [
        ("gone.edf,human.txt", fake_stage, "gone.edf: InputPathError"),
        ("night.edf,gone.txt", fake_stage, "night.edf: InputPathError"),
        ("night.edf,night.edf", fake_stage, "night.edf: ValueError: night.edf: holds no stages"),
        ("night.edf,human.txt", crashes, "night.edf: RuntimeError: the model broke"),
    ],
)
def test_one_bad_recording_is_one_error_line(run, row, stage, said):
    code, out, err = run(row, "x.edf,human.txt,other.txt", stage=stage)
    assert code == 1
    assert len(err.splitlines()) == 1
    assert err.startswith(f"error: {said}")
    found = json.loads(out)
    assert len(found["recordings"]) == 1
    assert len(found["errors"]) == 1


def test_the_text_names_every_measure(run):
    code, out, _ = run("night.edf,human.txt,,healthy", options=())
    assert code == 0
    assert [line for line in out.splitlines() if line.startswith("==")] == [
        f"== {title}: 1 recordings, 100 epochs" for title in ("night.edf", "healthy", "pooled")
    ]
    for word in ("kappa 0.93", "F1 W 1.000", "calibration error", "reviewing 10% finds 1.000"):
        assert word in out


@pytest.mark.parametrize(
    ("header", "rows", "code", "said"),
    [
        ("recording,stages", ["a,b"], 2, "no column scoring"),
        ("recording,scoring", [], 2, "lists no recording"),
        ("recording,scoring", ["gone.edf,gone.txt"], 3, "error: gone.edf"),
    ],
)
def test_nothing_to_judge_is_an_exit_code(run, header, rows, code, said):
    found, _, err = run(*rows, header=header)
    assert found == code
    assert said in err


def test_a_manifest_that_is_not_there_is_an_exit_code(script, capsys, tmp_path):
    assert script.main([str(tmp_path / "gone.csv")]) == 2
    assert "gone.csv" in capsys.readouterr().err


def test_experts_against_an_automatic_stager(script, capsys, real_data, tmp_path):
    rows = []
    for path in sorted(real_data("hypnograms/boas").glob("*.tsv"))[:5]:
        text = path.read_text("utf-8").replace("\t-2\n", "\t8\n")
        (tmp_path / path.name).write_text(text, "utf-8")
        machine = text.replace("stage_hum", "ignored", 1)
        (tmp_path / f"ai_{path.name}").write_text(machine, "utf-8")
        rows.append(f"{path.stem},{path.name},ai_{path.name}")
    listed = tmp_path / "manifest.csv"
    listed.write_text("\n".join(["recording,scoring,predicted", *rows]), "utf-8")
    assert script.main([str(listed), "--stage-codes", "boas", "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    found = json.loads(out)
    assert found["pooled"]["nights"] == 5
    assert 0.7 < found["pooled"]["kappa"] < 0.95


def made_up_nights(folder, n_subjects=3):
    """Write nights whose features tell the stage, with noise."""
    rng = np.random.default_rng(7)
    centres = rng.normal(size=(5, 14)) * 2
    for subject in range(n_subjects):
        stages = np.repeat(rng.choice(5, 40), 5).astype(np.int8)
        stages[:20], stages[20:25] = 0, 1
        features = centres[stages] + rng.normal(size=(stages.size, 14))
        np.savez(folder / f"SC40{subject}1E0.npz", features=features, stage=stages)


def test_the_linear_stager_runs_on_a_folder_of_nights(tmp_path):
    made_up_nights(tmp_path)
    command = [sys.executable, str(SCRIPTS / "sleep_edf_bands.py"), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kappa = float(done.stdout.split("   kappa ")[1].split(" ")[0])
    assert kappa > 0.9
    assert "the review lists hold" in done.stdout
    (tmp_path / "empty").mkdir()
    done = subprocess.run(
        [*command[:-1], str(tmp_path / "empty")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "at least two subjects" in done.stderr


def test_the_review_list_finds_more_errors_than_confidence_on_real_stages(script, real_data):
    """Five subjects train, three are judged: enough to hold the gain, quick enough to run."""
    import sleep_edf_bands as bands  # noqa: PLC0415

    nights = {path.stem: bands.read_night(path) for path in real_data("sleep_edf_bands").iterdir()}
    train = [night for name, night in nights.items() if name[3:5] in ("00", "02", "04", "05", "06")]
    features = np.vstack([one[0] for one in train])
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    stages = np.concatenate([one[1] for one in train])
    weights = bands.fitted(((features - mean) / deviation)[::2], stages[::2])
    judged = []
    for name, (own, stage) in sorted(nights.items()):
        if name[3:5] in ("01", "03", "07"):
            scores = (own - mean) / deviation @ weights[:-1] + weights[-1]
            result = bands.staged(bands.softmax(scores))
            judged.append(script.judge(Hypnogram(stage.astype(np.int8)), result, name=name))
    found = script.summary(judged)
    assert len(judged) == 5
    assert found["kappa"] > 0.7
    assert found["calibration"]["error"] < 0.05
    for share, least in (("10%", 0.3), ("20%", 0.5), ("30%", 0.65)):
        caught = found["errors_caught"][share]
        assert caught["review_list"] > caught["confidence_alone"]
        assert caught["review_list"] > least
