"""The user's channel map applied to a recording: channels instead of labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from psgscore.errors import ConfigError, did_you_mean
from psgscore.io.channel_names import family, read_label
from psgscore.io.channel_pairs import Derivation
from psgscore.io.channel_user import (
    DERIVED,
    IGNORE,
    MONTAGE,
    UserChannelMap,
    UserDerivation,
    require_one_plan,
)
from psgscore.io.recording import Channel
from psgscore.io.units import microvolts_per

_MUSCLES = ("", "EMG", "chin", "leg", "arm")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A channel map applied to a recording: channel indices instead of labels.

    `derivations` are those of the EMG by role, `montage` those of EEG and EOG.
    """

    roles: Mapping[int, str] = field(default_factory=dict)
    units: Mapping[int, str] = field(default_factory=dict)
    derivations: Mapping[str, Derivation] = field(default_factory=dict)
    montage: tuple[Derivation, ...] = ()

    def role_of(self, index: int, by_label: str) -> tuple[str, str] | None:
        """Return the role the user gives a channel, and how; None if the user gives none.

        `by_label` is the role its label gives: subtracting an EEG reference from a leg
        does not make it a leg.
        """
        if index in self.roles:
            said = self.roles[index]
            return "" if said == IGNORE else said, f"the channel map says {said!r}"
        for given in self.derivations.values():
            reference = index in given.minus and family(by_label) not in _MUSCLES
            if index in given.keys and not reference:
                return given.role, f"the channel map derives {given.name!r} from it"
        for given in self.montage:
            if index == given.plus:
                return given.role, f"the channel map derives {given.name!r} from it"
        return None


def present(user: UserChannelMap, channels: Sequence[Channel]) -> tuple[UserChannelMap, list[str]]:
    """Return what an optional map says of channels that are there, and labels that are not."""
    if not user.optional:
        return user, []
    there = {label for one in channels for label in (one.label, f"#{one.index}")}
    asked = [*user.roles, *user.units]
    asked += [name for one in user.derivations for name in (one.plus, *one.minus)]
    found = replace(
        user,
        roles={label: role for label, role in user.roles.items() if label in there},
        units={label: unit for label, unit in user.units.items() if label in there},
        derivations=tuple(one for one in user.derivations if {one.plus, *one.minus} <= there),
    )
    return found, [label for label in dict.fromkeys(asked) if label not in there]


def apply_channel_map(user: UserChannelMap, channels: Sequence[Channel]) -> Stated:
    """Find the channels a map speaks of.

    Raises
    ------
    ConfigError
        The recording has no such channel, or more than one of that label.
    """
    labels = [channel.label for channel in channels]

    def index_of(key: str, table: str) -> int:
        where = f"{user.source} [{table}]"
        if labels.count(key) == 1:
            return labels.index(key)
        places = [f'"#{index}"' for index, label in enumerate(labels) if label == key]
        if places:
            raise ConfigError(
                f"{where}: label {key!r} occurs {len(places)} times: write {' or '.join(places)}"
            )
        number = key.removeprefix("#")
        if key.startswith("#") and number.isdecimal() and int(number) < len(labels):
            return int(number)
        raise ConfigError(f"{where}: no channel {key!r},{did_you_mean(key, labels)}")

    units = {index_of(key, "units"): unit for key, unit in user.units.items()}
    roles = {index_of(key, "roles"): role for key, role in user.roles.items()}
    derived = []
    for asked in user.derivations:
        plus = index_of(asked.plus, "[derivations]" if asked.role else "montage")
        minus = tuple(
            index_of(one, "[derivations]" if asked.role else "montage") for one in asked.minus
        )
        role = asked.role or _role_of_plus(user, asked, roles.get(plus), labels[plus])
        name = asked.name or _name(labels[plus], [labels[index] for index in minus])
        one = Derivation(
            name=name, role=role, plus=plus, minus=minus, reason="stated in the channel map"
        )
        _require_subtractable(user.source, one, channels, units)
        derived.append(one)
    require_one_plan(user.source, [one.role for one in derived], user.roles)
    return Stated(
        roles=roles,
        units=units,
        derivations={one.role: one for one in derived if one.role not in MONTAGE},
        montage=tuple(one for one in derived if one.role in MONTAGE),
    )


def _role_of_plus(
    user: UserChannelMap, asked: UserDerivation, stated: str | None, label: str
) -> str:
    """Return the role of the channel a montage entry begins with."""
    role = stated or read_label(label).role
    if role not in DERIVED:
        found = repr(role) if role else "no role"
        raise ConfigError(
            f"{user.source} [montage] {asked.name!r}: {asked.plus!r} has {found}, and a montage is "
            f"of {', '.join(DERIVED)}: say which under [roles]"
        )
    return role


def _name(plus: str, minus: Sequence[str]) -> str:
    if len(minus) < 2:
        return "-".join([plus, *minus])
    return f"{plus}-({'+'.join(minus)})/{len(minus)}"


def _require_subtractable(
    source: str, one: Derivation, channels: Sequence[Channel], units: Mapping[int, str]
) -> None:
    """Refuse what cannot be subtracted: the same channel, another rate or another unit."""
    where = f"{source}: derivation {one.name!r}"
    if len(set(one.keys)) < len(one.keys):
        raise ConfigError(f"{where}: names a channel twice: a channel minus itself is 0")
    first = channels[one.plus]
    for other in (channels[index] for index in one.minus):
        pair = f"{first.label!r} and {other.label!r}"
        if first.rate_hz != other.rate_hz:
            raise ConfigError(
                f"{where}: {pair} have {first.rate_hz:g} and {other.rate_hz:g} Hz and cannot be "
                "subtracted: choose channels of one rate, or leave minus out"
            )
        found = [units.get(each.index, each.effective_unit) for each in (first, other)]
        if found[0] != found[1] and None in [microvolts_per(unit) for unit in found]:
            raise ConfigError(
                f"{where}: {pair} are in {found[0]!r} and {found[1]!r} and cannot be subtracted: "
                "state their true units under [units]"
            )
