"""What a journal is about, and so what it may be applied to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from psgscore.model.score import Score
from psgscore.review.rescoring import base_of, base_sha256

SCORINGS = "adjudicated_scorings"
"""The setting that says what two scorings said: "name: SHA-256" for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What a journal is about, and so what it may be applied to.

    Parameters
    ----------
    input_name : str
        Name of the recording, for people.
    input_sha256 : str
        Of the recording.
    adjudicates : tuple of (str, str)
        Of an adjudication: each scoring's file name, and the SHA-256 of what it says.
    base_sha256 : str
        Of the events and stages the ids refer to.
    criteria_sha256 : str
        Of the numbers it was scored with.
    blind : bool
        The scorer saw no automatic events.
    """

    input_name: str
    input_sha256: str
    adjudicates: tuple[tuple[str, str], ...] = ()
    criteria_sha256: str
    base_sha256: str
    blind: bool = False

    @property
    def document(self) -> dict[str, Any]:
        """The same as plain values of JSON."""
        return {**asdict(self), "adjudicates": [list(one) for one in self.adjudicates]}


def binding_of(base: Score, *, blind: bool = False) -> Binding:
    """Return what a journal that begins with a score is about."""
    said = base.provenance.settings.get(SCORINGS, ())
    return Binding(
        input_name=base.provenance.input_name,
        input_sha256=base.provenance.input_sha256,
        criteria_sha256=base.provenance.criteria_sha256,
        base_sha256=base_sha256(base_of(base)),
        blind=blind,
        adjudicates=tuple((name, sha) for name, _, sha in (one.rpartition(": ") for one in said)),
    )


_BEFORE: dict[str, Any] = {"adjudicates": []}
"""What journals that were begun by older versions do not say."""

_MISMATCH = {
    "input_sha256": "belongs to another recording: give another output folder",
    "criteria_sha256": "was begun with other criteria: score with those, or use another folder",
    "base_sha256": "was begun on another score of this recording: use that score.json",
    "blind": "a blind and an open review cannot be one: give another --reviewer or folder",
}


def mismatch(header: Mapping[str, Any], binding: Binding) -> str:
    """Say what a journal is about instead, and what to do; "" where it is about that."""
    found = {**_BEFORE, **header}
    for name, wanted in binding.document.items():
        if name != "input_name" and found.get(name) != wanted:
            return _told(name, found.get(name), wanted)
    return ""


def _told(name: str, found: object, wanted: object) -> str:
    if name in _MISMATCH:
        return f"{_MISMATCH[name]} ({_shown(found)})"
    if not wanted:
        return "is an adjudication, not a scoring of its own: give the journals of the two scorers"
    if not found or not isinstance(found, list):
        return "is no adjudication: give another --reviewer or folder"
    now = wanted if isinstance(wanted, list) else []
    names = [str(one[0]) for one in found if one not in now and isinstance(one, list) and one]
    return (
        f"was begun when {' and '.join(names)} said something else, or is not what was given now: "
        "give the same two scorings as they were then, or another --reviewer or folder to begin "
        "anew"
    )


def _shown(value: object) -> str:
    return ascii(value)[:20]
