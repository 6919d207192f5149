"""What people read of a comparison: the same tables for the screen and for the HTML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from psgscore._version import __version__
from psgscore.agree.pairs import ASLEEP, RECORDING, PairAgreement
from psgscore.compare.cells import STAGE_COLUMNS, number, stage_cells, whole
from psgscore.compare.events_view import event_tables, squares
from psgscore.compare.indices import INDICES, OF_LEGS
from psgscore.compare.overall import same_legs
from psgscore.compare.overall_view import overall_sections
from psgscore.compare.rows import DIFFERS, REFERENCE_ONLY, Row, clock, disagreements
from psgscore.compare.values import Comparison, RecordingComparison
from psgscore.model.score import DISCLAIMER
from psgscore.report.parts import Fact, Section, Table, cells
from psgscore.report.parts import Row as TableRow

NOT_COMPARED = "not-compared"
MOST_LISTED = 1000
"""As many disagreements are listed in the HTML; the table of events has them all."""
_OF_STAGES = ("stage", "precision", "recall", "F1")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareView:
    """A comparison as plain values, in reading order."""

    title: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    disagreements: Section
    disclaimer: str = DISCLAIMER


def compare_view(found: Comparison) -> CompareView:
    """Return what is shown of a comparison."""
    many = len(found.recordings) > 1
    sections: list[Section] = []
    if many:
        sections += overall_sections(found)
        sections.append(_recordings_section(found))
    else:
        sections += _recording_sections(found.recordings[0])
    sections.append(_findings_section(found))
    return CompareView(
        title=f"{len(found.recordings)} recordings" if many else found.recordings[0].recording,
        facts=_facts(found),
        sections=tuple(
            one for one in map(_filled, sections) if one.tables or one.key == NOT_COMPARED
        ),
        disagreements=_list_section(found),
    )


def _filled(section: Section) -> Section:
    """Leave out tables without rows."""
    return replace(section, tables=tuple(one for one in section.tables if one.rows))


def _facts(found: Comparison) -> tuple[Fact, ...]:
    how, rule = found.options.how, found.options.how.rule
    part = {RECORDING: "all events", ASLEEP: "events that begin in an epoch both call sleep"}
    starts = sorted({one.start for one in found.recordings if one.start})
    facts = [
        Fact("scorers", ", ".join(found.names)),
        Fact("reference of precision and recall", f"the first of each two ({found.names[0]})"),
        Fact("one event by overlap", f"intersection over union of {rule.min_iou:g} or more"),
        Fact("one event by onset", f"onsets at most {rule.onset_s:g} s apart"),
        Fact("judged", part.get(how.within, "events that begin in an epoch both staged")),
    ]
    if found.options.legs_joined:
        facts.append(Fact("legs", "taken together, what overlaps as one movement"))
    if len(starts) == 1 and len(found.recordings) == 1:
        facts.append(Fact("recording began", starts[0]))
    return (*facts, Fact("psgscore", __version__))


def _recording_sections(one: RecordingComparison) -> Iterable[Section]:
    if one.because:
        yield Section(key=NOT_COMPARED, title="Not compared", texts=(one.because,))
        return
    yield Section(key="events", title="Events", tables=event_tables(one.pairs, "events"))
    yield Section(key="squares", title="Every two scorers", tables=squares(one.pairs))
    if one.others:
        title = "Each scorer against the consensus of the others"
        texts = (
            "Events: the stretches that more than half of the others mark. Stages: the one with "
            "the most votes of the others; a tie is unscored.",
        )
        tables = (*event_tables(one.others, "others"), *_stage_tables(one.others, "others"))
        yield Section(key="others", title=title, texts=texts, tables=tables)
    yield Section(key="stages", title="Stages", tables=_stage_tables(one.pairs, "stages"))
    yield Section(key="indices", title="Numbers of the night", tables=(_indices(one),))


def _stage_tables(pairs: Sequence[PairAgreement], key: str) -> tuple[Table, ...]:
    rows = tuple(
        TableRow(
            label=f"{pair.reference} / {pair.other}",
            cells=cells(*stage_cells(pair.stages)),
            note=pair.stages_because or pair.stages_note,
        )
        for pair in pairs
    )
    tables = [
        Table(
            key=f"{key}-agreement",
            title="Agreement of stages",
            heads=("scorers",),
            columns=STAGE_COLUMNS,
            rows=rows,
            notes=("Only epochs that both scored are compared; kappa is Cohen's.",),
        )
    ]
    if len(pairs) == 1:
        tables += _of_each_stage(pairs[0])
    return tuple(tables)


def _of_each_stage(pair: PairAgreement) -> list[Table]:
    agreement = pair.stages
    if agreement is None:
        return []
    names = tuple(agreement.f1)
    measures = (agreement.precision, agreement.recall, agreement.f1)
    each = tuple(
        TableRow(label=name, cells=cells(*(number(one[name]) for one in measures)))
        for name in names
    )
    confusion = tuple(
        TableRow(label=name, cells=cells(*map(str, agreement.confusion[row].tolist())))
        for row, name in enumerate(names)
    )
    return [
        Table(
            key="each-stage",
            title=f"Each stage, {pair.reference} the reference",
            heads=_OF_STAGES[:1],
            columns=_OF_STAGES[1:],
            rows=each,
        ),
        Table(
            key="confusion",
            title=f"Epochs by stage: {pair.reference} (rows), {pair.other} (columns)",
            heads=("",),
            columns=names,
            rows=confusion,
        ),
    ]


def _indices(one: RecordingComparison) -> Table:
    legs = all(map(same_legs, one.pairs))
    rows = []
    for name, index in INDICES.items():
        values = [one.indices[who][name] for who in one.names]
        if all(value is None for value in values):
            continue
        differ = [v for v in values if v is not None]
        apart = differ[-1] - differ[0] if len(values) == len(differ) == 2 else None
        note = "" if legs or name not in OF_LEGS else "not the same legs: not comparable"
        shown = [number(value, 1) for value in values]
        shown += [number(None if note else apart, 1)] if len(values) == 2 else []
        rows.append(TableRow(label=index.title, cells=cells(*shown, index.unit), note=note))
    difference = ("difference",) if len(one.names) == 2 else ()
    return Table(
        key="numbers-of-the-night",
        title="Every scoring counted by the same rules, each with its own stages",
        heads=("number",),
        columns=(*one.names, *difference, "unit"),
        rows=tuple(rows),
    )


def _recordings_section(found: Comparison) -> Section:
    rows = []
    for one in found.recordings:
        if one.because:
            told = cells("-", "-", "-")
            rows.append(TableRow(label=one.recording, cells=told, note=one.because))
        for pair in one.pairs:
            shown = ", ".join(
                f"{kind.kind} {number(kind.overlap.hits.f1)}" for kind in pair.kinds if kind.overlap
            )
            kappa = number(None if pair.stages is None else pair.stages.kappa)
            told = cells(f"{pair.reference} / {pair.other}", shown or "-", kappa)
            rows.append(TableRow(label=one.recording, cells=told))
    table = Table(
        key="each-recording",
        title="F1 by overlap and kappa of each recording",
        heads=("recording",),
        columns=("scorers", "F1 by kind", "kappa"),
        rows=tuple(rows),
        numeric=False,
    )
    return Section(key="recordings", title="Each recording", tables=(table,))


def _findings_section(found: Comparison) -> Section:
    rows = [
        TableRow(label=one.recording, cells=cells(who, text.severity, text.message))
        for one in found.recordings
        for who, findings in one.findings.items()
        for text in findings
    ]
    table = Table(
        key="findings-table",
        title="What was tolerated in reading the scorings",
        heads=("recording",),
        columns=("scorer", "severity", "finding"),
        rows=tuple(rows[:MOST_LISTED]),
        numeric=False,
    )
    return Section(key="findings", title="Findings", tables=(table,) if rows else ())


def _list_section(found: Comparison) -> Section:
    rows: list[TableRow] = []
    n_all = 0
    for one in found.recordings:
        for pair in one.others or one.pairs:
            listed = disagreements(pair)
            n_all += len(listed)
            room = max(MOST_LISTED - len(rows), 0)
            rows += [_listed(one, row) for row in listed[:room]]
    more = n_all - len(rows)
    table = Table(
        key="disagreements-table",
        title=f"{n_all} disagreements",
        heads=("recording",),
        columns=("clock", "second", "what", "who", "length", "link"),
        rows=tuple(rows),
        notes=(
            *((f"{more} more are in compare.csv.",) if more else ()),
            "The link goes behind the address of a review page, to get to that second.",
        ),
        numeric=False,
    )
    return Section(key="disagreements", title="Disagreements", tables=(table,))


def _listed(one: RecordingComparison, row: Row) -> TableRow:
    span = row.reference_span or row.other_span or (0.0, 0.0)
    if row.state == DIFFERS:
        who = f"{row.reference}: {row.stages[0]}, {row.other}: {row.stages[1]}"
    else:
        who = f"only {row.reference if row.state == REFERENCE_ONLY else row.other}"
    at = f"{span[0]:.1f}"
    told = (clock(one.start, span[0]), at, row.kind, who, f"{span[1] - span[0]:.1f} s", row.link)
    return TableRow(label=one.recording, cells=cells(*told))


def compare_text(found: Comparison, files: Sequence[str]) -> str:
    """Return a comparison for reading on a screen, without the list of disagreements."""
    view = compare_view(found)
    lines = [view.title, *(f"  {one.label}: {one.value}" for one in view.facts)]
    for section in view.sections:
        lines += ["", section.title, *(f"  {text}" for text in section.texts)]
        for table in section.tables:
            lines += ["", *whole(table)]
    lines += ["", view.disagreements.tables[0].title]
    lines += [f"written: {path}" for path in files] or ["nothing written: -o DIR does"]
    return "\n".join([*lines, "", DISCLAIMER])
