"""What the report says of automatic stages: whose, how sure, what to look at, how far to trust."""

from __future__ import annotations

import numpy as np

from psgscore.model.score import Score
from psgscore.model.staging import IndexRange, ReviewItem, StagingResult
from psgscore.report.figure_texts import hypnodensity_figure
from psgscore.report.parts import Fact, Row, Section, Table, cells
from psgscore.report.texts import clock, counted, number
from psgscore.score.doubt import DOUBTFUL_BELOW

SHOWN = 25
_ACCURACY = (
    "How far to trust them: on research recordings of the kind it was trained on the stager agrees "
    "with a person in 85 to 87 % of the epochs (Vallat & Walker 2021); on 904 nights of insomnia "
    "its macro F1 was 0.52 (Hanif 2025). Two people agree with kappa 0.67 to 0.71, and on N1 with "
    "F1 0.44 to 0.49. Reviewing the least certain fifth finds 52 to 61 % of the errors."
)
_WEIGHTED = (
    "The stage is the one the published classifier gives; its training made it find N1, N3 and R "
    "more readily than they occur. The probabilities have that taken out, so the second choice can "
    "be the likelier one."
)
_NAMES = {
    "plm": "Periodic leg movements, per hour of",
    "plm_arousal": "With arousal, per hour of",
    "tst_min": "Total sleep time, min",
    "sol_min": "Sleep onset latency, min",
    "waso_min": "Wake after sleep onset, min",
    "sleep_efficiency_percent": "Sleep efficiency, %",
    "rem_latency_min": "R latency, min",
}


def staging_section(score: Score) -> Section | None:
    """Return the section on automatic stages, None where no stage is automatic.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    if score.staging is None:
        return None
    return Section(
        key="staging",
        title="Automatic stages, unreviewed",
        texts=(_ACCURACY,),
        figures=hypnodensity_figure(score),
        facts=_facts(score, score.staging),
        tables=(*_ranges(score), *_review(score, score.staging)),
    )


def _facts(score: Score, staging: StagingResult) -> tuple[Fact, ...]:
    scorer = [] if score.scorer is None else score.scorer.tolist()
    known = staging.confidence[np.isfinite(staging.confidence)]
    mean = f"{number(100 * float(known.mean()))} %" if known.size else "-"
    return (
        Fact("Stager", staging.backend),
        Fact("Channels", staging.channel_words or "those of the backend"),
        Fact("Epochs staged automatically", str(scorer.count("automatic"))),
        Fact("Epochs staged by the lab", str(scorer.count("given"))),
        Fact("Mean confidence", mean),
        Fact("Epochs on the review list", str(len(staging.review))),
    )


def _ranges(score: Score) -> tuple[Table, ...]:
    if not score.ranges:
        return ()
    titles = {leg.criteria.name: leg.criteria.title for leg in score.legs}
    rows = [_range_row(one, titles.get(one.rules, "")) for one in score.ranges]
    table = Table(
        key="doubts",
        title="Numbers that rest on automatic stages",
        heads=("Number",),
        columns=("Rules", "As staged", "Lowest", "Highest"),
        rows=tuple(rows),
        notes=(
            f"Lowest and highest: when epochs of a confidence below {DOUBTFUL_BELOW:g} are given "
            "their second choice, all of them, or only those into or out of one stage. No "
            "confidence interval: errors made with confidence lie outside.",
        ),
    )
    return (table,)


def _range_row(one: IndexRange, rules: str) -> Row:
    words = {"W": "wake", "R": "R", "NREM": "NREM", "sleep": "sleep"}
    label = _NAMES[one.name] + (f" {words[one.scope]}" if one.scope in words else "")
    return Row(
        label=label,
        cells=cells(rules or "-", number(one.value), number(one.low), number(one.high)),
    )


def _review(score: Score, staging: StagingResult) -> tuple[Table, ...]:
    if not staging.review:
        return ()
    shown = staging.review[:SHOWN]
    more = len(staging.review) - len(shown)
    notes = [_WEIGHTED]
    notes += [f"{counted(more, 'more epoch')} in the score.json beside this."] if more else []
    table = Table(
        key="review",
        title="Epochs to look at first",
        heads=("Epoch",),
        columns=("Time", "Stage", "Second choice", "Why"),
        rows=tuple(_review_row(score, item) for item in shown),
        notes=tuple(notes),
        numeric=False,
    )
    return (table,)


def _review_row(score: Score, item: ReviewItem) -> Row:
    return Row(
        label=str(item.epoch + 1),
        cells=cells(
            clock(score.start, item.start_s, seconds=True),
            _choice(item.first.name, item.probability),
            _choice(item.second.name, item.second_probability),
            ", ".join(item.reasons),
        ),
    )


def _choice(name: str, probability: float) -> str:
    if not np.isfinite(probability):
        return "unscored" if name == "UNSCORED" else name
    return f"{name} {number(100 * probability, 0)} %"
