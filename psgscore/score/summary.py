"""Score -> one row of every measure of the night, with a stable list of columns."""

from __future__ import annotations

from collections.abc import Iterable

from psgscore.model.criteria import RULE_SETS
from psgscore.model.score import Score
from psgscore.score.doubt import SLEEP_IN_DOUBT
from psgscore.score.summary_column import Cell, SummaryColumn
from psgscore.score.summary_legs import leg_columns, range_end
from psgscore.score.summary_movements import movement_columns
from psgscore.score.summary_night import IDENTIFICATION, ONSET, QUALITY, SLEEP_MEASURES, STAGING

COLUMNS: tuple[SummaryColumn, ...] = (
    *IDENTIFICATION,
    *QUALITY,
    *STAGING,
    *SLEEP_MEASURES,
    *(
        SummaryColumn(
            name=f"{name}_{end}",
            description=f"{name}: {word} value with epochs in doubt moved; automatic stages only.",
            source=f"ranges: {name}, total, {end}",
            value=range_end((name, "", "total"), end),
        )
        for name in SLEEP_IN_DOUBT
        for end, word in (("low", "smallest"), ("high", "largest"))
    ),
    *ONSET,
    *(column for rules in RULE_SETS for column in leg_columns(rules)),
    *movement_columns(),
)
"""Every column of a night, in this order, whatever was scored."""


def summary_columns(scores: Iterable[Score]) -> tuple[SummaryColumn, ...]:
    """Return `COLUMNS`, and behind them those of the rule sets of the user's in the scores."""
    used = (leg.criteria.name for score in scores for leg in score.legs)
    own = [rules for rules in dict.fromkeys(used) if rules not in RULE_SETS]
    return (*COLUMNS, *(column for rules in own for column in leg_columns(rules, own=True)))


def summary_row(score: Score, columns: Iterable[SummaryColumn] | None = None) -> dict[str, Cell]:
    """Return a night as one row.

    Parameters
    ----------
    score : Score
        A scored night.
    columns : iterable of SummaryColumn, optional
        Without it those of `summary_columns`.

    Returns
    -------
    dict of str to str, int, float or None
        By column name, in their order; None where a value cannot be known.
    """
    chosen = summary_columns([score]) if columns is None else columns
    return {column.name: column.value(score) for column in chosen}
