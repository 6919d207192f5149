"""Tables of the values in the code: built at every build, never written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import psgscore
from psgscore.io.channel_names import name_table
from psgscore.io.score_json import score_schema
from psgscore.io.scoring_labels import stage_words
from psgscore.io.tables import MEASURE_COLUMNS, events_sidecar, movements_sidecar
from psgscore.model.criteria import (
    AROUND_EVENT,
    DETECTION,
    NARROW,
    PERIODICITY,
    RULE_SETS,
    WIDE,
)
from psgscore.model.movement_criteria import MOVEMENTS
from psgscore.score.architecture import DEFINITIONS

GROUPS = {
    "form": ("min_duration_s", "max_duration_s", "merge_gap_s"),
    "bilateral": (
        "bilateral_by",
        "bilateral_s",
        "bilateral_max_parts",
        "bilateral_max_duration_s",
    ),
    "series": (
        "min_interval_s",
        "max_interval_s",
        "min_movements",
        "short_interval",
        "long_movement",
        "eligible",
    ),
    "association": (
        "arousal_gap_s",
        "arousal_gap_inclusive",
        "respiratory",
        "respiratory_window",
    ),
}
"""Which page shows which value of a rule set; every value is on one."""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [f"| {' | '.join(header)} |", "|---" * len(header) + "|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def value_text(value: Any) -> str:
    """Return a value for a table cell."""
    if is_dataclass(value):
        for name, known in (("wide", WIDE), ("narrow", NARROW), ("around the event", AROUND_EVENT)):
            if value == known:
                return name
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def source_text(field: Any) -> str:
    """Return where a number comes from, and whether it still needs checking."""
    source: str = field.metadata.get("source", "")
    return source + (
        " *(to be confirmed against the manual)*" if field.metadata.get("confirm") else ""
    )


def rules_table(names: Sequence[str]) -> str:
    """Return the values of those names of all rule sets side by side."""
    rules = list(RULE_SETS.values())
    known = {field.name: field for field in fields(rules[0])}
    return table(
        ["value", *(rule.title for rule in rules), "source"],
        [
            [
                f"`{name}`",
                *(value_text(getattr(rule, name)) for rule in rules),
                source_text(known[name]),
            ]
            for name in names
        ],
    )


def values_table(value: Any) -> str:
    """Return one frozen value as a table."""
    return table(
        ["value", "number", "source"],
        [
            [f"`{field.name}`", str(getattr(value, field.name)), source_text(field)]
            for field in fields(value)
            if not is_dataclass(getattr(value, field.name))
        ],
    )


def confirm_table() -> str:
    """Return the values that are quoted and still to be read in the manual."""
    family = [getattr(MOVEMENTS, field.name) for field in fields(MOVEMENTS)]
    values: tuple[Any, ...] = (*RULE_SETS.values(), DETECTION, DETECTION.gate, *family)
    rows = {
        # The rule sets share their names; each family of movements has its own.
        (field.name, "" if value not in family else type(value).__name__): [
            f"`{field.name}`",
            str(getattr(value, field.name)),
            field.metadata["source"],
        ]
        for value in values
        for field in fields(value)
        if field.metadata.get("confirm")
    }
    return table(["value", "number", "source"], rows.values())


def windows_table() -> str:
    """Return the respiratory windows."""
    anchors = {"event": "start and end of the event", "end": "end of the event"}
    named = {"wide": WIDE, "narrow": NARROW, "around the event": AROUND_EVENT}
    return table(
        ["window", "measured from", "seconds before", "seconds after"],
        [
            [name, anchors[one.anchor], str(one.before_s), str(one.after_s)]
            for name, one in named.items()
        ],
    )


def columns_table(columns: dict[str, Any]) -> str:
    """Return the columns of a table as its own sidecar describes them."""
    rows = []
    for name, column in columns.items():
        levels = column.get("Levels", {})
        values = "; ".join(f"`{level}` {meaning}" for level, meaning in levels.items())
        text = column["Description"].replace("\\\\", "`\\\\`").replace("\\uXXXX", "`\\uXXXX`")
        rows.append([f"`{name}`", column.get("Units", ""), text, values])
    return table(["column", "unit", "meaning", "values"], rows)


def event_columns() -> dict[str, Any]:
    """Return the columns of the event table of a detected movement."""
    measures = {name: [1.0] for name in MEASURE_COLUMNS}
    one = psgscore.Events.of("LM:left", [1.0], [2.0], measures=measures)
    columns = events_sidecar(one)
    columns["trial_type"] = columns["trial_type"] | {"Levels": {}}
    return columns


def score_table() -> str:
    """Return the parts of the score document as its own schema describes them."""
    properties = score_schema()["properties"]
    # Provenance is described by its parts only.
    other = "What was run, on what, with which numbers."
    return table(
        ["key", "holds"],
        [[f"`{key}`", one.get("description", other)] for key, one in properties.items()],
    )


def stage_codes_table() -> str:
    """Return what bare numbers mean in each map."""
    return table(
        ["map", "codes"],
        [
            [f"`{name}`", ", ".join(f"{code} {stage.name}" for code, stage in codes.items())]
            for name, codes in stage_words().codes.items()
        ],
    )


def stage_words_table() -> str:
    """Return the words for each stage."""
    found: dict[str, list[str]] = {}
    for word, stage in stage_words().words.items():
        found.setdefault(stage.name, []).append(f"`{word}`")
    return table(["stage", "words"], [[name, ", ".join(words)] for name, words in found.items()])


def roles_list() -> str:
    """Return the roles a channel can have."""
    return ", ".join(f"`{role}`" for role in sorted(name_table().roles)) + "."


def api_entries() -> str:
    """Return an autodoc entry for every public name that is a class or a function."""
    entries = []
    for name in psgscore.__all__:
        value = getattr(psgscore, name)
        if isinstance(value, type):
            options = ["   :show-inheritance:"] if issubclass(value, Exception) else []
            entries += [f".. autoclass:: psgscore.{name}", "   :members:", *options, ""]
        elif callable(value):
            entries += [f".. autofunction:: psgscore.{name}", ""]
    return "\n".join(["```{eval-rst}", *entries, "```"])


def all_tables() -> dict[str, str]:
    """Return every generated text by the name of its file."""
    return {
        **{f"rules_{group}": rules_table(names) for group, names in GROUPS.items()},
        "detection": values_table(DETECTION),
        "gate": values_table(DETECTION.gate),
        "periodicity": values_table(PERIODICITY),
        "bursts": values_table(MOVEMENTS.short_bursts),
        "graphoelements": values_table(MOVEMENTS.graphoelements),
        "jerks": values_table(MOVEMENTS.jerks),
        "fragmentary": values_table(MOVEMENTS.fragmentary),
        "discrete_bursts": values_table(MOVEMENTS.discrete_bursts),
        "trains": values_table(MOVEMENTS.trains),
        "rem_atonia": values_table(MOVEMENTS.rem_atonia),
        "bruxism": values_table(MOVEMENTS.bruxism),
        "large_movements": values_table(MOVEMENTS.large_movements),
        "accelerometer": values_table(MOVEMENTS.accelerometer),
        "differential": values_table(MOVEMENTS.differential),
        "heart": "\n\n".join(
            values_table(one)
            for one in (MOVEMENTS.heart, MOVEMENTS.heart_rise, MOVEMENTS.heart_response)
        ),
        "restless": "\n\n".join(
            values_table(one) for one in (MOVEMENTS.restless, MOVEMENTS.immobilisation)
        ),
        "definitions": table(
            ["measure", "definition"], [[f"`{name}`", text] for name, text in DEFINITIONS.items()]
        ),
        "confirm": confirm_table(),
        "windows": windows_table(),
        "event_columns": columns_table(event_columns()),
        "movement_columns": columns_table(movements_sidecar()),
        "score": score_table(),
        "stage_codes": stage_codes_table(),
        "stage_words": stage_words_table(),
        "roles": roles_list(),
        "api": api_entries(),
    }


def write_tables(app: Any) -> None:
    """Write every table as a file that pages include."""
    folder = Path(app.srcdir) / "_generated"
    folder.mkdir(exist_ok=True)
    for name, text in all_tables().items():
        (folder / f"{name}.md").write_text(text + "\n", "utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("builder-inited", write_tables)
    return {"parallel_read_safe": True}
