"""Hypnograms of DREAMS, Visbrain, Elan, YASA, Dreem, Snooz and sleeplab-format."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from datetime import datetime

import numpy as np
import pytest

from psgscore.agree import compare_stages
from psgscore.errors import ScoringFileError
from psgscore.io.scoring_files import read_scoring

ISRUC = "0\n1\n2\n3\n5\n"


def read(folder, text, name="night.txt", **how):
    path = folder / name
    path.write_text(text, "utf-8")
    return read_scoring(path, **how)


def stages(scoring):
    return scoring.hypnogram.stages.tolist()


def codes(scoring):
    return [finding.code for finding in scoring.findings]


@pytest.mark.parametrize(
    ("header", "expected", "findings"),
    [
        pytest.param("[HypnogramAASM]", [0, 4, 1, 2, 3, -1, -1, -1, -1], [], id="AASM: 0 unknown"),
        pytest.param(
            "[HypnogramR&K]",
            [0, 4, 1, 2, 3, 3, -1, -1, -1],
            ["scoring.rk-stages"],
            id="R&K: 0 is S4, -1 movement",
        ),
        pytest.param(
            "[hypnogram]",
            [0, 4, 1, 2, 3, -1, -1, -1, -1],
            ["scoring.codes-unsure"],
            id="no standard: 0 is not guessed",
        ),
    ],
)
def test_dreams(tmp_path, header, expected, findings):
    text = "\r\n".join([header, *map(str, range(5, -4, -1))])
    found = read(tmp_path, text)
    assert stages(found) == expected
    assert found.hypnogram.epoch_s == 5.0
    assert codes(found) == findings


def test_dreams_names_an_unknown_code_and_its_line(tmp_path):
    with pytest.raises(ScoringFileError, match=r"night\.txt, line 3: unknown stage code '7'"):
        read(tmp_path, "[HypnogramAASM]\n5\n7\n")
    with pytest.raises(ScoringFileError, match="a header, but no stages"):
        read(tmp_path, "[HypnogramAASM]\n")


def test_visbrain_says_when_a_stage_ends(tmp_path):
    found = read(
        tmp_path, "*Duration_sec\t150\n*Datafile\tn.edf\nWake\t60\nN2\t90\nArt\t120\nREM\t150"
    )
    assert stages(found) == [0, 0, 2, -1, 4]
    with pytest.raises(ScoringFileError, match=r"line 3: 'N2\\t60' is not a stage and the second"):
        read(tmp_path, "*Duration_sec 60\nWake\t60\nN2\t60\n")
    with pytest.raises(ScoringFileError, match="unknown stage 'N9'"):
        read(tmp_path, "*Duration_sec 60\nN9\t60\n")


def test_elan_says_how_long_an_epoch_is(tmp_path):
    text = "time_base 20\nsampling_period 0.0039\nepoch_nb 6\nepoch_list\n0\n1\n4\n5\n-1\n"
    found = read(tmp_path, text, "n.hyp")
    assert stages(found) == [0, 1, 3, 4, -1]
    assert found.hypnogram.epoch_s == 20.0
    with pytest.raises(ScoringFileError, match="epoch_list"):
        read(tmp_path, "time_base 20\n0\n", "n.hyp")


@pytest.mark.parametrize(("freq", "epoch_s"), [("30s", 30.0), ("20S", 20.0), ("0.5min", 30.0)])
def test_yasa_json(tmp_path, freq, epoch_s):
    words = ["WAKE", "N1", "N2", "N3", "REM", "ART", "UNS"]
    told = {"values": words, "n_stages": 5, "freq": freq, "start": None, "scorer": None}
    found = read(tmp_path, json.dumps(told, indent=2))
    assert stages(found) == [0, 1, 2, 3, 4, -1, -1]
    assert found.hypnogram.epoch_s == epoch_s


def test_yasa_json_with_a_start_lies_on_the_clock(tmp_path):
    told = {"values": ["N2"], "n_stages": 5, "freq": "30s", "start": "2022-12-15T22:30:00+01:00"}
    found = read(tmp_path, json.dumps(told), start=datetime(2022, 12, 15, 22, 29, 0))
    assert found.hypnogram.start_s == 60.0


@pytest.mark.parametrize(
    ("change", "match"),
    [
        pytest.param({"values": ["LIGHT"]}, "unknown stage 'LIGHT'", id="four stages"),
        pytest.param({"freq": "0s"}, "freq is '0s'", id="no length"),
        pytest.param({"start": "soon"}, "start is 'soon'", id="no date"),
        pytest.param({"values": [1]}, "value 1 is '1', no word", id="a number"),
        pytest.param({"values": []}, "values is no list, or an empty one", id="nothing"),
    ],
)
def test_yasa_json_refused(tmp_path, change, match):
    told = {"values": ["N2"], "n_stages": 5, "freq": "30s", "start": None} | change
    with pytest.raises(ScoringFileError, match=match):
        read(tmp_path, json.dumps(told))


def test_yasa_table_of_epochs(tmp_path):
    text = (
        "epoch,onset,duration,value,description,scorer\n0,0.0,30.0,0,WAKE,a\n1,30.0,30.0,-1,ART,a\n"
    )
    found = read(tmp_path, text, "n.csv")
    assert stages(found) == [0, -1]
    assert codes(found) == []


def test_yasa_series_as_csv(tmp_path):
    assert stages(read(tmp_path, "Epoch,Stage\n0,WAKE\n1,N3\n2,UNS\n", "n.csv")) == [0, 3, -1]


def test_isruc_is_one_code_per_line_of_rechtschaffen_and_kales(tmp_path):
    assert stages(read(tmp_path, ISRUC, stage_codes="rk")) == [0, 1, 2, 3, 4]
    with pytest.raises(ScoringFileError, match="line 5: unknown stage code '5'"):
        read(tmp_path, ISRUC)


@pytest.mark.parametrize(
    ("text", "how", "expected"),
    [
        pytest.param("[0, 1, 2, 3, 4, -1]", {}, [0, 1, 2, 3, 4, -1], id="codes"),
        pytest.param("[\n 0,\n 5\n]", {"stage_codes": "rk"}, [0, 4], id="codes named"),
        pytest.param('["W", "N2", null, NaN]', {}, [0, 2, -1, -1], id="words and nothing"),
    ],
)
def test_json_lists(tmp_path, text, how, expected):
    assert stages(read(tmp_path, text, "n.json", **how)) == expected


@pytest.mark.parametrize("text", ["[0, 7]", "[0, 1.5]", "[0, true]", "[0, [1]]", "[0", "[]"])
def test_json_lists_refused(tmp_path, text):
    with pytest.raises(ScoringFileError, match=r"n\.json"):
        read(tmp_path, text, "n.json")


def test_snooz(tmp_path):
    text = (
        "group\tname\tstart_sec\tduration_sec\tchannels\n"
        "stage\t0\t0\t30\t\nstage\t4\t30\t30\t\nstage\t5\t60\t30\t\nstage\t9\t90\t30\t\n"
        "event\tarousal\t12.5\t3\t['EEG C3']\nplm\tLM\t20\t1\t['LAT']\nevent\tspindle\t1\t1\t\n"
    )
    found = read(tmp_path, text, "n.tsv")
    assert stages(found) == [0, 3, 4, -1]
    assert found.events.kind.tolist() == ["spindle", "arousal", "LM:left"]
    assert found.events.channel.tolist() == ["", "EEG C3", "LAT"]
    with pytest.raises(ScoringFileError, match=r"line 2: duration_sec -3 is negative"):
        read(tmp_path, text.split("stage\t0", maxsplit=1)[0] + "a\tb\t1\t-3\t\n", "n.tsv")


def sleeplab(kind, *rows):
    names = ("name", "start_sec", "duration", "input_channel")
    listed = [
        dict(zip(names, row, strict=False)) | {"start_ts": "2020-01-01T22:00:00"} for row in rows
    ]
    return json.dumps({"scorer": "a", "type": kind, "annotations": listed})


def test_sleeplab_hypnograms(tmp_path):
    text = sleeplab(
        "hypnogram", ("W", 0, 30), ("N3", 30, 30), ("UNSURE", 60, 30), ("ARTIFACT", 90, 30)
    )
    assert stages(read(tmp_path, text)) == [0, 3, -1, -1]
    found = read(tmp_path, sleeplab("rkhypnogram", ("S4", 0, 30), ("MOVEMENT", 30, 30)))
    assert stages(found) == [3, -1]
    assert codes(found) == ["scoring.rk-stages"]


def test_sleeplab_events(tmp_path):
    expected = {
        "AROUSAL_RES": "arousal:respiratory",
        "AROUSAL_SPONT": "arousal:spontaneous",
        "AROUSAL_PLM": "arousal:plm",
        "LM_LEFT": "LM:left",
        "PLM_RIGHT": "PLM:imported",
        "APNEA_MIXED": "apnea:mixed",
        "HYPOPNEA_CENTRAL": "hypopnea:central",
        "HYPOPNEA_OBSTRUCTIVE": "hypopnea:obstructive",
        "SPO2_DESAT": "desat",
        "UNSURE": "other:UNSURE",
        "ARTIFACT": "artifact",
    }
    rows = [(name, k, 0.5, "EMG") for k, name in enumerate(expected)]
    found = read(tmp_path, sleeplab("aasmevents", *rows))
    assert found.hypnogram is None
    assert found.events.kind.tolist() == list(expected.values())


def test_sleeplab_table(tmp_path):
    text = 'name,start_ts,start_sec,duration,input_channel\nRERA,x,10,12.5,"Flow, nasal"\n'
    found = read(tmp_path, text, "n.csv")
    assert found.events.kind.tolist() == ["RERA"]
    assert found.events.channel.tolist() == ["Flow, nasal"]
    assert stages(read(tmp_path, "name,start_sec,duration\nW,0,30\nS4,30,30\n", "n.csv")) == [0, 3]


@pytest.mark.parametrize(
    ("row", "match"),
    [
        pytest.param(("W", -1e12, 30), "annotation 1: start_sec", id="out of range"),
        pytest.param(("W", 0, -1), "annotation 1: duration", id="negative"),
        pytest.param((3, 0, 30), "annotation 1: name is '3'", id="no word"),
        pytest.param(("W",), "annotation 1: 'start_sec' is missing", id="no time"),
    ],
)
def test_sleeplab_refused(tmp_path, row, match):
    with pytest.raises(ScoringFileError, match=match):
        read(tmp_path, sleeplab("hypnogram", row))


@pytest.mark.parametrize(
    ("folder", "n_nights", "kappa"),
    [
        pytest.param("dodh", 25, 0.701, id="healthy"),
        pytest.param("dodo", 55, 0.675, id="apnoea"),
    ],
)
def test_dreem_files_read_and_agree_as_published(real_data, folder, n_nights, kappa):
    """The published figure is the mean over nights of the mean over the ten pairs of scorers."""
    root = real_data(f"hypnograms/dreem_dod/{folder}")
    files = sorted(path.name for path in (root / "scorer_1").glob("*.json"))
    assert len(files) == n_nights
    each = []
    for name in files:
        paths = [root / f"scorer_{k}" / name for k in range(1, 6)]
        scored = [read_scoring(path).hypnogram for path in paths]
        for path, night in zip(paths, scored, strict=True):
            assert Counter(night.stages.tolist()) == Counter(json.loads(path.read_text("utf-8")))
        pairs = [compare_stages(a, b).kappa for a, b in itertools.combinations(scored, 2)]
        each.append(np.mean(pairs))
    assert np.mean(each) == pytest.approx(kappa, abs=0.005)
