"""The movements besides leg movements: jerks, fragments, REM sleep, the heart, restless legs."""

from __future__ import annotations

from psgscore.model.movements import JERK_NOTE, MovementScore
from psgscore.model.rem import RemAtonia, Share
from psgscore.model.restless import RestlessView
from psgscore.model.score import Rate, Score
from psgscore.report.parts import Fact, Row, Section, Table, cells
from psgscore.report.texts import UNKNOWN, counted, number

_TIERS = ("definite", "probable", "possible")
_CONTEXTS = ("sleep onset", "re-entry", "other")
_RESTLESS_NOTE = "Numbers to read beside what the person says; restless legs are not seen in them."


def movement_section(score: Score) -> Section | None:
    """Return the section on other movements, None where they were not looked for.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    found = score.movements
    if found is None:
        return None
    tables = [*_jerks(found), *([] if found.rem is None else _rem(found.rem))]
    return Section(
        key="movements",
        title="Other movements of sleep",
        texts=(JERK_NOTE,),
        facts=(*_facts(score, found), *_restless(score.restless)),
        tables=tuple(tables),
    )


def _jerks(found: MovementScore) -> list[Table]:
    if not found.jerks:
        return []
    counts = {(one.context, one.tier): one.count for one in found.jerks if one.onset < 0}
    rows = [
        Row(label=context.capitalize(), cells=cells(*_counts(counts, context)))
        for context in _CONTEXTS
    ]
    table = Table(
        key="jerks",
        title="Hypnic jerks (operational marker)",
        heads=("Where",),
        columns=tuple(tier.capitalize() for tier in _TIERS),
        rows=tuple(rows),
        notes=("Counted per night, never per hour. Each stands in the event table.",),
    )
    return [table]


def _counts(counts: dict[tuple[str, str], int | None], context: str) -> list[str]:
    values = [counts.get((context, tier)) for tier in _TIERS]
    return [UNKNOWN if value is None else str(value) for value in values]


def _facts(score: Score, found: MovementScore) -> tuple[Fact, ...]:
    facts = [Fact("Muscles looked at", ", ".join(found.muscles) or "none")]
    per_hour = found.fragmentary_per_hour
    if per_hour is not None:
        runs = score.events.counted().of_kind("EFM")
        facts.append(Fact("Fragmentary potentials per hour of NREM", number(per_hour)))
        facts.append(Fact("Runs of excessive fragmentary myoclonus", counted(len(runs), "run")))
    heart = found.heart
    if heart is not None and heart.not_scored is None:
        words = (
            f"{number(heart.peak_rise_bpm)} beats/min, {number(heart.peak_latency_s)} s after "
            f"onset (mean of {counted(heart.n, 'movement')}, {heart.n_left_out} left out)"
        )
        facts.append(Fact("Heart-rate response to PLMS", words))
    facts += [
        Fact(f"Bursts of the accelerometer {one.label}", str(len(one.events)))
        for one in found.accelerometers
        if one.not_scored is None
    ]
    return tuple(facts)


def _rem(rem: RemAtonia) -> list[Table]:
    if not rem.channels:
        return []
    rows = [
        Row(
            label=one.label,
            cells=cells(
                _percent(one.sinbar_phasic),
                _percent(one.sinbar_tonic),
                _percent(one.sinbar_any),
                _percent(one.aasm_phasic),
                _percent(one.aasm_tonic),
            ),
        )
        for one in rem.channels
    ]
    notes = [f"{one.what}: {number(one.share.percent)} %, {one.words}." for one in rem.cut_offs]
    index = rem.atonia_index
    if index is not None and index.value is not None:
        notes.append(f"REM atonia index, {index.label}: {number(index.value, 2)}, {index.words}.")
    return [
        Table(
            key="rem",
            title="Muscle activity in REM sleep, %",
            heads=("Channel",),
            columns=("SINBAR phasic", "SINBAR tonic", "SINBAR any", "AASM phasic", "AASM tonic"),
            rows=tuple(rows),
            notes=tuple(notes),
        )
    ]


def _percent(share: Share | None) -> str:
    return UNKNOWN if share is None else number(share.percent)


def _restless(view: RestlessView | None) -> tuple[Fact, ...]:
    if view is None:
        return ()
    mode = view.interval.mode_s
    return (
        Fact("PLMW before sleep onset, per hour", _rate(view.plmw_before_sleep)),
        Fact("PLMW after sleep onset, per hour", _rate(view.plmw_after_onset)),
        Fact("Last third over first third of the night", number(view.third_ratio, 2)),
        Fact("Interval peak, s", number(mode)),
        Fact("Reading these", _RESTLESS_NOTE),
    )


def _rate(rate: Rate | None) -> str:
    if rate is None or rate.per_hour is None:
        return UNKNOWN
    return f"{number(rate.per_hour)} ({rate.count} in {rate.hours:.2f} h)"
