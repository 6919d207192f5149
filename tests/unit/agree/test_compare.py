"""psgscore compare: reading, pairing, what is written, what is refused."""

from __future__ import annotations

import csv
import json
import re

import numpy as np
import pytest

from psgscore.agree.indices import Estimate
from psgscore.cli import main
from psgscore.compare.cells import estimate, markdown, number
from psgscore.compare.rows import CSV_COLUMNS, clock
from psgscore.model.score import DISCLAIMER
from psgscore.report.parts import Row, Table, cells

HEAD = "kind,onset_s,duration_s\n"


def marks(*rows: tuple[str, float, float]) -> str:
    return HEAD + "".join(f"{kind},{start},{length}\n" for kind, start, length in rows)


A = marks(("LM:left", 10, 2), ("LM:left", 40, 2), ("LM:right", 70, 2), ("arousal", 41, 5))
B = marks(("LM:left", 10.2, 2), ("LM:left", 90, 1), ("LM:right", 70, 2))


@pytest.fixture
def two(tmp_path):
    (tmp_path / "a.csv").write_text(A, "utf-8")
    (tmp_path / "b.csv").write_text(B, "utf-8")
    (tmp_path / "a.txt").write_text("0\n2\n2\n3\n", "utf-8")
    (tmp_path / "b.txt").write_text("0\n2\n3\n-1\n", "utf-8")
    return tmp_path


def compared(capsys, *words, code=0):
    assert main(["compare", *map(str, words), "--json"]) == code
    return json.loads(capsys.readouterr().out)


def by_kind(document):
    (recording,) = document["recordings"]
    (pair,) = recording["pairs"]
    return pair, {one["kind"]: one for one in pair["events"]}


def test_two_tables_with_stages(two, capsys):
    document = compared(capsys, f"{two}/a.csv;{two}/a.txt", f"{two}/b.csv;{two}/b.txt")
    pair, kinds = by_kind(document)
    assert (pair["reference"], pair["other"]) == ("a.csv", "b.csv")
    left = kinds["LM:left"]["by_overlap"]
    assert (left["n_reference"], left["n_other"], left["n_matched"], left["f1"]) == (2, 2, 1, 0.5)
    assert left["onset_error"]["median_s"] == 0.2
    assert kinds["LM:right"]["by_onset"]["f1"] == 1.0
    assert kinds["arousal"]["by_overlap"] is None
    assert kinds["arousal"]["not_comparable_because"].startswith("b.csv: not known")
    assert (pair["stages"]["n_epochs"], pair["stages"]["reference_only"]) == (3, 1)
    assert document["disclaimer"] == DISCLAIMER
    indices = document["recordings"][0]["indices"]
    assert (indices["a.csv"]["tst_min"], indices["b.csv"]["tst_min"]) == (1.5, 1.0)


def test_what_is_written(two, tmp_path, capsys):
    out = tmp_path / "out"
    words = ["compare", f"{two}/a.csv;{two}/a.txt", f"{two}/b.csv;{two}/b.txt", "-o", str(out)]
    assert main([*words, "--start", "2024-03-14 23:59:50"]) == 0
    text = capsys.readouterr().out
    assert DISCLAIMER in text
    assert "0.500" in text
    rows = list(csv.DictReader((out / "compare.csv").read_text("utf-8").splitlines()))
    assert tuple(rows[0]) == CSV_COLUMNS
    states = [(row["kind"], row["state"], row["clock"], row["link"]) for row in rows]
    assert states == [
        ("LM:left", "matched", "00:00:00", "?t=10.0"),
        ("LM:left", "reference only", "00:00:30", "?t=40.0"),
        ("LM:left", "other only", "00:01:20", "?t=90.0"),
        ("LM:right", "matched", "00:01:00", "?t=70.0"),
        ("stage", "stage differs", "00:00:50", "?t=60.0"),
    ]
    assert (rows[0]["onset_error_s"], rows[0]["duration_error_s"]) == ("0.2", "0")
    assert (rows[4]["reference_stage"], rows[4]["other_stage"]) == ("N2", "N3")
    page = (out / "compare.html").read_text("utf-8")
    assert page.count(DISCLAIMER) == 1
    assert "3 disagreements" in page
    assert not re.search(r'(?:src|href)="(?!#)', page)
    first = {path.name: path.read_bytes() for path in out.iterdir()}
    assert set(first) == {"compare.json", "compare.csv", "compare.html"}
    assert main([*words, "--start", "2024-03-14 23:59:50"]) == 0
    assert first == {path.name: path.read_bytes() for path in out.iterdir()}


def test_texts_of_files_are_escaped(tmp_path):
    (tmp_path / "<b>.csv").write_text(A + "<script>x</script>,1,2\n", "utf-8")
    (tmp_path / "b.csv").write_text(B, "utf-8")
    words = [str(tmp_path / "<b>.csv"), str(tmp_path / "b.csv"), "-o", str(tmp_path / "o")]
    assert main(["compare", *words]) == 0
    page = (tmp_path / "o" / "compare.html").read_text("utf-8")
    assert "<script" not in page
    assert "&lt;b&gt;.csv" in page


def test_a_kind_looked_for_in_vain(two, capsys):
    document = compared(capsys, two / "a.csv", two / "b.csv", "--none-found", "arousal")
    arousal = by_kind(document)[1]["arousal"]["by_overlap"]
    assert (arousal["recall"], arousal["precision"], arousal["f1"]) == (0.0, None, 0.0)


def test_kinds_thresholds_and_joined_legs(two, capsys):
    document = compared(capsys, two / "a.csv", two / "b.csv", "--iou", "0.9", "--kind", "LM:left")
    _, kinds = by_kind(document)
    assert list(kinds) == ["LM:left"]
    assert kinds["LM:left"]["by_overlap"]["n_matched"] == 0
    document = compared(capsys, two / "a.csv", two / "b.csv", "--onset", "0.1", "--join-legs")
    legs = by_kind(document)[1]["LM"]
    assert (legs["by_overlap"]["n_matched"], legs["by_onset"]["n_matched"]) == (2, 1)


def test_movements_of_other_legs_give_no_common_index(two, capsys):
    (two / "one.csv").write_text(marks(("LM:left", 10, 2)), "utf-8")
    assert main(["compare", f"{two}/a.csv;{two}/a.txt", f"{two}/one.csv;{two}/a.txt"]) == 0
    text = capsys.readouterr().out
    assert "PLMS index (wasm-2016) (not the same legs: not comparable)" in text


def test_scores_of_psgscore_are_read(tmp_path, capsys):
    table = HEAD + "".join(f"LM:left,{10 + 20 * n},2\n" for n in range(12))
    (tmp_path / "m.csv").write_text(table, "utf-8")
    (tmp_path / "m.txt").write_text("2\n" * 12, "utf-8")
    words = ["--scoring", str(tmp_path / "m.txt"), "-o", str(tmp_path / "s")]
    assert main(["rescore", str(tmp_path / "m.csv"), *words]) == 0
    capsys.readouterr()
    document = compared(
        capsys, f"{tmp_path}/m.csv;{tmp_path}/m.txt", tmp_path / "s" / "m.score.json"
    )
    pair, kinds = by_kind(document)
    assert kinds["LM:left"]["by_overlap"]["f1"] == 1.0
    assert pair["stages"]["accuracy"] == 1.0
    indices = document["recordings"][0]["indices"]
    assert indices["m.csv"] == indices["m.score.json"]
    assert indices["m.csv"]["plm_sleep_wasm-2016"] == 120.0


@pytest.fixture
def cohort(tmp_path):
    """Write three recordings of two scorers; B has one movement more in each, and one is lost."""
    for who in "ab":
        (tmp_path / who).mkdir()
    for n in range(3):
        rows = [("LM:left", 10.0 + 20 * k, 2.0) for k in range(5 + n)]
        (tmp_path / "a" / f"n{n}.events.csv").write_text(marks(*rows), "utf-8")
        more = [*rows, ("LM:left", 500.0, 2.0)]
        (tmp_path / "b" / f"n{n}.mine.csv").write_text(marks(*more), "utf-8")
    (tmp_path / "a" / "alone.csv").write_text(A, "utf-8")
    return tmp_path


def test_two_folders_with_the_same_names(cohort, capsys):
    document = compared(capsys, cohort / "a", cohort / "b")
    reasons = {r["recording"]: r["not_compared_because"] for r in document["recordings"]}
    assert reasons == {"alone": "only a scored it", "n0": None, "n1": None, "n2": None}
    (overall,) = document["overall"]
    (left,) = overall["events"]
    assert left["n_recordings"] == 3
    assert left["by_overlap"]["n_matched"] == 18
    f1 = [2 * n / (2 * n + 1) for n in (5, 6, 7)]
    assert left["mean_f1"]["value"] == pytest.approx(np.mean(f1), abs=1e-6)
    assert min(f1) - 1e-6 <= left["mean_f1"]["low"] < left["mean_f1"]["high"] <= max(f1) + 1e-6


def test_a_cohort_on_the_screen(cohort, capsys):
    (cohort / "b" / "n1.mine.csv").write_text(A, "utf-8")
    assert main(["compare", str(cohort / "a"), str(cohort / "b")]) == 0
    text = capsys.readouterr().out
    assert "4 recordings" in text
    assert "only a scored it" in text
    # Stages were in no scoring: an empty table is no table.
    assert "Agreement of stages" not in text
    assert re.search(r"arousal +a / b +1 +a: not known to have been looked for", text)


def test_a_list_of_recordings_and_one_that_cannot_be_read(cohort, tmp_path, capsys):
    (tmp_path / "bad.csv").write_text("nothing here\n", "utf-8")
    lines = ["recording,human,tool", "n0,a/n0.events.csv,b/n0.mine.csv", "n1,bad.csv,b/n1.mine.csv"]
    (tmp_path / "list.csv").write_text("\n".join(lines), "utf-8")
    document = compared(capsys, "--manifest", tmp_path / "list.csv", code=1)
    assert document["scorers"] == ["human", "tool"]
    first, second = document["recordings"]
    assert first["pairs"][0]["events"][0]["by_overlap"]["recall"] == 1.0
    assert "bad.csv" in second["not_compared_because"]
    assert main(["compare", "--manifest", str(tmp_path / "list.csv")]) == 1
    assert "1 recordings" not in capsys.readouterr().out


def test_three_scorers_over_recordings(cohort, capsys):
    lines = ["recording,x,y,z"]
    lines += [f"n{n},a/n{n}.events.csv,b/n{n}.mine.csv,a/n{n}.events.csv" for n in range(3)]
    (cohort / "list.csv").write_text("\n".join(lines), "utf-8")
    document = compared(capsys, "--manifest", cohort / "list.csv")
    who = [(one["reference"], one["other"]) for one in document["overall"]]
    others = [("consensus of the others", name) for name in "xyz"]
    assert who == [("x", "y"), ("x", "z"), ("y", "z"), *others]
    # Of x and z together there is what both mark: all of theirs.
    against = document["overall"][4]["events"][0]["by_overlap"]
    assert (against["n_reference"], against["n_other"], against["n_matched"]) == (18, 21, 18)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(["a.csv"], "give two scorings or more", id="one"),
        pytest.param([], "give two scorings or more", id="none"),
        pytest.param(["a.csv", "nowhere.csv"], "nowhere.csv: no such file", id="missing"),
        pytest.param(["a.csv", "a.csv"], "named twice", id="twice"),
        pytest.param(["a.csv", "."], "files or folders, not both", id="mixed"),
        pytest.param(["a.csv", "b.csv", "--iou", "0"], "--iou 0", id="overlap"),
        pytest.param(["a.csv", "b.csv", "--onset", "-1"], "--onset -1", id="onset"),
        pytest.param(["a.csv", "--manifest", "a.csv"], "not both", id="list and files"),
        pytest.param(["--manifest", "a.csv"], "the first line must be recording", id="no list"),
        pytest.param(["a.csv", "b.csv", "-o", "."], "", id="fine"),
    ],
)
def test_wrong_arguments(words, says, two, monkeypatch, capsys):
    monkeypatch.chdir(two)
    assert main(["compare", *words]) == (2 if says else 0)
    assert says in capsys.readouterr().err


def test_clock_times_without_a_start_are_refused(two, capsys):
    (two / "r.txt").write_text(
        "X\n\nSleep Stage\tTime [hh:mm:ss]\tEvent\tDuration[s]\tLocation\n"
        "S2\t22:30:00\tSLEEP-S2\t30\tC4\nS2\t22:30:30\tSLEEP-S2\t30\tC4\n",
        "utf-8",
    )
    assert main(["compare", str(two / "r.txt"), str(two / "b.txt")]) == 1
    assert "give --recording or --start" in capsys.readouterr().err
    words = [str(two / "r.txt"), str(two / "b.txt"), "--start", "2024-01-01 22:29:30"]
    assert main(["compare", *words, "--json"]) == 0
    (recording,) = json.loads(capsys.readouterr().out)["recordings"]
    # N2 from 30 s on: W N2 N3 of the other, the first without a stage here.
    assert recording["pairs"][0]["stages"]["confusion"][2] == [0, 0, 1, 1, 0]


def test_a_folder_with_two_scorings_of_one_recording(cohort, capsys):
    (cohort / "a" / "n0.other.csv").write_text(A, "utf-8")
    assert main(["compare", str(cohort / "a"), str(cohort / "b")]) == 2
    assert "several scorings of n0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("start", "at_s", "shown"),
    [("22:30:00", 0, "22:30:00"), ("23:59:59", 1.9, "00:00:00"), ("00:00:00", -0.5, "23:59:59")],
)
def test_clock_times(start, at_s, shown):
    assert clock(start, at_s) == shown
    assert clock("", at_s) == "-"


def test_numbers_as_text():
    assert (number(None), number(-0.0001), number(0.12345)) == ("-", "0.000", "0.123")
    assert estimate(Estimate(value=1.0, low=0.5, high=2.0), 1) == "1.0 (0.5 to 2.0)"
    table = Table(
        key="k", title="t|t", heads=("a",), columns=("b",), rows=(Row(label="*", cells=cells("<")),)
    )
    assert markdown(table) == ["**t\\|t**", "", "| a | b |", "| --- | --: |", "| \\* | \\< |"]


@pytest.mark.parametrize(("group", "n", "kappa"), [("dodh", 25, 0.701), ("dodo", 55, 0.675)])
def test_five_scorers_agree_as_counted_elsewhere(group, n, kappa, real_data, capsys):
    folder = real_data(f"hypnograms/dreem_dod/{group}")
    document = compared(capsys, *(folder / f"scorer_{k}" for k in range(1, 6)))
    assert len(document["recordings"]) == n
    pairs = [one for one in document["overall"] if "consensus" not in one["reference"]]
    assert len(pairs) == 10
    assert np.mean([one["mean_kappa"]["value"] for one in pairs]) == pytest.approx(kappa, abs=5e-4)
