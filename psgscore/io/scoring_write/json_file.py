"""A scoring as JSON; the schema ships as ``configs/scoring.schema.json``."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from psgscore._version import __version__
from psgscore.io.atomic import OutputFolder
from psgscore.io.formats.psgscore_json import DOCUMENT, SCHEMA_VERSION
from psgscore.io.plain_values import plain
from psgscore.io.score_json import json_text
from psgscore.io.scoring_write.written import About, WrittenFormat
from psgscore.model.events import Event
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.scoring import Scoring


def scoring_document(scoring: Scoring, about: About) -> dict[str, Any]:
    """Return a scoring as plain lists and dictionaries, as the schema describes them."""
    return {
        "schema_version": SCHEMA_VERSION,
        "program": "psgscore",
        "version": __version__,
        "document": DOCUMENT,
        "source": about.source,
        "start": None if about.start is None else about.start.isoformat(),
        "covers": sorted(scoring.covers),
        "hypnogram": None if scoring.hypnogram is None else _hypnogram(scoring.hypnogram),
        "events": [_event(event) for event in scoring.events],
        "findings": plain(scoring.findings),
    }


def scoring_schema() -> dict[str, Any]:
    """Return the published JSON Schema (draft 2020-12) of `scoring_document`."""
    file = resources.files("psgscore.configs").joinpath("scoring.schema.json")
    schema: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return schema


def write(out: OutputFolder, name: str, scoring: Scoring, about: About) -> None:
    """Write the document."""
    out.write_text(name, json_text(scoring_document(scoring, about)))


def _hypnogram(hypnogram: Hypnogram) -> dict[str, Any]:
    return {
        "start_s": hypnogram.start_s,
        "epoch_s": hypnogram.epoch_s,
        "stages": [Stage(stage).name for stage in hypnogram.stages.tolist()],
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "kind": event.kind,
        "onset_s": event.start_s,
        "duration_s": event.duration_s,
        "channel": event.channel,
        "measures": plain(event.measures),
        "texts": dict(event.texts),
    }


FORMAT = WrittenFormat(
    name="json", title="JSON of psgscore", endings=(".json",), write=write, holds_texts=True
)
