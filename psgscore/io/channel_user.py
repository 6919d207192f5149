"""The user's channel map: roles, units and derivations that win over any label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psgscore.errors import ConfigError, did_you_mean
from psgscore.io.channel_choice import ONE_CHANNEL, SIDES
from psgscore.io.channel_names import family, name_table, read_label
from psgscore.io.channel_pairs import Derivation
from psgscore.io.config import load_toml, require_keys, require_type
from psgscore.io.recording import Channel
from psgscore.io.units import microvolts_per

IGNORE = "ignore"
_EMG = (*SIDES, *ONE_CHANNEL, "chin")
_MONTAGE = ("EEG", "EOG")
_DERIVED = (*_EMG, *_MONTAGE)
_MUSCLES = ("", "EMG", "chin", "leg", "arm")


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDerivation:
    """A channel, or a difference of channels, the user asks for.

    Parameters
    ----------
    role : str
        ``"leg:left"``, ``"leg:right"``, ``"leg:both"``, ``"leg:unknown"``, ``"chin"``,
        ``"EEG"`` or ``"EOG"``; "" for the role of `plus`.
    plus : str
        Channel label, or ``"#5"`` for the channel with index 5.
    minus : tuple of str
        Channels whose mean is to be subtracted, empty for nothing.
    name : str
        What to call it, "" for a name made of the labels.
    """

    role: str
    plus: str
    minus: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChannelMap:
    """What the user says of the channels; channels by label, or by index as ``"#5"``.

    Parameters
    ----------
    source : str
        What to call the map in an error, usually its path.
    roles : mapping
        Channel to role, or to ``"ignore"``.
    units : mapping
        Channel to the true unit of its samples.
    derivations : tuple of UserDerivation
        At most one per role; of EEG and EOG any number.
    """

    source: str
    roles: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    derivations: tuple[UserDerivation, ...] = ()


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


def read_channel_map(path: str | Path) -> UserChannelMap:
    """Read a channel map.

    Parameters
    ----------
    path : str or Path
        TOML with the tables ``[roles]`` (``"LAT" = "leg:left"``, or ``"ignore"``),
        ``[units]`` (``"LAT" = "uV"``), ``[[derivations]]`` (``role``, ``plus`` and, if
        something is to be subtracted, ``minus``) and ``[montage]``
        (``"C4-M1" = ["C4", "M1"]``), all optional.

    Raises
    ------
    ConfigError
        No such file, not TOML, an unknown key or role, a wrong type.
    """
    values = load_toml(path)
    source = str(path)
    require_keys(values, ("roles", "units", "derivations", "montage"), where=source)
    roles = _texts(values, "roles", source)
    for label, role in roles.items():
        known = (*sorted(name_table().roles), IGNORE)
        _require_role(role, known, where=f"{source} [roles] {label!r}")
    entries = require_type(
        values.get("derivations", []), list, where=f"{source}: 'derivations' (as [[derivations]])"
    )
    found = UserChannelMap(
        source=source,
        roles=roles,
        units=_texts(values, "units", source),
        derivations=(
            *(_derivation(entry, source) for entry in entries),
            *_montage(values.get("montage", {}), source),
        ),
    )
    _require_one_plan(source, [one.role for one in found.derivations], roles)
    return found


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
    _require_one_plan(user.source, [one.role for one in derived], user.roles)
    return Stated(
        roles=roles,
        units=units,
        derivations={one.role: one for one in derived if one.role not in _MONTAGE},
        montage=tuple(one for one in derived if one.role in _MONTAGE),
    )


def _role_of_plus(
    user: UserChannelMap, asked: UserDerivation, stated: str | None, label: str
) -> str:
    """Return the role of the channel a montage entry begins with."""
    role = stated or read_label(label).role
    if role not in _DERIVED:
        found = repr(role) if role else "no role"
        raise ConfigError(
            f"{user.source} [montage] {asked.name!r}: {asked.plus!r} has {found}, and a montage is "
            f"of {', '.join(_DERIVED)}: say which under [roles]"
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


def _texts(values: Mapping[str, Any], name: str, source: str) -> dict[str, str]:
    """Return a table of texts; TOML keys without quotes read as sub-tables are refused."""
    table = require_type(values.get(name, {}), dict, where=f"{source}: {name!r} (as [{name}])")
    for label, text in table.items():
        if not require_type(text, str, where=f"{source} [{name}] {label!r}").strip():
            raise ConfigError(f"{source} [{name}] {label!r}: is empty: write what it is")
    return {label: text.strip() for label, text in table.items()}


def _derivation(entry: Any, source: str) -> UserDerivation:
    where = f"{source} [[derivations]]"
    table = require_type(entry, dict, where=where)
    require_keys(table, ("role", "plus", "minus", "name"), where=where)
    for key in ("role", "plus"):
        if key not in table:
            raise ConfigError(f"{where}: {key!r} is missing")
    for key in ("role", "plus", "name"):
        require_type(table.get(key, ""), str, where=f"{where} {key!r}")
    _require_role(table["role"], _DERIVED, where=where)
    minus = table.get("minus", [])
    several = [minus] if isinstance(minus, str) else minus
    return UserDerivation(
        role=table["role"],
        plus=table["plus"],
        minus=_labels(several, where=f"{where} 'minus'"),
        name=table.get("name", "").strip(),
    )


def _montage(entries: Any, source: str) -> list[UserDerivation]:
    """Read ``"C4-M1" = ["C4", "M1"]``: the first channel minus the mean of the others."""
    table = require_type(entries, dict, where=f"{source}: 'montage' (as [montage])")
    found = []
    for name, entry in table.items():
        where = f"{source} [montage] {name!r}"
        labels = _labels(entry, where=where)
        if not labels or not name.strip():
            raise ConfigError(f'{where}: write it as "C4-M1" = ["C4", "M1"]')
        found.append(UserDerivation(role="", plus=labels[0], minus=labels[1:], name=name.strip()))
    return found


def _labels(entry: Any, *, where: str) -> tuple[str, ...]:
    labels = require_type(entry, list, where=where)
    return tuple(require_type(label, str, where=where) for label in labels)


def _require_role(role: str, known: Sequence[str], *, where: str) -> None:
    if role not in known:
        raise ConfigError(f"{where}: unknown role {role!r},{did_you_mean(role, known)}")


def _require_one_plan(source: str, derived: Sequence[str], roles: Mapping[str, str]) -> None:
    """Refuse a map that asks for both legs apart and for both legs on one channel."""
    twice = [role for role in dict.fromkeys(derived) if role in _EMG and derived.count(role) > 1]
    if twice:
        raise ConfigError(f"{source}: more than one [[derivations]] for {twice[0]!r}")
    asked = {*derived, *roles.values()}
    sides, single = sorted(asked & set(SIDES)), sorted(asked & set(ONE_CHANNEL))
    if sides and single:
        raise ConfigError(
            f"{source}: {sides[0]!r} and {single[0]!r} exclude each other: a leg channel is "
            'either one side or has none; give the other "ignore"'
        )
