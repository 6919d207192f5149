"""Technical page: every transition from wake to sleep, and what the EEG showed."""

from __future__ import annotations

from psgscore.model.score import Score
from psgscore.model.staging import MOST_TRACES, SleepOnset
from psgscore.report.onset_figures import onset_figure_text
from psgscore.report.parts import Row, Section, Table, cells
from psgscore.report.texts import clock, number

_KINDS = {"alpha": "loss of alpha", "non-alpha": "theta, no alpha", "epoch": "epoch only"}


def onset_section(score: Score) -> Section | None:
    """Return the section on sleep onset, None where no transition could be looked at.

    Parameters
    ----------
    score : Score
        A scored night.
    """
    if not score.onsets:
        return None
    drawn = score.onset_traces[:MOST_TRACES]
    more = len(score.onsets) - len(drawn)
    texts = [
        "Each transition from wake to sleep as an interval: five experts differ on it by a median "
        "of three epochs, so no second is given without one. Automatic, unreviewed; measured "
        "on simulated transitions only.",
    ]
    if drawn and more:
        texts.append(f"The first {len(drawn)} are drawn; {more} more stand in the table.")
    return Section(
        key="onsets",
        title="Sleep onset within the epoch",
        texts=tuple(texts),
        figures=tuple(onset_figure_text(trace, start=score.start) for trace in drawn),
        tables=(_table(score),),
    )


def _table(score: Score) -> Table:
    return Table(
        key="onset-table",
        title="Transitions from wake to sleep",
        heads=("Epoch",),
        columns=("Onset", "From", "To", "Width, s", "Rests on"),
        rows=tuple(_row(score, onset) for onset in score.onsets),
        numeric=False,
    )


def _row(score: Score, onset: SleepOnset) -> Row:
    times = (onset.onset_s, onset.low_s, onset.high_s)
    middle, low, high = (clock(score.start, time, seconds=True) for time in times)
    words = f"{_KINDS[onset.kind]}: {onset.reason}" if onset.reason else _KINDS[onset.kind]
    width = number(onset.high_s - onset.low_s, 0)
    return Row(label=str(onset.epoch + 1), cells=cells(middle, low, high, width, words))
