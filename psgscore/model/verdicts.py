"""What a rule set says of each leg movement."""

from __future__ import annotations

from dataclasses import dataclass, fields

from psgscore.model._arrays import Bools, Ints, Words, require_parallel
from psgscore.model.hypnogram import Stages


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LegVerdicts:
    """What the rules say of each movement: parallel arrays, shape (n,), nothing deleted.

    Parameters
    ----------
    stage : ndarray of int8
        Stage at the onset; UNSCORED when unknown.
    side : ndarray of str
        ``"left"``, ``"right"``, ``"bilateral"``, or "" when the leg is not known.
    components : ndarray of int
        Single-leg movements in it.
    candidate : ndarray of bool
        It is a leg movement that may belong to a series (WASM: CLM; AASM: LM).
    series : ndarray of int
        Number of its periodic series within the night, 0 for none.
    arousal, respiratory : ndarray of bool or None
        Association; None where the recording has no such scoring.
    plm_without_respiratory : ndarray of bool or None
        In a series after respiratory-related movements were taken out.
    excluded_by : ndarray of str
        Why it cannot belong to a series, "" if nothing keeps it out.
    automatic_arousal : ndarray of bool or None
        Association with arousals a program marked; never mixed with `arousal`.
    """

    stage: Stages
    side: Words
    components: Ints
    candidate: Bools
    series: Ints
    arousal: Bools | None
    respiratory: Bools | None
    plm_without_respiratory: Bools | None
    excluded_by: Words
    automatic_arousal: Bools | None = None

    def __post_init__(self) -> None:
        require_parallel(**{one.name: getattr(self, one.name) for one in fields(self)})

    @property
    def plm(self) -> Bools:
        """Which movements are periodic: members of a series."""
        return self.series > 0
