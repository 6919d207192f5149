"""The user's channel map: roles, units and derivations that win over any label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psgscore.errors import ConfigError, did_you_mean
from psgscore.io.channel_choice import ONE_CHANNEL, SIDES
from psgscore.io.channel_names import name_table
from psgscore.io.config import load_toml, require_keys, require_type

IGNORE = "ignore"
EMG = (*SIDES, *ONE_CHANNEL, "chin")
MONTAGE = ("EEG", "EOG")
DERIVED = (*EMG, *MONTAGE)


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
    optional : bool
        For many recordings: what it says of channels that one of them lacks is passed over.
    """

    source: str
    roles: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    derivations: tuple[UserDerivation, ...] = ()
    optional: bool = False


def read_channel_map(path: str | Path) -> UserChannelMap:
    """Read a channel map.

    Parameters
    ----------
    path : str or Path
        TOML with the tables ``[roles]`` (``"LAT" = "leg:left"``, or ``"ignore"``),
        ``[units]`` (``"LAT" = "uV"``), ``[[derivations]]`` (``role``, ``plus`` and, if
        something is to be subtracted, ``minus``) and ``[montage]``
        (``"C4-M1" = ["C4", "M1"]``), all optional; and ``optional = true`` for a map of many
        recordings.

    Raises
    ------
    ConfigError
        No such file, not TOML, an unknown key or role, a wrong type.
    """
    return channel_map_of(load_toml(path), str(path))


def channel_map_of(values: Mapping[str, Any], source: str) -> UserChannelMap:
    """Return the channel map that tables describe; `source` is for messages.

    Raises
    ------
    ConfigError
        An unknown key or role, a wrong type.
    """
    tables = ("optional", "roles", "units", "derivations", "montage")
    require_keys(values, tables, where=source)
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
        optional=require_type(values.get("optional", False), bool, where=f"{source}: 'optional'"),
    )
    if not found.optional:
        require_one_plan(source, [one.role for one in found.derivations], roles)
    return found


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
    _require_role(table["role"], DERIVED, where=where)
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


def require_one_plan(source: str, derived: Sequence[str], roles: Mapping[str, str]) -> None:
    """Refuse a map that asks for both legs apart and for both legs on one channel.

    Raises
    ------
    ConfigError
        It does, or derives one EMG twice.
    """
    twice = [role for role in dict.fromkeys(derived) if role in EMG and derived.count(role) > 1]
    if twice:
        raise ConfigError(f"{source}: more than one [[derivations]] for {twice[0]!r}")
    asked = {*derived, *roles.values()}
    sides, single = sorted(asked & set(SIDES)), sorted(asked & set(ONE_CHANNEL))
    if sides and single:
        raise ConfigError(
            f"{source}: {sides[0]!r} and {single[0]!r} exclude each other: a leg channel is "
            'either one side or has none; give the other "ignore"'
        )
