"""A simulated night with every movement of sleep, scored from file to tables."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

import psgscore
from psgscore.burst_source import waves_around
from psgscore.cli import main
from psgscore.io.edf_write import write_edf
from psgscore.io.tables import events_tsv
from psgscore.model.events import EXCLUDED_BY, Events
from psgscore.model.hypnogram import SLEEP
from psgscore.model.jerk_criteria import GRAPHOELEMENTS, JERKS
from psgscore.model.signal import Signal
from psgscore.pipeline import score_recording
from psgscore.score.jerk_evidence import wave_evidence
from psgscore.simulate import ARM_LABELS, LABELS, FamilySettings, LegSettings, simulate_night
from psgscore.sit import score_sit
from psgscore.texts import score_text

LAB = ("arousal", "apnea", "hypopnea", "lights_off", "lights_on")


def written(folder, night):
    path = folder / "night.edf"
    events = night.events.of_kind(*LAB)
    write_edf(path, night.signals, start=night.start, events=events, hypnogram=night.hypnogram)
    return path


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    # No trains: this night has nothing that is not looked for.
    settings = FamilySettings(
        almas=0, tremors=0, fast_leg_movements=0, rockings=0, rhythmic=0, large_movements=0,
        slow_alternations=0, jerks_asleep=8, fragmentary=("long",),
    )  # fmt: skip
    night = simulate_night(3, hours=6, family=settings, channels=(*LABELS, *ARM_LABELS))
    path = written(tmp_path_factory.mktemp("family"), night)
    return night, path, score_recording(path)


def near(events, time_s, reach_s=0.2):
    return events.where(np.abs(events.start_s - time_s) < reach_s)


def test_clear_jerks_are_found_as_such(scored):
    night, _, score = scored
    jerks = score.events.counted().of_kind("jerk:definite", "jerk:probable")
    true = night.events.of_kind("jerk:definite", "jerk:probable")
    assert len(true) >= 6
    found = [len(near(jerks, one.start_s)) == 1 for one in true]
    assert np.mean(found) >= 0.8


def test_bursts_in_a_periodic_series_are_no_jerks_and_keep_their_row(scored):
    night, _, score = scored
    jerks = score.events.of_kind("jerk")
    true = night.events.of_kind("lookalike:burst_in_series")
    assert len(true)
    for one in true:
        (row,) = near(jerks, one.start_s)
        assert row.texts[EXCLUDED_BY]


def test_a_long_run_of_potentials_is_one_efm(scored):
    night, _, score = scored
    (true,) = night.events.of_kind("EFM")
    (found,) = score.events.counted().of_kind("EFM")
    # Runs are of whole minutes, and one potential that is missed can cost the first of them.
    assert found.start_s == pytest.approx(true.start_s, abs=120)
    assert found.stop_s == pytest.approx(true.stop_s, abs=120)
    assert found.measures["minutes"] >= 20


def test_tonic_epochs_of_rem_are_found(scored):
    night, _, score = scored
    true = night.events.of_kind("RSWA:tonic")
    found = score.events.counted().of_kind("RSWA:tonic").start_s
    assert len(true)
    assert np.mean([np.any(np.abs(found - one.start_s) < 1) for one in true]) >= 0.9


def test_the_other_movements_change_no_number_of_leg_movements(scored):
    _, path, score = scored
    alone = score_recording(path, psgscore.Options(family=False))
    assert alone.movements is None
    legs = [rate for rate in score.rates if rate.rules]
    assert legs == list(alone.rates)


def test_the_event_table_says_what_excludes_an_event(scored):
    _, _, score = scored
    rows = list(csv.DictReader(io.StringIO(events_tsv(score)), delimiter="\t"))
    assert len(rows) == len(score.events)
    jerks = [row for row in rows if row["trial_type"].startswith("jerk:")]
    assert {row["context"] for row in jerks} <= {"sleep onset", "re-entry", "other"}
    assert any(row["excluded_by"] == "n/a" for row in jerks)
    assert any(row["excluded_by"] != "n/a" for row in jerks)


def test_slow_emg_has_leg_movements_but_no_jerks(tmp_path):
    night = simulate_night(
        1, hours=0.5, legs=LegSettings(rate_hz=100.0), channels=("C4-M1", "Left Leg", "Right Leg")
    )
    score = score_recording(written(tmp_path, night))
    assert score.legs
    assert not score.events.is_kind("jerk", "fragmentary_potential").any()
    reasons = [one.reason for one in score.not_scored if "jerk" in one.what]
    assert any("at least 200 Hz" in reason for reason in reasons)


def test_family_nights_are_the_same_again():
    first, second = (
        simulate_night(5, hours=1, family=FamilySettings(), channels=("Chin",)) for _ in range(2)
    )
    assert first.events == second.events
    assert np.array_equal(first.signals[0].samples, second.signals[0].samples)


def test_the_immobilisation_test_leaves_out_the_sleep_that_somebody_scored(scored, tmp_path):
    night, path, _ = scored
    assert main(["sit", str(path), "--start", "600", "-o", str(tmp_path)]) == 0
    written = json.loads((tmp_path / "night.sit.json").read_text("utf-8"))
    asleep = night.hypnogram.spans(*SLEEP).clip(600, 4200)
    slept_h = float(np.sum(asleep[:, 1] - asleep[:, 0])) / 3600
    assert 0 < slept_h < 1
    assert written["periodic"]["hours"] == pytest.approx(1 - slept_h)
    assert [one["code"] for one in written["findings"]] == ["sit.asleep"]
    assert main(["sit", str(path), "--start", "99999", "-o", str(tmp_path)]) == 2


def test_the_immobilisation_test_counts_an_hour_awake(scored, tmp_path):
    _, path, _ = scored
    awake = tmp_path / "awake.tsv"
    awake.write_text("kind\tonset_s\tduration_s\nW\t0\t6000\n", encoding="utf-8")
    options = ["--scoring", str(awake), "--start", "600", "-o", str(tmp_path)]
    assert main(["sit", str(path), *options]) == 0
    written = json.loads((tmp_path / "night.sit.json").read_text("utf-8"))
    assert written["periodic"]["hours"] == pytest.approx(1.0)
    assert sum(one["count"] for one in written["course"]) == written["periodic"]["count"]
    assert written["findings"] == []


def test_an_immobilisation_test_that_nobody_staged_says_so(tmp_path):
    night = simulate_night(1, hours=0.5, channels=("Left Leg", "Right Leg"))
    path = tmp_path / "test.edf"
    write_edf(path, night.signals, start=None)
    found = score_sit(path)
    assert [one.code for one in found.findings] == ["sit.short", "sit.unstaged"]
    assert found.plm.hours == pytest.approx(0.5)


def with_left_accelerometer(night):
    noise = np.random.default_rng(1).normal(0, 0.003, int(night.duration_s * 50))
    return (*night.signals, Signal("Left Leg Acc Z", (1 + noise).astype(np.float32), 50.0, "g"))


def test_a_leg_without_an_accelerometer_has_no_rate_of_its_bursts(tmp_path):
    night = simulate_night(1, hours=0.5, channels=("C4-M1", "Left Leg", "Right Leg"))
    night = replace(night, signals=with_left_accelerometer(night))
    score = score_recording(written(tmp_path, night))
    assert score.rate("acc_left", "", "total").per_hour is not None
    assert score.rate("acc_right", "", "total") is None


def test_waves_are_unknown_at_a_jerk_whose_eeg_was_not_recorded():
    bursts = Events.of("jerk_candidate", [100.0, 300.0], [100.2, 300.2], channel="Chin")
    eeg = Signal("C4-M1", np.zeros(200 * 256, np.float32), 256.0, "uV")
    waves, looked = waves_around(bursts, eeg, GRAPHOELEMENTS)
    assert len(waves) == 0
    found = wave_evidence(bursts.start_s, waves, looked, JERKS)
    assert found[0] == 0
    assert np.isnan(found[1])


def test_the_text_says_what_was_found_besides_leg_movements(scored):
    _, _, score = scored
    text = score_text(score, ())
    assert "Hypnic jerks (operational marker): " in text
    assert "Runs of excessive fragmentary myoclonus: 1" in text
    assert "Hypnagogic foot tremor (HFT) 0" in text
    alone = replace(score, movements=None)
    assert "Also found" not in score_text(alone, ())


def test_potentials_have_no_rate_in_wake_where_none_can_count(scored):
    _, _, score = scored
    assert score.rate("fragmentary_potential", "", "NREM").per_hour > 0
    assert score.rate("fragmentary_potential", "", "W").per_hour is None
    nrem = score.rate("fragmentary_potential", "", "NREM").hours
    assert score.rate("fragmentary_potential", "", "sleep").hours == nrem
