"""Tables of every number in the code: built from the values, never written by hand."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from psgscore.model.criteria import DETECTION, PERIODICITY, RULE_SETS
from psgscore.score.architecture import DEFINITIONS


def value_text(value: Any) -> str:
    """Return a value for a table cell."""
    if is_dataclass(value):
        return ", ".join(f"{f.name} {getattr(value, f.name)}" for f in fields(value))
    return str(value)


def source_text(field: Any) -> str:
    """Return where a number comes from, and whether it still needs checking."""
    source = field.metadata.get("source", "")
    return source + (
        " *(to be confirmed against the manual)*" if field.metadata.get("confirm") else ""
    )


def rules_table() -> str:
    """Return all rule sets side by side."""
    rules = list(RULE_SETS.values())
    lines = ["| value | " + " | ".join(rule.title for rule in rules) + " | source |"]
    lines.append("|---" * (len(rules) + 2) + "|")
    for field in fields(rules[0]):
        if field.name not in ("name", "title"):
            cells = [value_text(getattr(rule, field.name)) for rule in rules]
            lines.append(f"| `{field.name}` | " + " | ".join(cells) + f" | {source_text(field)} |")
    return "\n".join(lines)


def values_table(value: Any) -> str:
    """Return one frozen value as a table."""
    lines = ["| value | number | source |", "|---|---|---|"]
    for field in fields(value):
        inner = getattr(value, field.name)
        if not is_dataclass(inner):
            lines.append(f"| `{field.name}` | {inner} | {source_text(field)} |")
    return "\n".join(lines)


def definitions_table() -> str:
    """Return the sleep measures with their definitions."""
    lines = ["| measure | definition |", "|---|---|"]
    return "\n".join(lines + [f"| `{name}` | {text} |" for name, text in DEFINITIONS.items()])


def write_tables(app: Any) -> None:
    """Write every table as a file that pages include."""
    folder = Path(app.srcdir) / "_generated"
    folder.mkdir(exist_ok=True)
    tables = {
        "rules": rules_table(),
        "detection": values_table(DETECTION),
        "gate": values_table(DETECTION.gate),
        "periodicity": values_table(PERIODICITY),
        "definitions": definitions_table(),
    }
    for name, text in tables.items():
        (folder / f"{name}.md").write_text(text + "\n", "utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("builder-inited", write_tables)
    return {"parallel_read_safe": True}
