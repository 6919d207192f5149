"""What a written scoring does not say any more, as it is read back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from psgscore.model._arrays import Bools, Floats, Ints, to_microsecond
from psgscore.model.events import Events
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.scoring import Scoring

_TOLERANCE = 1e-6
_NAMED = 5

Key = tuple[float, float, str, str]


def differences(before: Scoring, after: Scoring) -> list[Finding]:
    """Return what of `before` is not in `after`.

    Parameters
    ----------
    before : Scoring
        What was written.
    after : Scoring
        What was read back; it may hold more.

    Returns
    -------
    list of Finding
        Empty where times, stages, kinds, channels, measures to 1e-6 and texts survived.
    """
    found = [*_of_stages(before.hypnogram, after.hypnogram), *_of_events(before, after)]
    lacking = sorted(before.covers - after.covers)
    if lacking:
        message = f"the file does not say that these were scored: {', '.join(lacking)}"
        found.append(Finding("convert.covers", message))
    return found


def _of_stages(before: Hypnogram | None, after: Hypnogram | None) -> Iterator[Finding]:
    if before is None:
        return
    other_s = _other_stage_s(before, after)
    if other_s:
        message = f"{other_s:g} s of the stages are read back otherwise"
        yield Finding("convert.stages", message)
    if after is not None and abs(after.epoch_s - before.epoch_s) > _TOLERANCE:
        message = f"epochs of {before.epoch_s:g} s are read back as epochs of {after.epoch_s:g} s"
        yield Finding("convert.epoch-length", message, severity="note")


def _other_stage_s(before: Hypnogram, after: Hypnogram | None) -> float:
    """Return for how long two hypnograms differ."""
    edges = [before.edges_s, np.zeros(0) if after is None else after.edges_s]
    # An edge that rounding moved is the same edge.
    times = np.unique(np.round(np.concatenate(edges), 5))
    middles = times[:-1] + np.diff(times) / 2
    unknown = np.full(middles.shape, int(Stage.UNSCORED), np.int8)
    other = before.at(middles) != (unknown if after is None else after.at(middles))
    return float(to_microsecond(np.diff(times)[other].sum()))


def _of_events(before: Scoring, after: Scoring) -> Iterator[Finding]:
    kept, places = _partners(before.events, after.events)
    lost = Counter(before.events.kind[~kept].tolist())
    if lost:
        named = ", ".join(f"{kind!r} ({n})" for kind, n in lost.most_common(_NAMED))
        more = f" and {len(lost) - _NAMED} more kinds" if len(lost) > _NAMED else ""
        message = (
            f"{lost.total()} events are read back with another kind, channel or time, because the "
            f"format cannot hold what theirs say: {named}{more}"
        )
        yield Finding("convert.events", message)
    names = [
        name
        for name, values in before.events.measures.items()
        if not _same_numbers(values[kept], after.events.measures.get(name), places)
    ]
    if names:
        message = f"the file does not hold these measures: {', '.join(map(repr, sorted(names)))}"
        yield Finding("convert.measures", message)
    said = [
        name
        for name in before.events.texts
        if (before.events.text(name)[kept] != after.events.text(name)[places]).any()
    ]
    if said:
        message = f"the file does not hold these texts: {', '.join(map(repr, sorted(said)))}"
        yield Finding("convert.texts", message)


def _partners(before: Events, after: Events) -> tuple[Bools, Ints]:
    """Return which events are there again, and the places of those in `after`."""
    waiting: dict[Key, list[int]] = {}
    for place, key in enumerate(_keys(after)):
        waiting.setdefault(key, []).append(place)
    found = [waiting[key].pop(0) if waiting.get(key) else -1 for key in _keys(before)]
    places = np.array(found, dtype=np.int64)
    return places >= 0, places[places >= 0]


def _keys(events: Events) -> list[Key]:
    columns = (events.start_s, events.stop_s, events.kind, events.channel)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _same_numbers(before: Floats, after: Floats | None, places: Ints) -> bool:
    if after is None:
        return bool(np.isnan(before).all())
    return np.allclose(before, after[places], rtol=1e-9, atol=_TOLERANCE, equal_nan=True)
