"""Compare automatic stages with those of people, over a list of recordings.

    python scripts/validate_staging.py MANIFEST [--stage-codes CODES] [--json]

MANIFEST is a csv with the columns ``recording`` and ``scoring`` (paths relative to it) and,
if wanted, ``predicted`` (a hypnogram file, taken instead of running the stager) and
``group``. One recording that fails is one error line; the exit code is then 1.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from psgscore import agree
from psgscore.io.scoring_files import read_scoring
from psgscore.model._arrays import Bools, Floats
from psgscore.model.hypnogram import Hypnogram
from psgscore.model.staging import PROBABILITY_STAGES, StagingResult

SHARES = (0.1, 0.2, 0.3)
"""How much of a night is reviewed."""

STAGES = tuple(stage.name for stage in PROBABILITY_STAGES)

Stager = Callable[[Any], StagingResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the manifest; "" where a column is empty or missing."""

    recording: str
    scoring: str
    predicted: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Night:
    """Automatic stages of one night, judged by a person's.

    `confidence` and `wrong` are of the epochs that both scored; `caught` holds the share of
    the errors found in the first 10, 20 and 30 % of the night by the review list, and
    `caught_by_confidence` by lowest confidence alone: None without errors or probabilities.
    """

    name: str
    group: str
    agreement: agree.StageAgreement
    confidence: Floats
    wrong: Bools
    caught: tuple[float | None, ...]
    caught_by_confidence: tuple[float | None, ...]


def judge(reference: Hypnogram, result: StagingResult, *, name: str, group: str = "") -> Night:
    """Judge the automatic stages of a night by a person's."""
    known, wrong = agree.judged(reference, result.hypnogram)
    sure = result.confidence
    nothing: tuple[float | None, ...] = (None,) * len(SHARES)
    caught = by_confidence = nothing
    if known.any() and not np.isnan(sure[known]).all():
        listed = [item.epoch for item in result.review]
        lowest = np.argsort(np.nan_to_num(sure, nan=2.0), kind="stable").tolist()
        caught, by_confidence = (
            tuple(agree.errors_caught(order, wrong, share, known=known) for share in SHARES)
            for order in (listed, lowest)
        )
    return Night(
        name=name,
        group=group,
        agreement=agree.compare_stages(reference, result.hypnogram),
        confidence=sure[known],
        wrong=wrong[known],
        caught=caught,
        caught_by_confidence=by_confidence,
    )


def read_manifest(path: Path) -> list[Row]:
    """Read the manifest.

    Raises
    ------
    ValueError
        A column is missing, or no recording is listed.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        columns = [name.strip() for name in reader.fieldnames or ()]
        reader.fieldnames = columns
        missing = [name for name in ("recording", "scoring") if name not in columns]
        if missing:
            raise ValueError(f"{path.name}: no column {', '.join(missing)} in the first line")
        known = ("recording", "scoring", "predicted", "group")
        rows = [Row(**{name: (line.get(name) or "").strip() for name in known}) for line in reader]
    if not rows:
        raise ValueError(f"{path.name}: lists no recording")
    return rows


def night_of(row: Row, folder: Path, stage: Stager | None, codes: str | None = None) -> Night:
    """Stage one recording, or read its predicted stages, and judge them.

    Raises
    ------
    ValueError
        A file without stages, or stages on another grid.
    """
    reference = _stages(folder / row.scoring, codes)
    if row.predicted:
        other = _stages(folder / row.predicted, codes)
        result = StagingResult(
            hypnogram=other,
            confidence=np.full(len(other), np.nan),
            reasons=np.full(len(other), ""),
            backend="file",
            channels=(),
            review=(),
            findings=(),
        )
    else:
        psgscore = importlib.import_module("psgscore")
        result = (stage or psgscore.stage)(psgscore.open_recording(folder / row.recording))
    return judge(reference, result, name=row.recording, group=row.group)


def _stages(path: Path, codes: str | None) -> Hypnogram:
    hypnogram = read_scoring(path, stage_codes=codes).hypnogram
    if hypnogram is None:
        raise ValueError(f"{path.name}: holds no stages")
    return hypnogram


def summary(nights: Sequence[Night]) -> dict[str, Any]:
    """Return the measures of one or several nights put together, ready for JSON."""
    whole = agree.pooled(night.agreement for night in nights)
    sure = np.concatenate([np.zeros(0), *(night.confidence for night in nights)])
    wrong = np.concatenate([np.zeros(0, np.bool_), *(night.wrong for night in nights)])
    kappas = [night.agreement.kappa for night in nights]
    known = [kappa for kappa in kappas if kappa is not None]
    return {
        "nights": len(nights),
        "epochs": whole.n_epochs,
        "left_out": {
            "no_automatic_stage": whole.reference_only,
            "no_human_stage": whole.other_only,
            "neither": whole.neither,
        },
        "kappa": whole.kappa,
        "median_kappa_of_a_night": float(np.median(known)) if known else None,
        "accuracy": whole.accuracy,
        "macro_f1": whole.macro_f1,
        "f1": dict(whole.f1),
        "precision": dict(whole.precision),
        "recall": dict(whole.recall),
        "confusion": whole.confusion.tolist(),
        "calibration": _calibration(agree.calibration(sure, ~wrong)),
        "errors_caught": {
            f"{share:.0%}": {
                "review_list": _weighted([(n.caught[k], n.wrong) for n in nights]),
                "confidence_alone": _weighted(
                    [(n.caught_by_confidence[k], n.wrong) for n in nights]
                ),
            }
            for k, share in enumerate(SHARES)
        },
    }


def _calibration(found: agree.Calibration) -> dict[str, Any]:
    return {
        "error": found.error,
        "brier": found.brier,
        "bins": [
            {"from": low, "to": high, "epochs": n, "confidence": mean, "right": share}
            for low, high, n, mean, share in zip(
                found.edges[:-1].round(6).tolist(),
                found.edges[1:].round(6).tolist(),
                found.counts.tolist(),
                found.confidence.tolist(),
                found.correct.tolist(),
                strict=True,
            )
            if n
        ],
    }


def _weighted(parts: Sequence[tuple[float | None, Bools]]) -> float | None:
    """Return the share of all errors caught, from the shares of each night."""
    known = [(share, int(wrong.sum())) for share, wrong in parts if share is not None]
    total = sum(n for _, n in known)
    return sum(share * n for share, n in known) / total if total else None


def lines(title: str, found: dict[str, Any]) -> list[str]:
    """Return a summary as text."""
    left = found["left_out"]
    out = [
        f"== {title}: {found['nights']} recordings, {found['epochs']} epochs",
        f"   left out: {left['no_automatic_stage']} without automatic stage, "
        f"{left['no_human_stage']} without human stage, {left['neither']} without both",
        f"   kappa {_text(found['kappa'])} (median of a night "
        f"{_text(found['median_kappa_of_a_night'])}), accuracy {_text(found['accuracy'])}, "
        f"macro F1 {_text(found['macro_f1'])}",
        "   F1 " + ", ".join(f"{name} {_text(value)}" for name, value in found["f1"].items()),
        "   confusion (rows: human)" + "".join(f"{name:>8}" for name in STAGES),
    ]
    for name, counts in zip(STAGES, found["confusion"], strict=True):
        out.append(f"   {name:>23}" + "".join(f"{n:>8}" for n in counts))
    reliability = found["calibration"]
    out.append(
        f"   calibration error {_text(reliability['error'])}, Brier {_text(reliability['brier'])}"
    )
    for each in reliability["bins"]:
        out.append(
            f"     confidence {each['from']:.1f}-{each['to']:.1f}: said "
            f"{each['confidence']:.3f}, right {each['right']:.3f} of {each['epochs']}"
        )
    for share, caught in found["errors_caught"].items():
        out.append(
            f"   reviewing {share} finds {_text(caught['review_list'])} of the errors "
            f"(by confidence alone {_text(caught['confidence_alone'])})"
        )
    return out


def _text(value: float | None) -> str:
    return "not known" if value is None else f"{value:.3f}"


def run(
    rows: Sequence[Row], folder: Path, *, stage: Stager | None = None, codes: str | None = None
) -> tuple[list[Night], list[dict[str, str]]]:
    """Judge every recording; what fails is told, and the others go on."""
    nights, errors = [], []
    for row in rows:
        try:
            nights.append(night_of(row, folder, stage, codes))
        except Exception as error:  # noqa: BLE001 - one bad recording is not a lost run
            said = " ".join(f"{type(error).__name__}: {error}".split())
            errors.append({"recording": row.recording, "error": said})
    return nights, errors


def report(nights: Sequence[Night], errors: Sequence[dict[str, str]]) -> dict[str, Any]:
    """Return everything: each recording, each group, all of them, and what failed."""
    groups = sorted({night.group for night in nights} - {""})
    return {
        "recordings": [
            {"recording": night.name, "group": night.group, **summary([night])} for night in nights
        ],
        "groups": {
            group: summary([night for night in nights if night.group == group]) for group in groups
        },
        "pooled": summary(nights),
        "errors": list(errors),
    }


def main(arguments: Sequence[str] | None = None, *, stage: Stager | None = None) -> int:
    """Run the comparison; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--stage-codes", help="what bare numbers mean: yasa, boas, rk, dreams")
    parser.add_argument("--json", action="store_true", help="one JSON document")
    options = parser.parse_args(arguments)
    try:
        rows = read_manifest(options.manifest)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    folder = options.manifest.parent
    nights, errors = run(rows, folder, stage=stage, codes=options.stage_codes)
    found = report(nights, errors)
    if options.json:
        print(json.dumps(found, indent=1, allow_nan=False))
    else:
        parts = [(one["recording"], one) for one in found["recordings"]]
        parts += [*found["groups"].items(), ("pooled", found["pooled"])]
        print("\n".join(line for title, part in parts for line in lines(title, part)))
    for failed in errors:
        print(f"error: {failed['recording']}: {failed['error']}", file=sys.stderr)
    return 3 if not nights else 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
