"""What is written into an EDF+ file of a score: stages, events, periodic movements, gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np

from psgscore.errors import RecordingError
from psgscore.io.channel_names import read_label
from psgscore.io.edf_write_bytes import clean_text
from psgscore.io.formats.vocabulary import COMMON_WORDS
from psgscore.io.recording import Annotation
from psgscore.io.scoring_files import scoring_from_annotations
from psgscore.io.scoring_labels import OTHER, event_kind, stage_words
from psgscore.io.scoring_words import read_as
from psgscore.model._arrays import to_microsecond
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.score import LegScore, Score
from psgscore.model.scoring import GAP, UNREADABLE, Scoring
from psgscore.model.staging import AUTOMATIC_NOTE, StagingResult
from psgscore.model.subject import Review
from psgscore.report.head import review_words

PLM = "PLM"
"""Marks a periodic movement; read back as ``PLM:imported``, never as one more movement."""

_STAGE = "Sleep stage"
_MARKED_BY_LAB = "imported:"
# The two events for which the EDF+ standard has words of its own.
_STANDARD_WORDS = {"lights_off": "Lights off", "lights_on": "Lights on"}


def score_annotations(score: Score) -> list[Annotation]:
    """Return everything a viewer should show of a score.

    Parameters
    ----------
    score : Score
        Stages, events and verdicts.

    Returns
    -------
    list of Annotation
        In time order, none twice: one ``Sleep stage W|N1|N2|N3|R|?`` per epoch; every
        event that nothing excludes, with its word and channel (see `event_annotations`);
        ``PLM`` for each periodic movement of the first rule set, on the channel of its leg,
        without a channel when it is bilateral; ``gap`` and ``unreadable`` stretches; at
        the start, who signed a review, and whose automatic stages are.
    """
    notes = [] if score.hypnogram is None else stage_annotations(score.hypnogram)
    notes += [] if score.staging is None else [automatic_note(score.staging)]
    notes += [] if score.review.state == "automatic" else [review_note(score.review)]
    notes += event_annotations(score.events.counted())
    for legs in score.legs[:1]:
        notes += _periodic(legs, score.events)
    gaps = score.gaps.tolist()
    notes += _stretches(gaps, GAP)
    notes += _stretches(
        [span for span in score.unreadable.tolist() if span not in gaps], UNREADABLE
    )
    return _in_order(notes)


def scoring_annotations(scoring: Scoring) -> list[Annotation]:
    """Return everything a scoring says, in time order: see `score_annotations`."""
    notes = [] if scoring.hypnogram is None else stage_annotations(scoring.hypnogram)
    return sorted(notes + event_annotations(scoring.events.counted()), key=_order)


def automatic_note(result: StagingResult) -> Annotation:
    """Return the note that says whose the automatic stages are, and that nobody looked yet."""
    return Annotation(0.0, None, f"{AUTOMATIC_NOTE}: {result.backend}")


def review_note(review: Review) -> Annotation:
    """Return the note that says who signed, when, and how much was changed."""
    words = review_words(review)
    return Annotation(0.0, None, f"{words[0].upper()}{words[1:]}")


def stage_annotations(hypnogram: Hypnogram) -> list[Annotation]:
    """Return one annotation per epoch, UNSCORED as ``Sleep stage ?``."""
    words = {int(stage): f"{_STAGE} {stage.name}" for stage in Stage}
    words[int(Stage.UNSCORED)] = f"{_STAGE} ?"
    onsets = to_microsecond(hypnogram.edges_s[:-1]).tolist()
    return [
        Annotation(onset, hypnogram.epoch_s, words[stage])
        for onset, stage in zip(onsets, hypnogram.stages.tolist(), strict=True)
    ]


def event_annotations(events: Events) -> list[Annotation]:
    """Return one annotation per event: word, channel, and a duration unless it is a point.

    The word is the kind of the event, with three exceptions that read back as the same
    kind: ``LM`` where the name of the channel says which leg, ``Lights off`` and
    ``Lights on``, and a word psgscore does not know as it was found.
    """
    columns = (events.start_s, events.duration_s, events.kind, events.channel)
    return [
        Annotation(start_s, duration_s or None, _word(kind, channel), channel)
        for start_s, duration_s, kind, channel in zip(
            *(column.tolist() for column in columns), strict=True
        )
    ]


def not_said_yet(score: Score, said: Sequence[Annotation], source: str) -> list[Annotation]:
    """Return the annotations of a score that a recording does not hold already.

    Parameters
    ----------
    score : Score
        What is to be added.
    said : sequence of Annotation
        Annotations of the recording.
    source : str
        Name of the recording, for messages.

    Returns
    -------
    list of Annotation
        Without events that are there with the same time, channel and kind, and without
        the epochs that are staged there.

    Raises
    ------
    RecordingError
        The recording holds other sleep stages.
    ScoringFileError
        The stages in the recording cannot be understood.
    """
    left = _not_staged_yet(score.hypnogram, said, source)
    return _new(score_annotations(replace(score, hypnogram=left)), said)


def scoring_not_said_yet(
    scoring: Scoring, said: Sequence[Annotation], source: str
) -> list[Annotation]:
    """Return the annotations of a scoring that a recording does not hold; see `not_said_yet`."""
    left = _not_staged_yet(scoring.hypnogram, said, source)
    return _new(scoring_annotations(replace(scoring, hypnogram=left)), said)


def _new(notes: list[Annotation], said: Sequence[Annotation]) -> list[Annotation]:
    known = {_key(note) for note in said}
    return [note for note in notes if _key(note) not in known] if known else notes


def _not_staged_yet(
    ours: Hypnogram | None, said: Sequence[Annotation], source: str
) -> Hypnogram | None:
    """Return the stages if the recording has none for some of them: they must not differ."""
    staged = scoring_from_annotations(said, source=source).hypnogram
    if ours is None or staged is None:
        return ours
    middles = ours.edges_s[:-1] + ours.epoch_s / 2
    inside = (middles >= staged.start_s) & (middles < staged.stop_s)
    if not np.array_equal(staged.at(middles[inside]), ours.stages[inside]):
        raise RecordingError(
            f"{source}: holds other sleep stages than the score, and one file cannot hold both: "
            "write the annotations beside it instead (leave --embed out)"
        )
    return None if inside.all() else ours


def _key(note: Annotation) -> tuple[float, float, str, str]:
    """Return what makes two annotations the same event, however it is spelled."""
    is_stage, _ = stage_words().look_up(note.text)
    # A movement marked by the lab is kept in a score under this name; it is the mark itself.
    kind = event_kind(note.text.removeprefix(_MARKED_BY_LAB))
    word = note.text if is_stage else _word(kind, note.channel)
    return round(note.onset_s, 6), round(note.duration_s or 0.0, 6), word, note.channel


@cache
def _word(kind: str, channel: str) -> str:
    side = kind.removeprefix("LM:")
    word = _STANDARD_WORDS.get(kind, kind.removeprefix(f"{OTHER}:"))
    if side != kind and channel and read_label(channel).role == f"leg:{side}":
        word = "LM"
    # A word that means something else when it is read, or nothing, is written with its prefix.
    plain = clean_text(word)
    read = read_as(plain, channel, COMMON_WORDS) if plain == plain.strip() != "" else None
    return word if read == clean_text(kind) else kind


def _periodic(legs: LegScore, events: Events) -> Iterator[Annotation]:
    channels = {kind: _only_channel(events, kind) for kind in ("LM:left", "LM:right", "LM")}
    for movement in legs.movements.where(legs.verdicts.plm):
        channel = channels.get(movement.kind, "")
        yield Annotation(movement.start_s, movement.duration_s, PLM, channel)


def _only_channel(events: Events, kind: str) -> str:
    found = set(events.channel[events.kind == kind].tolist())
    return str(found.pop()) if len(found) == 1 else ""


def _stretches(spans: Sequence[Sequence[float]], word: str) -> list[Annotation]:
    return [Annotation(start, float(to_microsecond(stop - start)), word) for start, stop in spans]


def _in_order(notes: Sequence[Annotation]) -> list[Annotation]:
    """Sort by time and leave out what is there twice, so that the same score is the same bytes."""
    once = dict.fromkeys(notes)
    return sorted(once, key=_order)


def _order(note: Annotation) -> tuple[float, float, str, str]:
    return note.onset_s, note.duration_s or 0.0, note.text, note.channel
