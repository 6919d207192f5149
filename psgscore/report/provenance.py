"""What was run on what: version, files and their hashes, channels, findings."""

from __future__ import annotations

from psgscore.model.score import Score
from psgscore.report.method import rules_table
from psgscore.report.parts import Fact, Row, Section, Table, cells
from psgscore.report.texts import short


def findings_section(score: Score) -> Section:
    """Return everything that was tolerated in the input.

    Parameters
    ----------
    score : Score
        A scored night.

    Returns
    -------
    Section
        One row per finding, the gravest first.
    """
    if not score.findings:
        text = "The input was read without a finding."
        return Section(key="findings", title="Findings", texts=(text,))
    order = {"error": 0, "warning": 1, "note": 2}
    found = sorted(score.findings, key=lambda finding: order[finding.severity])
    table = Table(
        key="findings-table",
        title="What was tolerated in the input",
        heads=("Kind",),
        columns=("Where", "What was found", "Code"),
        rows=tuple(
            Row(
                label=finding.severity,
                cells=cells(finding.where or "recording", finding.message, finding.code),
            )
            for finding in found
        ),
        numeric=False,
    )
    return Section(key="findings", title="Findings", tables=(table,))


def provenance_section(score: Score) -> Section:
    """Return version, input, hashes, channels used and the rule sets side by side.

    Parameters
    ----------
    score : Score
        A scored night.

    Returns
    -------
    Section
        Facts and tables from what was run.
    """
    used = score.provenance
    facts = [
        Fact("Program", f"psgscore {used.version}"),
        Fact("Input", used.input_name or "no file"),
        Fact("Input SHA-256", used.input_sha256 or "not a file"),
        *(Fact(f"Scoring read: {name}", f"SHA-256 {sha}") for name, sha in used.scoring_inputs),
        Fact("Sleep stages from", used.stage_source or "no source"),
        Fact("Criteria SHA-256", used.criteria_sha256 or "no criteria used"),
        *(Fact(f"Setting: {_words(name)}", _setting(value)) for name, value in _settings(score)),
    ]
    rules = rules_table(score)
    tables = [table for table in (_channels(score), rules) if table is not None]
    return Section(key="provenance", title="Provenance", facts=tuple(facts), tables=tuple(tables))


def _settings(score: Score) -> list[tuple[str, object]]:
    return sorted(score.provenance.settings.items())


def _words(name: str) -> str:
    return name.replace("_", " ")


def _setting(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return short(value)
    if isinstance(value, list | tuple):
        return ", ".join(_setting(item) for item in value) or "none"
    return "not set" if value is None else str(value)


def _channels(score: Score) -> Table | None:
    if not score.provenance.channels:
        return None
    return Table(
        key="channels",
        title="Channels used",
        heads=("Channel",),
        columns=("Role", "Rate", "Unit", "Why this channel"),
        rows=tuple(
            Row(
                label=channel.name,
                cells=cells(
                    channel.role.replace(":", ", "),
                    f"{short(channel.rate_hz)} Hz",
                    channel.unit or "none stated",
                    channel.reason,
                ),
            )
            for channel in score.provenance.channels
        ),
        numeric=False,
    )
