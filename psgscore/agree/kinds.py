"""Which events of two scorings can be compared: kinds, legs, and what was looked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from psgscore.intervals import close_gaps
from psgscore.model.events import Events
from psgscore.model.scoring import AROUSAL, AUTOMATIC_AROUSAL, RESPIRATORY, Scoring

LEFT, RIGHT, ANY_LEG = "LM:left", "LM:right", "LM"
_LEGS = (LEFT, RIGHT, ANY_LEG)
AROUSALS, BREATHING = AROUSAL[0], RESPIRATORY[-1]
_WHOLE = ("RSWA:phasic", "RSWA:tonic")
_NOT_EVENTS = (
    *("imported", "other", "epoch", "PLM", "ACC", "lights_off", "lights_on", "gap", "unreadable"),
    *("position", "LM_arousal", "stage"),
)
"""Marks that are no events of their own, or nobody knows what of."""
NOBODY_LOOKED = "not known to have been looked for"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """One kind of event, in both scorings or not.

    Parameters
    ----------
    kind : str
        ``"LM:left"``, ``"arousal"``, ``"respiratory"``, ``"jerk"``, ...
    because : str
        Why it cannot be compared, "" where it can.
    """

    kind: str
    because: str = ""


def events_of(scoring: Scoring, kind: str) -> Events:
    """Return the events of a kind that count.

    ``"arousal"`` takes the arousals of a person, else those of a program; ``"respiratory"``
    takes apneas, hypopneas and RERAs together; ``"LM"`` leg movements of which the leg is
    not told.
    """
    events = scoring.events.counted()
    if kind == AROUSALS:
        mine = events.of_kind(*AROUSAL)
        return mine if len(mine) else events.of_kind(*AUTOMATIC_AROUSAL)
    if kind == BREATHING:
        return events.of_kind(*RESPIRATORY)
    if kind == ANY_LEG:
        return events.where(events.is_kind(ANY_LEG) & ~events.is_kind(LEFT, RIGHT))
    return events.of_kind(kind)


def kinds_in(scoring: Scoring) -> list[str]:
    """Return the kinds that occur among the events of a scoring, legs first."""
    events = scoring.events.counted()
    found = {_group(str(kind)) for kind in np.unique(events.kind)} - {""}
    return sorted(found, key=_order)


def looked_for(scoring: Scoring, kind: str) -> bool:
    """Say whether a kind was looked for: some was found, or the scoring says so."""
    if len(events_of(scoring, kind)):
        return True
    if kind not in _LEGS:
        return kind in scoring.covers
    # A scoring of psgscore names each leg it scored; that of a person is known to cover
    # legs at all, and where it tells the one leg nothing follows for the other.
    if _tells_legs(scoring) is None:
        return bool({kind, ANY_LEG} & scoring.covers)
    return kind != ANY_LEG and kind in scoring.covers


def comparable_kinds(
    scorings: Collection[Scoring], names: Collection[str], wanted: Iterable[str] = ()
) -> list[Comparable]:
    """Return each kind that some scoring holds, and why it cannot be compared.

    Parameters
    ----------
    scorings : collection of Scoring
        Of one night.
    names : collection of str
        What their scorers are called.
    wanted : iterable of str
        Kinds to compare; without any, all that occur.
    """
    chosen = list(wanted) or sorted(
        {kind for scoring in scorings for kind in kinds_in(scoring)}, key=_order
    )
    found = []
    for kind in chosen:
        without = [
            name
            for name, scoring in zip(names, scorings, strict=True)
            if not looked_for(scoring, kind)
        ]
        because = f"{', '.join(without)}: {_why(kind, scorings)}" if without else ""
        found.append(Comparable(kind=kind, because=because))
    return found


def _why(kind: str, scorings: Collection[Scoring]) -> str:
    if kind in _LEGS and len({_tells_legs(one) for one in scorings} - {None}) > 1:
        return "one scoring says of which leg a movement is, the other does not"
    return f"{NOBODY_LOOKED} ({kind})"


def _tells_legs(scoring: Scoring) -> bool | None:
    legs = scoring.events.counted().of_kind("LM")
    return bool(legs.is_kind(LEFT, RIGHT).any()) if len(legs) else None


def legs_joined(scoring: Scoring) -> Scoring:
    """Return a scoring whose leg movements are those of either leg, what overlaps joined."""
    events = scoring.events.counted()
    legs = events.is_kind("LM")
    spans = close_gaps(events.spans[legs])
    # Marks without length have no overlap to join; close_gaps keeps them.
    joined = Events.of(ANY_LEG, spans[:, 0], spans[:, 1])
    covers = scoring.covers - {LEFT, RIGHT}
    return replace(scoring, events=Events.concat([events.where(~legs), joined]), covers=covers)


def _group(kind: str) -> str:
    """Return what a kind is compared as, "" for marks that are no events."""
    head = kind.partition(":")[0]
    if head in _NOT_EVENTS:
        return ""
    if head in AUTOMATIC_AROUSAL:
        return AROUSALS
    if head in RESPIRATORY:
        return BREATHING
    if kind in (*_LEGS, *_WHOLE):
        return kind
    return head


def _order(kind: str) -> tuple[int, str]:
    first = (*_LEGS, AROUSALS, BREATHING)
    return (first.index(kind) if kind in first else len(first)), kind
