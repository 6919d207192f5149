"""The words of a report that are not ours: names that the recording and the lab chose."""

from __future__ import annotations

from collections.abc import Iterator

from psgscore.model.score import Score


def chosen_names(score: Score) -> tuple[str, ...]:
    """Return every name that somebody else chose and the report prints, sorted.

    Parameters
    ----------
    score : Score
        A scored night.

    Returns
    -------
    tuple of str
        Titles of rule sets, channels, files, the person, findings. One of them may happen to be
        a word of ours, and is to be left as it is when labels are translated.
    """
    found = {*_of_the_run(score), *_of_the_person(score), *_of_channels(score)}
    found |= {leg.criteria.title for leg in score.legs}
    found |= {text for one in score.findings for text in (one.where, one.message)}
    return tuple(sorted(found - {""}))


def _of_the_run(score: Score) -> Iterator[str]:
    used = score.provenance
    yield from (used.input_name, used.stage_source)
    yield from (name for name, _ in used.scoring_inputs)
    for name, value in used.settings.items():
        yield from (name.replace("_", " "), str(value))


def _of_the_person(score: Score) -> Iterator[str]:
    yield score.subject.study_id
    yield score.review.by
    identity = score.subject.identity
    if identity is not None:
        yield from (identity.name, identity.code, identity.birth_date, identity.recorded_on)


def _of_channels(score: Score) -> Iterator[str]:
    found = score.movements
    others = () if found is None else found.channels
    for channel in (*score.provenance.channels, *others):
        yield from (channel.name, channel.unit, channel.reason)
    yield from set(score.events.channel.tolist())
    yield from (trace.label for trace in score.onset_traces)
    if score.staging is not None:
        yield from (label for _, label in score.staging.channels)
    if found is not None:
        yield from found.muscles
        yield from (one.label for one in found.accelerometers)
        yield "" if found.beats is None else found.beats.label
