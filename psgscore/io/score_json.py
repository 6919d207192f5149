"""The score as one JSON document; its schema ships as configs/score.schema.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from psgscore.model.score import Score

SCHEMA_VERSION = 1
DISCLAIMER = "Research software, not a medical device; review by a qualified clinician required."
_DECIMALS = 6


def score_json(score: Score) -> str:
    """Return the score as JSON text: the same score, the same bytes."""
    text = json.dumps(score_document(score), indent=2, ensure_ascii=False, allow_nan=False)
    return text + "\n"


def score_document(score: Score) -> dict[str, Any]:
    """Return the score as plain lists and dictionaries, as the schema describes them."""
    provenance = score.provenance
    document = {
        "schema_version": SCHEMA_VERSION,
        "program": "psgscore",
        "version": provenance.version,
        "disclaimer": DISCLAIMER,
        "input": {"name": provenance.input_name, "sha256": provenance.input_sha256},
        "start": score.start,
        "duration_s": score.duration_s,
        "sleep": None if score.sleep is None else asdict(score.sleep),
        "rates": [asdict(rate) | {"per_hour": rate.per_hour} for rate in score.rates],
        "statistics": [asdict(number) for number in score.statistics],
        "histograms": [
            {"name": h.name, "rules": h.rules, "edges": h.edges, "counts": h.counts}
            for h in score.histograms
        ],
        "not_scored": [asdict(missing) for missing in score.not_scored],
        "findings": [asdict(finding) for finding in score.findings],
        "gaps": score.gaps,
        "unreadable": score.unreadable,
        "provenance": {
            "scoring_inputs": [
                {"name": name, "sha256": sha256} for name, sha256 in provenance.scoring_inputs
            ],
            "stage_source": provenance.stage_source,
            "channels": [asdict(channel) for channel in provenance.channels],
            "detection": None if provenance.detection is None else asdict(provenance.detection),
            "rules": [asdict(leg.criteria) for leg in score.legs],
            "criteria_sha256": provenance.criteria_sha256,
            "settings": dict(provenance.settings),
        },
    }
    plain = _plain(document)
    return dict(plain)


def _plain(value: Any) -> Any:
    """Turn arrays into lists and numbers that are not finite into null; round to 6 decimals."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return round(float(value), _DECIMALS) if np.isfinite(value) else None
    return value
