"""One muscle: the channel to analyse, the two electrodes to subtract, or a question."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from psgscore.io.channel_names import Name, family, name_table
from psgscore.io.recording import Channel
from psgscore.model.finding import Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """One signal to analyse: a channel, or what is left when others are subtracted from it.

    Parameters
    ----------
    name : str
        What reports and events call it: the channel label, or ``"LAT1-LAT2"``.
    role : str
        ``"leg:left"``, ``"leg:right"``, ``"leg:both"``, ``"leg:unknown"``, ``"chin"``,
        ``"EEG"`` or ``"EOG"``.
    plus : int
        Channel index.
    minus : tuple of int
        Indices of the channels whose mean is subtracted, empty for nothing.
    reason : str
        Why it was chosen.
    """

    name: str
    role: str
    plus: int
    minus: tuple[int, ...]
    reason: str

    @property
    def keys(self) -> tuple[int, ...]:
        """Indices of the channels it is made of."""
        return (self.plus, *self.minus)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A channel with what its label, or the user, says of it.

    Parameters
    ----------
    channel : Channel
        The channel.
    name : Name
        The label as read, with the user's role if there is one.
    key : str
        How a channel map names the channel: its label, or ``"#5"`` if that is not unique.
    stated : bool
        The role is the user's.
    """

    channel: Channel
    name: Name
    key: str
    stated: bool


def choose(
    candidates: Sequence[Candidate], role: str, *, group: str = ""
) -> tuple[Derivation | None, tuple[Finding, ...]]:
    """Choose the one channel, or the one pair of electrodes, among `candidates`.

    Parameters
    ----------
    candidates : sequence of Candidate
        Channels that could be it.
    role : str
        Role of the derivation.
    group : str
        Whose electrode pairs hold, ``"leg"``, ``"chin"`` or ``"EMG"``; "" for those of `role`.

    Returns
    -------
    derivation : Derivation or None
        None when there is no candidate, or when only the user can tell.
    findings : tuple of Finding
        The question to the user, or what was done.
    """
    if not candidates:
        return None, ()
    if len(candidates) == 1:
        return _single(candidates[0], role)
    marks = {one.name.mark: one for one in candidates}
    one_name = len({one.name.stem for one in candidates}) == 1
    pairs = name_table().pairs.get(group or family(role), ())
    if one_name and len(marks) == len(candidates):
        for plus, minus in pairs:
            if f"{plus}-{minus}" in marks and _connected(marks, (plus, minus), pairs):
                return _single(marks[f"{plus}-{minus}"], role)
        for plus, minus in pairs:
            if {plus, minus} <= marks.keys() and _connected(marks, (plus, minus), pairs):
                return _difference(marks[plus], marks[minus], role)
    return None, (ambiguous(candidates, role),)


def _single(one: Candidate, role: str) -> tuple[Derivation, tuple[Finding, ...]]:
    label, mark = one.channel.label, one.name.mark
    reason = "stated in the channel map" if one.stated else f"label {label!r}"
    derivation = Derivation(name=label, role=role, plus=one.channel.index, minus=(), reason=reason)
    if one.stated or mark == "" or "-" in mark:
        return derivation, ()
    alone = Finding(
        "channels.single-electrode",
        f"{label!r} looks like one electrode of a pair, and the recording has not the other: "
        f"it is analysed as {role} against the recording's own reference.",
        label,
    )
    return derivation, (alone,)


def _difference(
    plus: Candidate, minus: Candidate, role: str
) -> tuple[Derivation | None, tuple[Finding, ...]]:
    first, second = plus.channel, minus.channel
    name = f"{first.label}-{second.label}"
    compared = {
        "rate": (f"{first.rate_hz:g} Hz", f"{second.rate_hz:g} Hz"),
        "unit": (repr(first.effective_unit), repr(second.effective_unit)),
        "length": (f"{first.n_samples} samples", f"{second.n_samples} samples"),
        "reference": (repr(plus.name.reference), repr(minus.name.reference)),
    }
    different = [
        f"{what} {one} and {other}" for what, (one, other) in compared.items() if one != other
    ]
    if different:
        message = (
            f"{first.label!r} and {second.label!r} are two electrodes of {role} but cannot be "
            f"subtracted: {', '.join(different)}. Neither is used. Say which one to analyse in "
            f"the channel map, [roles]: {map_line(plus, role)}"
        )
        return None, (Finding("channels.electrodes-differ", message, name, "error"),)
    derivation = Derivation(
        name=name,
        role=role,
        plus=first.index,
        minus=(second.index,),
        reason=f"{first.label!r} and {second.label!r} are two electrodes of one muscle",
    )
    message = f"{derivation.reason}: their difference is analysed as {role}."
    return derivation, (Finding("channels.electrodes-subtracted", message, name, "note"),)


def _connected(
    marks: Mapping[str, Candidate], pair: tuple[str, str], pairs: Sequence[tuple[str, str]]
) -> bool:
    """Whether all are electrodes, and all others spares that could be paired with one of `pair`."""
    linked = {mark for other in pairs if set(other) & set(pair) for mark in other}
    return all(set(mark.split("-")) <= linked for mark in marks)


def ambiguous(candidates: Sequence[Candidate], role: str) -> Finding:
    """Return the question to the user which of `candidates` is `role`."""
    first, last = candidates[0], candidates[-1]
    labels = ", ".join(repr(one.channel.label) for one in candidates)
    message = (
        f"{role}: the labels do not say which channel it is (candidates: {labels}) and none is "
        f"used. Say which in the channel map, [roles]: {map_line(first, role)}"
    )
    if first is not last:
        message += (
            f'; or, for the difference of two, [[derivations]]: role = "{role}", '
            f"plus = {_quoted(first.key)}, minus = {_quoted(last.key)}"
        )
    severity: Severity = "error" if family(role) == "leg" else "warning"
    return Finding("channels.ambiguous", message, first.channel.label, severity)


def map_line(one: Candidate, role: str) -> str:
    """Return the line of a channel map that gives the channel that role."""
    return f'{_quoted(one.key)} = "{role}"'


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
