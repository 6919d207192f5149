"""psgscore validate: planted data sets in the published layouts give the planted agreement."""

from __future__ import annotations

import csv
import importlib.util
import json
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from psgscore.agree.events import Hits, together
from psgscore.cli import main
from psgscore.model.criteria import DETECTION, criteria_hash
from psgscore.model.score import DISCLAIMER

SCRIPT = Path(__file__).parents[3] / "scripts" / "plant_validation.py"
LEGS = ("LM:left", "LM:right")
SCORERS = tuple(f"scorer {n}" for n in range(1, 5))


@pytest.fixture(scope="module")
def planter():
    spec = importlib.util.spec_from_file_location("plant_validation", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sets(planter, tmp_path_factory):
    """Plant every set once; return folders and what was planted."""
    root = tmp_path_factory.mktemp("sets")
    planted = {}
    for name in ("psg-ipa", "cap", "mesa"):
        (root / name).mkdir()
        planted[name] = planter.plant(name, root / name, n_recordings=3)
    return root, planted


def validated(capsys, *words, code=0):
    capsys.readouterr()
    assert main(["validate", *map(str, words), "--json"]) == code
    return json.loads(capsys.readouterr().out)


def counts(row) -> Hits:
    found = row["by_overlap"]
    return Hits(
        n_hits=found["n_matched"], n_reference=found["n_reference"], n_other=found["n_other"]
    )


def test_every_pair_of_psg_ipa_has_the_planted_counts(sets, capsys):
    root, planted = sets
    document = validated(capsys, "psg-ipa", root / "psg-ipa")
    n_compared = 0
    for study in document["recordings"]:
        assert study["scorers"] == list(SCORERS)
        for row in study["legs"]:
            if "consensus" in row["group"]:
                continue
            expected = planted["psg-ipa"].expected(
                study["recording"], row["leg"], row["reference"], row["other"]
            )
            assert counts(row) == expected
            assert row["n_matched_greedy"] == expected.n_hits
            n_compared += 1
    # Three recordings, two legs, six pairs of people and four with psgscore.
    assert n_compared == 3 * 2 * (6 + 4)


def test_means_over_recordings_are_those_of_the_planted_f1(sets, capsys):
    root, planted = sets
    document = validated(capsys, "psg-ipa", root / "psg-ipa")
    names = [study["recording"] for study in document["recordings"]]

    def f1(recording, legs, reference, other):
        hits = [planted["psg-ipa"].expected(recording, leg, reference, other) for leg in legs]
        return together(hits).f1

    for leg in document["overall"]["legs"]:
        legs = LEGS if leg["leg"] == "both legs" else (leg["leg"],)
        people = [
            np.mean([f1(name, legs, a, b) for a, b in combinations(SCORERS, 2)]) for name in names
        ]
        machine = [np.mean([f1(name, legs, a, "psgscore") for a in SCORERS]) for name in names]
        groups = leg["groups"]
        assert groups["human - human"]["f1"]["value"] == pytest.approx(np.mean(people), abs=1e-6)
        found = groups["human - psgscore"]
        assert found["f1"]["value"] == pytest.approx(np.mean(machine), abs=1e-6)
        assert found["n_recordings"] == 3
        assert min(machine) - 1e-6 <= found["f1"]["low"] <= found["f1"]["high"]
        assert found["f1"]["high"] <= max(machine) + 1e-6
        apart = np.mean(machine) - np.mean(people)
        assert leg["difference"]["value"] == pytest.approx(apart, abs=1e-6)
    assert [leg["leg"] for leg in document["overall"]["legs"]] == [*LEGS, "both legs"]


def test_the_first_scorer_marks_what_is_true_and_psgscore_finds_it(sets, capsys):
    root, _ = sets
    document = validated(capsys, "psg-ipa", root / "psg-ipa")
    for study in document["recordings"]:
        mine = [
            row
            for row in study["legs"]
            if (row["reference"], row["other"]) == ("scorer 1", "psgscore")
        ]
        assert [row["by_overlap"]["f1"] for row in mine] == [1.0, 1.0]
        # The same movements over the same stages: the same indices.
        for both in study["indices"]["scorer 1"].values():
            assert both["psgscore"] == both["scorer"]


def test_other_parts_of_psg_ipa_are_not_used(sets, capsys):
    root, _ = sets
    document = validated(capsys, "psg-ipa", root / "psg-ipa")
    assert all("Limb_movements" in study["recording"] for study in document["recordings"])
    codes = [one["code"] for one in document["dataset"]["findings"]]
    assert "validate.other-part" in codes


def test_cap_and_what_nobody_marked(sets, capsys):
    root, planted = sets
    document = validated(capsys, "cap", root / "cap")
    studies = {study["recording"]: study for study in document["recordings"]}
    for name in ("plm1.edf", "plm2.edf"):
        rows = studies[name]["legs"]
        assert [row["leg"] for row in rows] == list(LEGS)
        for row in rows:
            assert counts(row) == planted["cap"].expected(name, row["leg"], "scorer", "psgscore")
    assert {row["by_overlap"] for row in studies["n1.edf"]["legs"]} == {None}
    reason = studies["n1.edf"]["legs"][0]["not_comparable_because"]
    assert reason == "scorer: not known to have been looked for (LM:left)"
    assert document["overall"]["legs"][0]["groups"]["human - human"]["f1"]["value"] is None


def test_mesa_whose_one_leg_channel_has_no_side(sets, capsys):
    root, planted = sets
    document = validated(capsys, "mesa", root / "mesa")
    assert document["settings"]["join_legs"] is True
    first, second, slow = document["recordings"]
    for study in (first, second):
        (row,) = study["legs"]
        expected = planted["mesa"].expected(study["recording"], "LM", "scorer", "psgscore")
        assert counts(row) == expected
    assert slow["legs"][0]["by_overlap"] is None
    assert "32 Hz is too slow" in slow["not_scored"][0]["reason"]


def test_a_list_of_ones_own_gives_what_the_set_gives(sets, tmp_path, capsys):
    root, _ = sets
    listed = tmp_path / "nights.csv"
    assert main(["dataset", "psg-ipa", str(root / "psg-ipa"), "-o", str(listed)]) == 0
    rows = list(csv.reader(listed.read_text("utf-8").splitlines()))
    kept = [rows[0], *(row for row in rows if "Limb_movements" in row[0])]
    text = "\n".join(",".join(row) for row in kept)
    listed.write_text(text, "utf-8")
    mine = validated(capsys, "manifest", listed, "--root", root / "psg-ipa")
    whole = validated(capsys, "psg-ipa", root / "psg-ipa")
    assert mine["recordings"] == whole["recordings"]
    assert mine["overall"] == whole["overall"]


def test_what_is_written_is_the_same_each_time(sets, tmp_path, capsys):
    root, _ = sets
    for folder in ("one", "two"):
        words = ["validate", "psg-ipa", str(root / "psg-ipa"), "-o", str(tmp_path / folder)]
        assert main(words) == 0
    assert DISCLAIMER in capsys.readouterr().out
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()}
        for folder in ("one", "two")
    )
    assert first == second
    assert set(first) == {"validate.json", "validate.csv", "MODEL_CARD.md"}
    card = first["MODEL_CARD.md"].decode()
    for part in (
        DISCLAIMER,
        criteria_hash(DETECTION),
        "0.745, 0.820 and 0.909",
        "## Limits",
        "Bootstrap over recordings: 2000 times, seed 1.",
        "3 recordings used of 3 with a scoring",
        "scorers per recording: 4",
        "3 of 3 recordings were written by psgscore itself",
    ):
        assert part in card
    assert str(root) not in card
    rows = list(csv.DictReader(first["validate.csv"].decode().splitlines()))
    assert len(rows) == 3 * 2 * (6 + 4 + 4 + 1)


def test_other_numbers_of_the_detector_have_another_hash(sets, tmp_path, capsys):
    root, _ = sets
    (tmp_path / "mine.toml").write_text("[detection]\namplitude_gain = 0.5\n", "utf-8")
    document = validated(
        capsys, "psg-ipa", root / "psg-ipa", "--criteria", tmp_path / "mine.toml", "--seed", "3"
    )
    assert document["settings"]["criteria_sha256"] != criteria_hash(DETECTION)
    assert document["settings"]["detection"]["amplitude_gain"] == 0.5
    assert document["settings"]["bootstrap_seed"] == 3


def test_a_recording_that_cannot_be_read_does_not_stop_the_rest(planter, tmp_path, capsys):
    planter.plant("cap", tmp_path, n_recordings=2)
    (tmp_path / "plm1.edf").write_bytes(b"nothing")
    document = validated(capsys, "cap", tmp_path, code=1)
    first, second = document["recordings"]
    assert "plm1.edf" in first["not_used_because"]
    assert second["legs"][0]["by_overlap"]["f1"] > 0.7


def test_stages_of_recordings_without_eeg_are_not_scored(sets, capsys):
    root, _ = sets
    document = validated(capsys, "psg-ipa", root / "psg-ipa", "--stage")
    study = document["recordings"][0]
    assert any(one["what"] == "sleep stages" for one in study["not_scored"])
    rows = [row for row in study["stages"] if row["group"] == "human - psgscore"]
    assert [row["agreement"] for row in rows] == [None] * 4
    assert rows[0]["not_comparable_because"] == "psgscore: no stages"
    assert document["overall"]["kappa"]["human - human"]["value"] == 1.0


def test_nothing_to_compare_is_no_result(planter, tmp_path, capsys):
    planter.plant("cap", tmp_path, n_recordings=3)
    for name in ("plm1.edf", "plm1.txt", "plm2.edf", "plm2.txt"):
        (tmp_path / name).unlink()
    assert main(["validate", "cap", str(tmp_path)]) == 3
    assert "not known to have been looked for" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        pytest.param(["cap", "nowhere"], 2, "no such folder", id="missing"),
        pytest.param(["cap", "."], 3, "no recording of CAP", id="empty"),
        pytest.param(["cap", ".", "--root", "."], 2, "--root is for a manifest", id="root"),
        pytest.param(["cap", ".", "--iou", "2"], 2, "--iou 2", id="overlap"),
        pytest.param(["cap", ".", "--resamples", "0"], 2, "--resamples", id="resamples"),
        pytest.param(["shhs", "."], 2, "shhs", id="another set"),
    ],
)
def test_wrong_arguments(words, code, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["validate", *words]) == code
    assert says in capsys.readouterr().err
