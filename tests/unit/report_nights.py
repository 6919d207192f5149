"""Small scored nights for the tests of the report: everything, or something missing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from psgscore.model.criteria import AASM_V3, DETECTION, RULE_SETS, WASM_2016, Criteria
from psgscore.model.events import Events
from psgscore.model.finding import Finding
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.score import ChannelUsed, Provenance, Score
from psgscore.score.night import Context, score_events

W, N1, N2, N3, R = Stage.W, Stage.N1, Stage.N2, Stage.N3, Stage.R
DURATION_S = 3 * 3600.0
STAGES = [W] * 40 + [N1] * 20 + [N2] * 120 + [N3] * 60 + [R] * 60 + [W] * 20 + [N2] * 40
SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
ALL = frozenset({"LM", "arousal", "respiratory"})


def leg(side: str, **measures: float) -> ChannelUsed:
    return ChannelUsed(
        name=f"{side.capitalize()} Leg",
        role=f"leg:{side}",
        rate_hz=256.0,
        unit="uV",
        reason=f"a spelling of leg:{side}",
        measures={"resting_uv": 1.6, "step_uv": 0.015, "unreadable_min": 0.0} | measures,
    )


def provenance(**changes: Any) -> Provenance:
    whole = Provenance(
        version="0.1.0",
        input_name="night-7.edf",
        input_sha256=SHA,
        scoring_inputs=(("night-7.stages.tsv", SHA[::-1]),),
        channels=(leg("left"), leg("right")),
        detection=DETECTION,
        criteria_sha256="",
        stage_source="night-7.stages.tsv",
        settings={"respiratory_window": "wide"},
    )
    return replace(whole, **changes)


def movements(onset_s: list[float], side: str = "left", duration_s: float = 2.0) -> Events:
    onset = np.asarray(onset_s, np.float64)
    return Events.of(
        f"LM:{side}",
        onset,
        onset + duration_s,
        channel=f"{side.capitalize()} Leg",
        measures={"peak_uv": 40.0, "onset_margin_uv": np.resize([1.0, 30.0], onset.size)},
    )


def all_movements() -> Events:
    """60 periodic movements in N2 by turns of the legs, 8 in wake, some single and one long."""
    series = 2400.0 + 25.0 * np.arange(60)
    wake = 100.0 + 12.0 * np.arange(8)
    return Events.concat(
        [
            movements(series[::2].tolist(), "left"),
            movements(series[1::2].tolist(), "right"),
            movements(series[::10].tolist(), "right"),
            movements([*wake, 8000.0, 8004.0, 9000.0], "left"),
            movements([6000.0], "right", duration_s=14.0),
        ]
    )


def other_events() -> Events:
    return Events.concat(
        [
            Events.of("arousal", [2401.0, 2501.0, 7000.0], [2406.0, 2505.0, 7010.0]),
            Events.of("apnea:obstructive", [2580.0], [2600.0]),
            Events.of("hypopnea", [5000.0], [5020.0]),
            Events.of(["lights_off", "lights_on"], [60.0, 10740.0], [60.0, 10740.0]),
        ]
    )


def score_night(
    *,
    events: Events | None = None,
    stages: list[Stage] | None = STAGES,
    rules: tuple[Criteria, ...] = (WASM_2016, AASM_V3),
    **context: Any,
) -> Score:
    """Score the whole night; every argument takes something out or puts something else in."""
    whole: dict[str, Any] = {
        "duration_s": DURATION_S,
        "start": "22:30:00",
        "covers": ALL,
        "provenance": provenance(),
    }
    return score_events(
        Events.concat([all_movements(), other_events()]) if events is None else events,
        None if stages is None else Hypnogram(np.array([int(stage) for stage in stages])),
        rules=rules,
        context=Context(**(whole | context)),
    )


def with_gaps() -> Score:
    return score_night(
        gaps=np.array([[5400.0, 5700.0]]),
        unreadable=np.array([[6600.0, 7200.0]]),
        findings=(
            Finding("edf.truncated", "the last record is cut short", "file", "error"),
            Finding("edf.date", "the date is impossible", "header"),
            Finding("channels.note", "a label is unusual", "EEG", "note"),
        ),
    )


def nights() -> dict[str, Score]:
    """Return nights in which something is missing, by what it is."""
    lm, others = all_movements(), other_events()
    four = ("wasm-2016", "aasm-v3", "aasm-v2", "coleman-1982")
    return {
        "everything": score_night(),
        "no legs": score_night(events=others, covers=frozenset({"arousal"})),
        "no hypnogram": score_night(stages=None),
        "no legs and no hypnogram": score_night(
            events=Events.empty(), stages=None, covers=frozenset()
        ),
        "no REM": score_night(stages=[N2 if stage is R else stage for stage in STAGES]),
        "all wake": score_night(stages=[W] * len(STAGES)),
        "all unscored": score_night(stages=[Stage.UNSCORED] * len(STAGES)),
        "no movements": score_night(events=others),
        "one movement": score_night(events=Events.concat([others, movements([3000.0])])),
        "one leg": score_night(
            events=Events.concat([others, lm.of_kind("LM:left")]),
            provenance=provenance(channels=(leg("left"),)),
        ),
        "legs not told apart": score_night(
            events=Events.of("LM", lm.start_s, lm.stop_s), provenance=provenance(channels=())
        ),
        "only movements": score_night(events=lm, covers=frozenset({"LM"})),
        "gaps": with_gaps(),
        "one rule set": score_night(rules=(AASM_V3,)),
        "four rule sets": score_night(rules=tuple(RULE_SETS[name] for name in four)),
        "no clock": score_night(start=""),
        "no length": score_night(
            events=Events.empty(), stages=[], duration_s=0.0, covers=frozenset({"LM"})
        ),
        "nothing known of the run": score_events(lm),
    }
