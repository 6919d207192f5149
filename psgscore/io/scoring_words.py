"""From the words of a scoring file to stages and events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from psgscore.errors import ScoringFileError
from psgscore.io.channel_names import read_label
from psgscore.io.formats.foreign import ForeignScoring
from psgscore.io.formats.vocabulary import Vocabulary
from psgscore.io.recording import Annotation
from psgscore.io.scoring_cut import cut_short
from psgscore.io.scoring_labels import OTHER, stage_words
from psgscore.io.scoring_plm import movements_missing
from psgscore.io.scoring_stages import StageRow, hypnogram_from_rows
from psgscore.model._arrays import Floats
from psgscore.model.events import Events
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.scoring import Scoring, covered
from psgscore.model.staging import AUTOMATIC_NOTE

_MOST_WORDS = 200
"""As many unknown words are named one by one; a scorer has no more."""


def understood(
    foreign: ForeignScoring, words: Vocabulary, source: str, *, shift_s: float = 0.0
) -> Scoring:
    """Look up the words of a scoring, and put its times on the clock of the recording.

    Parameters
    ----------
    foreign : ForeignScoring
        As its grammar read it.
    words : Vocabulary
        What its words mean.
    source : str
        Name of the file, for messages.
    shift_s : float
        Added to its times.

    Raises
    ------
    ScoringFileError
        A stage that no table knows; two stages for one time.
    """
    rows = [
        StageRow(note.onset_s + shift_s, note.duration_s, _listed(note, words, source))
        for note in foreign.stages
    ]
    told = [note.text for note in foreign.stages]
    places = []
    said = dict.fromkeys(note.text for note in foreign.notes)
    meant = {text: words.stage(text) for text in said}
    for place, note in enumerate(foreign.notes):
        stage = _stage_among_events(note, meant[note.text], source)
        if stage is not None:
            rows.append(StageRow(note.onset_s + shift_s, note.duration_s, stage))
            told.append(note.text)
        elif note.text:
            places.append(place)
    hypnogram, misfits = hypnogram_from_rows(rows, source, foreign.epoch_s)
    found = [*foreign.findings, *misfits]
    if any(map(is_automatic_note, said)):
        found.append(automatic_finding(source))
    if any(words.is_rk(text) for text in dict.fromkeys(told)):
        message = "stages are Rechtschaffen and Kales: S3 and S4 were read as N3"
        found.append(Finding("scoring.rk-stages", message, source, "note"))
    columns = {name: np.asarray(values)[places] for name, values in foreign.measures.items()}
    marks, texts, cut = cut_short(
        [foreign.notes[place] for place in places],
        {name: [column[place] for place in places] for name, column in foreign.texts.items()},
        source,
    )
    events = _events(marks, columns, texts, (words, shift_s))
    found += cut
    scoring = scoring_of(hypnogram, events, found, source)
    return replace(scoring, covers=scoring.covers | foreign.covers)


def read_as(text: str, channel: str, words: Vocabulary) -> str | None:
    """Return the kind that a word on a channel is read as, None for a stage or unknown stage."""
    is_stage, _ = words.stage(text)
    return None if is_stage else _with_side(words.kind(text), channel)


def is_automatic_note(text: str) -> bool:
    """Say whether a word, or kind of event, says that the stages are those of a program."""
    return text.removeprefix(f"{OTHER}:").startswith(AUTOMATIC_NOTE)


def _listed(note: Annotation, words: Vocabulary, source: str) -> Stage:
    stage = words.listed_stage(note.text)
    if stage is None:
        raise ScoringFileError(
            f"{source}: unknown stage {note.text[:60]!r} at {note.onset_s:g} s: give it a meaning "
            f'under [stages] in a label table of yours: N2 = ["{note.text[:60]}"]'
        )
    return stage


def _stage_among_events(
    note: Annotation, meant: tuple[bool, Stage | None], source: str
) -> Stage | None:
    is_stage, stage = meant
    if not is_stage or stage is not None:
        return stage
    if note.duration_s or not stage_words().is_remark(note.text):
        raise ScoringFileError(
            f"{source}: unknown stage {note.text[:60]!r} at {note.onset_s:g} s: give it a stage "
            "psgscore knows, or remove it"
        )
    return stage


def _events(
    marks: Sequence[Annotation],
    measures: Mapping[str, Floats],
    texts: Mapping[str, Sequence[str]],
    read: tuple[Vocabulary, float],
) -> Events:
    words, shift_s = read
    marked = [(mark.text, mark.channel) for mark in marks]
    kinds = {one: _with_side(words.kind(one[0]), one[1]) for one in dict.fromkeys(marked)}
    start = np.array([mark.onset_s for mark in marks], dtype=np.float64) + shift_s
    length = np.array([mark.duration_s or 0.0 for mark in marks], dtype=np.float64)
    return Events.of(
        [kinds[one] for one in marked],
        start,
        start + length,
        channel=[mark.channel for mark in marks],
        measures=measures,
        texts=texts,
    )


def _with_side(kind: str, channel: str) -> str:
    """Give a leg movement the side of the channel it was marked on."""
    role = read_label(channel).role if kind == "LM" and channel else ""
    side = role.partition(":")[2]
    return f"LM:{side}" if side in ("left", "right") else kind


def _listing(unknown: Counter[str]) -> str:
    """Name words with their counts, the most frequent of them where they are very many."""
    shown = unknown if len(unknown) <= _MOST_WORDS else dict(unknown.most_common(_MOST_WORDS))
    listed = ", ".join(f"{word.partition(':')[2]!r} ({n})" for word, n in shown.items())
    left = len(unknown) - len(shown)
    rest = sum(unknown.values()) - sum(shown.values())
    return f"{listed} and {left} words more ({rest})" if left else listed


def automatic_finding(source: str) -> Finding:
    """Return the finding that a file holds stages of a program."""
    message = "holds stages that a program made and no person reviewed: they count as automatic"
    return Finding("scoring.automatic-stages", message, source)


def scoring_of(
    hypnogram: Hypnogram | None, events: Events, findings: Sequence[Finding], source: str
) -> Scoring:
    """Put a scoring together, and say which words no table knows."""
    found = list(findings)
    unknown = Counter(str(kind) for kind in events.of_kind(OTHER).kind)
    if unknown:
        message = f"words that are not in the label table, kept but not used: {_listing(unknown)}"
        found.append(Finding("scoring.unknown-label", message, source, "note"))
    if events.is_kind("PLM").any():
        message = "imported PLM marks may be whole series: kept, not used; series are recomputed"
        found.append(Finding("scoring.plm-imported", message, source))
    if events.is_kind("epoch").any():
        message = "some marks say only that something happened within an epoch: kept, in no number"
        found.append(Finding("scoring.epoch-marks", message, source))
    covers = covered(events)
    missing = movements_missing(events)
    if missing is not None:
        covers -= {"LM"}
        found.append(replace(missing, where=source))
    return Scoring(
        hypnogram=hypnogram,
        events=events,
        covers=covers,
        findings=tuple(found),
    )
