"""What a fit is written as: a criteria file, one JSON document, and text for a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from psgscore._version import __version__
from psgscore.compare.cells import estimate, number, whole
from psgscore.compare.document import estimate_of, rounded
from psgscore.io.atomic import atomic_outputs
from psgscore.io.config import criteria_to_toml
from psgscore.io.outputs import spare
from psgscore.io.score_json import json_text
from psgscore.model.criteria import criteria_hash
from psgscore.model.score import DISCLAIMER
from psgscore.report.parts import Row, Table, cells
from psgscore.score.tuning import at_the_end, grid_of
from psgscore.tune.values import Fitted, Tuning
from psgscore.validate.studies import Plan

SCHEMA_VERSION = 1
CRITERIA_FILE, DOCUMENT = "criteria.toml", "tune.json"
FEW = 10
HELPS, NO_HELP = "helps", "does not help"
# Two settings of amplitude_gain apart; the numbers are rounded.
_STEADY = 1.2
_ALL_EMG = (
    "These numbers hold for every EMG that is scored, chin and arms too: other movements and REM "
    "sleep without atonia change with them, and nothing here says whether for the better."
)


def values_of(found: Tuning, setting: int) -> dict[str, float]:
    """Return the fitted numbers of a setting."""
    return {name: getattr(found.settings[setting], name) for name in found.options.fit}


def verdict(found: Tuning) -> str:
    """Return in plain words whether the fit is worth anything."""
    by = f"Held-out F1 minus that of the shipped numbers: {estimate(found.difference)}."
    if found.helps:
        return f"{HELPS}: on recordings it was not fitted on, F1 is better. {by}"
    return (
        f"{NO_HELP}: on recordings it was not fitted on, F1 is not better by more than the "
        f"interval of the difference. Keep the shipped numbers. {by}"
    )


def warnings_of(found: Tuning) -> list[str]:
    """Return what a reader must know before trusting the fit."""
    told = []
    used = found.recordings
    own = sum(one.own for one in used)
    if own:
        told.append(
            f"{own} of {len(used)} recordings were written by psgscore itself, simulated or "
            "converted: what is fitted to them says nothing of people's recordings."
        )
    if len(used) < FEW:
        told.append(
            f"Only {len(used)} recordings: an interval over so few is rough, and usually too "
            f"narrow; use {FEW} or more."
        )
    if len({one.group for one in used}) < len(used):
        told.append(
            "Some people have several recordings: they are kept in one fold, but the intervals "
            "take each recording for one of its own and are too narrow."
        )
    told += [text for name in found.options.fit for text in _doubts(found, name)]
    return [*told, _ALL_EMG] if found.fit.final else told


def _doubts(found: Tuning, name: str) -> list[str]:
    """Return why a fitted number may not be trusted."""
    told = []
    low, high = spread_of(found, name)
    if high > _STEADY * low:
        told.append(f"{name} is not stable: {low:g} to {high:g}, depending on what is left out.")
    value = values_of(found, found.fit.final)[name]
    if at_the_end(name, value):
        told.append(
            f"{name} {value:g} is the end of what was tried: look at units, montage and marks "
            "of the recordings first."
        )
    return told


def spread_of(found: Tuning, name: str) -> tuple[float, float]:
    """Return the smallest and the largest value chosen in any fold."""
    chosen = [values_of(found, int(one))[name] for one in found.fit.chosen]
    return min(chosen), max(chosen)


def tune_document(found: Tuning) -> dict[str, Any]:
    """Return a fit as plain lists and dictionaries; None is what cannot be known."""
    return {
        "document": "tuning",
        "schema_version": SCHEMA_VERSION,
        "program": "psgscore",
        "version": __version__,
        "disclaimer": DISCLAIMER,
        "list": found.title,
        "settings": _settings(found),
        "result": _result(found),
        "folds": [
            {
                "fold": n + 1,
                "recordings": [
                    found.recordings[k].name for k in (found.fit.fold == n).nonzero()[0]
                ],
                "chosen_without_them": values_of(found, int(chosen)),
            }
            for n, chosen in enumerate(found.fit.chosen)
        ],
        "recordings": [_recording(found, n, one) for n, one in enumerate(found.recordings)],
        "left_out": [
            {"recording": one.name, "because": one.because, "failed": one.failed}
            for one in found.left_out
        ],
        "f1_of_settings_not_held_out": [
            {"setting": values_of(found, n), "mean_f1": _mean_f1(found, n)}
            for n in range(len(found.settings))
        ],
    }


def _settings(found: Tuning) -> dict[str, Any]:
    options = found.options
    return {
        "fit": list(options.fit),
        "grid": {name: list(grid_of(name)) for name in options.fit},
        "ties": "nearest to the shipped number, on a logarithmic scale; then the smaller",
        "matching": "one-to-one, most pairs first, then largest sum of overlaps",
        "min_iou": options.rule.min_iou,
        "join_legs": options.join_legs,
        "cross_validation": _how_validated(found),
        "n_folds": len(found.fit.chosen),
        "seed": options.seed,
        "bootstrap_resamples": options.n_resamples,
    }


def _result(found: Tuning) -> dict[str, Any]:
    return {
        "verdict": HELPS if found.helps else NO_HELP,
        "n_recordings": len(found.recordings),
        "fitted": values_of(found, found.fit.final),
        "f1_held_out": estimate_of(found.held_out),
        "f1_shipped": estimate_of(found.default),
        "difference": estimate_of(found.difference),
        "spread_over_folds": {name: list(spread_of(found, name)) for name in found.options.fit},
        "warnings": warnings_of(found),
        "detection": asdict(found.criteria),
        "criteria_sha256": criteria_hash(found.criteria),
        "shipped_criteria_sha256": criteria_hash(found.settings[0]),
    }


def _mean_f1(found: Tuning, setting: int) -> float | None:
    return rounded(sum(float(one.f1[setting]) for one in found.recordings) / len(found.recordings))


def _recording(found: Tuning, n: int, one: Fitted) -> dict[str, Any]:
    return {
        "recording": one.name,
        "sha256": one.sha256,
        "scorers": [
            {
                "name": scorer.name,
                "files": [{"name": name, "sha256": sha256} for name, sha256 in scorer.files],
            }
            for scorer in one.scorers
        ],
        "fold": int(found.fit.fold[n]) + 1,
        "f1_held_out": rounded(float(found.fit.held_out[n])),
        "f1_shipped": rounded(float(found.fit.default[n])),
        "notes": list(one.notes),
        "written_by_psgscore": one.own,
    }


def _how_validated(found: Tuning) -> str:
    n_groups = len({one.group for one in found.recordings})
    unit = "people" if n_groups < len(found.recordings) else "recordings"
    n_folds = len(found.fit.chosen)
    if n_folds == n_groups:
        return f"leave one out of {n_groups} {unit}"
    return f"{n_folds} folds of {n_groups} {unit}"


def criteria_text(found: Tuning) -> str:
    """Return the fitted numbers as a file for ``--criteria``, with where they come from."""
    scorers = sorted({scorer.name for one in found.recordings for scorer in one.scorers})
    lines = [
        f"Detector of leg movements, fitted by psgscore {__version__} tune. {DISCLAIMER}",
        verdict(found),
        f"Fitted: {_told(values_of(found, found.fit.final))}; all other numbers are as shipped.",
        f"F1 held out {estimate(found.held_out)}; shipped numbers {estimate(found.default)}; "
        f"{len(found.recordings)} recordings, {_how_validated(found)}, seed {found.options.seed}.",
        *(
            f"Over the folds {name} was {low:g} to {high:g}."
            for name in found.options.fit
            for low, high in (spread_of(found, name),)
        ),
        *warnings_of(found),
        f"SHA-256 of these numbers: {criteria_hash(found.criteria)}",
        f"List: {found.title}; scorers: {', '.join(scorers)}",
        *(f"{one.sha256}  {one.name}" for one in found.recordings),
        f"Everything else is in {DOCUMENT}, written together with this file.",
    ]
    head = "".join(f"# {_plain(line)}\n" for line in lines)
    return f"{head}\n{criteria_to_toml(found.criteria, table='detection')}"


def _told(values: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in values.items())


def _plain(text: str) -> str:
    """Return text that may stand in a comment: one line, nothing that does not print."""
    return "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))


def tune_text(found: Tuning, files: Sequence[Path]) -> str:
    """Return a fit for reading on a screen."""
    lines = [
        found.title,
        verdict(found),
        "",
        f"F1 held out            {estimate(found.held_out)}",
        f"F1 of shipped numbers  {estimate(found.default)}",
        f"{len(found.recordings)} recordings, {_how_validated(found)}",
        "",
    ]
    for name in found.options.fit:
        low, high = spread_of(found, name)
        value = values_of(found, found.fit.final)[name]
        shipped = values_of(found, 0)[name]
        lines.append(f"{name} {value:g} (shipped {shipped:g}); over the folds {low:g} to {high:g}")
    lines += [f"  warning: {text}" for text in warnings_of(found)]
    for table in (_folds(found), _not_used(found)):
        lines += ["", *whole(table)] if table.rows else []
    lines += ["", *(f"written: {path}" for path in files)]
    return "\n".join([*lines, "", DISCLAIMER])


def _folds(found: Tuning) -> Table:
    rows = []
    for n, one in enumerate(found.recordings):
        fold = int(found.fit.fold[n])
        chosen = values_of(found, int(found.fit.chosen[fold])).values()
        told = (
            str(len(one.scorers)),
            str(fold + 1),
            *(f"{value:g}" for value in chosen),
            number(float(found.fit.held_out[n])),
            number(float(found.fit.default[n])),
        )
        rows.append(Row(label=one.name, cells=cells(*told)))
    return Table(
        key="folds",
        title="Recording by recording, under what was chosen without it",
        heads=("recording",),
        columns=("scorers", "fold", *found.options.fit, "F1 held out", "F1 shipped"),
        rows=tuple(rows),
    )


def _not_used(found: Tuning) -> Table:
    told = [(one.name, one.because) for one in found.left_out]
    told += [(one.name, f"used, but {note}") for one in found.recordings for note in one.notes]
    return Table(
        key="not-used",
        title="Left out",
        heads=("recording",),
        columns=("because",),
        rows=tuple(Row(label=name, cells=cells(why)) for name, why in told),
        numeric=False,
    )


def write_tuning(found: Tuning, plan: Plan, listed: Path, folder: Path) -> tuple[Path, ...]:
    """Write the criteria file and the document.

    Raises
    ------
    OutputError
        The folder cannot be written, or an output would replace an input.
    """
    inputs = {path for one in plan.studies for rater in one.raters for path in rater.files}
    inputs |= {listed, *(one.recording for one in plan.studies)}
    with atomic_outputs(folder) as out:
        out.write_text(CRITERIA_FILE, criteria_text(found))
        out.write_text(DOCUMENT, json_text(tune_document(found)))
        spare(out.written, inputs)
    return out.written
