"""Public data sets: who belongs to whom, from names alone, in the layout they are published in."""

from __future__ import annotations

import csv
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import psgscore
from psgscore.cli import main
from psgscore.datasets import NO_SCORING, matched
from psgscore.io.channels import map_channels, read_channel_map
from psgscore.io.dataset_table import channels_toml, dataset_called, dataset_names
from psgscore.io.edf_write import write_edf
from psgscore.io.folder_walk import Tree, tree_of
from psgscore.io.manifest_csv import COLUMNS, joined, paths_of
from psgscore.io.recording import Channel
from psgscore.io.scoring_labels import stage_words

NSRR = "polysomnography/annotations-events-nsrr"
# Data set, tree, and what belongs together: (recording, scorings, subject, night, scorer).
LAYOUTS = {
    "psg-ipa": (
        [
            "Resp_events/PSG/SN1_Respiration.edf",
            "Resp_events/Annotations/manual/SN1_Respiration_manual_scorer1.edf",
            "Resp_events/Annotations/manual/SN1_Respiration_manual_scorer2.edf",
            "Resp_events/Annotations/manual/SN1_Respiration_manual_scorer10.edf",
            "Resp_events/Annotations/manual/SN1_Respiration_manual_scorer1.txt",
            "EEG_arousals/PSG/SN1_EEGarousals.edf",
            "EEG_arousals/Annotations/manual/SN1_EEGarousals_manual_scorer1.edf",
            "EEG_arousals/Annotations/auto/SN1_EEGarousals_automatic.edf",
        ],
        [
            ("EEG_arousals/PSG/SN1_EEGarousals.edf",
             ("EEG_arousals/Annotations/manual/SN1_EEGarousals_manual_scorer1.edf",),
             "SN1", "", "1"),
            *[("Resp_events/PSG/SN1_Respiration.edf",
               (f"Resp_events/Annotations/manual/SN1_Respiration_manual_scorer{k}.edf",),
               "SN1", "", k) for k in ("1", "2", "10")],
        ],
    ),
    "cap": (
        ["n1.edf", "n1.txt", "n1.edf.st", "plm10.edf", "plm10.txt", "brux2.edf", "brux2.txt"],
        [("brux2.edf", ("brux2.txt",), "brux2", "", ""), ("n1.edf", ("n1.txt",), "n1", "", ""),
         ("plm10.edf", ("plm10.txt",), "plm10", "", "")],
    ),
    "sleep-edf": (
        ["sleep-cassette/SC4001E0-PSG.edf", "sleep-cassette/SC4001EC-Hypnogram.edf",
         "sleep-cassette/SC4002E0-PSG.edf", "sleep-cassette/SC4002EC-Hypnogram.edf",
         "sleep-telemetry/ST7011J0-PSG.edf", "sleep-telemetry/ST7011JP-Hypnogram.edf",
         "SC-subjects.xls"],
        [("sleep-cassette/SC4001E0-PSG.edf", ("sleep-cassette/SC4001EC-Hypnogram.edf",),
          "SC400", "1", ""),
         ("sleep-cassette/SC4002E0-PSG.edf", ("sleep-cassette/SC4002EC-Hypnogram.edf",),
          "SC400", "2", ""),
         ("sleep-telemetry/ST7011J0-PSG.edf", ("sleep-telemetry/ST7011JP-Hypnogram.edf",),
          "ST701", "1", "")],
    ),
    "slpdb": (
        ["slp01a.edf", "slp01a.dat", "slp01a.hea", "slp01a.st", "slp01a.ecg", "slp02a.dat",
         "slp02a.hea", "slp02a.st"],
        [("slp01a.edf", ("slp01a.st",), "slp01a", "", "")],
    ),
    "hmc": (
        ["recordings/SN001.edf", "recordings/SN001_sleepscoring.edf",
         "recordings/SN001_sleepscoring.txt"],
        [("recordings/SN001.edf", ("recordings/SN001_sleepscoring.edf",), "SN001", "", "")],
    ),
    "dreams": (
        ["DatabaseSubjects/subject1.edf", "DatabaseSubjects/HypnogramAASM_subject1.txt",
         "DatabaseSubjects/HypnogramR&K_subject1.txt", "DatabasePatients/patient1.edf",
         "DatabasePatients/HypnogramR&K_patient1.txt", "DatabaseSpindles/excerpt1.edf",
         "DatabaseSpindles/excerpt1.txt", "DatabaseSpindles/Hypnogram_excerpt1.txt",
         "DatabaseSpindles/Visual_scoring1_excerpt1.txt", "DatabaseREMs/excerpt1.edf",
         "DatabaseREMs/Hypnogram_excerpt1.txt"],
        [("DatabasePatients/patient1.edf", ("DatabasePatients/HypnogramR&K_patient1.txt",),
          "patient1", "", ""),
         ("DatabaseREMs/excerpt1.edf", ("DatabaseREMs/Hypnogram_excerpt1.txt",),
          "excerpt1", "", ""),
         ("DatabaseSpindles/excerpt1.edf", ("DatabaseSpindles/Hypnogram_excerpt1.txt",),
          "excerpt1", "", ""),
         ("DatabaseSubjects/subject1.edf", ("DatabaseSubjects/HypnogramAASM_subject1.txt",),
          "subject1", "", "")],
    ),
    "isruc": (
        ["subgroupI/1/1.rec", "subgroupI/1/1_1.txt", "subgroupI/1/1_2.txt",
         "subgroupI/1/1_1.xlsx", "subgroupI/2/2.rec", "subgroupI/2/2_1.txt",
         "subgroupII/1/2/2.rec", "subgroupII/1/2/2_1.txt"],
        [("subgroupI/1/1.rec", ("subgroupI/1/1_1.txt",), "subgroupI-1", "", "1"),
         ("subgroupI/1/1.rec", ("subgroupI/1/1_2.txt",), "subgroupI-1", "", "2"),
         ("subgroupI/2/2.rec", ("subgroupI/2/2_1.txt",), "subgroupI-2", "", "1"),
         ("subgroupII/1/2/2.rec", ("subgroupII/1/2/2_1.txt",), "subgroupII-1", "2", "1")],
    ),
    "shhs": (
        ["polysomnography/edfs/shhs1/shhs1-200001.edf",
         "polysomnography/edfs/shhs2/shhs2-200001.edf",
         f"{NSRR}/shhs1/shhs1-200001-nsrr.xml", f"{NSRR}/shhs2/shhs2-200001-nsrr.xml",
         "polysomnography/annotations-events-profusion/shhs1/shhs1-200001-profusion.xml",
         "datasets/shhs1-dataset-0.21.0.csv"],
        [("polysomnography/edfs/shhs1/shhs1-200001.edf",
          (f"{NSRR}/shhs1/shhs1-200001-nsrr.xml",), "200001", "1", ""),
         ("polysomnography/edfs/shhs2/shhs2-200001.edf",
          (f"{NSRR}/shhs2/shhs2-200001-nsrr.xml",), "200001", "2", "")],
    ),
    "mesa": (
        ["polysomnography/edfs/mesa-sleep-0001.edf", f"{NSRR}/mesa-sleep-0001-nsrr.xml"],
        [("polysomnography/edfs/mesa-sleep-0001.edf", (f"{NSRR}/mesa-sleep-0001-nsrr.xml",),
          "0001", "", "")],
    ),
    "mros": (
        ["polysomnography/edfs/visit1/mros-visit1-aa0001.edf",
         f"{NSRR}/visit1/mros-visit1-aa0001-nsrr.xml"],
        [("polysomnography/edfs/visit1/mros-visit1-aa0001.edf",
          (f"{NSRR}/visit1/mros-visit1-aa0001-nsrr.xml",), "aa0001", "1", "")],
    ),
    "cfs": (
        ["polysomnography/edfs/cfs-visit5-800002.edf", f"{NSRR}/cfs-visit5-800002-nsrr.xml"],
        [("polysomnography/edfs/cfs-visit5-800002.edf", (f"{NSRR}/cfs-visit5-800002-nsrr.xml",),
          "800002", "5", "")],
    ),
    "stages": (
        ["original/STAGES PSGs/BOGN/BOGN00001.edf", "original/STAGES PSGs/BOGN/BOGN00001.csv",
         "original/STAGES PSGs/BOGN/BOGN00001_1.edf", "original/STAGES PSGs/GSSA/GSSA00001.edf",
         "original/STAGES PSGs/GSSA/GSSA00001.csv"],
        [("original/STAGES PSGs/BOGN/BOGN00001.edf",
          ("original/STAGES PSGs/BOGN/BOGN00001.csv",), "BOGN00001", "", ""),
         ("original/STAGES PSGs/GSSA/GSSA00001.edf",
          ("original/STAGES PSGs/GSSA/GSSA00001.csv",), "GSSA00001", "", "")],
    ),
    "wsc": (
        ["polysomnography/wsc-visit1-10119-nsrr.edf",
         "polysomnography/wsc-visit1-10119-nsrr.stg.txt",
         "polysomnography/wsc-visit1-10119-nsrr.sco.txt",
         "polysomnography/wsc-visit2-10119-nsrr.edf",
         "polysomnography/wsc-visit2-10119-nsrr.allscore.txt"],
        [("polysomnography/wsc-visit1-10119-nsrr.edf",
          ("polysomnography/wsc-visit1-10119-nsrr.stg.txt",), "10119", "1", ""),
         ("polysomnography/wsc-visit2-10119-nsrr.edf",
          ("polysomnography/wsc-visit2-10119-nsrr.allscore.txt",), "10119", "2", "")],
    ),
    "hsp": (
        [f"PSG/bids/S0001/sub-S0001111189359/ses-{n}/eeg/sub-S0001111189359_ses-{n}_task-psg_{end}"
         for n in (1, 2) for end in ("eeg.edf", "annotations.csv", "eeg.json", "pre.csv")],
        [(f"{at}_eeg.edf", (f"{at}_annotations.csv",), "sub-S0001111189359", str(n), "")
         for n in (1, 2)
         for at in ["PSG/bids/S0001/sub-S0001111189359/"
                    f"ses-{n}/eeg/sub-S0001111189359_ses-{n}_task-psg"]],
    ),
}  # fmt: skip
# Labels of a recording of the set, and the legs and chin they give with the map of the set.
LABELS = {
    "psg-ipa": (["EEG C4-M1", "EMG chin", "EMG LAT", "EMG RAT"], ["EMG LAT", "EMG RAT"],
                "EMG chin"),
    "cap": (["EMG1-EMG2", "DX1-DX2", "SX1-SX2", "C4-A1"], ["SX1-SX2", "DX1-DX2"], "EMG1-EMG2"),
    "sleep-edf": (["EEG Fpz-Cz", "EOG horizontal", "EMG submental"], [], "EMG submental"),
    "slpdb": (["ECG", "BP", "EEG (C4-A1)"], [], None),
    "hmc": (["EEG F4-M1", "EMG chin", "ECG"], [], "EMG chin"),
    "dreams": (["CZ2-A1", "EMG1", "EMG2", "EMG3"], [], None),
    "isruc": (["C3-A2", "X1", "X2", "X3", "X4"], ["X3", "X4"], "X1"),
    "shhs": (["EEG(sec)", "EEG", "EMG", "ECG"], [], "EMG"),
    "mesa": (["EKG", "EMG", "Leg", "EMG_Off"], ["Leg"], "EMG"),
    "mros": (["L Chin", "R Chin", "Leg L", "Leg R"], ["Leg L", "Leg R"], "L Chin-R Chin"),
    "cfs": (["EMG1", "EMG2", "EMG3", "L Leg", "R Leg"], ["L Leg", "R Leg"], "EMG1-EMG2"),
    "stages": (["Chin", "Leg-L", "Leg-R"], ["Leg-L", "Leg-R"], "Chin"),
    "wsc": (["chin", "lleg", "rleg"], ["lleg", "rleg"], "chin"),
    "hsp": (["CHIN1-CHIN2", "LAT", "RAT"], ["LAT", "RAT"], "CHIN1-CHIN2"),
}  # fmt: skip


def plant(root: Path, paths) -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"")


def codes(found) -> list[str]:
    return [one.code for one in found.findings]


def of(name: str, *paths: str):
    return matched(dataset_called(name), Tree(files=tuple(sorted(paths))))


def test_every_data_set_has_a_layout_and_labels_here():
    assert dataset_names() == sorted(LAYOUTS) == sorted(LABELS)


@pytest.mark.parametrize("name", LAYOUTS)
def test_recordings_and_scorings_of_the_published_layout(name, tmp_path):
    tree, expected = LAYOUTS[name]
    plant(tmp_path, tree)
    found = matched(dataset_called(name), tree_of(tmp_path), where=str(tmp_path))
    rows = [(r.recording, r.scoring, r.subject, r.night, r.scorer) for r in found.rows]
    assert rows == expected
    assert {"dataset.no-recording", "dataset.no-scoring", "dataset.ambiguous"}.isdisjoint(
        codes(found)
    ) or name == "slpdb"
    # Every file is in a row, among the unused, or counted among the others.
    seen = {path for r in found.rows for path in (r.recording, *r.scoring)}
    seen |= {one.path for one in found.unused}
    rest = sorted(set(tree) - seen)
    others = [one.message for one in found.findings if one.code == "dataset.other-files"]
    assert all(path in others[0] for path in rest)
    assert bool(others) == bool(rest)


@pytest.mark.parametrize("name", LAYOUTS)
def test_any_case_of_names_is_the_same(name):
    tree, expected = LAYOUTS[name]
    found = of(name, *[path.upper() for path in tree])
    assert sorted(r.recording for r in found.rows) == sorted(r[0].upper() for r in expected)
    assert all(r.scoring for r in found.rows)


@pytest.mark.parametrize("name", LABELS)
def test_the_shipped_map_gives_the_legs_and_the_chin(name, tmp_path):
    labels, legs, chin = LABELS[name]
    text = channels_toml(dataset_called(name))
    user = None
    if text:
        (tmp_path / "map.toml").write_text(text, "utf-8")
        user = read_channel_map(tmp_path / "map.toml")
    channels = [
        Channel(index=k, label=label, rate_hz=256.0, unit="uV", n_samples=2560)
        for k, label in enumerate(labels)
    ]
    found = map_channels(channels, user)
    assert [leg.name for leg in found.legs] == legs
    assert (found.chin and found.chin.name) == chin


@pytest.mark.parametrize("name", dataset_names())
def test_the_page_says_what_the_table_says(name):
    page = (Path(__file__).parents[2] / "docs" / "datasets.md").read_text("utf-8")
    known = dataset_called(name)
    assert f"| `{name}` | {known.title} | <{known.home}> | {known.terms} |" in page
    told = page.split(f"\n### {name}\n", 1)[1].split("\n### ", 1)[0].strip()
    assert told == "\n".join([f"Layout: `{known.layout}`", "", *(f"- {n}" for n in known.notes)])


@pytest.mark.parametrize("name", dataset_names())
def test_what_a_set_says_of_its_scoring_is_known_to_score(name):
    code = dataset_called(name).stage_codes
    assert code == "" or stage_words().code_map(code)


def test_wfdb_alone_is_no_recording(tmp_path, capsys):
    plant(tmp_path, ["slp01a.dat", "slp01a.hea", "slp01a.st"])
    assert main(["dataset", "slpdb", str(tmp_path)]) == 3
    told = capsys.readouterr().err
    assert "convert them first: 1 (slp01a.dat)" in told
    assert "scoring files without a recording: 1 (slp01a.st)" in told


@pytest.mark.parametrize(
    ("name", "paths", "code", "named"),
    [
        pytest.param("hmc", ["SN001.edf"], "dataset.no-scoring", "SN001.edf", id="no scoring"),
        pytest.param(
            "hmc", ["SN001.edf", "SN001_sleepscoring.edf", "SN002_sleepscoring.edf"],
            "dataset.no-recording", "SN002_sleepscoring.edf", id="no recording"),
        pytest.param(
            "hmc", ["SN001.edf", "a/SN001_sleepscoring.edf", "b/SN001_sleepscoring.edf"],
            "dataset.ambiguous", "a/SN001_sleepscoring.edf, b/SN001", id="two, none nearer"),
        pytest.param(
            "hmc", ["a/SN001.edf", "b/SN001.edf", "c/SN001_sleepscoring.edf"],
            "dataset.ambiguous", "c/SN001_sleepscoring.edf", id="could be of two recordings"),
        pytest.param(
            "hmc", ["a/SN001.edf", "b/SN001.edf"],
            "dataset.recording-twice", "a/SN001.edf, b/SN001.edf", id="a recording twice"),
        pytest.param(
            "dreams", ["a/excerpt1.edf", "b/Hypnogram_excerpt1.txt"],
            "dataset.no-recording", "b/Hypnogram_excerpt1.txt", id="names that repeat: no reach"),
        pytest.param(
            "wsc", ["wsc-visit1-1-nsrr.edf", "wsc-visit1-1-nsrr.stg.txt",
                    "wsc-visit1-1-nsrr.allscore.txt"],
            "dataset.other-form", "wsc-visit1-1-nsrr.stg.txt", id="one scoring in two forms"),
    ],
)  # fmt: skip
def test_what_has_no_partner_is_told(name, paths, code, named):
    found = of(name, *paths)
    (told,) = [one.message for one in found.findings if one.code == code]
    assert named in told
    used = [path for row in found.rows for path in row.scoring]
    assert not any(path in used for path in named.split(", "))


def test_a_recording_without_scoring_says_so_in_its_row():
    assert [row.note for row in of("hmc", "SN001.edf").rows] == [NO_SCORING]
    assert [row.note for row in of("psg-ipa", "SN1_Limb.edf").rows] == [f"part Limb; {NO_SCORING}"]


def test_the_nearer_of_two_scorings_is_taken():
    found = of("hmc", "a/SN001.edf", "a/SN001_sleepscoring.edf", "b/SN001_sleepscoring.edf")
    assert [row.scoring for row in found.rows] == [("a/SN001_sleepscoring.edf",)]
    assert [(one.path, one.code) for one in found.unused] == [
        ("b/SN001_sleepscoring.edf", "dataset.ambiguous")
    ]


def test_half_a_subject_is_no_subject():
    """A folder of ISRUC without its subgroup does not say whose recording it is."""
    assert [row.subject for row in of("isruc", "2/2.rec", "2/2_1.txt").rows] == [""]


@pytest.mark.parametrize("name", ["SN1234x.edf", "xSN001.edf", "SN001.edf.bak", "SN001.edf.txt"])
def test_odd_names_are_no_recordings(name):
    found = of("hmc", name)
    assert found.rows == ()
    assert codes(found) == ["dataset.other-files"]


def test_links_loops_and_hidden_files(tmp_path):
    plant(tmp_path, ["a/SN001.edf", "a/._SN002.edf", ".git/SN003.edf"])
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "SN004.edf").symlink_to(tmp_path / "nowhere")
    elsewhere = tmp_path.parent / f"{tmp_path.name}-more"
    plant(elsewhere, ["SN005.edf"])
    (tmp_path / "b").symlink_to(elsewhere)
    tree = tree_of(tmp_path)
    assert tree.files == ("a/SN001.edf", "b/SN005.edf")
    assert tree.missing == ("a/SN004.edf",)
    found = matched(dataset_called("hmc"), tree)
    assert "dataset.not-fetched" in codes(found)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_folder_that_cannot_be_listed_is_told(tmp_path):
    plant(tmp_path, ["a/SN001.edf", "b/SN002.edf"])
    (tmp_path / "b").chmod(0)
    try:
        tree = tree_of(tmp_path)
    finally:
        (tmp_path / "b").chmod(0o755)
    assert (tree.files, tree.unreadable) == (("a/SN001.edf",), ("b/",))


def test_a_hundred_thousand_names_are_paired():
    paths = [f"polysomnography/edfs/shhs1/shhs1-{k:06d}.edf" for k in range(50_000)]
    paths += [f"{NSRR}/shhs1/shhs1-{k:06d}-nsrr.xml" for k in range(50_000)]
    found = of("shhs", *paths)
    assert len(found.rows) == 50_000
    assert all(row.recording[-10:-4] in row.scoring[0] for row in found.rows)
    assert found.unused == ()


@given(st.lists(st.text(min_size=1), min_size=1))
def test_paths_in_one_cell_come_back(paths):
    assert paths_of(joined(paths)) == tuple(paths)


# The command.


@pytest.fixture
def two_nights(tmp_path):
    root = tmp_path / "hmc"
    plant(root, ["recordings/SN001.edf", "recordings/SN001_sleepscoring.edf", "recordings/SN2.edf"])
    return root


def test_the_manifest_and_its_map(two_nights, tmp_path, capsys):
    out = tmp_path / "out" / "nights.csv"
    assert main(["dataset", "HMC", str(two_nights), "-o", str(out)]) == 0
    text = capsys.readouterr().out
    assert "2 recordings, 1 with scoring, 2 rows" in text
    assert "recordings/SN2.edf" in text
    first = out.read_bytes()
    header, *rows = csv.reader(out.read_text("utf-8").splitlines())
    assert tuple(header) == COLUMNS
    assert rows == [
        ["recordings/SN001.edf", "recordings/SN001_sleepscoring.edf", "", "", "hmc.channels.toml",
         "SN001", "", "", ""],
        ["recordings/SN2.edf", "", "", "", "hmc.channels.toml", "SN2", "", "", NO_SCORING],
    ]  # fmt: skip
    assert main(["dataset", "hmc", str(two_nights), "-o", str(out)]) == 0
    assert out.read_bytes() == first


def test_a_map_that_is_there_is_kept(two_nights, tmp_path):
    mine = tmp_path / "hmc.channels.toml"
    mine.write_text("[roles]\n", "utf-8")
    assert main(["dataset", "hmc", str(two_nights), "-o", str(tmp_path / "m.csv")]) == 0
    assert mine.read_text("utf-8") == "[roles]\n"


def test_absolute_paths_and_json(two_nights, capsys):
    assert main(["dataset", "hmc", str(two_nights), "--absolute", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [Path(row["recording"]).is_file() for row in told["rows"]] == [True, True]
    assert [one["code"] for one in told["findings"]] == ["dataset.no-scoring"]
    assert told["files"] == []


def test_the_list_of_data_sets(capsys):
    assert main(["dataset", "--list"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == dataset_names()


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["hmc"], 2, "give a data set and its folder"),
        (["hmcc", "."], 2, "did you mean 'hmc'"),
        (["hmc", "missing"], 2, "no such folder"),
        (["hmc", "."], 3, "expected is recordings/SN001.edf"),
        (["hmc", "--list"], 2, "takes no data set"),
    ],
)
def test_wrong_arguments(arguments, code, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["dataset", *arguments]) == code
    assert says in capsys.readouterr().err


def test_a_file_of_the_set_is_not_written_over(two_nights, capsys):
    target = two_nights / "recordings" / "SN001.edf"
    assert main(["dataset", "hmc", str(two_nights), "-o", str(target)]) == 2
    assert target.read_bytes() == b""


# Whole recordings in the layout of a set: listed, read, checked, scored with its map.

RENAMED = {
    "psg-ipa": {"Left Leg": "EMG LAT", "Right Leg": "EMG RAT"},
    "cap": {"Left Leg": "SX1-SX2", "Right Leg": "DX1-DX2"},
}
CAP_TEXT = (
    "CAP\n\nPatient:\tX\nRecording Date:\t01/01/2009\n\n"
    "Sleep Stage\tPosition\tTime [hh:mm:ss]\tEvent\tDuration[s]\tLocation\n"
)


@pytest.fixture(scope="module")
def night():
    return psgscore.simulate_night(1, hours=0.5)


def plant_night(name: str, root: Path, night) -> None:
    """Write a recording and its scoring as the set has them."""
    legs = RENAMED[name]
    signals = [replace(one, label=legs.get(one.label, one.label)) for one in night.signals]
    if name == "psg-ipa":
        rec = root / "Limb/PSG/SN1_Limb.edf"
        scored = root / "Limb/Annotations/manual/SN1_Limb_manual_scorer1.edf"
    else:
        rec, scored = root / "plm1.edf", root / "plm1.txt"
    rec.parent.mkdir(parents=True)
    scored.parent.mkdir(parents=True, exist_ok=True)
    write_edf(rec, signals, start=night.start)
    if name == "psg-ipa":
        write_edf(scored, night.signals[:1], start=night.start, hypnogram=night.hypnogram)
    else:
        clock = night.start.strftime("%H:%M:%S")
        scored.write_text(f"{CAP_TEXT}S2\tN/A\t{clock}\tSLEEP-S2\t30\tC4\n", "utf-8")


@pytest.mark.parametrize("name", RENAMED)
def test_a_simulated_recording_of_a_set_is_scored_with_its_map(name, night, tmp_path, capsys):
    plant_night(name, tmp_path / "set", night)
    out = tmp_path / "m.csv"
    assert main(["dataset", name, str(tmp_path / "set"), "-o", str(out), "--absolute"]) == 0
    (row,) = csv.DictReader(out.read_text("utf-8").splitlines())
    (scoring,) = paths_of(row["scoring"])
    stages = psgscore.read_scoring(scoring, start=night.start).hypnogram
    assert stages is not None
    assert stages.start_s == 0
    capsys.readouterr()
    assert main(["check", row["recording"], "--channels", row["channels"], "--json"]) == 0
    told = {c["label"]: c["role"] for c in json.loads(capsys.readouterr().out)["channels"]}
    left, right = RENAMED[name].values()
    assert (told[left], told[right]) == ("leg:left", "leg:right")
    words = ["score", row["recording"], "--channels", row["channels"], "--scoring", scoring]
    assert main([*words, "-o", str(tmp_path / "scored")]) == 0
    (events,) = (tmp_path / "scored").glob("*.events.tsv")
    seen = {line.split("\t")[3] for line in events.read_text("utf-8").splitlines()[1:]}
    assert {left, right} <= seen


def test_stage_codes_of_a_row_are_those_its_scoring_needs(tmp_path):
    plant(tmp_path, ["subgroupI/1/1.rec"])
    (tmp_path / "subgroupI/1/1_1.txt").write_text("0\n1\n2\n3\n5\n", "utf-8")
    found = matched(dataset_called("isruc"), tree_of(tmp_path), where=str(tmp_path))
    (row,) = found.rows
    read = psgscore.read_scoring(tmp_path / row.scoring[0], stage_codes=row.stage_codes)
    assert [stage.name for stage in map(psgscore.Stage, read.hypnogram.stages)] == [
        "W", "N1", "N2", "N3", "R"
    ]  # fmt: skip
