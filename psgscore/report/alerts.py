"""The alert strip: what has no number, and what changes the reading of the others."""

from __future__ import annotations

from collections.abc import Iterator

from psgscore.intervals import subtract, total_s
from psgscore.model.criteria import DETECTION
from psgscore.model.score import Score
from psgscore.model.staging import AUTOMATIC_STAGES
from psgscore.report.leg_channels import leg_channels, one_leg_only
from psgscore.report.parts import Alert, AlertKind
from psgscore.report.texts import clock, counted, number

_READING_CHANGED_BY = (
    "lights.",
    "adjudication.undecided",
    "adjudication.unscored",
    "review.begun-here",
)
"""Findings that change a numerator or a denominator, whatever their severity."""
_FLAGS_SHOWN = 10
_STAGING_ALERTS = ("staging.very-short", "staging.short", "staging.eog-for-eeg")


def alerts(score: Score) -> tuple[Alert, ...]:
    """Return the alert strip, the gravest first.

    Parameters
    ----------
    score : Score
        A scored night.

    Returns
    -------
    tuple of Alert
        What was not scored, then warnings, then notes; each text once.
    """
    found = [*_not_scored(score), *_rhythmic(score), *_legs(score), *_stages(score)]
    found += [*_time(score), *_findings(score)]
    order = {"not scored": 0, "warning": 1, "note": 2}
    return tuple(sorted(dict.fromkeys(found), key=lambda alert: order[alert.kind]))


def automatic_stages(score: Score) -> bool:
    """Say whether the stages come from a program, not from a person."""
    if score.hypnogram is None:
        return False
    if score.staging is not None or any(one.code == AUTOMATIC_STAGES for one in score.findings):
        return True
    from_program = score.provenance.stage_source.lower().startswith("automatic")
    return from_program or score.hypnogram.probabilities is not None


def _not_scored(score: Score) -> Iterator[Alert]:
    """Name together what has no number for the same reason."""
    by_reason: dict[str, list[str]] = {}
    for missing in score.not_scored:
        by_reason.setdefault(missing.reason, []).append(missing.what)
    for reason, names in by_reason.items():
        yield Alert("not scored", f"{', '.join(dict.fromkeys(names))}: {reason}")


def _rhythmic(score: Score) -> Iterator[Alert]:
    """Point to rhythmic stretches by the clock; what they are is for a person to say."""
    flags = score.events.counted().of_kind("rhythmic_flag")
    if not len(flags):
        return
    times = [
        f"{clock(score.start, one.start_s, seconds=True)} for {number(one.duration_s, 0)} s"
        for one in list(flags)[:_FLAGS_SHOWN]
    ]
    more = len(flags) - len(times)
    yield Alert(
        "warning",
        "Review for possible seizure or rhythmic disorder: "
        f"{counted(len(flags), 'stretch', 'stretches')} of rhythmic activity, at "
        f"{'; '.join(times)}{f'; {more} more in the event table' if more else ''}. "
        "Flagged, not classified",
    )


def _legs(score: Score) -> Iterator[Alert]:
    one = one_leg_only(score)
    if one:
        text = (
            f"{one[0].upper()}{one[1:]}: scored as one leg, movements of the other are not in "
            "any number, and nothing can be joined as bilateral"
        )
        if one.startswith("both"):
            text = (
                f"{one[0].upper()}{one[1:]}: scored as one leg, so left, right and bilateral "
                "movements cannot be told apart"
            )
        yield Alert("warning", text)
    gate = (score.provenance.detection or DETECTION).gate
    for channel in leg_channels(score):
        if channel.rate_hz < gate.advised_rate_hz:
            yield Alert(
                "warning",
                f"{channel.name}: sampled at {channel.rate_hz:g} Hz, below the "
                f"{gate.advised_rate_hz:g} Hz both standards ask for",
            )
        resting = channel.measures.get("resting_uv")
        if resting is not None and resting > gate.advised_resting_uv:
            yield Alert(
                "warning",
                f"{channel.name}: resting EMG of {number(resting)} uV, above "
                f"{gate.advised_resting_uv:g} uV; weak movements are missed",
            )


def _stages(score: Score) -> Iterator[Alert]:
    if automatic_stages(score):
        yield Alert(
            "warning",
            f"Sleep stages are automatic ({score.provenance.stage_source or 'source not stated'})"
            ", not scored by a person; every index by stage rests on them",
        )
    for finding in score.findings:
        if finding.code in _STAGING_ALERTS:
            yield Alert("warning", f"Automatic stages: {finding.message}")


def _time(score: Score) -> Iterator[Alert]:
    gap_min = total_s(score.gaps) / 60.0
    if gap_min > 0:
        yield Alert(
            "warning",
            f"{counted(len(score.gaps), 'gap')} in the recording, {number(gap_min)} min in all; "
            "no series runs across a gap, and gap time is in no denominator",
        )
    unreadable_min = total_s(subtract(score.unreadable, score.gaps)) / 60.0
    if unreadable_min > 0:
        yield Alert(
            "warning",
            f"{number(unreadable_min)} min without a readable leg channel, besides gaps; taken "
            "out of every numerator and denominator of the leg movements",
        )
    if score.sleep is not None and score.sleep.unscored_min > 0.05:
        yield Alert(
            "warning",
            f"{number(score.sleep.unscored_min)} min between lights off and on have no sleep "
            "stage; they are in no numerator and no denominator",
        )


def _findings(score: Score) -> Iterator[Alert]:
    for finding in score.findings:
        if finding.severity == "error" or finding.code.startswith(_READING_CHANGED_BY):
            where = f"{finding.where}: " if finding.where else ""
            kind: AlertKind = "note" if finding.severity == "note" else "warning"
            yield Alert(kind, f"{where}{finding.message}")
    others = sum(finding.severity == "warning" for finding in score.findings)
    if others:
        yield Alert("note", f"{counted(others, 'warning')} under Findings")
