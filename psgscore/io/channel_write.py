"""A channel map that says what was taken for what, ready to be edited and given back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from psgscore.errors import ConfigError
from psgscore.io.channel_apply import Stated
from psgscore.io.channel_names import family, name_table
from psgscore.io.channel_pairs import Derivation
from psgscore.io.config import toml_value
from psgscore.io.recording import Channel, Recording

# Their roles follow from the derivations; stated as well they would be one more claim.
_CHOSEN = ("leg", "chin", "EMG")
_HEAD = (
    "Channel map: what was taken for what. Edit it and give it back with --channels.",
    'A channel that is not to be used: "its label" = "ignore".',
)


def channel_map_toml(
    recording: Recording, stated: Stated, suggested: Sequence[Derivation] = ()
) -> str:
    """Return the channel map of a recording as TOML.

    Read back for the same recording it gives the same roles, units and derivations.

    Parameters
    ----------
    recording : Recording
        With a channel map.
    stated : Stated
        What the user stated already.
    suggested : sequence of Derivation
        EEG and EOG that the labels give: written as remarks, since they are chosen anew.

    Raises
    ------
    ConfigError
        A channel can be named by index only, and that is the label of another one.
    """
    chosen = recording.channel_map
    emg = () if chosen is None else (*chosen.legs, *([chosen.chin] if chosen.chin else ()))
    montage = () if chosen is None else chosen.montage
    labels = [channel.label for channel in recording.channels]
    keys = [_key(channel, labels) for channel in recording.channels]
    lines = [f"# {_remark(line)}" for line in _HEAD]
    lines += ["", "[roles]"]
    used = {index for one in emg for index in one.keys}
    for channel, key in zip(recording.channels, keys, strict=True):
        lines.append(_role_line(channel, key, stated, used=channel.index in used))
    lines += ["", "[units]"]
    for channel, key in zip(recording.channels, keys, strict=True):
        lines.append(_unit_line(channel, key, stated))
    for one in (*emg, *montage):
        lines += ["", f"# {_remark(one.reason)}", *_derivation_lines(one, keys)]
    for one in suggested:
        lines += ["", f"# chosen for staging: {_remark(one.reason)}"]
        lines += [f"# {line}" for line in _derivation_lines(one, keys)]
    return "".join(f"{line}\n" for line in lines)


def _key(channel: Channel, labels: Sequence[str]) -> str:
    """Return how a map names a channel: by label, or by index where that is not unique."""
    if channel.label and labels.count(channel.label) == 1:
        return channel.label
    key = f"#{channel.index}"
    if labels.count(key) == 1:
        raise ConfigError(
            f"channel {channel.index} has no label of its own, and {key!r} is the label of another "
            "channel: a map cannot name it"
        )
    return key


def _role_line(channel: Channel, key: str, stated: Stated, *, used: bool) -> str:
    reason = channel.role_reason + (f" (label {channel.label!r})" if key != channel.label else "")
    said = stated.roles.get(channel.index)
    if said is not None:
        return _entry(key, said, reason)
    if used or family(channel.role) in _CHOSEN:
        where = "used by a derivation below" if used else "not used"
        return "# " + _entry(key, channel.role, f"{reason}; {where}")
    if channel.role in name_table().roles:
        return _entry(key, channel.role, reason)
    return "# " + _entry(key, "ignore", reason)


def _unit_line(channel: Channel, key: str, stated: Stated) -> str:
    if channel.index in stated.units:
        return _entry(key, stated.units[channel.index], f"the file says {channel.unit!r}")
    return "# " + _entry(key, channel.unit, "as the file says" if channel.unit else "none given")


def _entry(key: str, value: str, remark: str) -> str:
    return f"{toml_value(key)} = {toml_value(value)}  # {_remark(remark)}"


def _derivation_lines(one: Derivation, keys: Sequence[str]) -> Iterator[str]:
    yield "[[derivations]]"
    yield f"role = {toml_value(one.role)}"
    yield f"name = {toml_value(one.name)}"
    yield f"plus = {toml_value(keys[one.plus])}"
    if one.minus:
        yield f"minus = {toml_value(tuple(keys[index] for index in one.minus))}"


def _remark(text: str) -> str:
    """Return a text that fits into a comment: TOML allows no control characters there."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
