"""REM sleep without atonia: shares with what they are of, cut-offs as context, or why not."""

from __future__ import annotations

from psgscore.model.rem import AtoniaIndex, CutOff, RemAtonia, RemChannel, Share
from psgscore.model.score import Score
from psgscore.report.parts import Cell, Row, Section, Table, cells
from psgscore.report.texts import UNKNOWN, number

_TITLE = "REM sleep without atonia"
_NOT_LOOKED = (
    f"{_TITLE}: not scored, because no signal was looked at for movements besides those of the "
    "legs."
)


def rswa_section(score: Score) -> Section:
    """Return the section; what was not measured says why.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    found = score.movements
    if found is None or found.rem is None:
        return Section(key="rswa", title=_TITLE, texts=(_not_looked(score),))
    rem = found.rem
    texts = [f"Not scored: {one.what}, because {one.reason}." for one in rem.not_scored]
    tables = []
    if rem.channels:
        tables = [_shares(rem), _counted(rem), *_cut_offs(rem)]
    return Section(key="rswa", title=_TITLE, texts=tuple(texts), tables=tuple(tables))


def _not_looked(score: Score) -> str:
    if score.movements is None:
        return _NOT_LOOKED
    reasons = [one.reason for one in score.not_scored if _TITLE in one.what]
    return f"{_TITLE}: not scored, because {'; '.join(reasons) or 'no EMG could be read'}."


def _shares(rem: RemAtonia) -> Table:
    return Table(
        key="rem",
        title="Muscle activity in REM sleep, %",
        heads=("Channel",),
        columns=("SINBAR phasic", "SINBAR tonic", "SINBAR any", "AASM phasic", "AASM tonic"),
        rows=tuple(
            Row(
                label=one.label,
                note=one.role.replace(":", ", "),
                cells=(
                    _share(one.sinbar_phasic),
                    _share(one.sinbar_tonic),
                    _share(one.sinbar_any),
                    _share(one.aasm_phasic),
                    _share(one.aasm_tonic),
                ),
            )
            for one in rem.channels
        ),
        notes=(
            "In brackets: how many of how many. SINBAR phasic and any: of the 3-s mini-epochs "
            "counted; the others: of the 30-s epochs that can be judged. Tonic activity is of the "
            "chin only.",
        ),
    )


def _counted(rem: RemAtonia) -> Table:
    return Table(
        key="rem-counted",
        title="What the shares are of",
        heads=("Channel",),
        columns=(
            "REM epochs", "Mini-epochs counted", "Unreadable", "Left out", "Background, uV",
            "Minimum of NREM, uV",
        ),
        rows=tuple(_counts(one) for one in rem.channels),
        notes=(
            "Left out: mini-epochs in artefact, large movements or rhythmic activity and, where "
            "those were scored, arousals and respiratory events. Background: what activity is held "
            "against, median over the REM epochs.",
        ),
    )  # fmt: skip


def _counts(one: RemChannel) -> Row:
    return Row(
        label=one.label,
        cells=cells(
            str(one.epochs),
            str(one.mini_epochs),
            str(one.unreadable),
            str(one.left_out),
            number(one.background_uv),
            number(one.nrem_minimum_uv),
        ),
    )


def _cut_offs(rem: RemAtonia) -> list[Table]:
    """Return what can be held against a published value: context, not a verdict."""
    rows = [_cut_off(one) for one in rem.cut_offs]
    rows += [] if rem.atonia_index is None else [_index(rem.atonia_index)]
    if not rows:
        return []
    return [
        Table(
            key="rem-cut-offs",
            title="Beside published cut-offs: context, not a diagnosis",
            heads=("Measure",),
            columns=("This night", "Published", "Where it lies", "Of", "Source"),
            rows=tuple(rows),
            numeric=False,
        )
    ]


def _index(index: AtoniaIndex) -> Row:
    low, high = index.abnormal_below, index.normal_above
    return Row(
        label="REM atonia index",
        note=index.label,
        cells=cells(
            number(index.value, 2),
            f"bands: below {low:g}, {low:g} to {high:g}, above {high:g}",
            index.words or UNKNOWN,
            f"{index.low} of {index.seconds - index.middle} s; {index.middle} s over 1 to 2 uV "
            "left out",
            "Ferri et al. 2010, Sleep Med 11:947-949",
        ),
    )


def _cut_off(one: CutOff) -> Row:
    return Row(
        label=one.what[:1].upper() + one.what[1:],
        cells=cells(
            f"{number(one.share.percent)} %",
            f"cut-off {one.cut_off_percent:g} %",
            one.words or UNKNOWN,
            f"{one.share.count} of {one.share.of} mini-epochs",
            one.source,
        ),
    )


def _share(share: Share | None) -> Cell:
    if share is None or share.percent is None:
        return Cell(UNKNOWN)
    return Cell(number(share.percent), f"({share.count} of {share.of})")
