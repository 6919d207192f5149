"""Which EEG, EOG and chin EMG a recording is staged from: central EEG before all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from psgscore.io.channel_names import words_of
from psgscore.io.channel_pairs import Derivation
from psgscore.io.electrodes import MASTOIDS, SCALP, words_without_kind
from psgscore.io.recording import Channel, Recording

_REGIONS = ("c", "f", "o", "p", "fp", "t", "")
_BETWEEN = {"af": "f", "fc": "f", "cp": "c", "po": "o"}
_MOST_EEG = 2
_LEFT_EYE = ("e1", "loc", "eogl", "eog1", "left", "lt", "l", "leog")


@dataclass(frozen=True, slots=True, kw_only=True)
class StagingChannels:
    """What to stage from; EEG in order of preference, best first.

    Parameters
    ----------
    eeg : tuple of Derivation
        Of the best region, at most two: they are staged one by one and combined.
    eog, chin : Derivation or None
    onset_eeg : tuple of Derivation
        Occipital before central EEG, for the second in which sleep began.
    eyes : tuple of Derivation
        Every EOG, for the slow eye movements of sleep onset.
    """

    eeg: tuple[Derivation, ...]
    eog: Derivation | None
    chin: Derivation | None
    onset_eeg: tuple[Derivation, ...]
    eyes: tuple[Derivation, ...]


@dataclass(frozen=True, slots=True)
class _Lead:
    """An EEG or EOG as its label reads: electrodes in order, and what it will be taken against."""

    derivation: Derivation
    region: str
    bipolar: bool
    referenced: bool

    @property
    def rank(self) -> tuple[int, bool, bool]:
        """Smaller is better."""
        return _REGIONS.index(self.region), self.bipolar, not self.referenced


def choose_staging_channels(recording: Recording, min_rate_hz: float) -> StagingChannels:
    """Choose the channels a recording is staged from.

    Parameters
    ----------
    recording : Recording
        With a channel map.
    min_rate_hz : float
        Slower channels are left out.
    """
    fast = [one for one in recording.channels if one.rate_hz >= min_rate_hz]
    mastoids = {
        word: one
        for one in fast
        for word in [_first_word(one)]
        if one.role == "EEG:reference" and word in MASTOIDS
    }
    stated = _stated_leads(recording, fast)
    if stated is None:
        stated = [_lead(one, mastoids) for one in fast if one.role == "EEG"]
    leads = _distinct(sorted(stated, key=lambda lead: (lead.rank, bool(lead.derivation.minus))))
    best = [lead for lead in leads if lead.rank == leads[0].rank] if leads else []
    own_eyes = _stated(recording, fast, "EOG")
    eyes = _eyes(fast, mastoids) if own_eyes is None else own_eyes
    chin = recording.channel_map.chin if recording.channel_map else None
    usable = chin is not None and recording.channels[chin.plus].rate_hz >= min_rate_hz
    return StagingChannels(
        eeg=tuple(lead.derivation for lead in best[:_MOST_EEG]),
        eog=eyes[0] if eyes else None,
        chin=chin if usable else None,
        onset_eeg=tuple(lead.derivation for lead in sorted(leads, key=_onset_rank)[:_MOST_EEG]),
        eyes=tuple(eyes[:2]),
    )


def _stated(recording: Recording, fast: Sequence[Channel], role: str) -> list[Derivation] | None:
    """Return the fast ones of the derivations the user states for a role, None without any."""
    montage = recording.channel_map.montage if recording.channel_map else ()
    stated = [one for one in montage if one.role == role]
    usable = {one.index for one in fast}
    return [one for one in stated if one.plus in usable] if stated else None


def _stated_leads(recording: Recording, fast: Sequence[Channel]) -> list[_Lead] | None:
    stated = _stated(recording, fast, "EEG")
    if stated is None:
        return None
    leads = []
    for derivation in stated:
        lead = _lead(recording.channels[derivation.plus], {})
        others = [_first_word(recording.channels[index]) for index in derivation.minus]
        bipolar = lead.bipolar or any(SCALP.fullmatch(word) for word in others)
        referenced = lead.referenced or bool(others and not bipolar)
        leads.append(replace(lead, derivation=derivation, bipolar=bipolar, referenced=referenced))
    return leads


def _distinct(leads: Sequence[_Lead]) -> list[_Lead]:
    """Leave out what another one before it records already: C3 against M2, and C3-M2."""
    return list({lead.derivation.name.casefold(): lead for lead in reversed(leads)}.values())[::-1]


def _onset_rank(lead: _Lead) -> tuple[int, int]:
    return ("o", "c").index(lead.region) if lead.region in ("o", "c") else 2, lead.rank[0]


def _first_word(channel: Channel) -> str:
    return next(iter(words_without_kind(channel)), "")


def _lead(channel: Channel, mastoids: Mapping[str, Channel]) -> _Lead:
    """Read a label like ``C4-M1``, ``EEG C4-A1``, ``C4A1`` or ``C4``."""
    words = "".join(word for word in words_of(channel.label) if word != "eeg")
    found = list(SCALP.finditer(words))
    against = next((name for name in MASTOIDS if words.endswith(name)), "")
    regions = [_BETWEEN.get(one[1], one[1]) for one in found] or [""]
    region = min(regions, key=_REGIONS.index)
    other = None if against or len(found) != 1 else _contralateral(found[0][2], mastoids)
    return _Lead(
        derivation=_against(channel, other, "EEG"),
        region=region,
        bipolar=len(found) > 1 and not against,
        referenced=bool(against or other),
    )


def _contralateral(number: str, mastoids: Mapping[str, Channel]) -> Channel | None:
    """Return the mastoid of the other side, as both manuals ask; for the midline either."""
    if number == "z":
        names: Sequence[str] = MASTOIDS
    else:
        names = ("m2", "a2", "m1", "a1") if int(number) % 2 else ("m1", "a1", "m2", "a2")
    return next((mastoids[name] for name in names if name in mastoids), None)


def _against(channel: Channel, other: Channel | None, role: str) -> Derivation:
    same_unit = other is not None and (other.rate_hz, other.effective_unit) == (
        channel.rate_hz,
        channel.effective_unit,
    )
    if other is None or not same_unit:
        name, reason = channel.label, channel.role_reason
        minus: tuple[int, ...] = ()
    else:
        name, minus = f"{channel.label}-{other.label}", (other.index,)
        reason = f"{channel.label!r} against the mastoid {other.label!r}"
    return Derivation(name=name, role=role, plus=channel.index, minus=minus, reason=reason)


def _eyes(channels: Sequence[Channel], mastoids: Mapping[str, Channel]) -> list[Derivation]:
    """Return the EOG, the left eye first."""
    eyes = [one for one in channels if one.role == "EOG"]
    eyes.sort(key=lambda one: not any(word in _LEFT_EYE for word in words_of(one.label)))
    found = []
    for one in eyes:
        words = "".join(words_of(one.label))
        alone = not any(name in words for name in MASTOIDS) and _first_word(one) in ("e1", "e2")
        other = _contralateral(_first_word(one)[1], mastoids) if alone else None
        found.append(_against(one, other, "EOG"))
    return found
