"""Tables of the agreement of events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from psgscore.agree.events import EventAgreement, Hits
from psgscore.agree.pairs import KindAgreement, PairAgreement
from psgscore.compare.cells import NONE, estimate, number, typical
from psgscore.compare.values import PairOverall
from psgscore.report.parts import Row, Table, cells

_COUNTS = ("reference", "other", "matched", "precision", "recall", "F1")


def event_tables(pairs: Sequence[PairAgreement], key: str) -> tuple[Table, ...]:
    """Return counts and errors of every kind, and what could not be compared."""
    kinds = dict.fromkeys(one.kind for pair in pairs for one in pair.kinds)
    found = [
        (pair, one) for kind in kinds for pair in pairs for one in pair.kinds if one.kind == kind
    ]
    errors = [
        _row(pair, one.kind, _errors(one.overlap))
        for pair, one in found
        if one.overlap is not None and one.overlap.hits.n_hits
    ]
    reasons = [_row(pair, one.kind, [one.because]) for pair, one in found if one.because]
    tables = (
        Table(
            key=f"{key}-counts",
            title="Events of each kind",
            heads=("kind", "scorers"),
            columns=(*_COUNTS, "matched by onset", "F1 by onset"),
            rows=_counts([(pair, one) for pair, one in found if not one.because]),
            notes=("Precision and recall hold for the first of the two as the reference.",),
        ),
        Table(
            key=f"{key}-errors",
            title="Onset and length of matched events, second minus first",
            heads=("kind", "scorers"),
            columns=("onset: median (quartiles), mean", "length: median (quartiles), mean"),
            rows=tuple(errors),
        ),
        Table(
            key=f"{key}-reasons",
            title="Not comparable",
            heads=("kind", "scorers"),
            columns=("because",),
            rows=tuple(reasons),
            numeric=False,
        ),
    )
    return tuple(table for table in tables if table.rows)


def _counts(found: Sequence[tuple[PairAgreement, KindAgreement]]) -> tuple[Row, ...]:
    """Return a row per kind and pair; the kind stands once."""
    each = Counter(one.kind for _, one in found)
    rows: list[Row] = []
    for pair, one in found:
        first = not rows or rows[-1].label != one.kind
        rows.append(_row(pair, one.kind, _hits(one), span=each[one.kind] if first else 0))
    return tuple(rows)


def _hits(one: KindAgreement) -> tuple[str, ...]:
    if one.overlap is None or one.onset is None:
        return (NONE,) * 8
    by_onset = one.onset.hits
    return (*hit_texts(one.overlap.hits), str(by_onset.n_hits), number(by_onset.f1))


def _errors(found: EventAgreement) -> tuple[str, str]:
    return typical(found.onset_error), typical(found.duration_error)


def _row(pair: PairAgreement, kind: str, texts: Sequence[str], *, span: int = 1) -> Row:
    names = f"{pair.reference} / {pair.other}"
    return Row(label=kind, sub=names, cells=cells(*texts), span=span)


def hit_texts(hits: Hits) -> tuple[str, ...]:
    """Return counts, precision, recall and F1."""
    counts = (hits.n_reference, hits.n_other, hits.n_hits)
    return (*map(str, counts), *map(number, (hits.precision, hits.recall, hits.f1)))


def square(title: str, key: str, values: Mapping[tuple[str, str], float | None]) -> Table:
    """Return what every two scorers have in common as a square of numbers."""
    names = tuple(dict.fromkeys(name for pair in values for name in pair))
    both = {**values, **{(b, a): value for (a, b), value in values.items()}}
    rows = tuple(
        Row(
            label=mine,
            cells=cells(
                *("" if mine == other else number(both.get((mine, other))) for other in names)
            ),
        )
        for mine in names
    )
    return Table(key=key, title=title, heads=("",), columns=names, rows=rows)


def squares(pairs: Sequence[PairAgreement]) -> tuple[Table, ...]:
    """Return F1 and kappa of every two of three or more scorers."""
    if len(pairs) < 3:
        return ()
    kinds: dict[str, dict[tuple[str, str], float | None]] = {}
    for pair in pairs:
        for one in pair.kinds:
            f1 = None if one.overlap is None else one.overlap.hits.f1
            kinds.setdefault(one.kind, {})[pair.reference, pair.other] = f1
    kappa = {
        (pair.reference, pair.other): None if pair.stages is None else pair.stages.kappa
        for pair in pairs
    }
    tables = [
        square(f"F1 by overlap of every two scorers: {kind}", f"square-{place}", values)
        for place, (kind, values) in enumerate(kinds.items())
        if any(value is not None for value in values.values())
    ]
    return (*tables, square("Kappa of the stages of every two scorers", "square-kappa", kappa))


def events_overall(overall: Sequence[PairOverall]) -> Table:
    """Return the events of all recordings together, for every two scorers."""
    rows = []
    for one in overall:
        for place, kind in enumerate(one.kinds):
            texts = (
                str(kind.n_recordings),
                *hit_texts(kind.overlap),
                estimate(kind.f1),
                number(kind.onset.f1),
            )
            rows.append(
                Row(
                    label=f"{one.reference} / {one.other}",
                    sub=kind.kind,
                    cells=cells(*texts),
                    span=0 if place else len(one.kinds),
                )
            )
    return Table(
        key="events-overall",
        title="Events of each kind, all recordings together",
        heads=("scorers", "kind"),
        columns=("recordings", *_COUNTS, "mean F1 (95 %)", "F1 by onset"),
        rows=tuple(rows),
    )
