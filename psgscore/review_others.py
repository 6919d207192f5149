"""What other scorers say of a recording: their journals, or any scoring."""

from __future__ import annotations

from pathlib import Path

from psgscore.errors import JournalError
from psgscore.intervals import close_gaps, spans_inside
from psgscore.io.recording import Recording
from psgscore.io.scoring_files import read_scorings
from psgscore.io.scoring_fit import combine, fit_to_recording
from psgscore.model._arrays import Spans, as_spans
from psgscore.model.finding import Finding
from psgscore.model.score import Score
from psgscore.model.scoring import Scoring, covered
from psgscore.model.staging import AUTOMATIC, AUTOMATIC_STAGES
from psgscore.review.binding import binding_of
from psgscore.review.differences import Other
from psgscore.review.journal import ENDING, Journal
from psgscore.review.replay import apply
from psgscore.review.rescoring import base_of, blinded, covers_of_score
from psgscore.review.state import ReviewState, judged_anew


def read_other(path: Path, label: str, recording: Recording, base: Score) -> Other:
    """Read what another scorer says: a journal of this recording, or any scoring.

    Parameters
    ----------
    path : Path
        The journal or the scoring.
    label : str
        What the scorer is called.
    recording : Recording
        Whose scoring it is.
    base : Score
        What reviews of it begin with.

    Raises
    ------
    PsgscoreError
        It cannot be read, or a journal is about something else.
    """
    if path.name.endswith(ENDING):
        return _of_journal(path, label, base)
    scoring = combine(read_scorings((path,), start=recording.start))
    scoring = fit_to_recording(scoring, recording.duration_s)
    automatic = any(one.code == AUTOMATIC_STAGES for one in scoring.findings)
    hypnogram = scoring.hypnogram
    spans = [] if hypnogram is None or not automatic else [(hypnogram.start_s, hypnogram.stop_s)]
    read = Scoring(hypnogram=hypnogram, events=judged_anew(scoring.events), covers=scoring.covers)
    return Other(
        name=label,
        label=label,
        scoring=read,
        automatic_s=as_spans(spans),
        findings=scoring.findings,
    )


def _of_journal(path: Path, label: str, base: Score) -> Other:
    for blind in (True, False):
        seen = blinded(base) if blind else base
        try:
            journal = Journal.open(path, binding_of(seen, blind=blind), write=False)
        except JournalError:
            if not blind:
                raise
            continue
        break
    state = apply(journal.entries(), base_of(seen))
    events = state.for_rules()
    covers = covers_of_score(seen) | covered(events)
    return Other(
        name=label,
        label=label,
        scoring=Scoring(hypnogram=state.hypnogram, events=events, covers=covers),
        automatic_s=_not_looked_at(state),
        findings=() if state.signed else (_unfinished(path),),
    )


def _unfinished(path: Path) -> Finding:
    return Finding("review.not-signed", "this scoring is not signed: it may change", path.name)


def _not_looked_at(state: ReviewState) -> Spans:
    """Return where the stages are a program's, and nobody accepted them."""
    if state.hypnogram is None or state.scorer is None:
        return as_spans([])
    epochs = state.hypnogram.epochs_s
    left = (state.scorer == AUTOMATIC) & ~spans_inside(epochs, state.accepted_s)
    return close_gaps(epochs[left])
