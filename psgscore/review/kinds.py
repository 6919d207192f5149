"""What a person may mark."""

from __future__ import annotations

from psgscore.io.event_meanings import kind_meaning
from psgscore.model.hypnogram import Stage

KINDS = {
    "leg": ("LM:left", "LM:right", "LM"),
    "arousal": ("arousal",),
    "respiratory": (
        *("apnea:obstructive", "apnea:central", "apnea:mixed", "apnea"),
        *("hypopnea", "RERA", "respiratory"),
    ),
    "movement": (
        *("jerk:definite", "jerk:probable", "jerk:possible", "EFM", "fragmentary_potential"),
        *("ALMA", "HFT", "HFLM", "RMD", "LMM", "bruxism:phasic", "bruxism:tonic"),
        *("bruxism:mixed", "RSWA:phasic", "RSWA:tonic", "rhythmic_flag"),
    ),
    "mark": ("lights_off", "lights_on", "artifact"),
}
ALLOWED = frozenset(kind for kinds in KINDS.values() for kind in kinds)
_KEYS = {Stage.UNSCORED: "0", Stage.W: "w", Stage.N1: "1", Stage.N2: "2", Stage.N3: "3"}
_KEYS[Stage.R] = "r"


def kinds_document() -> list[dict[str, str]]:
    """Return every kind with its meaning."""
    return [
        {"kind": kind, "title": kind_meaning(kind), "group": group}
        for group, kinds in KINDS.items()
        for kind in kinds
    ]


def stage_name(stage: int) -> str:
    """Return what a stage is called on the page."""
    return "unscored" if stage == Stage.UNSCORED else Stage(stage).name


def stages_document() -> list[dict[str, object]]:
    """Return every stage with its key."""
    return [
        {
            "value": int(stage),
            "name": stage_name(stage),
            "key": key,
        }
        for stage, key in _KEYS.items()
    ]
