"""The movements besides leg movements: jerks, fragments, trains, the heart."""

from __future__ import annotations

from psgscore.model.movements import JERK_NOTE, MovementScore
from psgscore.model.score import Score
from psgscore.report.heart_figure import heart_figure
from psgscore.report.parts import Cell, Fact, Row, Section, Table, cells
from psgscore.report.texts import UNKNOWN, counted, number
from psgscore.score.differential_parts import NOT_LOOKED
from psgscore.score.kind_summary import KindSummary, kind_summaries

_TIERS = ("definite", "probable", "possible")
_CONTEXTS = ("sleep onset", "re-entry", "other")


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
    tables = [*_jerks(found), _kinds(score)]
    figure = heart_figure(score)
    return Section(
        key="movements",
        title="Other movements of sleep",
        texts=(JERK_NOTE,),
        figures=() if figure is None else (figure,),
        facts=_facts(score, found),
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


def _kinds(score: Score) -> Table:
    """Return how much there is of each train and large movement, or why it was not looked for."""
    return Table(
        key="kinds",
        title="Trains, bruxism, rhythmic and large movements",
        heads=("Movement",),
        columns=("Found", "Per hour of sleep (count)", "Explained otherwise", "Longest", "In all"),
        rows=tuple(_kind_row(one) for one in kind_summaries(score)),
        notes=(
            "Found: in the whole recording. Per hour (count): between lights off and on, of the "
            "sleep in which it could be looked for. Explained otherwise: of its form, but "
            "something else explains it; not counted. Each stands in the event table.",
        ),
    )


def _kind_row(one: KindSummary) -> Row:
    if one.count is None:
        note = f"not looked for, because {one.reason}"
        if one.reason == NOT_LOOKED:
            note = "not looked for in this recording"
        return Row(label=one.title, cells=cells(*[UNKNOWN] * 5), note=note)
    parts = ", ".join(f"{count} {word}" for word, count in one.sub_counts.items())
    reasons = ", ".join(f"{reason} {count}" for reason, count in one.excluded.items())
    return Row(
        label=one.title,
        note="" if one.count else "looked for, none found",
        cells=(
            Cell(str(one.count), f"({parts})" if parts else ""),
            Cell(
                number(one.per_hour_of_sleep),
                "" if one.per_hour_of_sleep is None else f"({one.in_sleep})",
            ),
            Cell(str(sum(one.excluded.values())), f"({reasons})" if reasons else ""),
            Cell(_seconds(one.longest_s)),
            Cell(UNKNOWN if one.total_s is None else f"{number(one.total_s / 60)} min"),
        ),
    )


def _seconds(value: float | None) -> str:
    return UNKNOWN if value is None else f"{number(value)} s"


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
    elif heart is not None and heart.not_scored is not None:
        words = f"not scored, because {heart.not_scored.reason}"
        facts.append(Fact("Heart-rate response to PLMS", words))
    facts += [
        Fact(f"Bursts of the accelerometer {one.label}", str(len(one.events)))
        for one in found.accelerometers
        if one.not_scored is None
    ]
    return tuple(facts)
