"""What each measure of sleep and of leg movements is, in one sentence, and where it is from."""

from __future__ import annotations

from dataclasses import dataclass

from psgscore.model.criteria import AASM
from psgscore.score.architecture import DEFINITIONS

_WASM = "Ferri et al. 2016, Sleep Med 26:86-95"
BOTH = f"{AASM}; {_WASM}"
OWN = "psgscore"
_FERRI = "Ferri et al. 2006, Sleep 29:759-769"
_FEINBERG = (
    "Feinberg & Floyd 1979, Psychophysiology 16:283-291; Blume & Cajochen 2021, MethodsX 8:101318"
)
_HOURS_OF_SLEEP = "count / readable hours of sleep"


@dataclass(frozen=True, slots=True)
class Definition:
    """One measure: the labels it is printed under, what it is, its formula and its source."""

    labels: tuple[str, ...]
    text: str
    formula: str
    source: str


def _sleep(name: str, formula: str, source: str, *labels: str) -> Definition:
    return Definition(labels, DEFINITIONS[name], formula, source)


SLEEP = (
    _sleep("lights_off_s", "clock time", AASM, "Lights off"),
    _sleep("lights_on_s", "clock time", AASM, "Lights on"),
    _sleep("trt_min", "lights on - lights off", AASM, "Total recording time (TRT)"),
    _sleep("tst_min", "N1 + N2 + N3 + R, min", AASM, "TST", "Total sleep time",
           "Total sleep time (TST)", "Total sleep time, min"),
    _sleep("sol_min", "first sleep - lights off", AASM, "SOL",
           "Sleep onset latency (SOL)", "Sleep onset latency, min"),
    _sleep("rem_latency_min", "first R - first sleep", AASM, "REM latency", "R latency, min"),
    _sleep("persistent_sleep_latency_min", "first 10 min of sleep - lights off", OWN,
           "Latency to persistent sleep"),
    _sleep("waso_min", "W after the first sleep, min", AASM, "WASO",
           "Wake after sleep onset (WASO)", "Wake after sleep onset, min"),
    _sleep("waso_spt_min", "W to last sleep, min", OWN, "Wake within the sleep period (WASO-SPT)"),
    _sleep("sleep_efficiency_percent", "100 x TST / (TRT - unscored)", AASM, "Sleep efficiency",
           "Sleep efficiency, %"),
    _sleep("unscored_min", "TRT - W - TST", OWN, "Unscored time", "Unscored"),
    _sleep("stage_min", "min between lights off and on", AASM, "Minutes", "W", "N1", "N2", "N3",
           "R"),
    _sleep("stage_percent_of_tst", "100 x stage / TST", AASM, "% of total sleep time",
           "N3, % of total sleep time", "R, % of total sleep time"),
    _sleep("awakenings", "count", OWN, "Awakenings"),
    _sleep("stage_shifts", "count", OWN, "Stage shifts"),
    _sleep("arousals", "count; by stage: count / hours of that stage", AASM, "Arousals"),
    _sleep("arousal_index", "arousals / TST in hours", AASM, "Arousal index"),
    Definition(
        ("Automatic arousals",),
        "Arousals a program marked, of low trust; never mixed with those of a person.",
        "count / hours of that stage",
        OWN,
    ),
    Definition(
        ("Respiratory events",),
        "Apnoeas, hypopnoeas, RERAs and unnamed respiratory events the lab scored.",
        "count / hours of that stage",
        AASM,
    ),
    Definition(
        ("Duration, min",),
        "Of a sleep cycle: from its first NREM epoch to that of the next cycle, or to the end of "
        "sleep. Of a series: from the onset of its first movement to the end of its last.",
        "stop - start",
        f"{_FEINBERG}; {OWN}",
    ),
    Definition(
        ("NREM, min", "REM, min", "Wake, min", "Unscored, min"),
        "Minutes of that stage within a sleep cycle.",
        "NREM period >= 15 min, REM period >= 5 min (the first: any)",
        _FEINBERG,
    ),
)  # fmt: skip

LEGS = (
    Definition(
        ("Readable hours", "Hours of sleep", "Hours of wake", "Hours of readable recording"),
        "Time in which a leg channel can be read and, for a stage, that stage was scored.",
        "between lights off and on, h",
        OWN,
    ),
    Definition(
        ("LM", "LM index in sleep", "LM, whole recording"),
        "Leg movements after the legs were joined, of any length over the shortest.",
        "count / readable hours",
        BOTH,
    ),
    Definition(
        ("Candidates", "Candidates per hour", "Candidates, left leg", "Candidates, right leg",
         "Candidates, bilateral"),
        "Movements that by form may belong to a series (WASM: CLM; AASM: LM); by leg: on that leg "
        "alone, or joined from both.",
        "count / readable hours",
        BOTH,
    ),
    Definition(
        ("Isolated", "Isolated candidates"),
        "Candidates in no series that do not come too soon after the one before.",
        "count / readable hours",
        _WASM,
    ),
    Definition(
        ("Short interval",),
        "Candidates in no series, less than the shortest interval after the one before.",
        "count / readable hours",
        _WASM,
    ),
    Definition(
        ("PLM", "PLM per hour", "PLM, left leg", "PLM, right leg", "PLM, bilateral",
         "PLM left / right / both", "PLM, whole recording",
         "PLM, as the rule set counts them", "PLM per hour (count)"),
        "Periodic leg movements: members of a series; by leg: on that leg alone, or joined from "
        "both.",
        "count / readable hours",
        BOTH,
    ),
    Definition(
        ("PLMS index", "PLMS per hour (count)", "Periodic leg movements, per hour of sleep",
         "Periodic leg movements, per hour of NREM", "Periodic leg movements, per hour of R"),
        "Periodic leg movements of sleep.",
        _HOURS_OF_SLEEP,
        BOTH,
    ),
    Definition(
        ("PLMW index", "PLMW per hour (count)", "PLMW per hour of wake",
         "Periodic leg movements, per hour of wake"),
        "Periodic leg movements of wake between lights off and on.",
        "count / readable hours of wake",
        _WASM,
    ),
    Definition(
        ("PLMW before sleep onset, per hour", "PLMW after sleep onset, per hour"),
        "The same before the first epoch of sleep, and after it.",
        "count / readable hours of that wake",
        OWN,
    ),
    Definition(
        ("PLMS-arousal index", "PLM with arousal", "With arousal, per hour of sleep",
         "With arousal"),
        "Periodic leg movements that overlap an arousal, or lie no further from it than the rules "
        "allow.",
        _HOURS_OF_SLEEP,
        BOTH,
    ),
    Definition(
        ("PLMS, automatic arousal", "PLM with automatic arousal",
         "LM with automatic arousal", "Movements with automatic arousal"),
        "The same with arousals a program marked: of low trust.",
        "count / readable hours",
        OWN,
    ),
    Definition(
        ("LM with arousal", "Movements with arousal"),
        "Leg movements of any kind with an arousal.",
        "count / readable hours",
        BOTH,
    ),
    Definition(
        ("Share of PLM with arousal, %", "Share of PLM with automatic arousal, %"),
        "How much of the periodic movements goes with an arousal.",
        "100 x PLM with arousal / PLM",
        OWN,
    ),
    Definition(
        ("Share of arousals with PLM, %", "Share of automatic arousals with PLM, %"),
        "How much of the arousals goes with a periodic movement, within the same gap.",
        "100 x arousals with a PLM / arousals",
        OWN,
    ),
    Definition(
        ("LM, respiratory-related", "Movements, respiratory-related", "PLM, respiratory-related"),
        "Movements that touch the window of a respiratory event.",
        "count / readable hours",
        BOTH,
    ),
    Definition(
        ("Candidates without respiratory",),
        "Candidates that are not respiratory-related.",
        "count / readable hours",
        _WASM,
    ),
    Definition(
        ("PLM without respiratory", "PLMS without respiratory"),
        "Members of the series built anew without the respiratory-related movements.",
        "count / readable hours",
        _WASM,
    ),
    Definition(
        ("... of them with arousal", "PLM with arousal, without respiratory"),
        "Those of them with an arousal.",
        "count / readable hours",
        _WASM,
    ),
    Definition(
        ("Share of respiratory events with a movement, %", "Respiratory events with a movement, %"),
        "How much of the respiratory events has a candidate movement in its window.",
        "100 x events with a candidate / events",
        "PLMScoRe 0.1.3",
    ),
    Definition(
        ("With an arousal: at most apart", "Respiratory-related: touches",
         "Respiratory-related movements are"),
        "The values of the rule set by which movements are associated.",
        "see Provenance",
        BOTH,
    ),
    Definition(
        ("Share of PLM, %", "Left / right / bilateral, %"),
        "How much of the periodic movements, or of a series, each side has.",
        "100 x PLM of the side / PLM",
        OWN,
    ),
    Definition(
        ("Candidates, median", "PLM, median", "PLM duration, median, s"),
        "Median duration of a movement, from its onset to its end.",
        "s",
        _WASM,
    ),
    Definition(
        ("Candidates, mean (SD)", "PLM, mean (SD)"),
        "Mean duration, and standard deviation with n - 1.",
        "s",
        _WASM,
    ),
    Definition(("Series",), "Periodic series with members in the scope.", "count", BOTH),
    Definition(
        ("Longest series, movements", "Movements per series, mean", "Movements"),
        "Members of a series; under How it was measured: single-leg movements of the channel.",
        "count",
        OWN,
    ),
    Definition(
        ("Movements per hour",),
        "How close together the members of a series are.",
        "intervals / (last onset - first onset)",
        OWN,
    ),
    Definition(
        ("Interval, median, s", "Median, s"),
        "Median interval, onset to onset: of a series, or between neighbouring candidates.",
        "s",
        _WASM,
    ),
    Definition(
        ("Interval, median / mean", "Geometric mean, s"),
        "Interval between neighbouring candidates of the scope, onset to onset, none across a gap.",
        "exp(mean of ln interval)",
        _WASM,
    ),
    Definition(("Intervals",), "Intervals between neighbouring candidates.", "count", _WASM),
    Definition(
        ("SD of ln interval",),
        "Spread of the logarithms of the intervals, with n - 1.",
        "SD(ln interval)",
        _WASM,
    ),
    Definition(
        ("Intervals under the shortest", "Intervals a series may have",
         "Intervals over the longest"),
        "Intervals from the candidate before, by the stage of the later one; the limits of the "
        "rule set belong to the range.",
        "count",
        _WASM,
    ),
    Definition(
        ("Geometric mean of the intervals, s", "Geometric SD of the intervals, factor"),
        "Of the intervals from the candidate before, by the stage of the later one.",
        "exp(mean of ln), exp(SD of ln)",
        "PLMScoRe 0.1.3",
    ),
    Definition(
        ("Periodicity index", "Periodicity index of intervals", "Periodicity index, by intervals"),
        "Share of the intervals in runs of at least three with 10 < interval <= 90 s.",
        "0 to 1",
        _FERRI,
    ),
    Definition(
        ("Share of candidates in series", "Periodicity index, by movements"),
        "How much of the candidates is periodic.",
        "PLM / candidates",
        "PLMScoRe 0.1.3",
    ),
    Definition(
        ("Stages at onset",),
        "Stage of the epoch that holds the onset of each member of a series.",
        "stage and count",
        OWN,
    ),
)  # fmt: skip
