"""The kinds of movement, what each is called, and which of two explains a stretch of signal."""

from __future__ import annotations

from dataclasses import dataclass

ARTEFACT = "artifact"


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementKind:
    """One kind of movement.

    Parameters
    ----------
    word : str
        First word of the event kind, ``"jerk"`` of ``"jerk:definite"``.
    title : str
        What people read, and the reason where it excludes something else.
    rank : int
        The smaller explains what both could explain.
    whole_body : bool
        It explains every channel, not only its own.
    """

    word: str
    title: str
    rank: int
    whole_body: bool = False


RANKED = (
    MovementKind(word=ARTEFACT, title="artefact", rank=1, whole_body=True),
    MovementKind(word="LMM", title="large movement", rank=2, whole_body=True),
    MovementKind(word="rhythmic_flag", title="rhythmic activity", rank=3, whole_body=True),
    MovementKind(word="RMD", title="rhythmic movement", rank=4, whole_body=True),
    MovementKind(word="ALMA", title="ALMA", rank=4),
    MovementKind(word="HFT", title="HFT", rank=4),
    MovementKind(word="HFLM", title="HFLM", rank=4),
    # A rhythmic movement of the body shows in the chin too; jaw and legs share no channel.
    MovementKind(word="bruxism", title="bruxism", rank=5),
    MovementKind(word="LM", title="leg movement", rank=5),
    MovementKind(word="jerk", title="hypnic jerk", rank=6),
    MovementKind(word="EFM", title="fragmentary myoclonus", rank=7),
    MovementKind(word="fragmentary_potential", title="fragmentary potential", rank=7),
)
"""Artefact > large movement > rhythmic flag > trains > leg movement > jerk > fragmentary."""

EXPLAINED_BY = tuple(kind.title for kind in RANKED)
"""What `psgscore.score.precedence` says of an event that one of these kinds explains."""
