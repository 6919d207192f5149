"""Nights that together bring every label a report can print."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from movement_nights import heart_response, jerks, movement_night, potentials, rows
from report_nights import ALL, STAGES, all_movements, nights, other_events, provenance, score_night

from psgscore.model.accelerometer import AccelerometerBursts
from psgscore.model.events import Events
from psgscore.model.hypnogram import Hypnogram, Stage
from psgscore.model.movements import JerkCount
from psgscore.model.rem import AtoniaIndex, CutOff, RemAtonia, RemChannel, Share
from psgscore.model.score import Score
from psgscore.model.sensitivity import IndexSensitivity, Swing
from psgscore.model.snapshot import Snapshot, SnapshotChannel
from psgscore.model.staging import IndexRange, OnsetTrace, ReviewItem, SleepOnset, StagingResult
from psgscore.model.subject import ADJUDICATED, MARKED, Identity, Subject
from psgscore.report.sensitivity_section import _WORDS
from psgscore.report.snapshot_figures import TITLES

SLEEP_MEASURES = (
    "tst_min", "sol_min", "waso_min", "sleep_efficiency_percent", "rem_latency_min",
)  # fmt: skip


def every_night() -> dict[str, Score]:
    """Return the nights of `report_nights`, and those with everything else a report can hold."""
    return nights() | {
        "other movements": other_movements(),
        "no other movements": replace(
            movement_night(jerks=()), subject=Subject(age_years=61.0, sex="M")
        ),
        "index in doubt": replace(score_night(), sensitivity=sensitivity()),
        "pictures": replace(score_night(), snapshots=pictures()),
        "automatic stages": automatic_night(),
        "automatic arousals": automatic_arousals(),
        "named": named(),
        "marked by a person": by_people(MARKED),
        "decided between two scorers": by_people(ADJUDICATED),
    }


def by_people(movements: str) -> Score:
    """Return a night whose movements no detector found."""
    settings = {"respiratory_window": "wide", "movements": movements}
    return score_night(provenance=provenance(detection=None, channels=(), settings=settings))


def other_movements() -> Score:
    found = Events.concat(
        [
            rows("ALMA", (3010.0, 3020.0)),
            rows("bruxism:phasic", (6000.0, 6005.0)),
            rows("bruxism:tonic", (6100.0, 6103.0)),
            rows("rhythmic_flag", (2600.0, 2615.0)),
            jerks([1230.0]),
            potentials([2410.0, 2435.0]),
        ]
    )
    tiers = [
        JerkCount(context=context, tier=tier, onset=-1, count=1, readable_s=600.0)
        for context in ("sleep onset", "re-entry", "other")
        for tier in ("definite", "probable", "possible")
    ]
    return movement_night(
        found,
        jerks=tuple(tiers),
        heart=heart_response(),
        rem=muscle_activity(),
        accelerometers=(accelerometer(),),
    )


def sensitivity() -> tuple[IndexSensitivity, ...]:
    """Return how far an index moves, with every threshold that is moved."""
    swings = tuple(
        Swing(
            threshold=name,
            setting=1.0,
            low_setting=0.5,
            high_setting=1.5,
            at_low=1.0,
            at_high=2.0,
        )
        for name in _WORDS
    )
    known = {"value": 1.0, "low": 0.5, "high": 2.0, "sampled_low": None, "sampled_high": None}
    return (IndexSensitivity(rules="wasm-2016", scope="sleep", swings=swings, **known),)


def pictures() -> tuple[Snapshot, ...]:
    """Return a picture of every group of movements."""
    column = np.array([-1.0, 1.0], np.float32)
    channel = SnapshotChannel(
        label="Chin", unit="uV", band_hz=(10.0, 100.0), low=column, high=column
    )
    return tuple(
        Snapshot(
            group=group,
            kind=group,
            label="left",
            onset_s=2600.0,
            stop_s=2601.0,
            from_s=2595.0,
            to_s=2605.0,
            channels=(channel,),
        )
        for group in TITLES
    )


def muscle_activity() -> RemAtonia:
    share = Share(3, 20)
    chin = RemChannel(
        label="Chin",
        role="chin",
        background_uv=1.0,
        nrem_minimum_uv=1.0,
        epochs=20,
        mini_epochs=200,
        unreadable=0,
        left_out=0,
        sinbar_phasic=share,
        sinbar_any=share,
        sinbar_tonic=share,
        aasm_phasic=share,
        aasm_tonic=share,
    )
    cut_offs = [
        CutOff(what=what, share=share, cut_off_percent=18.0, source="Frauscher et al. 2012")
        for what in ("chin, any activity in REM sleep", "chin any or arms phasic in REM sleep")
    ]
    index = AtoniaIndex(
        label="Chin", seconds=1000, low=810, middle=100, normal_above=0.9, abnormal_below=0.8
    )
    return RemAtonia(
        events=Events.empty(),
        channels=(chin,),
        atonia_index=index,
        cut_offs=tuple(cut_offs),
        not_scored=(),
    )


def accelerometer() -> AccelerometerBursts:
    return AccelerometerBursts(
        label="X+Y+Z",
        unit="g",
        events=Events.empty(),
        readable=np.array([[0.0, 60.0]]),
        resting=0.01,
    )


def automatic_night() -> Score:
    """A night staged by a program, with numbers in doubt, a review list and onsets drawn."""
    score = score_night()
    stages = np.array([int(stage) for stage in STAGES], np.int8)
    sure = np.full(stages.size, 0.8)
    probabilities = np.full((stages.size, 5), 0.05)
    probabilities[np.arange(stages.size), np.minimum(stages, 4)] = 0.8
    staged = Hypnogram(stages, probabilities=probabilities)
    item = ReviewItem(
        epoch=3,
        start_s=90.0,
        first=Stage.W,
        second=Stage.N1,
        probability=0.5,
        second_probability=0.4,
        reasons=("low confidence",),
    )
    return replace(
        score,
        hypnogram=staged,
        staging=StagingResult(
            hypnogram=staged,
            confidence=sure,
            reasons=np.full(stages.size, ""),
            backend="psgscore eeg",
            channels=(("eeg", "C4-M1"),),
            review=(item,),
            findings=(),
        ),
        ranges=tuple(ranges_in_doubt()),
        onsets=tuple(trace.onset for trace in traces()),
        onset_traces=traces(),
    )


def ranges_in_doubt() -> list[IndexRange]:
    known = {"value": 1.0, "low": 0.5, "high": 1.5}
    found = [IndexRange(name=one, rules="", scope="", **known) for one in SLEEP_MEASURES]
    for name in ("plm", "plm_arousal"):
        for scope in ("sleep", "W", "NREM", "R"):
            found.append(IndexRange(name=name, rules="wasm-2016", scope=scope, **known))
    return found


def traces() -> tuple[OnsetTrace, ...]:
    onsets = (
        SleepOnset(epoch=40, onset_s=1205.0, low_s=1200.0, high_s=1210.0, kind="alpha"),
        SleepOnset(
            epoch=320, onset_s=9600.0, low_s=9570.0, high_s=9630.0, kind="epoch", reason="no EEG"
        ),
    )
    return tuple(trace(onset) for onset in onsets)


def trace(onset: SleepOnset) -> OnsetTrace:
    times = onset.onset_s + np.arange(-60.0, 60.0, 2.0)
    frequencies = np.arange(0.5, 20.5, 0.5)
    edges = 30.0 * np.arange(times[0] // 30, times[-1] // 30 + 2)
    return OnsetTrace(
        onset=onset,
        label="C4-M1",
        times_s=times,
        frequencies_hz=frequencies,
        power_db=np.zeros((frequencies.size, times.size)),
        alpha_share=np.full(times.size, 0.4),
        theta_share=np.full(times.size, 0.2),
        edges_s=edges,
        stages=(Stage.W,) * (edges.size - 2) + (Stage.N1,),
    )


def automatic_arousals() -> Score:
    marked = Events.of("automatic_arousal", [2401.0, 7000.0], [2406.0, 7010.0])
    events = Events.concat([all_movements(), other_events(), marked])
    return score_night(events=events, covers=ALL | {"automatic_arousal"})


def named() -> Score:
    identity = Identity(
        name="Zaphod B", code="MRN-1", birth_date="1951-05-02", recorded_on="2026-11-28"
    )
    subject = Subject(study_id="S-7", age_years=53.0, sex="F", identity=identity)
    again = provenance(channels=(*provenance().channels,), settings={"fill": True, "other": None})
    return replace(score_night(provenance=again), subject=subject)
