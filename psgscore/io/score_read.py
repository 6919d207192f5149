"""A score back from its JSON document: to draw and to count again without the recording."""

from __future__ import annotations

import json
import os
import reprlib
from pathlib import Path
from typing import Any

from psgscore.errors import ScoreFileError
from psgscore.io.edf import existing_file
from psgscore.io.score_json import PROGRAM, SCHEMA_VERSION
from psgscore.io.typed_values import PlainValueError, typed
from psgscore.model.score import Score

_AGAIN = "score the recording again with this version of psgscore"


def read_score(path: str | os.PathLike[str], *, advice: str = _AGAIN) -> Score:
    """Read a score that psgscore wrote.

    Parameters
    ----------
    path : str or path-like
        A ``STEM.score.json``.
    advice : str
        What an error says to do about a file that cannot be used.

    Returns
    -------
    Score
        Equal to the one that was written: the same tables and the same report.

    Raises
    ------
    InputPathError
        There is no such file.
    ScoreFileError
        It is no score of this version, or is damaged; the message says where.
    """
    file = existing_file(path)
    return score_from_json(score_text(file, advice), file.name, advice)


def score_text(file: Path, advice: str = _AGAIN) -> str:
    """Return the text of a score's file; errors as `read_score`."""
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise ScoreFileError(f"{file.name}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ScoreFileError(f"{file.name}: is no UTF-8 text, so no score: {advice}") from None


def score_from_json(text: str, name: str, advice: str = _AGAIN) -> Score:
    """Return the score that a text holds; `name` is for messages, errors as `read_score`."""
    document = _document(text, name, advice)
    if document.get("program") != PROGRAM or "schema_version" not in document:
        raise ScoreFileError(f"{name}: is no score that psgscore wrote: give a STEM.score.json")
    if "document" in document:
        raise ScoreFileError(
            f"{name}: holds another document, {reprlib.repr(document['document'])}: give a "
            "STEM.score.json"
        )
    if document["schema_version"] != SCHEMA_VERSION:
        raise ScoreFileError(
            f"{name}: schema_version is {reprlib.repr(document['schema_version'])}"
            f"{_writer(document)}, and this psgscore reads {SCHEMA_VERSION}: {advice}"
        )
    try:
        return typed(Score, document, "score")
    except PlainValueError as error:
        raise ScoreFileError(f"{name}: {error}: the file is damaged: {advice}") from None


def _writer(document: dict[str, Any]) -> str:
    """Say which version of psgscore wrote a document, if it does."""
    provenance = document.get("provenance")
    version = provenance.get("version") if isinstance(provenance, dict) else None
    return f" (psgscore {version[:20]!a} wrote it)" if isinstance(version, str) else ""


def _document(text: str, name: str, advice: str) -> dict[str, Any]:
    try:
        document = json.loads(text, parse_constant=_refused)
    except json.JSONDecodeError as error:
        raise ScoreFileError(
            f"{name}, line {error.lineno}: no JSON: {error.msg}: the file is damaged: {advice}"
        ) from None
    except (RecursionError, ValueError) as error:
        raise ScoreFileError(
            f"{name}: no JSON that can be read: {error}: the file is damaged: {advice}"
        ) from None
    if not isinstance(document, dict):
        raise ScoreFileError(
            f"{name}: holds no object {{...}}, so no score: give a STEM.score.json"
        )
    return document


def _refused(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")
