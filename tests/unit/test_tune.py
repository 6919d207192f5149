"""psgscore tune: planted gains are found, and what does not help is said not to."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from psgscore.agree.crossfit import best_setting, cross_fit, folds_of, helps
from psgscore.agree.indices import Estimate
from psgscore.cli import main
from psgscore.io.rules import load_criteria
from psgscore.leg_channels import score_legs
from psgscore.model.criteria import DETECTION, criteria_hash
from psgscore.model.score import DISCLAIMER
from psgscore.opening import open_recording, sha256_of
from psgscore.score.tuning import FITTABLE, GAIN, grid_of, settings_of, thresholds_at_gain_1
from psgscore.sensitivity_source import detect_again

SCRIPT = Path(__file__).parents[2] / "scripts" / "plant_tuning.py"
ONE_STEP = 2 ** (1 / 8) + 0.001
SMALL = 0.7


@pytest.fixture(scope="module")
def planter():
    spec = importlib.util.spec_from_file_location("plant_tuning", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def small(planter, tmp_path_factory):
    """Return the manifest of recordings whose EMG is smaller than what the scorer saw."""
    return planter.plant(tmp_path_factory.mktemp("small"), scale=SMALL)


@pytest.fixture
def tuned(capsys, tmp_path):
    """Return a function that runs the command and gives its document back."""

    def run(manifest, *words, code=0):
        capsys.readouterr()
        words = ["tune", str(manifest), "-o", str(tmp_path / "out"), "--json", *words]
        assert main(words) == code
        return json.loads(capsys.readouterr().out)

    return run


def listed(small, path, *rows, header="recording,scoring"):
    """Write another manifest of the same recordings."""
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return [path, "--root", str(small.parent)]


def first_rows(n):
    return [f"night{k:02d}.edf,night{k:02d}.events.tsv" for k in range(1, n + 1)]


def test_a_planted_gain_is_found_and_helps(small, tuned):
    document = tuned(small)
    result = document["result"]
    gain = result["fitted"][GAIN]
    assert 1 / SMALL / ONE_STEP <= gain <= 1 / SMALL * ONE_STEP
    for fold in document["folds"]:
        (one,) = fold["recordings"]
        assert 1 / ONE_STEP <= fold["chosen_without_them"][GAIN] / gain <= ONE_STEP, one
    assert result["verdict"] == "helps"
    assert result["f1_held_out"]["value"] > result["f1_shipped"]["value"] + 0.2
    assert result["difference"]["low"] > 0
    held_out = [one["f1_held_out"] for one in document["recordings"]]
    assert result["f1_held_out"]["value"] == pytest.approx(np.mean(held_out), abs=1e-6)


def test_what_the_scorer_saw_needs_no_gain(planter, tmp_path, tuned, capsys):
    manifest = planter.plant(tmp_path, scale=1.0)
    document = tuned(manifest)
    assert document["result"]["verdict"] == "does not help"
    assert 1 / ONE_STEP <= document["result"]["fitted"][GAIN] <= ONE_STEP
    assert main(["tune", str(manifest), "-o", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[1].startswith("does not help: ")
    assert "Keep the shipped numbers" in out
    assert (
        (tmp_path / "out" / "criteria.toml")
        .read_text("utf-8")
        .splitlines()[1]
        .startswith("# does not help: ")
    )


def test_where_every_gain_near_1_is_as_good_1_is_taken(planter, tmp_path, tuned):
    manifest = planter.plant(tmp_path, scale=SMALL, n_recordings=3, plan=planter.STRONG)
    document = tuned(manifest)
    best = [one for one in document["f1_of_settings_not_held_out"] if one["mean_f1"] == 1.0]
    assert len(best) > 3
    assert document["result"]["fitted"] == {GAIN: 1.0}
    assert document["result"]["verdict"] == "does not help"


def test_the_criteria_file_is_taken_and_gives_the_f1_it_promises(small, tuned, tmp_path, capsys):
    document = tuned(small)
    path = tmp_path / "out" / "criteria.toml"
    gain = document["result"]["fitted"][GAIN]
    detection, _ = load_criteria(path)
    assert detection == replace(DETECTION, amplitude_gain=gain)
    assert document["result"]["criteria_sha256"] == criteria_hash(detection)
    text = path.read_text("utf-8")
    for part in (DISCLAIMER, criteria_hash(detection), "night05.edf", "leave one out of 5"):
        assert part in text
    for one in document["recordings"]:
        assert one["sha256"] == sha256_of(small.parent / one["recording"])
        assert f"{one['sha256']} {one['recording']}" in text
    # The whole detector, with the gain in its filter, finds what the moved thresholds found.
    assert main(["validate", "manifest", str(small), "--criteria", str(path), "--json"]) == 0
    (both,) = (
        leg
        for leg in json.loads(capsys.readouterr().out)["overall"]["legs"]
        if leg["leg"] == "both legs"
    )
    (promised,) = (
        one["mean_f1"]
        for one in document["f1_of_settings_not_held_out"]
        if one["setting"] == {GAIN: gain}
    )
    assert both["groups"]["human - psgscore"]["f1"]["value"] == pytest.approx(promised, abs=1e-6)


def test_the_same_recordings_give_the_same_bytes(small, tuned, tmp_path):
    tuned(small)
    names = ("criteria.toml", "tune.json")
    first = [(tmp_path / "out" / name).read_bytes() for name in names]
    assert str(small.parent).encode() not in b"".join(first)
    tuned(small)
    assert [(tmp_path / "out" / name).read_bytes() for name in names] == first


def test_under_three_recordings_nothing_is_fitted(small, tmp_path, capsys):
    words = listed(small, tmp_path / "two.csv", *first_rows(2), "gone.edf,gone.tsv")
    out = tmp_path / "out"
    assert main(["tune", *map(str, words), "-o", str(out)]) == 3
    told = capsys.readouterr().err
    assert "2 recordings can be used: at least 3" in told
    assert "gone.edf" in told
    assert not out.exists()


def test_three_nights_of_two_people_are_too_few(small, tmp_path, capsys):
    rows = [f"{row},{who}" for row, who in zip(first_rows(3), "AAB", strict=True)]
    words = listed(small, tmp_path / "two.csv", *rows, header="recording,scoring,subject")
    assert main(["tune", *map(str, words), "-o", str(tmp_path / "out")]) == 3
    assert "of 2 people" in capsys.readouterr().err


def test_nights_of_one_person_are_left_out_together(small, tmp_path, tuned):
    rows = [f"{row},{who}" for row, who in zip(first_rows(4), "ABAC", strict=True)]
    words = listed(small, tmp_path / "four.csv", *rows, header="recording,scoring,subject")
    document = tuned(*words)
    folds = [fold["recordings"] for fold in document["folds"]]
    assert folds == [["night01.edf", "night03.edf"], ["night02.edf"], ["night04.edf"]]
    assert document["settings"]["cross_validation"] == "leave one out of 3 people"
    warnings = " ".join(document["result"]["warnings"])
    for part in ("Only 4 recordings", "one fold", "written by psgscore itself"):
        assert part in warnings


def test_what_cannot_be_used_is_told(small, tmp_path, tuned, capsys):
    (tmp_path / "broken.edf").write_bytes(b"nothing")
    (tmp_path / "none.tsv").write_text("onset\tduration\ttrial_type\n5\t3\tarousal\n", "utf-8")
    words = listed(
        small,
        tmp_path / "some.csv",
        *first_rows(3),
        f"{tmp_path}/broken.edf,night01.events.tsv",
        "./night01.edf,night01.events.tsv",
        f"night04.edf,{tmp_path}/none.tsv",
        "night05.edf,",
    )
    document = tuned(*words, code=1)
    why = {Path(one["recording"]).name: one["because"] for one in document["left_out"][:2]}
    assert why["night05.edf"] == "no scoring in the list"
    assert "broken.edf" in why["broken.edf"]
    twin, unmarked = document["left_out"][2:]
    assert twin["because"] == "is the same file as night01.edf"
    assert "marked no leg movement" in unmarked["because"]
    assert [one["failed"] for one in document["left_out"]] == [False, True, False, False]
    assert len(document["recordings"]) == 3
    assert main(["tune", *map(str, words), "-o", str(tmp_path / "out")]) == 1
    shown = capsys.readouterr().out
    assert all(one["because"] in shown for one in document["left_out"])


def test_marks_that_do_not_tell_the_legs_need_them_joined(small, tmp_path, tuned, capsys):
    rows = []
    for n in range(1, 4):
        marks = (small.parent / f"night{n:02d}.events.tsv").read_text("utf-8")
        marks = marks.replace("LM:left", "LM").replace("LM:right", "LM")
        (tmp_path / f"either{n}.tsv").write_text(marks, "utf-8")
        rows.append(f"night{n:02d}.edf,{tmp_path}/either{n}.tsv")
    words = listed(small, tmp_path / "either.csv", *rows)
    assert main(["tune", *map(str, words), "-o", str(tmp_path / "out")]) == 3
    assert "--join-legs" in capsys.readouterr().err
    document = tuned(*words, "--join-legs")
    assert document["settings"]["join_legs"]
    assert document["result"]["f1_held_out"]["value"] > 0.8


def test_another_number_is_fitted_when_it_is_named(small, tuned):
    document = tuned(small, "--fit", "onset_rise_uv")
    fitted = document["result"]["fitted"]
    # In the smaller EMG the scorer's 8 uV are 5.6.
    assert fitted == {"onset_rise_uv": pytest.approx(8 * SMALL, rel=0.2)}
    assert document["result"]["detection"][GAIN] == 1.0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["--fit", "amplitude"], "did you mean 'amplitude_gain'", id="unknown"),
        pytest.param(["--fit", GAIN, "--fit", GAIN], "each number once", id="twice"),
        pytest.param([w for n in FITTABLE for w in ("--fit", n)], "fewer numbers", id="too many"),
        pytest.param(["--iou", "0"], "--iou 0", id="overlap"),
        pytest.param(["--seed", "-1"], "--seed", id="seed"),
    ],
)
def test_wrong_arguments(words, says, small, tmp_path, capsys):
    assert main(["tune", str(small), "-o", str(tmp_path / "out"), *words]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(("n_groups", "n_folds"), [(3, 3), (20, 20), (21, 10), (45, 10)], ids=str)
def test_folds_never_part_a_group(n_groups, n_folds):
    groups = [f"g{n:02d}" for n in range(n_groups)] * 2
    fold = folds_of(groups, 1)
    assert sorted(set(fold.tolist())) == list(range(n_folds))
    assert (fold[:n_groups] == fold[n_groups:]).all()
    sizes = np.bincount(fold[:n_groups])
    assert sizes.max() - sizes.min() <= 1
    # The order of the list plays no part; the seed does, where folds are drawn.
    assert (folds_of(groups[::-1], 1)[::-1] == fold).all()
    assert (folds_of(groups, 2) == fold).all() == (n_groups <= 20)


def test_a_recording_has_no_say_in_what_it_is_judged_by():
    rng = np.random.default_rng(3)
    f1, fold = rng.uniform(size=(30, 7)), folds_of([str(n) for n in range(30)], 1)
    before = cross_fit(f1, fold)
    for one in range(10):
        other = np.where((fold == one)[:, None], rng.uniform(size=f1.shape), f1)
        after = cross_fit(other, fold)
        assert after.chosen[one] == before.chosen[one]
        mine = fold == one
        assert (after.held_out[mine] == other[mine, before.chosen[one]]).all()
        assert (after.default == other[:, 0]).all()


@pytest.mark.parametrize(
    ("f1", "best"),
    [
        pytest.param([[0.5, 0.6, 0.6]], 1, id="first of a tie"),
        pytest.param([[0.1, 0.2], [0.2, 0.1]], 0, id="default at a tie"),
        pytest.param([[0.3 + 1e-15, 0.3 + 3e-15]], 0, id="rounding is no difference"),
        pytest.param([[0.3, 0.30001]], 1, id="a small difference is one"),
    ],
)
def test_the_best_setting(f1, best):
    assert best_setting(np.array(f1)) == best


@pytest.mark.parametrize(
    ("setting", "low", "better"),
    [
        pytest.param(1, 0.001, True, id="over 0"),
        pytest.param(1, 0.0, False, id="0 is no gain"),
        pytest.param(1, -0.01, False, id="the interval holds 0"),
        pytest.param(1, None, False, id="no interval"),
        pytest.param(0, 0.001, False, id="the default is no better than itself"),
    ],
)
def test_what_helps(setting, low, better):
    table = np.full((3, 2), 0.5)
    table[:, setting] = 0.6
    fit = cross_fit(table, np.arange(3))
    assert fit.final == setting
    assert helps(fit, Estimate(value=0.02, low=low, high=0.05)) is better


def test_settings_stand_in_the_order_of_preference():
    gains = [one.amplitude_gain for one in settings_of((GAIN,))]
    assert gains[:5] == [1.0, 0.917, 1.091, 0.841, 1.189]
    assert (min(gains), max(gains), len(gains)) == (0.25, 4.0, 33)
    both = settings_of(("onset_rise_uv", "offset_rise_uv"))
    assert both[0] == DETECTION
    assert len(both) == 81
    # Thresholds that contradict each other are left out, not tried.
    near = replace(DETECTION, onset_rise_uv=4.0, offset_rise_uv=3.0)
    some = settings_of(("onset_rise_uv", "offset_rise_uv"), near)
    assert len(some) < 81
    assert all(one.offset_rise_uv <= one.onset_rise_uv for one in some)


@pytest.mark.parametrize("gain", [grid_of(GAIN)[0], 0.707, 1.0, 1.414, grid_of(GAIN)[-1]])
def test_moved_thresholds_find_what_the_gain_finds(small, gain):
    recording = open_recording(small.parent / "night01.edf")
    criteria = replace(DETECTION, amplitude_gain=gain)
    legs = recording.channel_map.legs
    again = detect_again(score_legs(recording, legs, DETECTION))(thresholds_at_gain_1(criteria))
    direct = np.concatenate([one.events.spans for one in score_legs(recording, legs, criteria)])
    assert sorted(map(tuple, again.spans)) == sorted(map(tuple, direct))
