from __future__ import annotations

import copy
import hashlib
import importlib.util
import json
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from report_nights import leg, nights, provenance, score_night, with_gaps

from psgscore.io.score_json import score_document, score_json, score_schema
from psgscore.model.criteria import RespiratoryWindow
from psgscore.model.finding import Finding
from psgscore.model.score import Rate, Score
from psgscore.score.night import score_events

NIGHTS = nights()
SCRIPTS = Path(__file__).parents[2] / "scripts"
SCHEMA = Draft202012Validator(score_schema())


def complaints(document: Any) -> list[str]:
    return [error.json_path for error in SCHEMA.iter_errors(document)]


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every part of a schema that describes an object by its properties."""
    if isinstance(schema, dict):
        if "properties" in schema and "type" in schema:
            yield schema
        for part in schema.values():
            yield from objects(part)


# the document ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", NIGHTS)
def test_every_night_follows_the_schema(name):
    text = score_json(NIGHTS[name])
    assert complaints(json.loads(text)) == []
    assert json.loads(text) == score_document(NIGHTS[name])


def test_same_score_gives_the_same_bytes():
    assert score_json(score_night()) == score_json(score_night())


def test_document_of_a_whole_night():
    document = score_document(NIGHTS["everything"])
    assert document["input"]["name"] == "night-7.edf"
    assert document["start"] == "22:30:00"
    assert document["duration_s"] == 10800.0
    assert document["sleep"]["stage_min"]["N3"] == 30.0
    assert document["provenance"]["scoring_inputs"][0][0] == "night-7.stages.tsv"
    assert document["provenance"]["channels"][0]["measures"]["resting_uv"] == 1.6
    assert [rules["name"] for rules in document["provenance"]["rules"]] == ["wasm-2016", "aasm-v3"]


def test_document_holds_every_number_of_the_score():
    score = NIGHTS["everything"]
    document = score_document(score)
    for row, rate in zip(document["rates"], score.rates, strict=True):
        assert (row["name"], row["rules"], row["scope"]) == (rate.name, rate.rules, rate.scope)
        assert row["count"] == rate.count
        assert row["hours"] == rate.hours
        assert row["per_hour"] == rate.per_hour
    for row, number in zip(document["statistics"], score.statistics, strict=True):
        assert row["value"] == number.value
    for row, histogram in zip(document["histograms"], score.histograms, strict=True):
        assert row["counts"] == histogram.counts.tolist()


def test_document_tells_what_is_missing():
    document = score_document(NIGHTS["no legs and no hypnogram"])
    assert document["sleep"] is None
    assert document["rates"] == []
    assert {missing["what"] for missing in document["not_scored"]} >= {"leg movements"}


def test_document_lists_gaps_and_findings():
    document = score_document(with_gaps())
    assert document["gaps"] == [[5400.0, 5700.0]]
    assert document["unreadable"] == [[5400.0, 5700.0], [6600.0, 7200.0]]
    assert document["findings"][0] == {
        "code": "edf.truncated",
        "message": "the last record is cut short",
        "where": "file",
        "severity": "error",
    }


def test_criteria_are_given_in_full_so_that_their_hash_can_be_checked():
    found = score_document(NIGHTS["everything"])["provenance"]
    used = [found["detection"], found["periodicity"], *found["rules"]]
    text = json.dumps(used, sort_keys=True)
    assert hashlib.sha256(text.encode()).hexdigest() == found["criteria_sha256"]


@pytest.mark.parametrize(
    ("hours", "per_hour"),
    [
        pytest.param(0.0, None, id="no hours"),
        pytest.param(1e-6 / 3600, pytest.approx(3.6e9), id="a microsecond"),
        pytest.param(3.0, 1 / 3, id="in full"),
    ],
)
def test_rate_without_hours_has_no_number(hours, per_hour):
    rate = Rate(name="plm", rules="r", scope="total", count=1, hours=hours)
    document = score_document(replace(score_events(NIGHTS["no legs"].events), rates=(rate,)))
    assert complaints(document) == []
    assert document["rates"][0]["per_hour"] == per_hour
    assert (document["rates"][0]["hours"] == 0) == (hours == 0)


def with_settings(**settings: Any) -> Score:
    return score_night(provenance=provenance(settings=settings))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param(np.float32(0.5), 0.5, id="numpy float"),
        pytest.param(np.int64(3), 3, id="numpy integer"),
        pytest.param(np.bool_(True), True, id="numpy bool"),
        pytest.param(np.array([[1, 2]]), [[1, 2]], id="array"),
        pytest.param(frozenset({"b", "c", "a"}), ["a", "b", "c"], id="sets are sorted"),
        pytest.param(Path("maps") / "a.toml", "maps/a.toml", id="path"),
        pytest.param(MappingProxyType({"a": (1, None)}), {"a": [1, None]}, id="mapping"),
        pytest.param(float("nan"), None, id="not a number"),
        pytest.param(float("-inf"), None, id="infinite"),
        pytest.param(
            RespiratoryWindow(anchor="end", before_s=1, after_s=2),
            {"anchor": "end", "before_s": 1, "after_s": 2},
            id="value",
        ),
    ],
)
def test_settings_of_any_plain_kind_are_written(value, written):
    found = json.loads(score_json(with_settings(it=value)))["provenance"]["settings"]["it"]
    assert found == written


def test_setting_that_json_cannot_hold_is_refused_by_name():
    with pytest.raises(TypeError, match="object"):
        score_json(with_settings(it=object()))


def test_measures_and_read_only_mappings_of_the_sleep_measures_are_written():
    score = score_night(
        provenance=provenance(channels=(leg("left", odd=float("nan"), tiny=-1e-12),))
    )
    frozen = replace(score.sleep, stage_min=MappingProxyType(dict(score.sleep.stage_min)))
    text = score_json(replace(score, sleep=frozen))
    measures = json.loads(text)["provenance"]["channels"][0]["measures"]
    assert measures["odd"] is None
    assert measures["tiny"] == -1e-12
    assert complaints(json.loads(text)) == []


def test_names_that_are_not_utf8_are_written_and_come_back():
    name = b"M\xfcller \xe4.edf".decode("utf-8", "surrogateescape") + " \u00e9"
    text = score_json(score_night(provenance=provenance(input_name=name)))
    assert json.loads(text.encode("utf-8"))["input"]["name"] == name
    assert "\u00e9" in text


def test_hostile_labels_stay_inside_their_strings():
    label = 'LEG"\\\t\n\u2028</script>'
    channel = replace(leg("left"), name=label)
    score = score_night(
        provenance=provenance(channels=(channel,)),
        findings=(Finding("edf.label", f"label {label}", label),),
    )
    document = json.loads(score_json(score))
    assert document["provenance"]["channels"][0]["name"] == label
    assert document["findings"][0]["where"] == label


def test_a_list_of_numbers_stands_on_one_line():
    lines = score_json(NIGHTS["everything"]).splitlines()
    starts = NIGHTS["everything"].events.start_s
    (line,) = (one for one in lines if one.startswith('    "start_s": ['))
    assert json.loads(line.partition(":")[2].rstrip(",")) == starts.tolist()
    assert max(line.count("[") for line in lines) == 1


# the schema -----------------------------------------------------------------------------


def test_schema_is_a_valid_schema():
    Draft202012Validator.check_schema(score_schema())


def test_schema_lets_no_unknown_key_through():
    described = list(objects(score_schema()))
    assert len(described) > 15
    for part in described:
        assert part["additionalProperties"] is False
        assert set(part["required"]) == set(part["properties"])


def test_the_shipped_schema_names_every_key_of_the_model():
    spec = importlib.util.spec_from_file_location("print_schema", SCRIPTS / "print_schema.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    shipped = score_schema()
    assert json.dumps(script.completed(shipped)) == json.dumps(shipped)
    gone = copy.deepcopy(shipped)
    gone["$defs"]["Rate"]["properties"]["other"] = {"type": "string"}
    del gone["$defs"]["Rate"]["properties"]["hours"]
    assert set(script.completed(gone)["$defs"]["Rate"]["properties"]) == {
        *(field.name for field in fields(Rate)),
        "per_hour",
    }


def _set(document: Any, path: list[Any], value: Any) -> None:
    for step in path[:-1]:
        document = document[step]
    document[path[-1]] = value


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["schema_version"], 1),
        (["program"], "other"),
        (["extra"], 1),
        (["duration_s"], -1.0),
        (["duration_s"], None),
        (["start"], "22.30"),
        (["input", "sha256"], "abc"),
        (["input", "path"], "/home/name"),
        (["sleep"], {}),
        (["sleep", "tst_min"], None),
        (["sleep", "stage_min", "UNSCORED"], 3.0),
        (["rates", 0, "count"], 1.5),
        (["rates", 0, "hours"], -1.0),
        (["rates", 0, "per_hour"], None),
        (["rates", 0, "hours"], 0.0),
        (["rates", 0, "per_hour"], "12"),
        (["statistics", 0, "value"], "12"),
        (["histograms", 0, "counts", 0], -1),
        (["hypnogram", "stages", 0], "S2"),
        (["events", "start_s", 0], "1"),
        (["events", "kind", 0], None),
        (["legs", 0, "verdicts", "series", 0], 1.5),
        (["legs", 0, "verdicts", "plm"], [True]),
        (["gaps"], [[1.0]]),
        (["gaps"], [[1.0, 2.0, 3.0]]),
        (["not_scored"], [{"what": "legs"}]),
        (["findings"], [{"code": "x y", "message": "m", "where": "", "severity": "note"}]),
        (["findings"], [{"code": "a.b", "message": "m", "where": "", "severity": "fatal"}]),
        (["provenance", "detection", "onset_rise_uv"], "8"),
        (["provenance", "detection", "gate"], {}),
        (["provenance", "rules", 0, "bilateral_by"], "guess"),
        (["provenance", "rules", 0, "respiratory_window", "before_s"], -1),
        (["provenance", "channels", 0, "measures", "resting_uv"], "1.6"),
        (["provenance", "channels", 0, "rate_hz"], 0),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, list) else None,
)
def test_schema_rejects_a_broken_document(path, value):
    document = copy.deepcopy(score_document(NIGHTS["everything"]))
    assert complaints(document) == []
    _set(document, path, value)
    assert complaints(document) != []


@pytest.mark.parametrize("key", list(score_document(NIGHTS["everything"])))
def test_schema_misses_every_key_that_is_left_out(key):
    document = score_document(NIGHTS["everything"])
    del document[key]
    assert complaints(document) != []
