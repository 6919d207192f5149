"""Why a movement counts as it does, line by line, ready to be read."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from psgscore.io.event_meanings import kind_meaning
from psgscore.model.criteria import Criteria, LegMovementCriteria
from psgscore.model.events import EXCLUDED_BY, Event, Events
from psgscore.model.hypnogram import Stage
from psgscore.model.score import LegScore, Score
from psgscore.report.texts import clock, number, short
from psgscore.review.documents import components, shown
from psgscore.review.state import MADE, REJECTED_BY, REVIEW_ID

_UV = "\u00b5V"
_YES_NO = {True: "yes", False: "no", None: "not scored"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what it is, how much, and what to hold it against."""

    label: str
    value: str
    note: str = ""


def why(identifier: str, events: Events, scored: Score, rules: str) -> tuple[str, list[Line]]:
    """Return title and lines of one event.

    Parameters
    ----------
    identifier : str
        Of an event among `events`.
    events : Events
        Those of the review, the rejected among them.
    scored : Score
        The score of the review.
    rules : str
        Name of a rule set; one that there is not gives the lines without verdict.

    Raises
    ------
    KeyError
        There is no such event.
    """
    rows = np.flatnonzero(events.text(REVIEW_ID) == identifier)
    if not rows.size:
        raise KeyError(identifier)
    event = next(iter(events.where(np.isin(np.arange(len(events)), rows[:1]))))
    lines = [*_itself(event, scored)]
    for leg in scored.legs:
        if leg.criteria.name == rules and event.kind.startswith("LM"):
            lines += _judged(identifier, leg, scored)
    lines += _detected(event, scored.provenance.detection)
    return shown(kind_meaning(event.kind)), lines


def _moment(start: str, time_s: float) -> str:
    """Return a clock time to the hundredth, cut off there as the clocks of the page are."""
    whole, part = divmod(math.floor(100 * time_s + 1e-4), 100)
    return f"{clock(start, whole, seconds=True)}.{part:02d}"


def _itself(event: Event, scored: Score) -> Iterator[Line]:
    yield Line("Begins", _moment(scored.start, event.start_s), shown(event.channel))
    yield Line("Duration", f"{event.duration_s:.2f} s")
    made, rejected = event.texts.get(MADE, ""), event.texts.get(REJECTED_BY, "")
    if made:
        yield Line("In this review", made, shown(rejected))
    excluded = event.texts.get(EXCLUDED_BY, "")
    if excluded and not rejected:
        yield Line("Counts for nothing", shown(excluded))


def _detected(event: Event, criteria: LegMovementCriteria | None) -> Iterator[Line]:
    measures = event.measures
    if not np.isfinite(measures.get("resting_uv", np.nan)):
        if event.kind.startswith("LM"):
            yield Line("Resting level", "-", "not measured: added or moved by a person, or marked")
        return
    yield Line("Resting level", f"{number(measures['resting_uv'])} {_UV}")
    yield Line("Peak", f"{number(measures.get('peak_uv'))} {_UV}")
    if criteria is not None:
        over, under = measures.get("onset_margin_uv"), measures.get("offset_margin_uv")
        rise = f"onset threshold: resting level + {short(criteria.onset_rise_uv)} {_UV}"
        fall = f"offset threshold: resting level + {short(criteria.offset_rise_uv)} {_UV}"
        yield Line("Over the onset threshold", f"{number(over)} {_UV}", rise)
        yield Line("Quiet after it, under the offset threshold", f"{number(under)} {_UV}", fall)


def _judged(identifier: str, leg: LegScore, scored: Score) -> Iterator[Line]:
    criteria, verdicts = leg.criteria, leg.verdicts
    parts = components(leg.movements, scored.events)
    row = next((k for k, ids in enumerate(parts) if identifier in ids), None)
    yield Line("Rule set", criteria.title)
    if row is None:
        yield Line("Counted", "no", "it is no leg movement for the rules")
        return
    if len(parts[row]) > 1:
        yield Line("Joined", f"{len(parts[row])} movements", verdicts.side[row])
    yield Line("Candidate", _YES_NO[bool(verdicts.candidate[row])])
    if verdicts.excluded_by[row]:
        yield Line("Excluded", shown(str(verdicts.excluded_by[row])))
    yield from _in_series(row, leg, criteria)
    yield Line("Stage", Stage(int(verdicts.stage[row])).name)
    lasts = f"{leg.movements.duration_s[row]:.2f} s"
    yield Line("Lasts for the rules", lasts, _lasting(criteria, joined=len(parts[row]) > 1))
    for label, column in (("Arousal", verdicts.arousal), ("Respiratory", verdicts.respiratory)):
        linked = None if column is None else bool(column[row])
        yield Line(f"{label} link", _YES_NO[linked])


def _lasting(criteria: Criteria, *, joined: bool) -> str:
    one = f"{short(criteria.min_duration_s)} to {short(criteria.max_duration_s)} s"
    if not joined:
        return f"{one} for one leg"
    return f"each {one}, together up to {short(criteria.bilateral_max_duration_s)} s"


def _in_series(row: int, leg: LegScore, criteria: Criteria) -> Iterator[Line]:
    candidates = np.flatnonzero(leg.verdicts.candidate)
    earlier = candidates[candidates < row]
    limits = f"{short(criteria.min_interval_s)} to {short(criteria.max_interval_s)} s in a series"
    if earlier.size:
        interval_s = float(leg.movements.start_s[row] - leg.movements.start_s[earlier[-1]])
        yield Line("Since the candidate before", f"{interval_s:.1f} s", limits)
    else:
        yield Line("Since the candidate before", "-", "the first of the night")
    series = int(leg.verdicts.series[row])
    if not series:
        yield Line("Series", "none", f"{criteria.min_movements} movements make one")
        return
    members = np.flatnonzero(leg.verdicts.series == series)
    place = int(np.searchsorted(members, row)) + 1
    yield Line("Series", f"number {series}", f"movement {place} of {members.size}")
