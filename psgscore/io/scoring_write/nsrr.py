"""NSRR XML, as `psgscore.io.formats.nsrr_xml` and the tools of the NSRR read it.

Concepts have the names that NSRR files have where those are read as the same kind, else the
kind twice (``jerk:definite|jerk:definite``); a word no table knows stands as it was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from xml.sax.saxutils import escape

from psgscore._version import __version__
from psgscore.io.atomic import OutputFolder
from psgscore.io.formats.nsrr_xml import STAGES_TYPE, known_name
from psgscore.io.formats.scored_events import TECHNICIAN_NOTES, VOCABULARY
from psgscore.io.formats.vocabulary import vocabulary
from psgscore.io.formats.xml_values import clipped
from psgscore.io.scoring_labels import OTHER
from psgscore.io.scoring_stages import EPOCH_S
from psgscore.io.scoring_words import read_as
from psgscore.io.scoring_write.written import About, WrittenFormat
from psgscore.io.tables import number_cells
from psgscore.model.events import Event
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.scoring import Scoring

_STAGES = {
    Stage.W: "Wake|0",
    Stage.N1: "Stage 1 sleep|1",
    Stage.N2: "Stage 2 sleep|2",
    Stage.N3: "Stage 3 sleep|3",
    Stage.R: "REM sleep|5",
    Stage.UNSCORED: "Unscored|9",
}
_CONCEPTS = {
    "arousal": "Arousal|Arousal ()",
    "arousal:spontaneous": "Spontaneous arousal|Arousal (ARO SPONT)",
    "arousal:respiratory": "Arousal resulting from respiratory effort|Arousal (ARO RES)",
    "arousal:lm": "Arousal resulting from limb movement|Arousal (ARO Limb)",
    "arousal:plm": "Arousal resulting from periodic leg movement|Arousal (ARO PLM)",
    "arousal:external": "External arousal|Arousal (External Arousal)",
    "apnea:obstructive": "Obstructive apnea|Obstructive Apnea",
    "apnea:central": "Central apnea|Central Apnea",
    "apnea:mixed": "Mixed apnea|Mixed Apnea",
    "hypopnea": "Hypopnea|Hypopnea",
    "RERA": "Respiratory effort related arousal|RERA",
    "respiratory": "Unsure|Unsure",
    "periodic_breathing": "Periodic breathing|Periodic Breathing",
    "desat": "SpO2 desaturation|SpO2 desaturation",
    "LM": "Limb movement|Limb Movement",
    "LM:left": "Limb movement - left|Limb Movement (Left)",
    "LM:right": "Limb movement - right|Limb Movement (Right)",
    "PLM:imported": "Periodic leg movement|PLM",
}
_TYPES = {
    "arousal": "Arousals|Arousals",
    "apnea": "Respiratory|Respiratory",
    "hypopnea": "Respiratory|Respiratory",
    "RERA": "Respiratory|Respiratory",
    "respiratory": "Respiratory|Respiratory",
    "desat": "Respiratory|Respiratory",
    "LM": "Limb Movement|Limb Movement",
    "PLM": "Limb Movement|Limb Movement",
}
_MEASURES = {"SpO2Nadir": "spo2_nadir_pct", "SpO2Baseline": "spo2_baseline_pct"}
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The epoch lengths the format's readers take, and those whose multiples are exact.
_SHORTEST_S, _LONGEST_S, _EXACT_S = 1.0, 600.0, 0.5


def write(out: OutputFolder, name: str, scoring: Scoring, _: About) -> None:
    """Write stages, joined where neighbouring epochs are alike, then events."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<PSGAnnotation>",
        f"<SoftwareVersion>psgscore {__version__}</SoftwareVersion>",
        *_epoch_length(scoring.hypnogram),
        "<ScoredEvents>",
        *([] if scoring.hypnogram is None else _stage_lines(scoring.hypnogram)),
        *(_event_line(event) for event in scoring.events),
        "</ScoredEvents>",
        "</PSGAnnotation>",
    ]
    out.write_text(name, "\n".join(lines) + "\n")


def _epoch_length(hypnogram: Hypnogram | None) -> list[str]:
    epoch_s = EPOCH_S if hypnogram is None else hypnogram.epoch_s
    if not _SHORTEST_S <= epoch_s <= _LONGEST_S:
        return []
    return [f"<EpochLength>{number_cells([epoch_s])[0]}</EpochLength>"]


def _stage_lines(hypnogram: Hypnogram) -> Iterator[str]:
    """Yield one row per run of equal stages, as NSRR files have them."""
    stages, epoch_s = hypnogram.stages.tolist(), hypnogram.epoch_s
    joined = (epoch_s / _EXACT_S).is_integer()
    first = 0
    for epoch in range(1, len(stages) + 1):
        if epoch == len(stages) or stages[epoch] != stages[first] or not joined:
            start_s = hypnogram.start_s + first * epoch_s
            concept = _STAGES[Stage(stages[first])]
            yield _row(STAGES_TYPE, concept, start_s, (epoch - first) * epoch_s)
            first = epoch


def _event_line(event: Event) -> str:
    more = "" if not event.channel else f"<SignalLocation>{_xml(event.channel)}</SignalLocation>"
    for name, measure in _MEASURES.items():
        value = number_cells([event.measures.get(measure, float("nan"))])[0]
        more += f"<{name}>{value}</{name}>" if value != "n/a" else ""
    kind = _TYPES.get(event.kind.partition(":")[0], "")
    concept = _concept(event.kind, event.channel)
    return _row(kind, concept, event.start_s, event.duration_s, more)


def _row(kind: str, concept: str, start_s: float, length_s: float, more: str = "") -> str:
    start, length = number_cells([start_s, length_s])
    return (
        f"<ScoredEvent><EventType>{kind}</EventType><EventConcept>{_xml(concept)}</EventConcept>"
        f"<Start>{start}</Start><Duration>{length}</Duration>{more}</ScoredEvent>"
    )


@lru_cache(maxsize=4096)
def _concept(kind: str, channel: str) -> str:
    other = kind.startswith(f"{OTHER}:")
    candidates = [kind.removeprefix(f"{OTHER}:") if other else f"{kind}|{kind}", kind]
    if kind in _CONCEPTS:
        candidates.insert(0, _CONCEPTS[kind])
    return next((one for one in candidates if _reads(one, channel) == kind), kind)


def _reads(concept: str, channel: str) -> str | None:
    note = concept.partition("|")[0].strip().lower() == TECHNICIAN_NOTES.lower()
    if not concept or note or clipped(concept) != concept:
        return None
    return read_as(known_name(concept), channel, vocabulary(VOCABULARY))


def _xml(text: str) -> str:
    """Return a text as XML has it; a character it cannot hold is "?"."""
    return escape(_NO_XML.sub("?", text))


FORMAT = WrittenFormat(name="nsrr-xml", title="NSRR XML", endings=(".xml",), write=write)
