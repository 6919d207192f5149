"""What reading found worth telling, before anything is scored."""

from __future__ import annotations

from collections.abc import Sequence

from psgscore.io.recording import Recording
from psgscore.leg_channels import LegResult
from psgscore.model.finding import Finding
from psgscore.model.scoring import Scoring


def findings_of(
    recording: Recording, scoring: Scoring, results: Sequence[LegResult]
) -> tuple[Finding, ...]:
    """Return what was tolerated in a recording and its scoring, and what was left out of both."""
    findings = [*recording.findings, *scoring.findings]
    findings += [finding for result in results for finding in result.findings]
    marks = scoring.events.is_kind("LM")
    if marks.any() and results:
        message = (
            f"{int(marks.sum())} leg movements marked by the lab are kept apart from the detected "
            "ones; --movements imported scores them instead"
        )
        findings.append(Finding("scoring.movements-apart", message, severity="note"))
    if len(results) > 1 and sum(result.channel is not None for result in results) == 1:
        message = "only one leg could be scored: scored as one leg, never doubled"
        findings.append(Finding("leg.one-only", message))
    return tuple(findings)
