"""The score as one JSON document, whole; its schema ships as configs/score.schema.json."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from importlib import resources
from typing import Any

import numpy as np

from psgscore.io.plain_values import plain
from psgscore.model._arrays import Floats
from psgscore.model.criteria import PERIODICITY
from psgscore.model.differential import DIFFERENTIAL_NOTE
from psgscore.model.movements import JERK_NOTE
from psgscore.model.score import DISCLAIMER, Score
from psgscore.model.staging import AUTOMATIC
from psgscore.score.kind_summary import KindSummary, kind_summaries

SCHEMA_VERSION = 2
PROGRAM = "psgscore"
_READ_FIRST = (
    *("subject", "review", "start", "duration_s", "sleep", "rates", "statistics", "histograms"),
    *("not_scored", "findings"),
)
_INDENT = "  "
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_text_of = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ": ")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What follows from the rest of the document, for its readers; nothing reads it back.

    Parameters
    ----------
    epochs_given, epochs_automatic : int
        Epochs that a person staged, and that a program did.
    mean_confidence : float or None
        Of the automatic stages; None without any.
    kinds : tuple of KindSummary
        Trains, bruxism, rhythmic and large movements, counted; empty where movements
        besides those of the legs were not looked for.
    notes : tuple of str
        What has to be said of the numbers of other movements.
    """

    epochs_given: int
    epochs_automatic: int
    mean_confidence: float | None
    kinds: tuple[KindSummary, ...]
    notes: tuple[str, ...]


def score_json(score: Score) -> str:
    """Return the score as JSON text: the same score, the same bytes."""
    return json_text(score_document(score))


def json_text(document: Mapping[str, Any]) -> str:
    """Return a document as indented JSON that can always be written as UTF-8.

    A list of numbers or words stands on one line.

    Raises
    ------
    ValueError
        A number is not finite.
    """
    text = "".join(_laid_out(document, "\n"))
    # File names that are not UTF-8 come as lone surrogates, which UTF-8 cannot hold.
    return _LONE_SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def _laid_out(value: Any, line: str) -> Iterator[str]:
    """Yield the text of a value in pieces; `line` ends a line and indents the next."""
    inner = line + _INDENT
    if isinstance(value, dict) and value:
        yield "{"
        for number, (key, one) in enumerate(value.items()):
            yield f"{',' if number else ''}{inner}{_text_of(key)}: "
            yield from _laid_out(one, inner)
        yield f"{line}}}"
    elif isinstance(value, list) and any(isinstance(one, dict | list) for one in value):
        yield "["
        for number, one in enumerate(value):
            yield f"{',' if number else ''}{inner}"
            yield from _laid_out(one, inner)
        yield f"{line}]"
    else:
        yield _text_of(value)


def score_schema() -> dict[str, Any]:
    """Return the published JSON Schema (draft 2020-12) of `score_document`."""
    file = resources.files("psgscore.configs").joinpath("score.schema.json")
    schema: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return schema


def score_document(score: Score) -> dict[str, Any]:
    """Return the score as plain lists and dictionaries, as the schema describes them.

    Every field of the score stands under its name, in full; `read_score` reads them back.
    What stands beside them is for other readers. A number that is not finite becomes None.
    """
    provenance = score.provenance
    names = dict.fromkeys((*_READ_FIRST, *(field.name for field in fields(score))))
    document = {
        "schema_version": SCHEMA_VERSION,
        "program": PROGRAM,
        "version": provenance.version,
        "disclaimer": DISCLAIMER,
        "input": {"name": provenance.input_name, "sha256": provenance.input_sha256},
        "derived": plain(_derived(score)),
        **{name: plain(getattr(score, name)) for name in names},
    }
    document["provenance"]["periodicity"] = plain(PERIODICITY)
    return document


def _derived(score: Score) -> Derived:
    scorer = [] if score.scorer is None else score.scorer.tolist()
    movements = score.movements is not None
    return Derived(
        epochs_given=scorer.count("given"),
        epochs_automatic=scorer.count(AUTOMATIC),
        mean_confidence=None if score.staging is None else _mean(score.staging.confidence),
        kinds=tuple(kind_summaries(score)) if movements else (),
        notes=(JERK_NOTE, DIFFERENTIAL_NOTE) if movements else (),
    )


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else math.nan
