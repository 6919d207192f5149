"""What the measures of other movements, of signals and of automatic stages are."""

from __future__ import annotations

from psgscore.model.criteria import AASM
from psgscore.report.definition_texts import BOTH, OWN, Definition

_SINBAR = "Frauscher et al. 2012, Sleep 35:835-847"
_IRLSSG = "IRLSSG 2021, PMC8436137"

RESTLESS = (
    Definition(
        ("Last third over first third of the night",),
        "Whether periodic movements of sleep become fewer through the night.",
        "PLMS index of the last third / of the first",
        OWN,
    ),
    Definition(
        ("Falling through the night",),
        "The ratio of the thirds is at or under 0.75, unless set otherwise.",
        "yes or no",
        OWN,
    ),
    Definition(
        ("Change per hour of the night",),
        "Slope of the hourly PLMS indices, the hours weighted by their sleep.",
        "per hour, from each hour to the next",
        OWN,
    ),
    Definition(
        ("Interval peak of sleep", "Interval peak of the recording"),
        "Where the logarithms of the intervals between 10 and 90 s are densest.",
        "mode of a Gaussian density",
        OWN,
    ),
    Definition(
        ("Geometric SD of the intervals",),
        "Spread of the intervals between 10 and 90 s.",
        "exp(SD of ln interval), a factor",
        OWN,
    ),
)

MOVEMENTS = (
    Definition(
        ("Definite", "Probable", "Possible"),
        "Tiers of hypnic jerks by burst, muscles and what follows: an operational marker.",
        "count per night, never per hour",
        OWN,
    ),
    Definition(
        ("Large movements (LMM)",),
        "Movements of large muscle groups: 3 to 45 s in at least two channels.",
        "count",
        _IRLSSG,
    ),
    Definition(
        ("Rhythmic activity, flagged for review",),
        "Rhythmic bursts of several muscles for more than 10 s that are no other kind.",
        "count; flagged, not classified",
        OWN,
    ),
    Definition(
        ("Rhythmic movements (RMD)",),
        "At least four movements at 0.5 to 2 Hz in at least two muscles; suspected without video.",
        "count",
        AASM,
    ),
    Definition(
        ("Alternating leg muscle activation (ALMA)",),
        "At least four short bursts that alternate between the legs at 0.5 to 3 Hz.",
        "count",
        AASM,
    ),
    Definition(
        ("Hypnagogic foot tremor (HFT)",),
        "At least four bursts of a foot at 0.3 to 4 Hz around sleep onset.",
        "count",
        AASM,
    ),
    Definition(
        ("High-frequency leg movements (HFLM)",),
        "Any other train of at least four bursts of the legs at 0.3 to 4 Hz.",
        "count",
        "Ferri et al. 2016, Sleep Med 26:86-95",
    ),
    Definition(
        ("Bruxism",),
        "Phasic or tonic bursts of the chin at least twice the background.",
        "episodes",
        AASM,
    ),
    Definition(
        ("Found", "Per hour of sleep (count)", "Explained otherwise", "Longest", "In all"),
        "Events that count; those of sleep between lights off and on; those something else "
        "explains; the longest; all together.",
        "count / hours of sleep in which it could be looked for",
        OWN,
    ),
    Definition(
        ("Fragmentary potentials per hour of NREM", "Runs of excessive fragmentary myoclonus"),
        "Potentials of at most 150 ms and at least 50 uV; a run holds at least 5 a minute for 20 "
        "min of NREM.",
        "count / readable hours of NREM",
        AASM,
    ),
    Definition(
        ("Heart-rate response to PLMS",),
        "Highest mean rise of the heart rate after the onset of periodic movements of sleep.",
        "beats/min over each onset's own baseline",
        OWN,
    ),
)

REM = (
    Definition(
        ("SINBAR phasic", "SINBAR any"),
        "Bursts of 0.1 to 5 s over twice the background; any activity of at least 0.1 s, tonic "
        "epochs too.",
        "% of the 3-s mini-epochs counted",
        _SINBAR,
    ),
    Definition(
        ("SINBAR tonic",),
        "Half of the epoch over twice the background or over 10 uV.",
        "% of the 30-s epochs that can be judged",
        _SINBAR,
    ),
    Definition(
        ("AASM phasic",),
        "Five of the ten mini-epochs hold bursts of 0.1 to 5 s of four times the background.",
        "% of the 30-s epochs that can be judged",
        AASM,
    ),
    Definition(
        ("AASM tonic",),
        "More than half of the epoch over 1.25 times the minimum of NREM.",
        "% of the 30-s epochs that can be judged",
        AASM,
    ),
    Definition(
        ("REM epochs", "Mini-epochs counted", "Unreadable", "Left out"),
        "What the shares are of: epochs of stage R, their readable 3-s parts, and those not "
        "counted.",
        "count",
        _SINBAR,
    ),
    Definition(
        ("Background, uV", "Minimum of NREM, uV"),
        "What activity in REM sleep is held against.",
        "uV of the RMS envelope",
        OWN,
    ),
    Definition(
        ("REM atonia index",),
        "Share of the seconds of REM sleep with a chin EMG of at most 1 uV over the minimum "
        "around.",
        "n(<= 1 uV) / (n - n(1 to 2 uV))",
        "Ferri et al. 2010, Sleep Med 11:947-949",
    ),
    Definition(
        ("Chin, any activity in REM sleep", "Chin any or arms phasic in REM sleep"),
        "Mini-epochs with any activity of the chin, or phasic activity of an arm.",
        "% of the 3-s mini-epochs counted",
        _SINBAR,
    ),
)

SIGNALS = (
    Definition(
        ("Rate, Hz", "Digital step, uV", "Mains, uV", "Resting, uV"),
        "Samples per second; one bit of the recording; mains hum; RMS in quiet stretches.",
        "of the raw signal",
        BOTH,
    ),
    Definition(("Unreadable, min",), "Flat or missing within the channel.", "min", OWN),
    Definition(
        ("Peak, uV", "Margin, uV", "Within 2 uV of threshold"),
        "Median peak of the single-leg movements; the peak over the onset threshold; movements "
        "whose margin is at most 2 uV.",
        "uV of the RMS envelope; count",
        OWN,
    ),
)

KNOWN_ELSEWHERE = "Bursts of the accelerometer "
"""Beginning of a label that ends with the name of a channel."""

ACCELEROMETER = Definition(
    (KNOWN_ELSEWHERE.strip(),),
    "Bursts of acceleration on a leg, apart from all that was seen in an EMG.",
    "count",
    OWN,
)
