"""All that can be drawn of a recording: its channels, its montages, and what a person combines."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.errors import ChannelError
from psgscore.io.channels import Derivation
from psgscore.io.recording import Recording
from psgscore.io.units import microvolts_per
from psgscore.model.criteria import LegMovementCriteria
from psgscore.review.montages import Montage, montages_of
from psgscore.review.tracks import Track, track_of, tracks_of

_LESS = "-"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Catalog:
    """All that can be drawn of a recording.

    Parameters
    ----------
    recording : Recording
        With a channel map.
    tracks : tuple of Track
        What is scored and what is stored first, then what only montages draw.
    montages : tuple of Montage
        The one to begin with first.
    detection : LegMovementCriteria or None
        Whose filter muscles are drawn through; None for the usual.
    """

    recording: Recording
    tracks: tuple[Track, ...]
    montages: tuple[Montage, ...]
    detection: LegMovementCriteria | None = None

    @classmethod
    def of(cls, recording: Recording, detection: LegMovementCriteria | None = None) -> Catalog:
        """Return what can be drawn of a recording with a channel map."""
        tracks = tracks_of(recording, detection)
        more, montages = montages_of(recording, tracks, detection)
        return cls(
            recording=recording, tracks=(*tracks, *more), montages=montages, detection=detection
        )

    @property
    def electrodes(self) -> tuple[Track, ...]:
        """What `derivation` may take, in file order: voltages as they are stored."""
        found = [one for one in self.tracks if self._why_not(one) == ""]
        return tuple(sorted(found, key=lambda one: one.derivation.plus))

    def track(self, identifier: str) -> Track:
        """Return a track by its id: one of `tracks`, or one that `derivation` gave.

        Raises
        ------
        KeyError
            There is no such track.
        ChannelError
            The two channels of it cannot be subtracted.
        """
        plus, less, minus = identifier.partition(_LESS)
        if less and minus:
            return self.derivation(plus, minus)
        return self._listed(identifier)

    def derivation(self, plus: str, minus: str = "") -> Track:
        """Return one stored channel less another, or a stored channel alone.

        Parameters
        ----------
        plus, minus : str
            Ids of `electrodes`; `minus` is "" for nothing.

        Raises
        ------
        KeyError
            There is no such track.
        ChannelError
            They cannot be subtracted.
        """
        first = self._listed(plus)
        second = self._listed(minus) if minus else None
        for one in (first, second):
            if one is not None and self._why_not(one):
                raise ChannelError(self._why_not(one))
        return first if second is None else self._difference(first, second)

    def _listed(self, identifier: str) -> Track:
        found = next((one for one in self.tracks if one.id == identifier), None)
        if found is None:
            raise KeyError(identifier)
        return found

    def _why_not(self, track: Track) -> str:
        """Say why a track cannot be combined with another, "" if it can."""
        derivation = track.derivation
        if derivation.minus:
            return f"{derivation.name} is a derivation already: choose channels as they are stored"
        channel = self.recording.channels[derivation.plus]
        if channel.rate_hz <= 0:
            return f"{channel.label!r} holds no samples: choose another channel"
        if microvolts_per(channel.effective_unit) is None:
            return (
                f"{channel.label!r} is in {channel.effective_unit!r}, which is no voltage known: "
                "choose another channel, or state its unit under [units] in the channel map"
            )
        return ""

    def _difference(self, first: Track, second: Track) -> Track:
        channels = self.recording.channels
        plus, minus = channels[first.derivation.plus], channels[second.derivation.plus]
        name = f"{plus.label}-{minus.label}"
        if plus is minus:
            raise ChannelError(f"{name} is nothing: choose two different channels")
        if plus.rate_hz != minus.rate_hz:
            raise ChannelError(
                f"{name}: {plus.label!r} has {plus.rate_hz:g} Hz and {minus.label!r} "
                f"{minus.rate_hz:g} Hz, and they cannot be subtracted: choose channels of one rate"
            )
        derivation = Derivation(
            name=name,
            role=first.derivation.role,
            plus=plus.index,
            minus=(minus.index,),
            reason=f"{plus.label} less {minus.label}",
        )
        identifier = f"{first.id}{_LESS}{second.id}"
        return track_of(identifier, derivation, channels, shown=True, detection=self.detection)
