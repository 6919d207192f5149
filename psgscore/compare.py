"""Scorings of one recording or of many, compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from psgscore.agree.kinds import legs_joined
from psgscore.agree.pairs import against_others, all_pairs
from psgscore.compare_indices import indices_of, indices_of_score
from psgscore.compare_overall import icc_of_all, overall
from psgscore.compare_source import Scored, ToCompare, read_scored, start_of
from psgscore.compare_values import CompareOptions, Comparison, RecordingComparison
from psgscore.errors import PsgscoreError
from psgscore.io.edf import open_edf
from psgscore.progress import Progress, silent


def compare(
    names: Sequence[str],
    todo: Sequence[ToCompare],
    options: CompareOptions | None = None,
    *,
    progress: Progress = silent,
) -> Comparison:
    """Compare the scorings of one or many recordings.

    Raises
    ------
    PsgscoreError
        The only recording there is cannot be read. Of many, one that cannot be read is in
        the result with the reason.
    """
    options = options or CompareOptions()
    found = []
    for place, one in enumerate(todo):
        progress(f"comparing {one.recording}", place / len(todo))
        try:
            found.append(_recording(names, one, options))
        except PsgscoreError as error:
            if len(todo) == 1:
                raise
            found.append(RecordingComparison(recording=one.recording, names=(), because=str(error)))
    return Comparison(
        names=tuple(names),
        recordings=tuple(found),
        overall=overall(found),
        icc=icc_of_all(found, names),
        options=options,
    )


def _recording(
    names: Sequence[str], todo: ToCompare, options: CompareOptions
) -> RecordingComparison:
    """Read and compare one recording; scorers without a file for it are left out."""
    given = [(name, files) for name, files in zip(names, todo.files, strict=True) if files]
    who = tuple(name for name, _ in given)
    if len(who) < 2:
        told = f"only {who[0]} scored it" if who else "nobody scored it"
        return RecordingComparison(recording=todo.recording, names=who, because=told)
    start, duration_s = _clock(todo, options)
    read = replace(options.read, start=start)
    scored = [read_scored(files, read, options.looked_for) for _, files in given]
    scorings = [legs_joined(one.scoring) if options.legs_joined else one.scoring for one in scored]
    if duration_s is None:
        duration_s = max(_end_s(one) for one in scored)
    return RecordingComparison(
        recording=todo.recording,
        names=who,
        pairs=all_pairs(scorings, who, options.how),
        others=against_others(scorings, who, options.how),
        indices={
            name: indices_of_score(one.score) if one.score else indices_of(one.scoring, duration_s)
            for name, one in zip(who, scored, strict=True)
        },
        start=next((one.start for one in scored if one.start), ""),
        findings={name: one.scoring.findings for name, one in zip(who, scored, strict=True)},
    )


def _clock(todo: ToCompare, options: CompareOptions) -> tuple[datetime | None, float | None]:
    """Return when the recording began and how long it is, as far as that is known."""
    signals = options.recording or todo.signals
    if signals is not None:
        recording = open_edf(signals)
        return options.read.start or recording.start, recording.duration_s
    return options.read.start or start_of([one for mine in todo.files for one in mine]), None


def _end_s(one: Scored) -> float:
    if one.score is not None:
        return one.score.duration_s
    hypnogram, events = one.scoring.hypnogram, one.scoring.events
    ends = [0.0 if hypnogram is None else hypnogram.stop_s]
    ends += [float(events.stop_s.max())] if len(events) else []
    return max(ends)
