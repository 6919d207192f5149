"""Choose the legs and the chin among the channels of a recording, or ask the user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from psgscore.io.channel_names import family, name_table
from psgscore.io.channel_pairs import Candidate, Derivation, ambiguous, choose, map_line
from psgscore.model.finding import Finding

SIDES = ("leg:left", "leg:right")
ONE_CHANNEL = ("leg:both", "leg:unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was chosen.

    Parameters
    ----------
    derivations : tuple of Derivation
        At most one per role.
    findings : tuple of Finding
        Conventions applied, questions to the user.
    roles : mapping
        Channel index to the role, and the reason, that a convention gave it.
    """

    derivations: tuple[Derivation, ...] = ()
    findings: tuple[Finding, ...] = ()
    roles: Mapping[int, tuple[str, str]] = field(default_factory=dict)


def choose_legs(candidates: Sequence[Candidate], given: Mapping[str, Derivation]) -> Choice:
    """Choose one left and one right leg, or the one channel that has no side.

    Parameters
    ----------
    candidates : sequence of Candidate
        All channels.
    given : mapping
        Role to the derivation the user gives for it; wins.
    """
    groups = {role: _of_role(candidates, role) for role in (*SIDES, *ONE_CHANNEL)}
    single = [*groups["leg:both"], *groups["leg:unknown"]]
    said_single = any(one.stated for one in single) or any(role in given for role in ONE_CHANNEL)
    if said_single:
        stated = [one for one in single if one.stated]
        choice = _choose_each({_role_of(stated): stated}, given, ONE_CHANNEL)
    elif any(groups[role] or role in given for role in SIDES):
        choice = _choose_each(groups, given, SIDES)
    elif _told_by_number(groups["leg:unknown"]):
        choice = _sides_by_number(groups["leg:unknown"])
    else:
        choice = _choose_each({_role_of(single): single}, given, ONE_CHANNEL)
    return _with_unused(choice, candidates)


def choose_chin(candidates: Sequence[Candidate], given: Mapping[str, Derivation]) -> Choice:
    """Choose the chin EMG; a bare EMG is taken for it when no channel is called chin.

    Parameters are those of `choose_legs`.
    """
    named = _of_role(candidates, "chin")
    if named or "chin" in given:
        return _choose_each({"chin": named}, given, ("chin",))
    table = name_table()
    bare = [one for one in candidates if one.name.stem in table.chin_stems and _is(one, "EMG")]
    if any(one.name.mark in table.not_chin_marks for one in bare):
        return Choice(findings=(ambiguous(bare, "chin"),))
    derivation, findings = choose(bare, "chin", group="EMG")
    if derivation is None:
        return Choice(findings=findings)
    reason = "an EMG that names no muscle is the chin's by common usage"
    told = Finding(
        "channels.chin-by-convention",
        f"{derivation.name!r} is taken as chin EMG: {reason}, and no channel is called chin. "
        f'If it is another muscle, say so under [roles] in a channel map: "ignore".',
        derivation.name,
        "note",
    )
    roles = {
        one.channel.index: ("chin", reason) for one in bare if one.channel.index in derivation.keys
    }
    return Choice(derivations=(derivation,), findings=(*findings, told), roles=roles)


def _is(one: Candidate, role: str) -> bool:
    return one.name.role == role


def _of_role(candidates: Sequence[Candidate], role: str) -> list[Candidate]:
    """Return the candidates with that role: only the stated ones if the user stated any."""
    found = [one for one in candidates if _is(one, role)]
    return [one for one in found if one.stated] or found


def _role_of(candidates: Sequence[Candidate]) -> str:
    roles = {one.name.role for one in candidates}
    return roles.pop() if len(roles) == 1 else "leg:unknown"


def _choose_each(
    groups: Mapping[str, Sequence[Candidate]],
    given: Mapping[str, Derivation],
    roles: Sequence[str],
) -> Choice:
    derivations: list[Derivation] = []
    findings: list[Finding] = []
    for role in roles:
        if role in given:
            derivations.append(given[role])
            continue
        derivation, told = choose(groups.get(role, ()), role)
        findings.extend(told)
        if derivation is not None:
            derivations.append(derivation)
    return Choice(derivations=tuple(derivations), findings=tuple(findings))


def _told_by_number(candidates: Sequence[Candidate]) -> bool:
    names = [one.name for one in candidates]
    same = len({(name.stem, name.reference) for name in names}) == 1
    return same and sorted(name.mark for name in names) == sorted(name_table().leg_numbers)


def _sides_by_number(candidates: Sequence[Candidate]) -> Choice:
    marks = {one.name.mark: one for one in candidates}
    ordered = [marks[number] for number in name_table().leg_numbers]
    first, second = ordered
    reason = "numbered legs: the first is the left one by convention"
    told = Finding(
        "channels.leg-side-by-convention",
        f"{first.channel.label!r} is taken as left leg and {second.channel.label!r} as right: the "
        f"labels only number them. If it is otherwise, say so in the channel map, [roles]: "
        f"{map_line(first, SIDES[1])} and {map_line(second, SIDES[0])}",
        first.channel.label,
    )
    derivations = tuple(
        Derivation(
            name=one.channel.label, role=side, plus=one.channel.index, minus=(), reason=reason
        )
        for one, side in zip(ordered, SIDES, strict=True)
    )
    roles = {leg.plus: (leg.role, reason) for leg in derivations}
    return Choice(derivations=derivations, findings=(told,), roles=roles)


def _with_unused(choice: Choice, candidates: Sequence[Candidate]) -> Choice:
    """Add a finding on the leg channels that lose to one with a side, or to the user's."""
    by_index = {one.channel.index: one for one in candidates}
    used = [by_index[index] for leg in choice.derivations for index in leg.keys]
    indices = {one.channel.index for one in used}
    stems = {one.name.stem for one in used if not one.stated}
    roles = {leg.role for leg in choice.derivations}
    open_sides = set(SIDES) - roles if roles & set(SIDES) else set()
    unused = [
        one
        for one in candidates
        if family(one.name.role) == "leg"
        and one.channel.index not in indices
        and one.name.role not in open_sides
        and one.name.stem not in stems
    ]
    if not unused or not used:
        return choice
    labels = ", ".join(repr(one.channel.label) for one in unused)
    chosen = ", ".join(repr(leg.name) for leg in choice.derivations)
    message = (
        f"leg channels not used: {labels}. Analysed: {chosen}. A channel map can choose otherwise."
    )
    told = Finding("channels.leg-unused", message, unused[0].channel.label, "note")
    return Choice(
        derivations=choice.derivations, findings=(*choice.findings, told), roles=choice.roles
    )
