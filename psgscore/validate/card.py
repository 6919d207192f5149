"""The result of a validation as a JSON document, as text, and as a model card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from psgscore._version import __version__
from psgscore.compare.cells import escaped, markdown, whole
from psgscore.compare.document import estimate_of, hits_of, rounded, stages_of
from psgscore.model.score import DISCLAIMER
from psgscore.validate.tables import headline, own_recordings, tables_of
from psgscore.validate.values import (
    GROUPS,
    IndexResult,
    LegOverall,
    LegRow,
    StudyResult,
    Validation,
)

SCHEMA_VERSION = 1
PUBLISHED = {
    "psg-ipa": (
        "The authors of psgscoring report for the left leg of SN1, SN2 and SN3, greedy matching "
        "at an overlap of 0.2: people with each other 0.745, 0.820 and 0.909, psgscoring 0.592, "
        "0.699 and 0.692. Compare with the column F1 greedy.",
    ),
}
_LIMITS = (
    "What is compared is what the detector finds on each leg, before a rule set takes a movement "
    "out of a series or something else explains it.",
    "The interval is over recordings of this data set: it says nothing of other laboratories, "
    "amplifiers or patients.",
    "People disagree too: an F1 cannot be better than what they agree on.",
    "Where the consensus of several scorers is used, a stretch that more than half of them mark "
    "is a movement, however short it is.",
)


def validation_document(found: Validation) -> dict[str, Any]:
    """Return a validation as plain lists and dictionaries; None is what cannot be known."""
    return {
        "document": "validation",
        "schema_version": SCHEMA_VERSION,
        "program": "psgscore",
        "version": __version__,
        "disclaimer": DISCLAIMER,
        "dataset": _dataset(found),
        "settings": _settings(found),
        "overall": {
            "legs": [_leg_overall(leg) for leg in found.legs],
            "kappa": {group: estimate_of(one) for group, one in found.kappa.items()},
            "indices": [_index_overall(one) for one in found.indices],
        },
        "recordings": [_study(study) for study in found.studies],
    }


def _dataset(found: Validation) -> dict[str, Any]:
    plan = found.plan
    return {
        "name": plan.name,
        "title": plan.title,
        "home": plan.home or None,
        "terms": plan.terms or None,
        "findings": [asdict(one) for one in plan.findings],
    }


def _settings(found: Validation) -> dict[str, Any]:
    options = found.options
    return {
        "matching": "one-to-one, most pairs first, then largest sum of overlaps",
        "min_iou": options.rule.min_iou,
        "join_legs": options.join_legs,
        "stage": options.stage,
        "bootstrap_seed": options.seed,
        "bootstrap_resamples": options.n_resamples,
        "detection": asdict(options.detection),
        "criteria_sha256": found.criteria_sha256,
    }


def _leg_overall(leg: LegOverall) -> dict[str, Any]:
    return {
        "leg": leg.leg,
        "difference": estimate_of(leg.difference),
        "groups": {
            group: {
                "n_recordings": leg.n_recordings[group],
                "f1": estimate_of(leg.f1[group]),
                "f1_greedy": estimate_of(leg.greedy_f1[group]),
                "precision": estimate_of(leg.precision[group]),
                "recall": estimate_of(leg.recall[group]),
            }
            for group in GROUPS
        },
    }


def _index_overall(one: IndexResult) -> dict[str, Any]:
    return {
        "name": one.name,
        "n_recordings": one.difference.n,
        "bias": estimate_of(one.difference.bias),
        "lower_limit": estimate_of(one.difference.lower),
        "upper_limit": estimate_of(one.difference.upper),
        "icc_2_1": estimate_of(one.icc),
        "icc_2_1_humans": estimate_of(one.icc_humans),
    }


def _study(study: StudyResult) -> dict[str, Any]:
    return {
        "recording": study.name,
        "sha256": study.sha256 or None,
        "scorers": list(study.raters),
        "not_used_because": study.because or None,
        "written_by_psgscore": study.own,
        "not_scored": [asdict(one) for one in study.not_scored],
        "legs": [_leg(row) for row in study.legs],
        "stages": [
            {
                "group": row.group,
                "reference": row.reference,
                "other": row.other,
                "not_comparable_because": row.because or None,
                "agreement": stages_of(row.agreement),
            }
            for row in study.stages
        ],
        "indices": {
            who: {
                name: {"scorer": rounded(mine), "psgscore": rounded(theirs)}
                for name, (mine, theirs) in values.items()
            }
            for who, values in study.indices.items()
        },
        "findings": [asdict(one) for one in study.findings],
    }


def _leg(row: LegRow) -> dict[str, Any]:
    greedy = row.greedy
    return {
        "leg": row.leg,
        "group": row.group,
        "reference": row.reference,
        "other": row.other,
        "not_comparable_because": row.because or None,
        "by_overlap": None if row.hits is None else hits_of(row.hits),
        "n_matched_greedy": None if greedy is None else greedy.n_hits,
    }


def validation_text(found: Validation, files: Sequence[str]) -> str:
    """Return a validation for reading on a screen."""
    own = own_recordings(found)
    lines = [found.plan.title, *([own] if own else []), headline(found)]
    lines += [f"  {one.severity}: {one.message}" for one in found.plan.findings]
    for table in tables_of(found):
        lines += ["", *whole(table)]
    lines += ["", *([f"written: {path}" for path in files] or ["nothing written: -o DIR does"])]
    return "\n".join([*lines, "", DISCLAIMER])


def model_card(found: Validation) -> str:
    """Return what was tested, on what, how, with which result and which limits, as Markdown."""
    parts = (_tested, _on_what, _how, _results, _published, _limits, _recordings)
    return "\n".join(line for part in parts for line in part(found)) + "\n"


def _tested(found: Validation) -> list[str]:
    own = own_recordings(found)
    return [
        f"# Leg movements of psgscore {__version__} on {escaped(found.plan.title)}",
        "",
        f"> {DISCLAIMER}",
        "",
        *((f"**{escaped(own)}**", "") if own else ()),
        escaped(headline(found)),
        "",
        "## What was tested",
        "",
        f"- psgscore {__version__}, detector of leg movements",
        f"- SHA-256 of its numbers: `{found.criteria_sha256}`",
        f"- amplitude_gain {found.options.detection.amplitude_gain:g}",
        "",
    ]


def _on_what(found: Validation) -> list[str]:
    plan = found.plan
    scorers = sorted({len(study.raters) for study in found.studies if study.raters})
    used = [study for study in found.studies if not study.because]
    return [
        "## On what",
        "",
        f"- {escaped(plan.title)}" + (f", {plan.home}" if plan.home else ""),
        *([f"- terms: {escaped(plan.terms)}"] if plan.terms else []),
        f"- {len(used)} recordings used of {len(found.studies)} with a scoring",
        f"- scorers per recording: {' to '.join(map(str, dict.fromkeys(_ends(scorers))))}",
        *(f"- {escaped(one.message)}" for one in plan.findings),
        *(f"- {escaped(note)}" for note in plan.notes),
        "",
    ]


def _how(found: Validation) -> list[str]:
    options = found.options
    return [
        "## How",
        "",
        "- Movements are paired one to one: as many pairs as possible, of those the ones that "
        f"overlap most; a pair overlaps by {options.rule.min_iou:g} of its union or more.",
        "- F1 greedy pairs best overlap first, as some published numbers have it.",
        f"- Bootstrap over recordings: {options.n_resamples} times, seed {options.seed}.",
        "- The movements of either leg were taken together, what overlaps as one."
        if options.join_legs
        else "- Each leg by itself; of both legs together the counts are added up.",
        "",
    ]


def _results(found: Validation) -> list[str]:
    tables = [line for table in tables_of(found) for line in (*markdown(table), "")]
    return ["## Results", "", *tables]


def _published(found: Validation) -> list[str]:
    texts = PUBLISHED.get(found.plan.name)
    if texts is None:
        return []
    return ["## Published for comparison", "", *(f"- {text}" for text in texts), ""]


def _limits(_: Validation) -> list[str]:
    return ["## Limits", "", *(f"- {text}" for text in _LIMITS), ""]


def _recordings(found: Validation) -> list[str]:
    rows = [f"| {escaped(study.name)} | `{study.sha256 or '-'}` |" for study in found.studies]
    return ["## Recordings", "", "| recording | SHA-256 |", "|---|---|", *rows]


def _ends(counts: Sequence[int]) -> tuple[int, ...]:
    return (counts[0], counts[-1]) if counts else (0,)
