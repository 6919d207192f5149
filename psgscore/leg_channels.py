"""One leg channel: read, put through the gate, searched for movements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psgscore.errors import PsgscoreError
from psgscore.intervals import close_gaps, intersect
from psgscore.io.channels import Derivation, derive_all
from psgscore.io.recording import Recording
from psgscore.model._arrays import Spans, as_spans
from psgscore.model.criteria import LegMovementCriteria
from psgscore.model.events import Events
from psgscore.model.finding import Finding, NotScored
from psgscore.model.score import ChannelUsed
from psgscore.model.signal import Signal
from psgscore.progress import Progress, silent

if TYPE_CHECKING:
    from psgscore.detect.emg import PreparedEmg


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class LegResult:
    """What one leg channel gave: movements, or the reason why not."""

    events: Events
    channel: ChannelUsed | None = None
    emg: PreparedEmg | None = None
    unreadable: Spans | None = None
    not_scored: NotScored | None = None
    findings: tuple[Finding, ...] = ()


def movement_kind(role: str) -> str:
    """Return the kind of the movements of a leg: ``"LM"`` where the side is not known."""
    side = role.removeprefix("leg:")
    return f"LM:{side}" if side in ("left", "right") else "LM"


def score_legs(
    recording: Recording,
    legs: Sequence[Derivation],
    criteria: LegMovementCriteria,
    progress: Progress = silent,
) -> list[LegResult]:
    """Read the legs in one pass, put each through the gate, and find its movements."""
    progress("reading the legs", 0.0)
    signals = derive_all(recording, legs)
    results = []
    for number, (leg, signal) in enumerate(zip(legs, signals, strict=True)):
        progress(f"finding leg movements on {leg.name}", (1 + number) / (1 + len(legs)))
        results.append(_score_leg(leg, signal, criteria))
    return results


def covers_of(found: Sequence[LegResult]) -> frozenset[str]:
    """Return what the legs that were scored cover; see `psgscore.score.night.Context`."""
    legs = {movement_kind(one.channel.role) for one in found if one.channel is not None}
    return frozenset(legs | {"LM"}) if legs else frozenset()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EmgRead:
    """One EMG that was put through the gate: prepared, or the reasons why not."""

    emg: PreparedEmg | None = None
    channel: ChannelUsed | None = None
    unreadable: Spans | None = None
    reasons: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def read_emg(
    muscle: Derivation, signal: Signal | PsgscoreError, criteria: LegMovementCriteria
) -> EmgRead:
    """Put an EMG through the gate, and prepare it for the detectors if it passes."""
    from psgscore.detect.emg import prepare_emg  # noqa: PLC0415 - start-up time
    from psgscore.dsp.quality import assess_emg  # noqa: PLC0415 - start-up time

    if isinstance(signal, PsgscoreError):
        return EmgRead(reasons=(str(signal),))
    try:
        quality = assess_emg(signal, criteria.gate)
    except PsgscoreError as error:
        return EmgRead(reasons=(str(error),))
    if quality.reasons:
        return EmgRead(reasons=quality.reasons)
    return EmgRead(
        emg=prepare_emg(signal, quality.unreadable, criteria, role=muscle.role),
        channel=channel_used(muscle, signal, quality.measures),
        unreadable=quality.unreadable,
        warnings=quality.warnings,
    )


def channel_used(
    derivation: Derivation, signal: Signal, measures: Mapping[str, float] | None = None
) -> ChannelUsed:
    """Return how a score names a channel it rests on."""
    return ChannelUsed(
        name=derivation.name,
        role=derivation.role,
        rate_hz=signal.rate_hz,
        unit=signal.unit,
        reason=derivation.reason,
        measures=measures or {},
    )


def _score_leg(
    leg: Derivation, signal: Signal | PsgscoreError, criteria: LegMovementCriteria
) -> LegResult:
    from psgscore.detect.leg_movements import find_leg_movements  # noqa: PLC0415 - start-up time

    read = read_emg(leg, signal, criteria)
    if read.emg is None:
        return _refused(leg, read.reasons)
    return LegResult(
        events=find_leg_movements(read.emg, kind=movement_kind(leg.role)),
        emg=read.emg,
        channel=read.channel,
        unreadable=read.unreadable,
        findings=tuple(Finding("leg.quality", text, leg.name) for text in read.warnings),
    )


def unreadable_spans(found: Sequence[LegResult]) -> Spans:
    """Return where no scored leg can be read."""
    spans = [close_gaps(result.unreadable) for result in found if result.unreadable is not None]
    if not spans:
        return as_spans([])
    common = spans[0]
    for other in spans[1:]:
        common = intersect(common, other)
    return as_spans(common)


def _refused(leg: Derivation, reasons: Sequence[str]) -> LegResult:
    return LegResult(
        events=Events.empty(),
        not_scored=NotScored(f"leg movements on {leg.name}", "; ".join(reasons)),
        findings=tuple(
            Finding("leg.not-scorable", reason, leg.name, "error") for reason in reasons
        ),
    )
