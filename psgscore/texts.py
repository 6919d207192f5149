"""What the commands print: plain text, a few lines, nothing that is not in the result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psgscore.model.hypnogram import Stage
from psgscore.model.score import DISCLAIMER
from psgscore.score.trend import spread
from psgscore.score.trend_nights import not_comparable

if TYPE_CHECKING:
    from psgscore.convert import Converted
    from psgscore.demo import DemoResult
    from psgscore.model.restless import SitResult
    from psgscore.model.score import Rate, Score
    from psgscore.model.staging import IndexRange, StagingResult
    from psgscore.trend import TrendResult

_HEADLINES = (
    ("PLMS index", "plm", "sleep"),
    ("PLMW index", "plm", "W"),
    ("PLMS with automatic arousals, low trust", "plm_automatic_arousal", "sleep"),
)
_UNSTAGED = (("Leg movements", "lm", "total"), ("Periodic leg movements", "plm", "total"))


def check_text(found: Mapping[str, Any]) -> str:
    """Return the result of ``psgscore check`` for reading."""
    minutes = found["duration_s"] / 60.0
    viewers = found["strict_viewers"]
    lines = [
        f"{found['file']}: {found['format']}, {minutes:.1f} min, starts {found['start'] or '?'}, "
        f"{len(found['gaps'])} gap(s)",
        "strict viewers (EDFlib, EDFbrowser): "
        + ("open it" if viewers["opens"] else f"refuse it: {viewers['reason']}"),
        "",
        f"{'channel':<24} {'role':<12} {'Hz':>7} {'unit':<6} why",
    ]
    lines += [
        f"{c['label']:<24} {c['role'] or '-':<12} {c['rate_hz']:>7g} {c['unit'] or '-':<6} "
        f"{c['reason']}"
        for c in found["channels"]
    ]
    lines += ["", "legs"]
    for leg in found["legs"]:
        lines.append(f"  {leg['name']} ({leg['role']}): {_leg_state(leg)}")
    lines += [f"  {one['name']} ({one['role']}): by the channel map" for one in found["montage"]]
    lines += ["", "could be scored"]
    lines += [f"  {what}: {state}" for what, state in found["could_score"].items()]
    if found["findings"]:
        lines += ["", "findings"]
        lines += [
            f"  {f['severity']:<8}{f['code']:<28}{f['where'] + ': ' if f['where'] else ''}"
            f"{f['message']}"
            for f in found["findings"]
        ]
    return "\n".join(lines)


def score_text(score: Score, files: Sequence[Path]) -> str:
    """Return the result of ``psgscore score`` for reading."""
    lines = _staging_lines(score)
    for leg in score.legs:
        for title, name, scope in _UNSTAGED if score.hypnogram is None else _HEADLINES:
            rate = score.rate(name, leg.criteria.name, scope)
            if rate is not None and rate.per_hour is not None:
                lines.append(
                    f"{title} ({leg.criteria.title}): {rate.per_hour:.1f}/h "
                    f"({rate.count} in {rate.hours:.2f} h)"
                    + _range_words(score.range_of(name, leg.criteria.name, scope))
                )
    if score.sleep is not None and score.sleep.sleep_efficiency_percent is not None:
        efficiency = f"Sleep efficiency: {score.sleep.sleep_efficiency_percent:.1f} %"
        lines.append(efficiency + _range_words(score.range_of("sleep_efficiency_percent")))
    lines += _movement_lines(score)
    lines += [f"not scored: {missing.what}: {missing.reason}" for missing in score.not_scored]
    lines += [
        f"{finding.severity}: {finding.where + ': ' if finding.where else ''}{finding.message}"
        for finding in score.findings
        if finding.severity != "note"
    ]
    return "\n".join([*lines, written_text(files)])


def written_text(files: Sequence[Path]) -> str:
    """Say what was written, and what it is not for."""
    return "\n".join([*(f"wrote {path}" for path in files), DISCLAIMER])


def _movement_lines(score: Score) -> list[str]:
    """Say what was found besides leg movements; the report and the event table say the rest."""
    if score.movements is None:
        return []
    from psgscore.score.kind_summary import kind_summaries  # noqa: PLC0415 - start-up time

    lines = []
    counts: Counter[str] = Counter()
    for one in score.movements.jerks:
        if one.onset < 0:
            counts[one.tier] += one.count or 0
    if counts:
        tiers = ", ".join(f"{count} {tier}" for tier, count in counts.items())
        lines.append(f"Hypnic jerks (operational marker): {tiers}")
    found = [one for one in kind_summaries(score) if one.count is not None]
    if found:
        lines.append("Also found: " + ", ".join(f"{one.title} {one.count}" for one in found))
    runs = len(score.events.counted().of_kind("EFM"))
    if score.movements.fragmentary_per_hour is not None:
        lines.append(f"Runs of excessive fragmentary myoclonus: {runs}")
    return lines


def _staging_lines(score: Score) -> list[str]:
    """Say whose the stages are, where a program made them."""
    if score.staging is None:
        return []
    return [
        f"Sleep stages: {score.provenance.stage_source}",
        f"review list: {len(score.staging.review)} epochs, the most doubtful first; every number "
        "by stage rests on these stages",
    ]


def stage_text(result: StagingResult, files: Sequence[Path]) -> str:
    """Return the result of ``psgscore stage`` for reading."""
    stages = result.hypnogram.stages.tolist()
    counts = ", ".join(f"{stage.name} {stages.count(int(stage))}" for stage in Stage)
    lines = [
        f"automatic, unreviewed: {result.backend}",
        f"from {result.channel_words or 'the channels of the backend'}",
        f"epochs: {counts}",
        f"review list: {len(result.review)} of {len(stages)} epochs, the most doubtful first",
    ]
    lines += [
        f"{f.severity}: {f.where + ': ' if f.where else ''}{f.message}" for f in result.findings
    ]
    lines += [f"wrote {path}" for path in files]
    return "\n".join([*lines, DISCLAIMER])


def deidentify_text(report: Mapping[str, Any], wrote: str) -> str:
    """Return the result of ``psgscore deidentify`` for reading."""
    labels, notes = report["labels"], report["annotations"]
    dates = {
        "unknown": "unknown, 1 January 1985 stands in",
        "stand-in": "removed, 1 January 1985 stands in",
        "shifted": "shifted",
        "kept": "KEPT, the shift is 0 days",
    }
    lines = [
        f"patient field: {report['patient']}; recording field: {report['recording']}",
        f"start date: {dates[report['start_date']]}; time of day: {report['start_time']}",
        f"labels: {labels['known']} known, {len(labels['unknown'])} unknown and kept, "
        f"{len(labels['replaced'])} replaced",
    ]
    lines += [
        f"{what} fields: {count['kept']} kept, {count['removed']} removed"
        for what, count in report["header_fields"].items()
    ]
    said = ", ".join(f"{count} {what.replace('_', ' ')}" for what, count in notes.items())
    lines += [f"annotations: {said}", "still in it:"]
    lines += [f"  {what}" for what in report["remains"]]
    lines += [f"{one['severity']}: {one['message']}" for one in report["findings"]]
    if report["reading"]:
        lines.append(f"findings while reading: {', '.join(report['reading'])}")
    removed = report.get("removed_texts", ())
    lines += ["removed texts, which may name the patient:"] if removed else []
    lines += [f"  {text!r}" for text in removed]
    return "\n".join([*lines, f"wrote {wrote}"])


def sit_text(result: SitResult, path: Path) -> str:
    """Return the result of ``psgscore sit`` for reading."""
    index = "-" if result.index is None else f"{result.index:.1f}/h ({_basis(result.plm)})"
    lines = [f"Immobilisation test, periodic leg movements awake: {index}"]
    lines += [result.words] if result.words else []
    lines.append(f"all leg movements: {_per_hour(result.lm)}/h ({_basis(result.lm)})")
    mode = result.interval.mode_s
    lines.append(f"interval peak: {'-' if mode is None else f'{mode:.1f} s'}")
    lines += [f"  {one.scope}: {_per_hour(one)}/h ({one.count})" for one in result.course]
    lines += [f"not scored: {one.what}: {one.reason}" for one in result.not_scored]
    lines += [f"{one.severity}: {one.message}" for one in result.findings]
    return "\n".join([*lines, f"wrote {path}", DISCLAIMER])


def trend_text(result: TrendResult) -> str:
    """Return the result of ``psgscore trend`` for reading."""
    trend = result.trend
    lines = [f"{len(trend.nights)} nights, {trend.nights[0].label} to {trend.nights[-1].label}"]
    for one in trend.measures:
        found = spread(trend.values(one))
        if one.movement and found.low is not None and found.high is not None:
            lines.append(
                f"{one.title}: mean {_number(found.mean)}{one.unit}, SD {_number(found.sd)}, "
                f"{found.low:.1f} to {found.high:.1f} ({found.nights} nights)"
            )
    lines += [f"not comparable: {text}" for text in not_comparable(trend.nights)]
    return "\n".join([*lines, *(f"wrote {path}" for path in result.files), DISCLAIMER])


def demo_text(result: DemoResult) -> str:
    """Return the result of ``psgscore demo`` for reading."""
    report = next((path for path in result.files if path.name.endswith(".html")), None)
    agreement = "-" if result.f1 is None else f"{result.f1:.3f}"
    lines = [
        f"leg movements: {result.n_true} simulated, {result.n_found} found, "
        f"{result.n_matched} the same (F1 {agreement})"
    ]
    for title, (scored, true) in result.plms_per_hour.items():
        lines.append(f"PLMS index ({title}): {_number(scored)}/h scored, {_number(true)}/h true")
    lines += [f"wrote {path}" for path in result.files if path != report]
    return "\n".join([*lines, f"report: {report}", DISCLAIMER])


def _range_words(found: IndexRange | None) -> str:
    if found is None or found.low is None or found.high is None:
        return ""
    return f"; {found.low:.1f} to {found.high:.1f} with doubtful epochs moved"


def _leg_state(leg: Mapping[str, Any]) -> str:
    if not leg["scorable"]:
        return "NOT SCORABLE: " + "; ".join(leg["not_because"])
    resting = leg["measures"].get("resting_uv")
    state = "scorable" + (f", resting EMG {resting:.2g} uV" if resting is not None else "")
    return "; ".join([state, *leg["warnings"]])


def _basis(rate: Rate) -> str:
    return f"{rate.count} in {rate.hours:.2f} h"


def _per_hour(rate: Rate) -> str:
    return "-" if rate.per_hour is None else f"{rate.per_hour:.1f}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def convert_document(found: Converted) -> dict[str, Any]:
    """Return the result of ``psgscore convert`` as plain lists and dictionaries."""
    hypnogram, events = found.scoring.hypnogram, found.scoring.events
    stages = [] if hypnogram is None else hypnogram.stages.tolist()
    return {
        "format": found.format,
        "files": [str(path) for path in found.files],
        "start": None if found.start is None else found.start.isoformat(),
        "epoch_s": None if hypnogram is None else hypnogram.epoch_s,
        "epochs": {s.name: stages.count(s) for s in Stage if s in stages},
        "events": dict(sorted(Counter(events.kind.tolist()).items())),
        "findings": [asdict(finding) for finding in found.findings],
    }


def convert_text(found: Converted) -> str:
    """Return the result of ``psgscore convert`` for reading."""
    told = convert_document(found)
    epochs = ", ".join(f"{stage} {n}" for stage, n in told["epochs"].items())
    epoch_s = told["epoch_s"] or 0.0
    lines = [f"wrote {path}" for path in told["files"]]
    lines.append(f"epochs of {epoch_s:g} s: {epochs}" if epochs else "no stages")
    lines += [f"  {kind}: {n}" for kind, n in told["events"].items()] or ["no events"]
    lines += [
        f"  {f['severity']:<8}{f['code']:<28}{f['where'] + ': ' if f['where'] else ''}"
        f"{f['message']}"
        for f in told["findings"]
    ]
    return "\n".join(lines)
