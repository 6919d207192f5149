"""What two scorings of a night agree on, and what a third person has to decide."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from psgscore.agree.events import compare_events
from psgscore.agree.kinds import (
    ANY_LEG,
    AROUSALS,
    BREATHING,
    LEFT,
    RIGHT,
    comparable_kinds,
    events_of,
    looked_for,
)
from psgscore.model._arrays import Ints
from psgscore.model.events import Events
from psgscore.model.finding import Finding
from psgscore.model.scoring import AROUSAL, AUTOMATIC_AROUSAL, Scoring
from psgscore.report.texts import counted
from psgscore.review.adjudicated_stages import stages_side_by_side
from psgscore.review.differences import (
    KIND,
    Claim,
    Disagreement,
    Dispute,
    Other,
    alone,
    claims_of,
    in_order,
    said,
)
from psgscore.review.disagreements import KINDS
from psgscore.review.edits import Base
from psgscore.review.kinds import ALLOWED
from psgscore.review.rescoring import base_sha256

_COVERS = {
    LEFT: ("LM", LEFT),
    RIGHT: ("LM", RIGHT),
    ANY_LEG: ("LM",),
    AROUSALS: (AROUSALS,),
    BREATHING: (BREATHING,),
}


def dispute(first: Other, second: Other, duration_s: float) -> Dispute:
    """Put two scorings side by side.

    Parameters
    ----------
    first, second : Other
        The scorers; which is first changes nothing but the order of their names and claims.
    duration_s : float
        Length of the recording.
    """
    both = (_inside(first, duration_s), _inside(second, duration_s))
    kinds, findings = _kinds(both)
    agreed, differences = [], []
    for kind in kinds:
        events, differing = _side_by_side(kind, both)
        agreed.append(events)
        differences += differing
    hypnogram, scorer, differing, without = stages_side_by_side(both)
    whole = [*_outside((first, second), both), *findings, *without]
    return Dispute(
        events=Events.concat(agreed),
        hypnogram=hypnogram,
        scorer=scorer,
        covers=frozenset(word for kind in kinds for word in _COVERS.get(kind, ())),
        kinds=kinds,
        differences=in_order([*differences, *differing]),
        findings=tuple(whole),
    )


def scoring_sha256(scoring: Scoring) -> str:
    """Return the SHA-256 of what a scoring says: events that count, stages, what was sought."""
    base = Base(
        events=scoring.events.counted(), hypnogram=scoring.hypnogram, scorer=None, duration_s=0.0
    )
    words = " ".join([base_sha256(base), *sorted(scoring.covers)])
    return hashlib.sha256(words.encode()).hexdigest()


# -- events -----------------------------------------------------------------------------------


def _inside(other: Other, duration_s: float) -> Other:
    """Return a scorer with the events that a review can hold; their arousals are a person's."""
    events = other.scoring.events.counted()
    person, program = events.is_kind(*AROUSAL), events.is_kind(*AUTOMATIC_AROUSAL)
    events = replace(events, kind=np.where(person | program, AROUSALS, events.kind))
    fits = (events.start_s >= 0) & (events.stop_s <= duration_s + 1e-6)
    fits &= events.stop_s > events.start_s
    if person.any():
        fits &= ~program
    return replace(other, scoring=replace(other.scoring, events=events.where(fits)))


def _outside(given: Sequence[Other], inside: Sequence[Other]) -> Iterator[Finding]:
    for one, kept in zip(given, inside, strict=True):
        left = _without_lights(one) - _without_lights(kept)
        if left:
            yield Finding(
                "adjudication.outside",
                f"not put to adjudication: {counted(left, 'event')} outside the recording, "
                "without length, or an arousal of a program beside those of a person",
                one.name,
            )


def _without_lights(one: Other) -> int:
    """Count events besides lights: marks without length, and those of the own score are taken."""
    events = one.scoring.events.counted()
    return int(np.sum(~events.is_kind("lights_off", "lights_on")))


def _kinds(both: Sequence[Other]) -> tuple[tuple[str, ...], list[Finding]]:
    """Return the kinds that both looked for and a review can mark, and what is left out."""
    scorings, names = [one.scoring for one in both], [one.name for one in both]
    kinds = {kind for kind in KINDS if all(looked_for(one, kind) for one in scorings)}
    findings = []
    for found in comparable_kinds(scorings, names):
        kind = found.kind
        marked = {str(one) for each in scorings for one in events_of(each, kind).kind}
        because = found.because
        if not because and not marked <= ALLOWED:
            because = f"a review cannot mark {', '.join(sorted(marked - ALLOWED))}"
        if because:
            counts = (f"{len(events_of(one.scoring, kind))} of {one.name}" for one in both)
            findings.append(
                Finding(
                    "adjudication.not-in-dispute",
                    f"{kind} is not put to adjudication, and none is taken over "
                    f"({', '.join(counts)}): {because}",
                )
            )
            kinds.discard(kind)
        else:
            kinds.add(kind)
    return tuple(sorted(kinds)), findings


def _side_by_side(kind: str, both: Sequence[Other]) -> tuple[Events, list[Disagreement]]:
    """Return the events of a kind that both have, and those that only one has."""
    first, second = (events_of(one.scoring, kind) for one in both)
    pairs = _pairs(first, second)
    same = first.kind[pairs[:, 0]] == second.kind[pairs[:, 1]]
    mine, theirs = claims_of(first), claims_of(second)
    found = [
        _called_otherwise(kind, (mine[row], theirs[column]), both)
        for row, column in pairs[~same].tolist()
    ]
    for row in np.setdiff1d(np.arange(len(first)), pairs[:, 0]).tolist():
        found.append(_only(kind, mine[row], both[0], (mine[row], None)))
    for row in np.setdiff1d(np.arange(len(second)), pairs[:, 1]).tolist():
        found.append(_only(kind, theirs[row], both[1], (None, theirs[row])))
    return _half_way(first, second, pairs[same]), found


def _pairs(first: Events, second: Events) -> Ints:
    """Return which events are one, the same pairs whichever scorer comes first."""
    if _key(second) < _key(first):
        pairs = compare_events(second, first).pairs[:, ::-1]
        return pairs[np.argsort(pairs[:, 0], kind="stable")]
    return compare_events(first, second).pairs


def _key(events: Events) -> tuple[list[float], list[float], list[str]]:
    return events.start_s.tolist(), events.stop_s.tolist(), events.kind.tolist()


def _half_way(first: Events, second: Events, pairs: Ints) -> Events:
    """Return pairs of events as one each: what was measured stays where nothing differs."""
    row, column = pairs[:, 0], pairs[:, 1]
    one, other = first.channel[row], second.channel[column]
    channel = np.where(one == "", other, np.where((other == "") | (one == other), one, ""))
    still = (first.spans[row] == second.spans[column]).all(axis=1)
    measures = {}
    for name in first.measures.keys() & second.measures.keys():
        value = first.measures[name][row]
        known = still & (value == second.measures[name][column])
        measures[name] = np.where(known, value, np.nan)
    return Events(
        (first.start_s[row] + second.start_s[column]) / 2,
        (first.stop_s[row] + second.stop_s[column]) / 2,
        first.kind[row],
        channel,
        dict(sorted(measures.items())),
    )


def _only(kind: str, claim: Claim, who: Other, claims: tuple[Claim | None, ...]) -> Disagreement:
    return alone(claim, kind, f"only {who.name}: {claim.kind}", claims)


def _called_otherwise(
    kind: str, claims: tuple[Claim, Claim], both: Sequence[Other]
) -> Disagreement:
    return Disagreement(
        start_s=min(one.start_s for one in claims),
        stop_s=max(one.stop_s for one in claims),
        what=KIND,
        text=said(both, [one.kind for one in claims]),
        kind=kind,
        claims=claims,
    )
