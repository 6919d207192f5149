"""The score as one JSON document; its schema ships as configs/score.schema.json."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from importlib import resources
from pathlib import PurePath
from typing import Any

import numpy as np

from psgscore.model._arrays import Floats
from psgscore.model.criteria import PERIODICITY
from psgscore.model.differential import DIFFERENTIAL_NOTE
from psgscore.model.movements import JERK_NOTE, MovementScore
from psgscore.model.score import DISCLAIMER, Provenance, Rate, Score
from psgscore.model.staging import StagingResult
from psgscore.score.kind_summary import kind_summaries

SCHEMA_VERSION = 1
_DECIMALS = 6
# Enough to tell 1 us from 0 h: a rate without hours is the only one without a per_hour.
_HOURS_DECIMALS = 10
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def score_json(score: Score) -> str:
    """Return the score as JSON text: the same score, the same bytes."""
    return json_text(score_document(score))


def json_text(document: Mapping[str, Any]) -> str:
    """Return a document as indented JSON that can always be written as UTF-8.

    Raises
    ------
    ValueError
        A number is not finite.
    """
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    # File names that are not UTF-8 come as lone surrogates, which UTF-8 cannot hold.
    return _LONE_SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def score_schema() -> dict[str, Any]:
    """Return the published JSON Schema (draft 2020-12) of `score_document`."""
    file = resources.files("psgscore.configs").joinpath("score.schema.json")
    schema: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return schema


def score_document(score: Score) -> dict[str, Any]:
    """Return the score as plain lists and dictionaries, as the schema describes them.

    Times and results are rounded to 6 decimals, hours to 10; criteria and settings are
    given in full. A number that is not finite becomes None.
    """
    provenance = score.provenance
    return {
        "schema_version": SCHEMA_VERSION,
        "program": "psgscore",
        "version": provenance.version,
        "disclaimer": DISCLAIMER,
        "input": {"name": provenance.input_name, "sha256": provenance.input_sha256},
        "start": score.start,
        "duration_s": plain(score.duration_s, _DECIMALS),
        "sleep": plain(score.sleep, _DECIMALS),
        "rates": [_rate(rate) for rate in score.rates],
        "statistics": plain(score.statistics, _DECIMALS),
        "histograms": plain(score.histograms, _DECIMALS),
        "not_scored": plain(score.not_scored),
        "findings": plain(score.findings),
        "gaps": plain(score.gaps, _DECIMALS),
        "unreadable": plain(score.unreadable, _DECIMALS),
        "staging": None if score.staging is None else _staging(score.staging, score),
        "sleep_onsets": plain(score.onsets, _DECIMALS),
        "movements": None if score.movements is None else _movements(score, score.movements),
        "differential": _differential(score),
        "restless": plain(score.restless, _DECIMALS),
        "provenance": _provenance(provenance),
    }


def _staging(staging: StagingResult, score: Score) -> dict[str, Any]:
    """Return what is to be known of automatic stages; the epochs are in the hypnogram table."""
    scorer = [] if score.scorer is None else score.scorer.tolist()
    return {
        "backend": staging.backend,
        "reviewed": False,
        "channels": [{"role": role, "name": name} for role, name in staging.channels],
        "epochs": {who: scorer.count(who) for who in ("given", "automatic")},
        "mean_confidence": plain(_mean(staging.confidence), _DECIMALS),
        "ranges": plain(score.ranges, _DECIMALS),
        "review": [
            {
                "epoch": item.epoch,
                "start_s": plain(item.start_s, _DECIMALS),
                "first": item.first.name,
                "second": item.second.name,
                "probability": plain(item.probability, _DECIMALS),
                "second_probability": plain(item.second_probability, _DECIMALS),
                "reasons": list(item.reasons),
            }
            for item in staging.review
        ],
    }


def _movements(score: Score, movements: MovementScore) -> dict[str, Any]:
    """Return the numbers of movements besides leg movements; the rows are in the event table."""
    heart = movements.heart
    course = None
    if heart is not None and heart.not_scored is None:
        course = {
            "times_s": heart.times_s,
            "mean_bpm": heart.mean_bpm,
            "sem_bpm": heart.sem_bpm,
            "mean_rise_bpm": heart.mean_rise_bpm,
            "sem_rise_bpm": heart.sem_rise_bpm,
            "movements": heart.n,
            "left_out": heart.left_out,
            "peak_rise_bpm": heart.peak_rise_bpm,
            "peak_latency_s": heart.peak_latency_s,
        }
    rem = movements.rem
    found = {
        "note": JERK_NOTE,
        "channels": movements.channels,
        "muscles": movements.muscles,
        "jerks": movements.jerks,
        "fragmentary_per_hour": movements.fragmentary_per_hour,
        "rem": None
        if rem is None
        else {
            "channels": rem.channels,
            "atonia_index": None if rem.atonia_index is None else rem.atonia_index.value,
            "cut_offs": [{"what": one.what, "words": one.words} for one in rem.cut_offs],
        },
        "heart_response": course,
        "kinds": list(kind_summaries(score)),
        "accelerometers": [
            {"channel": one.label, "unit": one.unit, "bursts": len(one.events)}
            for one in movements.accelerometers
        ],
    }
    document: dict[str, Any] = plain(found, _DECIMALS)
    return document


def _differential(score: Score) -> dict[str, Any] | None:
    """Return the table "which movement is it", None where other movements were not looked for."""
    found = None if score.movements is None else score.movements.differential
    if found is None:
        return None
    document: dict[str, Any] = {"note": DIFFERENTIAL_NOTE, **plain(found, _DECIMALS)}
    return document


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else math.nan


def _rate(rate: Rate) -> dict[str, Any]:
    hours = plain(rate.hours, _HOURS_DECIMALS)
    per_hour = plain(rate.per_hour, _DECIMALS)
    return {**plain(rate), "hours": hours, "per_hour": per_hour}


def _provenance(provenance: Provenance) -> dict[str, Any]:
    return {
        "scoring_inputs": [
            {"name": name, "sha256": sha256} for name, sha256 in provenance.scoring_inputs
        ],
        "stage_source": provenance.stage_source,
        "channels": plain(provenance.channels, _DECIMALS),
        "detection": plain(provenance.detection),
        "movements": plain(provenance.movements),
        "periodicity": plain(PERIODICITY),
        "rules": plain(provenance.rules),
        "criteria_sha256": provenance.criteria_sha256,
        "settings": plain(provenance.settings),
    }


def plain(value: Any, decimals: int | None = None) -> Any:
    """Turn a value into what JSON has, floats rounded to `decimals` if it is given."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name), decimals) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(one, decimals) for key, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(plain(one, decimals) for one in value)
    if isinstance(value, list | tuple):
        return [plain(one, decimals) for one in value]
    if isinstance(value, np.ndarray | np.generic):
        return plain(value.tolist(), decimals)
    return _scalar(value, decimals)


def _scalar(value: Any, decimals: int | None) -> str | int | float | None:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        # Adding 0.0 turns the -0.0 of rounding into 0.0.
        return value if decimals is None else round(value, decimals) + 0.0
    if isinstance(value, PurePath):
        return value.as_posix()
    raise TypeError(f"a score cannot hold {type(value).__name__}: {value!r}")
