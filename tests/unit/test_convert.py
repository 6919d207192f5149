"""psgscore convert: what is written, who reads it, and what is refused."""

from __future__ import annotations

import json
import sys
from datetime import datetime

import mne
import numpy as np
import pyedflib
import pytest

from psgscore.cli import main
from psgscore.convert import convert_scoring
from psgscore.errors import OutputError, PsgscoreError, ScoringFileError, UsageError
from psgscore.io.atomic import atomic_outputs
from psgscore.io.edf import open_edf
from psgscore.io.edf_write import write_edf
from psgscore.io.scoring_files import HowToRead, read_scoring
from psgscore.io.scoring_write.nsrr import _CONCEPTS
from psgscore.io.scoring_write.registry import WRITTEN
from psgscore.io.scoring_write.table import CSV
from psgscore.io.scoring_write.written import About
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.scoring import Scoring
from psgscore.model.signal import Signal

START = datetime(2024, 3, 14, 22, 30)
LAB = """kind,onset_s,duration_s,channel,peak_uv,excluded_by
Sleep stage W,0,30,n/a,,n/a
Sleep stage N2,30,30,n/a,,n/a
Sleep stage N2,60,30,n/a,,n/a
Sleep stage ?,90,30,n/a,,n/a
LM:left,12.123456,1.5,Left leg,30.25,n/a
arousal,45,3,C4-M1,,n/a
lights_off,-5,0,n/a,,n/a
other:Hi@@there,40,0,n/a,,n/a
LM:right,50,1,Right leg,9,artifact
"""
ENDINGS = {
    "edf": "a.edf",
    "nsrr-xml": "a.xml",
    "luna": "a.annot",
    "bids": "a.events.tsv",
    "csv": "b.csv",
    "json": "a.json",
    "parquet": "a.parquet",
}


@pytest.fixture
def lab(tmp_path):
    path = tmp_path / "lab.csv"
    path.write_text(LAB, "utf-8")
    return path


def codes(found):
    return {finding.code for finding in found.findings}


def converted(lab, name, start=START, **more):
    return convert_scoring([lab], lab.parent / name, how=HowToRead(start=start), **more)


def test_every_format_is_tried_here():
    assert {*ENDINGS, "edf-embedded"} == {one.name for one in WRITTEN}


@pytest.mark.parametrize(("form", "name"), ENDINGS.items())
def test_the_ending_names_the_format_and_the_option_wins(form, name, lab):
    assert converted(lab, name).format == form
    if form != "edf":
        assert converted(lab, "other.dat", to=form).format == form


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        pytest.param(
            "a.annot",
            [
                "# LM:left | leg movement of one leg (left) | peak_uv[num]",
                "class\tinstance\tchannel\tstart\tstop\tmeta",
                "W\t.\t.\t0\t30\t.",
                "LM:left\t.\tLeft leg\t12.123456\t13.623456\tpeak_uv=30.25",
                "Hi@@there\t.\t.\t40\t40\t.",
                "?\t.\t.\t90\t120\t.",
            ],
            id="Luna: six columns, measures as meta",
        ),
        pytest.param(
            "a.xml",
            [
                "<EpochLength>30</EpochLength>",
                "<ScoredEvent><EventType>Stages|Stages</EventType><EventConcept>Stage 2 sleep|2"
                "</EventConcept><Start>30</Start><Duration>60</Duration></ScoredEvent>",
                "<ScoredEvent><EventType>Limb Movement|Limb Movement</EventType><EventConcept>Limb "
                "movement - left|Limb Movement (Left)</EventConcept><Start>12.123456</Start>"
                "<Duration>1.5</Duration><SignalLocation>Left leg</SignalLocation></ScoredEvent>",
                "<ScoredEvent><EventType></EventType><EventConcept>lights_off|lights_off"
                "</EventConcept><Start>-5</Start><Duration>0</Duration></ScoredEvent>",
            ],
            id="NSRR: runs of stages, its own concepts, else the word twice",
        ),
        pytest.param(
            "b.csv",
            [
                "kind,onset_s,duration_s,channel,peak_uv,excluded_by",
                "LM:left,12.123456,1.5,Left leg,30.25,n/a",
                "LM:right,50,1,Right leg,9.0,artifact",
            ],
            id="CSV: measures and texts",
        ),
    ],
)
def test_what_is_written(name, lines, lab):
    converted(lab, name)
    written = (lab.parent / name).read_text("utf-8").splitlines()
    assert [line for line in lines if line not in written] == []


@pytest.mark.parametrize(("kind", "concept"), _CONCEPTS.items())
def test_every_nsrr_concept_is_written_and_read_as_its_kind(kind, concept, tmp_path):
    path = tmp_path / "in.csv"
    path.write_text(f"kind,onset_s,duration_s,channel\n{kind},1,2,n/a\n", "utf-8")
    convert_scoring([path], tmp_path / "a.xml")
    assert f"<EventConcept>{concept}</EventConcept>" in (tmp_path / "a.xml").read_text("utf-8")
    assert read_scoring(tmp_path / "a.xml").events.kind.tolist() == [kind]


@pytest.mark.parametrize("name", ["a.edf", "a.xml", "a.annot"])
def test_excluded_events_are_left_out_where_the_format_cannot_say_why(name, lab):
    found = converted(lab, name)
    assert "convert.excluded" in codes(found)
    assert "LM:right" not in read_scoring(lab.parent / name).events.kind.tolist()


@pytest.mark.parametrize("name", ["a.events.tsv", "b.csv", "a.json"])
def test_measures_and_texts_survive_in_tables_and_json(name, lab):
    found = converted(lab, name)
    again = read_scoring(lab.parent / name)
    assert again.events == read_scoring(lab).events
    assert again.events.text("excluded_by").tolist().count("artifact") == 1
    assert not [code for code in codes(found) if code.startswith("convert.")]


def test_luna_gets_nothing_that_begins_before_the_recording(lab):
    found = converted(lab, "a.annot")
    assert "convert.too-early" in codes(found)
    assert read_scoring(lab.parent / "a.annot").events.start_s.min() >= 0
    assert "lights_off" not in found.scoring.events.kind.tolist()


def test_mne_and_pyedflib_read_the_edf(lab):
    converted(lab, "a.edf")
    read = mne.read_annotations(lab.parent / "a.edf")
    assert list(read.description) == [
        "Lights off",
        "Sleep stage W",
        "LM@@Left leg",
        "Sleep stage N2",
        "Hi@@there@@",
        "arousal@@C4-M1",
        "Sleep stage N2",
        "Sleep stage ?",
    ]
    assert read.onset.tolist() == [-5, 0, 12.123456, 30, 40, 45, 60, 90]
    with pyedflib.EdfReader(str(lab.parent / "a.edf")) as file:
        assert file.getStartdatetime() == START
        assert file.readAnnotations()[2].tolist() == list(read.description)


@pytest.mark.parametrize(("name", "limb"), [("a.annot", "LM"), ("a.xml", "Limb_movement_left")])
def test_luna_reads_its_own_formats(name, limb, lab):
    lunapi = pytest.importorskip("lunapi")
    converted(lab, name)
    night = lunapi.proj().empty_inst("night", 120, 1, "14.03.24", "22.30.00")
    night.attach_annot(str(lab.parent / name))
    classes = list(night.annots()["Annotations"])
    (leg,) = [one for one in classes if one.startswith(limb)]
    rows = night.fetch_annots(["W", "N2", leg]).sort_values("Start")
    assert rows["Start"].iloc[0] == 0
    assert rows["Start"].iloc[1] == pytest.approx(12.123456, abs=0.001)
    assert rows[rows["Class"] == "N2"]["Stop"].max() == 90


def test_data_frames_read_the_parquet(lab):
    parquet = pytest.importorskip("pyarrow.parquet")
    converted(lab, "a.parquet")
    table = parquet.read_table(lab.parent / "a.parquet")
    rows = table.to_pylist()
    assert rows[0] | {"peak_uv": None} == {
        "kind": "lights_off",
        "onset_s": -5.0,
        "duration_s": 0.0,
        "channel": "",
        "peak_uv": None,
        "excluded_by": "",
    }
    assert [row["onset_s"] for row in rows if row["kind"] == "Sleep stage N2"] == [30.0, 60.0]
    assert [row["peak_uv"] for row in rows if row["kind"] == "LM:left"] == [30.25]
    assert json.loads(table.schema.metadata[b"psgscore"])["start"] == "2024-03-14T22:30:00"


def test_parquet_without_pyarrow_names_the_extra(lab, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"psgscore\[parquet\]"):
        converted(lab, "a.parquet")
    assert not (lab.parent / "a.parquet").exists()


def test_automatic_stages_stay_automatic(tmp_path):
    source = tmp_path / "a.hypnogram.tsv"
    source.write_text("onset\tduration\tstage\tscorer\n0\t30\tN2\tautomatic\n", "utf-8")
    for name in ("a.edf", "a.xml", "a.annot", "a.events.tsv", "b.csv", "a.json"):
        found = convert_scoring([source], tmp_path / name)
        assert "convert.automatic" in codes(found)
        assert "scoring.automatic-stages" in codes(read_scoring(tmp_path / name)), name


@pytest.mark.parametrize("name", ["a.edf", "a.xml", "a.annot", "a.events.tsv", "b.csv", "a.json"])
def test_long_epochs_keep_their_stages_and_json_their_length(name, tmp_path):
    source = tmp_path / "in.json"
    convert_scoring([_listed(tmp_path)], source)
    document = json.loads(source.read_text("utf-8"))
    document["hypnogram"] = {"start_s": 1.5, "epoch_s": 60.0, "stages": ["N2", "UNSCORED", "R"]}
    source.write_text(json.dumps(document), "utf-8")
    found = convert_scoring([source], tmp_path / name)
    again = read_scoring(tmp_path / name).hypnogram
    assert again.at([0, 2, 61, 62, 121, 122, 181, 182]).tolist() == [-1, 2, 2, -1, -1, 4, 4, -1]
    assert ("convert.epoch-length" in codes(found)) == (again.epoch_s != 60.0)
    assert (name == "a.json") == (again.epoch_s == 60.0)


def _listed(folder):
    path = folder / "stages.txt"
    path.write_text("0\n2\n4\n", "utf-8")
    return path


def test_the_start_goes_along(lab, tmp_path):
    converted(lab, "a.edf")
    assert convert_scoring([lab.parent / "a.edf"], tmp_path / "a.json").start == START
    assert convert_scoring([tmp_path / "a.json"], tmp_path / "b.edf").start == START
    assert open_edf(tmp_path / "b.edf").start == START


def test_options_say_how_the_source_is_read(tmp_path):
    words, listed = tmp_path / "words.toml", tmp_path / "lab.csv"
    words.write_text('[kinds]\n"LM:left" = ["zuck li"]\n', "utf-8")
    listed.write_text("kind,onset_s,duration_s\nZuck li,1,2\nSleep stage 2,0,30\n", "utf-8")
    assert main(["convert", str(listed), str(tmp_path / "a.xml"), "--labels", str(words)]) == 0
    assert read_scoring(tmp_path / "a.xml").events.kind.tolist() == ["LM:left"]
    codes_ = tmp_path / "codes.txt"
    codes_.write_text("5\n4\n", "utf-8")
    assert main(["convert", str(codes_), str(tmp_path / "b.xml"), "--stage-codes", "dreams"]) == 0
    stages = read_scoring(tmp_path / "b.xml").hypnogram.stages.tolist()
    assert stages == [int(Stage.W), int(Stage.R)]


def test_a_row_of_a_csv_never_becomes_a_comment(tmp_path):
    night = Scoring(events=Events.of("#1", [1.0], [2.0]))
    with atomic_outputs(tmp_path) as out:
        CSV.write(out, "a.csv", night, About())
    assert read_scoring(tmp_path / "a.csv").events.kind.tolist() == ["other:#1"]


def test_json_of_another_start_is_moved_to_the_clock_of_the_recording(lab):
    converted(lab, "a.json")
    later = read_scoring(lab.parent / "a.json", start=datetime(2024, 3, 14, 22, 29))
    assert later.hypnogram.start_s == 60.0


def test_stages_and_events_of_two_files_go_together(lab, tmp_path):
    found = convert_scoring([_listed(tmp_path), _events(tmp_path)], tmp_path / "both.json")
    assert found.scoring.hypnogram.stages.tolist() == [0, 2, 4]
    assert found.scoring.events.kind.tolist() == ["arousal"]


def _events(folder):
    path = folder / "events.csv"
    path.write_text("kind,onset_s,duration_s,channel\narousal,1,3,n/a\n", "utf-8")
    return path


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "night.edf"
    rng = np.random.default_rng(1)
    emg = Signal("EMG", rng.normal(size=200 * 150).astype(np.float32), 200.0, "uV")
    stages = Hypnogram(np.array([0, 2, 2, -1]))
    write_edf(path, [emg], start=START, hypnogram=stages, events=Events.of("arousal", [45], [48]))
    return path


def test_the_annotations_of_a_recording_are_taken(recording):
    found = convert_scoring([recording], recording.parent / "a.annot")
    assert found.start == START
    assert found.scoring.hypnogram.stages.tolist() == [0, 2, 2, int(Stage.UNSCORED)]


def test_a_copy_of_the_recording_with_the_annotations_inside(recording, lab):
    night = open_edf(recording)
    target = lab.parent / "copy.edf"
    found = convert_scoring([lab], target, to="edf-embedded", recording=night)
    copy = open_edf(target)
    assert np.array_equal(copy.signal("EMG").samples, night.signal("EMG").samples)
    assert "convert.events" not in codes(found)
    assert read_scoring(target).events.kind.tolist().count("LM:left") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(["lab.csv", "a.doc"], 2, "no format by its ending", id="unknown ending"),
        pytest.param(["lab.csv", "a", "--to", "lunna"], 2, "did you mean 'luna'", id="unknown"),
        pytest.param(["lab.csv", "a.x", "--to", "edf"], 2, "known by the ending .edf", id="edf"),
        pytest.param(["lab.csv", "lab.csv"], 2, "is an input", id="input is not overwritten"),
        pytest.param(["lab.json", "lab.tsv"], 2, "is an input", id="nor by a sidecar"),
        pytest.param(["lab.csv", "a.edf", "--to", "edf-embedded"], 2, "--recording", id="no copy"),
        pytest.param(["lab.csv", "a.edf", "--start", "22:30"], 2, "2024-03-14", id="no date"),
        pytest.param(["none.csv", "a.edf"], 2, "none.csv", id="no such file"),
        pytest.param(["lab.csv", "lab.csv/a.edf"], 2, "lab.csv", id="folder is a file"),
        pytest.param(["bad.csv", "a.edf"], 1, "line 2", id="cannot be understood"),
        pytest.param(["empty.csv", "a.edf"], 1, "neither stages nor events", id="nothing in it"),
        pytest.param(["night.score.json", "a.edf"], 1, "events.tsv", id="a score has no events"),
    ],
)
def test_what_is_refused(arguments, code, message, lab, monkeypatch, capsys):
    monkeypatch.chdir(lab.parent)
    (lab.parent / "bad.csv").write_text("kind,onset_s,duration_s,channel\nLM,x,1,n/a\n", "utf-8")
    (lab.parent / "empty.csv").write_text("kind,onset_s,duration_s,channel\n", "utf-8")
    (lab.parent / "night.score.json").write_text(
        '{"schema_version": 1, "program": "psgscore", "version": "0.1.0"}', "utf-8"
    )
    converted(lab, "lab.json")
    before = {path: path.read_bytes() for path in lab.parent.iterdir()}
    assert main(["convert", *arguments]) == code
    assert message in capsys.readouterr().err
    assert {path: path.read_bytes() for path in lab.parent.iterdir()} == before


def test_a_start_that_contradicts_the_recording_is_refused(recording, lab, capsys):
    more = ["--recording", str(recording), "--start", "2024-03-14 22:31:00"]
    assert main(["convert", str(lab), str(lab.parent / "a.edf"), *more]) == 2
    assert "leave one out" in capsys.readouterr().err


def test_the_command_says_what_it_wrote(lab, monkeypatch, capsys):
    monkeypatch.chdir(lab.parent)
    assert main(["convert", "lab.csv", "a.xml", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["files"] == ["a.xml"]
    assert told["epochs"] == {"UNSCORED": 1, "W": 1, "N2": 2}
    assert told["events"] == {"LM:left": 1, "arousal": 1, "lights_off": 1, "other:Hi@@there": 1}
    found = {one["code"] for one in told["findings"]}
    assert found == {"scoring.unknown-label", "convert.excluded", "convert.measures"}
    assert main(["convert", "lab.csv", "a.xml"]) == 0
    out = capsys.readouterr().out
    assert "wrote a.xml" in out
    assert "convert.measures" in out


def test_the_same_scoring_gives_the_same_bytes(lab):
    for name in ENDINGS.values():
        converted(lab, name)
        first = (lab.parent / name).read_bytes()
        converted(lab, name)
        assert (lab.parent / name).read_bytes() == first, name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"schema_version": 2}, "schema_version", id="another version"),
        pytest.param({"events": {}}, "events is no list", id="events"),
        pytest.param({"events": [1]}, "event 1", id="an event"),
        pytest.param({"events": [{"kind": "LM"}]}, "'onset_s' is missing", id="no onset"),
        pytest.param({"events": [{"kind": "", "onset_s": 1}]}, "words", id="no kind"),
        pytest.param({"events": [{"kind": "LM", "onset_s": "1"}]}, "not a time", id="a word"),
        pytest.param(
            {"events": [{"kind": "LM", "onset_s": 1, "duration_s": -1}]},
            "not a time",
            id="negative",
        ),
        pytest.param(
            {"events": [{"kind": "LM", "onset_s": 1, "measures": {"a": "x"}}]},
            "number",
            id="measure",
        ),
        pytest.param(
            {"events": [{"kind": "LM", "onset_s": 1, "texts": {"a": 1}}]}, "no text", id="text"
        ),
        pytest.param({"covers": "arousal"}, "covers", id="covers"),
        pytest.param({"hypnogram": {"start_s": 0}}, "'epoch_s' is missing", id="hypnogram"),
        pytest.param(
            {"hypnogram": {"start_s": 0, "epoch_s": 30, "stages": ["S2"]}}, "'S2' is no", id="stage"
        ),
        pytest.param(
            {"hypnogram": {"start_s": 0, "epoch_s": 30, "stages": [[]]}}, "no stage", id="a list"
        ),
        pytest.param(
            {"hypnogram": {"start_s": 0, "epoch_s": 0, "stages": ["W"]}},
            "not a time",
            id="no length",
        ),
    ],
)
def test_wrong_json_is_refused_with_the_place(change, message, lab):
    converted(lab, "a.json")
    path = lab.parent / "a.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), "utf-8")
    with pytest.raises(ScoringFileError, match=message):
        read_scoring(path)


def test_damaged_json_is_refused_or_read_never_worse(lab):
    converted(lab, "a.json")
    path = lab.parent / "a.json"
    whole = path.read_bytes()
    rng = np.random.default_rng(3)
    for _ in range(150):
        damaged = bytearray(whole)
        for place in rng.integers(0, len(whole), 3):
            damaged[place] = rng.integers(1, 256)
        path.write_bytes(damaged[: rng.integers(1, len(whole) + 1)])
        try:
            read_scoring(path)
        except PsgscoreError:
            continue


def test_no_output_is_left_when_the_format_cannot_hold_the_scoring(tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("kind,onset_s,duration_s,channel\nLM,9000000,1,n/a\n", "utf-8")
    with pytest.raises(UsageError, match="cannot hold"):
        convert_scoring([source], tmp_path / "a.xml")
    assert not (tmp_path / "a.xml").exists()
    with pytest.raises(OutputError):
        convert_scoring([source], source)
