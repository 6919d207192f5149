"""What the page is told, as plain values: nothing is left for it to work out."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from psgscore.model._arrays import Floats
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.score import LegScore, Score
from psgscore.review.catalog import Catalog
from psgscore.review.differences import Tally
from psgscore.review.edits import Change, Entry, Restage
from psgscore.review.indices import Index
from psgscore.review.rescoring import doubt_of
from psgscore.review.state import MADE, REJECTED_BY, REVIEW_ID, ReviewState
from psgscore.review.tracks import Track

Document = dict[str, Any]
_HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_LONGEST_LABEL = 200


def shown(text: str) -> str:
    """Return a text of a file as a page may show it: nothing hidden, nothing turned round."""
    plain = _HIDDEN.sub("\ufffd", text.encode("utf-8", "replace").decode("utf-8"))
    return unicodedata.normalize("NFC", plain)[:_LONGEST_LABEL]


def shown_whole(text: str) -> str:
    """Return a message as a page may show it, however long."""
    return "".join(shown(text[k : k + 100]) for k in range(0, min(len(text), 2000), 100))


def known(value: float | None) -> float | None:
    """Return a number, None where there is none."""
    return None if value is None or not math.isfinite(value) else float(value)


def review_document(state: ReviewState, duration_s: float) -> Document:
    """Return who did what so far."""
    spans = state.accepted_s
    last = state.signatures[-1] if state.signatures and state.signed else None
    accepted = float(np.sum(spans[:, 1] - spans[:, 0])) if len(spans) else 0.0
    return {
        "state": state.standing,
        "revision": state.revision,
        "signed_by": "" if last is None else last.by,
        "signed_at": "" if last is None else last.at,
        "edits": state.edits,
        "counts": dict(state.counts),
        "can_undo": state.undo is not None and not state.signed,
        "can_redo": state.redo is not None and not state.signed,
        "undo_text": words_of(state.undo),
        "redo_text": words_of(state.redo),
        "accepted_s": spans.tolist(),
        "accepted_share": round(min(accepted / duration_s, 1.0), 4) if duration_s > 0 else 0.0,
        "locked": state.signed,
    }


def adjudication_document(counted: Tally | None) -> Document | None:
    """Return how far an adjudication has come, None for any other review."""
    return None if counted is None else {**asdict(counted), "undecided": counted.undecided}


def words_of(change: Change | None) -> str:
    """Say what a change does, for the button that takes it back."""
    if change is None:
        return ""
    if isinstance(change, Restage):
        return f"{change.word} epoch {change.first_epoch + 1}"
    where = getattr(change, "start_s", None)
    what = getattr(change, "kind", "") or getattr(change, "id", "")
    return " ".join(
        [change.word, *([what] if what else []), *([] if where is None else [f"at {where:.1f} s"])]
    )


def entry_document(entry: Entry) -> Document:
    """Return one line of the journal."""
    edit: dict[str, Any] = {"type": entry.edit.word, **asdict(entry.edit)}
    told = {key: shown(one) if isinstance(one, str) else one for key, one in edit.items()}
    return {
        "n": entry.n,
        "at": shown(entry.at),
        "by": shown(entry.by),
        "edit": told,
        "why": shown_whole(entry.why),
    }


def events_document(state: ReviewState, scored: Score, tracks: Sequence[Track]) -> Document:
    """Return every event of a review in columns, with what excludes it now."""
    events = Events.concat([scored.events, state.rejected()])
    ids = {track.derivation.name: track.id for track in reversed(tracks)}
    made = events.text(MADE)
    return {
        "id": events.text(REVIEW_ID).tolist(),
        "start_s": events.start_s.tolist(),
        "stop_s": events.stop_s.tolist(),
        "kind": [shown(kind) for kind in events.kind.tolist()],
        "channel": [ids.get(label, "") for label in events.channel.tolist()],
        "peak_uv": _measure(events, "peak_uv"),
        "resting_uv": _measure(events, "resting_uv"),
        "rejected": [shown(word) for word in events.text(REJECTED_BY).tolist()],
        "changed": (made != "").tolist(),
        "excluded_by": [shown(word) for word in events.text(EXCLUDED_BY).tolist()],
    }


def _measure(events: Events, name: str) -> list[float | None]:
    values = events.measures.get(name)
    if values is None:
        return [None] * len(events)
    return [known(value) for value in values.tolist()]


def movements_document(leg: LegScore, events: Events) -> Document:
    """Return the movements of both legs with the verdicts of one rule set."""
    verdicts, movements = leg.verdicts, leg.movements
    count = len(movements)

    def told(column: Any) -> list[bool | None]:
        return [None] * count if column is None else column.tolist()

    return {
        "start_s": movements.start_s.tolist(),
        "stop_s": movements.stop_s.tolist(),
        "side": verdicts.side.tolist(),
        "stage": verdicts.stage.tolist(),
        "series": verdicts.series.tolist(),
        "plm": verdicts.plm.tolist(),
        "candidate": verdicts.candidate.tolist(),
        "excluded_by": [shown(word) for word in verdicts.excluded_by.tolist()],
        "arousal": told(verdicts.arousal),
        "respiratory": told(verdicts.respiratory),
        "events": components(movements, events),
    }


def components(movements: Events, events: Events) -> list[list[str]]:
    """Return the ids of the single-leg events that every movement is made of."""
    legs = events.where(events.is_kind("LM")).counted()
    found: list[list[str]] = [[] for _ in range(len(movements))]
    starts, stops = movements.start_s, movements.stop_s
    firsts = np.searchsorted(starts, legs.start_s, side="right") - 1
    for first, stop_s, identifier in zip(
        firsts.tolist(), legs.stop_s.tolist(), legs.text(REVIEW_ID).tolist(), strict=True
    ):
        place = first
        while place > 0 and stops[place] < stop_s:
            place -= 1
        if place >= 0:
            found[place].append(identifier)
    return found


def hypnogram_document(state: ReviewState) -> Document | None:
    """Return the stages with who gave them and how sure they are; None without any."""
    hypnogram = state.hypnogram
    if hypnogram is None:
        return None
    scorer = ["given"] * len(hypnogram) if state.scorer is None else state.scorer.tolist()
    return {
        "start_s": hypnogram.start_s,
        "epoch_s": hypnogram.epoch_s,
        "stages": hypnogram.stages.tolist(),
        "scorer": scorer,
        "doubt": doubt_of(hypnogram),
    }


def indices_document(
    automatic: Mapping[str, Index], before: Mapping[str, Index], now: Sequence[Index]
) -> list[Document]:
    """Return every number before the review, before the last edit, and now."""

    def value(of: Mapping[str, Index], key: str) -> float | None:
        return known(of[key].value) if key in of else None

    return [
        {
            "key": one.key,
            "label": one.label,
            "rules": one.rules,
            "unit": one.unit,
            "automatic": value(automatic, one.key),
            "before": value(before, one.key),
            "now": known(one.value),
            "count": one.count,
            "hours": known(one.hours),
        }
        for one in now
    ]


def drawable_document(catalog: Catalog) -> Document:
    """Return what can be drawn, how it is put together, and what a person may combine."""
    return {
        "channels": [track_document(track) for track in catalog.tracks],
        "montages": [
            {"name": one.name, "title": one.title, "channels": list(one.channels)}
            for one in catalog.montages
        ],
        "electrodes": [
            {
                "id": one.id,
                "label": shown(one.derivation.name),
                "rate_hz": one.rate_hz,
            }
            for one in catalog.electrodes
        ],
    }


def track_document(track: Track) -> Document:
    """Return what the page has to know of one trace."""
    usable = track.rate_hz > 0
    return {
        "id": track.id,
        "label": shown(track.derivation.name),
        "role": shown(track.derivation.role),
        "group": track.group,
        "rate_hz": track.rate_hz,
        "unit": shown(track.unit),
        "shown": track.shown,
        "derived": bool(track.derivation.minus),
        "made_of": shown(track.derivation.reason) if track.derivation.minus else "",
        "filter": {
            "text": track.filter.text,
            "high_pass_hz": track.filter.high_pass_hz,
            "low_pass_hz": track.filter.low_pass_hz,
            "as_scored": track.filter.scored is not None,
        },
        "range": known(track.height),
        "usable": usable,
        "why_not": "" if usable else "it holds no samples",
    }


def spans_document(spans: Floats) -> list[list[float]]:
    """Return stretches as pairs of seconds."""
    return [[float(start), float(stop)] for start, stop in spans]
