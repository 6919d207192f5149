"""Scorings of every shape, for what is written and read again."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.scoring import Scoring, covered

KINDS = (
    "LM",
    "LM:left",
    "LM:right",
    "arousal",
    "arousal:plm",
    "apnea:obstructive",
    "hypopnea",
    "RERA",
    "desat",
    "lights_off",
    "lights_on",
    "artifact",
    "jerk:definite",
    "bruxism:tonic",
    "position:supine",
    "PLM:imported",
    "imported:LM:left",
    "epoch:arousal",
    "sensor_artifact:SpO2",
    "other:Foo bar",
    "other:LM",
    "other:N2",
    "other:Sleep stage 2",
    "other:Wake|0",
    "other:a|a",
    "other:#1",
    "other:nan",
    "other:...",
    "other:W",
    "other:x=1;y=2",
    "other:Müdigkeit 眠い",
    'other:"quoted", with; marks',
    "other:<b>&amp;</b>",
    "other:a@@b",
    r"other:C:\u0041\temp",
    "other:stage",
)
"""Kinds that every format holds."""

NASTY = st.text(
    st.one_of(st.characters(), st.sampled_from("\t\n\r\0\x14\x15\"',;|<>&@#\\\x85\u2028 .=-")),
    max_size=12,
)

times = st.integers(-(10**9), 10**11).map(lambda us: us / 1e6)
lengths = st.one_of(st.just(0.0), st.integers(0, 10**8).map(lambda us: us / 1e6))
channels = st.sampled_from(["", "C4-M1", "SpO2", "Chin 1,2", 'a "b"', "été", "x\\u0041"])
measures = st.one_of(st.just(np.nan), st.floats(-1e6, 1e6).map(lambda value: round(value, 6)))

hypnograms = st.builds(
    lambda stages, start_s, epoch_s: Hypnogram(np.array(stages), epoch_s, start_s),
    st.lists(st.sampled_from([int(stage) for stage in Stage]), min_size=2, max_size=20),
    st.integers(-(10**8), 10**10).map(lambda us: us / 1e6),
    st.sampled_from([30.0, 30.0, 20.0, 10.0, 4.0]),
)


known_kinds = st.sampled_from(KINDS)


@st.composite
def tables(draw, kinds=known_kinds, channels=channels):
    n = draw(st.integers(0, 8))
    start = np.array([draw(times) for _ in range(n)])
    length = np.array([draw(lengths) for _ in range(n)])
    columns = {"peak_uv": [draw(measures) for _ in range(n)]} if draw(st.booleans()) else {}
    texts = {}
    if draw(st.booleans()):
        texts = {"excluded_by": [draw(st.sampled_from(["", "artifact", "a\tb"])) for _ in range(n)]}
    return Events.of(
        [draw(kinds) for _ in range(n)],
        start,
        start + length,
        channel=[draw(channels) for _ in range(n)],
        measures=columns,
        texts=texts,
    )


known_tables = tables()


@st.composite
def scorings(draw, events=known_tables):
    found = draw(events)
    hypnogram = draw(st.one_of(st.none(), hypnograms))
    if not len(found) and hypnogram is None:
        hypnogram = draw(hypnograms)
    return Scoring(hypnogram=hypnogram, events=found, covers=covered(found))


any_scoring = scorings(tables(kinds=NASTY.map(lambda word: f"other:{word}"), channels=NASTY))
