"""The user's channel map: roles, units and derivations that win over any label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from psgscore.errors import ConfigError, did_you_mean
from psgscore.io.channel_choice import ONE_CHANNEL, SIDES
from psgscore.io.channel_names import family, name_table
from psgscore.io.channel_pairs import Derivation
from psgscore.io.config import load_toml, require_keys, require_type
from psgscore.io.recording import Channel

IGNORE = "ignore"
_DERIVED = (*SIDES, *ONE_CHANNEL, "chin")
_MUSCLES = ("", "EMG", "chin", "leg", "arm")


@dataclass(frozen=True, slots=True, kw_only=True)
class UserDerivation:
    """A difference of two channels the user asks for.

    Parameters
    ----------
    role : str
        ``"leg:left"``, ``"leg:right"``, ``"leg:both"``, ``"leg:unknown"`` or ``"chin"``.
    plus : str
        Channel label, or ``"#5"`` for the channel with index 5.
    minus : str or None
        What to subtract, None for nothing.
    """

    role: str
    plus: str
    minus: str | None


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
        At most one per role.
    optional : bool
        For many recordings: what it says of channels that one of them lacks is passed over.
    """

    source: str
    roles: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    derivations: tuple[UserDerivation, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A channel map applied to a recording: channel indices instead of labels."""

    roles: Mapping[int, str] = field(default_factory=dict)
    units: Mapping[int, str] = field(default_factory=dict)
    derivations: Mapping[str, Derivation] = field(default_factory=dict)

    def role_of(self, index: int, by_label: str) -> tuple[str, str] | None:
        """Return the role the user gives a channel, and how; None if the user gives none.

        `by_label` is the role its label gives: subtracting an EEG reference from a leg
        does not make it a leg.
        """
        if index in self.roles:
            said = self.roles[index]
            return "" if said == IGNORE else said, f"the channel map says {said!r}"
        for given in self.derivations.values():
            reference = index == given.minus and family(by_label) not in _MUSCLES
            if index in (given.plus, given.minus) and not reference:
                return given.role, f"the channel map derives {given.name!r} from it"
        return None


def read_channel_map(path: str | Path) -> UserChannelMap:
    """Read a channel map.

    Parameters
    ----------
    path : str or Path
        TOML with the tables ``[roles]`` (``"LAT" = "leg:left"``, or ``"ignore"``),
        ``[units]`` (``"LAT" = "uV"``) and ``[[derivations]]`` (``role``, ``plus``
        and, if something is to be subtracted, ``minus``), all optional; and
        ``optional = true`` for a map of many recordings.

    Raises
    ------
    ConfigError
        No such file, not TOML, an unknown key or role, a wrong type.
    """
    values = load_toml(path)
    source = str(path)
    require_keys(values, ("optional", "roles", "units", "derivations"), where=source)
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
        derivations=tuple(_derivation(entry, source) for entry in entries),
        optional=require_type(values.get("optional", False), bool, where=f"{source}: 'optional'"),
    )
    if not found.optional:
        _require_one_plan(found)
    return found


def present(user: UserChannelMap, channels: Sequence[Channel]) -> tuple[UserChannelMap, list[str]]:
    """Return what an optional map says of channels that are there, and labels that are not.

    Raises
    ------
    ConfigError
        What is left asks for both legs apart and for both on one channel.
    """
    if not user.optional:
        return user, []
    there = {label for one in channels for label in (one.label, f"#{one.index}")}
    asked = [*user.roles, *user.units]
    asked += [name for one in user.derivations for name in (one.plus, one.minus) if name]
    found = replace(
        user,
        roles={label: role for label, role in user.roles.items() if label in there},
        units={label: unit for label, unit in user.units.items() if label in there},
        derivations=tuple(
            one for one in user.derivations if {one.plus, one.minus or one.plus} <= there
        ),
    )
    _require_one_plan(found)
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

    derivations = {}
    for asked in user.derivations:
        plus = index_of(asked.plus, "[derivations]")
        minus = None if asked.minus is None else index_of(asked.minus, "[derivations]")
        if plus == minus:
            raise ConfigError(f"{user.source} [[derivations]]: {asked.plus!r} minus itself is 0")
        name = labels[plus] if minus is None else f"{labels[plus]}-{labels[minus]}"
        derivations[asked.role] = Derivation(
            name=name, role=asked.role, plus=plus, minus=minus, reason="stated in the channel map"
        )
    return Stated(
        roles={index_of(key, "roles"): role for key, role in user.roles.items()},
        units={index_of(key, "units"): unit for key, unit in user.units.items()},
        derivations=derivations,
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
    require_keys(table, ("role", "plus", "minus"), where=where)
    for key in ("role", "plus"):
        if key not in table:
            raise ConfigError(f"{where}: {key!r} is missing")
    for key, text in table.items():
        require_type(text, str, where=f"{where} {key!r}")
    _require_role(table["role"], _DERIVED, where=where)
    return UserDerivation(role=table["role"], plus=table["plus"], minus=table.get("minus"))


def _require_role(role: str, known: Sequence[str], *, where: str) -> None:
    if role not in known:
        raise ConfigError(f"{where}: unknown role {role!r},{did_you_mean(role, known)}")


def _require_one_plan(user: UserChannelMap) -> None:
    """Refuse a map that asks for both legs apart and for both legs on one channel."""
    derived = [asked.role for asked in user.derivations]
    twice = [role for role in dict.fromkeys(derived) if derived.count(role) > 1]
    if twice:
        raise ConfigError(f"{user.source}: more than one [[derivations]] for {twice[0]!r}")
    asked = {*derived, *user.roles.values()}
    sides, single = sorted(asked & set(SIDES)), sorted(asked & set(ONE_CHANNEL))
    if sides and single:
        raise ConfigError(
            f"{user.source}: {sides[0]!r} and {single[0]!r} exclude each other: a leg channel is "
            'either one side or has none; give the other "ignore"'
        )
