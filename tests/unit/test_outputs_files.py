from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from report_nights import movements, nights, provenance, score_night

from psgscore.errors import OutputError, UsageError
from psgscore.io import outputs
from psgscore.io.outputs import WRITERS, write_score
from psgscore.io.recording import Recording
from psgscore.model.events import Events
from psgscore.model.score import Score

TABLES = ("events", "movements", "score")
EVERYTHING = (*TABLES, "summary", "annotations", "report")
FILES = {
    "night.events.tsv",
    "night.events.json",
    "night.movements.tsv",
    "night.movements.json",
    "night.score.json",
    "night.summary.csv",
    "night.annotations.edf",
    "night.report.html",
}
NIGHTS = nights()


class NoSource:
    """Signals that nobody may ask for."""

    def read(self, channels):
        raise AssertionError("the signals are not needed here")


def recording(path: Path | None) -> Recording:
    return Recording(
        path=path, format="EDF", channels=(), start=None, duration_s=10800.0, source=NoSource()
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the third writer fail half-way through its file."""

    def broken(out: outputs.OutputFolder, stem: str, _: Score, __: object) -> None:
        path = out.path(f"{stem}.score.json")
        path.write_text('{"half', encoding="utf-8")
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(outputs, "WRITERS", {**WRITERS, "score": broken})


def test_every_file_is_written_and_named(tmp_path: Path):
    written = write_score(NIGHTS["everything"], tmp_path, "night", kinds=EVERYTHING)
    assert {path.name for path in written} == FILES
    assert set(contents(tmp_path)) == FILES
    assert all(contents(tmp_path).values())


def test_only_the_chosen_files_are_written(tmp_path: Path):
    write_score(NIGHTS["everything"], tmp_path, "night", kinds=("movements", "score"))
    assert set(contents(tmp_path)) == {
        "night.movements.tsv",
        "night.movements.json",
        "night.score.json",
    }


@pytest.mark.parametrize("name", NIGHTS)
def test_every_night_can_be_written(tmp_path: Path, name: str):
    write_score(NIGHTS[name], tmp_path, "night", kinds=TABLES)
    for file in tmp_path.glob("*.json"):
        assert isinstance(json.loads(file.read_bytes()), dict)
    for file in tmp_path.glob("*.tsv"):
        widths = {line.count("\t") for line in file.read_text(encoding="utf-8").split("\n")[:-1]}
        assert len(widths) == 1


def test_same_score_gives_the_same_bytes(tmp_path: Path):
    for run in ("one", "two"):
        write_score(score_night(), tmp_path / run, "night", kinds=EVERYTHING)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_line_ends_are_the_same_everywhere(tmp_path: Path):
    write_score(NIGHTS["everything"], tmp_path, "night", kinds=TABLES)
    for data in contents(tmp_path).values():
        assert b"\r" not in data
        assert data.endswith(b"\n")
        assert not data.startswith(b"\xef\xbb\xbf")


def test_former_files_are_replaced(tmp_path: Path):
    write_score(NIGHTS["no legs"], tmp_path, "night", kinds=TABLES)
    write_score(NIGHTS["everything"], tmp_path, "night", kinds=TABLES)
    write_score(NIGHTS["everything"], tmp_path / "fresh", "night", kinds=TABLES)
    former = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    assert former == contents(tmp_path / "fresh")


@pytest.mark.usefixtures("full_disk")
def test_failure_in_the_third_file_leaves_the_folder_as_it_was(tmp_path: Path):
    (tmp_path / "night.events.tsv").write_bytes(b"former")
    before = contents(tmp_path)
    with pytest.raises(OutputError, match="no space left"):
        write_score(NIGHTS["everything"], tmp_path, "night", kinds=TABLES)
    assert contents(tmp_path) == before


@pytest.mark.usefixtures("full_disk")
def test_failure_in_the_third_file_leaves_no_new_folder(tmp_path: Path):
    with pytest.raises(OutputError, match="no space left"):
        write_score(NIGHTS["everything"], tmp_path / "out", "night", kinds=TABLES)
    assert contents(tmp_path) == {}


def test_input_is_never_overwritten(tmp_path: Path):
    table = tmp_path / "night.events.tsv"
    table.write_bytes(b"onset\tduration\ttrial_type\n")
    before = contents(tmp_path)
    with pytest.raises(OutputError, match=r"night\.events\.tsv: is an input of this run"):
        write_score(
            NIGHTS["everything"], tmp_path, "night", kinds=TABLES, inputs=(Path(str(table)),)
        )
    assert contents(tmp_path) == before


def test_recording_is_never_overwritten(tmp_path: Path):
    path = tmp_path / "night.score.json"
    path.write_bytes(b"0")
    with pytest.raises(OutputError, match="is an input"):
        write_score(
            NIGHTS["everything"], tmp_path, "night", kinds=("score",), recording=recording(path)
        )
    assert path.read_bytes() == b"0"


def test_input_in_another_folder_is_no_obstacle(tmp_path: Path):
    table = tmp_path / "night.events.tsv"
    table.write_bytes(b"mine")
    write_score(
        NIGHTS["everything"],
        tmp_path / "out",
        "night",
        kinds=TABLES,
        recording=recording(None),
        inputs=(table, tmp_path / "missing.tsv"),
    )
    assert table.read_bytes() == b"mine"
    assert len(contents(tmp_path / "out")) == 5


@pytest.mark.parametrize("source", [None, recording(None)], ids=["no recording", "no file"])
def test_annotations_cannot_be_embedded_without_a_file(tmp_path: Path, source):
    with pytest.raises(UsageError, match="copy of a recording that is a file"):
        write_score(
            NIGHTS["everything"], tmp_path, "night", kinds=(*TABLES, "embedded"), recording=source
        )
    assert contents(tmp_path) == {}


def test_output_that_does_not_exist_is_named(tmp_path: Path):
    with pytest.raises(UsageError, match=r"no output 'docx': there are events, movements, hypno"):
        write_score(NIGHTS["everything"], tmp_path / "out", "night", kinds=("score", "docx"))
    assert contents(tmp_path) == {}


@pytest.mark.parametrize("stem", ["a/b", "../night", "/tmp/night"])
def test_stem_cannot_leave_the_folder(tmp_path: Path, stem: str):
    with pytest.raises(OutputError, match="plain file name"):
        write_score(NIGHTS["everything"], tmp_path / "out", stem, kinds=TABLES)
    assert contents(tmp_path) == {}


def test_hostile_labels_and_names_reach_every_file(tmp_path: Path):
    label = 'LEG\t"<b>"\\\n\u2028 L \udcff'
    events = Events.concat(
        [
            Events.of("LM:left", 3000.0 + 30 * np.arange(6), 3002.0 + 30 * np.arange(6)),
            replace(movements([4000.0]), channel=np.array([label])),
            Events.of(label, [-5.0, 20.0], [-5.0, 20.0], channel=label),
        ]
    )
    score = score_night(events=events, provenance=provenance(input_name=f"{label}.edf"))
    write_score(score, tmp_path, "night", kinds=(*TABLES, "report"))
    table = (tmp_path / "night.events.tsv").read_text(encoding="utf-8")
    assert len(table.splitlines()) == 1 + len(events)
    document = json.loads((tmp_path / "night.score.json").read_bytes())
    assert document["input"]["name"] == f"{label}.edf"
