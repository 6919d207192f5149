"""Which one electrode a channel records, and against what: as its label reads, never a guess."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from psgscore.io.channel_names import name_table, words_of
from psgscore.io.recording import Channel

SCALP = re.compile(r"(fp|af|fc|cp|po|[fcpot])(z|\d{1,2})")
"""An electrode of the scalp, in lower case: its region and its number."""

MASTOIDS = ("m1", "m2", "a1", "a2")
"""Behind the ears and on them, in lower case."""

_EYES = ("e1", "e2")
_KNOWN = {
    "EEG": SCALP,
    "EEG:reference": re.compile("|".join(MASTOIDS)),
    "EOG": re.compile("|".join(_EYES)),
}
_BEGINS = re.compile("|".join(one.pattern for one in _KNOWN.values()))
_KINDS = ("eeg", "eog")


@dataclass(frozen=True, slots=True)
class Electrode:
    """One electrode that has a channel of its own.

    Parameters
    ----------
    channel : Channel
        The channel.
    name : str
        As it is usually written: ``"C3"``, ``"Fp1"``, ``"M2"``, ``"E1"``.
    reference : str
        What it is measured against as the label says it, reduced; "" where it says nothing.
    """

    channel: Channel
    name: str
    reference: str

    def is_like(self, other: Electrode) -> bool:
        """Say whether the two may be subtracted: one reference, rate, unit and length."""
        return _likeness(self) == _likeness(other)


def words_without_kind(channel: Channel) -> list[str]:
    """Return the words of a label but for those that only say it is an EEG or EOG."""
    return [word for word in words_of(channel.label) if word not in _KINDS]


def electrodes_of(channels: Sequence[Channel]) -> tuple[Electrode, ...]:
    """Return the electrodes that have a channel of their own, in file order.

    Parameters
    ----------
    channels : sequence of Channel
        With their roles.

    Returns
    -------
    tuple of Electrode
        Without pairs of electrodes (``"C3-M2"``), and without an electrode that stands on
        several channels: which one is meant is not told.
    """
    found = [one for one in map(_electrode, channels) if one is not None]
    times = Counter(one.name for one in found)
    return tuple(one for one in found if times[one.name] == 1)


def first_electrode(channel: Channel) -> str:
    """Return the first electrode a label names, as it is usually written: ``"C3"`` of ``"C3-M2"``.

    It is "" where the label begins with none.
    """
    found = _BEGINS.match(next(iter(words_without_kind(channel)), ""))
    return _written(found[0]) if found else ""


def _electrode(channel: Channel) -> Electrode | None:
    first, *others = words_without_kind(channel) or [""]
    reference = "".join(others)
    found = _KNOWN.get(channel.role)
    if found is None or not found.fullmatch(first) or not _is_common(reference):
        return None
    return Electrode(channel, _written(first), reference)


def _written(word: str) -> str:
    """Return an electrode as it is usually written: ``"Fp1"``, ``"Cz"``, ``"M2"``."""
    region, last = word[:-1], word[-1]
    return ("Fp" if region == "fp" else region.upper()) + last


def _is_common(reference: str) -> bool:
    """Whether it may be that of all electrodes: one with a number is an electrode itself."""
    known = reference in name_table().references
    return reference == "" or (known and not any(sign.isdigit() for sign in reference))


def _likeness(one: Electrode) -> tuple[str, float, str, int]:
    channel = one.channel
    return one.reference, channel.rate_hz, channel.effective_unit, channel.n_samples
