"""A comparison as one JSON document."""

from __future__ import annotations

from typing import Any

from psgscore._version import __version__
from psgscore.agree.events import EventAgreement, Hits, Spread
from psgscore.agree.indices import Estimate
from psgscore.agree.pairs import KindAgreement, PairAgreement
from psgscore.agree.stages import StageAgreement
from psgscore.compare.values import Comparison, PairOverall, RecordingComparison
from psgscore.model.score import DISCLAIMER

SCHEMA_VERSION = 1
_DECIMALS = 6


def compare_document(found: Comparison) -> dict[str, Any]:
    """Return a comparison as plain lists and dictionaries; None is what cannot be known."""
    options, rule = found.options, found.options.how.rule
    return {
        "document": "comparison",
        "schema_version": SCHEMA_VERSION,
        "program": "psgscore",
        "version": __version__,
        "disclaimer": DISCLAIMER,
        "scorers": list(found.names),
        "settings": {
            "matching": "one-to-one, most pairs first, then largest sum of overlaps",
            "min_iou": rule.min_iou,
            "onset_tolerance_s": rule.onset_s,
            "within": options.how.within,
            "kinds": list(options.how.kinds),
            "legs_joined": options.legs_joined,
            "looked_for": sorted(options.looked_for),
        },
        "recordings": [_recording(one) for one in found.recordings],
        "overall": [_overall(one) for one in found.overall],
        "icc_of_all": {name: estimate_of(one) for name, one in found.icc.items()},
    }


def _recording(one: RecordingComparison) -> dict[str, Any]:
    return {
        "recording": one.recording,
        "scorers": list(one.names),
        "start": one.start or None,
        "not_compared_because": one.because or None,
        "pairs": [pair_of(pair) for pair in one.pairs],
        "against_consensus_of_others": [pair_of(pair) for pair in one.others],
        "indices": {
            who: {name: rounded(value) for name, value in values.items()}
            for who, values in one.indices.items()
        },
        "findings": {
            who: [{"code": f.code, "severity": f.severity, "message": f.message} for f in findings]
            for who, findings in one.findings.items()
        },
    }


def pair_of(pair: PairAgreement) -> dict[str, Any]:
    """Return two scorings of one night."""
    return {
        "reference": pair.reference,
        "other": pair.other,
        "events": [_kind(one) for one in pair.kinds],
        "stages": stages_of(pair.stages),
        "stages_not_comparable_because": pair.stages_because or None,
        "stages_note": pair.stages_note or None,
    }


def _kind(one: KindAgreement) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "not_comparable_because": one.because or None,
        "by_overlap": _events(one.overlap),
        "by_onset": _events(one.onset),
    }


def _events(one: EventAgreement | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        **hits_of(one.hits),
        "onset_error": _spread(one.onset_error),
        "duration_error": _spread(one.duration_error),
    }


def hits_of(hits: Hits) -> dict[str, Any]:
    """Return counts and what follows from them."""
    return {
        "n_reference": hits.n_reference,
        "n_other": hits.n_other,
        "n_matched": hits.n_hits,
        "precision": rounded(hits.precision),
        "recall": rounded(hits.recall),
        "f1": rounded(hits.f1),
    }


def _spread(one: Spread) -> dict[str, Any]:
    names = ("median_s", "q1_s", "q3_s", "iqr_s", "bias_s")
    return {"n": one.n, **{name: rounded(getattr(one, name)) for name in names}}


def stages_of(one: StageAgreement | None) -> dict[str, Any] | None:
    """Return the agreement of stages."""
    if one is None:
        return None
    each = {"precision": one.precision, "recall": one.recall, "f1": one.f1}
    return {
        "n_epochs": one.n_epochs,
        "reference_only": one.reference_only,
        "other_only": one.other_only,
        "accuracy": rounded(one.accuracy),
        "kappa": rounded(one.kappa),
        "macro_f1": rounded(one.macro_f1),
        **{name: {s: rounded(v) for s, v in values.items()} for name, values in each.items()},
        "stages": list(one.f1),
        "confusion": one.confusion.tolist(),
    }


def _overall(one: PairOverall) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "other": one.other,
        "events": [
            {
                "kind": kind.kind,
                "n_recordings": kind.n_recordings,
                "by_overlap": hits_of(kind.overlap),
                "by_onset": hits_of(kind.onset),
                "mean_f1": estimate_of(kind.f1),
            }
            for kind in one.kinds
        ],
        "stages": stages_of(one.stages),
        "mean_kappa": estimate_of(one.kappa),
        "indices": [
            {
                "name": index.name,
                "n_recordings": index.difference.n,
                "bias": estimate_of(index.difference.bias),
                "sd": rounded(index.difference.sd),
                "lower_limit": estimate_of(index.difference.lower),
                "upper_limit": estimate_of(index.difference.upper),
                "icc_2_1": estimate_of(index.icc),
            }
            for index in one.indices
        ],
    }


def estimate_of(one: Estimate) -> dict[str, float | None]:
    """Return a number with its interval of 95 %."""
    return {"value": rounded(one.value), "low": rounded(one.low), "high": rounded(one.high)}


def rounded(value: float | None) -> float | None:
    """Return a number to 1e-6."""
    return None if value is None else round(value, _DECIMALS) + 0.0
