"""wasm-2016 equals PLMScoRe on every row, and the worked examples under both standards."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from psgscore.model.criteria import AASM_V3, WASM_2016
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.score.night import Context, score_events, with_respiratory_window

DATA = Path(__file__).parents[1] / "data"
SCORED = Context(covers=frozenset({"LM", "arousal", "respiratory"}))
KINDS = {"leg_movement_left": "LM:left", "leg_movement_right": "LM:right"}
TYPES = {"L": "LM:left", "R": "LM:right", "RESP": "respiratory", "AR": "arousal"}
STAGES = {"W": "W", "N1": "N1", "N2": "N2", "N3": "N3", "R": "R", "REM": "R"}


def rows_by_night(name):
    nights = defaultdict(list)
    with gzip.open(DATA / "plmscore" / f"{name}.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            nights[row["night"]].append(row)
    return nights


EVENTS, EXPECTED = rows_by_night("events"), rows_by_night("expected")
CASES = json.loads((DATA / "worked_examples.json").read_text("utf-8"))["cases"]


def hypnogram(spans):
    stages = np.full(int(max(stop for _, stop, _ in spans) / 30), int(Stage.UNSCORED), np.int8)
    for start, stop, name in spans:
        stages[int(start / 30) : int(stop / 30)] = Stage[STAGES[name]]
    return Hypnogram(stages)


def score(events, stages, *rules):
    return score_events(events, stages, rules=rules, context=SCORED).legs


def flags(values):
    return [str(int(value)) for value in values]


@pytest.mark.parametrize("night", EVENTS)
def test_every_row_of_a_night(night):
    rows = [(r["kind"], float(r["onset_s"]), float(r["duration_s"])) for r in EVENTS[night]]
    stages = hypnogram([(s, s + d, k[6:]) for k, s, d in rows if k.startswith("stage_")])
    marks = [(KINDS.get(k, k), s, s + d) for k, s, d in rows if not k.startswith("stage_")]
    kinds, starts, stops = zip(*marks, strict=True)
    wide, narrow = score(
        Events.of(list(kinds), starts, stops),
        stages,
        *(with_respiratory_window(WASM_2016, window) for window in ("wide", "narrow")),
    )
    verdicts = wide.verdicts
    found = {
        "onset_s": [float(f"{t:.3f}") for t in wide.movements.start_s],
        "offset_s": [float(f"{t:.3f}") for t in wide.movements.stop_s],
        "side": verdicts.side.tolist(),
        "candidate": flags(verdicts.candidate),
        "plm": flags(verdicts.plm),
        "series": flags(verdicts.series),
        "stage": [Stage(stage).name for stage in verdicts.stage.tolist()],
        "arousal": flags(verdicts.arousal),
        "respiratory_wide": flags(verdicts.respiratory),
        "plm_without_respiratory_wide": flags(verdicts.plm_without_respiratory),
        "respiratory_narrow": flags(narrow.verdicts.respiratory),
        "plm_without_respiratory_narrow": flags(narrow.verdicts.plm_without_respiratory),
    }
    for name, column in found.items():
        expected = [row[name] for row in EXPECTED[night]]
        if name in ("onset_s", "offset_s"):
            expected = [float(value) for value in expected]
        if name == "stage":
            expected = [STAGES[value] for value in expected]
        assert column == expected, name


def test_the_oracle_is_whole():
    assert sum(map(len, EXPECTED.values())) == 22426


def worked(case):
    spans = [
        (e["onset"], e["onset"] + e["duration"], e["type"])
        for e in case["events"]
        if e["type"] in STAGES and e["type"] != "R"
    ]
    marks = [e for e in case["events"] if e["type"] in TYPES]
    events = Events.of(
        [TYPES[e["type"]] for e in marks],
        [e["onset"] for e in marks],
        [e["onset"] + e["duration"] for e in marks],
    )
    return events, hypnogram(spans)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_worked_example_wasm(case):
    wide, narrow = score(*worked(case), WASM_2016, with_respiratory_window(WASM_2016, "narrow"))
    verdicts = wide.verdicts
    found = {
        "n_events": len(wide.movements),
        "n_clm": verdicts.candidate.sum(),
        "n_plm": verdicts.plm.sum(),
        "n_series": verdicts.series.max(initial=0),
        "n_plms": (verdicts.plm & (verdicts.stage > 0)).sum(),
        "n_plmw": (verdicts.plm & (verdicts.stage == 0)).sum(),
        "n_clm_resp_-2_10.25": (verdicts.candidate & verdicts.respiratory).sum(),
        "n_plm_nr_-2_10.25": verdicts.plm_without_respiratory.sum(),
        "n_plm_nr_-0.5_0.5": narrow.verdicts.plm_without_respiratory.sum(),
        "n_lm_with_arousal": verdicts.arousal.sum(),
    }
    expected = dict(case["wasm2016"])
    onsets = expected.pop("plm_onsets")
    assert {name: int(value) for name, value in found.items()} == expected
    assert wide.movements.start_s[verdicts.plm] == pytest.approx(onsets)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_worked_example_aasm(case):
    any_stage = replace(AASM_V3, eligible="any_stage")
    everything, skip, end, sleep = score(
        *worked(case),
        replace(any_stage, respiratory="flagged"),
        any_stage,
        replace(any_stage, short_interval="ends_series"),
        AASM_V3,
    )
    found = {
        "n_lm": everything.verdicts.candidate.sum(),
        "n_lm_after_resp_exclusion": skip.verdicts.candidate.sum(),
        "n_plm_short_imi_skip": skip.verdicts.plm.sum(),
        "n_plm_short_imi_break": end.verdicts.plm.sum(),
        "n_plm_sleep_only_skip": sleep.verdicts.plm.sum(),
    }
    assert {name: int(value) for name, value in found.items()} == case["aasm"]
