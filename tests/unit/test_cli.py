"""Every command as its user runs it: results, messages, exit codes, files."""

from __future__ import annotations

import csv
import json
import os
import shutil
from importlib import resources
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from psgscore.cli import main
from psgscore.io.edf import open_edf
from psgscore.io.edf_write import write_edf
from psgscore.io.scoring_files import scoring_from_annotations
from psgscore.simulate import LegSettings, simulate_night

AWKWARD = Path(__file__).parents[1] / "data" / "awkward_edf"
LAB = ("arousal", "apnea", "hypopnea", "lights_off", "lights_on")
SUFFIXES = (
    "annotations.edf",
    "events.json",
    "events.tsv",
    "movements.json",
    "movements.tsv",
    "report.html",
    "report.pdf",
    "score.json",
    "summary.csv",
)


@pytest.fixture(scope="module")
def night():
    return simulate_night(2, hours=0.5)


@pytest.fixture(scope="module")
def staged(night, tmp_path_factory):
    """Return a recording with the lab's stages and events inside."""
    path = tmp_path_factory.mktemp("staged") / "night.edf"
    events = night.events.of_kind(*LAB)
    write_edf(path, night.signals, start=night.start, events=events, hypnogram=night.hypnogram)
    return path


@pytest.fixture(scope="module")
def bare(night, tmp_path_factory):
    """Return a recording without any annotation."""
    path = tmp_path_factory.mktemp("bare") / "bare.edf"
    write_edf(path, night.signals, start=night.start)
    return path


def run(capsys, *arguments):
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def schema():
    text = resources.files("psgscore.configs").joinpath("score.schema.json").read_text("utf-8")
    return json.loads(text)


def test_score_writes_everything_and_the_same_bytes_twice(capsys, staged, tmp_path):
    for name in ("a", "b"):
        code, out, _ = run(capsys, "score", staged, "-o", tmp_path / name)
        assert code == 0
        assert "PLMS index (WASM 2016)" in out
    first = {path.name: path.read_bytes() for path in (tmp_path / "a").iterdir()}
    second = {path.name: path.read_bytes() for path in (tmp_path / "b").iterdir()}
    assert sorted(first) == sorted(f"night.{suffix}" for suffix in SUFFIXES)
    assert first == second


def test_the_tables_hold_what_the_issue_of_a_night_needs(capsys, staged, tmp_path, night):
    run(capsys, "score", staged, "-o", tmp_path)
    movements = rows(tmp_path / "night.movements.tsv")
    assert list(movements[0]) == [
        "rules",
        "onset",
        "duration",
        "side",
        "components",
        "candidate",
        "series",
        "plm",
        "stage",
        "arousal",
        "respiratory",
        "plm_without_respiratory",
        "excluded_by",
    ]
    assert {row["rules"] for row in movements} == {"wasm-2016", "aasm-v3"}
    events = rows(tmp_path / "night.events.tsv")
    assert list(events[0])[:4] == ["onset", "duration", "trial_type", "channel"]
    truth = len(night.events.of_kind("LM"))
    found = sum(row["trial_type"].startswith("LM:") for row in events)
    assert abs(found - truth) <= 1
    document = json.loads((tmp_path / "night.score.json").read_text("utf-8"))
    jsonschema.validate(document, schema())


def test_score_json_on_stdout(capsys, staged, tmp_path):
    code, out, _ = run(capsys, "score", staged, "-o", tmp_path, "--json")
    assert code == 0
    jsonschema.validate(json.loads(out), schema())


def test_one_rule_set_alone(capsys, staged, tmp_path):
    run(capsys, "score", staged, "-o", tmp_path, "--rules", "coleman-1982")
    assert {row["rules"] for row in rows(tmp_path / "night.movements.tsv")} == {"coleman-1982"}


def test_embed_writes_a_copy_with_the_signals_untouched(capsys, staged, tmp_path):
    assert run(capsys, "score", staged, "-o", tmp_path, "--embed")[0] == 0
    copy, original = open_edf(tmp_path / "night.annotated.edf"), open_edf(staged)
    assert not (tmp_path / "night.annotations.edf").exists()
    for channel in original.channels:
        same = copy.signal(channel.index).samples
        assert np.array_equal(original.signal(channel.index).samples, same)
    assert len(copy.annotations) > len(original.annotations)


def test_a_recording_without_stages_is_scored_as_far_as_it_can_be(capsys, bare, tmp_path):
    code, out, _ = run(capsys, "score", bare, "--stages", "given", "-o", tmp_path)
    assert code == 0
    assert "no hypnogram" in out
    document = json.loads((tmp_path / "bare.score.json").read_text("utf-8"))
    assert document["sleep"] is None
    assert {rate["scope"] for rate in document["rates"] if rate["name"] == "clm"} == {"total"}
    assert {row["stage"] for row in rows(tmp_path / "bare.movements.tsv")} == {"n/a"}
    assert {row["arousal"] for row in rows(tmp_path / "bare.movements.tsv")} == {"n/a"}


def test_a_recording_without_stages_is_staged_and_says_so(capsys, bare, tmp_path):
    code, out, _ = run(capsys, "score", bare, "-o", tmp_path)
    assert code == 0
    assert "automatic, unreviewed: 60 epochs by psgscore EEG+EOG+chin" in out
    assert "with doubtful epochs moved" in out
    found = rows(tmp_path / "bare.hypnogram.tsv")
    assert {row["scorer"] for row in found} == {"automatic"}
    text = (tmp_path / "bare.report.html").read_text("utf-8")
    assert "Automatic stages, unreviewed" in text
    notes = [note.text for note in open_edf(tmp_path / "bare.annotations.edf").annotations]
    assert "Automatic stages, unreviewed: psgscore EEG+EOG+chin" in notes


def test_stage_writes_a_table_and_annotations_that_read_back(capsys, bare, tmp_path):
    code, out, _ = run(capsys, "stage", bare, "--lights-off", "60", "-o", tmp_path)
    assert code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "bare.hypnogram.edf",
        "bare.hypnogram.json",
        "bare.hypnogram.tsv",
    ]
    found = rows(tmp_path / "bare.hypnogram.tsv")
    assert [row["reason"] for row in found[:3]] == ["outside lights off to lights on"] * 2 + ["n/a"]
    assert list(found[0]) == list(json.loads((tmp_path / "bare.hypnogram.json").read_text()))
    notes = open_edf(tmp_path / "bare.hypnogram.edf").annotations
    read = scoring_from_annotations(notes).hypnogram
    names = [
        "UNSCORED" if stage < 0 else ["W", "N1", "N2", "N3", "R"][stage] for stage in read.stages
    ]
    assert names == [row["stage"] for row in found]
    assert "review list:" in out


@pytest.mark.parametrize("name", ["bare.hypnogram.tsv", "bare.hypnogram.edf"])
def test_automatic_stages_that_come_back_are_still_automatic(capsys, bare, tmp_path, name):
    run(capsys, "stage", bare, "-o", tmp_path)
    code, out, _ = run(capsys, "score", bare, "--scoring", tmp_path / name, "-o", tmp_path / "b")
    assert code == 0
    assert "stages that a program made and no person reviewed" in out
    document = json.loads((tmp_path / "b" / "bare.score.json").read_text("utf-8"))
    assert document["provenance"]["stage_source"] == f"imported, automatic, unreviewed: {name}"
    assert "automatic stages, unreviewed" in (tmp_path / "b" / "bare.report.html").read_text(
        "utf-8"
    )


def test_a_lights_option_that_is_no_moment_is_one_line(capsys, bare, tmp_path):
    code, _, err = run(capsys, "score", bare, "--lights-on", "late", "-o", tmp_path)
    assert (code, err.count("\n")) == (2, 1)
    assert "is no moment" in err
    assert list(tmp_path.iterdir()) == []


def test_stages_from_a_file(capsys, bare, night, tmp_path):
    stages = tmp_path / "stages.txt"
    stages.write_text("\n".join(map(str, night.hypnogram.stages.tolist())))
    code, out, _ = run(capsys, "score", bare, "--scoring", stages, "-o", tmp_path)
    assert code == 0
    assert "Sleep efficiency" in out


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        pytest.param(lambda stages: stages * 2, "scoring.longer", id="longer"),
        pytest.param(lambda stages: stages[: len(stages) // 2], "scoring.shorter", id="shorter"),
    ],
)
def test_a_hypnogram_that_does_not_fit_is_a_finding(capsys, bare, night, tmp_path, change, finding):
    stages = tmp_path / "stages.txt"
    stages.write_text("\n".join(map(str, change(night.hypnogram.stages.tolist()))))
    assert run(capsys, "score", bare, "--scoring", stages, "-o", tmp_path)[0] == 0
    document = json.loads((tmp_path / "bare.score.json").read_text("utf-8"))
    assert finding in {one["code"] for one in document["findings"]}


def test_check_scores_nothing_and_writes_nothing(capsys, staged, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = run(capsys, "check", staged, "--json")
    found = json.loads(out)
    assert code == 0
    assert found["strict_viewers"]["opens"]
    assert [leg["role"] for leg in found["legs"]] == ["leg:left", "leg:right"]
    assert all(leg["scorable"] for leg in found["legs"])
    assert run(capsys, "check", staged)[1].startswith("night.edf: EDF+C")
    assert list(tmp_path.iterdir()) == []


def test_rescore_of_our_own_table_gives_the_same_movements(capsys, staged, tmp_path, night):
    run(capsys, "score", staged, "-o", tmp_path)
    stages = tmp_path / "stages.txt"
    stages.write_text("\n".join(map(str, night.hypnogram.stages.tolist())))
    table, again = tmp_path / "night.events.tsv", tmp_path / "again"
    assert run(capsys, "rescore", table, "--scoring", stages, "-o", again)[0] == 0
    assert sorted(path.name for path in again.iterdir()) == [
        "night.movements.json",
        "night.movements.tsv",
        "night.score.json",
        "night.summary.csv",
    ]
    assert rows(again / "night.movements.tsv") == rows(tmp_path / "night.movements.tsv")


def test_rescore_of_a_csv_of_marks(capsys, tmp_path):
    table = tmp_path / "marks.csv"
    lines = ["kind,onset_s,duration_s", "stage_N2,0,600"]
    lines += [f"leg_movement_left,{100 + 20 * k},2" for k in range(5)]
    table.write_text("\n".join(lines))
    code, out, _ = run(capsys, "rescore", table, "--rules", "wasm-2016", "-o", tmp_path)
    assert code == 0
    assert "PLMS index (WASM 2016): 30.0/h (5 in 0.17 h)" in out
    movements = rows(tmp_path / "marks.movements.tsv")
    assert [row["plm"] for row in movements] == ["1"] * 5
    assert {row["respiratory"] for row in movements} == {"n/a"}


def test_none_found_is_zero_instead_of_unknown(capsys, tmp_path):
    table = tmp_path / "marks.csv"
    table.write_text("kind,onset_s,duration_s\nstage_N2,0,600\nleg_movement_left,100,2\n")
    run(capsys, "rescore", table, "-o", tmp_path, "--none-found", "arousal")
    assert {row["arousal"] for row in rows(tmp_path / "marks.movements.tsv")} == {"0"}


def test_the_annotation_file_reads_back(capsys, staged, tmp_path, night):
    run(capsys, "score", staged, "-o", tmp_path)
    scoring = scoring_from_annotations(open_edf(tmp_path / "night.annotations.edf").annotations)
    assert np.array_equal(scoring.hypnogram.stages, night.hypnogram.stages)
    events = [r for r in rows(tmp_path / "night.events.tsv") if r["trial_type"].startswith("LM:")]
    legs = scoring.events.of_kind("LM")
    assert legs.kind.tolist() == [row["trial_type"] for row in events]
    assert legs.start_s == pytest.approx([float(row["onset"]) for row in events], abs=1e-5)


def test_demo(capsys, tmp_path):
    code, out, _ = run(capsys, "demo", "--hours", "0.5", "-o", tmp_path)
    assert code == 0
    assert "report:" in out
    assert (tmp_path / "demo.report.html").exists()


@pytest.mark.parametrize("name", ["wasm-2016", "aasm-v3", "aasm-v2", "coleman-1982", "detection"])
def test_config_show(capsys, name):
    code, out, _ = run(capsys, "config", "show", name)
    assert code == 0
    assert "min_duration_s = " in out


def test_a_rule_set_of_ones_own(capsys, staged, tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text('base = "aasm-v3"\nmin_movements = 5\n')
    assert run(capsys, "score", staged, "--rules", mine, "-o", tmp_path)[0] == 0
    assert {row["rules"] for row in rows(tmp_path / "night.movements.tsv")} == {"mine"}


def one_leg(night, tmp_path):
    path = tmp_path / "one.edf"
    signals = [signal for signal in night.signals if signal.label != "Right Leg"]
    write_edf(path, signals, hypnogram=night.hypnogram)
    return path


def test_one_leg_is_scored_as_one_and_says_so(capsys, night, tmp_path):
    code, out, _ = run(capsys, "score", one_leg(night, tmp_path), "-o", tmp_path)
    assert code == 0
    assert "is the only leg found" in out
    assert {row["side"] for row in rows(tmp_path / "one.movements.tsv")} == {"left"}


def broken(kind, tmp_path, staged):
    """Return the arguments of a run that cannot work."""
    path = tmp_path / "rec.edf"
    stages = tmp_path / "stages.txt"
    mine = tmp_path / "mine.toml"
    shutil.copy(staged, path)
    stages.write_text("0\n7\n")
    mine.write_text("min_intervall_s = 5\n")
    (tmp_path / "file").write_text("")
    (tmp_path / "empty.edf").write_bytes(b"")
    (tmp_path / "text.edf").write_text("not an EDF " * 50)
    (tmp_path / "cut.edf").write_bytes(path.read_bytes()[:700])
    return {
        "missing": [tmp_path / "none.edf"],
        "directory": [tmp_path],
        "other extension": [stages],
        "empty": [tmp_path / "empty.edf"],
        "not an EDF": [tmp_path / "text.edf"],
        "cut header": [tmp_path / "cut.edf"],
        "no legs": [AWKWARD / "28b_ann_only_dur60.edf"],
        "no unit": [AWKWARD / "16_unit_empty.edf"],
        "unknown stage code": [path, "--scoring", stages],
        "missing scoring": [path, "--scoring", tmp_path / "none.txt"],
        "rules typo": [path, "--rules", "wasm-2106"],
        "rules file typo": [path, "--rules", mine],
        "option typo": [path, "--rule", "wasm-2016"],
        "unwritable": [path, "-o", tmp_path / "file" / "deeper"],
    }[kind]


@pytest.mark.parametrize(
    ("kind", "code", "message"),
    [
        ("missing", 2, "no such file"),
        ("directory", 2, "is a directory"),
        ("other extension", 2, "reads .edf, .rec, .bdf"),
        ("empty", 1, "is empty"),
        ("not an EDF", 1, "not an EDF"),
        ("cut header", 1, "not an EDF"),
        ("no unit", 3, "uV"),
        ("unknown stage code", 1, "unknown stage code '7'"),
        ("missing scoring", 2, "no such file"),
        ("rules typo", 2, "did you mean 'wasm-2016'?"),
        ("rules file typo", 2, "did you mean 'min_interval_s'?"),
        ("option typo", 2, "--rule"),
        ("unwritable", 2, "file"),
    ],
)
def test_bad_input(capsys, staged, tmp_path, kind, code, message):
    arguments = broken(kind, tmp_path, staged)
    before = sorted(tmp_path.rglob("*"))
    if "-o" not in arguments:
        arguments = [*arguments, "-o", tmp_path / "out"]
    found, out, err = run(capsys, "score", *arguments)
    assert (found, out) == (code, "")
    assert message in err
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err
    assert sorted(tmp_path.rglob("*")) == before


def test_no_legs_but_stages_still_give_sleep(capsys, tmp_path):
    code, out, _ = run(capsys, "score", AWKWARD / "28b_ann_only_dur60.edf", "-o", tmp_path)
    assert code == 0
    assert "not scored: leg movements" in out


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_a_folder_without_permission(capsys, staged, tmp_path):
    tmp_path.chmod(0o500)
    assert run(capsys, "score", staged, "-o", tmp_path)[0] == 2


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("recordings/nox_a1_leg_emg_120s.edf", "31.25 uV"),
        ("recordings/sleep_edf_sc4001_300s.edf", "no leg EMG"),
    ],
)
def test_real_recordings_that_cannot_be_scored(capsys, real_data, tmp_path, file, reason):
    code, _, err = run(capsys, "score", real_data(file), "-o", tmp_path)
    assert code == 3
    assert reason in err
    assert list(tmp_path.iterdir()) == []


def test_a_gap_ends_series_and_is_printed(capsys, tmp_path):
    night = simulate_night(3, hours=0.5, gaps=((600.0, 660.0),), legs=LegSettings(resting_uv=1.0))
    path = tmp_path / "gap.edf"
    write_edf(path, night.signals, hypnogram=night.hypnogram)
    assert run(capsys, "score", path, "-o", tmp_path)[0] == 0
    document = json.loads((tmp_path / "gap.score.json").read_text("utf-8"))
    assert len(document["gaps"]) == 1
    assert "edf.gap" in {finding["code"] for finding in document["findings"]}
