"""Tables of the agreement over many recordings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from psgscore.compare.cells import STAGE_COLUMNS, estimate, stage_cells
from psgscore.compare.events_view import events_overall
from psgscore.compare.indices import INDICES
from psgscore.compare.values import Comparison, PairOverall
from psgscore.report.parts import Row as TableRow
from psgscore.report.parts import Section, Table, cells


def overall_sections(found: Comparison) -> Iterable[Section]:
    """Yield events, stages and numbers of all recordings together."""
    yield Section(
        key="events",
        title="Events over all recordings",
        texts=(
            "Counts are those of all recordings together. The mean F1 is that of the recordings, "
            "its interval of 95 % a bootstrap over recordings.",
        ),
        tables=(events_overall(found.overall), _reasons(found)),
    )
    rows = tuple(
        TableRow(
            label=f"{one.reference} / {one.other}",
            cells=cells(*stage_cells(one.stages), estimate(one.kappa)),
        )
        for one in found.overall
        if one.stages is not None
    )
    table = Table(
        key="stages-overall",
        title="Agreement of stages, epochs of all recordings together",
        heads=("scorers",),
        columns=(*STAGE_COLUMNS, "mean kappa (95 %)"),
        rows=rows,
    )
    yield Section(key="stages", title="Stages over all recordings", tables=(table,))
    tables = tuple(
        _index_table(one, place) for place, one in enumerate(found.overall) if one.indices
    )
    note = (
        "Bland and Altman: mean difference and the limits of agreement; ICC(2,1) of Shrout and "
        "Fleiss 1979, absolute agreement of single scorers. In brackets intervals of 95 %."
    )
    yield Section(
        key="indices",
        title="Numbers over all recordings",
        texts=(note,),
        tables=tables + _of_all(found),
    )


def _reasons(found: Comparison) -> Table:
    """Return what could not be compared, and in how many recordings."""
    count = Counter(
        (kind.kind, f"{pair.reference} / {pair.other}", kind.because)
        for one in found.recordings
        for pair in (*one.pairs, *one.others)
        for kind in pair.kinds
        if kind.because
    )
    return Table(
        key="reasons-overall",
        title="Not comparable",
        heads=("kind", "scorers"),
        columns=("recordings", "because"),
        rows=tuple(
            TableRow(label=kind, sub=names, cells=cells(str(n), because))
            for (kind, names, because), n in count.items()
        ),
        numeric=False,
    )


def _of_all(found: Comparison) -> tuple[Table, ...]:
    """Return the correlation of three or more scorers at once."""
    rows = tuple(
        TableRow(label=INDICES[name].title, cells=cells(estimate(one)))
        for name, one in found.icc.items()
        if one.value is not None
    )
    if not rows:
        return ()
    title = f"All {len(found.names)} scorers at once"
    return (
        Table(key="icc", title=title, heads=("number",), columns=("ICC(2,1) (95 %)",), rows=rows),
    )


def _index_table(one: PairOverall, place: int) -> Table:
    rows = tuple(
        TableRow(
            label=INDICES[index.name].title,
            cells=cells(
                str(index.difference.n),
                estimate(index.difference.bias, 1),
                estimate(index.difference.lower, 1),
                estimate(index.difference.upper, 1),
                estimate(index.icc),
                INDICES[index.name].unit,
            ),
        )
        for index in one.indices
    )
    return Table(
        key=f"numbers-{place}",
        title=f"{one.other} minus {one.reference}",
        heads=("number",),
        columns=("recordings", "bias", "lower limit", "upper limit", "ICC(2,1)", "unit"),
        rows=rows,
    )
