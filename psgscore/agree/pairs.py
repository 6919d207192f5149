"""Whole scorings of one night against each other: two of them, all pairs, and the consensus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from psgscore.agree.consensus import event_consensus, stage_consensus
from psgscore.agree.events import ONSET, OVERLAP, EventAgreement, MatchRule, compare_events
from psgscore.agree.grids import on_shorter_epochs
from psgscore.agree.kinds import comparable_kinds, events_of, kinds_in, looked_for
from psgscore.agree.stages import StageAgreement, compare_stages
from psgscore.model._arrays import Bools
from psgscore.model.events import Events
from psgscore.model.hypnogram import SLEEP, Hypnogram, Stage
from psgscore.model.scoring import Scoring

RECORDING, SCORED, ASLEEP = "recording", "scored", "sleep"
WITHIN = (RECORDING, SCORED, ASLEEP)
OTHERS = "consensus of the others"
_STAGED = tuple(stage for stage in Stage if stage != Stage.UNSCORED)


@dataclass(frozen=True, slots=True, kw_only=True)
class HowToCompare:
    """What is compared, and when two events are one.

    Parameters
    ----------
    rule : MatchRule
        When two events are one.
    kinds : tuple of str
        Kinds of events; none takes all that occur.
    within : str
        `RECORDING` judges all events, `SCORED` those that begin in an epoch both scorers
        staged, `ASLEEP` those that begin in an epoch both call sleep.
    """

    rule: MatchRule = field(default_factory=MatchRule)
    kinds: tuple[str, ...] = ()
    within: str = RECORDING


@dataclass(frozen=True, slots=True, kw_only=True)
class KindAgreement:
    """One kind of event in two scorings.

    Parameters
    ----------
    kind : str
        What was compared.
    because : str
        Why it could not be, "" where it was.
    overlap, onset : EventAgreement or None
        Paired by overlap, and by onset; None where it could not be compared.
    """

    kind: str
    because: str = ""
    overlap: EventAgreement | None = None
    onset: EventAgreement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAgreement:
    """Two scorings of one night.

    Parameters
    ----------
    reference, other : str
        Whose they are.
    kinds : tuple of KindAgreement
        Every kind of event that either holds.
    stages : StageAgreement or None
        None where the stages could not be compared.
    hypnograms : pair of Hypnogram or None
        What was compared: on epochs of one length.
    stages_because : str
        Why not, "" where they were compared.
    stages_note : str
        How epochs of different length were compared, "" for equal ones.
    """

    reference: str
    other: str
    kinds: tuple[KindAgreement, ...]
    stages: StageAgreement | None = None
    hypnograms: tuple[Hypnogram, Hypnogram] | None = None
    stages_because: str = ""
    stages_note: str = ""


def compare_pair(
    reference: Scoring,
    other: Scoring,
    names: tuple[str, str],
    how: HowToCompare | None = None,
) -> PairAgreement:
    """Compare two scorings of one night; the first is the reference of precision and recall."""
    how = how or HowToCompare()
    both, stages, because, note = _stages(reference, other, names)
    kinds = comparable_kinds((reference, other), names, how.kinds)
    no_part = "" if how.within == RECORDING or both is not None else f"stages: {because}"
    return PairAgreement(
        reference=names[0],
        other=names[1],
        kinds=tuple(
            KindAgreement(kind=one.kind, because=one.because or no_part)
            if one.because or no_part
            else _kind(one.kind, (reference, other), both, how)
            for one in kinds
        ),
        stages=stages,
        hypnograms=both,
        stages_because=because,
        stages_note=note,
    )


def all_pairs(
    scorings: Sequence[Scoring], names: Sequence[str], how: HowToCompare | None = None
) -> tuple[PairAgreement, ...]:
    """Compare every scoring with every later one."""
    return tuple(
        compare_pair(scorings[a], scorings[b], (names[a], names[b]), how)
        for a, b in combinations(range(len(names)), 2)
    )


def against_others(
    scorings: Sequence[Scoring], names: Sequence[str], how: HowToCompare | None = None
) -> tuple[PairAgreement, ...]:
    """Compare each of three or more scorings with the consensus of the others."""
    if len(names) < 3:
        return ()
    return tuple(
        compare_pair(
            consensus([*scorings[:place], *scorings[place + 1 :]]),
            scorings[place],
            (OTHERS, name),
            how,
        )
        for place, name in enumerate(names)
    )


def consensus(scorings: Sequence[Scoring]) -> Scoring:
    """Return what most of several scorers say.

    A kind of event is that of more than half of those who looked for it, at least two;
    stages are left out where the epochs do not lie on one grid.
    """
    kinds = sorted({kind for scoring in scorings for kind in kinds_in(scoring)})
    tables, covers = [], set()
    for kind in kinds:
        mine = [events_of(one, kind) for one in scorings if looked_for(one, kind)]
        if len(mine) > 1:
            tables.append(event_consensus(mine, kind))
            covers.add(kind)
    staged = [one.hypnogram for one in scorings if one.hypnogram is not None]
    return Scoring(
        hypnogram=_stage_consensus(staged),
        events=Events.concat(tables),
        covers=frozenset(covers),
    )


def _stage_consensus(staged: Sequence[Hypnogram]) -> Hypnogram | None:
    if len(staged) < 2:
        return None
    try:
        return stage_consensus(staged)
    except ValueError:
        return None


def _stages(
    reference: Scoring, other: Scoring, names: tuple[str, str]
) -> tuple[tuple[Hypnogram, Hypnogram] | None, StageAgreement | None, str, str]:
    """Return the hypnograms on one grid and their agreement, or why there is none."""
    first, second = reference.hypnogram, other.hypnogram
    if first is None or second is None:
        without = [n for n, one in zip(names, (first, second), strict=True) if one is None]
        return None, None, f"{' and '.join(without)}: no stages", ""
    try:
        both = on_shorter_epochs(first, second)
        agreement = compare_stages(*both)
    except ValueError as error:
        return None, None, str(error), ""
    note = ""
    if first.epoch_s != second.epoch_s:
        long_s, short_s = max(first.epoch_s, second.epoch_s), both[0].epoch_s
        note = f"epochs of {long_s:g} s are compared as pieces of {short_s:g} s"
    if not agreement.n_epochs:
        return both, None, "no epoch is scored by both", note
    return both, agreement, "", note


def _kind(
    kind: str,
    scorings: tuple[Scoring, Scoring],
    both: tuple[Hypnogram, Hypnogram] | None,
    how: HowToCompare,
) -> KindAgreement:
    first, second = (events_of(scoring, kind) for scoring in scorings)
    judged = None
    if how.within != RECORDING and both is not None:
        judged = (_inside(first, both, how.within), _inside(second, both, how.within))
    overlap, onset = (
        compare_events(first, second, by=by, rule=how.rule, judged=judged)
        for by in (OVERLAP, ONSET)
    )
    return KindAgreement(kind=kind, overlap=overlap, onset=onset)


def _inside(events: Events, both: tuple[Hypnogram, Hypnogram], within: str) -> Bools:
    """Say which events begin where both scorers staged, or where both saw sleep."""
    stages = SLEEP if within == ASLEEP else _STAGED
    first, second = (np.isin(one.at(events.start_s), stages) for one in both)
    inside: Bools = first & second
    return inside
