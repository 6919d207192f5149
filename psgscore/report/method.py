"""How the movements were measured, and by which rules: from what was run, not from settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from psgscore.model.criteria import Criteria, LegMovementCriteria, RespiratoryWindow
from psgscore.model.events import Events
from psgscore.model.score import ChannelUsed, Score
from psgscore.report.leg_channels import leg_channels
from psgscore.report.parts import Cell, Row, Section, Table, cells
from psgscore.report.texts import UNKNOWN, number, short

NEAR_THRESHOLD_UV = 2.0

RULE_LABELS: Mapping[str, str] = {
    "min_duration_s": "Shortest candidate, s",
    "max_duration_s": "Longest candidate, s",
    "merge_gap_s": "Marks of one leg are one movement under, s apart",
    "long_movement": "A movement that is too long",
    "bilateral_by": "Legs are joined by",
    "bilateral_s": "... under this distance, s",
    "bilateral_max_parts": "Bilateral: at most, parts",
    "bilateral_max_duration_s": "Bilateral: at most, s",
    "min_interval_s": "Shortest interval in a series, s",
    "max_interval_s": "Longest interval in a series, s",
    "min_movements": "Movements in a series, at least",
    "short_interval": "After a shorter interval, the movement",
    "eligible": "Movements that may belong to a series",
    "respiratory": "Respiratory-related movements are",
    "respiratory_window": "Respiratory-related: touches",
    "arousal_gap_s": "With arousal: at most, s apart",
    "arousal_gap_inclusive": "... that distance itself included",
}
_WORDS: Mapping[object, str] = {
    "ends_series": "ends the series",
    "gap": "offset to onset",
    "onset": "onset to onset",
    "any_stage": "sleep and wake",
    "onset_in_sleep": "onset in sleep",
    "part_in_sleep": "any part in sleep",
    "skipped": "is passed over",
    True: "yes",
    False: "no",
}


def method_section(score: Score) -> Section:
    """Return how amplitude was measured, leg by leg, with the margins of the movements found.

    Parameters
    ----------
    score : Score
        A scored night.

    Returns
    -------
    Section
        The amplitude definition in words, with the thresholds that were used.
    """
    detection = score.provenance.detection
    tables = (_legs(score),) if leg_channels(score) else ()
    if detection is None:
        inputs = ", ".join(name for name, _ in score.provenance.scoring_inputs)
        source = f" They were read from {inputs}." if inputs else ""
        text = f"Leg movements were not detected by psgscore.{source}"
        return Section(key="method", title="How it was measured", texts=(text,), tables=tables)
    return Section(
        key="method", title="How it was measured", texts=amplitude_texts(detection), tables=tables
    )


def amplitude_texts(used: LegMovementCriteria) -> tuple[str, ...]:
    """Say in words how amplitude, resting level and threshold crossings were measured."""
    return (
        f"Amplitude: the leg EMG at its own sampling rate, band-passed "
        f"{short(used.high_pass_hz)} to {short(used.low_pass_hz)} Hz (no notch filter), as its "
        f"root mean square over {short(used.envelope_s)} s, spikes taken out by a running median "
        f"over {short(used.median_s)} s, times an amplitude gain of {short(used.amplitude_gain)}.",
        f"Resting level: the {short(used.resting_percentile)}th percentile of that amplitude in "
        f"the {short(used.resting_window_s)} s around, movements left out, and never under "
        f"{short(used.resting_floor_uv)} uV.",
        f"A leg movement begins where the amplitude reaches the resting level + "
        f"{short(used.onset_rise_uv)} uV, and ends where a stretch of {short(used.quiet_s)} s at "
        f"or under the resting level + {short(used.offset_rise_uv)} uV begins. It lasts at least "
        f"{short(used.min_duration_s)} s and holds {short(used.body_s)} s with a median at or "
        f"over the lower threshold.",
        "Neither AASM nor WASM says how the amplitude of an EMG is to be measured; counts depend "
        "on this definition.",
    )


def rules_table(score: Score) -> Table | None:
    """Return the values in which the rule sets differ, side by side; all of them for only one."""
    sets = [leg.criteria for leg in score.legs]
    if not sets:
        return None
    rows = []
    for each in fields(Criteria):
        values = [getattr(criteria, each.name) for criteria in sets]
        differ = len(sets) == 1 or any(value != values[0] for value in values[1:])
        if differ and each.name not in ("name", "title"):
            label = RULE_LABELS.get(each.name, each.name.replace("_", " "))
            rows.append(
                Row(
                    label=label,
                    cells=cells(
                        *(rule_words(value) for value in values), each.metadata.get("source", "")
                    ),
                )
            )
    return Table(
        key="rules",
        title="Rule sets" if len(sets) == 1 else "Where the rule sets differ",
        heads=("Rule",),
        columns=(*(criteria.title for criteria in sets), "Source"),
        rows=tuple(rows),
        notes=() if len(sets) == 1 else ("Every other value is the same in all of them.",),
        numeric=False,
    )


def rule_words(value: Any) -> str:
    """Return a value of a rule set in words."""
    if isinstance(value, RespiratoryWindow):
        first = "the event, from" if value.anchor == "event" else "the event's end, from"
        return f"{first} -{short(value.before_s)} s to +{short(value.after_s)} s"
    if isinstance(value, bool | str):
        return _WORDS.get(value, str(value))
    return short(value)


def _legs(score: Score) -> Table:
    movements = score.events.counted().of_kind("LM")
    rows = [_leg(channel, movements) for channel in leg_channels(score)]
    return Table(
        key="channels-measured",
        title="Leg by leg",
        heads=("Channel",),
        columns=(
            "Movements",
            "Peak, uV",
            "Margin, uV",
            "Within 2 uV of threshold",
        ),
        rows=tuple(rows),
        notes=(
            "Peak and margin: median over the single-leg movements; the margin is the peak "
            "amplitude over the onset threshold. "
            "Movements close to the threshold depend most on the amplitude definition.",
        ),
    )


def _leg(channel: ChannelUsed, movements: Events) -> Row:
    mine = movements.where(movements.channel == channel.name)
    margins = _known(mine, "onset_margin_uv")
    near = int(np.sum(margins <= NEAR_THRESHOLD_UV))
    share = f"({100 * near / margins.size:.0f} %)" if margins.size else ""
    return Row(
        label=channel.name,
        note=channel.role.replace(":", ", "),
        cells=(
            Cell(str(len(mine))),
            Cell(_median(_known(mine, "peak_uv"))),
            Cell(_median(margins)),
            Cell(str(near) if margins.size else UNKNOWN, share),
        ),
    )


def _known(events: Events, name: str) -> np.typing.NDArray[np.float64]:
    values = events.measures.get(name, np.zeros(0))
    return values[np.isfinite(values)]


def _median(values: np.typing.NDArray[np.float64]) -> str:
    return number(float(np.median(values))) if values.size else UNKNOWN
