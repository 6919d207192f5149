"""What the figures say, in words: captions, and texts for those who do not see them."""

from __future__ import annotations

import numpy as np

from psgscore.intervals import total_s
from psgscore.model.hypnogram import Stage
from psgscore.model.score import Score
from psgscore.model.scoring import AROUSAL, RESPIRATORY
from psgscore.model.staging import PROBABILITY_STAGES
from psgscore.report.parts import FigureText
from psgscore.report.texts import clock, counted, number
from psgscore.score.rates import WITHOUT_RESPIRATORY


def overview_figure(score: Score) -> FigureText:
    """Return the words of the overview: what is drawn, and what it shows in numbers."""
    parts = [
        f"The night from {clock(score.start, 0)} to {clock(score.start, score.duration_s)}.",
        _hypnogram(score),
        _movements(score),
        _others(score),
    ]
    caption = [
        "One time axis, by the clock." if score.start else "One time axis, from the start.",
    ]
    if score.hypnogram is not None:
        caption.append("Stage R is drawn thick.")
    if score.legs:
        caption.append(
            f"Leg movements under {score.legs[0].criteria.title}: tall dark marks are periodic, "
            "half-height light marks are candidates in no series, low grey marks are no candidates."
        )
    if len(score.gaps) or len(score.unreadable):
        caption.append(
            "Cross-hatched: gaps in the recording; slanted lines: no readable leg signal."
        )
    return FigureText(
        key="overview",
        alt=" ".join(part for part in parts if part),
        caption=" ".join(caption),
    )


def interval_figure(score: Score) -> FigureText:
    """Return the words of the interval histograms."""
    parts = []
    for leg in score.legs:
        count = score.statistic("imi_count", leg.criteria.name, interval_scope(score))
        mean = score.statistic("imi_geometric_mean_s", leg.criteria.name, interval_scope(score))
        known = counted(int(count.value), "interval") if count and count.value else "no interval"
        text = f"{leg.criteria.title}: {known}"
        if mean and mean.value is not None:
            text += f", geometric mean {number(mean.value)} s"
        parts.append(f"{text}.")
    where = "sleep" if score.hypnogram is not None else "the recording"
    caption = (
        f"Intervals from onset to onset of candidate movements in {where}: in bins of 2 s up "
        "to 90 s (left), and on a logarithmic axis (right). Dashed lines: the shortest and "
        "longest interval a series may have; triangle: geometric mean."
    )
    if any(one.name.endswith(WITHOUT_RESPIRATORY) for one in score.histograms):
        caption += (
            " Dotted: between the movements that are not respiratory-related, as if the others "
            "were not there."
        )
    return FigureText(
        key="intervals",
        alt=f"Histograms of the intervals between leg movements in {where}. " + " ".join(parts),
        caption=caption,
    )


def hypnodensity_figure(score: Score) -> tuple[FigureText, ...]:
    """Return the words of the probabilities of the stages, nothing where there are none."""
    probabilities = None if score.staging is None else score.staging.probabilities
    if probabilities is None:
        return ()
    known = probabilities[np.isfinite(probabilities).all(axis=1)]
    if not known.size:
        return ()
    means = ", ".join(
        f"{stage.name} {number(100 * mean, 0)} %"
        for stage, mean in zip(PROBABILITY_STAGES, known.mean(axis=0).tolist(), strict=True)
    )
    figure = FigureText(
        key="hypnodensity",
        alt=f"Probability of each stage through the night, automatic; mean of the night: {means}.",
        caption=(
            "How likely each stage was, epoch by epoch, under the hypnogram of the report: the "
            "heights of the five layers add up to 1. From below, darkest to lightest: N3, N2, N1, "
            "R (upright lines), W. Where many layers share an epoch the stager is in doubt."
        ),
    )
    return (figure,)


def interval_scope(score: Score) -> str:
    """Return where the intervals of the histograms were taken."""
    return "sleep" if score.hypnogram is not None else "total"


def _hypnogram(score: Score) -> str:
    if score.hypnogram is None:
        return "No hypnogram."
    minutes = [
        f"{stage.name.capitalize() if stage is Stage.UNSCORED else stage.name} "
        f"{number(total_s(score.hypnogram.spans(stage)) / 60, 0)}"
        for stage in (Stage.W, Stage.N1, Stage.N2, Stage.N3, Stage.R, Stage.UNSCORED)
    ]
    return f"Hypnogram, minutes: {', '.join(minutes)}."


def _movements(score: Score) -> str:
    if not score.legs:
        return "No leg movements scored."
    leg = score.legs[0]
    periodic = int(leg.verdicts.plm.sum())
    return (
        f"{counted(len(leg.movements), 'leg movement')} under {leg.criteria.title}, "
        f"{periodic} of them periodic."
    )


def _others(score: Score) -> str:
    events = score.events.counted()
    arousals = int(events.is_kind(*AROUSAL).sum())
    breathing = int(events.is_kind(*RESPIRATORY).sum())
    parts = [
        counted(len(score.cycles), "sleep cycle") if score.cycles else "",
        counted(arousals, "arousal") if arousals else "",
        counted(breathing, "respiratory event") if breathing else "",
        counted(len(score.gaps), "gap") if len(score.gaps) else "",
    ]
    said = ", ".join(part for part in parts if part)
    return f"{said}." if said else ""
