"""The montages a recording permits: which electrode is drawn against which. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from psgscore.io.channel_names import family
from psgscore.io.channels import Derivation
from psgscore.io.electrodes import Electrode, electrodes_of, first_electrode
from psgscore.io.recording import Channel, Recording
from psgscore.io.units import microvolts_per
from psgscore.model.criteria import LegMovementCriteria
from psgscore.review.tracks import MOST_TRACKS, ORDER, Track, track_of

Electrodes = Mapping[str, Electrode]

_ELECTRODES = ("EEG", "EOG", "chin", "leg", "arm", "EMG")
_BRAIN = ("EEG", "EOG")
# AASM: every scalp electrode against the mastoid of the other side, both eyes against M2.
_CONTRALATERAL = (
    *(("F3", "M2"), ("F4", "M1"), ("C3", "M2"), ("C4", "M1"), ("O1", "M2"), ("O2", "M1")),
    *(("E1", "M2"), ("E2", "M2")),
)
_CHAINS = (
    ("Fp1", "F3", "C3", "P3", "O1"),
    ("Fp2", "F4", "C4", "P4", "O2"),
    ("Fpz", "Fz", "Cz", "Pz", "Oz"),
)
# Neighbours of a chain; the parietal electrode alone is often not recorded.
_NEIGHBOURS = frozenset({"Fp F", "F C", "C P", "P O", "C O"})
_LEAST_AVERAGED = 4
"""An average of fewer is mostly the electrode itself, taken off itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Montage:
    """What is drawn under each other at one choice.

    Parameters
    ----------
    name, title : str
        For the program and for people.
    channels : tuple of str
        Ids of the tracks, from top to bottom, `MOST_TRACKS` at the most.
    """

    name: str
    title: str
    channels: tuple[str, ...]


def montages_of(
    recording: Recording,
    tracks: Sequence[Track],
    detection: LegMovementCriteria | None = None,
) -> tuple[tuple[Track, ...], tuple[Montage, ...]]:
    """Return the montages of a recording.

    Parameters
    ----------
    recording : Recording
        With a channel map.
    tracks : sequence of Track
        As `psgscore.review.tracks.tracks_of` gives them.
    detection : LegMovementCriteria or None
        See `psgscore.review.tracks.tracks_of`.

    Returns
    -------
    tracks : tuple of Track
        Those that are drawn in these montages alone.
    montages : tuple of Montage
        The one as scored first; those that need electrodes only where they have them.
    """
    found = electrodes_of([one for one in recording.channels if _is_voltage(one)])
    electrodes = {one.name: one for one in found}
    known = {_what(one.derivation): one for one in tracks}
    more: list[Track] = []
    montages = [
        _montage("scored", "As scored", [one for one in tracks if one.shown]),
        _montage("recorded", "As recorded", _as_recorded(tracks)),
    ]
    for name, title, recipe in _RECIPES:
        derived = list(recipe(electrodes))
        if not any(one.role == "EEG" for one in derived):
            continue
        for one in derived:
            if _what(one) not in known:
                identifier = f"c{len(tracks) + len(more)}"
                new = track_of(
                    identifier, one, recording.channels, shown=False, detection=detection
                )
                known[_what(one)] = new
                more.append(new)
        rows = _rows([known[_what(one)] for one in derived], tracks, electrodes, recording.channels)
        montages.append(_montage(name, title, rows))
    return tuple(more), tuple(montages)


def _is_voltage(channel: Channel) -> bool:
    return channel.rate_hz > 0 and microvolts_per(channel.effective_unit) is not None


def _what(derivation: Derivation) -> tuple[str, tuple[int, ...]]:
    """Return what makes two derivations one and the same row."""
    return derivation.name, derivation.keys


def _montage(name: str, title: str, rows: Sequence[Track]) -> Montage:
    """Keep to what a page can hold: EEG is what there may be too much of."""
    spare = sorted(rows, key=lambda one: one.group == "EEG")[:MOST_TRACKS]
    if len(spare) < len(rows):
        title = f"{title} ({len(spare)} of {len(rows)} rows)"
        rows = [one for one in rows if one in spare]
    return Montage(name=name, title=title, channels=tuple(one.id for one in rows))


def _as_recorded(tracks: Sequence[Track]) -> list[Track]:
    """Return every EEG, EOG and EMG as the file has it, in its order, and what stays."""
    rows = [
        one
        for one in tracks
        if (_is_stored(one) and family(one.derivation.role) in _ELECTRODES)
        or (one.shown and one.group not in _BRAIN)
    ]
    rows.sort(key=lambda one: one.derivation.plus if one.group in _BRAIN else 0)
    return sorted(rows, key=lambda one: ORDER.index(one.group))


def _rows(
    derived: Sequence[Track],
    tracks: Sequence[Track],
    electrodes: Electrodes,
    channels: Sequence[Channel],
) -> list[Track]:
    """Return what is derived, what cannot be derived as it is stored, and all but EEG and EOG."""
    fixed = [
        one
        for one in tracks
        if one.group in _BRAIN
        and _is_stored(one)
        and first_electrode(channels[one.derivation.plus]) not in electrodes
    ]
    rows = [*derived, *fixed]
    eyes = any(one.group == "EOG" for one in rows)
    kept = ORDER if not eyes else [group for group in ORDER if group != "EOG"]
    rows += [one for one in tracks if one.shown and one.group in kept and one.group != "EEG"]
    return sorted(rows, key=lambda one: ORDER.index(one.group))


def _is_stored(track: Track) -> bool:
    return not track.derivation.minus


def _contralateral(electrodes: Electrodes) -> Iterator[Derivation]:
    for plus, minus in _CONTRALATERAL:
        ear = minus if minus in electrodes else minus.replace("M", "A")
        yield from _derived(electrodes, plus, (ear,), ear)


def _linked(electrodes: Electrodes) -> Iterator[Derivation]:
    ears = ("M1", "M2") if {"M1", "M2"} <= electrodes.keys() else ("A1", "A2")
    for plus, one in electrodes.items():
        if one.channel.role in _BRAIN:
            yield from _derived(electrodes, plus, ears, "".join(ears))


def _bipolar(electrodes: Electrodes) -> Iterator[Derivation]:
    for chain in _CHAINS:
        for plus, minus in pairwise(name for name in chain if name in electrodes):
            if f"{plus.rstrip('12345678z')} {minus.rstrip('12345678z')}" in _NEIGHBOURS:
                yield from _derived(electrodes, plus, (minus,), minus)


def _average(electrodes: Electrodes) -> Iterator[Derivation]:
    scalp = [one for one in electrodes.values() if one.channel.role == "EEG"]
    alike = [[other for other in scalp if one.is_like(other)] for one in scalp]
    averaged = tuple(one.name for one in max(alike, key=len, default=[]))
    if len(averaged) >= _LEAST_AVERAGED:
        for plus in averaged:
            yield from _derived(electrodes, plus, averaged, "avg")


def _derived(
    electrodes: Electrodes, plus: str, minus: Sequence[str], against: str
) -> Iterator[Derivation]:
    """Yield one electrode less the mean of others, if they are recorded alike."""
    found = [electrodes[name] for name in (plus, *minus) if name in electrodes]
    if len(found) <= len(minus) or not all(found[0].is_like(one) for one in found):
        return
    first, *others = found
    mean = "the mean of " if len(others) > 1 else ""
    yield Derivation(
        name=f"{plus}-{against}",
        role=first.channel.role,
        plus=first.channel.index,
        minus=tuple(one.channel.index for one in others),
        reason=f"{plus} less {mean}{', '.join(minus)}",
    )


_Recipe = Callable[[Electrodes], Iterator[Derivation]]
_RECIPES: tuple[tuple[str, str, _Recipe], ...] = (
    ("contralateral", "Contralateral mastoid", _contralateral),
    ("linked", "Linked mastoids", _linked),
    ("bipolar", "Bipolar", _bipolar),
    ("average", "Average", _average),
)
